// SPDX-License-Identifier: GPL-2.0-or-later
#include "../serial.h"
#include "explanation.h"

namespace keepalive {

// Response: the peer's ACK of a probe.
// Told by: a pure ACK of one octet more than the probe begins with, while a probe waits for its answer or one of the
// run that was answered still may get its own. Data answers as well, unless the prober has sent data since.
// Not told so: if it comes sooner than the path allows and has something of its own to say (data, another window): then
// it crossed the probe.
// Proof: the probe.
Finding response(const Scene& scene) {
    const Segment& segment = scene.segment;
    const Prober* prober = scene.other;
    if (prober == nullptr)
        return {};
    if (segment.is_pure_ack() && prober->is_answer_after_crossing(segment) && !is_after(scene.peer.nxt(), segment.ack))
        return found(Verdict::ResponseToCrossed, Evidence::Answers, 0);
    const bool is_repeated = prober->awaiting() == nullptr && segment.window == scene.me.window();
    const Record* probe = is_repeated ? prober->overdue() : prober->awaiting();
    if (probe == nullptr || !probe->is_answered_by(segment))
        return {};
    Finding finding;
    // Data and a change of the window are sent for their own sake.
    const bool says_more = segment.length > 0 || segment.window != scene.me.window();
    finding.crosses = !is_repeated && says_more && prober->is_too_soon(segment);
    if (segment.is_pure_ack() && !finding.crosses) {
        finding.verdict = is_repeated ? Verdict::AnotherResponse : Verdict::Response;
        finding.proof.evidence = Evidence::Answers;
    } else if (!segment.is_pure_ack() && !is_repeated && !is_after(scene.peer.nxt(), probe->seq + 1)) {
        // Were there data of the prober since, there would be something else to answer.
        finding.verdict = Verdict::ImplicitAnswer;
    }
    return finding;
}

}  // namespace keepalive
