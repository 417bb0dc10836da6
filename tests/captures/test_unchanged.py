# SPDX-License-Identifier: GPL-2.0-or-later
"""With the plugin loaded, whatever else Wireshark prints is byte for byte what it prints without it."""
import os
import pprint
import random
import struct
import sys

import pytest

import capture_files
import programs
import under_test
import ways_to_print

sys.path.insert(0, str(capture_files.TREE / "lab"))

import packets  # noqa: E402  (needs the path)

SEED = 447855
MUTATED_FRAMES = 2000

# A preference of ours adds to the Info column; off, that too is as without the plugin.
NO_INFO = ["-o", "keepalive.info_column:FALSE"]


def frames_by_link_type():
    """{link type: the frames of all captures}"""
    frames = {}
    for capture in under_test.CAPTURES:
        with open(capture.path, "rb") as stream:
            link_type, found = packets.read_capture(stream)
        frames.setdefault(link_type, []).extend(found)
    return frames


def ipv4(frame):
    """Where the IPv4 header is in an untagged Ethernet frame, or None."""
    return 14 if frame.data[12:14] == b"\x08\x00" else None


def cut(frame, random_numbers):
    return frame.data[:random_numbers.randrange(14, len(frame.data))]


def corrupted(frame, random_numbers):
    data = bytearray(frame.data)
    for _ in range(random_numbers.randint(1, 4)):
        data[random_numbers.randrange(12, len(data))] = random_numbers.randrange(256)
    return bytes(data)


def quoted_by_icmp(frame, _):
    """As a router that cannot deliver it quotes it: IP header and eight octets or more."""
    packet = frame.data[14:]
    icmp = b"\x03\x01\0\0\0\0\0\0" + packet
    return frame.data[:14] + packets.build_ipv4(packet[16:20], packet[12:16], 1, icmp)


def in_vxlan(frame, _):
    udp = struct.pack("!HHHH", 50000, 4789, 16 + len(frame.data), 0)
    return frame.data[:14] + packets.build_ipv4(b"\x0a\0\0\1", b"\x0a\0\0\2", 17,
                                                udp + b"\x08\0\0\0\0\0\1\0" + frame.data)


def in_gre(frame, _):
    return frame.data[:14] + packets.build_ipv4(b"\x0a\0\0\1", b"\x0a\0\0\2", packets.IPPROTO_GRE,
                                                b"\0\0\x08\0" + frame.data[14:])


def first_fragment(frame, _):
    """Cut after eight octets of TCP, with More Fragments set."""
    packet = bytearray(frame.data[14:14 + 28])
    packet[2:4] = struct.pack("!H", 28)
    packet[6:8] = b"\x20\0"
    return frame.data[:14] + bytes(packet)


MUTATIONS = [cut, corrupted, quoted_by_icmp, in_vxlan, in_gre, first_fragment]


def mutated(frames):
    random_numbers = random.Random(SEED)
    usable = [frame for frame in frames if ipv4(frame) and frame.segment is not None]
    result = []
    for _ in range(MUTATED_FRAMES):
        frame = random_numbers.choice(usable)
        result.append(packets.Frame(frame.time, random_numbers.choice(MUTATIONS)(frame, random_numbers)))
    return result


@pytest.fixture(scope="module")
def collections(home):
    """{name: path}: all captures in one file per link type, and mutated frames in another."""
    paths = {}
    for link_type, frames in frames_by_link_type().items():
        variants = {"captures-%d" % link_type: frames}
        if link_type == packets.ETHERNET:
            variants["mutated"] = mutated(frames)
        for name, content in variants.items():
            paths[name] = os.path.join(home.directory, name + ".pcap")
            with open(paths[name], "wb") as stream:
                stream.write(packets.capture_octets(link_type, content))
            os.chmod(paths[name], 0o644)
    return paths


def printed(home, capture, *arguments):
    done = home.run(home.tshark, "-n", "-r", capture, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def first_difference(ours, stock):
    ours, stock = (each if isinstance(each, str) else pprint.pformat(each) for each in (ours, stock))
    for number, (line, stock_line) in enumerate(zip(ours.splitlines(), stock.splitlines()), start=1):
        if line != stock_line:
            return "line %d: %r, without the plugin %r" % (number, line, stock_line)
    return "lengths differ: %d, without the plugin %d" % (len(ours), len(stock))


def assert_same(print_ours, print_stock):
    """A difference has to come twice: Wireshark 3.4, without the plugin, prints another iRTT for some mutated frames in
    one run of seventy, and what follows from it."""
    ours, stock = print_ours(), print_stock()
    if ours != stock:
        ours, stock = print_ours(), print_stock()
    assert stock
    assert ours == stock, first_difference(ours, stock)


@pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one pass", "two passes"])
def test_details_are_the_same(collections, home, bare_home, passes):
    for name, path in collections.items():
        assert ways_to_print.OWN_TREE.search(printed(home, path, *passes, "-V")), name
        assert_same(lambda: ways_to_print.details(printed(home, path, *passes, "-V")),
                    lambda: printed(bare_home, path, *passes, "-V"))


@pytest.mark.parametrize("way", [way for way in ways_to_print.WAYS if way != "details"])
def test_whatever_is_printed_is_the_same(collections, home, bare_home, way):
    """In the second pass the most is known. tests/fuzz/mutate_captures.py does it with other mutations."""
    arguments, left_of = ways_to_print.WAYS[way]

    def left(of_home):
        return left_of(printed(of_home, collections["mutated"], "-2", *arguments))

    assert_same(lambda: left(home), lambda: left(bare_home))


def test_columns_are_the_same(collections, home, bare_home):
    for path in collections.values():
        assert_same(lambda: printed(home, path, *NO_INFO), lambda: printed(bare_home, path))


def test_protocols_and_expert_texts_of_others_are_the_same(collections, home, bare_home):
    names = ["tcp.analysis.flags", *programs.SEGMENT_FIELDS]   # what the other tests take for Wireshark's own
    columns = ["-T", "fields", *(word for name in names for word in ("-e", name))]
    for path in collections.values():
        assert_same(lambda: printed(home, path, *columns), lambda: printed(bare_home, path, *columns))


def test_disabled_protocol_leaves_no_trace(collections, home, bare_home):
    for path in collections.values():
        assert_same(lambda: printed(home, path, "-2", "-V", "--disable-protocol", "keepalive"),
                    lambda: printed(bare_home, path, "-2", "-V"))


def test_disabled_tcp_is_as_without_the_plugin(collections, home, bare_home):
    for path in collections.values():
        disabled = ["-V", "--disable-protocol", "tcp"]
        assert_same(lambda: printed(home, path, *disabled), lambda: printed(bare_home, path, *disabled))


def test_sharkd_survives_mutated_frames(collections, sharkd, fields):
    sharkd.load(collections["mutated"])
    for number in range(MUTATED_FRAMES, 0, -20):
        sharkd.frame(number, fields)
