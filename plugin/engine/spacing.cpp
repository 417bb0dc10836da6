// SPDX-License-Identifier: GPL-2.0-or-later
#include "spacing.h"

#include <algorithm>

#include "timers.h"

namespace keepalive {

namespace {

// The gaps between zero-window probes double up to a limit, and are even from then on. It is 120 s (TCP_RTO_MAX on Linux)
// unless gaps that double show a lower one: 60 s (TCP_MAX_PROBE_INTERVAL of CycloneTCP), or what an administrator wants
// (net.ipv4.tcp_rto_max_ms, since Linux 6.15). The timer is late by an eighth at most.
constexpr Nanoseconds kLongestDoubling = 100 * kSecond;
constexpr Nanoseconds kLongestPersist = 140 * kSecond;

bool can_be_at_limit(Nanoseconds gap) {
    return gap >= kLongestDoubling && gap <= kLongestPersist;
}

// A doubling timer's first gaps also have the way to the peer and back in them, so they grow by less than two. From here on,
// what grows by less is of another timer. Linux's is late by an eighth at most, which leaves 2 / 1.125.
constexpr int kLeastGrowth = 160, kMostGrowth = 260;  // per cent
constexpr std::uint8_t kFirstDoublings = 2;
constexpr int kLeastLaterGrowth = 175;

std::uint8_t one_more(std::uint8_t doublings) {
    return std::min<std::uint8_t>(doublings + 1, kFirstDoublings);
}

// gVisor's timers are exact. A chain that has just doubled exactly goes on so, and what misses its time by more than this
// is not its next one. Where Linux's was so by chance, one of its chain stays undecided, and the ones behind it are told.
constexpr int kLeastExactGrowth = 194, kMostExactGrowth = 208;

// Two gaps of one timer at its limit.
constexpr int kLeastAlike = 94, kMostAlike = 107;  // per cent

bool is_ratio(Nanoseconds a, Nanoseconds b, int least_percent, int most_percent) {
    const auto ratio = static_cast<double>(b) / static_cast<double>(a) * 100.0;
    return a > 0 && ratio >= least_percent && ratio <= most_percent;
}

bool is_exact_doubling(Nanoseconds gap, Nanoseconds next_gap) {
    return is_ratio(gap, next_gap, 198, 202);
}

bool are_alike_at_limit(Nanoseconds a, Nanoseconds b) {
    return is_ratio(a, b, kLeastAlike, kMostAlike);
}

// What a timer that is late by an eighth leaves of this gap, if only the one before was late.
Nanoseconds shortest_even(Nanoseconds gap) {
    return gap - gap / 8;
}

// How many of a doubling chain would fit between its last one, which came after `chain_gap`, and the next one `since` later;
// 0 if none. The timer is late by an eighth at most.
int lost_between(Nanoseconds chain_gap, Nanoseconds since) {
    constexpr int kMostLost = 5;
    for (int lost = 1; lost <= kMostLost; ++lost)
        if (is_ratio(((4LL << lost) - 2) * chain_gap, since, 89, 113))
            return lost;
    return 0;
}

}  // namespace

bool Spacing::is_doubling(Nanoseconds gap, Nanoseconds next_gap) {
    return is_ratio(gap, next_gap, kLeastGrowth, kMostGrowth);
}

bool Spacing::is_even(Nanoseconds gap, Nanoseconds next_gap) {
    return is_ratio(gap, next_gap, 90, 112);
}

bool Spacing::is_alike(Nanoseconds one, Nanoseconds other) {
    return is_ratio(one, other, 98, 102);
}

Spacing Spacing::with(Nanoseconds time, Nanoseconds gap, Nanoseconds silence, bool is_silence_alike, bool is_closed) const {
    Spacing next = *this;
    // The chain goes on whatever the peer sends meanwhile. If the capture does not show the peer, what is sent meanwhile is
    // this end's own and says nothing of its timer.
    if (has_chain() || (!is_closed && gap_ > 0))
        gap = time - newest_;
    next.newest_ = time;
    next.tells_ = Tells::Nothing;
    // Two timers run at once only while the window is closed. Unless that is known, even gaps show that there is one, and
    // that it does not double.
    if (!is_closed && is_even(gap_, gap) && !can_be_at_limit(gap))
        next.chain_gap_ = 0;
    if (next.has_chain())
        next.go_on_beside_chain(time, gap, silence, is_silence_alike);
    else
        next.go_on(time, gap, is_silence_alike, is_closed);
    next.gap_ = gap;
    return next;
}

void Spacing::go_on(Nanoseconds time, Nanoseconds gap, bool is_silence_alike, bool is_closed) {
    doublings_ = is_doubling(gap_, gap) ? one_more(doublings_) : 0;
    // One doubling alone is not enough: TCP_KEEPINTVL after TCP_KEEPIDLE can look like one. Nor is a short gap, unless the
    // window is known to be closed: some stacks let the interval be less than a second.
    // What comes too soon for a persist timer was sent before its sender heard that the window is closed.
    const bool is_chain = gap_ == 0 ? is_closed && gap >= kShortestPersist / 2 && gap < kShortestKeepalive
                                    : doublings_ > 1 || (doublings_ == 1 && gap_ < kShortestKeepalive);
    // Silent for as long as before its keepalives, it may be one, and its gap doubles by chance. One more gap tells.
    may_be_either_ = is_chain && is_silence_alike;
    if (is_chain && !is_silence_alike) {
        chain_ = time;
        chain_gap_ = std::max<Nanoseconds>(gap, 1);
        is_exact_ = false;
        gap_before_ = 0;
        is_at_limit_ = false;
        timer_ = Timer::Persist;
        return;
    }
    // Where the capture begins in the closed window, a chain may have been there before, whose gaps are even with a
    // keepalive's by chance. Where the sender's keepalives came later, the first gaps of a chain with a long retransmission
    // timeout may be even. One more gap tells.
    const bool was_even = was_even_ || !is_closed || !needs_third_even_;
    was_even_ = gap >= kShortestKeepalive && !can_be_at_limit(gap) && is_even(gap_, gap);
    timer_ = was_even_ && was_even ? Timer::KeepAlive : Timer::Unknown;
}

// Two even gaps, no shorter than the chain's last: its timer may have reached its limit, but they may also be a keepalive
// timer's. The limit is known if the chain's next one was due between the two and did not come, and if they are more alike
// than two gaps are by chance.
void Spacing::go_on_at_limit(Nanoseconds time, Nanoseconds gap) {
    const Nanoseconds since = time - chain_;
    is_at_limit_ = since > gap && !is_doubling(chain_gap_, since) && are_alike_at_limit(gap_, gap);
    if (is_at_limit_)
        beside_ = beside_silence_ = beside_interval_ = kNever;
    timer_ = is_at_limit_ || can_be_at_limit(gap) ? Timer::Persist : Timer::Unknown;
    tells_ = is_at_limit_ ? Tells::OneBefore : Tells::Nothing;
    chain_ = time;
    chain_gap_ = gap;
    gap_before_ = 0;
}

// The newest two gaps are even and no shorter than the chain's last.
bool Spacing::may_be_at_limit(Nanoseconds gap, Nanoseconds since_chain) const {
    // If the chain's next one is due, two gaps that are only nearly even are a keepalive's and what is left until then.
    const bool is_due = is_ratio(chain_gap_, since_chain, kLeastLaterGrowth, kMostGrowth) && !are_alike_at_limit(gap_, gap);
    const bool is_even_since_chain = is_even(gap_, gap) && (since_chain == gap || (since_chain == gap_ + gap && !is_due));
    return !is_at_limit_ && doublings_ >= kFirstDoublings && is_even_since_chain && gap >= shortest_even(chain_gap_);
}

Spacing::Fit Spacing::fit(Nanoseconds since) const {
    if (is_at_limit_ && is_even(chain_gap_, since))
        return Fit::Due;
    if (is_at_limit_)
        return since >= 2 * shortest_even(chain_gap_) ? Fit::Late : Fit::Early;
    const bool is_near_limit = chain_gap_ >= kLongestDoubling / 2 && can_be_at_limit(since);
    const int least = is_exact_ ? kLeastExactGrowth : doublings_ < kFirstDoublings ? kLeastGrowth : kLeastLaterGrowth;
    const int most = is_exact_ ? kMostExactGrowth : kMostGrowth;
    if (is_near_limit || is_ratio(chain_gap_, since, least, most))
        return Fit::Due;
    return since > 2 * chain_gap_ ? Fit::Late : Fit::Early;
}

void Spacing::go_on_beside_chain(Nanoseconds time, Nanoseconds gap, Nanoseconds silence, bool is_silence_alike) {
    const bool might_be_either = may_be_either_;
    may_be_either_ = false;
    if (may_be_at_limit(gap, time - chain_) && (!is_silence_alike || can_be_at_limit(gap))) {
        go_on_at_limit(time, gap);
        return;
    }
    if (is_newest_of_other_timer(time, silence))
        take_back_newest();
    const Nanoseconds since = time - chain_;
    const Fit fits = fit(since);
    const Nanoseconds interval = beside_ == kNever ? kNever : time - beside_;
    // Without an answer, the silence goes on growing, and says nothing.
    const bool was_answered = silence != kNever && silence < interval;
    const bool is_even_beside = is_even(beside_interval_, interval);
    const bool is_regular = is_even_beside || (was_answered && is_even(beside_silence_, silence));
    // The first gap counts from the segment before, so it says less than two that double; but two even ones beside the chain
    // are a keepalive's.
    if (!is_even_beside && doublings_ == 0 && !is_at_limit_ && fits != Fit::Due && gap_ < kShortestKeepalive &&
        is_doubling(gap_, gap)) {
        if (time - gap != chain_)
            tells_ = Tells::OneBefore;
        chain_ = time - gap;
        chain_gap_ = gap_;
        go_on_in_chain(time, silence, Fit::Due);
        return;
    }
    // Where both timers are due, the next probe shows whether the chain's is still to come. What the chain expected long ago
    // does not come at the keepalive's times.
    const bool is_beside = is_regular || fits == Fit::Early || (fits == Fit::Late && is_silence_alike);
    if (is_beside) {
        timer_ = fits != Fit::Due && (is_regular || is_silence_alike) ? Timer::KeepAlive : Timer::Unknown;
    } else {
        may_be_either_ = is_silence_alike;
        go_on_in_chain(time, silence, fits);
        if (might_be_either && timer_ == Timer::Persist)
            tells_ = Tells::OneBefore;
    }
    if (is_beside || may_be_either_) {
        beside_ = time;
        beside_silence_ = silence;
        beside_interval_ = interval;
    }
}

// The chain's newest one did not come at just the time when it was due. The present one does, without it; or it comes too
// soon for the chain, after the same silence.
bool Spacing::is_newest_of_other_timer(Nanoseconds time, Nanoseconds silence) const {
    const Nanoseconds since = time - chain_;
    const bool was_due = is_ratio(gap_before_, chain_gap_, kLeastExactGrowth, kMostExactGrowth);
    if (gap_before_ == 0 || was_due || fit(since) != Fit::Early)
        return false;
    // Without an answer in between, the silence has only gone on.
    const bool was_answered = silence < since;
    return is_exact_doubling(gap_before_, chain_gap_ + since) || (was_answered && is_alike(chain_silence_, silence));
}

void Spacing::take_back_newest() {
    beside_ = chain_;
    beside_silence_ = chain_silence_;
    beside_interval_ = kNever;
    chain_ -= chain_gap_;
    chain_gap_ = gap_before_;
    gap_before_ = 0;
    doublings_ = doublings_ > 0 ? doublings_ - 1 : 0;
    is_exact_ = false;
    tells_ = Tells::NotNewest;
}

void Spacing::go_on_in_chain(Nanoseconds time, Nanoseconds silence, Fit fits) {
    const Nanoseconds since = time - chain_;
    const Nanoseconds gap_before = chain_gap_;
    chain_ = time;
    // The first gap counts from the segment before, and its timer may have run for longer.
    const bool is_gap_known = doublings_ > 0;
    if (!is_at_limit_ && fits == Fit::Late && is_gap_known && since < kLongestDoubling) {
        // Some were lost; or the timer began anew with what the peer sent meanwhile, and the chain's next one shows that.
        const int lost = lost_between(chain_gap_, since);
        may_be_either_ |= lost == 0;
        chain_gap_ *= 2LL << lost;
        doublings_ = 1;
    } else if (!is_at_limit_) {
        is_exact_ = is_exact_doubling(chain_gap_, since);
        chain_gap_ = since;
        doublings_ = fits == Fit::Due ? one_more(doublings_) : 0;
    }
    timer_ = may_be_either_ ? Timer::Unknown : Timer::Persist;
    // If some were lost, it is not known when the one before came.
    const bool is_one_before_known = !may_be_either_ && chain_gap_ == since;
    gap_before_ = is_one_before_known ? gap_before : 0;
    chain_silence_ = silence;
}

}  // namespace keepalive
