# SPDX-License-Identifier: GPL-2.0-or-later
"""What the keepalive.* fields must be, from the kernel's truth and the segments alone.

The truth says which frames are probes and answers; the arithmetic here follows the meaning of each field in
docs/fields.md and shares nothing with the plugin. Recognising a probe is not done here.
"""
import dataclasses

from capture_files import MISTAKEN, TYPES

# The last probe of a capture counts as unanswered after its interval, or where it has none after the longest
# TCP_KEEPINTVL that an operating system has by default.
LONGEST_DEFAULT_INTERVAL = 75 * 10**9

# Fields that need a later frame, so that one pass does not show them on a probe.
LATER = {"keepalive.response_in", "keepalive.response_time", "keepalive.answered_late", "keepalive.unanswered",
         "keepalive.run_length", "keepalive.lost_while_quiet"}

# Fields that the oracle says nothing of: the sockets' settings (test_settings.py), the evidence
# (test_evidence.py), and what follows from other fields.
OTHERS = {"keepalive.keepidle", "keepalive.keepintvl", "keepalive.keepcnt", "keepalive.settings",
          "keepalive.ttl_differs", "keepalive.evidence", "keepalive.evidence_in"}

# Their sequence number is one that the peer has acknowledged; with no octet nothing of them is in the window.
LEFT_OF_WINDOW = ("probe", "zero-window-probe", "late-ack")

SAME_INSTANT = 20 * 10**6   # a copy comes right behind its frame

COPIES = ("copy", "copy-of-probe", "copy-of-response")

EXCHANGE = ("probe", "response", "peer-reset", "gave-up")


@dataclasses.dataclass
class Probe:
    segment: object
    interval: int = None
    run: list = dataclasses.field(default_factory=list)  # the probes of its run, shared by all of them
    is_unanswered: bool = False
    response: object = None


@dataclasses.dataclass
class End:
    """One end of a connection as a prober."""
    last_heard: int = None      # when it last heard its peer
    is_peer_seen: bool = False
    previous: Probe = None      # its last probe of this idle period
    idle_probes: int = 0
    run: list = dataclasses.field(default_factory=list)
    open: Probe = None          # the probe that the next segment of the peer may answer
    sent_data: bool = False     # since `open`
    next_seq: int = None        # behind all that it has sent
    last_ack: int = None        # the highest acknowledgement that it has given
    assumed: int = None         # a probe says that all before this is acknowledged, though the capture does not show it

    def is_before_next(self, seq):
        return self.next_seq is not None and (seq - self.next_seq) % 2**32 >= 2**31

    def note_sent(self, segment, label):
        length = segment.length if label != "zero-window-probe" else 0   # its octet goes on waiting for the window
        behind = segment.seq + length + segment.has(segment.SYN) + segment.has(segment.FIN)
        if self.next_seq is None or (behind - self.next_seq) % 2**32 < 2**31:
            self.next_seq = behind % 2**32
        if segment.has(segment.ACK) and (self.last_ack is None or (segment.ack - self.last_ack) % 2**32 < 2**31):
            self.last_ack = segment.ack

    def is_unacknowledged(self, probe, peer):
        """The probe lies at SND.NXT - 1, and the capture does not show that its peer has acknowledged so much."""
        known = peer.last_ack if self.assumed is None else self.assumed
        behind = (probe.seq + 1) % 2**32
        is_open = self.next_seq == behind and known is not None and 0 < (behind - known) % 2**32 < 2**31
        if is_open:
            self.assumed = behind
        return is_open


@dataclasses.dataclass
class Sender:
    """One end of a connection as somebody who ends silences."""
    next_seq: int = None        # the highest sequence number that it has sent, plus one
    has_closed: bool = False
    first: object = None        # what it sent first after a silence, while the peer was not heard since
    is_first_probe: bool = False
    is_peer_known: bool = False
    repetitions: int = 0        # of that
    newest: int = None          # when it was last repeated
    due: int = None             # until when that may still be answered
    waking: object = None       # its newest waking segment, while the peer was not heard since


