# SPDX-License-Identifier: GPL-2.0-or-later
"""Reload, save and reopen, change a preference, import the profile: the same answers every time."""
import os
import shutil

import colours
from conftest import ARCHIVE
from truth import PCAPS, frames

CAPTURE = "answered_then_dead.client"


def test_reload_forgets_what_was_there(window, home):
    """Another capture takes the file's place, and then the first one comes back."""
    def put(capture):
        shutil.copyfile(PCAPS / (capture + ".pcap"), os.path.join(home.directory, "pcaps/changing.pcap"))

    put(CAPTURE)
    w = window("changing")
    before = w.packets()
    put("peer_lost_state.client")
    w.press("ctrl+r")
    w.expect("a reset", lambda: [row["No."] for row in w.packets() if "Reset by the peer" in row["Info"]],
             [str(number) for number in frames("peer_lost_state.client", "peer-reset")])
    put(CAPTURE)
    w.press("ctrl+r")
    w.expect("all as before", w.packets, before)


def test_saved_and_opened_again_says_the_same(window, home):
    w = window(CAPTURE)
    before = w.packets()
    path = os.path.join(home.directory, "saved.pcap")
    w.press("ctrl+shift+s")
    w.answer_file_dialog(path)
    w.expect("the saved file", lambda: os.path.exists(path), True)
    w.press("ctrl+w")
    w.expect("no packets", lambda: w.status("Packets:"), None)
    w.press("ctrl+o")
    w.answer_file_dialog(path)
    w.expect("all as before", w.packets, before)


def test_preference_takes_effect_at_once(window):
    w = window(CAPTURE)
    probe = frames(CAPTURE, "probe")[0]
    assert "[Keep-Alive: " in w.info(probe)
    w.select(probe)
    w.toggle_preference("TCP Keep-Alive", 2)   # Show in the Info column, above Disable
    w.expect("TCP's own text", lambda: (w.info(probe) or "").startswith("[TCP Keep-Alive] "), True)


def test_profile_imported_from_the_dialog(open_window, home, profile):
    """By someone who has only the zip: no further step."""
    home.run("rm", "-rf", os.path.join(home.directory, ".config/wireshark"), check=True)
    archive = home.readable(ARCHIVE)
    w = open_window(CAPTURE)
    assert "Idle time" not in w.columns()
    w.import_profile(archive)
    w.expect("the profile", lambda: w.status("Profile:"), "Profile: " + profile)
    assert "Idle time" in w.columns()
    orange = colours.rule("Keep-alive: 4th").background
    w.expect("its colours", lambda: orange in w.colours().values(), True)
