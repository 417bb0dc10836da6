# SPDX-License-Identifier: GPL-2.0-or-later
"""The fleet's programs as the tests start them, and what they are compared with: one tshark over everything."""
import collections
import contextlib
import os
import pathlib
import sqlite3
import subprocess
import sys

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TREE), str(TREE / "scripts"), str(TREE / "lab")]

from fleet.judge import add_lives, nanoseconds, parse_tables  # noqa: E402  (needs the path)
from wireshark_home import WiresharkHome  # noqa: E402

BUILD = pathlib.Path(os.environ.get("KEEPALIVE_BUILD", TREE / "build/test"))
PLUGIN = BUILD / "plugin/keepalive.so"
MAP = BUILD / "fleet/map/keepalive-map"
ENVIRONMENT = {**os.environ, "PYTHONPATH": "%s:%s" % (TREE, TREE / "scripts"), "PYTHONDONTWRITEBYTECODE": "1",
               "KEEPALIVE_MAP": str(MAP), "KEEPALIVE_PLUGIN": str(PLUGIN)}


def command(*words):
    return ["/usr/bin/python3", "-m", "fleet", *map(str, words)]


def start(*words, **options):
    return subprocess.Popen(command(*words), **{"env": ENVIRONMENT, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
                                                "text": True, **options})


def fleet(*words, code=0, **options):
    """Runs it to its end; what it printed."""
    done = subprocess.run(command(*words), check=False, **{"env": ENVIRONMENT, "stdout": subprocess.PIPE,
                                                           "stderr": subprocess.PIPE, "text": True, **options})
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done


def rows(out, table):
    """Those of the results: as by_row()."""
    with contextlib.closing(sqlite3.connect(out / "results.sqlite")) as database:
        database.row_factory = sqlite3.Row
        return by_row(map(dict, database.execute("SELECT * FROM " + table)))


def by_row(found):
    """{row: [when such connections were last seen]}, of which a multiset can be made. A row has no point and no stream."""
    result = collections.defaultdict(list)
    for row in found:
        key = tuple(sorted((name, value) for name, value in row.items() if name not in ("point", "stream", "last")))
        result[key].append(row["last"])
    return {row: sorted(lasts) for row, lasts in result.items()}


def count(found):
    return sum(map(len, found.values()))


def assert_same(found, expected):
    """tshark prints how long a conversation lasted with four decimals, and rounds the fifth as doubles do."""
    assert {row: len(lasts) for row, lasts in found.items()} == {row: len(lasts) for row, lasts in expected.items()}
    for row, lasts in found.items():
        assert all(abs(one - other) < 0.0002 for one, other in zip(lasts, expected[row])), dict(row)


def truth(folder, captures):
    """{table: as by_row()}: of one tshark -2 over everything, as mergecap puts it in order."""
    whole = folder / "whole.pcapng"
    subprocess.run(["mergecap", "-F", "pcapng", "-w", whole, *captures], check=True, stderr=subprocess.DEVNULL)
    whole.chmod(0o644)
    with WiresharkHome(str(PLUGIN)) as home:
        began = nanoseconds(home.run("tshark", "-n", "-r", home.readable(whole), "-c", "1", "-T", "fields",
                                     "-e", "frame.time_epoch", check=True).stdout.strip())
        done = home.run("tshark", "-n", "-q", "-2", "-r", home.readable(whole), "-z", "keepalive,streams",
                        "-z", "keepalive,idle", "-z", "conv,tcp", check=True)
    tables, conversations = parse_tables(done.stdout.splitlines())
    add_lives(tables, conversations, began)
    whole.unlink()
    return {table: by_row(tables[table]) for table in tables}