class Silences:
    """What ends the silences of a connection, and whether the connection outlived them: docs/fields.md, "Definitions"."""

    def __init__(self, quiet_from, field):
        self._quiet_from, self._field = quiet_from, field
        self._senders = {}
        self._last = None

    def take(self, segment, label):
        quiet = None if self._last is None else segment.time - self._last
        self._last = segment.time if self._last is None else max(self._last, segment.time)
        me = self._senders.setdefault(segment.sender, Sender())
        octets = segment.length + segment.has(segment.SYN) + segment.has(segment.FIN)
        next_seq = segment.seq + octets
        is_repeated = octets > 0 and me.next_seq is not None and not self._is_after(next_seq, me.next_seq)
        if not segment.has(segment.SYN):
            for name, other in self._senders.items():
                if name != segment.sender:
                    self._hear(other, segment, me.has_closed)
            self._send(me, segment, label, quiet, is_repeated)
        if me.next_seq is None or self._is_after(next_seq, me.next_seq):
            me.next_seq = next_seq
        me.has_closed = me.has_closed or segment.has(segment.FIN)

    def finish(self, capture_end):
        for sender in self._senders.values():
            is_unheard = sender.repetitions > 2 or sender.repetitions == 2 and capture_end >= sender.due
            if sender.first is not None and sender.is_peer_known and is_unheard:
                self._field(sender.first, "lost_while_quiet", True)
            self._tell_unanswered(sender)

    @staticmethod
    def _is_after(one, other):
        return 0 < (one - other) % 2**32 < 2**31

    def _tell_unanswered(self, sender):
        if sender.waking is not None and sender.is_peer_known and sender.first is sender.waking and sender.repetitions:
            self._field(sender.waking, "unanswered", True)

    def _hear(self, other, segment, has_closed):
        """Anything but a reset shows that the sender knows the connection. Who has closed its side may forget the rest."""
        if other.first is not None and segment.has(segment.RST) and not has_closed:
            self._field(other.first, "lost_while_quiet", True)
        if other.waking is not None:
            self._field(other.waking, "response_in", segment.frame)
            self._field(other.waking, "response_time", segment.time - other.waking.time)
        other.first, other.waking, other.repetitions = None, None, 0

    def _send(self, me, segment, label, quiet, is_repeated):
        wakes = quiet is not None and quiet >= self._quiet_from and not is_repeated and label not in EXCHANGE
        if quiet is not None and (label == "probe" or wakes):
            self._field(segment, "quiet_time", quiet)
        if wakes:
            self._field(segment, "wakes", True)
        if segment.has(segment.RST):
            if me.first is not None and me.is_peer_known and (label == "gave-up" or me.repetitions):
                self._field(me.first, "lost_while_quiet", True)
            self._tell_unanswered(me)
            me.first, me.waking = None, None
            return
        if wakes:
            me.waking = segment
        is_spare = wakes and not me.is_first_probe and me.repetitions == 0
        if (label == "probe" or wakes) and (me.first is None or is_spare):
            me.first, me.is_first_probe, me.repetitions, me.newest = segment, label == "probe", 0, segment.time
            me.is_peer_known = len(self._senders) > 1
        elif me.first is not None and (label == "probe" or is_repeated):
            me.repetitions += 1
            me.due = segment.time + (segment.time - me.newest)
            me.newest = segment.time


def is_like_response(segment, label, response):
    """The network has delivered the probe twice, so there is a second ACK like the first."""
    return (label == "retransmission-ack" and response is not None
            and (segment.seq, segment.ack, segment.window) == (response.seq, response.ack, response.window))


