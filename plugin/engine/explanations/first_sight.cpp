// SPDX-License-Identifier: GPL-2.0-or-later
#include "../serial.h"
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

namespace {

// So soon after another one that not every stack's keepalive timer can have sent it.
bool is_soon(const Record& probe) {
    return probe.previous != nullptr && probe.interval() < kShortestKeepalive;
}

// One doubling alone is not enough: TCP_KEEPINTVL after TCP_KEEPIDLE can look like one.
bool has_doubled_twice(const Record& probe) {
    const Record* before = probe.previous;
    return before != nullptr && before->previous != nullptr &&
           Spacing::is_doubling(before->previous->interval(), before->interval()) &&
           Spacing::is_doubling(before->interval(), probe.interval());
}

// The same segment again decides nothing, as it may be the answer to segments of the peer. But no answer carries an octet,
// or PSH without data; and data would be sent with PSH. picoTCP's probes have PSH, and its acknowledgements have not.
bool is_no_acknowledgement(const Segment& segment, const Record& probe) {
    const bool has_octet = segment.length == 1;
    return has_octet == probe.has_octet && segment.has(kPsh) == probe.has_push && segment.has(kPsh) != has_octet;
}

}  // namespace

// First sight: one of the first segments of an end in the capture. It may be a probe, but its number cannot yet be compared
// with anything.
// Told by: at most one octet, before the peer has acknowledged anything. It is a probe if the peer then acknowledges one
// octet more than it begins with; or if its sender's own next segment begins one octet further (an ACK after 950 ms; data
// or a FIN at any time); or if the same octet comes again without PSH, or the same empty segment with PSH, and the peer does
// not refuse it after all. Anything else shows that it is not a probe, and so do gaps that double twice. One that doubles
// from less than 950 ms leaves it undecided. Where SND.NXT was known before, an ACK there says nothing, however soon.
// Not told so: one octet with PSH, which may be data that is sent for the first time.
// Proof: the later segment.
Finding first_sight(const Scene& scene) {
    Finding finding = found(Verdict::Undecided, Evidence::None, 0);
    if (scene.segment.length == 1 && scene.segment.has(kPsh))
        finding.mistake = Mistake::Retransmission;
    return finding;
}

// As long as the capture does not show the peer, the sender's next segment decides.
Revision first_sight_by_own_next(const Scene& scene) {
    if (scene.own == nullptr || !scene.own->is_undecided() || scene.me.knows_una())
        return Revision::None;
    const Segment& segment = scene.segment;
    const Record& probe = *scene.own->undecided();
    const Nanoseconds gap = segment.time - probe.time;
    const bool is_spaced = gap >= kShortestKeepalive;
    const std::int32_t step = distance(segment.seq, probe.seq);
    if (step == 0 && segment.may_be_probe() && segment.ack == scene.me.last_ack()) {
        if (is_spaced)
            return is_no_acknowledgement(segment, probe) ? Revision::ShowInferred : Revision::None;
        // Sooner than that, too, a timer may have sent an octet or what is at SND.NXT - 1: the next gaps tell.
        if (probe.mistake == Mistake::None && scene.me.nxt() == probe.seq + 1 && gap >= kShortestPersist)
            return Revision::None;
    }
    const bool has_more = segment.length > 0 || segment.has(kFin);
    const bool goes_on = has_more && probe.mistake == Mistake::None && !probe.has_octet;
    const bool is_told = step == 1 && (is_spaced || goes_on) && probe.mistake == Mistake::None;
    // A probe that is shown already was at SND.NXT - 1, and whenever its sender answers the peer, it does so at SND.NXT.
    if (!is_told)
        return step == 1 && probe.inferred ? Revision::None : Revision::Refute;
    if (has_doubled_twice(probe))
        return Revision::RefuteDoubling;
    // One doubling from a gap that is too short for a keepalive.
    return scene.own->spacing().has_chain() ? Revision::Leave : Revision::ConfirmInferred;
}

// If the peer acknowledges one octet more than the segment begins with, that octet was sent before: the segment is a probe.
Revision first_sight_by_peers_ack(const Scene& scene) {
    if (scene.other == nullptr || !scene.other->is_undecided() || scene.peer.knows_una())
        return Revision::None;
    const Segment& segment = scene.segment;
    const Record& probe = *scene.other->undecided();
    // One octet with PSH may be data. A D-SACK, by which the peer says that it has the octet already (RFC 2883), does not
    // decide either: a retransmission is answered like that, too.
    const bool may_be_data = probe.mistake == Mistake::Retransmission;
    const bool acknowledges = segment.ack == probe.seq + 1;
    // The window is closed, so this may be a zero-window probe: the spacing of the next ones decides.
    if (acknowledges && segment.window == 0 && segment.is_pure_ack() && (probe.probe_number == 1 || is_soon(probe)))
        return Revision::ExpectInferred;
    // What was sent twice in less than a second may be anything. A timer shows in two gaps.
    if (is_soon(probe) && !Spacing::is_even(probe.previous->interval(), probe.interval()))
        return Revision::Refute;
    return acknowledges && !segment.has(kFin) && !may_be_data ? Revision::ConfirmInferred : Revision::Refute;
}

}  // namespace keepalive
