# SPDX-License-Identifier: GPL-2.0-or-later
"""A run does what is new, and no more."""
import csv
import json
import os

import pytest

import fleet_under_test as under_test
import traffic
from fleet_under_test import assert_same, fleet, rows


def written(out, folder):
    return {path.name: path.stat().st_mtime_ns for path in (out / folder).iterdir()}


def test_second_run_does_nothing(tmp_path, host):
    out = tmp_path / "out"
    fleet("run", "--out", out, "--csv", "--jsonl", *host)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    done = fleet("run", "--out", out, *host)
    assert "Nothing was new" in done.stdout
    after = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    assert {path.name for path in before if before[path] != after.get(path)} <= {"lock", "progress.json"}
    for table in ("probers", "idle", "files"):
        count = len(list(csv.DictReader((out / (table + ".csv")).open(encoding="utf-8", newline=""))))
        assert count > 0
        assert count == len([json.loads(line) for line in (out / (table + ".jsonl")).open(encoding="utf-8")])


@pytest.mark.long
def test_new_file_costs_its_map_and_what_it_touches(tmp_path):
    """One connection more in one of two points: the other point stays as it is, and so do the partitions that it is not in
    and that have been silent for longer than any answer takes."""
    folders = [tmp_path / "captures" / point for point in "ab"]
    captures = [path for folder in folders for path in traffic.write(folder, connections=56, files=3)]
    out = tmp_path / "out"
    fleet("run", "--out", out, "--partitions", "8", tmp_path / "captures")
    dealt, judged = written(out, "dealt"), written(out, "judged")

    def later(hours):
        path = folders[1] / ("later_%d.pcap" % hours)
        shift = hours * 3600 * traffic.SECOND
        path.write_bytes(traffic.pcap(traffic.ETHERNET, [
            (time + shift, kind, payload) for time, kind, payload in traffic.story(1000, seed=2, tunnels=False)]))
        os.chmod(path, 0o644)
        captures.append(path)
        fleet("run", "--out", out, tmp_path / "captures")
        new_dealt, new_judged = written(out, "dealt"), written(out, "judged")
        assert dealt.items() <= new_dealt.items()
        assert len(new_dealt) == len(dealt) + 2   # the file and its account
        again = len(new_judged.items() - judged.items())
        dealt.update(new_dealt)
        judged.clear()
        judged.update(new_judged)
        return again

    of_point_b = len(judged) // 2
    # Hours later no partition waits for an answer any more. So after that, one alone is touched.
    assert later(5) <= of_point_b
    assert later(10) == 1
    expected = [under_test.truth(tmp_path, [path for path in captures if path.parent == folder]) for folder in folders]
    for table in ("probers", "idle"):
        both = {}
        for found in expected:
            for row, lasts in found[table].items():
                both[row] = sorted(both.get(row, []) + lasts)
        assert_same(rows(out, table), both)


@pytest.mark.long
def test_captures_that_are_gone_leave_nothing(tmp_path, host):
    out = tmp_path / "out"
    fleet("run", "--out", out, *host)
    before = len(written(out, "dealt"))
    fleet("run", "--out", out, *host[:3])
    assert len(written(out, "dealt")) == before // 2
    assert sum(1 for _ in rows(out, "files")) == 3
