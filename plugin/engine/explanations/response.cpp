// SPDX-License-Identifier: GPL-2.0-or-later
#include "../serial.h"
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

namespace {

bool is_place_of_probe(Place place) {
    return place == Place::BelowUna || place == Place::BelowNxt;
}

bool answers_with_fins_number(const Scene& scene) {
    const Record* probe = scene.other->awaiting();
    return scene.me.has_sent_fin() && !scene.me.has_rested_at_nxt() && scene.segment.is_pure_ack() && probe != nullptr &&
           scene.segment.time - probe->time < kLatestAnswer;
}

// The probe crossed something of the peer: an ACK that acknowledges nothing else is its answer, and a D-SACK that names
// the probe's octet (RFC 2883) whenever it comes.
bool answers_crossed(const Scene& scene) {
    const Segment& segment = scene.segment;
    const Record* probe = scene.other->crossed_probe();
    if (probe == nullptr || !segment.is_pure_ack() || !probe->is_answered_by(segment) ||
        is_after(scene.peer.nxt(), segment.ack) || segment.window != scene.me.window())
        return false;
    const bool names_probe =
        probe->has_octet && segment.has_sack && segment.sack_left == probe->seq && segment.sack_right == probe->seq + 1;
    return names_probe || scene.other->can_answer_crossed(segment.time - probe->time);
}

}  // namespace

// Response: the peer's ACK of a probe.
// Told by: a pure ACK of one octet more than the probe begins with, while a probe waits for its answer or one of the
// run that was answered still may get its own. Data answers as well, unless the prober has sent data since.
// An end that has sent its FIN may answer with the FIN's sequence number (FreeRTOS+TCP, 70 to 500 ms later): its place is
// that of a probe, and while it has sent nothing behind its FIN, the probe that waits is what it answers.
// Not told so: if it comes sooner than the path allows and has something of its own to say (data, another window): then
// it crossed the probe.
// Proof: the probe.
Finding response(const Scene& scene) {
    const Segment& segment = scene.segment;
    const Prober* prober = scene.other;
    if (prober == nullptr || (is_place_of_probe(scene.place) && !answers_with_fins_number(scene)))
        return {};
    if (answers_crossed(scene))
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
