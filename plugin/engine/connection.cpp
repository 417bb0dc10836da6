// SPDX-License-Identifier: GPL-2.0-or-later
#include "connection.h"

#include "serial.h"

namespace keepalive {

namespace {

// A clock that is set back, or a file appended to another: what was known is of another time.
// Less than that is the disorder of capturing on several queues or interfaces.
constexpr Nanoseconds kOtherTime = kSecond;

// An ACK that its own sender's next segment overtook comes within the disorder of a path. Keepalives come after whole
// seconds; Apple's, the soonest known, 100 ms after data.
constexpr Nanoseconds kDisorder = 20 * kMillisecond;

// A receiver acknowledges within 500 ms (RFC 9293 section 3.8.6.3), and a sender retransmits within seconds: whoever
// was silent for this long owes no ACK. A little less than the shortest TCP_KEEPIDLE, 1 s.
constexpr Nanoseconds kNothingOwed = 950 * kMillisecond;

// A retransmission timeout begins with 1 s and adapts to the path (RFC 6298); it gets longer only by doubling.
constexpr Nanoseconds kLongestFirstTimeout = 10 * kSecond;

// Data that waited for a closed window leaves as soon as it opens.
constexpr Nanoseconds kPromptly = 200 * kMillisecond;

// A reset that answers a probe comes within a round trip, or a little later from a busy host.
constexpr Nanoseconds kUnknownRoundTrip = kSecond;
constexpr Nanoseconds kBusy = 50 * kMillisecond;

constexpr Nanoseconds kAgesAgo = INT64_MAX;

bool may_be_probe(const Segment& segment) {
    return segment.has(kAck) && !segment.has(kSyn | kFin | kRst) && segment.length <= 1;
}

// Timers are late, never early, by up to an eighth (the Linux timer wheel), and the capture adds a little.
bool is_timer_of(Nanoseconds span, Nanoseconds timer) {
    return span >= timer - timer / 20 && span - timer <= timer / 8 + 100 * kMillisecond;
}

}  // namespace

struct Connection::Probers {
    std::array<Prober, 2> of{};
};

Record* Connection::examine(const Segment& segment, Memory& memory) {
    const End& me = ends_[segment.end];
    const End& peer = ends_[1U - segment.end];
    if ((me.was_seen() && me.last_sent() - segment.time > kOtherTime) ||
        (peer.was_seen() && peer.last_sent() - segment.time > kOtherTime))
        *this = Connection{};
    if (me.is_copy(segment))
        return examine_copy(segment, memory);
    if (segment.has(kSyn))
        return examine_syn(segment, memory);
    if (segment.has(kRst))
        return examine_reset(segment, memory);
    return examine_ack(segment, memory);
}

Record* Connection::examine_copy(const Segment& segment, Memory& memory) {
    const Prober* own = prober(segment.end);
    const Prober* other = prober(1U - segment.end);
    const Record* probe = own != nullptr ? own->newest() : nullptr;
    const Record* answered = other != nullptr ? other->newest() : nullptr;
    const bool copies_probe =
        probe != nullptr && probe->seq == segment.seq && !was_other_[segment.end] && segment.length <= 1;
    const bool copies_response = answered != nullptr && answered->partner != nullptr &&
                                 answered->partner->seq == segment.seq && segment.is_pure_ack();
    Record* record = correct(segment, Mistake::Copy, memory);
    if (record == nullptr && (copies_probe || copies_response)) {
        record = make_record(segment, memory);
        record->mistake = Mistake::Copy;
    }
    if (record != nullptr)
        record->duplicate = copies_probe || copies_response;
    // A copy that went over the network rather than into the capture alone is answered like any old segment.
    was_other_[segment.end] = was_other_[segment.end] || !(copies_probe || copies_response);
    return record;
}

Record* Connection::examine_syn(const Segment& segment, Memory& memory) {
    if (!segment.has(kAck) && ends_[segment.end].was_seen() && !ends_[segment.end].has_sent_only_syn())
        *this = Connection{};
    update(segment, nullptr);
    return correct(segment, Mistake::Handshake, memory);
}

Record* Connection::examine_reset(const Segment& segment, Memory& memory) {
    decide_own_first_sight(segment);
    Prober* own = prober(segment.end);
    Prober* other = prober(1U - segment.end);
    const End& me = ends_[segment.end];
    Record* record = nullptr;
    if (is_give_up(segment)) {
        confirm(segment.end, false);
        record = make_record(segment, memory);
        own->gave_up(*record);
    } else if (is_peer_reset(segment)) {
        confirm(1U - segment.end, true);
        record = make_record(segment, memory);
        other->answered(segment, record, Type::PeerReset);
        other->end_run();
        other->end_idle(Outcome::PeerReset);
    }
    if (record != nullptr)
        record->ttl_differs = me.has_other_ttl(segment);
    for (Prober* each : {own, other})
        if (each != nullptr)
            each->close();
    return record;
}

// Linux sends RST+ACK at SND.NXT one TCP_KEEPINTVL after the last probe (tcp_send_active_reset in tcp_keepalive_timer).
// An application that closes its socket sends the same segment, at any time: only the interval tells.
bool Connection::is_give_up(const Segment& segment) const {
    const Prober* own = prober(segment.end);
    const Record* probe = own != nullptr ? own->awaiting() : nullptr;
    if (probe == nullptr || segment.seq != probe->seq + 1 || own->newest() != probe)
        return false;
    const Nanoseconds since = segment.time - probe->time;
    if (probe->continues_run() && ClosedWindow::is_doubling(probe->previous->interval(), probe->interval()))
        return since >= probe->interval();  // Solaris doubles until its abort threshold
    if (probe->continues_run())
        return is_timer_of(since, probe->interval());
    if (const std::uint32_t keepintvl = own->settings.keepintvl(); keepintvl != 0)
        return is_timer_of(since, keepintvl * kSecond);
    return can_be_timer(since);
}

// A peer that lost the connection answers with a bare RST at the probe's SEG.ACK (RFC 9293 section 3.10.7.1).
bool Connection::is_peer_reset(const Segment& segment) const {
    const Prober* other = prober(1U - segment.end);
    const Record* probe = other != nullptr ? other->awaiting() : nullptr;
    if (probe == nullptr)
        return false;
    if (probe->undecided)
        return probe->probe_number > 1 && !segment.has(kAck) && segment.seq == ends_[1U - segment.end].last_ack();
    if (!segment.has(kAck))
        return segment.seq == ends_[1U - segment.end].last_ack();
    const Nanoseconds since = segment.time - probe->time;
    const Nanoseconds fastest = other->fastest_response();
    return fastest != 0 ? (since - kBusy) / 2 < fastest : since < kUnknownRoundTrip;
}

Record* Connection::examine_ack(const Segment& segment, Memory& memory) {
    decide_own_first_sight(segment);
    decide_peers_first_sight(segment);
    decide_after_opening(segment);
    const Judgement judgement = judge(segment, memory);
    Mistake mistake = judgement.mistake;
    Record* record = nullptr;
    if (judgement.verdict != Verdict::Other) {
        record = add_probe(segment, judgement, memory);
    } else if (mistake == Mistake::None) {
        if (was_other_[1U - segment.end] && segment.is_pure_ack())
            mistake = Mistake::AckOfOther;
        else
            record = answer(segment, memory);
    }
    if (record == nullptr)
        record = correct(segment, mistake, memory);
    was_other_[segment.end] = judgement.verdict == Verdict::Other && judgement.mistake != Mistake::None;
    update(segment, record);
    return record;
}

Connection::Judgement Connection::judge(const Segment& segment, Memory& memory) {
    const End& me = ends_[segment.end];
    if (!may_be_probe(segment))
        return {};
    if (me.knows_una() && segment.seq == me.una() - 1 && !me.has_outstanding())
        return judge_at_una(segment, memory);
    if (me.knows_nxt() && segment.seq == me.nxt() - 1)
        return judge_at_nxt(segment, memory);
    // The first segments of an end whose peer has acknowledged nothing yet: the next ones tell.
    if (!me.knows_una() && (!me.was_seen() || is_undecided_at(segment)))
        return {Verdict::Undecided, segment.length == 1 && segment.has(kPsh) ? Mistake::Retransmission : Mistake::None};
    return {};
}

Connection::Judgement Connection::judge_at_una(const Segment& segment, Memory& memory) {
    const Mistake mistake = exclude(segment);
    if (mistake != Mistake::None)
        return {Verdict::Other, mistake};
    if (ends_[1U - segment.end].is_window_closed())
        return judge_closed_window(segment, memory);
    return {Verdict::Probe, Mistake::None};
}

// What a segment at SND.UNA - 1 is, if it is no probe for another reason than a closed window.
Mistake Connection::exclude(const Segment& segment) const {
    const End& me = ends_[segment.end];
    const End& peer = ends_[1U - segment.end];
    if (me.has_sent_only_syn() && since_sent_by(me, segment) < kNothingOwed)
        return Mistake::Handshake;
    // The ACK of this octet was captured but did not arrive: the sender's TSecr shows that it has not seen it.
    if (segment.length == 1) {
        const bool knows = segment.has_timestamps && me.has_una_tsval();
        const bool has_seen_ack =
            knows && (is_after(segment.tsecr, me.una_tsval()) || (segment.tsecr == me.una_tsval() && !segment.has(kPsh)));
        // The first retransmission comes within seconds, and each later one has its like before it.
        const bool is_too_late = since_activity(segment) > kLongestFirstTimeout && !was_other_[segment.end];
        if (me.is_same_octet(segment) && !has_seen_ack && !is_too_late)
            return Mistake::Retransmission;
    }
    if (me.is_overtaken(segment) || is_finished(segment))
        return Mistake::LateAck;
    // A prober has acknowledged all before: it neither takes back an acknowledgement nor has a new one to give.
    // But a Siemens stack acknowledges one octet less in its probes.
    const std::int32_t step = distance(segment.ack, me.last_ack());
    const bool has_acknowledged = me.was_seen() && !me.has_sent_only_syn();
    const bool is_stale = has_acknowledged && (step < -1 || (step == -1 && since_activity(segment) < kNothingOwed));
    const bool acknowledges = me.was_seen() && step > 0 && since_sent_by(peer, segment) < kNothingOwed;
    if (is_stale || acknowledges)
        return Mistake::LateAck;
    if (since_activity(segment) < kDisorder)
        return segment.length == 1 ? Mistake::Retransmission : Mistake::LateAck;
    return Mistake::None;
}

// Both FINs are acknowledged: an ACK with the FIN's sequence number is the last word of an odd stack.
bool Connection::is_finished(const Segment& segment) const {
    const End& me = ends_[segment.end];
    const End& peer = ends_[1U - segment.end];
    return me.has_sent_fin() && peer.has_sent_fin() && segment.ack == peer.nxt();
}

// Below SND.NXT, but the peer's ACK is not in the capture: it was not captured, or the capture has one direction only.
// A sender with something outstanding retransmits it; it does not send an empty segment after a second of silence.
Connection::Judgement Connection::judge_at_nxt(const Segment& segment, Memory& memory) {
    const End& me = ends_[segment.end];
    const End& peer = ends_[1U - segment.end];
    if (peer.is_window_closed())
        return {Verdict::Other, Mistake::ZeroWindowProbe};
    if (segment.length == 1 && me.is_same_octet(segment))
        return {Verdict::Other, Mistake::Retransmission};
    // A FIN that nobody acknowledged would be sent again; one that was, out of sight, leaves keepalives to send.
    const bool fin_may_be_acknowledged =
        !peer.was_seen() && segment.ack == me.last_ack() && since_sent_by(me, segment) >= kNothingOwed;
    if ((me.has_sent_fin() && !fin_may_be_acknowledged) || me.is_overtaken(segment) ||
        (me.was_seen() && is_after(me.last_ack(), segment.ack)))
        return {Verdict::Other, Mistake::LateAck};
    if (!peer.was_seen())
        return judge_closed_window(segment, memory);
    // After an empty segment at SND.NXT, only disorder brings an earlier one.
    if (since_sent_by(me, segment) < (me.has_rested_at_nxt() ? kDisorder : kNothingOwed))
        return {Verdict::Other, Mistake::LateAck};
    return {Verdict::Inferred, Mistake::None};
}

Connection::Judgement Connection::judge_closed_window(const Segment& segment, Memory& memory) {
    Prober& own = make_prober(segment.end, memory);
    const bool peer_seen = ends_[1U - segment.end].was_seen();
    const Nanoseconds since = own.newest() != nullptr ? segment.time - own.newest()->time : since_activity(segment);
    const ClosedWindow::Kind kind = own.closed_window.probe(since);
    if (kind == ClosedWindow::Kind::ZeroWindowProbe) {
        own.refute_doubling();
        return {Verdict::Other, Mistake::ZeroWindowProbe};
    }
    if (kind == ClosedWindow::Kind::KeepAlive)
        own.confirm(!peer_seen);
    else if (peer_seen && !ClosedWindow::is_even(own.usual_silence, silence(segment)))
        return {Verdict::Undecided, Mistake::None};
    return {peer_seen ? Verdict::Probe : Verdict::Inferred, Mistake::None};
}

// A segment that may be a probe was the first of its end. Its next one tells, if the peer stays unseen.
void Connection::decide_own_first_sight(const Segment& segment) {
    Prober* own = prober(segment.end);
    const End& me = ends_[segment.end];
    if (own == nullptr || !own->is_undecided() || me.knows_una())
        return;
    const Record& probe = *own->undecided();
    const bool is_spaced = segment.time - probe.time >= kNothingOwed;
    const std::int32_t step = distance(segment.seq, probe.seq);
    if (step == 0 && is_spaced && may_be_probe(segment) && segment.ack == me.last_ack())
        return;  // repeated: still open
    const bool goes_on = segment.length > 0 && probe.mistake == Mistake::None && !probe.has_octet;
    if (step == 1 && (is_spaced || goes_on) && probe.mistake == Mistake::None)
        own->confirm(true);
    else
        refute(*own);
}

// The peer acknowledges one octet more than the segment begins with: that octet was sent before.
void Connection::decide_peers_first_sight(const Segment& segment) {
    const unsigned end = 1U - segment.end;
    Prober* other = prober(end);
    if (other == nullptr || !other->is_undecided() || ends_[end].knows_una())
        return;
    const Record& probe = *other->undecided();
    // One octet that was pushed may be data. That the peer has it already (RFC 2883) is said of a retransmission too.
    const bool may_be_data = probe.mistake == Mistake::Retransmission;
    // Into a closed window: the spacing of the next ones tells.
    if (segment.ack == probe.seq + 1 && segment.window == 0 && segment.is_pure_ack() && probe.probe_number == 1) {
        other->undecided()->inferred = true;
        return;
    }
    if (segment.ack == probe.seq + 1 && !segment.has(kFin) && !may_be_data)
        confirm(end, true);
    else
        refute(*other);
}

// Probes into a closed window that nothing told apart: data that waited leaves when the window opens.
void Connection::decide_after_opening(const Segment& segment) {
    for (unsigned end = 0; end < 2; ++end) {
        Prober* each = prober(end);
        if (each == nullptr || !each->is_undecided() || each->window_opened == kNever)
            continue;
        const bool is_prompt = segment.time - each->window_opened < kPromptly;
        if (is_prompt && segment.end == end && segment.length > 0)
            each->refute_doubling();
        else if (!is_prompt)
            each->confirm(false);
    }
}

void Connection::confirm(unsigned end, bool inferred) {
    Prober* of_end = prober(end);
    if (of_end != nullptr && of_end->is_undecided())
        of_end->confirm(inferred);
}

void Connection::refute(Prober& prober) {
    const Record& newest = *prober.undecided();
    if (newest.time > last_activity_) {
        last_activity_ = newest.time;
        last_activity_frame_ = newest.frame;
    }
    prober.refute(newest.mistake);
}

Record* Connection::add_probe(const Segment& segment, Judgement judgement, Memory& memory) {
    const End& me = ends_[segment.end];
    Prober& own = make_prober(segment.end, memory);
    Record* record = make_record(segment, memory);
    record->silence = silence(segment);
    if (last_activity_ != kNever) {
        record->idle_time = segment.time - last_activity_;
        record->last_activity = last_activity_frame_;
    }
    record->has_octet = segment.has_octet && segment.length == 1;
    record->octet = segment.octet;
    record->peer_seen = ends_[1U - segment.end].was_seen();
    record->ttl_differs = me.has_other_ttl(segment);
    record->mistake = judgement.mistake;
    record->inferred = judgement.verdict == Verdict::Inferred;
    own.add(*record, judgement.verdict == Verdict::Undecided);
    // Without its peer, the spacing of the next ones may still show a zero-window probe.
    if (record->inferred && !record->peer_seen)
        own.keep_open(*record);
    if (judgement.verdict == Verdict::Probe && record->probe_number == 1)
        own.usual_silence = record->silence;
    return record;
}

Record* Connection::answer(const Segment& segment, Memory& memory) {
    const unsigned end = 1U - segment.end;
    Prober* other = prober(end);
    if (other == nullptr)
        return nullptr;
    if (segment.is_pure_ack() && other->is_answer_after_crossing(segment) && !is_after(ends_[end].nxt(), segment.ack)) {
        Record* record = make_record(segment, memory);
        other->answered_after_crossing(segment, *record);
        return record;
    }
    const bool is_repeated = other->awaiting() == nullptr && segment.window == ends_[segment.end].window();
    const Record* probe = is_repeated ? other->overdue() : other->awaiting();
    if (probe == nullptr || segment.ack != probe->seq + 1)
        return nullptr;
    // Data and a change of the window are sent for their own sake.
    const bool says_more = segment.length > 0 || segment.window != ends_[segment.end].window();
    if (!is_repeated && says_more && other->is_too_soon(segment)) {
        other->crossed();
        if (segment.is_pure_ack())
            return nullptr;
    }
    if (segment.is_pure_ack()) {
        Record* record = make_record(segment, memory);
        if (is_repeated)
            other->answered_again(segment, *record);
        else
            other->answered(segment, record, Type::Response);
        return record;
    }
    // Data answers too, unless the prober has sent data itself since: then there is something else to answer.
    if (!is_repeated && !is_after(ends_[end].nxt(), probe->seq + 1))
        other->answered(segment, nullptr, Type::None);
    return nullptr;
}

// What tcp.analysis marks and is no probe or response carries the reason.
Record* Connection::correct(const Segment& segment, Mistake mistake, Memory& memory) const {
    if (segment.mark == Mark::None)
        return nullptr;
    Record* record = make_record(segment, memory);
    record->mistake = mistake;
    if (mistake != Mistake::None)
        return record;
    if (segment.mark == Mark::KeepAlive && ends_[1U - segment.end].is_window_closed())
        record->mistake = Mistake::ZeroWindowProbe;
    else if (segment.mark == Mark::KeepAlive && segment.length > 0)
        record->mistake = Mistake::Retransmission;
    else
        record->mistake = Mistake::LateAck;
    return record;
}

void Connection::update(const Segment& segment, const Record* record) {
    End& me = ends_[segment.end];
    const unsigned other_end = 1U - segment.end;
    End& peer = ends_[other_end];
    const bool is_probe = record != nullptr && (record->type == Type::Probe || record->undecided);
    const bool is_exchange = is_probe || (record != nullptr && record->partner != nullptr);
    const bool was_closed = me.is_window_closed();
    const bool is_new_data = segment.length > 0 && me.knows_nxt() && is_after(segment.next_seq(), me.nxt());

    if (segment.has(kAck))
        peer.acknowledged(segment);
    if (is_probe && record->inferred && peer.was_seen())
        me.all_acknowledged(segment.seq + 1);
    me.sent(segment, is_probe);

    // An empty segment below the window is answered and then dropped: the peer's own clock and count go on.
    const bool is_below = segment.length == 0 && (is_probe || (me.knows_una() && is_before(segment.next_seq(), me.una())));
    // Nor does an old acknowledgement count (tcp_ack in net/ipv4/tcp_input.c: old_ack).
    const bool is_old_ack = segment.is_pure_ack() && peer.knows_una() && is_before(segment.ack, peer.una());
    if (!is_below && !is_old_ack)
        hear(segment, was_closed);
    if (Prober* own = prober(segment.end); own != nullptr && is_new_data)
        own->closed_window.opened();
    if (is_exchange)
        return;
    last_activity_ = segment.time;
    last_activity_frame_ = segment.frame;
    const Outcome outcome = segment.has(kFin) ? Outcome::Closed : Outcome::TrafficResumed;
    for (unsigned end = 0; end < 2; ++end)
        if (Prober* each = prober(end); each != nullptr)
            each->end_idle(outcome);
}

// The peer's TCP accepts the segment.
void Connection::hear(const Segment& segment, bool was_closed) {
    const unsigned listener = 1U - segment.end;
    ends_[listener].heard(segment.time);
    Prober* other = prober(listener);
    if (other == nullptr)
        return;
    other->end_run();
    if (ends_[segment.end].is_window_closed()) {
        other->window_opened = kNever;
    } else if (was_closed) {
        other->closed_window.opened();
        other->window_opened = segment.time;
    }
}

bool Connection::is_undecided_at(const Segment& segment) const {
    const Prober* own = prober(segment.end);
    return own != nullptr && own->is_undecided() && own->undecided()->seq == segment.seq;
}

Nanoseconds Connection::since_activity(const Segment& segment) const {
    return last_activity_ == kNever ? kAgesAgo : segment.time - last_activity_;
}

Nanoseconds Connection::since_sent_by(const End& end, const Segment& segment) {
    return end.was_seen() ? segment.time - end.last_sent() : kAgesAgo;
}

Nanoseconds Connection::silence(const Segment& segment) const {
    const Nanoseconds heard = ends_[segment.end].last_heard();
    return heard == kNever ? kNever : segment.time - heard;
}

Prober* Connection::prober(unsigned end) const {
    return probers_ != nullptr ? &probers_->of[end] : nullptr;
}

Prober& Connection::make_prober(unsigned end, Memory& memory) {
    if (probers_ == nullptr)
        probers_ = memory.make<Probers>();
    return probers_->of[end];
}

Record* Connection::make_record(const Segment& segment, Memory& memory) {
    auto* record = memory.make<Record>();
    record->time = segment.time;
    record->frame = segment.frame;
    record->connection = segment.connection;
    record->seq = segment.seq;
    record->end = segment.end;
    record->mark = segment.mark;
    return record;
}

}  // namespace keepalive
