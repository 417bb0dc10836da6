// SPDX-License-Identifier: GPL-2.0-or-later
// What more than one room needs to know of how long TCP's timers and paths take.
#ifndef KEEPALIVE_ENGINE_TIMERS_H
#define KEEPALIVE_ENGINE_TIMERS_H

#include "segment.h"

namespace keepalive {

// The shortest keepalive timer is 1 s (tcp(7): TCP_KEEPIDLE and TCP_KEEPINTVL are whole seconds), and timers are never
// early. A receiver acknowledges within 500 ms (RFC 9293 section 3.8.6.3). So a segment that comes sooner may be owed to
// something else, and one that comes later is owed to nothing. A little less than 1 s, as a path does not delay evenly.
constexpr Nanoseconds kShortestKeepalive = 950 * kMillisecond;

// Where nothing but time can tell, a segment that comes so soon after another one is disorder: Apple's keepalives, the
// soonest known, come 100 ms after data, and no stack repeats a probe so fast.
constexpr Nanoseconds kAtOnce = 20 * kMillisecond;

// The shortest retransmission timeout (Linux: TCP_RTO_MIN), with which the persist timer begins; and what waits for a
// closed window leaves sooner than that once it opens.
constexpr Nanoseconds kShortestPersist = 200 * kMillisecond;

// No path holds a segment back for longer.
constexpr Nanoseconds kLongestDisorder = 900 * kMillisecond;

// A busy or slow host answers a probe within a second; later, the next probe is more likely than the answer.
constexpr Nanoseconds kLatestAnswer = kSecond;

// The Linux timer wheel is late by up to an eighth (kernel/time/timer.c), and the capture adds a little.
constexpr Nanoseconds latest(Nanoseconds timer) {
    return timer > INT64_MAX / 2 ? INT64_MAX : timer + timer / 8 + 100 * kMillisecond;
}

}  // namespace keepalive

#endif
