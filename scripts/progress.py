# SPDX-License-Identifier: GPL-2.0-or-later
"""How far a tshark -2 has got in its capture, from the kernel: tshark itself says nothing while it reads."""
import os
import threading

from progress_line import ProgressLine

FIRST_AFTER = 0.5     # seconds; what is done by then needs no progress line
ON_A_TERMINAL = 0.2   # seconds between two states of the line


class Progress:
    """Shows a line on standard error until the `with` block ends."""

    def __init__(self, process, capture, counter):
        """`counter`: a process that prints how many frames the capture has, sooner or later."""
        self._process, self._counter = process, counter
        self._capture = os.stat(capture)
        self._total = None
        self._most_open = 0
        self._done = threading.Event()
        self._shown = ProgressLine(ON_A_TERMINAL)
        self._thread = threading.Thread(target=self._show, daemon=True)

    def _positions(self):
        """Where in the capture the process reads: twice, for one pass has a file descriptor of its own."""
        folder = "/proc/%d/fd" % self._process.pid
        found = []
        for descriptor in os.listdir(folder):
            if os.path.samestat(os.stat("%s/%s" % (folder, descriptor)), self._capture):
                with open("/proc/%d/fdinfo/%s" % (self._process.pid, descriptor), encoding="ascii") as info:
                    found.append(int(info.readline().split()[1]))
        return found

    def _line(self):
        positions = self._positions()
        if not positions:
            return "Starting tshark"
        self._most_open = max(self._most_open, len(positions))
        turn = 1 if len(positions) == self._most_open else 2   # the first pass closes its descriptor
        share = min(max(positions) / max(self._capture.st_size, 1), 1)
        if self._total is None and self._counter.poll() is not None:
            words = self._counter.communicate()[0].split()
            self._total = int(words[-1]) if words and words[-1].isdigit() else 0
        frames = "frame {:,} of {:,}, ".format(round(share * self._total), self._total) if self._total else ""
        return "Reading, pass %d of 2: %s%d %%" % (turn, frames, share * 100)

    def _show(self):
        wait = FIRST_AFTER
        while not self._done.wait(wait):
            try:
                line = self._line()
            except (OSError, ValueError):   # the process has just ended
                return
            self._shown.show(line)
            wait = self._shown.pause

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._done.set()
        self._thread.join()
        if self._counter.poll() is None:
            self._counter.kill()
        self._shown.clear()
