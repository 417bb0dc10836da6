// SPDX-License-Identifier: GPL-2.0-or-later
#include "closed_window.h"

namespace keepalive {

namespace {

// TCP_KEEPIDLE and TCP_KEEPINTVL are whole seconds, and timers are never early: what comes sooner is a persist timer.
// A little less than a second, for captures taken behind a path that delays.
constexpr Nanoseconds kShortestKeepalive = 950 * kMillisecond;
// TCP_RTO_MAX on Linux is 120 s: the persist timer doubles below it, and then is even. It is late by an eighth at most.
constexpr Nanoseconds kLongestDoubling = 100 * kSecond;
constexpr Nanoseconds kLongestPersist = 140 * kSecond;

bool is_ratio(Nanoseconds a, Nanoseconds b, int least_percent, int most_percent) {
    const auto ratio = static_cast<double>(b) / static_cast<double>(a) * 100.0;
    return a > 0 && ratio >= least_percent && ratio <= most_percent;
}

}  // namespace

bool ClosedWindow::is_doubling(Nanoseconds gap, Nanoseconds next_gap) {
    return is_ratio(gap, next_gap, 160, 260);
}

bool ClosedWindow::is_even(Nanoseconds gap, Nanoseconds next_gap) {
    return is_ratio(gap, next_gap, 80, 125);
}

ClosedWindow::Kind ClosedWindow::probe(Nanoseconds gap) {
    const Nanoseconds previous = gap_;
    gap_ = gap;
    doublings_ = is_doubling(previous, gap) ? doublings_ + 1 : 0;
    // Once, TCP_KEEPINTVL after TCP_KEEPIDLE looks like a doubling too.
    const bool is_persist = gap < kShortestKeepalive || doublings_ > 1 || (doublings_ == 1 && previous < kShortestKeepalive);
    const bool can_be_persist_at_its_limit = gap >= kLongestDoubling && gap <= kLongestPersist;
    if (gap >= kShortestKeepalive && !can_be_persist_at_its_limit && is_even(previous, gap))
        kind_ = Kind::KeepAlive;
    else if (is_persist)
        kind_ = Kind::ZeroWindowProbe;
    else if (kind_ == Kind::KeepAlive)
        kind_ = Kind::Undecided;
    return kind_;
}

}  // namespace keepalive
