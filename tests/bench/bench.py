#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the plugin costs, against the same tshark without it; fails over budget.

Instructions are what callgrind counts and memory is what massif counts, so that neither the machine nor its load matters.
Start-up is taken away by measuring a capture of few packets as well.
"""
import concurrent.futures
import itertools
import os
import pathlib
import re
import struct
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TREE / "scripts"), str(TREE / "lab")]

import packets  # noqa: E402  (needs the path)
from wireshark_home import WiresharkHome  # noqa: E402

# Per cent of instructions a packet: the budget, which is not reached yet, and what must not be exceeded meanwhile. Of it
# Wireshark's calling of observer and post-dissector is 2.5 %, the text of the keepalive lines 2.5 % (one line in five).
PLAIN_BUDGET, FILTER_BUDGET = 3.0, 2.5
REACHED = 9.5
# Octets of heap.
CONNECTION_BUDGET, PROBE_BUDGET = 192, 160
# (1024 and 2048 connections, for the array of them doubles when it is full.)
# How much more a packet may cost in a capture with a hundred times the connections, or four times the length.
GROWTH_BUDGET = 10.0

FILTER = ["-Y", "tcp.analysis.keep_alive"]
FEW, MANY = 100, 4000   # packets
FLOWS = 300
SECOND = 10**9


class Conversation:
    """One connection between a client and a server, a segment at a time."""

    def __init__(self, number):
        address = (10 << 24) + number // 50000
        self.ends = [(address.to_bytes(4, "big"), 10000 + number % 50000), (b"\xc0\0\2\1", 80)]
        self.next = [1000 + number, 5000 + number]
        self.identification = 0

    def segment(self, end, payload=b"", flags=packets.ACK, seq=None):
        self.identification = (self.identification + 1) % 65536
        source, destination = self.ends[end], self.ends[1 - end]
        seq = self.next[end] if seq is None else seq
        ack = self.next[1 - end] if flags & packets.ACK else 0
        # Data offset 8: with the timestamps option, as nearly all TCP today. Checksums are not verified by default.
        tcp = struct.pack("!HHIIBBHHHBBBBII", source[1], destination[1], seq, ack, 0x80, flags, 500, 0, 0,
                          1, 1, 8, 10, self.identification, self.identification)
        packet = packets.build_ipv4(source[0], destination[0], packets.IPPROTO_TCP, tcp + payload,
                                    identification=self.identification)
        if seq == self.next[end]:
            self.next[end] += len(payload) + bool(flags & packets.SYN)
        return packet

    def opening(self):
        yield self.segment(0, flags=packets.SYN)
        yield self.segment(1, flags=packets.SYN | packets.ACK)
        yield self.segment(0)

    def cycle(self):
        """(seconds, packet): four times data and its ACK, and when that was a minute ago, a probe and its answer."""
        for turn, end in enumerate((0, 1, 0, 1)):
            yield turn, self.segment(end, b"x" * 100, packets.PSH | packets.ACK)
            yield turn + 0.001, self.segment(1 - end)
        yield 63, self.probe()
        yield 63.001, self.answer()

    def probe(self):
        return self.segment(0, seq=self.next[0] - 1)

    def answer(self):
        return self.segment(1)


def write(path, timed_packets):
    """`timed_packets`: (seconds, IP packet)."""
    ethernet = b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0"
    frames = [packets.Frame(int(seconds * SECOND), ethernet + packet) for seconds, packet in timed_packets]
    path.write_bytes(packets.capture_octets(packets.ETHERNET, frames))
    path.chmod(0o644)


def everyday(flows, count):
    """`flows` connections in turn: data both ways, and one keepalive probe and its answer in every ten packets."""
    conversations = [Conversation(number) for number in range(flows)]
    cycles = ((100 * turn + seconds, packet) for turn in itertools.count() for conversation in conversations
              for seconds, packet in conversation.cycle())
    return itertools.islice(cycles, count)


def connections(count, probes=0):
    """`count` connections that say nothing after the handshake, but for unanswered probes."""
    for number in range(count):
        conversation = Conversation(number)
        for packet in conversation.opening():
            yield 0, packet
        for probe in range(probes):
            yield 60 * (probe + 1), conversation.probe()


class Bench:
    def __init__(self, plugin):
        self.homes = {True: WiresharkHome(plugin), False: WiresharkHome(None)}
        self.directory = pathlib.Path(self.homes[True].directory)
        self._wanted, self._counted = [], {}

    def want(self, count, capture, *arguments):
        """A measurement of both tsharks; its difference is known after run()."""
        for plugin in (True, False):
            key = (count, capture, arguments, plugin)
            if key not in self._wanted:
                self._wanted.append(key)

    def run(self):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            self._counted = dict(zip(self._wanted, pool.map(self._count, self._wanted)))

    def of(self, count, capture, *arguments, plugin):
        return self._counted[count, capture, arguments, plugin]

    def added(self, count, capture, *arguments):
        """What the plugin adds."""
        return (self.of(count, capture, *arguments, plugin=True) - self.of(count, capture, *arguments, plugin=False))

    def _count(self, key):
        count, capture, arguments, plugin = key
        home = self.homes[plugin]
        return count(home, [home.tshark, "-n", "-r", str(self.directory / capture), *arguments])

    def remove(self):
        for home in self.homes.values():
            home.remove()


def valgrind(home, tool, command, **environment):
    done = home.run("valgrind", tool[0], *tool[1:], *command, env={**home.environment, **environment})
    if done.returncode != 0:
        sys.exit("bench.py: valgrind failed: %s" % done.stderr[-1000:])
    return done


def instructions(home, command):
    done = valgrind(home, ["--tool=callgrind", "--callgrind-out-file=/dev/null"], command)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def heap(home, command):
    """Octets in use when most are. Wireshark's pools hand out octets of their own blocks unless told not to."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o777)   # valgrind runs as a normal user
        output = pathlib.Path(directory) / "massif"
        valgrind(home, ["--tool=massif", "--peak-inaccuracy=0.0", "--max-snapshots=10", "--depth=1",
                        "--massif-out-file=%s" % output], command, WIRESHARK_DEBUG_WMEM_OVERRIDE="simple")
        return max(map(int, re.findall(r"mem_heap_B=(\d+)", output.read_text(encoding="utf-8"))))


