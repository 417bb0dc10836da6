// SPDX-License-Identifier: GPL-2.0-or-later
#include "../serial.h"
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

// First sight: the first segments of an end in the capture, which may be probes: no number tells yet.
// Told by: at most one octet, before the peer has acknowledged anything. The peer's ACK of one octet more makes it a
// probe, and so does the sender's own next segment one octet further (an ACK after 950 ms; data or FIN at any time), or the
// same octet once more without PSH; anything else makes it none.
// Not told so: one octet with PSH may be data that is sent for the first time.
// Proof: the later segment that tells.
Finding first_sight(const Scene& scene) {
    Finding finding = found(Verdict::Undecided, Evidence::None, 0);
    if (scene.segment.length == 1 && scene.segment.has(kPsh))
        finding.mistake = Mistake::Retransmission;
    return finding;
}

// The sender's next segment tells, if the peer stays unseen.
Revision first_sight_by_own_next(const Scene& scene) {
    if (scene.own == nullptr || !scene.own->is_undecided() || scene.me.knows_una())
        return Revision::None;
    const Segment& segment = scene.segment;
    const Record& probe = *scene.own->undecided();
    const bool is_spaced = segment.time - probe.time >= kShortestKeepalive;
    const std::int32_t step = distance(segment.seq, probe.seq);
    if (step == 0 && is_spaced && segment.may_be_probe() && segment.ack == scene.me.last_ack()) {
        // Repeated: still open. But data is pushed, so an octet that is not, once more, is none of it.
        const bool is_garbage =
            probe.has_octet && segment.length == 1 && !segment.has(kPsh) && probe.mistake == Mistake::None;
        return is_garbage ? Revision::ConfirmInferred : Revision::None;
    }
    const bool has_more = segment.length > 0 || segment.has(kFin);
    const bool goes_on = has_more && probe.mistake == Mistake::None && !probe.has_octet;
    const bool is_told = step == 1 && (is_spaced || goes_on) && probe.mistake == Mistake::None;
    return is_told ? Revision::ConfirmInferred : Revision::Refute;
}

// The peer acknowledges one octet more than the segment begins with: that octet was sent before.
Revision first_sight_by_peers_ack(const Scene& scene) {
    if (scene.other == nullptr || !scene.other->is_undecided() || scene.peer.knows_una())
        return Revision::None;
    const Segment& segment = scene.segment;
    const Record& probe = *scene.other->undecided();
    // One octet that was pushed may be data. That the peer has it already (RFC 2883) is said of a retransmission too.
    const bool may_be_data = probe.mistake == Mistake::Retransmission;
    const bool acknowledges = segment.ack == probe.seq + 1;
    // Into a closed window: the spacing of the next ones tells.
    if (acknowledges && segment.window == 0 && segment.is_pure_ack() && probe.probe_number == 1)
        return Revision::ExpectInferred;
    return acknowledges && !segment.has(kFin) && !may_be_data ? Revision::ConfirmInferred : Revision::Refute;
}

}  // namespace keepalive
