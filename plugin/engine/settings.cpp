// SPDX-License-Identifier: GPL-2.0-or-later
#include "settings.h"

#include <algorithm>
#include <array>

#include "timers.h"

namespace keepalive {

namespace {

// The Linux timer wheel has levels of 64 slots. A slot of the first level is 1 tick, and a slot of each further level is
// eight times as long (kernel/time/timer.c). A timer goes off when a slot of its level begins, so it is late by up to one
// slot.
constexpr Nanoseconds kTick250 = 4 * kMillisecond;  // HZ=250, as Debian and Ubuntu have it
constexpr std::array<Nanoseconds, 3> kTicks{10 * kMillisecond, kTick250, kMillisecond};
constexpr Nanoseconds kLevelFactor = 8;

Nanoseconds slot_of(Nanoseconds timer, Nanoseconds tick) {
    Nanoseconds slot = tick;
    while (timer >= 63 * slot)
        slot *= kLevelFactor;
    return slot;
}

// The shortest timer that has slots of this length.
Nanoseconds shortest_timer(Nanoseconds slot) {
    return 63 * slot / kLevelFactor;
}

// How much the path and the capture can shorten or lengthen a span (kJitter), and how much they delay it (kDelay).
constexpr Nanoseconds kJitter = 80 * kMillisecond;
constexpr Nanoseconds kDelay = 50 * kMillisecond;

// How early a timer can be that ticks twice a second.
constexpr Nanoseconds kEarly = 500 * kMillisecond;

// How late the timers of systems without such a wheel can be.
constexpr Nanoseconds kPrompt = 900 * kMillisecond;

// If a timer were late by more than this many times the difference of its spans, the spans would hardly be so alike.
constexpr int kSpread = 10;

// How late a timer of this length can be. The prober's HZ is not known, so it is the coarsest of the usual ones.
Nanoseconds lateness(Nanoseconds timer) {
    Nanoseconds latest = 0;
    for (const Nanoseconds tick : kTicks)
        latest = std::max(latest, slot_of(timer, tick));
    return latest + kJitter;
}

// These can be spans of one timer. The first comparison is enough for most: lateness() is never less than nothing, and takes
// longer.
bool are_alike(Nanoseconds shortest, Nanoseconds longest) {
    return longest - shortest <= kJitter || longest - shortest <= lateness(shortest) + kJitter;
}

// Linux takes no more for TCP_KEEPIDLE and TCP_KEEPINTVL (MAX_TCP_KEEPIDLE).
constexpr std::int64_t kLongestTimer = 32767;
// Longer than any timer, and short enough that no computation with it comes near the limits of 64 bits.
constexpr Nanoseconds kNoTimer = 2 * kLongestTimer * kSecond;

// If several numbers fit, the roundest is the likeliest, because people set round numbers. From the roundest unit down:
constexpr std::array<std::int64_t, 9> kRoundUnits{3600, 1800, 300, 60, 30, 10, 15, 5, 1};
constexpr std::uint32_t kDefaultIdle = 7200;
constexpr std::uint32_t kDefaultInterval = 75;  // Linux, BSD, macOS
constexpr std::uint32_t kWindowsInterval = 1;
constexpr std::uint32_t kUsualStep = 30;        // in which people set longer timers
constexpr std::uint32_t kLongestUsualRun = 10;  // Windows; Linux 9, BSD 8

std::int64_t rounded_up(Nanoseconds span) {
    return span <= 0 ? 0 : (span + kSecond - 1) / kSecond;
}

constexpr auto kAnySlot = [](Nanoseconds /*slot*/) { return true; };

// The longest timer, in whole seconds, that can go off after `span` already.
std::int64_t most_seconds(Nanoseconds span) {
    return (span + kJitter) / kSecond;
}

// The shortest timer, in whole seconds, that can go off as late as after `span`, if only some lengths of slots are accepted.
template <class Accepts>
std::int64_t fewest_seconds(Nanoseconds span, Accepts accepts) {
    Nanoseconds fewest = span;
    for (const Nanoseconds tick : kTicks)
        for (Nanoseconds slot = tick; shortest_timer(slot) <= span; slot *= kLevelFactor)
            if (accepts(slot))
                fewest = std::min(fewest, std::max(span - slot - kDelay, shortest_timer(slot)));
    return rounded_up(fewest);
}

// The roundest of these whole numbers; 0 if there is none, or if two are equally round.
std::uint32_t roundest(std::int64_t fewest, std::int64_t most) {
    for (const std::int64_t unit : kRoundUnits) {
        const std::int64_t candidate = most / unit * unit;
        if (candidate >= fewest && candidate > 0)
            return candidate - unit >= fewest ? 0 : static_cast<std::uint32_t>(candidate);
    }
    return 0;
}

// Two clocks differ by less than a ten-thousandth.
Nanoseconds inaccuracy(Nanoseconds period) {
    return 25 * kMillisecond + period / 10'000;
}

bool is_multiple(Nanoseconds period, Nanoseconds slot) {
    const Nanoseconds beyond = period % slot;
    return std::min(beyond, slot - beyond) <= inaccuracy(period);
}

struct Known {
    std::uint32_t keepidle;  // 0: any
    std::uint32_t keepintvl;
    std::uint32_t keepcnt;  // 0: any
    const char* name;
};

// Sources: docs/settings.md. The first that fits is named.
constexpr std::array<Known, 14> kKnown{{
    {7200, 75, 9, "Linux default"},
    {7200, 75, 8, "FreeBSD or macOS default"},
    {7200, 1, 10, "Windows default"},
    {7200, 1, 5, "Windows default before Vista"},
    {30, 1, 0, "SQL Server"},
    {15, 15, 9, "Go default"},
    {30, 30, 9, "Go net/http default"},
    {30, 15, 9, "Go net/http default since 1.23"},
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

// Numbers so far apart that a silence of any length is seldom taken for one of them, even if the timer is late by a slot.
bool is_usual(std::uint32_t seconds) {
    const std::uint32_t step = seconds <= 16 ? 1 : seconds <= 60 ? 5 : seconds <= 120 ? 30 : seconds <= 1000 ? 60 : 600;
    return seconds % step == 0;
}

int agrees(std::uint32_t seen, std::uint32_t known) {
    return seen != 0 && seen == known ? 1 : 0;
}

}  // namespace

bool can_be_timer(Nanoseconds span) {
    const std::int64_t most = span <= kNoTimer ? most_seconds(span) : 0;
    return most > 0 && fewest_seconds(span, kAnySlot) <= most;
}

bool TimerEstimate::includes(Nanoseconds span) const {
    return count_ > 0 && span >= 0 && span <= kNoTimer && are_alike(std::min(shortest_, span), std::max(longest_, span));
}

bool TimerEstimate::add(Nanoseconds span, Nanoseconds period) {
    if (span < 0 || span > kNoTimer)
        return false;
    const Nanoseconds shortest = count_ > 0 ? std::min(shortest_, span) : span;
    const Nanoseconds longest = count_ > 0 ? std::max(longest_, span) : span;
    if (!are_alike(shortest, longest))
        return false;
    const bool is_news = count_ == 0 || shortest != shortest_ || longest != longest_ || (period != kNever && periods_ < 2);
    shortest_ = shortest;
    longest_ = longest;
    ++count_;
    if (period != kNever) {
        shortest_period_ = periods_ > 0 ? std::min(shortest_period_, period) : period;
        longest_period_ = periods_ > 0 ? std::max(longest_period_, period) : period;
        ++periods_;
    }
    if (is_news)
        find_seconds();
    return true;
}

void TimerEstimate::add_or_begin_anew(Nanoseconds span) {
    if (add(span, kNever))
        return;
    *this = {};
    add(span, kNever);
}

void TimerEstimate::find_seconds() {
    looks_like_ = seconds_ = 0;
    const std::int64_t most = most_seconds(shortest_);
    if (most > kLongestTimer)
        return;
    const std::int64_t fewest = fewest_seconds(longest_, kAnySlot);
    for (const std::uint32_t usual : {kDefaultInterval, kDefaultIdle})
        if (fewest <= usual && usual <= most_if_early())
            looks_like_ = seconds_ = usual;
    if (seconds_ == 0)
        looks_like_ = seconds_ = rounder_if_early(fewest, most);
    if (seconds_ != 0)
        return;
    looks_like_ = roundest(fewest, most);
    seconds_ = periods_ > 0 ? from_periods(fewest, most) : from_spans();
}

// The longest timer, in whole seconds, if it is early or counts from what the prober itself sent.
std::int64_t TimerEstimate::most_if_early() const {
    return most_seconds(std::max(shortest_ + kEarly, periods_ > 0 ? shortest_period_ : 0));
}

// If no number that people set fits a timer that is on time or late, but one fits a timer that is early: that one; else 0.
std::uint32_t TimerEstimate::rounder_if_early(std::int64_t fewest, std::int64_t most) const {
    const std::int64_t early = most_if_early() / kUsualStep * kUsualStep;
    const bool is_other = early > most && most / kUsualStep * kUsualStep < fewest;
    return is_other && early >= fewest && early <= kLongestTimer ? static_cast<std::uint32_t>(early) : 0;
}

// looks_like_, unless the timer would be later than spans that differ so little allow.
std::uint32_t TimerEstimate::from_spans() const {
    const Nanoseconds late = longest_ - static_cast<Nanoseconds>(looks_like_) * kSecond;
    return late <= kPrompt + kSpread * (longest_ - shortest_) ? looks_like_ : 0;
}

// A Linux timer goes off when a slot begins, so if it is late by a slot, its periods are whole numbers of slots.
std::uint32_t TimerEstimate::from_periods(std::int64_t fewest, std::int64_t most) const {
    const std::int64_t on_a_wheel = fewest_seconds(longest_, [this](Nanoseconds slot) {
        return is_multiple(shortest_period_, slot) && is_multiple(longest_period_, slot);
    });
    const std::int64_t promptly = rounded_up(longest_ - kPrompt - (longest_ - shortest_));
    const std::uint32_t found = roundest(std::max(fewest, std::min(on_a_wheel, promptly)), most);
    const bool is_steady = periods_ > 1 && longest_period_ - shortest_period_ <= inaccuracy(longest_period_);
    return is_steady || found == looks_like_ ? found : 0;
}

bool TimerEstimate::has_small_spread() const {
    return longest_ - shortest_ <= kPrompt;
}

bool TimerEstimate::is_punctual() const {
    const Nanoseconds timer = static_cast<Nanoseconds>(looks_like_) * kSecond;
    return timer != 0 && shortest_ <= timer + slot_of(timer, kTick250) + kDelay;
}

bool TimerEstimate::fits(std::uint32_t seconds) const {
    const Nanoseconds timer = static_cast<Nanoseconds>(seconds) * kSecond;
    const Nanoseconds early = seconds < kUsualStep ? kJitter : kEarly;
    return count_ > 0 && timer <= shortest_ + early && longest_ <= timer + lateness(timer);
}

bool TimerEstimate::is_missed_in(Nanoseconds span) const {
    if (count_ == 0 || span > kNoTimer || shortest_ < kShortestKeepalive)
        return false;
    const Nanoseconds times = (span + shortest_ / 4) / shortest_;
    return times > 1 && span >= times * (shortest_ - kJitter) && span <= times * (longest_ + kJitter) + lateness(longest_);
}

bool TimerEstimate::is_clearly_longer_than(Nanoseconds span) const {
    return count_ > 0 && shortest_ > span + kEarly;
}

bool TimerEstimate::is_clearly_shorter_than(const TimerEstimate& other) const {
    return count_ > 0 && other.count_ > 0 && other.shortest_ > latest(longest_) + kEarly;
}

void TimerHistory::learn(Nanoseconds span, Nanoseconds period) {
    if (now.add(span, period)) {
        other_ = {};
        is_disputed_ = false;
        return;
    }
    other_.add_or_begin_anew(span);
    const std::uint32_t needed = now.is_clearly_longer_than(span) ? 3 : 2;
    if (other_.count() < needed && (now.count() > 1 || now.is_missed_in(span)))
        return;
    is_disputed_ = other_.count() < 2;
    now = other_;
    other_ = {};
}

// Linux starts the timer with each probe, for TCP_KEEPINTVL, and traffic does not stop it (tcp_keepalive_timer). So if
// TCP_KEEPINTVL is longer than TCP_KEEPIDLE, the next probe comes so long after the last one, whatever the silence is. If
// the next probe comes after twice that time, one may be missing from the capture.
bool Settings::can_be_timed_from_probe() const {
    const auto fits = [this](const TimerEstimate& timer) {
        return timer.includes(since_probe_) || timer.includes(since_probe_ / 2);
    };
    return fits(cycle_.now) || fits(interval_.now);
}

void Settings::first_probe(Nanoseconds silence, Nanoseconds time) {
    since_probe_ = newest_ != kNever ? time - newest_ : kNever;
    const TimerEstimate& cycle = cycle_.now;
    const bool says_nothing = can_be_timed_from_probe();
    is_cycle_keepintvl_ = says_nothing && cycle.is_clearly_longer_than(silence);
    if (says_nothing)
        return;
    const bool was_known = first_.is_known();
    first_.add_or_begin_anew(silence);
    // The first silence is not what it was before. So the settings may have been changed, and the distance of the answered
    // probes is no longer evidence. The same is true if this silence is longer than that distance; but a single one of these
    // is explained by a probe that is missing.
    const bool is_longer = cycle.is_known() && silence > cycle.longest() && !cycle.includes(silence);
    const bool is_new = was_known && first_.count() == 1 && !first_.fits(cycle.looks_like());
    if (is_longer ? cycle.count() == 1 || first_.count() > 1 : is_new)
        cycle_.forget();
}

void Settings::probe_after_answer(Nanoseconds silence, Nanoseconds period) {
    cycle_.learn(silence, period);
}

void Settings::probe_in_run(Nanoseconds interval, bool is_runs_first) {
    if (is_runs_first)
        is_run_uneven_ = false;
    if (is_run_uneven_)
        return;
    TimerEstimate& known = interval_.now;
    if (!known.is_known())
        shown_keepintvl_ = 0;  // the answered probes only suggested a number, so another one now is no change of the setting
    if (is_runs_first) {
        // If answered probes are as far apart, the answer between may only be missing from the capture.
        if (!cycle_.now.includes(interval))
            interval_.learn(interval, kNever);  // the previous probe came from another timer
        return;
    }
    if (known.add(interval, interval))
        return;
    // The interval is known and this is a multiple of it, so probes are missing from the capture.
    if (known.count() > 1 && known.is_missed_in(interval)) {
        interval_.learn(interval, interval);
        return;
    }
    // Intervals that grow within a run (Solaris, macOS) follow no TCP_KEEPINTVL.
    is_run_uneven_ = interval > known.longest();
    interval_.forget();
    if (!is_run_uneven_)
        known.add(interval, kNever);
}

bool Settings::differ_from_shown(std::uint32_t keepidle, std::uint32_t keepintvl) {
    const auto show = [](std::uint32_t& shown, std::uint32_t seconds) {
        const bool is_other = seconds != 0 && shown != 0 && seconds != shown;
        shown = seconds != 0 ? seconds : shown;
        return is_other;
    };
    const bool is_other_keepidle = show(shown_keepidle_, keepidle);
    return show(shown_keepintvl_, keepintvl) || is_other_keepidle;
}

std::uint32_t Settings::keepintvl() const {
    if (interval_.now.is_known())
        return interval_.now.count() > 1 ? interval_.now.seconds() : 0;
    // Answered probes are farther apart than the first probe was from the traffic before it. So TCP_KEEPINTVL is longer than
    // TCP_KEEPIDLE, and the answered probes show it.
    return cycle_.now.count() > 1 && first_.is_clearly_shorter_than(cycle_.now) ? cycle_.seconds() : 0;
}

std::uint32_t Settings::keepidle() const {
    const std::uint32_t cycle = cycle_.seconds();
    const std::uint32_t interval = interval_.now.seconds();
    if (cycle != 0 && ((interval != 0 && interval_.now.is_clearly_shorter_than(cycle_.now)) || first_.fits(cycle)))
        return cycle;
    // Keepalive that is switched on late is not equally late twice. So two equal first silences show TCP_KEEPIDLE.
    const std::uint32_t first = first_.looks_like();
    if (first_.count() > 1 && first_.seconds() != 0 && (first_.has_small_spread() || is_usual(first)))
        return first;
    // Nor is it switched on within one second. But this needs the answered probes, as a silence that is only taken for the
    // first one can be one second, too.
    if (first == 1 && cycle_.now.count() > 1 && first_.is_clearly_shorter_than(cycle_.now))
        return first;
    // Nobody switches keepalive on so late that the sum is a default of two hours, or sets such a TCP_KEEPINTVL.
    if (cycle == kDefaultIdle)
        return cycle;
    if (first == kDefaultIdle && (interval == kDefaultInterval || interval == kWindowsInterval))
        return first;
    // The distance of answered probes is TCP_KEEPIDLE if the capture begins between probes or keepalive was switched on
    // late. It would be TCP_KEEPINTVL if the answers were lost after they were captured, but then the prober would soon give
    // up; or if TCP_KEEPINTVL is the longer of the two, but then it would probably be its default.
    const bool is_cycle_believed =
        !first_.is_known() || (cycle_.now.count() > kLongestUsualRun && !first_.is_clearly_shorter_than(cycle_.now));
    return is_cycle_believed && !is_cycle_keepintvl_ && interval == 0 && cycle != kDefaultInterval ? cycle : 0;
}

std::uint32_t Settings::keepidle_at_the_end() const {
    const std::uint32_t known = keepidle();
    const bool is_believed = is_usual(first_.looks_like()) && first_.is_punctual() && !can_be_timed_from_probe();
    return known == 0 && is_believed ? first_.looks_like() : known;
}

const char* known_settings(std::uint32_t keepidle, std::uint32_t keepintvl, std::uint32_t keepcnt) {
    for (const Known& each : kKnown) {
        const bool is_other = contradicts(keepidle, each.keepidle) || contradicts(keepintvl, each.keepintvl) ||
                              contradicts(keepcnt, each.keepcnt);
        // A single number is no evidence: many programs may set it.
        const int alike =
            agrees(keepidle, each.keepidle) + agrees(keepintvl, each.keepintvl) + agrees(keepcnt, each.keepcnt);
        if (!is_other && alike >= 2)
            return each.name;
    }
    return nullptr;
}

}  // namespace keepalive
