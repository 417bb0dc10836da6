# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/guide.md: what it says of the captures is so, and what it names exists."""
import os
import re

import pytest

from truth import PCAPS

DOCS = PCAPS.parent / "docs"
GUIDE = (DOCS / "guide.md").read_text()
TRY = re.compile(r"^Try: \[(?P<capture>\S+)\]\((?P<file>\S+)\), `(?P<filter>[^`]+)`"
                 r"(?: with `(?P<preference>[^`]+)`)? shows (?P<frames>.+)\.$", re.MULTILINE)


def test_every_line_to_try_is_understood():
    assert len(TRY.findall(GUIDE)) == GUIDE.count("\nTry: ") > 10


def numbers(words):
    """Of "8, 12-14": 8, 12, 13, 14."""
    if words == "nothing":
        return []
    ranges = [[int(end) for end in part.split("-")] for part in words.split(", ")]
    return [number for ends in ranges for number in range(ends[0], ends[-1] + 1)]


@pytest.mark.parametrize("line", list(TRY.finditer(GUIDE)), ids=lambda line: "%(capture)s %(filter)s" % line.groupdict())
def test_shows_what_the_guide_says(home, line):
    assert (DOCS / line["file"]).resolve() == PCAPS / (line["capture"] + ".pcap")
    options = ["-o", line["preference"]] if line["preference"] else []
    result = home.run("tshark", "-2", "-r", os.path.join(home.directory, "pcaps", line["capture"] + ".pcap"), *options,
                      "-Y", line["filter"], "-T", "fields", "-e", "frame.number")
    assert result.stderr == ""
    assert [int(number) for number in result.stdout.split()] == numbers(line["frames"])


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", GUIDE))))
def test_link_leads_somewhere(link):
    assert (DOCS / link).exists()
