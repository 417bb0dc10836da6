#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the plugin costs, against the same tshark without it; fails if that is more than recorded.json says.

    bench.py            compare
    bench.py --record   write what is measured to recorded.json

Each figure is of a difference: a long capture less a short one of the same kind, so that what is done once for a capture
does not count, and with the plugin less without it. The same program comes out the same to 0.01 % each time.
"""
import concurrent.futures
import json
import os
import pathlib
import sys

import tshark
import workloads

RECORDED = pathlib.Path(__file__).with_name("recorded.json")
GROWTH = 0.1  # percentage points that a figure may grow over the recorded one
OCTETS_GROWTH = 1

MODES = {"plain": [], "filter": ["-Y", "tcp.analysis.keep_alive"], "two-pass": ["-2"]}

# Workload, flows and rounds of the short and of the long capture, modes.
# (The memory between powers of two: arrays double when they are full, those of the allocator among them.)
INSTRUCTIONS = [
    ("everyday", (100, 1), (100, 3), ("plain", "filter", "two-pass")),
    ("keepalives", (200, 1), (200, 3), ("plain", "filter")),
    ("idle", (300, 1), (2300, 1), ("plain",)),
    ("scan", (1000, 0), (5000, 0), ("plain",)),
]
# What is counted in octets, two captures, and how many of it the second has more.
MEMORY = [
    ("connection", ("unanswered", 1024, 0), ("unanswered", 2048, 0), 1024),
    ("connection with one undecided segment", ("first_sights", 1024, 0), ("first_sights", 2048, 0), 1024),
    ("probe", ("unanswered", 500, 12), ("unanswered", 500, 16), 2000),
]


class Bench:
    def __init__(self, plugin):
        self.homes = {True: tshark.WiresharkHome(plugin), False: tshark.WiresharkHome(None)}
        self.directory = pathlib.Path(self.homes[True].directory)
        self.fixed = tshark.build_fixed(self.directory)
        self.release = "%d.%d" % self.homes[True].release
        self._pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
        self._frames = {}

    def start(self, count, capture, *arguments, plugin):
        """`count` of tshark on a capture (workload, flows, rounds), as a future."""
        path = self.directory / "-".join(map(str, capture))
        if capture not in self._frames:
            self._frames[capture] = workloads.write(path, *capture)
        home = self.homes[plugin]
        return self._pool.submit(count, home, self.fixed, ["tshark", "-n", "-r", str(path), *arguments])

    def start_difference(self, count, short, long, *arguments, plugin):
        """By how much the long capture counts more; call the result."""
        of_short = self.start(count, short, *arguments, plugin=plugin)
        of_long = self.start(count, long, *arguments, plugin=plugin)
        return lambda: of_long.result() - of_short.result()

    def frames(self, capture):
        return self._frames[capture]

    def remove(self):
        self._pool.shutdown(cancel_futures=True)
        for home in self.homes.values():
            home.remove()


def measure(bench):
    """{name: {"percent": added instructions} or {"octets": each}}"""
    running = {}
    for workload, short, long, modes in INSTRUCTIONS:
        short, long = (workload, *short), (workload, *long)
        for mode in modes:
            running[workload, mode, short, long] = [
                bench.start_difference(tshark.instructions, short, long, *MODES[mode], plugin=plugin)
                for plugin in (False, True)]
    octets = {}
    for name, short, long, number in MEMORY:
        octets[name] = [number] + [bench.start_difference(tshark.heap, short, long, plugin=plugin)
                                   for plugin in (False, True)]
    figures = {}
    for (workload, mode, short, long), (without, with_plugin) in running.items():
        frames = bench.frames(long) - bench.frames(short)
        stock, added = without() / frames, (with_plugin() - without()) / frames
        figures["%s, %s" % (workload, mode)] = {"percent": round(100 * added / stock, 2), "instructions": round(added)}
    for name, (number, without, with_plugin) in octets.items():
        figures["memory of a %s" % name] = {"octets": round((with_plugin() - without()) / number)}
    return figures


def judge(figures, recorded):
    """One line a figure; whether all are as good as recorded."""
    good = True
    for name, figure in figures.items():
        unit, limit = ("percent", GROWTH) if "percent" in figure else ("octets", OCTETS_GROWTH)
        value = figure[unit]
        was = recorded.get(name, {}).get(unit)
        verdict = "not recorded" if was is None else "recorded %g" % was
        if was is not None and value > was + limit + 1e-9:
            verdict += "  FAILED: more by %.2f" % (value - was)
            good = False
        elif was is not None and value < was - limit:
            verdict += "  better: to be recorded by --record"
        exact = "%6d instructions a frame" % figure["instructions"] if "instructions" in figure else ""
        print("%-49s %7.2f %-8s %-28s %s" % (name, value, unit, exact, verdict))
    return good


def main(arguments):
    if arguments not in ([], ["--record"]):
        sys.exit(__doc__)
    plugin = os.environ.get("KEEPALIVE_PLUGIN", str(tshark.TREE / "build/test/plugin/keepalive.so"))
    recorded = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    bench = Bench(plugin)
    try:
        figures = measure(bench)
        print("Wireshark %s: what the plugin adds to tshark without it" % bench.release)
        good = judge(figures, recorded.get(bench.release, {}))
    finally:
        bench.remove()
    if arguments == ["--record"]:
        recorded[bench.release] = figures
        RECORDED.write_text(json.dumps(recorded, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return
    if bench.release not in recorded:
        print("bench.py: nothing is recorded for Wireshark %s" % bench.release)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main(sys.argv[1:])
