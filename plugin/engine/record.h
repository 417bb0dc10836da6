// SPDX-License-Identifier: GPL-2.0-or-later
// What the engine says of one segment. A record is made when the segment is seen, and completed by later segments.
#ifndef KEEPALIVE_ENGINE_RECORD_H
#define KEEPALIVE_ENGINE_RECORD_H

#include <cstdint>
#include <type_traits>

#include "segment.h"

namespace keepalive {

// Values are those of the field keepalive.type.
enum class Type : std::uint8_t {
    None = 0,       // not part of a keepalive exchange, or not yet: a correction, a copy, or undecided
    Probe = 1,      // sent because the connection was idle
    Response = 2,   // the peer's ACK
    PeerReset = 3,  // the peer's RST
    GaveUp = 4,     // the prober's RST after unanswered probes
};

// What a segment that looks like a keepalive really is. Values are those of the field keepalive.mistaken.
enum class Mistake : std::uint8_t {
    None = 0,
    ZeroWindowProbe = 1,
    Retransmission = 2,
    LateAck = 3,
    Copy = 4,
    AckOfOther = 5,  // answers a zero-window probe, a retransmission or a copy
    Handshake = 6,
    Unexplained = 7,  // no explanation applies: not a keepalive, nor anything that is known to look like one
};

// What shows that a verdict is right. Values are those of the field keepalive.evidence; new ones are added at the end. Most
// of them name a frame.
enum class Evidence : std::uint8_t {
    None = 0,
    AcknowledgedAll = 1,     // the peer's segment that acknowledged all that the prober had sent
    AckNotCaptured = 2,      // the prober's segment that reached SND.NXT; the ACK of it is not in the capture
    WindowClosed = 3,        // the peer's last segment, with window 0
    SentBefore = 4,          // the segment that carried the octet first
    Overtaken = 5,           // the same end's segment that left later and was captured earlier
    AcknowledgesNew = 6,     // the peer's segment that had just come and is acknowledged
    RightBehind = 7,         // the segment right before, which is too close for a timer
    Fin = 8,                 // the FIN that has this sequence number
    Syn = 9,                 // the SYN
    SameSegment = 10,        // the segment that this is a copy of
    Answers = 11,            // the segment that this answers
    ToldLater = 12,          // a later segment, which shows what this one was
    Unanswered = 13,         // the last probe of a run that nothing answered
    PersistsWithOctet = 14,  // the segment that reached SND.NXT: its end sends zero-window probes with an octet
};

struct Proof {
    Evidence evidence = Evidence::None;
    std::uint32_t frame = 0;  // 0 if it is not known
};

// What ended an idle period. The record of its last probe has it.
enum class Outcome : std::uint8_t {
    Open,            // nothing, as far as the capture goes; the last probe may be answered or not
    TrafficResumed,  // data, from either end
    PeerReset,
    GaveUp,
    Closed,  // a FIN, from either end
    Reset,   // a RST, from either end, that as far as the capture shows has nothing to do with the probes
};

// Whether the peer still knew the connection when something was sent on it after a quiet.
enum class Fate : std::uint8_t {
    Open,      // the peer has not been heard since
    Survived,  // it was heard
    Lost,      // it reset the connection, or the sender gave up waiting
    Closed,    // the connection was closed before that could be known
};

struct Record {
    Nanoseconds time = 0;                // when the segment was captured
    Nanoseconds idle_time = kNever;      // probe: since the last segment outside any keepalive exchange
    Nanoseconds silence = kNever;        // probe: since the prober's TCP last heard its peer
    Nanoseconds response_time = kNever;  // probe, response, peer reset: from the probe to its answer
    Nanoseconds quiet_time = kNever;     // probe, waking segment: since the segment before, of either end
    Nanoseconds overdue_at = kNever;     // first after a quiet: when the answer to its newest repetition was due
    Record* previous = nullptr;          // probe: the same end's previous probe of this idle period
    Record* run = nullptr;               // probe: the first probe of its run; gave up: the first of the run given up
    Record* run_last = nullptr;          // first probe of a run: the newest of it
    Record* partner = nullptr;           // probe: its response's or reset's record; response, reset: its probe
    std::uint32_t frame = 0;
    std::uint32_t connection = 0;  // as the segment says
    std::uint32_t seq = 0;
    std::uint32_t expects = 0;         // probe: SEG.ACK of its answer, unless the peer has more: SND.UNA when it was sent
    std::uint32_t answer_frame = 0;    // probe: the frame that answers it, 0 if none did
    std::uint32_t last_activity = 0;   // probe: the frame that idle_time counts from, 0 if not in the capture
    std::uint32_t probe_number = 0;    // probe: place in its run, from 1
    std::uint32_t idle_probes = 0;     // probe: place among this end's probes of the idle period, from 1
    std::uint32_t run_unanswered = 0;  // first probe of a run: how many of the run are unanswered, so far
    std::uint32_t repetitions = 0;     // first after a quiet: how often it was repeated before the peer was heard
    std::uint32_t keepidle = 0;        // probe, gave up: the prober's TCP_KEEPIDLE in seconds, 0 while not known
    std::uint32_t keepintvl = 0;       // probe, gave up: the prober's TCP_KEEPINTVL in seconds, 0 while not known
    std::uint32_t keepcnt = 0;         // gave up: the prober's TCP_KEEPCNT, 0 if the capture does not show it
    Proof proof;
    Type type = Type::None;
    Mistake mistake = Mistake::None;
    Mark mark = Mark::None;           // what tcp.analysis says of this segment
    Outcome outcome = Outcome::Open;  // probe: what ended the idle period, if this is its last one
    Fate fate = Fate::Open;           // first after a quiet: whether the connection outlived it
    std::uint8_t octet = 0;           // probe of length 1: the garbage octet
    std::uint8_t end = 0;             // which end sent it
    bool has_octet = false;           //
    bool has_push = false;            // probe: with PSH
    bool inferred = false;            // probe: recognised by what followed or was repeated, not by a known sequence number
    bool undecided = false;           // probe: later segments may still confirm or refute it
    bool duplicate = false;           // a second copy of a probe or response in the capture
    bool unanswered = false;          // probe: the next probe or the end came, and no answer so far
    bool answered_late = false;       // probe: answered, but after the next one had been sent
    bool awaiting = false;            // probe: the newest of its run, which still waits for an answer
    bool peer_seen = false;           // probe: the capture has shown its peer, so a missing answer means something
    bool ends_quiet = false;          // it ends a quiet that is long enough to name it, and repeats nothing
    bool settings_differ = false;     // probe, gave up: keepidle or keepintvl is not what was shown before
    bool ttl_differs = false;         // probe, peer reset, gave up: TTL is not that of its end's other segments

