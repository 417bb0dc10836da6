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
    Other,            // it looks like a part of a keepalive exchange, and is something else: `mistake`
    Probe,            //
    Inferred,         // a probe, known without the ACK of what it repeats
    Undecided,        // later segments tell
    Response,         // answers the probe that waits
    AnotherResponse,  // one more answer to a run that was answered before
    ResponseToCrossed,
    ImplicitAnswer,  // data or FIN: answers the probe that waits, and is no part of the exchange
    PeerReset,
    GaveUp,
};

// What becomes of an end's undecided probes.
enum class Revision : std::uint8_t {
    None,
    Confirm,
    ConfirmEven,      // the newest of them are, as far back as their spacing is even; the others stay undecided
    ConfirmInferred,  // they are probes; no acknowledgement before them shows it
    ExpectInferred,   // still undecided; should they be confirmed, they are inferred
    Refute,
    RefuteChain,     // zero-window probes, and this segment goes on with their doubling
    RefuteDoubling,  // zero-window probes, as far back as their spacing doubles; before that, keepalives
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

// When the sender sent this, by its own numbers: before or after the segment that reached SND.NXT.
enum class Sent : std::uint8_t { Before, After, Unknown };
Sent when_sent(const Scene& scene);

// Zero-window probes of this sender carry the octet that waits, or that octet was sent before and the peer refuses it: an
// empty segment below SND.NXT is none of them.
bool persists_with_octet(const Scene& scene);

// The first explanation that applies; Verdict::None if there is none.
Finding explain(const Scene& scene);

// Each of them; those that return a Revision tell it of the undecided probes of `scene.own` or `scene.other`.
Finding handshake(const Scene& scene);
Finding retransmission(const Scene& scene);
Finding late_ack(const Scene& scene);
Finding zero_window_probe(const Scene& scene);
Finding keepalive_probe(const Scene& scene);
Finding first_sight(const Scene& scene);
Finding answer_to_other(const Scene& scene);
Finding response(const Scene& scene);
Finding reset(const Scene& scene);

// At SND.NXT - 1, and so soon after its sender's last segment that no timer sent it.
bool is_right_behind_own(const Scene& scene);

// Verdict::None if the segment, whose print is `print`, is no copy. Asked before all others.
Finding copy(const Scene& scene, const Print& print);

Revision first_sight_by_own_next(const Scene& scene);
Revision first_sight_by_peers_ack(const Scene& scene);
// Of `prober`, whose peer is not necessarily the sender of the segment.
Revision zero_window_probe_after_opening(const Scene& scene, const Prober& prober, bool is_own);

}  // namespace keepalive

#endif