class Stream:
    """One connection, segment by segment."""

    def __init__(self, capture, frames):
        self._capture = capture
        self._frames = frames   # {frame: {field: value}}, filled here
        self._probes = {}
        self._ends = (End(), End())
        self._senders = {}      # {sender: its index in _ends}
        self._last_activity = None
        self._silences = Silences(capture.quiet_from * 10**9, self._field)
        self._last_seen = {}    # {what makes a segment the same as another: when it was last captured}

    def take(self, segment):
        label = self._capture.labels.get(segment.frame)
        if label in COPIES or (label is None and self._is_copy(segment)):
            self._take_copy(segment, label)
            return
        me, peer = self._both_ends(segment)
        self._silences.take(segment, label)
        if label == "probe":
            self._take_probe(segment, me, peer)
        elif label in ("response", "peer-reset"):
            self._take_answer(segment, label)
        elif label == "gave-up":
            self._take_gave_up(segment, me)
        else:
            self._take_other(segment, label, me, peer)
        self._note_marks(segment, label)
        # A half-closed FreeRTOS+TCP answers with the number of its FIN, which lies left of the window too.
        is_left = label in LEFT_OF_WINDOW or (label == "response" and me.is_before_next(segment.seq))
        me.note_sent(segment, label)
        # Linux takes no sign of life from a segment left of its window.
        # Of a reset, nobody knows whether the peer ever got it.
        if not (is_left and segment.length == 0) and not segment.has(segment.RST):
            peer.last_heard = segment.time
            peer.run, peer.open = [], None
        peer.is_peer_seen = True
        if segment.has(segment.RST):
            self._end_of_connection(me, peer)
        elif label not in ("probe", "response") and not self._answers_copy(segment, label, peer.previous):
            self._activity(segment)

    def finish(self, capture_end):
        self._silences.finish(capture_end)
        for end in self._ends:
            if end.open is None or not self._peer_ever_seen(end.open):
                continue
            patience = end.open.interval if end.open.interval is not None else LONGEST_DEFAULT_INTERVAL
            if capture_end - end.open.segment.time >= patience:
                end.open.is_unanswered = True
        for probe in self._probes.values():   # an answer may have come after the next probe
            probe.is_unanswered = probe.is_unanswered and probe.response is None
        for probe in self._probes.values():
            self._tell_fate(probe)

    @staticmethod
    def _answers_copy(segment, label, probe):
        return probe is not None and is_like_response(segment, label, probe.response)

    def _both_ends(self, segment):
        """The sender of a segment, and its peer."""
        index = self._senders.setdefault(segment.sender, len(self._senders))
        return self._ends[index], self._ends[1 - index]

    def _field(self, segment, name, value):
        self._frames.setdefault(segment.frame, {})["keepalive." + name] = value

    def _is_copy(self, segment):
        identity = (segment.sender, segment.seq, segment.ack, segment.flags, segment.octets, segment.window,
                    segment.network_id)
        last = self._last_seen.get(identity)
        self._last_seen[identity] = segment.time
        return last is not None and segment.time - last < SAME_INSTANT

    def _take_copy(self, segment, label):
        if label in ("copy-of-probe", "copy-of-response"):
            self._field(segment, "duplicate", True)
        self._note_marks(segment, label)

    def _take_probe(self, segment, me, peer):
        if me.open is not None and self._peer_ever_seen(me.open):
            me.open.is_unanswered = True
        me.idle_probes += 1
        probe = Probe(segment, run=me.run)
        me.run.append(probe)
        self._probes[segment.frame] = probe
        self._field(segment, "type", TYPES["probe"])
        self._field(segment, "probe", True)
        self._field(segment, "probe_number", len(me.run))
        self._field(segment, "idle_probes", me.idle_probes)
        if me.last_heard is not None:
            self._field(segment, "silence", segment.time - me.last_heard)
        if not me.is_peer_seen or me.is_unacknowledged(segment, peer):
            self._field(segment, "inferred", True)
        if self._last_activity is not None:
            self._field(segment, "last_activity", self._last_activity.frame)
            self._field(segment, "idle_time", segment.time - self._last_activity.time)
        if me.previous is not None:
            probe.interval = segment.time - me.previous.segment.time
            self._field(segment, "interval", probe.interval)
            self._field(segment, "previous_probe", me.previous.segment.frame)
        if segment.length == 1:
            self._field(segment, "octet", segment.octets[0])
        me.previous, me.open, me.sent_data = probe, probe, False

    def _take_answer(self, segment, label):
        probe = self._probes[self._capture.answers[segment.frame]]
        probe.response = segment
        self._field(segment, "type", TYPES[label])
        if label == "response":
            self._field(segment, "response", True)
        self._field(segment, "response_to", probe.segment.frame)
        self._field(segment, "response_time", segment.time - probe.segment.time)

    def _take_gave_up(self, segment, me):
        if not me.run:
            return  # the capture begins after the probes
        for probe in me.run:
            probe.is_unanswered = True
        self._field(segment, "type", TYPES["gave-up"])
        self._field(segment, "run_length", len(me.run))
        self._field(segment, "run_first", me.run[0].segment.frame)
        self._field(segment, "run_last", me.run[-1].segment.frame)

    def _take_other(self, segment, label, me, peer):
        """Data (a FIN is an octet of it) of the peer answers a probe too, unless there is data that it may answer."""
        is_data = segment.length > 0 or segment.has(segment.FIN)
        probe = peer.open
        if label is None and probe is not None and is_data and not peer.sent_data:
            probe.response = segment
        me.sent_data = me.sent_data or is_data

    def _note_marks(self, segment, label):
        if label in ("probe", "response"):
            if {"probe": "keep_alive", "response": "keep_alive_ack"}[label] not in segment.marks:
                self._field(segment, "missed", True)
        elif segment.marks:
            self._field(segment, "mistaken", MISTAKEN[label])

    def _end_of_connection(self, me, peer):
        for end in (me, peer):
            if end.open is not None and self._peer_ever_seen(end.open):
                end.open.is_unanswered = True
        me.open, me.run, me.previous, me.idle_probes = None, [], None, 0

    def _activity(self, segment):
        self._last_activity = segment
        for end in self._ends:
            end.previous, end.idle_probes = None, 0

    def _peer_ever_seen(self, probe):
        """A capture of one direction has no answers, which says nothing of the peer."""
        return len(self._senders) > 1

    def _tell_fate(self, probe):
        if probe.response is not None:
            self._field(probe.segment, "response_in", probe.response.frame)
            self._field(probe.segment, "response_time", probe.response.time - probe.segment.time)
            next_probe = next((each.segment.frame for each in probe.run if each.segment.frame > probe.segment.frame), None)
            if next_probe is not None and next_probe < probe.response.frame:
                self._field(probe.segment, "answered_late", True)
        if probe.is_unanswered:
            self._field(probe.segment, "unanswered", True)
            self._field(probe.segment, "run_length", sum(1 for each in probe.run if each.is_unanswered))