    // The answer acknowledges what was acknowledged when the probe was sent, or everything up to the probe's place.
    bool is_answered_by(const Segment& answer) const { return answer.ack == seq + 1 || answer.ack == expects; }

    // Later frames may still change what the segment is: it is an undecided probe, or would be the answer to one.
    bool is_open() const { return undecided || (partner != nullptr && partner->undecided); }

    // The first segment after a quiet, if it is not part of a keepalive exchange.
    bool wakes() const { return ends_quiet && type == Type::None && !is_open() && !duplicate; }

    // Since the same end's previous probe of this idle period.
    Nanoseconds interval() const { return previous != nullptr ? time - previous->time : kNever; }

    // tcp.analysis does not mark this probe or response.
    bool is_missed() const {
        return (type == Type::Probe && mark != Mark::KeepAlive) || (type == Type::Response && mark != Mark::KeepAliveAck);
    }

    // What the segment really is, if tcp.analysis marks it and it is neither a probe nor a response; otherwise None.
    Mistake mistaken() const { return is_marked_rightly() ? Mistake::None : mistake; }

    // Nothing ever answered this probe or waking segment, as far as a capture that goes on until `capture_end` can tell.
    bool is_unanswered(Nanoseconds capture_end) const;

    // The connection was found dead after the quiet that this probe or waking segment ended.
    bool is_lost_while_quiet(Nanoseconds capture_end) const;

    // How many probes of this one's run are unanswered.
    std::uint32_t run_length(Nanoseconds capture_end) const;

    // The previous probe of the same idle period belongs to the same run.
    bool continues_run() const { return previous != nullptr && previous->run == run; }

    // The segment has something to show.
    bool is_shown() const { return type != Type::None || duplicate || mistaken() != Mistake::None || wakes(); }

private:
    bool is_marked_rightly() const { return mark == Mark::None || type == Type::Probe || type == Type::Response; }
    bool is_overdue(Nanoseconds capture_end) const;
};

// They live in pools that run no destructors.
static_assert(std::is_trivially_destructible_v<Record>);

}  // namespace keepalive

#endif
