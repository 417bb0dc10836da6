# SPDX-License-Identifier: GPL-2.0-or-later
"""The capture filters that the profile ships: what they keep is enough to find every probe and response."""
import subprocess

import pytest

import capture_files
import capture_filter

# Without the peer's segments and without the sender's data, nothing tells probes from responses.
UNDECIDABLE = "one_direction.client"

NEED_DATA = ("data_in_flight.client", "lwip_data_lost_for_a_while.client", "last_probes_then_data_acknowledged.client",
             "right_after_data.client", "right_after_data.server")


@pytest.mark.parametrize("label", ["probe", "response"])
def test_what_the_filter_keeps_is_enough(capture, sharkd_says, label):
    if capture.name.endswith(NEED_DATA):
        pytest.skip("only the data in flight, which the filter drops, tells what is below it")
    wanted = capture.frames_labelled(label) if capture.name != UNDECIDABLE else set()
    found = sharkd_says.filtered(capture).found("keepalive." + label)
    assert found == wanted, "missed: %s, wrongly marked: %s" % (sorted(wanted - found), sorted(found - wanted))


def test_outcomes_stay_visible(capture, sharkd_says):
    outcomes = capture.frames_labelled("peer-reset", "gave-up")
    assert outcomes <= set(sharkd_says.filtered(capture).kept)


def test_no_mark_of_tcp_analysis_stays_unexplained(capture, sharkd_says):
    unexplained = [frame for frame, row in sharkd_says.filtered(capture).frames.items()
                   if row and not {"keepalive.type", "keepalive.mistaken", "keepalive.duplicate"} & row.keys()]
    assert not unexplained


def test_filters_compile_for_a_live_link():
    for name, expression in capture_filter.expressions().items():
        done = subprocess.run(["tcpdump", "-y", "EN10MB", "-d", expression], capture_output=True, text=True, check=False)
        assert done.returncode == 0, "%s: %s" % (name, done.stderr)


def test_document_shows_the_filters_as_they_are():
    text = (capture_files.TREE / "docs" / "capture-filter.md").read_text(encoding="utf-8")
    for name, expression in capture_filter.expressions().items():
        assert expression in text, name
