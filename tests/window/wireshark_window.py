# SPDX-License-Identifier: GPL-2.0-or-later
"""The Wireshark window: used with mouse and keys, read through the accessibility interface."""
import time

import accessible
from accessible import centre, children, find, find_all, is_showing, name, place, role
from desktop import HEIGHT, WIDTH, wait_for

TITLE = 22   # openbox's, in pixels
ROW_ROLES = ("table cell", "tree item")


class Window:
    def __init__(self, home, desktop, *arguments, **options):
        self._desktop = desktop
        self._process = desktop.start("wireshark", *arguments, **options)
        self._frame = wait_for("a Wireshark window", self._find_frame, 60)
        self._menu_bar = find(self._frame, "menu bar")
        self._status_bar = find(self._frame, "status bar")
        self._list = find(self._frame, "tree", "Packet list")
        self._details = find(self._frame, "tree", "Packet details")
        self._handle = wait_for("the window on the screen", self._find_handle, 30)
        desktop.xdotool("windowmove", self._handle, 0, 0)
        desktop.xdotool("windowsize", self._handle, WIDTH - 10, HEIGHT - 40)
        desktop.xdotool("windowactivate", self._handle)
        desktop.xdotool("mousemove", WIDTH - 5, HEIGHT - 5)
        wait_for("a window as large as the screen", lambda: place(self._frame)[2] > WIDTH - 20)
        if "-r" in arguments:
            self.wait_until_loaded()

    def _application(self):
        for application in accessible.applications():
            if name(application).lower() == "wireshark" and application.get_process_id() == self._process.pid:
                return application
        return None

    def _find_frame(self):
        assert self._process.poll() is None, "Wireshark ended: %s" % self._process.poll()
        application = self._application()
        for window in children(application) if application else []:
            if role(window) == "frame" and find(window, "menu bar"):
                return window
        return None

    def _find_handle(self):
        found = self._desktop.xdotool("search", "--onlyvisible", "--pid", self._process.pid, "--name", ".").split()
        return found[-1] if found else None

    # What the window shows

    def windows(self):
        """The main window, dialogs, menus that are open."""
        return [each for each in children(self._application()) if is_showing(each)]

    def dialog(self, title, seconds=15):
        def dialog():
            return next((each for each in self.windows() if name(each).startswith(title)), None)
        return wait_for("a dialog %r" % title, dialog, seconds)

    def status(self, beginning):
        labels = map(name, find_all(self._status_bar, "label"))
        return next((label for label in labels if label.startswith(beginning)), None)

    def wait_until_loaded(self):
        """Some releases fill the list bit by bit."""
        def loaded():
            rows = self.packets()
            return rows and self.status("Packets:") and all(row["No."] and row["Protocol"] for row in rows)
        wait_for("packets", loaded, 30)

    def packets(self):
        """The packet list: a dictionary a row, by the titles of the columns."""
        return [{title: name(cell) for title, cell in row.items()} for row in self._rows()]

    def _rows(self):
        return rows_of(self._list)

    def columns(self):
        return [name(each) for each in children(self._list) if role(each) == "table column header"]

    def numbers(self):
        """The packets that are displayed, when the list has come to rest."""
        last = None
        for _ in range(100):
            now = [row.get("No.") for row in self.packets()]
            if now == last and all(now):
                return [int(number) for number in now]
            last = now
            time.sleep(0.1)
        raise AssertionError("the packet list does not come to rest")

    def colours(self):
        """The colour behind each packet on the screen: what most of its row is."""
        screen = self._desktop.screenshot()
        _, list_top, _, list_height = place(self._list)
        found = {}
        for row in self._rows():
            left, top, _, height = place(row["No."])
            is_filled = name(row["No."]).isdigit()
            if not is_filled or top < list_top or top + height > list_top + list_height:
                continue
            box = (left, top + 2, place(row["Info"])[0] + 100, top + height - 2)
            found[int(name(row["No."]))] = max(screen.crop(box).getcolors(1 << 20))[1]
        return found

    def picture(self, dialog=None, height=None):
        """The window with its frame, or a dialog, made as wide as the screen and so high."""
        if dialog is None:
            left, top, width, height = place(self._frame)
            return self._desktop.screenshot().crop((0, 0, left + width + 1, top + height + 1))
        handle = self._desktop.xdotool("getactivewindow").strip()
        self._desktop.xdotool("windowmove", handle, 20, 40)
        self._desktop.xdotool("windowsize", handle, WIDTH - 40, height or HEIGHT - 80)
        wait_for("a large dialog", lambda: place(dialog)[2] > WIDTH - 60)
        time.sleep(1)   # it is painted after it is placed
        left, top, width, height = place(dialog)
        return self._desktop.screenshot().crop((left - 1, top - TITLE, left + width + 1, top + height + 1))

    def details(self):
        """The packet details: the lines that are unfolded."""
        return [name(line) for line in self._detail_lines()]

    def _detail_lines(self, count=None):
        """A heading without words comes first."""
        return [each for each in children(self._details, count) if role(each) in ROW_ROLES]

    def selected(self):
        """The number of the packet that the details are of; 0 if there are none."""
        lines = self._detail_lines(2)
        return int(name(lines[0]).split(":")[0].split()[1]) if lines else 0

    def keepalives_of_last_stream(self):
        """The number of the stream, which differs between releases, and those of the packets."""
        self.wait_until_loaded()   # a filter may just have been taken away
        rows = self.packets()
        stream = rows[-1]["Stream"]
        return stream, [int(row["No."]) for row in rows if row["Stream"] == stream and "[Keep-Alive: " in row["Info"]]

    def info(self, number):
        return next((row["Info"] for row in self.packets() if row["No."] == str(number)), None)

    def expect(self, what, read, expected):
        """Until it comes true; the window takes its time."""
        seen = []
        try:
            wait_for(what, lambda: seen.append(read()) or seen[-1] == expected)
        except AssertionError:
            assert seen[-1] == expected, what

    def expect_numbers(self, expected):
        self.expect("packets", self.numbers, expected)

    def message(self):
        """The text of a message box, which is closed."""
        box = wait_for("a message", lambda: next((each for each in self.windows() if role(each) == "alert"), None))
        words = next(name(label) for label in find_all(box, "label") if name(label))
        self.press_button("OK", box)
        return words

    def statistics(self, entry):
        """A table of the menu Statistics: a dictionary a row, by the titles of the columns."""
        self.choose("Statistics", entry)
        box = self.dialog("Wireshark · " + entry)
        tree = wait_for("a table", lambda: next(find_all(box, "tree"), None))
        wait_for("rows", lambda: rows_of(tree))
        return box, tree

    def tabs(self, *path):
        """Of a dialog, by the menu entry that opens it."""
        self.choose(*path)
        box = self.dialog("Wireshark · " + path[-1])
        return wait_for("tabs", lambda: [name(each) for each in find_all(box, "page tab")])

    def conversations(self, protocol):
        """A tab of Statistics > Conversations, as above."""
        titles = self.tabs("Statistics", "Conversations")
        box = self.dialog("Wireshark · Conversations")
        number = next(number for number, title in enumerate(titles) if title.startswith(protocol + " · "))
        self._desktop.click(*centre(list(find_all(box, "page tab"))[number]))
        time.sleep(1)   # it is filled, then sorted
        return wait_for("its rows", lambda: rows_of(list(find_all(box, "tree"))[1 + number]))   # first the list

    # What one does in it

    def select(self, number):
        """Go > Go to Packet, which finds it wherever the list stands."""
        self._desktop.press("ctrl+g")
        wait_for("a field for the packet's number", lambda: find(self._frame, "label", "Packet:", showing=True))
        self._desktop.write(str(number))
        self._desktop.press("Return")
        wait_for("the details of packet %d" % number, lambda: self.selected() == number)

    def detail(self, beginning):
        """The line of the details that begins so."""
        return next((each for each in self._detail_lines() if name(each).strip("[]").startswith(beginning)), None)

    def unfold(self, beginning):
        """Only this item of the details; gives the lines in it."""
        self._desktop.click(*centre(self.detail("Frame ")))
        self._desktop.press("ctrl+Left")   # folds all
        wait_for("folded details", lambda: not any(line.startswith("    ") for line in self.details())
                 and len(self._detail_lines()) < 9)
        folded = self.details()
        self._desktop.click(*centre(self.detail(beginning)))
        self._desktop.press("Right")
        wait_for("unfolded " + beginning, lambda: len(self._detail_lines()) > len(folded))
        return [line for line in self.details() if line not in folded]

    def unfold_value(self, item, field):
        """What stands behind the colon of a line in this item."""
        line = next(line for line in self.unfold(item) if line.strip("[]").startswith(field + ": "))
        return line.strip("[]").split(": ", 1)[1]

    def double_click_detail(self, beginning):
        self._desktop.click(*centre(self.detail(beginning)), times=2)

    def choose(self, *path):
        """A menu entry, with the mouse: choose("Tools", "TCP Keep-Alive", "Next Probe")."""
        within = self._menu_bar
        for entry in path:
            item = self._menu_item(within, entry)
            wait_for("the menu entry " + entry, lambda: is_showing(item) and place(item)[2] > 0)
            within = next((each for each in children(item) if role(each) == "popup menu"), None)
            if within is not None:
                self._desktop.click(*centre(item))
        self._click_until_gone(item)

    def _click_until_gone(self, item):
        """On a busy machine Qt takes a click for a part of the one that opened the menu."""
        for _ in range(3):
            self._desktop.click(*centre(item))
            for _ in range(50):
                if not is_showing(item):
                    return
                time.sleep(0.1)

    @staticmethod
    def _menu_item(menu, entry):
        return wait_for("the menu entry " + entry,
                        lambda: next((each for each in children(menu) if name(each) == entry), None))

    def menu(self, *path):
        """What there is to choose from."""
        within = self._menu_bar
        for entry in path:
            within = next(each for each in children(self._menu_item(within, entry)) if role(each) == "popup menu")
        return [name(each) for each in children(within) if role(each) != "separator"]

    def filter(self, expression):
        self._desktop.press("ctrl+slash")
        self._desktop.press("ctrl+a")
        self._desktop.write(expression)
        self._desktop.press("Return")

    def filter_text(self):
        return accessible.text(find(self._frame, "text", "Display filter entry", showing=True))

    def answer_file_dialog(self, path):
        box = self.dialog("Wireshark · ")
        field = wait_for("a field for the file's name", lambda: find(box, "text", "File name:", showing=True))
        self._write_into(field, path)

    def click_title(self, table, title):
        """Sorts a table by a column."""
        header = next(each for each in children(table) if role(each) == "table column header" and name(each) == title)
        self._desktop.click(*centre(header))

    def apply_in(self, box, expression):
        """Into the display filter of a table of the menu Statistics."""
        self._write_into(next(find_all(box, "text")), expression)
        self.press_button("Apply", box)

    def _write_into(self, field, words):
        self._desktop.click(*centre(field))
        self._desktop.press("ctrl+a")
        self._desktop.write(words)
        wait_for(words, lambda: accessible.text(field) == words)
        self._desktop.press("Return")

    def import_profile(self, archive):
        """With Edit > Configuration Profiles, as from a zip file."""
        self._desktop.press("ctrl+shift+a")
        box = self.dialog("Wireshark · Configuration Profiles")
        self.press_button("Import", box)
        time.sleep(1)                           # menus that pop up are not told of
        self._desktop.press("Down", "Return")   # from zip file
        choice = self.dialog("Select zip file")
        self._write_into(wait_for("a field", lambda: find(choice, "text", "File name:", showing=True)), archive)
        assert "imported" in self.message()
        self.press_button("OK", box)

    def toggle_preference(self, item, number_from_below):
        """The preference of a protocol in the packet details, by its place in the menu Protocol Preferences."""
        self._desktop.click(*centre(self.detail(item)), button=3)
        time.sleep(1)                           # menus that pop up are not told of
        self._desktop.press("Up", "Up", "Right")
        time.sleep(1)
        self._desktop.press(*["Up"] * number_from_below, "Return")

    def filter_by_row(self, cell):
        """Apply as Filter > Selected > the first one there is, with a right click."""
        self._desktop.click(*centre(cell))
        self._desktop.click(*centre(cell), button=3)
        time.sleep(1)                           # menus that pop up are not told of
        self._desktop.press("Down", "Right", "Right", "Return")

    def press(self, *keys):
        self._desktop.press(*keys)

    def press_button(self, title, within=None):
        button = wait_for("the button " + title,
                          lambda: find(within or self._frame, "push button", title, showing=True))
        self._desktop.click(*centre(button))

    def close(self):
        self._process.terminate()
        self._process.wait(10)


def rows_of(tree):
    """Of a tree or table without branches: a dictionary a row, of cells by the titles of the columns."""
    everything = children(tree)
    titles = [name(each) for each in everything if role(each) == "table column header"]
    cells = [each for each in everything if role(each) in ROW_ROLES]
    if not titles or len(cells) % len(titles) != 0:   # it is being filled
        return []
    return [dict(zip(titles, cells[first:first + len(titles)])) for first in range(0, len(cells), len(titles))]
