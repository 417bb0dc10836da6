// SPDX-License-Identifier: GPL-2.0-or-later
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

namespace {

// An ACK that is late, or an octet whose ACK was lost behind the capture, would come sooner or acknowledge less.
bool is_probe_in_flight(const Scene& scene) {
    const Segment& segment = scene.segment;
    const bool is_idle = scene.silence() != kNever && scene.silence() >= kShortestKeepalive;
    return is_idle && segment.ack == scene.me.last_ack() && !segment.has(kPsh) && when_sent(scene) != Sent::Before &&
           (when_sent(scene) == Sent::After || scene.since_sent_by(scene.me) >= kAtOnce);
}

}  // namespace

// Keepalive probe: the connection was idle, so the sender's TCP asks whether its peer is still there.
// Told by: at most one octet at SND.UNA - 1 while nothing is outstanding (RFC 9293 section 3.8.4), and no other
// explanation. It needs no handshake and no earlier data, only one ACK of the peer; where the capture does not show that
// ACK, the segment is at SND.NXT - 1 and the probe is inferred.
// Some stacks (FreeBSD, lwIP, NetX Duo, Windows) run the keepalive timer whatever is outstanding: then it begins at
// SND.UNA - 1, below what a retransmission begins with.
// Within: after everything that excludes it, no limit. While data is outstanding: 950 ms or more after the prober last
// heard its peer, with the acknowledgement that it gave last.
// Proof: the peer's segment that acknowledged all; if it was not captured, the segment that reached SND.NXT.
Finding keepalive_probe(const Scene& scene) {
    if (scene.place == Place::InFlight && !is_probe_in_flight(scene))
        return {};
    if (scene.peer.is_window_closed() && persists_with_octet(scene) && scene.place == Place::BelowNxt)
        return found(Verdict::Probe, Evidence::PersistsWithOctet, scene.me.nxt_frame());
    if (scene.place == Place::BelowNxt)
        return found(Verdict::Inferred, Evidence::AckNotCaptured, scene.me.nxt_frame());
    if (scene.me.una_frame() == 0)
        return found(Verdict::Probe, Evidence::AckNotCaptured, scene.me.nxt_frame());
    return found(Verdict::Probe, Evidence::AcknowledgedAll, scene.me.una_frame());
}

}  // namespace keepalive
