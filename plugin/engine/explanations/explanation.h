// SPDX-License-Identifier: GPL-2.0-or-later
// What a segment can be. Each explanation has a file of its own, sees one scene, and changes nothing; explanation.cpp has
// their order. The comment before each is the source of docs/rules.md.
#ifndef KEEPALIVE_ENGINE_EXPLANATIONS_EXPLANATION_H
#define KEEPALIVE_ENGINE_EXPLANATIONS_EXPLANATION_H

#include "../record.h"
#include "../scene.h"

namespace keepalive {

enum class Verdict : std::uint8_t {
    None,             // this explanation does not apply
    Other,            // it looks like a part of a keepalive exchange, but is something else: `mistake` says what
    Probe,            //
    Inferred,         // a probe, although the capture does not show the ACK of all before it
    Undecided,        // later segments decide
    Response,         // answers the probe that waits
    AnotherResponse,  // one more answer to a run that was answered before
    ResponseToCrossed,
    ImplicitAnswer,  // data or FIN: it answers the probe that waits, but is not part of the exchange
    PeerReset,
    GaveUp,
};

// What becomes of an end's undecided probes.
enum class Revision : std::uint8_t {
    None,
    Confirm,
    ConfirmInferred,  // they are probes, although the capture shows no acknowledgement before them
    ShowInferred,     // likewise, but they may still be refuted if the peer was not seen
    ExpectInferred,   // still undecided; if they are confirmed, they are inferred
    Leave,            // they are never decided
    Refute,
    RefuteNewest,    // a zero-window probe; the others are never decided
    RefuteChain,     // zero-window probes, and this segment continues their doubling
    RefuteDoubling,  // zero-window probes, as far back as their spacing doubles
};

struct Finding {
    Verdict verdict = Verdict::None;
    Mistake mistake = Mistake::None;
    Proof proof;
    Revision revision = Revision::None;  // of the sender's own undecided probes
    Spacing spacing;                     // of the sender's probes into a closed window, with this one; if `is_spaced`
    bool is_spaced = false;              //
    bool crosses = false;                // the probe that waits had not arrived when this was sent
    bool is_duplicate = false;           // copies a probe or a response
    bool answers_copy = false;           // of a probe, so it is no activity
};

inline Finding other(Mistake mistake, Evidence evidence, std::uint32_t frame) {
    Finding finding;
    finding.verdict = Verdict::Other;
    finding.mistake = mistake;
    finding.proof = {evidence, frame};
    return finding;
}

inline Finding found(Verdict verdict, Evidence evidence, std::uint32_t frame) {
    Finding finding;
    finding.verdict = verdict;
    finding.proof = {evidence, frame};
    return finding;
}

// Whether this was sent before or after the segment that reached SND.NXT, by its TSval or IP identification.
enum class Sent : std::uint8_t { Before, After, Unknown };
Sent when_sent(const Scene& scene);

// What this sender sends into a closed window carries octets: its zero-window probes the one that waits; or it sends data
// again that the peer has refused. So an empty segment below SND.NXT is not one of its zero-window probes.
bool sends_octets_into_closed_window(const Scene& scene);

// The first explanation that applies; Verdict::None if there is none.
Finding explain(const Scene& scene);

// The explanations, one by one. A Revision says what becomes of the undecided probes of `scene.own` or `scene.other`.
Finding handshake(const Scene& scene);
Finding retransmission(const Scene& scene);
Finding late_ack(const Scene& scene);
Finding zero_window_probe(const Scene& scene);
Finding keepalive_probe(const Scene& scene);
Finding first_sight(const Scene& scene);
Finding answer_to_other(const Scene& scene);
Finding answer_to_copy(const Scene& scene);
Finding response(const Scene& scene);
Finding reset(const Scene& scene);

// The segment is at SND.NXT - 1, and comes so soon after its sender's last one that no timer can have sent it.
bool is_right_behind_own(const Scene& scene);

// Asked before all others. `print` is the segment's print. Verdict::None if the segment is not a copy.
Finding copy(const Scene& scene, const Print& print);

// An ACK of a probe that another ACK has crossed, which only its time keeps from being the response.
bool may_answer_crossed_probe(const Scene& scene);
// An ACK that says nothing new, so long after all other segments that only a probe can have caused it. The capture lacks the
// probe.
bool may_answer_missing_probe(const Scene& scene);
// An empty segment at SND.UNA - 1 while data is outstanding, which only its time keeps from being a probe.
bool may_be_probe_in_flight(const Scene& scene);

Revision first_sight_by_own_next(const Scene& scene);
Revision first_sight_by_peers_ack(const Scene& scene);
// What becomes of the undecided probes of `prober`, which may be either end's: `is_own` says whether it sent the segment.
Revision zero_window_probe_after_opening(const Scene& scene, const Prober& prober, bool is_own);

}  // namespace keepalive

#endif
