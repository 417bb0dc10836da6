# SPDX-License-Identifier: GPL-2.0-or-later
"""keepalive.evidence_in names a frame that shows what keepalive.evidence says: checked with what tshark shows of both."""
import re

import pytest

import programs
from programs import Segment

# Fields of which one says what a segment is. One that only ends a silence needs no proof.
VERDICTS = ("keepalive.type", "keepalive.mistaken", "keepalive.duplicate")

SHORTEST_KEEPALIVE = 950 * 10**6  # a little less than 1 s: what comes sooner may be owed to something else


def serial(later, earlier, bits=32):
    """How far one number is ahead of another that counts modulo 2^bits."""
    half = 1 << (bits - 1)
    return (later - earlier + half) % (1 << bits) - half


def next_seq(segment):
    return (segment.seq + segment.length + segment.has(Segment.SYN) + segment.has(Segment.FIN)) % 2**32


def carries(segment, seq):
    return 0 <= serial(seq, segment.seq) < segment.length


def numbers(segment):
    """IP identification and TSval; None where there is none."""
    identification, stamp, _ = segment.network_id.split("/")
    return int(identification, 0) if identification else None, int(stamp.split(",")[0]) if stamp else None


def left_later(segment, than):
    """By TSval, IP identification or acknowledgement."""
    (own_id, own_stamp), (other_id, other_stamp) = numbers(segment), numbers(than)
    return (own_stamp is not None and other_stamp is not None and serial(own_stamp, other_stamp) > 0 or
            bool(own_id) and bool(other_id) and serial(own_id, other_id, 16) > 0 or serial(segment.ack, than.ack) > 0)


def is_copy(one, other):
    return all(getattr(one, name) == getattr(other, name)
               for name in ("sender", "seq", "ack", "length", "flags", "octets", "window", "network_id"))


class Proof:
    """A segment, the one that is named as its proof, and those of the connection between them."""

    def __init__(self, segment, proof, between, shown):
        self.segment, self.proof, self._between, self._shown = segment, proof, between, shown

    def by_name(self, evidence):
        return getattr(self, "_" + re.sub(r"\W+", "_", evidence.lower()))()

    @property
    def _is_earlier(self):
        return self.proof.frame < self.segment.frame

    @property
    def _is_own(self):
        return self._is_earlier and self.proof.sender == self.segment.sender

    @property
    def _is_peers(self):
        return self._is_earlier and self.proof.sender != self.segment.sender

    def _acknowledged_all_before(self):
        return self._is_peers and self.proof.ack == (self.segment.seq + 1) % 2**32

    def _its_ack_is_not_in_the_capture(self):
        return self._is_own and next_seq(self.proof) == (self.segment.seq + 1) % 2**32

    def _window_closed(self):
        """It is the peer's last frame, but for copies of it."""
        return self._is_peers and self.proof.window == 0 and all(
            is_copy(each, self.proof) for each in self._between if each.sender == self.proof.sender)

    def _octet_sent_before(self):
        return self._is_own and carries(self.proof, self.segment.seq)

    def _overtaken_by_a_segment_that_left_later(self):
        return self._is_own and left_later(self.proof, self.segment)

    def _acknowledges_what_had_just_come(self):
        return (self._is_peers and serial(self.segment.ack, self.proof.seq) >= 0 and
                self.segment.time - self.proof.time < SHORTEST_KEEPALIVE)

    def _right_behind_another_segment(self):
        return self._is_earlier and self.segment.time - self.proof.time < SHORTEST_KEEPALIVE

    def _has_the_number_of_a_fin(self):
        return self._is_own and self.proof.has(Segment.FIN) and next_seq(self.proof) == (self.segment.seq + 1) % 2**32

    def _has_the_number_of_a_syn(self):
        return self.proof.has(Segment.SYN) and self.proof.sender == self.segment.sender

    def _the_same_segment_as_before(self):
        return self._is_earlier and is_copy(self.segment, self.proof)

    def _answers_an_earlier_segment(self):
        return self._is_peers and self._shown[self.segment.frame].get("keepalive.response_to") in (None, self.proof.frame)

    def _told_by_a_later_segment(self):
        return self.proof.frame > self.segment.frame

    def _its_sender_s_zero_window_probes_carry_an_octet(self):
        return self._is_own and next_seq(self.proof) == (self.segment.seq + 1) % 2**32

    def _last_probe_of_an_unanswered_run(self):
        """What answered it was lost, or did not count, if anything did."""
        return self._is_own and self._shown[self.segment.frame]["keepalive.run_last"] == self.proof.frame


@pytest.fixture(scope="session")
def names(home):
    return programs.value_names(home)


def unproved(segments, shown, names):
    """A line for each frame whose evidence is not what the frames say, or that lacks it."""
    by_frame = {segment.frame: segment for segment in segments}
    lines = []
    for frame, fields in shown.items():
        evidence = names.get(("keepalive.evidence", fields.get("keepalive.evidence")))
        mistaken = names.get(("keepalive.mistaken", fields.get("keepalive.mistaken")))
        number = fields.get("keepalive.evidence_in")
        if evidence is None:
            is_verdict = not fields.keys().isdisjoint(VERDICTS)   # a segment that only ends a silence is none
            if is_verdict and mistaken != "Nothing explains it":
                lines.append("frame %d: no evidence" % frame)
        elif number is not None:
            segment, proof = by_frame[frame], by_frame[number]
            between = [each for each in segments
                       if each.stream == segment.stream and number < each.frame < segment.frame]
            if proof.stream != segment.stream or not Proof(segment, proof, between, shown).by_name(evidence):
                lines.append("frame %d: %s, frame %d" % (frame, evidence, number))
    return lines


def test_the_named_frame_shows_it(capture, outputs, names):
    wrong = unproved(outputs[capture]["segments"], outputs[capture]["two passes"], names)
    assert not wrong, "\n".join(wrong)
