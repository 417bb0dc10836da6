# SPDX-License-Identifier: GPL-2.0-or-later
"""The packet details: what a probe says of itself, and the links."""
import os

import pytest

from truth import frames


def from_tshark(home, profile, capture, number):
    """The lines under TCP Keep-Alive, as tshark -V has them."""
    path = os.path.join(home.directory, "pcaps", capture + ".pcap")
    output = home.run("tshark", "-2", "-C", profile, "-r", path, "-V", "-Y", "frame.number == %d" % number, check=True)
    lines = output.stdout.splitlines()
    return [line.strip() for line in lines[lines.index(heading(lines)) + 1:] if line.strip()]


def heading(lines):
    return next(line for line in lines if line.startswith("TCP Keep-Alive: "))


def test_probe_tells_what_tshark_tells(window, home, profile, picture):
    capture = "answered_then_dead.client"
    probe = frames(capture, "probe")[-1]
    w = window(capture)
    w.select(probe)
    told = from_tshark(home, profile, capture, probe)
    assert [line for line in w.unfold("TCP Keep-Alive") if line in told] == \
        [line for line in told if line in w.details()]
    assert any(line.strip("[]").startswith("Probe number: ") for line in w.details())
    picture(w, "details")


LINKS = [   # a capture, the label of the frame to begin with, the link, the label of the frame it leads to
    ("answered.client", "probe", "Response in", "response"),
    ("answered.client", "response", "Response to", "probe"),
    ("peer_lost_state.client", "peer-reset", "Response to", "probe"),
]


@pytest.mark.parametrize("capture, label, link, target", LINKS)
def test_link_leads_to(window, capture, label, link, target):
    w = window(capture)
    w.select(frames(capture, label)[0])
    w.unfold("TCP Keep-Alive")
    w.double_click_detail(link)
    w.expect("the " + target, w.selected, frames(capture, target)[0])


@pytest.mark.parametrize("link, place", [("First probe of the run", 0), ("Last probe of the run", -1)])
def test_end_leads_to_its_run(window, link, place):
    capture = "windows_dead_peer.client"   # nothing answers any of its probes
    w = window(capture)
    w.select(frames(capture, "gave-up")[0])
    w.unfold("TCP Keep-Alive")
    w.double_click_detail(link)
    w.expect("the probe", w.selected, frames(capture, "probe")[place])
