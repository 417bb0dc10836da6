// SPDX-License-Identifier: GPL-2.0-or-later
#include "settings.h"

#include <algorithm>
#include <array>

namespace keepalive {

namespace {

// The wheel of the Linux timer has levels of 64 slots, the first of 1 tick, each eight times as coarse as the one
// before (kernel/time/timer.c): a timer is late by up to one slot of its level.
Nanoseconds slot_of(Nanoseconds timer, std::int64_t ticks_per_second) {
    Nanoseconds slot = kSecond / ticks_per_second;
    while (timer >= 63 * slot)
        slot *= 8;
    return slot;
}

// What the path and the capture add, either way.
constexpr Nanoseconds kJitter = 50 * kMillisecond;

// How late a timer of this length can be. The prober's HZ is not known, so it is the coarsest of the usual ones.
Nanoseconds lateness(Nanoseconds timer) {
    return std::max({slot_of(timer, 100), slot_of(timer, 250), slot_of(timer, 1000)}) + kJitter;
}

// Linux takes no more for TCP_KEEPIDLE and TCP_KEEPINTVL (MAX_TCP_KEEPIDLE).
constexpr std::int64_t kLongestTimer = 32767;

// Among neighbours that fit alike, people set the rounder number.
constexpr std::array<std::int64_t, 9> kRoundUnits{3600, 1800, 300, 60, 30, 10, 15, 5, 1};
constexpr std::uint32_t kDefaultIdle = 7200;
constexpr std::uint32_t kDefaultInterval = 75;  // Linux, BSD, macOS
constexpr std::uint32_t kWindowsInterval = 1;
constexpr std::uint32_t kLongestUsualRun = 10;  // Windows; Linux 9, BSD 8

// The fewest whole seconds whose timer can be as late as `span`.
std::int64_t fewest_seconds(Nanoseconds span) {
    // No timer is late by more than an eighth, beside what is less than a second.
    std::int64_t too_few = std::max<std::int64_t>(span / kSecond * 7 / 8 - 2, 0);
    std::int64_t enough = std::max(std::min(span / kSecond, kLongestTimer), too_few) + 1;
    while (enough - too_few > 1) {
        const std::int64_t middle = (too_few + enough) / 2;
        (middle * kSecond + lateness(middle * kSecond) < span ? too_few : enough) = middle;
    }
    return enough;
}

struct Known {
    std::uint32_t keepidle;  // 0: any
    std::uint32_t keepintvl;
    std::uint32_t keepcnt;  // 0: any
    const char* name;
};

// Sources: docs/settings.md. The first that fits is named.
constexpr std::array<Known, 13> kKnown{{
    {7200, 75, 9, "Linux default"},
    {7200, 75, 8, "FreeBSD or macOS default"},
    {7200, 1, 10, "Windows default"},
    {7200, 1, 5, "Windows default before Vista"},
    {30, 1, 0, "SQL Server"},
    {15, 15, 9, "Go default"},
    {30, 30, 9, "Go net/http default"},
    {60, 60, 9, "curl default"},
    {300, 100, 3, "Redis default"},
    {15, 5, 3, "Sena serial device server"},
    {60, 6, 10, "Oracle, SQLNET.EXPIRE_TIME=1"},
    {600, 6, 10, "Oracle, SQLNET.EXPIRE_TIME=10"},
    {0, 1, 10, "libuv (Node.js)"},
}};

bool contradicts(std::uint32_t seen, std::uint32_t known) {
    return seen != 0 && known != 0 && seen != known;
}

int agrees(std::uint32_t seen, std::uint32_t known) {
    return seen != 0 && seen == known ? 1 : 0;
}

}  // namespace

bool TimerEstimate::add(Nanoseconds span) {
    const bool is_within = count_ > 0 && span >= shortest_ && span <= longest_;
    if (!is_within) {
        const Nanoseconds shortest = count_ > 0 ? std::min(shortest_, span) : span;
        const Nanoseconds longest = count_ > 0 ? std::max(longest_, span) : span;
        if (longest - shortest > lateness(shortest) + kJitter)
            return false;
        shortest_ = shortest;
        longest_ = longest;
        seconds_ = find_seconds();
    }
    ++count_;
    return true;
}

std::uint32_t TimerEstimate::find_seconds() const {
    const std::int64_t most = (shortest_ + kJitter) / kSecond;
    const std::int64_t fewest = fewest_seconds(longest_);
    if (most > kLongestTimer || fewest > most)
        return 0;
    if (fewest <= kDefaultInterval && kDefaultInterval <= most)
        return kDefaultInterval;
    for (const std::int64_t unit : kRoundUnits) {
        const std::int64_t candidate = most / unit * unit;
        if (candidate >= fewest && candidate > 0)
            return candidate - unit >= fewest ? 0 : static_cast<std::uint32_t>(candidate);
    }
    return 0;
}

bool TimerEstimate::is_punctual() const {
    constexpr std::int64_t kUsualTicks = 250;  // HZ of Debian's and Ubuntu's kernels
    const Nanoseconds timer = static_cast<Nanoseconds>(seconds()) * kSecond;
    return timer != 0 && shortest_ <= timer + slot_of(timer, kUsualTicks) + kJitter;
}

bool Settings::renew(TimerEstimate& estimate, Nanoseconds span) {
    const bool is_first = !estimate.is_known();
    if (estimate.add(span))
        return true;
    estimate = TimerEstimate{};
    estimate.add(span);
    return is_first;
}

void Settings::first_probe(Nanoseconds silence) {
    renew(first_, silence);
    // Longer than between answered probes: perhaps the socket was set anew, and what those showed is no longer true.
    if (TimerEstimate both = cycle_; silence > cycle_.longest() && !both.add(silence))
        cycle_ = TimerEstimate{};
}

bool Settings::probe_after_answer(Nanoseconds silence) {
    return renew(cycle_, silence);
}

bool Settings::probe_in_run(Nanoseconds interval, bool is_runs_first) {
    if (is_runs_first)
        is_run_uneven_ = false;
    if (is_run_uneven_)
        return true;
    if (is_runs_first)
        return renew(interval_, interval);
    // Intervals that grow within a run (Solaris, macOS) follow no TCP_KEEPINTVL.
    is_run_uneven_ = !interval_.add(interval);
    if (is_run_uneven_)
        interval_ = TimerEstimate{};
    return true;
}

std::uint32_t Settings::keepintvl() const {
    if (interval_.count() > 1)
        return interval_.seconds();
    // Answered probes that come later than the first one after traffic did: TCP_KEEPINTVL is the longer of the two.
    const std::uint32_t first = first_.seconds();
    return first != 0 && first < cycle_.seconds() ? cycle_.seconds() : 0;
}

std::uint32_t Settings::keepidle() const {
    const std::uint32_t first = first_.seconds();
    const std::uint32_t cycle = cycle_.seconds();
    const std::uint32_t interval = interval_.seconds();
    if (cycle != 0 && interval != 0 && cycle > interval)
        return cycle;
    if (first != 0 && first == cycle)
        return first;
    // Keepalive that is switched on late does not come equally late twice, and not after one second.
    if (first != 0 && (first_.count() > 1 || first == 1))
        return first;
    // Nobody switches it on so late that a default comes out, or waits for an answer that long.
    if (cycle == kDefaultIdle)
        return cycle;
    if (first == kDefaultIdle && (interval == kDefaultInterval || interval == kWindowsInterval))
        return first;
    // The capture begins between probes, or keepalive was switched on late; or else the answers are lost behind the
    // capture, which no prober endures for long. Were TCP_KEEPINTVL the longer one, its default would be seen.
    const bool is_cycle_believed = !first_.is_known() || cycle_.count() > kLongestUsualRun;
    return is_cycle_believed && interval == 0 && cycle != kDefaultInterval ? cycle : 0;
}

std::uint32_t Settings::keepidle_at_the_end() const {
    const std::uint32_t known = keepidle();
    const std::uint32_t first = first_.seconds();
    // Keepalive that is switched on late makes the first silence longer by any amount, hardly up to a number like these.
    const bool is_usual = first <= 16 || (first <= 60 && first % 5 == 0) || first % 30 == 0;
    return known == 0 && is_usual && first_.is_punctual() ? first : known;
}

const char* known_settings(std::uint32_t keepidle, std::uint32_t keepintvl, std::uint32_t keepcnt) {
    for (const Known& each : kKnown) {
        const bool is_other = contradicts(keepidle, each.keepidle) || contradicts(keepintvl, each.keepintvl) ||
                              contradicts(keepcnt, each.keepcnt);
        // One number alone is anybody's.
        const int alike =
            agrees(keepidle, each.keepidle) + agrees(keepintvl, each.keepintvl) + agrees(keepcnt, each.keepcnt);
        if (!is_other && alike >= 2)
            return each.name;
    }
    return nullptr;
}

}  // namespace keepalive
