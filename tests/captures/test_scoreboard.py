# SPDX-License-Identifier: GPL-2.0-or-later
"""Every probe that a kernel counted is marked, and nothing else is."""
import oracle
import scoreboard
import under_test


def test_every_mark_is_right_and_none_is_missing(outputs):
    scores = scoreboard.score(under_test.CAPTURES, outputs)
    undecidable = {(capture.name, frame) for capture in under_test.CAPTURES
                   for frame in oracle.undecided_in_one_pass(outputs[capture]["segments"])}
    wrong = scoreboard.failures(scores, undecidable)
    assert not wrong, "\n".join(wrong)


def test_captures_show_what_tcp_analysis_gets_wrong(outputs):
    """Else the scores above would prove little."""
    scores = scoreboard.score(under_test.CAPTURES, outputs)
    assert scores["tcp.analysis.keep_alive", ""].precision < 1
    assert scores["tcp.analysis.keep_alive", ""].recall < 1
    assert scores["tcp.analysis.keep_alive_ack", ""].recall < 1
