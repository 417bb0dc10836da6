# SPDX-License-Identifier: GPL-2.0-or-later
"""The entries of the menu Statistics say what tshark -2 says."""
import os
import re

import pytest

import tshark_table
from accessible import name
from wireshark_window import rows_of

CAPTURE = "answered_then_dead.client"
GRAPHS = ["Probes", "Unanswered probes", "Gave up or reset", "Response time (max)", "All packets"]


def from_tshark(home, statistics, capture, *preferences):
    path = os.path.join(home.directory, "pcaps", capture + ".pcap")
    return home.run("tshark", "-2", "-q", "-r", path, *preferences, "-z", statistics, check=True).stdout.splitlines()


def table_from_tshark(home, statistics, capture, *preferences):
    """A dictionary a row, by the titles of the columns."""
    return list(tshark_table.rows(from_tshark(home, statistics, capture, *preferences)))


def texts_of(table):
    """The same of the window."""
    return [{title: name(cell).strip() for title, cell in row.items()} for row in rows_of(table)]


def merge(home, *captures):
    """One capture with all connections of these."""
    paths = [os.path.join(home.directory, "pcaps", each + ".pcap") for each in (*captures, "merged")]
    home.run("mergecap", "-F", "nsecpcap", "-w", paths[-1], *paths[:-1], check=True)
    return "merged"


@pytest.mark.parametrize("captures", [["both_ends.client"], ["answered.client", "silent_firewall.client",
                                      "peer_lost_state.client", "both_ends.client", "slow_link.client"]])
def test_connections(window, home, picture, captures):
    capture = captures[0] if len(captures) == 1 else merge(home, *captures)
    w = window(capture)
    box, table = w.statistics("TCP Keep-Alive Connections")
    rows = texts_of(table)
    assert rows == table_from_tshark(home, "keepalive,streams", capture)
    if capture == "merged":
        assert [row["Newest outcome"] for row in rows][:2] == ["gave up", "peer reset"]
        picture(w, "connections", box, 280)


SILENCES = ["silence/" + each + ".client" for each in (
    "data_is_reset", "data_is_dropped", "keepalive_slower_than_limit", "heartbeat_faster_than_limit")]


def test_idle_connections(open_window, profile, home, picture):
    """Opened, sorted by a column, and one connection chosen by a filter in the table."""
    preferences = ["-o", "keepalive.quiet_from:3", "-o", "keepalive.idle_limit:4"]
    capture = merge(home, *SILENCES)
    w = open_window(capture, "-C", profile, *preferences)
    box, table = w.statistics("TCP Idle Connections")
    rows = texts_of(table)
    assert rows == table_from_tshark(home, "keepalive,idle", capture, *preferences)
    assert len(rows) == len(SILENCES) and rows[0]["Outcome"].startswith("lost")
    assert all(re.fullmatch(r"3\.\d+ to 5\.\d+", row["Suspected idle timeout (s)"]) for row in rows)
    picture(w, "idle", box, 300)
    w.click_title(table, "Stream")
    w.expect("the order of the streams", lambda: [row["Stream"] for row in texts_of(table)],
             sorted(row["Stream"] for row in rows))
    stream = rows[0]["Stream"]
    w.apply_in(box, "tcp.stream == " + stream)
    w.expect("one connection", lambda: [row["Stream"] for row in texts_of(table)], [stream])


def test_overview(window, home, picture):
    """The topics in the same order, and below each the same counts, which the window sorts by name and tshark by count."""
    lines = [re.match(r"( *)(\S.*?)  +(\d+) ", line) for line in from_tshark(home, "keepalive,tree", CAPTURE)]
    lines = [match.groups() for match in lines if match]
    w = window(CAPTURE)
    box, tree = w.statistics("TCP Keep-Alive Overview")
    rows = [(name(row["Topic / Item"]), name(row["Count"])) for row in rows_of(tree)]
    assert sorted(rows) == sorted((item, count) for _, item, count in lines)
    topics = [item for indent, item, _ in lines if not indent]
    assert [item for item, _ in rows if item in topics] == topics
    assert [item for item, _ in rows][:4] == ["Probes", "Unanswered", "Answered", "Undecided"]
    picture(w, "overview", box, 720)


def test_io_graphs_of_the_profile(window, picture):
    w = window(CAPTURE)
    box, graphs = w.statistics("I/O Graphs")
    assert [name(row["Graph Name"]) for row in rows_of(graphs)] == GRAPHS
    picture(w, "io-graph", box, 560)


@pytest.mark.parametrize("entry", ["Conversations", "Endpoints"])
def test_profile_shows_our_tab(window, entry):
    w = window(CAPTURE)
    assert any(tab.startswith("TCP Keep-Alive · ") for tab in w.tabs("Statistics", entry))


def test_right_click_on_a_conversation_filters_its_stream(window):
    w = window("half_open_reconnect.client")
    stream, _ = w.keepalives_of_last_stream()
    everything = w.numbers()
    rows = w.conversations("TCP Keep-Alive")
    w.filter_by_row(next(row["Address A"] for row in rows if name(row["Stream ID"]) == stream))
    w.expect("the filter", w.filter_text, "tcp.stream eq " + stream)
    assert 0 < len(w.numbers()) < len(everything)
