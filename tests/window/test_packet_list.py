# SPDX-License-Identifier: GPL-2.0-or-later
"""The packet list: texts, colours, filter buttons."""
import os

import pytest

import colours
from truth import frames

FIELDS = {"No.": "frame.number", "Stream": "tcp.stream", "Idle time": "keepalive.idle_time",
          "Idle probes": "keepalive.idle_probes", "Interval": "keepalive.interval",
          "Probe": "keepalive.probe_number", "Response time": "keepalive.response_time"}


def from_tshark(home, profile, capture):
    """The same columns from tshark's second pass, which knows all that the window knows."""
    def lines(*options):
        path = os.path.join(home.directory, "pcaps", capture + ".pcap")
        return home.run("tshark", "-2", "-C", profile, "-r", path, *options, check=True).stdout.splitlines()

    fields = lines("-T", "fields", *[each for field in FIELDS.values() for each in ("-e", field)])
    infos = lines("-o", 'gui.column.format:"Info","%i"')
    return [{**dict(zip(FIELDS, line.split("\t"))), "Info": info} for line, info in zip(fields, infos)]


@pytest.mark.parametrize("capture", ["begun_idle_live_peer.client", "both_ends.client", "zero_window.client"])
def test_says_what_tshark_says_in_two_passes(window, home, profile, capture):
    rows = window(capture).packets()
    assert [{title: row[title] for title in [*FIELDS, "Info"]} for row in rows] == from_tshark(home, profile, capture)


STORIES = {   # a capture, and the colouring rules of the frames that its truth names
    "answered_then_dead.client": ["probe", "response", "1st unanswered", "2nd and 3rd unanswered",
                                  "4th and later unanswered", "gave up"],
    "windows_dead_peer.client": ["1st unanswered", "2nd and 3rd unanswered", "4th and later unanswered", "gave up"],
    "peer_lost_state.client": ["probe", "reset by the peer"],
}


@pytest.mark.parametrize("capture", STORIES)
def test_each_story_has_its_colours(window, picture, capture):
    w = window(capture)
    if capture != "windows_dead_peer.client":
        picture(w, capture.split(".")[0])
    w.filter("keepalive || frame.number == 1")   # the first packet is selected, and so of another colour
    story = frames(capture, "probe", "response", "peer-reset", "gave-up")
    w.expect_numbers([1] + story)
    seen = w.colours()
    painted = [name_of(seen[number]) for number in story]
    assert without_repetition(painted) == STORIES[capture], painted


def name_of(background):
    """The colouring rule, without what all names have in common."""
    rule = next((each for each in colours.rules() if each.background == background), None)
    return rule.name.replace("Keep-alive: ", "").replace(" probe", "") if rule else background


def without_repetition(names):
    return list(dict.fromkeys(names))


def test_mistaken_marks_are_grey(window, picture):
    w = window("zero_window.client")
    seen = w.colours()
    grey = colours.rule("No keep-alive").background
    assert [number for number in seen if seen[number] == grey] == frames("zero_window.client", "zero-window-probe")
    picture(w, "mistaken")


def test_bad_tcp_does_not_paint_keepalives(window):
    w = window("begun_idle_live_peer.client")
    assert any("[TCP Dup ACK" in row["Info"] for row in w.packets()), "tcp.analysis does not take them for duplicates"
    assert colours.rule("Bad TCP").background not in w.colours().values()


def test_filter_buttons(window):
    capture = "answered_then_dead.client"
    w = window(capture)
    w.press_button("Keep-alives")
    w.expect_numbers(frames(capture, "probe", "response", "gave-up"))
    w.press_button("Ended")
    w.expect_numbers(frames(capture, "gave-up"))
    w.press_button("Unanswered")
    probes, responses = frames(capture, "probe"), frames(capture, "response")
    w.expect_numbers([probe for probe in probes if probe > responses[-1]] + frames(capture, "gave-up"))


def test_filter_button_of_the_selected_stream(window, home):
    if home.release < (4, 0):
        pytest.skip("Wireshark 3.4 has no filters that refer to the selected packet")
    w = window("half_open_reconnect.client")
    _, keepalives = w.keepalives_of_last_stream()
    w.select(keepalives[-1])
    w.press_button("This stream")
    w.expect_numbers(keepalives)
