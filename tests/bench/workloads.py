# SPDX-License-Identifier: GPL-2.0-or-later
"""The captures that the benchmark measures with: made anew each time, and each time the same to the last octet."""
import struct

import packets

SECOND = 10**9
ETHERNET = b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0"
PSH_ACK = packets.PSH | packets.ACK
SYN_ACK = packets.SYN | packets.ACK


class Connection:
    """One connection between a client (end 0) and a server (end 1), a segment at a time."""

    def __init__(self, number):
        client, server = number % 50000, number // 50000
        self.ends = [((10 << 24) + 1 + server, 10000 + client), ((192 << 24) + (2 << 8) + 1, 5001)]
        self.ends = [(host.to_bytes(4, "big"), port) for host, port in self.ends]
        self.next = [1000 + number, 5000 + number]
        self.identifications = [0, 0]
        self.tsvals = [0, 0]

    def segment(self, seconds, end, payload=b"", flags=packets.ACK, seq=None):
        """(seconds, IP packet). With the timestamps option, as nearly all TCP today; tshark verifies no checksum."""
        self.identifications[end] = (self.identifications[end] + 1) % 65536
        self.tsvals[end] = int(1000 * seconds)
        source, destination = self.ends[end], self.ends[1 - end]
        seq = self.next[end] if seq is None else seq
        ack = self.next[1 - end] if flags & packets.ACK else 0
        tcp = struct.pack("!HHIIBBHHHBBBBII", source[1], destination[1], seq, ack, 0x80, flags, 500, 0, 0,
                          1, 1, 8, 10, self.tsvals[end], self.tsvals[1 - end])
        packet = packets.build_ipv4(source[0], destination[0], packets.IPPROTO_TCP, tcp + payload,
                                    identification=self.identifications[end])
        if seq == self.next[end]:
            self.next[end] += len(payload) + bool(flags & packets.SYN)
        return seconds, packet

    def opening(self, seconds):
        yield self.segment(seconds, 0, flags=packets.SYN)
        yield self.segment(seconds + 0.001, 1, flags=SYN_ACK)
        yield self.segment(seconds + 0.002, 0)

    def interactive(self, seconds):
        """A request and its response."""
        yield self.segment(seconds, 0, b"q" * 100, PSH_ACK)
        yield self.segment(seconds + 0.001, 1, b"r" * 300, PSH_ACK)
        yield self.segment(seconds + 0.002, 0)

    def bulk(self, seconds):
        """Two full segments and their acknowledgement."""
        yield self.segment(seconds, 1, b"d" * 1448)
        yield self.segment(seconds + 0.001, 1, b"d" * 1448)
        yield self.segment(seconds + 0.002, 0)

    def keepalive(self, seconds):
        """A probe and its answer."""
        yield self.probe(seconds)
        yield self.segment(seconds + 0.001, 1)

    def probe(self, seconds):
        return self.segment(seconds, 0, seq=self.next[0] - 1)


def traffic(flows, rounds, exchanges):
    """Connections that are opened and then, in each round, exchange data so many times, are idle, and probe once.

    One half of them is interactive, the other one moves bulk data. They take turns, as the clients of a server do.
    """
    connections = [Connection(number) for number in range(flows)]
    pause = 0.01  # between two connections
    for place, connection in enumerate(connections):
        yield from connection.opening(pause * place)
    length = (exchanges + 1) * pause * flows + 100
    for number in range(rounds):
        begin = pause * flows + number * length
        for exchange in range(exchanges):
            for place, connection in enumerate(connections):
                act = connection.interactive if place % 2 else connection.bulk
                yield from act(begin + pause * (exchange * flows + place))
        for place, connection in enumerate(connections):
            yield from connection.keepalive(begin + pause * (exchanges * flows + place) + 90)


def everyday(flows, rounds):
    """6 % of the frames are keepalives."""
    return traffic(flows, rounds, exchanges=10)


def keepalives(flows, rounds):
    """One frame in four or five is a keepalive: 2 in 8 + 2."""
    return traffic(flows, rounds, exchanges=3)


def idle(flows, rounds):
    """Connections that do nothing after the handshake but prove, once a minute, that they are alive."""
    return traffic(flows, rounds, exchanges=0)


def scan(flows, _rounds):
    """One segment each, which nobody answers."""
    for number in range(flows):
        yield Connection(number).segment(0.001 * number, 0, flags=packets.SYN)


def first_sights(flows, _rounds):
    """One segment each, which may be a probe: what comes next would decide."""
    for number in range(flows):
        yield Connection(number).segment(0.001 * number, 0)


def unanswered(flows, probes):
    """Connections whose peers are dead."""
    for number in range(flows):
        yield from Connection(number).opening(0.01 * number)
    for probe in range(probes):
        for number in range(flows):
            connection = Connection(number)
            connection.next = [connection.next[0] + 1, connection.next[1] + 1]
            yield connection.probe(60 * (probe + 1) + 0.01 * number)


WORKLOADS = {each.__name__: each for each in (everyday, keepalives, idle, scan, first_sights, unanswered)}


def write(path, workload, flows, rounds):
    """Writes a capture; how many frames it has."""
    frames = [packets.Frame(round(seconds * 10**6) * 1000, ETHERNET + packet)
              for seconds, packet in WORKLOADS[workload](flows, rounds)]
    path.write_bytes(packets.capture_octets(packets.ETHERNET, frames))
    path.chmod(0o644)  # tshark runs as a normal user
    return len(frames)
