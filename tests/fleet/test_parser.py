# SPDX-License-Identifier: GPL-2.0-or-later
"""What the map finds in a packet without Wireshark's dissectors is what they find there."""
import json
import os
import random
import re
import struct
import subprocess

import packets
import traffic
from fleet_under_test import MAP, TREE

ETHERNET_IN = 0x6558


def in_ethernet(packet, chance):
    return chance.randbytes(12) + struct.pack("!H", traffic.IP4) + packet


def in_outer(protocol, payload):
    return [(traffic.IP4, packets.build_ipv4(*traffic.OUTER, protocol, payload))]


def in_udp(port, payload, chance):
    source = chance.choice((port, chance.randrange(1024, 65536)))
    ports = (source, port) if chance.random() < 0.9 else (port, source)
    return in_outer(17, struct.pack("!HHHH", *ports, 8 + len(payload), 0) + payload)


def in_gre_with_options(packet, chance):
    flags = chance.choice((0x8000, 0x2000, 0x1000, 0x3000, 0xB000, 0x4000, 0x0001))
    options = chance.randbytes(4 * bin(flags & 0xB000).count("1"))
    kind, payload = chance.choice(((traffic.IP4, packet), (ETHERNET_IN, in_ethernet(packet, chance)),
                                   (0x88BE, in_ethernet(packet, chance)),
                                   (traffic.MPLS, traffic.in_mpls(packet, chance)[0][1])))
    return in_outer(packets.IPPROTO_GRE, struct.pack("!HH", flags, kind) + options + payload)


def in_geneve(packet, chance):
    options = chance.randbytes(4 * chance.randrange(4))
    kind, payload = chance.choice(((traffic.IP4, packet), (ETHERNET_IN, in_ethernet(packet, chance))))
    header = struct.pack("!BBHI", len(options) // 4, 0, kind, 5 << 8)
    return in_udp(6081, header + options + payload, chance)


def in_gtp_with_options(packet, chance):
    flags = chance.choice((1, 2, 4, 6, 7))
    kind = chance.choice((0, 0x85, 0x85, 0xC0)) if flags & 4 else chance.randrange(256)
    options = struct.pack("!HBB", 7, 0, kind) + (bytes((1, 0x10, 9, 0)) if flags & 4 and kind else b"")
    header = struct.pack("!BBHI", 0x30 | flags, 0xFF, len(options) + len(packet), 77)
    return in_udp(2152, header + options + packet, chance)


def in_labels(packet, chance):
    labels = [chance.choice((0, 3, 16, 17, 99999, 0x99887)) << 12 | 64 for _ in range(chance.randrange(1, 4))]
    labels[-1] |= 1 << 8
    return [(traffic.MPLS, struct.pack("!%dI" % len(labels), *labels) + packet)]


def in_ip6_tunnel(packet, chance):
    outer = bytes.fromhex("20010db8") + bytes(12)
    return [(traffic.IP6, struct.pack("!IHBB", 0x60000000, len(packet), 4, 64) + outer + outer + packet)]


def in_6in4(packet, chance):
    return in_outer(41, traffic.in_ip6(packet, chance)[0][1])


WRAPPINGS = (*dict.fromkeys(traffic.WRAPPINGS), in_gre_with_options, in_geneve, in_gtp_with_options, in_labels,
             in_ip6_tunnel, in_6in4)


def wrapped(packet, chance):
    """In one tunnel, or in several of them."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        kind, payload = chance.choice(chance.choice(WRAPPINGS)(packet, chance))
        if kind != traffic.IP4:
            break
        packet = payload
    return kind, payload


def damaged(frame, chance):
    """With other octets in its headers, and perhaps cut off."""
    octets = bytearray(frame)
    for _ in range(chance.choice((0, 1, 1, 2, 4))):
        octets[chance.randrange(min(len(octets), 140))] = chance.choice((0, 0xFF, 0x45, chance.randrange(256)))
    captured = len(octets) if chance.random() < 0.8 else chance.randrange(len(octets) + 1)
    return bytes(octets[:captured]), len(octets) + chance.choice((0, 0, 0, 6))


def write(path, seed, count, damage):
    chance = random.Random(seed)
    found = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, traffic.ETHERNET)]
    stories = [packet for number in range(16) for _, _, packet in traffic.story(number, seed, tunnels=False)]
    for number in range(count):
        frame = traffic.LINKS[traffic.ETHERNET](*wrapped(chance.choice(stories), chance))
        data, reported = damage(frame, chance)
        found.append(struct.pack("<IIII", number, 0, len(data), reported) + data)
    path.write_bytes(b"".join(found))


def check(*captures):
    """For each capture: how many packets it has, and how many of them are left to the dissectors."""
    done = subprocess.run([MAP, "check", *captures], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [tuple(map(int, re.search(r": (\d+) packets, (\d+) left", line).groups())) for line in done.stdout.splitlines()]


def test_laboratory():
    assert sum(left for _, left in check(*sorted((TREE / "pcaps").glob("*.pcap")))) < 10


def test_a_host(host):
    assert all(left < packets_ / 10 for packets_, left in check(*host))   # fragments


def test_tunnels(tmp_path):
    write(tmp_path / "tunnels.pcap", seed=1, count=20000, damage=lambda frame, _chance: (frame, len(frame)))
    [(packets_, left)] = check(tmp_path / "tunnels.pcap")
    assert left < packets_ / 5


def test_damaged_tunnels(tmp_path):
    write(tmp_path / "damaged.pcap", seed=2, count=40000, damage=damaged)
    check(tmp_path / "damaged.pcap")


def fragments(count):
    """The records of a capture: each packet in two fragments, with those of twenty other packets between them."""
    segment = packets.build_tcp_ipv4((bytes(4), 1024), (traffic.OUTER[1], 443), 1, 1, 16, 500, bytes(180))[20:]

    def fragment(number, field, payload):
        ip = struct.pack("!BBHHHBBHI4s", 0x45, 0, 20 + len(payload), number % 65536, field, 64, 6, 0,
                         10 << 24 | number // 65536, traffic.OUTER[1])
        return struct.pack("<IIII", number, 0, len(ip + payload), len(ip + payload)) + ip + payload

    for number in range(count + 10):
        if number < count:
            yield fragment(number, 0x2000, segment[:96])
        if number >= 10:
            yield fragment(number - 10, 96 // 8, segment[96:])


def deal_fragments(folder, count, times=1):
    """The account of a capture of so many packets, and the memory in kB that the map needed to deal it so many times."""
    with open(folder / "fragments.pcap", "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, traffic.RAW))
        file.writelines(fragments(count))
    (folder / "list").write_bytes(b"%s\0%s\0" % (bytes(folder / "fragments.pcap"), bytes(folder / "dealt")) * times)
    with subprocess.Popen([MAP, "deal", folder / "list", "4"], stdout=subprocess.PIPE) as process:
        account = json.loads(process.stdout.readlines()[-1])
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return account, used.ru_maxrss


def test_fragments_of_a_long_capture(tmp_path):
    """However many there are, each packet is found, and memory stays the same."""
    memory = []
    for count in (100_000, 250_000):
        account, used = deal_fragments(tmp_path, count)
        assert (account["frames"], account["segments"]) == (2 * count, count)
        memory.append(used)
    assert memory[1] < memory[0] + 20_000


def test_many_captures_take_no_more_memory_than_one(tmp_path):
    assert deal_fragments(tmp_path, 100, times=30)[1] < deal_fragments(tmp_path, 100)[1] + 20_000
