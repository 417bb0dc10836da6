// SPDX-License-Identifier: GPL-2.0-or-later
#include "../serial.h"
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

namespace {

// A receiver acknowledges data within this time (RFC 9293 section 3.8.6.3).
constexpr Nanoseconds kLongestDelayedAck = 500 * kMillisecond;

bool is_place_of_probe(Place place) {
    return place == Place::BelowUna || place == Place::BelowNxt;
}

// Unless its own keepalive is due.
bool answers_with_fins_number(const Scene& scene) {
    const Record* probe = scene.other->awaiting();
    const bool is_due = scene.own != nullptr && scene.own->is_usual_silence(scene.silence());
    return scene.me.has_sent_fin() && !scene.me.has_rested_at_nxt() && !is_due && scene.segment.is_pure_ack() &&
           probe != nullptr && scene.segment.time - probe->time < kLatestAnswer;
}

// It answers with SND.UNA: the octet that its zero-window probes carry is beyond that, and not part of SND.NXT (FreeBSD's
// tcp_output.c takes snd_nxt and not snd_max while the persist timer runs).
bool answers_below_refused_octet(const Scene& scene) {
    const Record* probe = scene.other->awaiting();
    return scene.peer.is_window_closed() && sends_octets_into_closed_window(scene) && scene.segment.is_pure_ack() &&
           probe != nullptr && scene.segment.time - probe->time < kLatestAnswer;
}

// By a D-SACK of the probe's octet (RFC 2883).
bool names(const Segment& segment, const Record& probe) {
    return probe.has_octet && segment.has_sack && segment.sack_left == probe.seq && segment.sack_right == probe.seq + 1;
}

// The probe that was crossed, if this is an ACK of it; else null.
const Record* acknowledged_crossed_probe(const Scene& scene) {
    const Record* probe = scene.other != nullptr ? scene.other->crossed_probe() : nullptr;
    return probe != nullptr && scene.segment.is_pure_ack() && probe->is_answered_by(scene.segment) ? probe : nullptr;
}

// The probe and a segment of the peer crossed on the way, so the answer is still to come. It is an ACK that acknowledges
// nothing else, or, whenever it comes, one that names the probe's octet.
bool answers_crossed(const Scene& scene) {
    const Segment& segment = scene.segment;
    const Record* probe = acknowledged_crossed_probe(scene);
    if (probe == nullptr || is_after(scene.peer.nxt(), segment.ack) || segment.window != scene.me.window())
        return false;
    return names(segment, *probe) || scene.other->can_answer_crossed(segment.time - probe->time);
}

// The prober has sent data again since the probe. The peer's answer to the probe would have come before its ACK of that.
bool acknowledges_data_sent_again(const Scene& scene) {
    return scene.other->has_sent_again() && !scene.other->is_too_soon(scene.since_sent_by(scene.peer));
}

// It acknowledges data that was sent just before, and comes for that. Linux does not even answer a probe that arrives
// between the data and its delayed ACK (tcp_sequence in net/ipv4/tcp_input.c compares with what it has acknowledged).
bool acknowledges_new_data(const Scene& scene, const Record& probe) {
    const bool is_first = scene.peer.una_frame() == 0;  // so far it was only assumed to be acknowledged
    const Nanoseconds fastest = scene.other->fastest_response();
    const Nanoseconds round_trip = fastest != 0 ? fastest : scene.segment.time - probe.time;
    return is_first && scene.segment.is_pure_ack() && scene.peer.has_data_up_to_nxt() &&
           scene.since_activity() < round_trip + kLongestDelayedAck;
}

// What was sent before the probe is answered before it.
bool answers_what_came_before(const Scene& scene, const Record& probe, bool is_too_soon) {
    if (names(scene.segment, probe))
        return false;
    const Prober& prober = *scene.other;
    const bool may_answer_other = is_too_soon || prober.fastest_response() == 0 || prober.is_right_behind_other();
    const bool answers_other = prober.is_behind_other() && may_answer_other;
    return answers_other || acknowledges_new_data(scene, probe);
}

}  // namespace

bool may_answer_crossed_probe(const Scene& scene) {
    const Record* probe = acknowledged_crossed_probe(scene);
    return probe != nullptr && scene.segment.time - probe->time < kLatestAnswer;
}

bool may_answer_missing_probe(const Scene& scene) {
    const Segment& segment = scene.segment;
    return segment.is_pure_ack() && segment.seq == scene.me.nxt() && segment.ack == scene.me.last_ack() &&
           segment.window == scene.me.window() && scene.is_after_quiet();
}

// Response: the peer's ACK of a probe.
// Told by: a pure ACK whose SEG.ACK is the probe's SEG.SEQ + 1, while a probe waits for its answer; or after its run was
// answered, while another probe of the run may still get an answer. Data answers a probe too, unless the prober has sent
// data since. An end that has sent its FIN may answer with the FIN's sequence number (FreeRTOS+TCP does, 70 to 500 ms after
// the probe). There a probe of its own would begin, too; but as long as it has sent nothing after its FIN, it is the answer,
// unless it comes after the silence after which that end has probed before.
// Likewise an end whose zero-window probes carry an octet: it answers with the number of that octet, within 1 s.
// Not told so: a segment that comes sooner than the path allows and has a reason of its own (data, another window, a
// zero-window probe less than 500 ms before the probe). It crossed the probe on the way. Nor the first ACK behind a
// zero-window probe less than 5 ms before the probe, as the time does not tell them apart. Nor an ACK of data that the
// prober has sent again since the probe, or less than a round trip and 500 ms before (the fastest response, or as long as
// this one would have taken). Nor an ACK that opens the window, if it comes much later than the fastest response: a receiver
// says without a probe that its window is open. Of an ACK that repeats the one before, 950 ms or more after all other
// segments, nothing is said: the capture may lack its probe.
// Proof: the probe.
Finding response(const Scene& scene) {
    const Segment& segment = scene.segment;
    const Prober* prober = scene.other;
    if (prober == nullptr)
        return {};
    if (is_place_of_probe(scene.place) && !answers_with_fins_number(scene) && !answers_below_refused_octet(scene))
        return {};
    if (answers_crossed(scene))
        return found(Verdict::ResponseToCrossed, Evidence::Answers, 0);
    const bool is_repeated = prober->awaiting() == nullptr && segment.window == scene.me.window();
    const Record* probe = is_repeated ? prober->overdue() : prober->awaiting();
    if (probe == nullptr || !probe->is_answered_by(segment) || acknowledges_data_sent_again(scene))
        return {};
    Finding finding;
    // Data, and an ACK that changes the window, are sent even without a probe.
    const bool says_more = segment.length > 0 || segment.window != scene.me.window();
    const Nanoseconds since = segment.time - probe->time;
    const bool is_window_update = segment.is_pure_ack() && scene.me.is_window_closed() && segment.window > 0;
    if (is_window_update && prober->is_too_late(since))
        return {};
    const bool is_too_soon = prober->is_too_soon(since);
    finding.crosses = !is_repeated && ((says_more && is_too_soon) || answers_what_came_before(scene, *probe, is_too_soon));
    if (segment.is_pure_ack() && !finding.crosses) {
        finding.verdict = is_repeated ? Verdict::AnotherResponse : Verdict::Response;
        finding.proof.evidence = Evidence::Answers;
    } else if (!segment.is_pure_ack() && !is_repeated && !is_after(scene.peer.nxt(), probe->seq + 1)) {
        // If the prober had sent data since, this might answer that data.
        finding.verdict = Verdict::ImplicitAnswer;
    }
    return finding;
}

}  // namespace keepalive
