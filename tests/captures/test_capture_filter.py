# SPDX-License-Identifier: GPL-2.0-or-later
"""The capture filters that the profile ships: what they keep is enough to find every probe and response."""
import os
import shutil
import subprocess
import tempfile

import pytest

import capture_files
import capture_filter
import programs
import under_test

MARKED = "keepalive or tcp.analysis.keep_alive or tcp.analysis.keep_alive_ack"
# Without the peer's segments and without the sender's data, nothing tells probes from responses.
UNDECIDABLE = "one_direction.client"
SHOWN = ["frame.number", "keepalive.type", "keepalive.probe", "keepalive.response", "keepalive.mistaken",
         "keepalive.duplicate"]


class Filtered:
    """What is left of a capture, and what the plugin finds in it, by the frame numbers of the whole capture."""

    def __init__(self, home, capture, directory):
        output = os.path.join(directory, capture.name.replace("/", "-") + ".pcap")
        self.variant = capture_filter.variant_for(capture)
        self.kept = capture_filter.apply(capture_filter.expressions()[self.variant], capture.path, output)
        shown = programs.rows(home, output, SHOWN, "-2", "-Y", MARKED)
        self.frames = {self.kept[int(row["frame.number"]) - 1]: row for row in shown}

    def found(self, name):
        return {frame for frame, values in self.frames.items() if values[name]}


@pytest.fixture(scope="module")
def filtered(home):
    directory = tempfile.mkdtemp(prefix="keepalive-filtered-")
    os.chmod(directory, 0o755)
    yield dict(zip((capture.name for capture in under_test.CAPTURES),
                   under_test.in_parallel(lambda capture: Filtered(home, capture, directory), under_test.CAPTURES)))
    shutil.rmtree(directory)


@pytest.mark.parametrize("label", ["probe", "response"])
def test_what_the_filter_keeps_is_enough(capture, filtered, label):
    wanted = capture.frames_labelled(label) if capture.name != UNDECIDABLE else set()
    found = filtered[capture.name].found("keepalive." + label)
    assert found == wanted, "missed: %s, wrongly marked: %s" % (sorted(wanted - found), sorted(found - wanted))


def test_outcomes_stay_visible(capture, filtered):
    outcomes = capture.frames_labelled("peer-reset", "gave-up")
    assert outcomes <= set(filtered[capture.name].kept)


def test_no_mark_of_tcp_analysis_stays_unexplained(capture, filtered):
    unexplained = [frame for frame, row in filtered[capture.name].frames.items()
                   if not (row["keepalive.type"] or row["keepalive.mistaken"] or row["keepalive.duplicate"])]
    assert not unexplained


def test_filters_compile_for_a_live_link():
    for name, expression in capture_filter.expressions().items():
        done = subprocess.run(["tcpdump", "-y", "EN10MB", "-d", expression], capture_output=True, text=True, check=False)
        assert done.returncode == 0, "%s: %s" % (name, done.stderr)


def test_document_shows_the_filters_as_they_are():
    text = (capture_files.TREE / "docs" / "capture-filter.md").read_text(encoding="utf-8")
    for name, expression in capture_filter.expressions().items():
        assert expression in text, name
