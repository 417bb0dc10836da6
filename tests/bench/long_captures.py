#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What long and hostile captures cost tshark with the plugin and without it, as processor time and peak memory.

    long_captures.py PLUGIN [--times N] [--table] KIND SIZE...

Each KIND is a capture that is made anew, the same each time; SIZE counts what it is named after:

    run           one run of SIZE / 2 probes at one sequence number, then SIZE / 2 plain ACKs
    packets       SIZE packets of 1000 connections that send data and probe
    connections   SIZE connections of five packets each: a handshake, a probe and its response
    probes        SIZE probes of one connection, each at a new sequence number, with data and its ACK before each
    scan          SIZE connections of one SYN each

tshark prints a line for each packet, to nowhere; with --table the plugin's table too. Of N pairs of runs, one with the
plugin and one without by turns, the medians are printed. The files take about 70 octets for each packet, in the folder for
temporary files.
"""
import argparse
import itertools
import os
import statistics
import struct

import tshark   # which makes the packages of scripts/ and lab/ known
from packets import ACK, PSH, SYN

SERVER = b"\xc0\0\2\1"
SERVER_PORT = b"\x13\x89"
TCP_DATA = b"data"


def record(microseconds, connection, end, seq, ack, flags, data=b""):
    """One packet of a connection (a number); end 0 is the client."""
    client = struct.pack("!I", (10 << 24) + 1 + connection // 50000), struct.pack("!H", 10000 + connection % 50000)
    server = SERVER, SERVER_PORT
    source, destination = (client, server) if end == 0 else (server, client)
    length = 40 + len(data)
    return struct.pack(
        "<IIII", microseconds // 10**6, microseconds % 10**6, 14 + length, 14 + length) + struct.pack(
        "!12sHBBHHHBBH4s4s2s2sIIBBHHH", b"\2\0\0\0\0\2\2\0\0\0\0\1", 0x0800, 0x45, 0, length, 0, 0x4000, 64, 6, 0,
        source[0], destination[0], source[1], destination[1], seq % 2**32, ack % 2**32, 0x50, flags, 500, 0, 0) + data


def run(size):
    yield record(0, 0, 0, 1, 1, ACK | PSH, TCP_DATA)
    yield record(1, 0, 1, 1, 5, ACK)
    for number in range(size // 2):
        yield record(10**6 * (number + 1), 0, 0, 4, 1, ACK)
    for number in range(size // 2):
        yield record(10**6 * (size // 2 + number + 1), 0, 1, 1, 5, ACK)


def opening(now, connection):
    yield record(now, connection, 0, 0, 0, SYN)
    yield record(now + 1, connection, 1, 0, 1, SYN | ACK)
    yield record(now + 2, connection, 0, 1, 1, ACK)


def data_and_probe(now, connection, number):
    """Four octets and their ACK; a probe 75 s later, and its response."""
    seq = 1 + 4 * number
    yield record(now, connection, 0, seq, 1, ACK | PSH, TCP_DATA)
    yield record(now + 50000, connection, 1, 1, seq + 4, ACK)
    yield record(now + 75 * 10**6, connection, 0, seq + 3, 1, ACK)
    yield record(now + 75 * 10**6 + 50000, connection, 1, 1, seq + 4, ACK)


def packets(size):
    connections = 1000

    def all_of_them():
        for number in itertools.count():
            rounds = [data_and_probe(100 * 10**6 * number + 10 * each, each, number) for each in range(connections)]
            yield from itertools.chain.from_iterable(zip(*rounds))

    return itertools.islice(all_of_them(), size)


def connections(size):
    for number in range(size):
        yield from opening(100 * number, number)
    for number in range(size):
        now = 75 * 10**6 + 100 * number
        yield record(now, number, 0, 0, 1, ACK)
        yield record(now + 1, number, 1, 1, 1, ACK)


def probes(size):
    for number in range(size):
        yield from itertools.islice(data_and_probe(100 * 10**6 * number, 0, number), 3)


def scan(size):
    for number in range(size):
        yield record(number, number, 0, 0, 0, SYN)


KINDS = {each.__name__: each for each in (run, packets, connections, probes, scan)}


def write(path, kind, size):
    """How many packets it has."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        count = 0
        for each in KINDS[kind](size):
            file.write(each)
            count += 1
    os.chmod(path, 0o644)
    return count


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("plugin")
    options.add_argument("--times", type=int, default=1)
    options.add_argument("--table", action="store_true")
    options.add_argument("kind", choices=KINDS)
    options.add_argument("sizes", type=int, nargs="+")
    given = options.parse_args()
    with tshark.WiresharkHome(given.plugin) as home, tshark.WiresharkHome(None) as bare:
        path = os.path.join(home.directory, "long.pcap")
        for size in given.sizes:
            count = write(path, given.kind, size)
            ours, stock = [], []
            for _ in range(given.times):
                table = ["-z", "keepalive,streams"] if given.table else []
                ours.append(tshark.user_time_and_memory(home, "-n", "-r", path, *table))
                stock.append(tshark.user_time_and_memory(bare, "-n", "-r", path))
            with_it, without = ([statistics.median(values) for values in zip(*costs)] for costs in (ours, stock))
            print("%s %d: %d packets, %.2f s with the plugin, %.2f s without, %.2f times; %.0f MiB, %.0f MiB" % (
                given.kind, size, count, with_it[0], without[0], with_it[0] / without[0], with_it[1], without[1]),
                flush=True)


if __name__ == "__main__":
    main()
