# SPDX-License-Identifier: GPL-2.0-or-later
"""The profile's files: readable colours, filters that Wireshark takes, all of it as tshark uses it."""
import itertools
import os
import re

import pytest

import colours
from truth import PCAPS, frames

FILES = PCAPS.parent / "profiles/TCP Keep-Alive"


def quoted_fields(file):
    """The records of a table of Wireshark's, as lists of strings."""
    return [re.findall(r'"([^"]*)"', line) for line in (FILES / file).read_text().splitlines() if line.startswith('"')]


def named_filters(file):
    return dict(re.fullmatch(r'"([^"]*)" (.*)', line).groups() for line in (FILES / file).read_text().splitlines())


def display_filters():
    yield from ((rule.name, rule.filter) for rule in colours.rules())
    yield from named_filters("dfilters").items()
    yield from ((title, expression) for _, title, expression, _ in quoted_fields("dfilter_buttons"))
    yield from ((graph[1], graph[2]) for graph in quoted_fields("io_graphs") if graph[2])


@pytest.mark.parametrize("rule", colours.own_rules(), ids=lambda rule: rule.name)
def test_text_is_readable(rule):
    """WCAG 2.1 asks for 7 at the highest level. Rules bring both colours, so a dark theme changes nothing."""
    assert colours.contrast(rule.background, rule.text) >= 7


@pytest.mark.parametrize("sight", colours.SIGHT)
def test_stories_can_be_told_apart(sight):
    for one, other in itertools.combinations(colours.own_rules(), 2):
        assert colours.difference(one.background, other.background, sight) >= 10, (one.name, other.name)


@pytest.mark.parametrize("sight", colours.SIGHT)
def test_stories_differ_from_other_traffic(sight):
    stock = [rule for rule in colours.rules() if rule.name in ("TCP", "TCP SYN/FIN", "TCP RST", "Bad TCP")]
    assert len(stock) == 4
    for own, other in itertools.product(colours.own_rules(), stock):
        assert colours.difference(own.background, other.background, sight) >= 7, (own.name, other.name)


def test_wireshark_takes_the_filters(home):
    """One after the other takes too long: tshark's own message tells which one is wrong."""
    # What refers to the selected packet is not for tshark, which has none.
    filters = [expression.replace("${tcp.stream}", "0") for _, expression in display_filters()]
    path = os.path.join(home.directory, "pcaps/answered.client.pcap")
    result = home.run("tshark", "-r", path, "-Y", " || ".join("(%s)" % each for each in filters))
    assert (result.returncode, result.stderr) == (0, "")


def on_terminal(home, *command):
    """What the program prints where it takes its output for a terminal, and its complaints."""
    terminal, inside = os.openpty()
    environment = {**home.environment, "COLORTERM": "truecolor", "TERM": "xterm"}
    complaints = home.run(*command, stdout=inside, env=environment).stderr
    os.close(inside)
    output = b""
    with open(terminal, "rb", buffering=0) as reading:
        while True:
            try:
                output += reading.read(65536)
            except OSError:   # all is read
                return output.decode(), complaints


def test_tshark_paints_as_the_window_does(home, profile):
    path = os.path.join(home.directory, "pcaps/peer_lost_state.client.pcap")
    output, complaints = on_terminal(home, "tshark", "-C", profile, "--color", "-r", path)
    assert complaints == ""
    reset = output.splitlines()[frames("peer_lost_state.client", "peer-reset")[0] - 1]
    rule = colours.rule("Keep-alive: reset by the peer")
    assert "48;2;%d;%d;%d" % rule.background in reset
    assert "38;2;%d;%d;%d" % rule.text in reset


@pytest.mark.parametrize("name", named_filters("cfilters"))
def test_capture_filter_is_found_by_name(home, profile, name):
    """What it keeps is tested in tests/captures."""
    result = home.run("tshark", "-C", profile, "-f", "predef:" + name, "-i", "-", "-a", "packets:1")
    assert "predef" not in result.stderr and "Invalid capture filter" not in result.stderr
