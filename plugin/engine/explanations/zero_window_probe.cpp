// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "../serial.h"
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

namespace {

// Captured at the receiver, what its sender sends at once may come so long after the window has opened.
constexpr Nanoseconds kLongestRoundTrip = kSecond;

// No chain is known, and its sender was silent for nearly as long as before its keepalives. Right behind a probe that is
// undecided, one of the two is a zero-window probe.
bool is_as_usual(const Scene& scene, const Spacing& before, const Spacing& spacing) {
    const Prober* own = scene.own;
    if (own == nullptr || before.has_chain() || spacing.may_be_either())
        return false;
    const bool is_right_behind = own->is_undecided() && scene.segment.time - own->undecided()->time < kShortestKeepalive;
    return !is_right_behind && Spacing::is_even(own->usual_silence(), scene.silence());
}

// The window is closed, and all is acknowledged: a zero-window probe, a keepalive, or one of them that the next ones tell.
Finding into_closed_window(const Scene& scene, const Spacing& before, Finding finding) {
    if (finding.spacing.timer() == Spacing::Timer::Persist) {
        if (!before.has_chain())
            finding.revision = Revision::RefuteChain;
        else if (finding.spacing.tells_one_before())
            finding.revision = Revision::RefuteNewest;
        return finding;
    }
    finding.mistake = Mistake::None;
    if (finding.spacing.timer() != Spacing::Timer::KeepAlive && !is_as_usual(scene, before, finding.spacing)) {
        finding.verdict = Verdict::Undecided;
        return finding;
    }
    const bool is_all_acknowledged = scene.place == Place::BelowUna;
    finding.verdict = is_all_acknowledged ? Verdict::Probe : Verdict::Inferred;
    finding.proof = is_all_acknowledged ? Proof{Evidence::AcknowledgedAll, scene.me.una_frame()}
                                        : Proof{Evidence::AckNotCaptured, scene.me.nxt_frame()};
    return finding;
}

// The capture does not show the peer, so its window need not be closed: a short gap proves nothing, and neither do two that
// double.
Finding into_unseen_window(const Scene& scene, const Spacing& before, Nanoseconds gap, Finding finding) {
    const bool is_doubled = finding.spacing.timer() == Spacing::Timer::Persist;
    if (is_doubled && before.has_chain()) {
        finding.revision = Revision::RefuteChain;
        return finding;
    }
    finding.mistake = Mistake::None;
    if (is_doubled || gap < kShortestKeepalive || finding.spacing.may_be_either()) {
        finding.verdict = Verdict::Undecided;
        return finding;
    }
    if (finding.spacing.timer() == Spacing::Timer::KeepAlive)
        finding.revision = Revision::ConfirmInferred;
    finding.verdict = Verdict::Inferred;
    finding.proof = {Evidence::AckNotCaptured, scene.me.nxt_frame()};
    return finding;
}

// This zero-window probe carries an octet, or data that the closed window has refused is sent again. So it was not the
// persist timer that sent the empty segments before.
bool asks_with_data(const Scene& scene) {
    const Segment& segment = scene.segment;
    return scene.peer.is_window_closed() && scene.me.knows_una() && segment.seq == scene.me.una() &&
           (segment.length == 1 || (segment.length > 1 && !is_after(segment.next_seq(), scene.me.nxt())));
}

// Its sender was silent for just as long as before its keepalives. A keepalive of the peer restarts the timer of some stacks
// (gVisor), but not that of Linux; and the next one without an answer comes after TCP_KEEPINTVL, which often is as long.
bool is_keepalive_due(const Scene& scene) {
    const Prober* own = scene.own;
    if (own == nullptr)
        return false;
    const Record* newest = own->newest();
    const bool is_next = newest != nullptr && newest->type == Type::Probe && newest->answer_frame == 0;
    return own->is_usual_silence(scene.silence()) || own->is_usual_silence(scene.since_sent_by(scene.peer)) ||
           (is_next && own->is_usual_silence(scene.segment.time - newest->time));
}

// Captured at the receiver, this may have been sent before its sender heard that the window has opened. If zero-window
// probes came before, data waits. As none has come since, that news may even be lost.
bool crosses_opening(const Scene& scene) {
    const Prober* own = scene.own;
    if (own == nullptr || own->window_opened == kNever)
        return false;
    if (own->has_persisted() && scene.me.last_sent() < own->window_opened)
        return true;
    const bool is_soon = scene.segment.time - own->window_opened < kLongestRoundTrip;
    return is_soon && scene.since_sent_by(scene.me) < kShortestKeepalive;
}

}  // namespace

