// SPDX-License-Identifier: GPL-2.0-or-later
#include "spacing.h"

#include "timers.h"

namespace keepalive {

namespace {

// TCP_RTO_MAX on Linux is 120 s: the persist timer doubles below it, and then is even. It is late by an eighth at most.
constexpr Nanoseconds kLongestDoubling = 100 * kSecond;
constexpr Nanoseconds kLongestPersist = 140 * kSecond;

bool is_ratio(Nanoseconds a, Nanoseconds b, int least_percent, int most_percent) {
    const auto ratio = static_cast<double>(b) / static_cast<double>(a) * 100.0;
    return a > 0 && ratio >= least_percent && ratio <= most_percent;
}

}  // namespace

bool Spacing::is_doubling(Nanoseconds gap, Nanoseconds next_gap) {
    return is_ratio(gap, next_gap, 160, 260);
}

bool Spacing::is_even(Nanoseconds gap, Nanoseconds next_gap) {
    return is_ratio(gap, next_gap, 80, 125);
}

Spacing Spacing::with(Nanoseconds gap) const {
    Spacing next;
    next.gap_ = gap;
    next.doublings_ = is_doubling(gap_, gap) ? doublings_ + 1 : 0;
    // Once, TCP_KEEPINTVL after TCP_KEEPIDLE looks like a doubling too.
    const bool is_persist =
        gap < kShortestKeepalive || next.doublings_ > 1 || (next.doublings_ == 1 && gap_ < kShortestKeepalive);
    const bool can_be_persist_at_its_limit = gap >= kLongestDoubling && gap <= kLongestPersist;
    if (gap >= kShortestKeepalive && !can_be_persist_at_its_limit && is_even(gap_, gap))
        next.timer_ = Timer::KeepAlive;
    else if (is_persist)
        next.timer_ = Timer::Persist;
    else
        next.timer_ = timer_ == Timer::KeepAlive ? Timer::Unknown : timer_;
    return next;
}

}  // namespace keepalive
