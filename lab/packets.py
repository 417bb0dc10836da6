# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames and capture files: read, write, and the few TCP fields that the laboratory needs."""

import dataclasses
import struct

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
SEQUENCE_SPACE = 1 << 32

ETHERNET, LINUX_SLL, LINUX_SLL2 = 1, 113, 276
VLAN_TYPES = (0x8100, 0x88A8)
IPPROTO_IPIP, IPPROTO_TCP, IPPROTO_IPV6, IPPROTO_GRE = 4, 6, 41, 47
NANOSECOND_MAGIC = 0xA1B23C4D


@dataclasses.dataclass
class Segment:
    """One TCP segment. `packet` is its (innermost) IP packet: the identity by which both ends' captures are matched."""

    source: tuple
    destination: tuple
    seq: int
    ack: int
    flags: int
    window: int
    payload: bytes
    packet: bytes

    @property
    def end(self):
        """The sequence number after this segment."""
        length = len(self.payload) + bool(self.flags & SYN) + bool(self.flags & FIN)
        return (self.seq + length) % SEQUENCE_SPACE

    @property
    def is_empty_ack(self):
        return self.flags == ACK and not self.payload


@dataclasses.dataclass
class Frame:
    time: int  # nanoseconds since the epoch
    data: bytes
    segment: Segment = None


def sequence_difference(a, b):
    """a - b, signed, modulo 2^32."""
    return (a - b + SEQUENCE_SPACE // 2) % SEQUENCE_SPACE - SEQUENCE_SPACE // 2


def parse_frame(data, link_type=ETHERNET):
    """The TCP segment in a frame, or None."""
    if link_type == ETHERNET:
        offset, ether_type = 14, struct.unpack_from("!H", data, 12)[0]
    elif link_type == LINUX_SLL:
        offset, ether_type = 16, struct.unpack_from("!H", data, 14)[0]
    elif link_type == LINUX_SLL2:
        offset, ether_type = 20, struct.unpack_from("!H", data, 0)[0]
    else:
        raise ValueError("link type %d" % link_type)
    while ether_type in VLAN_TYPES:
        ether_type = struct.unpack_from("!H", data, offset + 2)[0]
        offset += 4
    if ether_type in (0x0800, 0x86DD):
        return parse_ip(data[offset:])
    return None


def parse_ip(packet):
    if packet[0] >> 4 == 4:
        header = (packet[0] & 15) * 4
        protocol = packet[9]
        packet = packet[:struct.unpack_from("!H", packet, 2)[0]]
        addresses = packet[12:16], packet[16:20]
    else:
        header = 40
        protocol = packet[6]
        packet = packet[:40 + struct.unpack_from("!H", packet, 4)[0]]
        addresses = packet[8:24], packet[24:40]
    if protocol in (IPPROTO_IPIP, IPPROTO_IPV6):
        return parse_ip(packet[header:])
    if protocol == IPPROTO_GRE:
        return parse_ip(packet[header + 4:])
    if protocol != IPPROTO_TCP:
        return None
    source_port, destination_port, seq, ack, offset, flags, window = struct.unpack_from("!HHIIBBH", packet, header)
    return Segment((addresses[0], source_port), (addresses[1], destination_port), seq, ack, flags & 63, window,
                   packet[header + (offset >> 4) * 4:], packet)


def read_capture(stream):
    """(link type, frames) of a pcap file; a record cut off at the end is left out."""
    data = stream.read()
    magic, link_type = struct.unpack_from("<I16xI", data)
    if magic != NANOSECOND_MAGIC:
        raise ValueError("not a nanosecond pcap")
    frames, offset = [], 24
    while offset + 16 <= len(data):
        seconds, nanoseconds, length = struct.unpack_from("<III", data, offset)
        frame = data[offset + 16:offset + 16 + length]
        if len(frame) < length:
            break
        frames.append(Frame(seconds * 10**9 + nanoseconds, frame, parse_frame(frame, link_type)))
        offset += 16 + length
    return link_type, frames


def capture_octets(link_type, frames):
    """The frames as a nanosecond pcap."""
    parts = [struct.pack("<IHHiIII", NANOSECOND_MAGIC, 2, 4, 0, 0, 262144, link_type)]
    for frame in frames:
        length = len(frame.data)
        parts.append(struct.pack("<IIII", frame.time // 10**9, frame.time % 10**9, length, length) + frame.data)
    return b"".join(parts)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def build_ipv4(source, destination, protocol, payload, ttl=64, identification=0):
    """An IPv4 packet with DF set; addresses as four octets."""
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), identification, 0x4000, ttl, protocol, 0,
                         source, destination)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def build_tcp_ipv4(source, destination, seq, ack, flags, window=0, payload=b"", ttl=64, identification=0, options=b""):
    """A TCP segment; source and destination are (four octets, port). Options come in fours of octets."""
    tcp = struct.pack("!HHIIBBHHH", source[1], destination[1], seq % SEQUENCE_SPACE, ack % SEQUENCE_SPACE,
                      0x50 + (len(options) // 4 << 4), flags, window, 0, 0) + options + payload
    pseudo = source[0] + destination[0] + struct.pack("!BBH", 0, IPPROTO_TCP, len(tcp))
    tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
    return build_ipv4(source[0], destination[0], IPPROTO_TCP, tcp, ttl, identification)
