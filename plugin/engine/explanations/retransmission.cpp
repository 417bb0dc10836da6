// SPDX-License-Identifier: GPL-2.0-or-later
#include "../serial.h"
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

namespace {

// The retransmission timeout begins with 1 s and adapts to the path (RFC 6298). Only repeated timeouts make it much longer,
// by doubling. So the first retransmission of a segment comes sooner than this.
constexpr Nanoseconds kLongestFirstTimeout = 10 * kSecond;

// The last octet before SND.NXT, sent again as it was. If the capture lacks the octet in one of the two segments, PSH
// decides.
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

// An octet without PSH that differs from the one that the stream has there. Nobody sends data like this.
bool is_garbage(const Segment& segment, const End& me) {
    return !segment.has(kPsh) && segment.has_octet && me.has_last_octet() && segment.octet != me.last_octet();
}

// The sender has no reason to send the octet again: it has seen the ACK, or has waited longer than for any first timeout.
bool was_acknowledged(const Scene& scene) {
    const bool is_too_late = scene.since_activity() > kLongestFirstTimeout && !scene.me.was_last_other();
    return is_too_late || has_seen_ack(scene.segment, scene.me);
}

}  // namespace

// Retransmission: the last octet of the stream again. Its ACK was lost, perhaps after it was captured; or segments overtook
// each other on the way.
// Told by: one octet, with the value and the PSH flag of the octet at SND.NXT - 1; or one octet whose TSval or IP
// identification shows that it was sent before the segment that reached SND.NXT; or one octet right after another segment.
// Within: right after another segment means 20 ms after it, or 950 ms if the capture does not show the peer's ACK.
// Not told so: an octet of the same value, if its TSecr shows that the sender has seen the ACK, or if it comes after 10 s
// without an earlier retransmission, as a first one comes within seconds. An octet right after another segment, if it has no
// PSH and differs from the octet that the stream has there.
// Proof: the segment that carried the octet first, the one that overtook it, or the one that came right before.
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
