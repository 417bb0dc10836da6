# SPDX-License-Identifier: GPL-2.0-or-later
"""The capture filters of the profile, and what they leave of a capture."""
import os
import re
import subprocess
import sys
import tempfile

import capture_files
import programs

sys.path.insert(0, str(capture_files.TREE / "lab"))

import packets  # noqa: E402  (needs the path)

CFILTERS = capture_files.TREE / "profiles" / "TCP Keep-Alive" / "cfilters"
VLAN_TYPES = (b"\x81\x00", b"\x88\xa8")
SHORTEST_TUNNEL = 14 + 20   # octets before the inner packet: Ethernet and IPv4

PLAIN, VLAN, TUNNELS = "TCP keep-alives", "TCP keep-alives, also in VLANs", "TCP keep-alives, tunnels kept whole"


def expressions():
    """{name: BPF expression}"""
    return dict(re.findall(r'^"([^"]+)" (.+)$', CFILTERS.read_text(encoding="utf-8"), re.MULTILINE))


def frames_of(path):
    with open(path, "rb") as stream:
        return packets.read_capture(stream)[1]


def apply(expression, capture, output):
    """Writes what the filter keeps of a capture, and says which frames these are, in order."""
    with open(output, "wb") as stream:
        subprocess.run(["tcpdump", "--time-stamp-precision=nano", "-r", str(capture), "-w", "-", expression], check=True,
                       stdout=stream, stderr=subprocess.DEVNULL)
    os.chmod(output, 0o644)
    kept = iter(frames_of(output))
    wanted = next(kept, None)
    numbers = []
    for number, frame in enumerate(frames_of(capture), start=1):
        if wanted is not None and (frame.time, frame.data) == (wanted.time, wanted.data):
            numbers.append(number)
            wanted = next(kept, None)
    assert wanted is None, "tcpdump wrote what is not in %s" % capture
    return numbers


def variant_for(capture):
    """The name of the filter that a user would take on such a link."""
    segments = [frame for frame in frames_of(capture.path) if frame.segment is not None]
    if any(frame.data[12:14] in VLAN_TYPES for frame in segments):
        return VLAN
    in_tunnel = any(frame.data.find(frame.segment.packet) >= SHORTEST_TUNNEL for frame in segments)
    return TUNNELS if in_tunnel else PLAIN


class Filtered:
    """What is left of a capture, and what the plugin finds in it, by the frame numbers of the whole capture."""

    def __init__(self, sharkd, capture, fields):
        self.variant = variant_for(capture)
        with tempfile.TemporaryDirectory(prefix="keepalive-filtered-") as directory:
            os.chmod(directory, 0o755)
            output = os.path.join(directory, "filtered.pcap")
            self.kept = apply(expressions()[self.variant], capture.path, output)
            sharkd.load(output)
            shown = {**fields, **{"tcp.analysis." + mark: "FT_NONE" for mark in programs.MARKS}}
            self.frames = {self.kept[number - 1]: sharkd.frame(number, shown) for number in range(1, sharkd.frames() + 1)}

    def found(self, name):
        return {frame for frame, values in self.frames.items() if name in values}
