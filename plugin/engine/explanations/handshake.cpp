// SPDX-License-Identifier: GPL-2.0-or-later
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

// Handshake: a SYN, or the last ACK of a handshake that was sent with the sequence number of the SYN.
// Told by: the SYN flag; or an empty segment at SND.UNA - 1 of an end that has sent nothing but its SYN.
// Within: 950 ms after the SYN, which is the shortest keepalive timer. After that it is a keepalive of an end whose last
// ACK of the handshake was not captured.
// Proof: the SYN.
Finding handshake(const Scene& scene) {
    if (scene.place == Place::Syn)
        return other(Mistake::Handshake, Evidence::Syn, scene.segment.frame);
    if (scene.me.has_sent_only_syn() && scene.since_sent_by(scene.me) < kShortestKeepalive)
        return other(Mistake::Handshake, Evidence::Syn, scene.me.nxt_frame());
    return {};
}

}  // namespace keepalive
