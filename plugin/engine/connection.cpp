// SPDX-License-Identifier: GPL-2.0-or-later
#include "connection.h"

#include <algorithm>

#include "serial.h"
#include "timers.h"

namespace keepalive {

namespace {

// If times go back by more than this, a clock was set back or one file was appended to another, so what was known before no
// longer holds. If by less, frames from several queues or interfaces are not in order.
constexpr Nanoseconds kOtherTime = kSecond;

// It is no copy, and begins at no place that tells anything.
bool carries_new_data(const Segment& segment, const End& me) {
    return segment.length > 1 && !segment.has(kSyn | kRst) && (!me.was_seen() || is_after(segment.next_seq(), me.nxt()));
}

bool is_ordinary(const Segment& segment, Place place, const Story* story) {
    return place == Place::Elsewhere && segment.mark == Mark::None && (story == nullptr || story->is_at_rest(segment));
}

// One octet at SND.UNA into a closed window. It comes too late to have been sent before its sender knew that the window is
// closed.
bool probes_window_with_octet(const Segment& segment, const End& me, const End& peer) {
    return segment.length == 1 && peer.is_window_closed() && me.knows_una() && segment.seq == me.una() &&
           segment.time - peer.last_sent() >= kShortestPersist;
}

}  // namespace

Record* Connection::examine(const Segment& segment, Memory& memory, Nanoseconds quiet_from) {
    if (last_sent() > segment.time + kOtherTime)
        *this = Connection{};
    End& me = ends_[segment.end];
    Print print{};
    Place place = Place::Elsewhere;
    Record* record = nullptr;
    bool is_excluded = false;
    bool answers_copy = false;
    // Most segments carry new data, and there is nothing to find out of them.
    if (!carries_new_data(segment, me) || !is_ordinary(segment, place, story_)) {
        if (segment.length <= 1)
            print = print_of(segment);
        const Scene before = scene_of(segment);
        if (const Finding finding = copy(before, print); finding.verdict != Verdict::None) {
            // If the copy was on the network and not only in the capture, the peer answers it as it answers any old segment.
            me.set_last_other(me.was_last_other() || !finding.is_duplicate);
            return Story::tell(before, finding, story_, memory);
        }
        if (is_new_syn(segment)) {
            if (quiet_ != nullptr)
                quiet_->end_connection();
            *this = Connection{};
        }
        place = before.place;
        if (!is_ordinary(segment, place, story_)) {
            reconsider(before, memory);
            const Scene scene = scene_of(segment);
            const Finding finding = explain(scene);
            record = Story::tell(scene, finding, story_, memory);
            place = scene.place;
            is_excluded = finding.verdict == Verdict::Other || finding.verdict == Verdict::Response;
            answers_copy = finding.answers_copy;
        }
    }
    record = note_quiet(segment, record, quiet_from, memory);
    if (place == Place::Reset) {
        me.sent_reset(segment, print);
        return record;
    }
    // A segment that begins where a probe begins is answered like a probe, even if it is something else.
    if (place != Place::Syn)
        me.set_last_other(is_excluded && (place == Place::BelowUna || place == Place::BelowNxt));
    remember(segment, print, record, answers_copy, memory);
    return record;
}

Record* Connection::note_quiet(const Segment& segment, Record* record, Nanoseconds quiet_from, Memory& memory) {
    const Nanoseconds last = last_sent();
    const bool may_end_quiet = last <= segment.time - quiet_from;  // true for the first segment of all, too
    if (!may_end_quiet && record == nullptr && (quiet_ == nullptr || quiet_->is_at_rest()))
        return nullptr;
    const End& me = ends_[segment.end];
    const bool is_first = last == kNever;
    const bool carries = segment.length > 0 || segment.has(kFin);
    const Breach breach{segment,
                        is_first ? kNever : segment.time - last,
                        may_end_quiet && !is_first,
                        carries && me.knows_nxt() && !is_after(segment.next_seq(), me.nxt()),
                        ends_[1U - segment.end].was_seen(),
                        me.has_sent_fin()};
    return Quiet::tell(breach, record, quiet_, memory);
}

// kNever if nothing was sent.
Nanoseconds Connection::last_sent() const {
    return std::max(ends_[0].last_sent(), ends_[1].last_sent());
}

// A new connection between the same ports.
bool Connection::is_new_syn(const Segment& segment) const {
    const End& me = ends_[segment.end];
    return segment.has(kSyn) && !segment.has(kAck) && me.was_seen() && !me.has_sent_only_syn();
}

Place Connection::place_of(const Segment& segment) const {
    const End& me = ends_[segment.end];
    if (segment.has(kSyn))
        return Place::Syn;
    if (segment.has(kRst))
        return Place::Reset;
    if (!segment.may_be_probe())
        return Place::Elsewhere;
    if (me.knows_una() && segment.seq == me.una() - 1 && !me.has_outstanding())
        return Place::BelowUna;
    if (me.knows_nxt() && segment.seq == me.nxt() - 1)
        return Place::BelowNxt;
    if (me.knows_una() && segment.seq == me.una() - 1)
        return Place::InFlight;
    const Prober* prober = story_ != nullptr ? story_->prober(segment.end) : nullptr;
    const Record* undecided = prober != nullptr ? prober->undecided() : nullptr;
    if (!me.knows_una() && (!me.was_seen() || (undecided != nullptr && undecided->seq == segment.seq)))
        return Place::FirstSight;
    return Place::Elsewhere;
}

Scene Connection::scene_of(const Segment& segment) const {
    const unsigned end = segment.end;
    return {segment,
            ends_[end],
            ends_[1U - end],
            story_ != nullptr ? story_->prober(end) : nullptr,
            story_ != nullptr ? story_->prober(1U - end) : nullptr,
            place_of(segment),
            last_activity_,
            activity_frame_,
            last_frames_[end],
            last_frames_[1U - end]};
}

// What the segment shows of the probes that were left undecided before it.
void Connection::reconsider(const Scene& scene, Memory& memory) {
    if (story_ == nullptr || scene.place == Place::Syn)
        return;
    const unsigned end = scene.segment.end;
    const std::uint32_t frame = scene.segment.frame;
    const Revision by_own_next = first_sight_by_own_next(scene);
    const bool is_probe = by_own_next == Revision::ConfirmInferred || by_own_next == Revision::ShowInferred;
    if (is_probe && scene.place != Place::Reset)
        ends_[end].probed_below(scene.own->undecided()->seq + 1);
    revise(end, by_own_next, frame, memory);
    if (scene.place == Place::Reset)
        return;
    revise(1U - end, first_sight_by_peers_ack(scene), frame, memory);
    for (unsigned each = 0; each < 2; ++each)
        if (const Prober* prober = story_->prober(each); prober != nullptr)
            revise(each, zero_window_probe_after_opening(scene, *prober, each == end), frame, memory);
}

void Connection::revise(unsigned end, Revision revision, std::uint32_t told_by, Memory& memory) {
    const Record* refuted = story_->revise(end, revision, told_by, memory);
    if (refuted != nullptr && refuted->time > last_activity_) {
        last_activity_ = refuted->time;
        activity_frame_ = refuted->frame;
    }
}

void Connection::remember(const Segment& segment, const Print& print, const Record* record, bool answers_copy,
                          Memory& memory) {
    End& me = ends_[segment.end];
    End& peer = ends_[1U - segment.end];
    const bool is_probe = record != nullptr && (record->type == Type::Probe || record->undecided);
    const bool is_exchange = is_probe || answers_copy || (record != nullptr && record->partner != nullptr);
    const bool was_closed = me.is_window_closed();
    const bool is_new_data = segment.length > 0 && me.knows_nxt() && is_after(segment.next_seq(), me.nxt());
    const bool is_sent_again = segment.length > 0 && !is_new_data;

    if (probes_window_with_octet(segment, me, peer)) {
        me.set_persists_with_octet();
        me.set_last_other(true);
    }
    if (segment.has(kAck))
        peer.acknowledged(segment);
    if (is_probe && record->inferred && peer.was_seen())
        me.all_acknowledged(segment.seq + 1);
    me.sent(segment, print, is_probe);
    last_frames_[segment.end] = segment.frame;

    // The peer's TCP answers an empty segment below its window and then drops it, so its own keepalive timer and its count
    // of probes go on.
    const bool is_below = segment.length == 0 && (is_probe || (me.knows_una() && is_before(segment.next_seq(), me.una())));
    // An old acknowledgement does not stop them either (tcp_ack in net/ipv4/tcp_input.c: old_ack).
    const bool is_old_ack = segment.is_pure_ack() && peer.knows_una() && is_before(segment.ack, peer.una());
    if (!is_below && !is_old_ack)
        hear(segment, was_closed, is_probe || is_sent_again, memory);
    if (story_ != nullptr && is_new_data)
        story_->sent_new_data(segment.end);
    if (is_exchange)
        return;
    if (story_ != nullptr && is_sent_again)
        story_->sent_again(segment.end);
    last_activity_ = segment.time;
    activity_frame_ = segment.frame;
    if (story_ != nullptr)
        story_->end_idle(segment.has(kFin) ? Outcome::Closed : Outcome::TrafficResumed);
}

// The peer's TCP accepts the segment.
void Connection::hear(const Segment& segment, bool was_closed, bool is_of_timer, Memory& memory) {
    const unsigned listener = 1U - segment.end;
    ends_[listener].heard(segment.time);
    if (story_ != nullptr || was_closed)
        Story::heard(listener, segment, was_closed, is_of_timer, story_, memory);
}

}  // namespace keepalive
