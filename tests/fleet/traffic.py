# SPDX-License-Identifier: GPL-2.0-or-later
"""A host's captures of an hour, made: rotated files in several formats, and connections that live across all of them.

The same arguments give the same octets. Every kind of connection that the plugin tells apart by what comes later is there,
each in every encapsulation.
"""
import gzip
import heapq
import random
import struct

import packets
from packets import ACK, FIN, PSH, RST, SYN

SECOND = 10**9
BEGAN = 1_700_000_000 * SECOND
LASTS = 3600.0   # seconds

IP4, IP6, VLAN, MPLS, PPPOE = 0x0800, 0x86DD, 0x8100, 0x8847, 0x8864
ETHERNET, RAW, SLL, SLL2 = 1, 101, 113, 276


class Connection:
    """One connection's segments; end 0 is the client. Yields (seconds, IP packet)."""

    def __init__(self, number, chance):
        self._chance = chance
        client = (10 << 24) + (number % 211 << 8) + 1
        server = (192 << 24) + (2 << 8) + 1 + number % 37
        self.ends = [(client.to_bytes(4, "big"), 10000 + number // 211 % 50000),
                     (server.to_bytes(4, "big"), (443, 5432, 22, 8080)[number % 4])]
        self.next = [chance.randrange(1 << 32), chance.randrange(1 << 32)]
        self._identifications = [chance.randrange(1 << 16), chance.randrange(1 << 16)]

    def segment(self, seconds, end, flags=ACK, payload=b"", seq=None, window=500):
        self._identifications[end] = (self._identifications[end] + 1) % 65536
        at = self.next[end] if seq is None else seq
        ack = self.next[1 - end] if flags & ACK else 0
        packet = packets.build_tcp_ipv4(self.ends[end], self.ends[1 - end], at, ack, flags, window, payload,
                                        identification=self._identifications[end])
        if seq is None:
            self.next[end] = (at + len(payload) + bool(flags & SYN) + bool(flags & FIN)) % (1 << 32)
        return seconds, packet

    def opening(self, seconds):
        yield self.segment(seconds, 0, SYN)
        yield self.segment(seconds + 0.01, 1, SYN | ACK)
        yield self.segment(seconds + 0.02, 0)

    def exchange(self, seconds, size=300):
        yield self.segment(seconds, 0, PSH | ACK, bytes(self._chance.randrange(256) for _ in range(16)))
        yield self.segment(seconds + 0.01, 1, PSH | ACK, self._chance.randbytes(size))
        yield self.segment(seconds + 0.02, 0)

    def probe(self, seconds, octet=b"", end=0):
        return self.segment(seconds, end, ACK, octet, seq=(self.next[end] - 1) % (1 << 32))

    def kept_alive(self, seconds, until, period, octet=b""):
        while seconds < until:
            yield self.probe(seconds, octet)
            yield self.segment(seconds + 0.015, 1)
            seconds += period


def alive(connection, begin, chance):
    """Probed and answered until the capture ends."""
    yield from connection.opening(begin)
    yield from connection.exchange(begin + 1)
    yield from connection.kept_alive(begin + 61, LASTS - 1, 60)


def busy(connection, begin, chance):
    yield from connection.opening(begin)
    at = begin + 1
    while at < min(begin + 900, LASTS - 1):
        yield from connection.exchange(at, size=chance.choice((300, 1400)))
        at += chance.uniform(5, 30)
    yield connection.segment(at, 0, FIN | ACK)
    yield connection.segment(at + 0.01, 1, FIN | ACK)
    yield connection.segment(at + 0.02, 0)


def given_up(connection, begin, chance):
    """Alive for some minutes; then the peer is silent, and the prober gives up."""
    yield from connection.opening(begin)
    yield from connection.exchange(begin + 1)
    died = begin + chance.uniform(200, 500)
    yield from connection.kept_alive(begin + 61, died, 60)
    at = died + 60
    for _ in range(5):
        yield connection.probe(at)
        at += 20
    yield connection.segment(at, 0, RST | ACK)


def forgotten(connection, begin, chance):
    """A device forgets the connection in a silence of ten minutes, and answers the next probe with a reset."""
    yield from connection.opening(begin)
    yield from connection.exchange(begin + 1)
    yield from connection.kept_alive(begin + 100, begin + 300, 120)
    at = begin + chance.uniform(900, 1000)
    yield connection.probe(at)
    yield connection.segment(at + 0.02, 1, RST)


def lost_unprobed(connection, begin, chance):
    """Nobody probes; what is sent after the silence is sent again and again."""
    yield from connection.opening(begin)
    yield from connection.exchange(begin + 1)
    at = begin + chance.uniform(400, 600)
    seq = connection.next[0]
    yield connection.segment(at, 0, PSH | ACK, b"still there?")
    for wait in (0.3, 0.9, 2.1, 4.5, 9.3):
        yield connection.segment(at + wait, 0, PSH | ACK, b"still there?", seq=seq)


def reused(connection, begin, chance):
    """The same ports twice: the first connection is given up, the second one lives."""
    yield from given_up(connection, begin, chance)
    connection.next = [chance.randrange(1 << 32), chance.randrange(1 << 32)]
    yield from connection.opening(begin + 1000)
    yield from connection.kept_alive(begin + 1061, begin + 1400, 60)


def with_octets(connection, begin, chance):
    """Keystrokes, one of them sent again, and probes of one octet: of which sort they are only the octets tell."""
    yield from connection.opening(begin)
    at = begin + 1
    for _ in range(5):
        yield connection.segment(at, 0, PSH | ACK, chance.randbytes(1))
        yield connection.segment(at + 0.02, 1)
        at += 0.5
    yield from connection.exchange(at)
    seq = connection.next[0]
    payload = chance.randbytes(200)
    yield connection.segment(at + 5, 0, PSH | ACK, payload)
    yield connection.segment(at + 5.3, 0, ACK, payload[-1:], seq=(seq + 199) % (1 << 32))
    yield connection.segment(at + 5.32, 1)
    yield from connection.kept_alive(at + 70, at + 400, 60, octet=b"\0")


def pending(connection, begin, chance):
    """The capture ends while the last probe waits, for longer or for less than its interval."""
    yield from connection.opening(begin)
    yield from connection.exchange(begin + 1)
    last = LASTS - chance.uniform(1, 100)
    for before in (120, 60, 0):
        yield connection.probe(last - before)
        if before:
            yield connection.segment(last - before + 0.015, 1)


KINDS = (alive, busy, given_up, forgotten, lost_unprobed, reused, with_octets, pending)


def plain(packet, _chance):
    return [(IP4, packet)]


def in_vlan(packet, _chance):
    return [(VLAN, struct.pack("!HH", 7, IP4) + packet)]


def in_mpls(packet, _chance):
    return [(MPLS, struct.pack("!I", 16 << 12 | 1 << 8 | 64) + packet)]


def in_pppoe(packet, _chance):
    return [(PPPOE, struct.pack("!BBHHH", 0x11, 0, 1, len(packet) + 2, 0x21) + packet)]


OUTER = bytes((198, 51, 100, 1)), bytes((198, 51, 100, 2))


def in_gre(packet, _chance):
    return [(IP4, packets.build_ipv4(*OUTER, packets.IPPROTO_GRE, struct.pack("!HH", 0, IP4) + packet))]


def in_erspan(packet, _chance):
    ethernet = packets_ethernet(IP4, packet)
    header = struct.pack("!HHI", 0x1000, 0x88BE, 1) + struct.pack("!HHI", 0x1001, 0x0001, 0)
    return [(IP4, packets.build_ipv4(*OUTER, packets.IPPROTO_GRE, header + ethernet))]


def in_ipip(packet, _chance):
    return [(IP4, packets.build_ipv4(*OUTER, packets.IPPROTO_IPIP, packet))]


def in_vxlan(packet, chance):
    inner = struct.pack("!II", 0x08000000, 42 << 8) + packets_ethernet(IP4, packet)
    udp = struct.pack("!HHHH", chance.randrange(49152, 65536), 4789, 8 + len(inner), 0) + inner
    return [(IP4, packets.build_ipv4(*OUTER, 17, udp))]


def in_gtp(packet, chance):
    gtp = struct.pack("!BBHI", 0x30, 0xFF, len(packet), 77) + packet
    return [(IP4, packets.build_ipv4(*OUTER, 17, struct.pack("!HHHH", 2152, 2152, 8 + len(gtp), 0) + gtp))]


def in_ip6(packet, _chance):
    """The same segment over IPv6 (TCP's checksum is not verified)."""
    source, destination = (bytes.fromhex("20010db8") + bytes(8) + packet[place:place + 4] for place in (12, 16))
    return [(IP6, struct.pack("!IHBB", 0x60000000, len(packet) - 20, 6, 64) + source + destination + packet[20:])]


def in_fragments(packet, _chance):
    """What does not fit into 120 octets comes in two."""
    if len(packet) <= 120:
        return [(IP4, packet)]
    head, cut = packet[:20], 20 + 96
    fields = (cut, 0x2000), (len(packet) - 96, 96 // 8)
    first, second = (head[:2] + struct.pack("!H", length) + head[4:6] + struct.pack("!H", place) + head[8:]
                     for length, place in fields)
    return [(IP4, first + packet[20:cut]), (IP4, second + packet[cut:])]


WRAPPINGS = (plain, in_vlan, in_ip6, in_gre, plain, in_erspan, in_ipip, plain, in_vxlan, in_mpls, in_fragments, plain,
             in_pppoe, in_gtp)


def packets_ethernet(ether_type, payload):
    return b"\2\0\0\0\0\2\2\0\0\0\0\1" + struct.pack("!H", ether_type) + payload


LINKS = {
    ETHERNET: packets_ethernet,
    SLL: lambda ether_type, payload: struct.pack("!HHH8sH", 0, 1, 6, b"\2\0\0\0\0\1\0\0", ether_type) + payload,
    SLL2: lambda ether_type, payload: struct.pack("!HHIHBB8s", ether_type, 0, 1, 1, 0, 6, b"\2\0\0\0\0\1\0\0") + payload,
}


def story(number, seed, tunnels=True, kind=None):
    """(nanoseconds, EtherType, payload) of one connection, in order."""
    chance = random.Random("%s %s" % (seed, number))
    kind = kind or KINDS[number % len(KINDS)]
    wrap = WRAPPINGS[number // len(KINDS) % len(WRAPPINGS)] if tunnels else plain
    begin = chance.uniform(0, LASTS / 3)
    for seconds, packet in kind(Connection(number, chance), begin, chance):
        if seconds < LASTS:
            time = BEGAN + round(seconds * 10**6) * 1000
            for ether_type, payload in wrap(packet, chance):
                yield time, ether_type, payload


def frames(connections, seed=1, **options):
    return heapq.merge(*(story(number, seed, **options) for number in range(connections)), key=lambda frame: frame[0])


def pcap(link, found, nanoseconds=True):
    parts = [struct.pack("<IHHiIII", 0xA1B23C4D if nanoseconds else 0xA1B2C3D4, 2, 4, 0, 0, 262144, link)]
    for time, ether_type, payload in found:
        data = LINKS[link](ether_type, payload)
        fraction = time % SECOND if nanoseconds else time % SECOND // 1000
        parts.append(struct.pack("<IIII", time // SECOND, fraction, len(data), len(data)) + data)
    return b"".join(parts)


def pcapng(link, found):
    def block(kind, body):
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
    parts = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
             block(1, struct.pack("<HHIHHII", link, 0, 0, 9, 1, 9, 0))]
    for time, ether_type, payload in found:
        data = LINKS[link](ether_type, payload)
        header = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(data), len(data))
        parts.append(block(6, header + data + bytes(-len(data) % 4)))
    return b"".join(parts)


FORMATS = (("pcap", lambda found: pcap(ETHERNET, found)),
           ("pcap", lambda found: pcap(SLL, found, nanoseconds=False)),
           ("pcapng", lambda found: pcapng(SLL2, found)),
           ("pcap.gz", lambda found: gzip.compress(pcap(ETHERNET, found), 1, mtime=0)))


def write(folder, connections, files, seed=1, shift=0, **options):
    """Writes rotated files, and returns their paths in the order of time. `shift`: what the host's clock is off, in ns."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    paths, found = [], []

    def end_file():
        suffix, encode = FORMATS[len(paths) % len(FORMATS)]
        path = folder / ("host_%05d.%s" % (len(paths), suffix))
        path.write_bytes(encode(found))
        path.chmod(0o644)
        paths.append(path)
        found.clear()

    for time, ether_type, payload in frames(connections, seed, **options):
        if time >= BEGAN + (len(paths) + 1) * LASTS / files * SECOND:
            end_file()
        found.append((time + shift, ether_type, payload))
    end_file()
    return paths
