#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes docs/performance.md: what the plugin costs beside other post-dissectors, and how that grows.

    tables.py [OUTPUT]      docs/performance.md if not named; takes about half an hour (callgrind)
"""
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import platform
import re
import shlex
import statistics
import subprocess
import sys

import tshark
import workloads

HERE = pathlib.Path(__file__).resolve().parent
OUTPUT = tshark.TREE / "docs/performance.md"

# Name, flows and rounds of the captures that are compared.
CAPTURES = {
    "everyday": ("everyday traffic, 6 % keepalives", 100, 3),
    "keepalives": ("one keepalive in five frames", 200, 3),
    "idle": ("idle connections: handshake, probe, response", 2000, 1),
    "scan": ("scan: connections of one segment", 5000, 0),
}
TSHARK_MODES = {
    "plain": [],
    "`-Y tcp.analysis.keep_alive`": ["-Y", "tcp.analysis.keep_alive"],
    "`-2`": ["-2"],
    "`-T fields`": ["-T", "fields", "-e", "frame.number", "-e", "tcp.stream", "-e", "_ws.col.Info"],
}
SHARKD = "sharkd"
# From short to long, and from few connections to many.
GROWTH = [("everyday", 100, 3), ("everyday", 100, 30), ("everyday", 1000, 3),
          ("idle", 10, 1), ("idle", 1000, 1), ("idle", 20000, 1)]
PAIRED = ("everyday", 1000, 3)
PAIRS = 5


@dataclasses.dataclass
class Program:
    """A tshark with one post-dissector more than usual."""

    name: str
    home: tshark.WiresharkHome
    arguments: tuple = ()


def build_empty(directory, release, *definitions):
    library = pathlib.Path(directory) / ("empty%d.so" % len(definitions))
    flags = shlex.split(subprocess.run(["pkg-config", "--cflags", "glib-2.0"], check=True, stdout=subprocess.PIPE,
                                       text=True).stdout)
    subprocess.run(["g++", "-O2", "-fPIC", "-shared", "-DWIRESHARK_MAJOR=%d" % release[0],
                    "-DWIRESHARK_MINOR=%d" % release[1], *definitions, "-I/usr/include/wireshark", *flags,
                    "-o", library, HERE / "empty_postdissector.cpp"], check=True)
    return library


class Tables:
    def __init__(self, plugin):
        none = tshark.WiresharkHome(None)
        self.directory = pathlib.Path(none.directory)
        self.fixed = tshark.build_fixed(self.directory)
        self.stock = Program("without", none)
        ordinary = build_empty(self.directory, none.release)
        of_none = build_empty(self.directory, none.release, "-DOF_NO_PROTOCOL")
        lua = self.directory / "keepalive.lua"
        lua.write_bytes((HERE / "keepalive.lua").read_bytes())
        lua.chmod(0o644)
        self.plugin = Program("**this plugin**", tshark.WiresharkHome(plugin))
        self.others = [
            Program("empty post-dissector", tshark.WiresharkHome(ordinary)),
            Program("empty, of no protocol", tshark.WiresharkHome(of_none)),
            self.plugin,
            Program("TRANSUM", none, ("--enable-protocol", "transum")),
            Program("Lua script", none, ("-X", "lua_script:%s" % lua)),
        ]
        self.frames = {}
        self.pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())

    def capture(self, workload, flows, rounds):
        path = self.directory / ("%s-%d-%d" % (workload, flows, rounds))
        if path not in self.frames:
            self.frames[path] = workloads.write(path, workload, flows, rounds)
        return path

    def start(self, program, mode, path):
        """Instructions, as a future."""
        if mode == SHARKD:
            return self.pool.submit(self.instructions_of_sharkd, program, path)
        command = [program.home.tshark, "-n", "-r", str(path), *program.arguments, *TSHARK_MODES[mode]]
        return self.pool.submit(tshark.instructions, program.home, self.fixed, command)

    def instructions_of_sharkd(self, program, path):
        """Loads the capture and lists its packets, as a web front end does."""
        requests = [("load", {"file": str(path)}), ("frames", {}), ("bye", {})]
        lines = [json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
                 for number, (method, parameters) in enumerate(requests, 1)]
        return tshark.instructions(program.home, self.fixed, ["sharkd", "-"], stdin=None, input="\n".join(lines) + "\n")

    def remove(self):
        self.pool.shutdown(cancel_futures=True)
        for program in {id(each.home): each for each in [self.stock, *self.others]}.values():
            program.home.remove()


def row(*cells):
    return "| %s |" % " | ".join(cells)


def head(*cells):
    return [row(*cells), row("---", *["--:"] * (len(cells) - 1))]


def percent(value, stock):
    return "%+.1f %%" % (100 * (value - stock) / stock)


def compared_instructions(tables):
    """One table a mode: a line a post-dissector, a column a workload."""
    running = {}
    for mode in [*TSHARK_MODES, SHARKD]:
        for program in [tables.stock, *tables.others]:
            if mode == SHARKD and program.arguments:
                continue  # it has no options for either
            for workload, (_, flows, rounds) in CAPTURES.items():
                running[mode, program.name, workload] = tables.start(program, mode,
                                                                     tables.capture(workload, flows, rounds))
    for mode in [*TSHARK_MODES, SHARKD]:
        yield "\n%s:\n" % (mode if mode.startswith("`") else mode.capitalize())
        yield from head("", *[title for title, _, _ in CAPTURES.values()])
        stock = {workload: running[mode, tables.stock.name, workload].result() for workload in CAPTURES}
        yield row("instructions a frame without", *[
            "%d" % round(stock[workload] / tables.frames[tables.capture(workload, flows, rounds)], -2)
            for workload, (_, flows, rounds) in CAPTURES.items()])
        for program in tables.others:
            if (mode, program.name, "scan") in running:
                yield row(program.name, *[percent(running[mode, program.name, workload].result(), stock[workload])
                                          for workload in CAPTURES])


def compared_time(tables, path):
    yield from head("everyday traffic, %s frames" % f"{tables.frames[path]:,}", "user time", "peak memory")
    for program in tables.others:
        seconds, memory = [], []
        for _ in range(PAIRS):
            (stock_time, stock_memory), (time, octets) = (
                tshark.user_time_and_memory(each.home, "-n", "-r", str(path), *each.arguments)
                for each in (tables.stock, program))
            seconds.append(100 * (time - stock_time) / stock_time)
            memory.append(100 * (octets - stock_memory) / stock_memory)
        yield row(program.name, "%+.0f %% (%+.0f to %+.0f)" % (statistics.median(seconds), min(seconds), max(seconds)),
                  "%+.0f %%" % statistics.median(memory))


def growth(tables):
    paths = [(workload, flows, tables.capture(workload, flows, rounds)) for workload, flows, rounds in GROWTH]
    running = [(*each, [tables.start(program, "plain", each[2]) for program in (tables.stock, tables.plugin)])
               for each in paths]
    yield from head("workload", "connections", "frames", "instructions a frame", "added by this plugin")
    for workload, flows, path, (without, with_plugin) in running:
        frames = tables.frames[path]
        yield row(workload, f"{flows:,}", f"{frames:,}", "%d" % round(without.result() / frames, -2),
                  percent(with_plugin.result(), without.result()))


def document(tables):
    version = re.search(r"\d+\.\d+\.\d+", tables.stock.home.run(tables.stock.home.tshark, "--version").stdout).group()
    yield "# What it costs"
    yield ""
    yield "Made by `scripts/bench.sh --docs`, with Wireshark %s on %s." % (version, platform.machine())
    yield """
Per cent are of what the same tshark does without the post-dissector, for a capture from its opening to its end.
Instructions are counted by callgrind, with Wireshark's hash seed fixed, so they come out the same each time and on each
machine; start-up is left out. `scripts/bench.sh` compares such figures with recorded ones after each change.

The captures are made by `tests/bench/workloads.py`. An empty post-dissector does nothing: it
is the least that any plugin of this kind can cost. TRANSUM comes with Wireshark and measures response times. The Lua
script, `tests/bench/keepalive.lua`, has the rule for probes and none of the exceptions.

## Instructions"""
    yield from compared_instructions(tables)
    yield "\n## Time and memory\n"
    yield ("Of %d pairs of runs, with and without, the median and the range. User time depends on the machine and on what "
           "else it does." % PAIRS)
    yield ""
    yield from compared_time(tables, tables.capture(*PAIRED))
    yield "\n## How it grows\n"
    yield from growth(tables)


def main(output=OUTPUT):
    tables = Tables(os.environ.get("KEEPALIVE_PLUGIN", str(tshark.TREE / "build/test/plugin/keepalive.so")))
    try:
        text = "\n".join(document(tables)) + "\n"
    finally:
        tables.remove()
    pathlib.Path(output).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
