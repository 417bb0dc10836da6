# SPDX-License-Identifier: GPL-2.0-or-later
"""The two entries of the menu Statistics say what tshark -2 says."""
import os
import re

from accessible import name
from wireshark_window import rows_of

CAPTURE = "answered_then_dead.client"


def from_tshark(home, statistics):
    path = os.path.join(home.directory, "pcaps", CAPTURE + ".pcap")
    return home.run("tshark", "-2", "-q", "-r", path, "-z", statistics, check=True).stdout.splitlines()


def test_connections(window, home, picture):
    lines = [[cell.strip() for cell in line.split("|")] for line in from_tshark(home, "keepalive,streams") if "|" in line]
    w = window(CAPTURE)
    box, table = w.statistics("TCP Keep-Alive Connections")
    rows = [{title: name(cell).strip() for title, cell in row.items()} for row in rows_of(table)]
    assert rows == [dict(zip(lines[0][:-1], line)) for line in lines[1:]]
    picture(w, "connections", box)


def test_overview(window, home, picture):
    """Counts; the window sorts the topics by name."""
    lines = [re.match(r" *(\S.*?)  +(\d+) ", line) for line in from_tshark(home, "keepalive,tree")]
    w = window(CAPTURE)
    box, tree = w.statistics("TCP Keep-Alive Overview")
    rows = [(name(row["Topic / Item"]), name(row["Count"])) for row in rows_of(tree)]
    assert sorted(rows) == sorted(match.groups() for match in lines if match)
    picture(w, "overview", box)
