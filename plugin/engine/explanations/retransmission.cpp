// SPDX-License-Identifier: GPL-2.0-or-later
#include "../serial.h"
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

}  // namespace

// Retransmission: the last octet of the stream once more. Its ACK was lost, perhaps behind the capture.
// Told by: one octet, with the value and the PSH flag of the one at SND.NXT - 1.
// Not told so: if TSecr shows that the sender has seen the ACK; or after 10 s without a retransmission before it, as a
// first one comes within seconds.
// Proof: the segment that carried the octet first.
Finding retransmission(const Scene& scene) {
    const Segment& segment = scene.segment;
    if (segment.length != 1 || !is_same_octet(segment, scene.me))
        return {};
    if (scene.place == Place::BelowNxt && scene.peer.is_window_closed())
        return {};  // a zero-window probe may carry an octet
    if (scene.place == Place::BelowUna) {
        const bool is_too_late = scene.since_activity() > kLongestFirstTimeout && !scene.me.was_last_other();
        if (is_too_late || has_seen_ack(segment, scene.me))
            return {};
    }
    return other(Mistake::Retransmission, Evidence::SentBefore, scene.me.nxt_frame());
}

}  // namespace keepalive
