# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that no host makes."""
import pathlib
import struct
import sys

import pytest

import capture_files

sys.path.insert(0, str(capture_files.TREE / "lab"))

import packets  # noqa: E402  (needs the path)

ACK, PUSH = 0x10, 0x18
RAW_IP = 101
WHOLE_SECONDS = 0   # if_tsresol


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length


def segment(end, seq, ack, flags, data=b""):
    ports = (40000, 80) if end == 0 else (80, 40000)
    hosts = (b"\x0a\0\0\1", b"\x0a\0\0\2") if end == 0 else (b"\x0a\0\0\2", b"\x0a\0\0\1")
    header = struct.pack("!HHIIBBHHH", *ports, seq, ack, 0x50, flags, 500, 0, 0)
    return packets.build_ipv4(*hosts, 6, header + data)


DATA, DATA_ACK = segment(0, 100, 50, PUSH, b"data"), segment(1, 50, 104, ACK)
PROBE, ANSWER = segment(0, 103, 50, ACK), segment(1, 50, 104, ACK)


def absurd_times(path):
    """pcapng has 64 bits for a time, here in seconds."""
    frames = [(1, DATA), (2, DATA_ACK), (5, PROBE), (5, ANSWER), (1 << 62, PROBE), (1 << 62, ANSWER), ((1 << 64) - 1, PROBE),
              (0, PROBE), (1 << 61, PROBE), (9, PROBE), (3, ANSWER)]
    resolution = struct.pack("<HHB3xI", 9, 1, WHOLE_SECONDS, 0)
    content = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    content += block(1, struct.pack("<HHI", RAW_IP, 0, 65535) + resolution)
    for time, data in frames:
        content += block(6, struct.pack("<IIIII", 0, time >> 32, time & 0xffffffff, len(data), len(data)) + data)
    path.write_bytes(content)
    path.chmod(0o644)


@pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one pass", "two passes"])
def test_times_that_no_host_has(home, passes):
    """-z plen,tree crashes on this file."""
    capture = pathlib.Path(home.directory) / "absurd.pcapng"
    absurd_times(capture)
    done = home.run(home.tshark, "-n", "-q", "-r", str(capture), *passes, "-z", "keepalive,tree", "-z", "keepalive,streams")
    assert done.returncode == 0, done.stderr
    assert "Probers" in done.stdout
