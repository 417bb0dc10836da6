# SPDX-License-Identifier: GPL-2.0-or-later
"""Tools > TCP Keep-Alive."""
import os

import pytest

from truth import frames

MENU = ("Tools", "TCP Keep-Alive")


def test_goes_from_probe_to_probe(window):
    capture = "answered.client"
    probes = frames(capture, "probe")
    w = window(capture)
    for probe in probes[:2]:
        w.choose(*MENU, "Next Probe")
        w.expect("the next probe", w.selected, probe)
    w.choose(*MENU, "Previous Probe")
    w.expect("the probe before", w.selected, probes[0])
    w.choose(*MENU, "Previous Probe")
    assert w.message() == "No keep-alive probe of this connection comes before frame %d." % probes[0]


def test_stays_on_the_selected_connection(window):
    w = window("half_open_reconnect.client")
    _, (probe, _, following, _) = w.keepalives_of_last_stream()   # both are answered
    other = next(int(row["No."]) for row in w.packets() if row["Probe"])
    w.select(probe)
    w.choose(*MENU, "Next Probe")
    w.expect("its next probe", w.selected, following)
    w.choose(*MENU, "Previous Probe")
    w.expect("its probe before", w.selected, probe)
    w.choose(*MENU, "Previous Probe")
    assert w.message() == "No keep-alive probe of this connection comes before frame %d." % probe
    assert other < probe


@pytest.mark.parametrize("entry", [(*MENU, "Keep-Alives of This Connection"),
                                   ("Analyze", "Conversation Filter", "TCP Keep-Alive")])
def test_shows_the_keepalives_of_the_connection(window, entry):
    w = window("half_open_reconnect.client")
    stream, keepalives = w.keepalives_of_last_stream()
    w.select(keepalives[0])
    w.choose(*entry)
    w.expect_numbers(keepalives)
    assert w.filter_text() == "keepalive && tcp.stream == " + stream


def test_goes_to_the_last_activity_even_where_a_filter_hides_it(window):
    capture = "answered.client"
    probe = frames(capture, "probe")[1]
    w = window(capture)
    w.select(probe)
    last = int(w.unfold_value("TCP Keep-Alive", "Last activity"))
    w.press_button("Keep-alives")
    w.expect("no ordinary packets", lambda: last in w.numbers(), False)
    w.select(probe)
    w.choose(*MENU, "Last Activity")
    w.expect("the last activity", w.selected, last)
    assert w.filter_text() == "tcp.stream == 0"


def test_says_that_the_capture_began_too_late(window):
    w = window("begun_idle_dead_peer.client")
    w.choose(*MENU, "Last Activity")
    assert w.message() == "The capture began when the connection was idle already."


def test_asks_for_a_tcp_packet(open_window, profile):
    w = open_window(None, "-C", profile)
    w.choose(*MENU, "Next Probe")
    assert w.message() == "Select a packet of a TCP connection first."


def test_offers_the_guide_where_it_is_installed(open_window, profile, home):
    entries = ["Keep-Alives of This Connection", "Previous Probe", "Next Probe", "Last Activity"]
    assert open_window(None, "-C", profile).menu(*MENU) == entries
    docs = os.path.join(home.directory, ".local/share/doc/wireshark-keepalive/docs")
    home.run("mkdir", "-p", docs, check=True)
    home.run("touch", os.path.join(docs, "guide.html"), check=True)
    assert open_window(None, "-C", profile).menu(*MENU) == [*entries, "Guide"]