def report(name, value, budget, unit, limit=None):
    """False above the limit, which is the budget where none is named."""
    limit = budget if limit is None else limit
    verdict = "" if value <= budget else "  OVER BUDGET" if value <= limit else "  FAILED: at most %g" % limit
    print("%-58s %8.1f %s, budget %g%s" % (name, value, unit, budget, verdict))
    return value <= limit


def per_packet(bench, many, few, count, *arguments):
    """(instructions a packet without the plugin, what the plugin adds)"""
    stock = bench.of(instructions, many, *arguments, plugin=False) - bench.of(instructions, few, *arguments, plugin=False)
    added = bench.added(instructions, many, *arguments) - bench.added(instructions, few, *arguments)
    return stock / count, added / count


CAPTURES = {
    "few": everyday(FLOWS, FEW),
    "many": everyday(FLOWS, MANY),
    "longer": everyday(FLOWS, 4 * MANY),
    "ten-flows": everyday(10, MANY),
    "thousand-flows": everyday(1000, 4 * MANY),
    "1024-connections": connections(1024),
    "2048-connections": connections(2048),
    "2-probes": connections(500, 2),
    "12-probes": connections(500, 12),
}


def measure(bench):
    for name, content in CAPTURES.items():
        write(bench.directory / name, content)
    for name in ("few", "many", "longer", "ten-flows", "thousand-flows"):
        bench.want(instructions, name)
    for name in ("few", "many"):
        bench.want(instructions, name, *FILTER)
    for name in ("1024-connections", "2048-connections", "2-probes", "12-probes"):
        bench.want(heap, name)
    bench.run()


def judge(bench):
    """One line a budget; whether all were kept."""
    kept = []
    for name, arguments, budget in (("tshark -r", [], PLAIN_BUDGET), ("tshark -r -Y tcp.analysis.keep_alive", FILTER,
                                                                      FILTER_BUDGET)):
        stock, added = per_packet(bench, "many", "few", MANY - FEW, *arguments)
        print("%-58s %8.0f instructions a packet, %d more with the plugin" % (name, stock, added))
        kept.append(report(name, 100 * added / stock, budget, "% more instructions", REACHED))
    _, usual = per_packet(bench, "many", "few", MANY - FEW)
    for name, capture, count in (("the same in a capture four times as long", "longer", 4 * MANY),
                                 ("the same with 10 connections instead of 300", "ten-flows", MANY),
                                 ("the same with 1000", "thousand-flows", 4 * MANY)):
        _, added = per_packet(bench, capture, "few", count - FEW)
        kept.append(report(name, 100 * (added - usual) / usual, GROWTH_BUDGET, "% more"))
    connection = (bench.added(heap, "2048-connections") - bench.added(heap, "1024-connections")) / 1024
    kept.append(report("memory of a connection without keepalives", connection, CONNECTION_BUDGET, "octets"))
    probe = (bench.added(heap, "12-probes") - bench.added(heap, "2-probes")) / 5000
    kept.append(report("memory of a probe", probe, PROBE_BUDGET, "octets"))
    return all(kept)


def main():
    plugin = os.environ.get("KEEPALIVE_PLUGIN", str(TREE / "build/test/plugin/keepalive.so"))
    bench = Bench(plugin)
    try:
        measure(bench)
        sys.exit(0 if judge(bench) else 1)
    finally:
        bench.remove()


if __name__ == "__main__":
    main()
