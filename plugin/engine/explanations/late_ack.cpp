// SPDX-License-Identifier: GPL-2.0-or-later
#include "../serial.h"
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

namespace {

// Both ends have just closed and have acknowledged it. Some stacks send one more ACK, with the sequence number of their FIN.
bool is_finished(const Scene& scene) {
    const bool have_both_closed = scene.me.has_sent_fin() && scene.peer.has_sent_fin();
    return have_both_closed && scene.segment.ack == scene.peer.nxt() && !scene.is_after_quiet();
}

bool acknowledges_more(const Scene& scene) {
    return scene.me.was_seen() && is_after(scene.segment.ack, scene.me.last_ack());
}

// It acknowledges what the peer has just sent.
bool acknowledges_new(const Scene& scene) {
    return acknowledges_more(scene) && scene.since_sent_by(scene.peer) < kShortestKeepalive;
}

// The peer has acknowledged all. A prober has also acknowledged all that it received, so its probe acknowledges neither less
// nor more than its last segment did. The exception is a Siemens stack, whose probes acknowledge one octet less.
Finding after_acknowledgement(const Scene& scene, Sent when) {
    const Segment& segment = scene.segment;
    const End& me = scene.me;
    if (is_finished(scene))
        return other(Mistake::LateAck, Evidence::Fin, me.nxt_frame());
    const std::int32_t step = distance(segment.ack, me.last_ack());
    const bool has_acknowledged = me.was_seen() && !me.has_sent_only_syn();
    if (has_acknowledged && (step < -1 || (step == -1 && scene.since_activity() < kShortestKeepalive)))
        return other(Mistake::LateAck, Evidence::Overtaken, scene.my_frame);
    if (acknowledges_new(scene) && when != Sent::After)
        return other(Mistake::LateAck, Evidence::AcknowledgesNew, scene.peer_frame);
    const bool may_be_overtaken = !me.was_seen() || scene.since_sent_by(me) <= kLongestDisorder;
    if (scene.since_activity() < kAtOnce && may_be_overtaken && when != Sent::After)
        return other(Mistake::LateAck, Evidence::RightBehind, scene.activity_frame);
    return {};
}

// The capture does not show that the peer has acknowledged all. If something were outstanding, its sender would retransmit
// it. So an empty segment after a second of silence is no ACK of such a sender.
Finding before_acknowledgement(const Scene& scene, Sent when) {
    const Segment& segment = scene.segment;
    const End& me = scene.me;
    // A FIN that was not acknowledged would be sent again. If it was acknowledged and the capture does not show it, this may
    // be a keepalive after the FIN.
    const bool fin_may_be_acknowledged = segment.ack == me.last_ack() && scene.is_after_quiet();
    // Its sender acknowledges with the number behind its FIN.
    const bool acknowledges_behind_fin = me.has_rested_at_nxt() && when == Sent::After;
    if (me.has_sent_fin() && !fin_may_be_acknowledged && !acknowledges_behind_fin)
        return other(Mistake::LateAck, Evidence::Fin, me.nxt_frame());
    if (me.was_seen() && is_after(me.last_ack(), segment.ack))
        return other(Mistake::LateAck, Evidence::Overtaken, scene.my_frame);
    // While an octet waits, FreeBSD's ACKs begin where this does. What it acknowledges need not be in the capture.
    const bool is_usual_ack = scene.peer.is_window_closed() && acknowledges_more(scene);
    if (is_usual_ack || acknowledges_new(scene))
        return other(Mistake::LateAck, Evidence::AcknowledgesNew, scene.peer_frame);
    if (is_right_behind_own(scene) && when != Sent::After)
        return other(Mistake::LateAck, Evidence::RightBehind, scene.my_frame);
    return {};
}

}  // namespace

bool is_right_behind_own(const Scene& scene) {
    // An empty segment at SND.NXT shows that all before it was sent. After that, only disorder brings an earlier one.
    const Nanoseconds quiet = scene.me.has_rested_at_nxt() || !scene.peer.was_seen() ? kAtOnce : kShortestKeepalive;
    return scene.since_sent_by(scene.me) < quiet;
}

// Late ACK: an empty segment that a later segment of its sender overtook, or that acknowledges something.
// Told by: a TSval, or within 900 ms an IP identification, that is older than that of the segment that reached SND.NXT; or
// a lower acknowledgement than its sender has given before; or an acknowledgement of what came less than 950 ms before, or
// of anything new while an octet waits before a closed window; or the sequence number of a FIN, less than 950 ms after its
// sender's or the peer's last segment, if that FIN is not acknowledged or the peer has sent one, too; or by coming right
// after other traffic.
// Within: right after means 20 ms after other traffic, unless all that its sender has sent is older than 900 ms and so can
// not have overtaken it; or 950 ms if the capture does not show the peer's ACK.
// Not told so: a segment whose TSval or IP identification is newer than that of the segment that reached SND.NXT, however
// soon it comes; with the sequence number of a FIN, only if an empty segment with the number behind it came before.
// Proof: the segment that overtook it, the one that it acknowledges, the one that came right before, or the FIN.
Finding late_ack(const Scene& scene) {
    if (scene.segment.length > 0)
        return {};  // no ACK carries an octet
    if (scene.place == Place::BelowNxt && scene.peer.is_window_closed() && !sends_octets_into_closed_window(scene))
        return {};  // a zero-window probe, whatever its age
    const Sent when = when_sent(scene);
    if (when == Sent::Before)
        return other(Mistake::LateAck, Evidence::Overtaken, scene.me.nxt_frame());
    return scene.place == Place::BelowUna ? after_acknowledgement(scene, when) : before_acknowledgement(scene, when);
}

}  // namespace keepalive