// Zero-window probe: data waits to be sent, the peer's window is closed, and the persist timer asks whether it has opened.
// Told by: a closed window, and a first gap of 100 to 950 ms or gaps that double; or a closed window and one octet, if the
// capture does not show that all is acknowledged. If no gap has told them, data that leaves within 200 ms of the window's
// opening does. Data between 200 ms and 1 s after it decides nothing, as the path may be so long. The sender's first probe
// after it is undecided too, if zero-window probes came before, and so is any probe within 1 s after it if its sender sent
// something less than 950 ms before: it may not have heard of the opening yet. It is a keepalive if no data follows within
// 1 s. One that the chain expects, or that would make it a chain, is undecided if its sender was silent for just as long as
// before its keepalives; the next one tells. So is one that comes late for the chain: others may have been lost, or the peer
// may have restarted the timer. But if just as many as fit were lost, it is of the chain. One that came only nearly when the
// chain expected it is taken back if the next one comes in just double the chain's time without it, or too soon for the
// chain and after the same silence: then nothing is said of it.
// If the capture does not show the peer, its window is not known, and only gaps that double tell.
// Not told so: an empty segment of an end whose zero-window probes carry the octet that waits (FreeBSD, lwIP, NetX Duo), or
// that sends again what the peer has not acknowledged.
// Two even gaps of 950 ms or more, if they cannot be those of a persist timer that no longer doubles: near its usual limit
// of 120 s, or as long as the chain's last gap. Three where the capture begins in the closed window, or where its sender was
// silent for less than three quarters of the time before its keepalives.
// Beside a chain, one whose sender was silent for just as long as before its keepalives, if the chain's is not due.
// Proof: the peer's last segment, with window 0.
Finding zero_window_probe(const Scene& scene) {
    const bool peer_seen = scene.peer.was_seen();
    if (peer_seen && !scene.peer.is_window_closed())
        return crosses_opening(scene) ? found(Verdict::Undecided, Evidence::None, 0) : Finding{};
    if (peer_seen && scene.segment.length == 0 && sends_octets_into_closed_window(scene))
        return {};
    Finding finding = other(Mistake::ZeroWindowProbe, Evidence::WindowClosed, scene.peer_frame);
    if (peer_seen && scene.place == Place::BelowNxt && scene.segment.length > 0)
        return finding;
    const Record* newest = scene.own != nullptr ? scene.own->newest() : nullptr;
    const Nanoseconds gap = newest != nullptr ? scene.segment.time - newest->time : scene.since_activity();
    Spacing before = scene.own != nullptr ? scene.own->spacing() : Spacing{};
    // The capture begins with the first of the probes, and does not show for how long the window has been closed; or this
    // one comes sooner than the sender's keepalives.
    const bool is_sooner = scene.own != nullptr && scene.own->is_unusually_short(scene.silence());
    if ((newest != nullptr && newest->silence == kNever) || is_sooner)
        before.need_third_even();
    finding.spacing = before.with(scene.segment.time, gap, scene.silence(), is_keepalive_due(scene), peer_seen);
    finding.is_spaced = true;
    return peer_seen ? into_closed_window(scene, before, finding) : into_unseen_window(scene, before, gap, finding);
}

bool sends_octets_into_closed_window(const Scene& scene) {
    const End& me = scene.me;
    return me.persists_with_octet() || me.has_sent_again() || (me.knows_una() && scene.segment.seq == me.una());
}

Revision zero_window_probe_after_opening(const Scene& scene, const Prober& prober, bool is_own) {
    if (!prober.is_undecided())
        return Revision::None;
    if (is_own && !prober.undecided()->has_octet && asks_with_data(scene))
        return Revision::Confirm;
    if (prober.window_opened == kNever)
        return Revision::None;
    // At the latest, the sender hears of it by the answer to its probe.
    const Nanoseconds heard = std::max(prober.window_opened, prober.has_persisted() ? prober.undecided()->time : kNever);
    const Nanoseconds since = scene.segment.time - heard;
    if (since >= kLongestRoundTrip)
        return Revision::Confirm;
    if (!is_own || scene.segment.length == 0)
        return Revision::None;
    // Where a chain was known, data waits. It follows the answer to a keepalive, too, and so tells nothing.
    return since < kShortestPersist && !prober.has_persisted() ? Revision::RefuteDoubling : Revision::Leave;
}

}  // namespace keepalive
