// SPDX-License-Identifier: GPL-2.0-or-later
// One segment, and what was known before it. This is all that an explanation sees.
#ifndef KEEPALIVE_ENGINE_SCENE_H
#define KEEPALIVE_ENGINE_SCENE_H

#include "end.h"
#include "prober.h"
#include "segment.h"
#include "timers.h"

namespace keepalive {

// Where a segment begins in its sender's sequence space. Each place is one bit, so that a rule can name several.
enum class Place : std::uint8_t {
    Elsewhere = 1,
    BelowUna = 2,    // at SND.UNA - 1 with nothing outstanding, at most one octet: where a probe begins
    BelowNxt = 4,    // at SND.NXT - 1, and the capture does not show the ACK of that octet
    InFlight = 64,   // at SND.UNA - 1 while data of the sender is outstanding
    FirstSight = 8,  // the peer has acknowledged nothing yet, and this end has sent nothing else
    Syn = 16,
    Reset = 32,
};

constexpr Nanoseconds kAgesAgo = INT64_MAX;

struct Scene {
    const Segment& segment;
    const End& me;        // the end that sent it
    const End& peer;      //
    const Prober* own;    // this end's probes; null if it has sent none, and its peer's window has not opened
    const Prober* other;  // the peer's
    Place place;
    Nanoseconds last_activity;  // the last segment outside any keepalive exchange; kNever if there was none
    std::uint32_t activity_frame;
    std::uint32_t my_frame;    // of this end's last segment; 0 if there was none
    std::uint32_t peer_frame;  // of the peer's last segment

    Nanoseconds since_activity() const { return last_activity == kNever ? kAgesAgo : segment.time - last_activity; }
    Nanoseconds since_sent_by(const End& end) const { return end.was_seen() ? segment.time - end.last_sent() : kAgesAgo; }
    // Neither end has sent anything for so long that no other segment can have caused this one.
    bool is_after_quiet() const {
        return since_sent_by(me) >= kShortestKeepalive && since_sent_by(peer) >= kShortestKeepalive;
    }
    // The sender's last segment is answered like a probe, and its answer may still be to come.
    bool is_behind_other() const {
        return me.was_last_other() && me.last_sent() > peer.last_sent() && since_sent_by(me) < kLongestOnTheWay;
    }
    // Since the sender's TCP last heard its peer; kNever if the capture does not show when.
    Nanoseconds silence() const { return me.last_heard() == kNever ? kNever : segment.time - me.last_heard(); }
};

}  // namespace keepalive

#endif
