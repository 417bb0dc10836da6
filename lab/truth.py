# SPDX-License-Identifier: GPL-2.0-or-later
"""From what the kernel counted and what was captured, to what each frame is.

Nothing here guesses from the look of a frame alone. A probe is a frame that left when TcpExtTCPKeepAlive moved; a
response is what the peer's kernel sent when that probe had arrived there; a late ACK is a frame that left before
another one and arrived after it. At the other end a frame is known by its octets, from the IP header on.
"""

import collections

import packets
from network import CLIENT, OTHER, SERVER

# The counter moves just before the frame gets its time stamp; a busy machine may pause between the two.
SLACK = 20 * 10**6
AT_ONCE = 200 * 10**6  # the answer itself takes microseconds; a busy machine may pause before it
DELAYED_ACK = 300 * 10**6

LABEL_OF_COUNTER = {"TCPKeepAlive": "probe", "TCPWinProbe": "zero-window-probe"}
# Linux acknowledges at once whatever is outside its window: a late ACK and a packet's second copy too.
ANSWER_OF = {"probe": "response", "zero-window-probe": "zero-window-ack", "retransmission": "retransmission-ack",
             "late-ack": "retransmission-ack", "copy": "retransmission-ack", "copy-of-probe": "retransmission-ack"}


class TruthError(Exception):
    """The counters and the captures do not agree."""


