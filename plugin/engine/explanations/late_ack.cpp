// SPDX-License-Identifier: GPL-2.0-or-later
#include "../serial.h"
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

namespace {

// Both FINs are acknowledged: an ACK with the FIN's sequence number is the last word of an odd stack.
bool is_finished(const Scene& scene) {
    return scene.me.has_sent_fin() && scene.peer.has_sent_fin() && scene.segment.ack == scene.peer.nxt();
}

// The peer has acknowledged all. A prober has as well: it neither takes back an acknowledgement nor has a new one to
// give. But a Siemens stack acknowledges one octet less in its probes.
Finding after_acknowledgement(const Scene& scene, Sent when) {
    const Segment& segment = scene.segment;
    const End& me = scene.me;
    if (is_finished(scene))
        return other(Mistake::LateAck, Evidence::Fin, me.nxt_frame());
    const std::int32_t step = distance(segment.ack, me.last_ack());
    const bool has_acknowledged = me.was_seen() && !me.has_sent_only_syn();
    if (has_acknowledged && (step < -1 || (step == -1 && scene.since_activity() < kShortestKeepalive)))
        return other(Mistake::LateAck, Evidence::Overtaken, scene.my_frame);
    if (me.was_seen() && step > 0 && scene.since_sent_by(scene.peer) < kShortestKeepalive)
        return other(Mistake::LateAck, Evidence::AcknowledgesNew, scene.peer_frame);
    if (scene.since_activity() < kAtOnce && when != Sent::After)
        return other(Mistake::LateAck, Evidence::RightBehind, scene.activity_frame);
    return {};
}

// The capture does not show that the peer has acknowledged all. A sender with something outstanding retransmits it; it
// does not send an empty segment after a second of silence.
Finding before_acknowledgement(const Scene& scene, Sent when) {
    const Segment& segment = scene.segment;
    const End& me = scene.me;
    // A FIN that nobody acknowledged would be sent again; one that was, out of sight, leaves keepalives to send.
    const bool fin_may_be_acknowledged =
        !scene.peer.was_seen() && segment.ack == me.last_ack() && scene.since_sent_by(me) >= kShortestKeepalive;
    if (me.has_sent_fin() && !fin_may_be_acknowledged)
        return other(Mistake::LateAck, Evidence::Fin, me.nxt_frame());
    if (me.was_seen() && is_after(me.last_ack(), segment.ack))
        return other(Mistake::LateAck, Evidence::Overtaken, scene.my_frame);
    if (is_right_behind_own(scene) && when != Sent::After)
        return other(Mistake::LateAck, Evidence::RightBehind, scene.my_frame);
    return {};
}

}  // namespace

bool is_right_behind_own(const Scene& scene) {
    // After an empty segment at SND.NXT, only disorder brings an earlier one.
    const Nanoseconds quiet = scene.me.has_rested_at_nxt() || !scene.peer.was_seen() ? kAtOnce : kShortestKeepalive;
    return scene.since_sent_by(scene.me) < quiet;
}

// Late ACK: an empty segment that was captured after a segment which its sender sent later, or that has a reason of its own.
// Told by: a TSval, or within 900 ms an IP identification, older than that of the segment that reached SND.NXT; a lower
// acknowledgement than was given before; an acknowledgement of what came less than 950 ms before; the sequence number of
// a FIN that is outstanding, or after both FINs.
// Within: 20 ms of other traffic where nothing else tells; 950 ms where the capture does not show the peer's ACK.
// Not told so: with a newer TSval or IP identification than the segment that reached SND.NXT, however soon it comes.
// Proof: the segment that overtook it, that it acknowledges, or that came right before; or the FIN.
Finding late_ack(const Scene& scene) {
    if (scene.segment.length > 0)
        return {};  // no ACK carries an octet
    if (scene.place == Place::BelowNxt && scene.peer.is_window_closed() && !persists_with_octet(scene))
        return {};  // a zero-window probe, whatever its age
    const Sent when = when_sent(scene);
    if (when == Sent::Before)
        return other(Mistake::LateAck, Evidence::Overtaken, scene.me.nxt_frame());
    return scene.place == Place::BelowUna ? after_acknowledgement(scene, when) : before_acknowledgement(scene, when);
}

}  // namespace keepalive
