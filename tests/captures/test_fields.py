# SPDX-License-Identifier: GPL-2.0-or-later
"""Every keepalive field of every frame in pcaps/, in one pass of tshark, in two, and in sharkd."""
import pytest

import oracle
import under_test


def differences(expected, got, names=None):
    """One line for each field that is not as expected; only fields in `names`, if given."""
    lines = []
    for frame in sorted(expected.keys() | got.keys()):
        want, have = expected.get(frame, {}), got.get(frame, {})
        for name in sorted(want.keys() | have.keys()):
            if (names is None or name in names) and want.get(name) != have.get(name):
                lines.append("frame %d: %s is %s, expected %s" % (frame, name, have.get(name), want.get(name)))
    return lines


def computed(fields):
    """The fields that the oracle knows."""
    return {name for name, kind in fields.items() if kind != "FT_NONE"} - oracle.OTHERS


def test_second_pass_shows_the_truth(capture, outputs, fields):
    got = outputs[capture]["two passes"]
    wrong = differences(outputs[capture]["expected"], got, computed(fields))
    assert not wrong, "\n".join(wrong)


def test_one_pass_shows_what_needs_no_later_frame(capture, outputs, fields):
    expected = oracle.expected_in_one_pass(outputs[capture]["expected"])
    got = outputs[capture]["one pass"]
    for frame in oracle.undecided_in_one_pass(outputs[capture]["segments"]) - got.keys():
        expected.pop(frame, None)
    wrong = differences(expected, got, computed(fields))
    # Which probe an overdue answer belongs to is known with the next answer.
    later = ["frame %d: keepalive.response_" % frame for frame in oracle.answers_overdue(outputs[capture]["expected"])]
    wrong = [line for line in wrong if not line.startswith(tuple(later))]
    assert not wrong, "\n".join(wrong)


def test_answered_answered_late_and_unanswered_exclude_each_other(capture, outputs):
    for passes in ("one pass", "two passes"):
        for frame, shown in outputs[capture][passes].items():
            if "keepalive.unanswered" in shown:
                assert not {"keepalive.response_time", "keepalive.response_in"} & shown.keys(), "frame %d" % frame
            if "keepalive.answered_late" in shown:
                assert "keepalive.response_in" in shown, "frame %d" % frame


def test_second_pass_shows_the_same_in_any_order(capture, sharkd_says):
    got = {}
    for number, shown in sharkd_says[capture]["frames"]:
        assert got.setdefault(number, shown) == shown, "frame %d: differs when asked again" % number


@pytest.mark.parametrize("one", under_test.IN_TSHARK_TOO, ids=lambda capture: capture.name)
def test_tshark_shows_the_same_in_two_passes(one, outputs):
    shown, _ = outputs.in_tshark_too(one)
    wrong = differences(outputs[one]["two passes"], shown)
    assert not wrong, "\n".join(wrong)


def test_no_field_beyond_the_contract(capture, outputs):
    """A frame has keepalive fields if and only if it is part of an exchange, corrects tcp.analysis or ends a silence."""
    for frame, shown in outputs[capture]["two passes"].items():
        assert {"keepalive.type", "keepalive.mistaken", "keepalive.duplicate", "keepalive.wakes"} & shown.keys(), frame
