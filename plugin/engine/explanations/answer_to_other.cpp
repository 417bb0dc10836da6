// SPDX-License-Identifier: GPL-2.0-or-later
#include "explanation.h"

namespace keepalive {

// Answer to other: the ACK of a zero-window probe, of a retransmission or of another segment that looks like a probe.
// Told by: a pure ACK right after such a segment of the peer.
// Within: no limit; the peer's next segment ends it.
// Proof: the segment that it answers.
Finding answer_to_other(const Scene& scene) {
    if (!scene.peer.was_last_other() || !scene.segment.is_pure_ack())
        return {};
    return other(Mistake::AckOfOther, Evidence::Answers, scene.peer_frame);
}

}  // namespace keepalive
