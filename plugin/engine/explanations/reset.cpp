// SPDX-License-Identifier: GPL-2.0-or-later
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

namespace {

// A reset that answers a probe comes within a round trip (if none is known, within this time), or a little later from a busy
// host.
constexpr Nanoseconds kUnknownRoundTrip = kSecond;
constexpr Nanoseconds kBusy = 50 * kMillisecond;

bool is_timer_of(Nanoseconds span, Nanoseconds timer) {
    return span >= timer - timer / 20 && span <= latest(timer);
}

// Linux gives up one TCP_KEEPINTVL after the last probe, with RST+ACK at SND.NXT (tcp_send_active_reset in
// tcp_keepalive_timer). An application that closes its socket can send the same segment at any time, so only the interval
// tells them apart. If a device in between drops everything, both ends give up, each at its own time.
bool is_give_up(const Scene& scene) {
    const Prober* own = scene.own;
    const Record* probe = own != nullptr ? own->awaiting() : nullptr;
    const std::uint32_t seq = scene.segment.seq;
    if (probe == nullptr || (seq != probe->seq + 1 && seq != scene.me.nxt() && seq != scene.me.una()))
        return false;
    // Data that was sent since has a timer of its own. Acknowledgements, and zero-window probes with an octet, change
    // nothing.
    const bool has_sent_data = scene.me.nxt() != probe->seq + 1 || !scene.me.has_rested_at_nxt();
    if (own->newest() != probe && has_sent_data && !scene.me.persists_with_octet())
        return false;
    const Nanoseconds since = scene.segment.time - probe->time;
    if (probe->continues_run() && Spacing::is_doubling(probe->previous->interval(), probe->interval()))
        return since >= probe->interval();  // Solaris doubles until its abort threshold
    if (probe->continues_run())
        return is_timer_of(since, probe->interval());
    if (const std::uint32_t keepintvl = own->keepintvl(); keepintvl != 0)
        return is_timer_of(since, keepintvl * kSecond);
    return can_be_timer(since);
}

// A peer that no longer knows the connection answers with a RST without ACK, at the probe's SEG.ACK (RFC 9293 section
// 3.10.7.1).
bool is_peer_reset(const Scene& scene) {
    const Segment& segment = scene.segment;
    const Record* probe = scene.other != nullptr ? scene.other->awaiting() : nullptr;
    if (probe == nullptr || (probe->partner != nullptr && probe->partner->type == Type::PeerReset))
        return false;
    if (probe->undecided)
        return probe->probe_number > 1 && !segment.has(kAck) && segment.seq == scene.peer.last_ack();
    if (!segment.has(kAck))
        return segment.seq == scene.peer.last_ack();
    const Nanoseconds since = segment.time - probe->time;
    const Nanoseconds fastest = scene.other->fastest_response();
    return fastest != 0 ? (since - kBusy) / 2 < fastest : since < kUnknownRoundTrip;
}

}  // namespace

// Reset: keepalives ended the connection: the prober gave up, or the peer answered a probe with a reset.
// Told by: gave up: a RST at SND.NXT of the prober, one interval after the last unanswered probe. Peer reset: a RST
// without ACK at the probe's SEG.ACK, or a RST with ACK within a round trip of the probe.
// Not told so: a RST at any other time. An application or a device sent it; the capture does not show which. Nor a second
// one before the next probe: it answers something else.
// Proof: gave up: the last probe of the run. Peer reset: the probe.
Finding reset(const Scene& scene) {
    if (is_give_up(scene)) {
        Finding finding = found(Verdict::GaveUp, Evidence::Unanswered, scene.own->awaiting()->frame);
        finding.revision = Revision::Confirm;
        return finding;
    }
    return is_peer_reset(scene) ? found(Verdict::PeerReset, Evidence::Answers, 0) : Finding{};
}

}  // namespace keepalive
