# SPDX-License-Identifier: GPL-2.0-or-later
"""Row by row what one tshark -2 over everything says."""
import collections

import pytest

import fleet_under_test as under_test
import traffic
from fleet_under_test import TREE, assert_same, count, fleet, rows


def compare(tmp_path, captures, *options):
    """How many rows there are."""
    out = tmp_path / "out"
    expected = under_test.truth(tmp_path, captures)
    fleet("run", "--out", out, "--point", "^", *options, *captures)
    for table in ("probers", "idle"):
        assert_same(rows(out, table), expected[table])
    return count(expected["probers"]), count(expected["idle"])


def test_a_host(tmp_path, host):
    probers, idle = compare(tmp_path, host, "--partitions", "5")
    assert probers > 150 and idle > 150
    outcomes = {dict(row)["outcome"] for row in rows(tmp_path / "out", "probers")}
    assert outcomes >= {"answered", "gave up", "peer reset", "capture ended", "unanswered until the capture ended"}


def test_laboratory(tmp_path):
    captures = sorted((TREE / "pcaps").glob("*.pcap"))
    probers, _ = compare(tmp_path, captures)
    assert probers > 250


@pytest.mark.long
def test_two_million_packets(tmp_path):
    captures = traffic.write(tmp_path / "host", connections=41000, files=60)
    compare(tmp_path, captures)


def test_two_points_stay_apart(tmp_path):
    """The same connections at two points whose clocks differ by 50 ms: each has the rows that it has alone."""
    both = []
    for point, shift in (("a", 0), ("b", 50_000_000)):
        captures = traffic.write(tmp_path / "captures" / point, connections=56, files=2, shift=shift)
        both.append(under_test.truth(tmp_path, captures))
    out = tmp_path / "out"
    fleet("run", "--out", out, "--point", "captures/([ab])/", "--partitions", "2", tmp_path / "captures")
    for table in ("probers", "idle"):
        expected = collections.defaultdict(list)
        for point in both:
            for row, lasts in point[table].items():
                expected[row] += lasts
        assert_same(rows(out, table), {row: sorted(lasts) for row, lasts in expected.items()})
