// SPDX-License-Identifier: GPL-2.0-or-later
#include "explanation.h"

namespace keepalive {

// Answer to other: the ACK of a zero-window probe, of a retransmission or of another segment that looks like a probe.
// Told by: a pure ACK, while the peer's last segment is such a segment.
// Within: no limit, until the peer sends its next segment.
// Proof: the segment that it answers.
Finding answer_to_other(const Scene& scene) {
    if (!scene.peer.was_last_other() || !scene.segment.is_pure_ack())
        return {};
    return other(Mistake::AckOfOther, Evidence::Answers, scene.peer_frame);
}

}  // namespace keepalive