class Labels:
    """The labels of the frames captured at both ends, by place in the capture of that end."""

    def __init__(self, address, frames, movements, injected, hooks=()):
        """`hooks`: the ends whose movements come from hooks in their stack, and not from polled counters."""
        self.address, self.frames, self.movements, self.injected = address, frames, movements, injected
        self.hooks = hooks
        self.at = {CLIENT: {}, SERVER: {}}
        self.answers = {CLIENT: {}, SERVER: {}}  # place of the response -> place of its probe
        self._same = self._match_ends()
        for end in (CLIENT, SERVER):
            self._label_injected(end)
            if end in hooks:
                self._label_hooked(end)
            else:
                self._label_counted(end)
            self._label_retransmissions(end)
        for end in (CLIENT, SERVER):
            self._carry_over(end)
            self._label_late_acks(end)
        for end in (CLIENT, SERVER):
            self._label_answers(end)
        self._carry_answers()
        for end in (CLIENT, SERVER):
            self._answer_with_injected(end)

    def sent(self, end):
        """(place, frame) of what this end sent, in its own capture."""
        return [(i, f) for i, f in enumerate(self.frames[end])
                if f.segment and f.segment.source[0] == self.address[end]]

    def received(self, end):
        return [(i, f) for i, f in enumerate(self.frames[end])
                if f.segment and f.segment.source[0] == self.address[OTHER[end]]]

    def _match_ends(self):
        """For each end: place of a received frame -> its place in the sender's capture."""
        same = {}
        for end in (CLIENT, SERVER):
            departures = collections.defaultdict(list)
            for i, frame in self.sent(OTHER[end]):
                departures[frame.segment.packet].append((frame.time, i))
            same[end] = {}
            for i, frame in self.received(end):
                # Octet-identical frames (IPv6 without timestamps): the latest that had left.
                left = [place for time, place in departures[frame.segment.packet] if time <= frame.time]
                if left:
                    same[end][i] = left[-1]
        return same

    def _label_injected(self, end):
        for i, frame in enumerate(self.frames[end]):
            if frame.segment and frame.segment.packet in self.injected:
                label = self.injected[frame.segment.packet]
                if label:
                    self.at[end][i] = label

    def _one_below(self, end):
        """Places of this end's segments without payload at one below what it had sent: the shape of a probe."""
        following, places = {}, []
        for i, frame in self.sent(end):
            segment = frame.segment
            connection = segment.source, segment.destination
            known = following.get(connection)
            if known is None or segment.flags & packets.SYN:
                following[connection] = segment.end
                continue
            if segment.is_empty_ack and packets.sequence_difference(segment.seq, known) == -1 \
                    and segment.packet not in self.injected:
                places.append(i)
            if packets.sequence_difference(segment.end, known) > 0:
                following[connection] = segment.end
        return places

    def _label_counted(self, end):
        self._refuse_ambiguity(end)
        open_places = self._one_below(end)
        frames = self.frames[end]
        for movement in self.movements[end]:
            within = range(movement.not_before - SLACK, movement.not_after + SLACK)
            if movement.name == "TCPAbortOnTimeout":
                self._label_give_up(end, within)
                continue
            matching = [i for i in open_places if frames[i].time in within][:movement.amount]
            if len(matching) < movement.amount:
                raise TruthError("%s: %s moved by %d, %d frames match" % (
                    end, movement.name, movement.amount, len(matching)))
            for i in matching:
                self.at[end][i] = LABEL_OF_COUNTER[movement.name]
                open_places.remove(i)
        if open_places:
            raise TruthError("%s: frames %s look like probes, and no counter moved" % (
                end, [i + 1 for i in open_places]))

    def _label_hooked(self, end):
        """The one frame that left while the stack's hook was waiting for it, whatever it looks like."""
        for movement in self.movements[end]:
            places = [i for i, frame in self.sent(end) if movement.not_before <= frame.time <= movement.not_after]
            if len(places) != movement.amount:
                raise TruthError("%s: %s at %d, and frames %s left then" % (
                    end, movement.name, movement.not_before, [i + 1 for i in places]))
            self.at[end][places[0]] = LABEL_OF_COUNTER.get(movement.name, "gave-up")

    def _refuse_ambiguity(self, end):
        probes = [m for m in self.movements[end] if m.name in LABEL_OF_COUNTER]
        for one, next_one in zip(probes, probes[1:]):
            if one.name != next_one.name and next_one.not_before < one.not_after:
                raise TruthError("%s: both counters moved between two polls; run it again" % end)

    def _label_give_up(self, end, within):
        for i, frame in self.sent(end):
            if frame.segment.flags & packets.RST and frame.time in within:
                self.at[end].setdefault(i, "gave-up")

    def _label_retransmissions(self, end):
        """One-octet segments sent again."""
        before = set()
        for i, frame in self.sent(end):
            segment = frame.segment
            if len(segment.payload) != 1 or i in self.at[end]:
                continue
            octet = segment.source, segment.destination, segment.seq, segment.payload
            if octet in before:
                self.at[end][i] = "retransmission"
            before.add(octet)

    def _carry_over(self, end):
        """Labels of what the other end sent, to where it arrived; a second arrival of the same frame is a copy."""
        arrived = set()
        for here, there in self._same[end].items():
            label = self.at[OTHER[end]].get(there)
            if there in arrived:
                self.at[end][here] = copy_of(label)
            elif label:
                self.at[end][here] = label
            arrived.add(there)

    def _label_late_acks(self, end):
        latest = {}
        for here, there in self._same[end].items():
            segment = self.frames[end][here].segment
            connection = segment.source, segment.destination
            if there < latest.get(connection, -1) and segment.is_empty_ack:
                self.at[end].setdefault(here, "late-ack")
            latest[connection] = max(there, latest.get(connection, -1))

    def _label_answers(self, end):
        """What this end sent because a probe had arrived."""
        for place, frame in self.received(end):
            label = self.at[end].get(place)
            if label == "response" and frame.segment.packet in self.injected:
                label = "late-ack"  # an imitated answer with an old sequence number
            if label not in ANSWER_OF:
                continue
            answer = self._answer(end, place, DELAYED_ACK if label == "retransmission" else AT_ONCE)
            if answer is None:
                continue
            if label == "probe" and self._acknowledges_more(end, answer):
                continue  # a delayed ACK of data; the probe, above what was acknowledged before, asked for nothing
            if self.frames[end][answer].segment.flags & packets.RST:
                if label == "probe":
                    self.at[end][answer] = "peer-reset"
            else:
                self.at[end][answer] = ANSWER_OF[label]
            if label == "probe":
                self.answers[end][answer] = place

    def _answer(self, end, place, within):
        """The kernel answers in the same breath: nothing from the other side comes between. To a program, an ACK may
        come between, and asks for nothing."""
        asked = self.frames[end][place]
        for i in range(place + 1, len(self.frames[end])):
            frame = self.frames[end][i]
            segment = frame.segment
            if frame.time > asked.time + within:
                return None
            if segment is None or {segment.source, segment.destination} != \
                    {asked.segment.source, asked.segment.destination}:
                continue
            if segment.source == asked.segment.source:
                if end in self.hooks and segment.is_empty_ack and i not in self.at[end]:
                    continue
                return None
            if self.at[end].get(i) in ("probe", "zero-window-probe"):
                continue  # its own timer
            if segment.flags & packets.RST or segment.is_empty_ack and i not in self.at[end]:
                return i
            return None
        return None

    def _acknowledges_more(self, end, place):
        """Than this end's segment before did."""
        sent = self.frames[end][place].segment
        before = [f.segment for i, f in self.sent(end) if i < place and f.segment.destination == sent.destination
                  and f.segment.source == sent.source]
        return bool(sent.flags & packets.ACK and before
                    and packets.sequence_difference(sent.ack, before[-1].ack) > 0)

    def _carry_answers(self):
        for end in (CLIENT, SERVER):
            first = {}
            for here, there in self._same[end].items():
                label = self.at[OTHER[end]].get(there)
                if label in ("response", "peer-reset", "zero-window-ack", "retransmission-ack"):
                    copy = there in first
                    if copy or self.at[end].get(here) != "late-ack":
                        self.at[end][here] = copy_of(label) if copy else label
                    first.setdefault(there, here)
                    probe = self.answers[OTHER[end]].get(there)
                    if probe is not None and not copy:
                        self.answers[end][here] = self._same[OTHER[end]].get(probe, probe)

    def _answer_with_injected(self, end):
        """A firewall's RST, or an imitated stack's response, answers the latest probe of the other side."""
        probe = {}
        for i, frame in enumerate(self.frames[end]):
            label = self.at[end].get(i)
            if label == "probe":
                probe[frame.segment.destination] = i
            elif frame.segment and frame.segment.packet in self.injected and label in ("response", "peer-reset"):
                self.answers[end].setdefault(i, probe[frame.segment.source])


def copy_of(label):
    return "copy-of-" + label if label in ("probe", "response") else "copy"


def count(labels):
    return dict(sorted(collections.Counter(labels.values()).items()))


def check_against_counters(labels, totals):
    """Every probe the kernel counted is labelled, once, and nothing else (but what was injected)."""
    for end in (CLIENT, SERVER):
        for counter, label in LABEL_OF_COUNTER.items():
            labelled = sum(1 for i, frame in labels.sent(end)
                           if labels.at[end].get(i) == label and frame.segment.packet not in labels.injected)
            if labelled != totals[end][counter]:
                raise TruthError("%s: %s says %d, %d frames are labelled %s" % (
                    end, counter, totals[end][counter], labelled, label))
