// SPDX-License-Identifier: GPL-2.0-or-later
#include "explanation.h"

namespace keepalive {

// Keepalive probe: the connection was idle, so the sender's TCP asks whether its peer is still there.
// Told by: at most one octet at SND.UNA - 1 while nothing is outstanding (RFC 9293 section 3.8.4), and no other
// explanation. It needs no handshake and no earlier data, only one ACK of the peer; where the capture does not show that
// ACK, the segment is at SND.NXT - 1 and the probe is inferred.
// Within: see what excludes it; after these, no limit.
// Proof: the peer's segment that acknowledged all; if it was not captured, the segment that reached SND.NXT.
Finding keepalive_probe(const Scene& scene) {
    if (scene.place == Place::BelowNxt)
        return found(Verdict::Inferred, Evidence::AckNotCaptured, scene.me.nxt_frame());
    if (scene.me.una_frame() == 0)
        return found(Verdict::Probe, Evidence::AckNotCaptured, scene.me.nxt_frame());
    return found(Verdict::Probe, Evidence::AcknowledgedAll, scene.me.una_frame());
}

}  // namespace keepalive
