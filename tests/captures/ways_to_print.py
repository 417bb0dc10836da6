# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways in which tshark prints a capture, and how to take out of each what is the plugin's: what is left must be what
tshark prints without the plugin."""
import json
import re

OWN_TREE = re.compile(r"^TCP Keep-Alive\b.*\n(?: .*\n)*", re.MULTILINE)
OWN_PROTO = re.compile(r'^  <proto name="keepalive".*\n(?:    .*\n)*  </proto>\n', re.MULTILINE)
TIME_OF_DAY = re.compile(r"<pdml .*")
OWN_PART = re.compile(r"^ +keepalive +frames:.*\n", re.MULTILINE)
OWN_EXPERT = "  TCP Keep-Alive "


def details(text):
    return OWN_TREE.sub("", text)


def pdml(text):
    return OWN_PROTO.sub("", TIME_OF_DAY.sub("", text))


def layers(pairs):
    """All pairs, as one name may come twice, in their order."""
    return [pair for pair in pairs if pair[0] != "keepalive"]


def parsed_json(text):
    return json.loads(text, object_pairs_hook=layers)


def experts(text):
    """The lines of expert infos, without the headings, which count all of a severity together."""
    return [line for line in text.splitlines() if re.match(r"\s+\d+ ", line) and OWN_EXPERT not in line]


def parts(text):
    return OWN_PART.sub("", text)


def as_it_is(text):
    return text


# {name: (arguments, what is left of the text)}; of json and the expert infos it is not the text but what it says.
WAYS = {
    "details": (["-V"], details),
    "pdml": (["-T", "pdml"], pdml),
    "json": (["-T", "json"], parsed_json),
    "io,phs": (["-q", "-z", "io,phs"], parts),
    "expert": (["-q", "-z", "expert"], experts),
    "conv": (["-q", "-z", "conv,tcp", "-z", "conv,ip"], as_it_is),
}
