// SPDX-License-Identifier: GPL-2.0-or-later
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

namespace {

bool fits_in_flight(const Scene& scene) {
    return scene.segment.ack == scene.me.last_ack() && !scene.segment.has(kPsh) && when_sent(scene) != Sent::Before;
}

// A late ACK would come sooner, or acknowledge less than its sender has acknowledged since. So would an octet that is sent
// again because its ACK was lost after it was captured.
bool is_probe_in_flight(const Scene& scene) {
    const bool is_idle = scene.silence() != kNever && scene.silence() >= kShortestKeepalive;
    return is_idle && fits_in_flight(scene) && (when_sent(scene) == Sent::After || scene.since_sent_by(scene.me) >= kAtOnce);
}

}  // namespace

bool may_be_probe_in_flight(const Scene& scene) {
    return scene.place == Place::InFlight && scene.segment.length == 0 && fits_in_flight(scene);
}

// Keepalive probe: the connection was idle, so the sender's TCP asks whether its peer is still there.
// Told by: at most one octet at SND.UNA - 1 while nothing is outstanding (RFC 9293 section 3.8.4), if no other explanation
// applies. The capture need not show a handshake or data, only one ACK of the peer. If it does not show that ACK either, the
// segment is at SND.NXT - 1 and the probe is inferred. Some stacks (FreeBSD, lwIP, NetX Duo, Windows) probe even while data
// is outstanding; such a probe is at SND.UNA - 1, where no retransmission begins.
// Within: no limit while nothing is outstanding. While data is outstanding, it comes 950 ms or more after the prober last
// heard its peer, and acknowledges the same as the prober's segment before. Of an empty one that comes sooner, nothing is
// said.
// Proof: the peer's segment that acknowledged all; if that was not captured, the segment that reached SND.NXT.
Finding keepalive_probe(const Scene& scene) {
    if (scene.place == Place::InFlight && !is_probe_in_flight(scene))
        return {};
    if (scene.peer.is_window_closed() && sends_octets_into_closed_window(scene) && scene.place == Place::BelowNxt)
        return found(Verdict::Probe, Evidence::PersistsWithOctet, scene.me.nxt_frame());
    if (scene.place == Place::BelowNxt)
        return found(Verdict::Inferred, Evidence::AckNotCaptured, scene.me.nxt_frame());
    if (scene.me.una_frame() == 0)
        return found(Verdict::Probe, Evidence::AckNotCaptured, scene.me.nxt_frame());
    return found(Verdict::Probe, Evidence::AcknowledgedAll, scene.me.una_frame());
}

}  // namespace keepalive
