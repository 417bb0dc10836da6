// SPDX-License-Identifier: GPL-2.0-or-later
#include "../serial.h"
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

namespace {

// A retransmission timeout begins with 1 s and adapts to the path (RFC 6298); it gets longer only by doubling.
constexpr Nanoseconds kLongestFirstTimeout = 10 * kSecond;

// The last octet before SND.NXT, sent again as it was. What is not captured of it counts as the same.
bool is_same_octet(const Segment& segment, const End& me) {
    const bool pushed = segment.has(kPsh);
    if (!me.has_last_octet() || !segment.has_octet)
        return pushed;
    return segment.octet == me.last_octet() && pushed == me.is_last_octet_pushed();
}

// The sender's TSecr shows that it has seen the ACK of the octet.
bool has_seen_ack(const Segment& segment, const End& me) {
    if (!segment.has_timestamps || !me.has_una_tsval())
        return false;
    return is_after(segment.tsecr, me.una_tsval()) || (segment.tsecr == me.una_tsval() && !segment.has(kPsh));
}

// Without PSH, and not the octet that the stream has there: nobody sends data like this.
bool is_garbage(const Segment& segment, const End& me) {
    return !segment.has(kPsh) && segment.has_octet && me.has_last_octet() && segment.octet != me.last_octet();
}

// The octet need not be sent again: its sender has seen the ACK, or has waited longer than for a first timeout.
bool was_acknowledged(const Scene& scene) {
    const bool is_too_late = scene.since_activity() > kLongestFirstTimeout && !scene.me.was_last_other();
    return is_too_late || has_seen_ack(scene.segment, scene.me);
}

}  // namespace

// Retransmission: the last octet of the stream once more. Its ACK was lost, perhaps behind the capture; or the capture
// shows the octet again because segments overtook each other.
// Told by: one octet, with the value and the PSH flag of the one at SND.NXT - 1; or one octet that left before the segment
// that reached SND.NXT, by TSval or IP identification; or one octet right behind another segment.
// Within: 20 ms of other traffic where nothing else tells; 950 ms where the capture does not show the peer's ACK.
// Not told so: by its value, if TSecr shows that the sender has seen the ACK; or after 10 s without a retransmission
// before it, as a first one comes within seconds. Right behind another segment: one octet without PSH that is not the one
// which the stream has there.
// Proof: the segment that carried the octet first, that overtook it, or that came right before.
Finding retransmission(const Scene& scene) {
    const Segment& segment = scene.segment;
    const End& me = scene.me;
    if (segment.length != 1)
        return {};
    if (scene.place == Place::BelowNxt && scene.peer.is_window_closed())
        return {};  // a zero-window probe may carry an octet
    if (is_same_octet(segment, me) && !(scene.place == Place::BelowUna && was_acknowledged(scene)))
        return other(Mistake::Retransmission, Evidence::SentBefore, me.nxt_frame());
    if (when_sent(scene) == Sent::Before)
        return other(Mistake::Retransmission, Evidence::Overtaken, me.nxt_frame());
    if (is_garbage(segment, me))
        return {};
    if (scene.place == Place::BelowUna && scene.since_activity() < kAtOnce)
        return other(Mistake::Retransmission, Evidence::RightBehind, scene.activity_frame);
    if (scene.place == Place::BelowNxt && is_right_behind_own(scene))
        return other(Mistake::Retransmission, Evidence::RightBehind, scene.my_frame);
    return {};
}

}  // namespace keepalive