def expected(capture, segments, capture_end):
    """{frame: {field: value}} as on a second pass."""
    frames, streams = {}, {}
    for segment in segments:
        streams.setdefault(segment.stream, Stream(capture, frames)).take(segment)
    for stream in streams.values():
        stream.finish(capture_end)
    return frames


def undecided_in_one_pass(segments):
    """The frames that only a later one explains: those sent before the capture has shown the peer, and those sent into
    a closed window, where only the spacing tells a keepalive from a zero-window probe; with what answers them."""
    streams, undecided = {}, set()
    for segment in segments:
        windows = streams.setdefault(segment.stream, {})
        windows[segment.sender] = segment.window
        is_peer_seen = len(windows) == 2
        if not is_peer_seen or 0 in windows.values():
            undecided.add(segment.frame)
    return undecided


def answers_overdue(two_pass):
    """The answers to a probe after which another one was sent: which one they answer, only the next answer tells."""
    follower = {fields["keepalive.previous_probe"]: frame for frame, fields in two_pass.items()
                if "keepalive.previous_probe" in fields}
    return {frame for frame, fields in two_pass.items()
            if follower.get(fields.get("keepalive.response_to"), frame) < frame}


def expected_in_one_pass(two_pass):
    """What is left when no later frame is known yet."""
    frames = {}
    for number, fields in two_pass.items():
        ends_silence = fields.get("keepalive.type") == TYPES["probe"] or "keepalive.wakes" in fields
        later = LATER if ends_silence else set()
        frames[number] = {name: value for name, value in fields.items() if name not in later}
    return frames
