# SPDX-License-Identifier: GPL-2.0-or-later
"""Two connections between the same addresses and ports at the same time, in two VLANs, as a mirror port shows them that
sees both sides of a router. Wireshark keeps them apart if the user asks for it, from 4.4 on."""
import os
import struct
import sys

import pytest

import capture_files
import programs

sys.path.insert(0, str(capture_files.TREE / "lab"))

import packets  # noqa: E402  (needs the path)

VLANS = 10, 20
DEINTERLACED = ["-o", "protocols.conversation_deinterlacing_key:VM."]
NAMES = ["answered.client", "dead_peer.client", "peer_lost_state.client"]


def tagged(frame, vlan, delay):
    return packets.Frame(frame.time + delay, frame.data[:12] + struct.pack("!HH", 0x8100, vlan) + frame.data[12:])


@pytest.fixture(params=[0, 300_000], ids=["at the same moment", "300 us later"])
def in_two_vlans(request, home):
    """{name: path}: each frame of these captures twice, once in either VLAN."""
    paths = {}
    for name in NAMES:
        with open(capture_files.PCAPS / (name + ".pcap"), "rb") as stream:
            link_type, frames = packets.read_capture(stream)
        paths[name] = os.path.join(home.directory, name + "-in-two-vlans.pcap")
        both = [tagged(frame, vlan, request.param * turn) for frame in frames for turn, vlan in enumerate(VLANS)]
        with open(paths[name], "wb") as stream:
            stream.write(packets.capture_octets(link_type, both))
        os.chmod(paths[name], 0o644)
    return paths


@pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one pass", "two passes"])
def test_kept_apart(in_two_vlans, home, passes):
    if "conversation_deinterlacing_key" not in home.run(home.tshark, "-G", "currentprefs", check=True).stdout:
        pytest.skip("this Wireshark cannot keep them apart")
    shown = ["keepalive.type", "keepalive.idle_time", "keepalive.probe_number", "keepalive.response_time",
             "keepalive.duplicate", "keepalive.missed", "keepalive.mistaken"]
    for name, path in in_two_vlans.items():
        alone = programs.rows(home, capture_files.PCAPS / (name + ".pcap"), shown, *passes)
        for vlan in VLANS:
            together = programs.rows(home, path, ["vlan.id", *shown], *passes, *DEINTERLACED)
            assert [{field: row[field] for field in shown} for row in together if row["vlan.id"] == str(vlan)] == alone
