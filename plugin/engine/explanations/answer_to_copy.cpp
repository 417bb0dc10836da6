// SPDX-License-Identifier: GPL-2.0-or-later
#include "explanation.h"

namespace keepalive {

// Answer to a copy: the network has delivered a probe twice, and the peer acknowledges it a second time.
// Told by: a pure ACK with the numbers and the window of the response, after the response, while the peer's last segment is
// the probe. The capture need not show the copy.
// Not told so: an ACK that may be the answer to a probe that was crossed, or that is not in the capture.
// Proof: the probe.
Finding answer_to_copy(const Scene& scene) {
    const Segment& segment = scene.segment;
    const Record* probe = scene.other != nullptr ? scene.other->newest() : nullptr;
    const Record* response = probe != nullptr ? probe->partner : nullptr;
    const bool is_answered = response != nullptr && response->type == Type::Response && probe->frame == scene.peer_frame;
    const bool repeats_response = is_answered && segment.is_pure_ack() && segment.seq == response->seq &&
                                  segment.window == scene.me.window() && probe->is_answered_by(segment);
    if (!repeats_response || may_answer_crossed_probe(scene) || may_answer_missing_probe(scene))
        return {};
    Finding finding = other(Mistake::AckOfOther, Evidence::Answers, scene.peer_frame);
    finding.answers_copy = true;
    return finding;
}

}  // namespace keepalive
