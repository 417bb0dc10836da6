// SPDX-License-Identifier: GPL-2.0-or-later
// How long TCP's timers and paths take, as far as more than one file needs it.
#ifndef KEEPALIVE_ENGINE_TIMERS_H
#define KEEPALIVE_ENGINE_TIMERS_H

#include "segment.h"

namespace keepalive {

// TCP_KEEPIDLE and TCP_KEEPINTVL are whole seconds (tcp(7)), so the shortest keepalive timer is 1 s. A receiver acknowledges
// within 500 ms (RFC 9293 section 3.8.6.3). So a segment that comes sooner than this may be the ACK of something, and one
// that comes later is not. A little less than 1 s, as a path does not delay all segments alike.
constexpr Nanoseconds kShortestKeepalive = 950 * kMillisecond;

// A segment that comes so soon after another one is late, not a probe: Apple's keepalives, the soonest known, come 100 ms
// after data, and no stack repeats a probe so fast.
constexpr Nanoseconds kAtOnce = 20 * kMillisecond;

// The persist timer begins with the retransmission timeout, whose shortest value is this (Linux: TCP_RTO_MIN). Data that
// waits for a closed window is sent sooner than this after the window has opened.
constexpr Nanoseconds kShortestPersist = 200 * kMillisecond;

// No path holds a segment back for longer than this.
constexpr Nanoseconds kLongestDisorder = 900 * kMillisecond;

// A segment and its answer are seldom on their way for longer than this.
constexpr Nanoseconds kLongestOnTheWay = 500 * kMillisecond;

// Even a busy or slow host answers a probe within a second. What comes later is more likely a probe than an answer.
constexpr Nanoseconds kLatestAnswer = kSecond;

// The latest that a timer can go off: Linux's timer wheel is late by up to an eighth (kernel/time/timer.c), and the path and
// the capture add a little.
constexpr Nanoseconds latest(Nanoseconds timer) {
    return timer > INT64_MAX / 2 ? INT64_MAX : timer + timer / 8 + 100 * kMillisecond;
}

}  // namespace keepalive

#endif
