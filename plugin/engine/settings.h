// SPDX-License-Identifier: GPL-2.0-or-later
// TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT of a socket, worked out from the times of its probes. docs/settings.md
// explains what each number follows from. If the evidence is not enough, nothing is said.
#ifndef KEEPALIVE_ENGINE_SETTINGS_H
#define KEEPALIVE_ENGINE_SETTINGS_H

#include <cstdint>

#include "segment.h"

namespace keepalive {

// A timer of at least one whole second can take this long to go off.
bool can_be_timer(Nanoseconds span);

// Works out the whole seconds of a timer from several measured spans of it. Timers are late. Only those that tick twice a
// second, or that count from what was sent, can be early, by half a second at most.
class TimerEstimate {
public:
    // `span` is the time from what started the timer until it went off. `period` is the time since the same timer went off
    // before, or kNever if another timer did. Returns false and adds nothing if the span does not fit the earlier ones.
    bool add(Nanoseconds span, Nanoseconds period);
    // Adds `span`. If it does not fit the earlier ones, they are forgotten.
    void add_or_begin_anew(Nanoseconds span);
    // There are earlier spans, and `span` fits them.
    bool includes(Nanoseconds span) const;
    // The number of seconds that the spans prove; 0 if they prove none.
    std::uint32_t seconds() const { return seconds_; }
    // Of the numbers that fit at all, the one that people are most likely to set; 0 if two are equally likely.
    std::uint32_t looks_like() const { return looks_like_; }
    // A timer of so many seconds can have produced these spans.
    bool fits(std::uint32_t seconds) const;
    // The spans are no later than those of a timer of looks_like() seconds on a usual Linux kernel.
    bool is_punctual() const;
    // The spans are as alike as those of timers that are not late by a slot of Linux's wheel.
    bool has_small_spread() const;
    bool is_known() const { return count_ > 0; }
    std::uint32_t count() const { return count_; }
    Nanoseconds longest() const { return longest_; }
    // `span` is twice as long as the timer, or three times and so on, so probes between are missing from the capture.
    bool is_missed_in(Nanoseconds span) const;
    // The timer is longer than `span`, even if it is late and `span` is early.
    bool is_clearly_longer_than(Nanoseconds span) const;
    // This timer is shorter than the other by more than any timer's inaccuracy.
    bool is_clearly_shorter_than(const TimerEstimate& other) const;

private:
    void find_seconds();
    std::uint32_t rounder_if_early(std::int64_t fewest, std::int64_t most) const;
    std::int64_t most_if_early() const;
    std::uint32_t from_spans() const;
    std::uint32_t from_periods(std::int64_t fewest, std::int64_t most) const;

    Nanoseconds shortest_ = 0;
    Nanoseconds longest_ = 0;
    Nanoseconds shortest_period_ = 0;
    Nanoseconds longest_period_ = 0;
    std::uint32_t count_ = 0;
    std::uint32_t periods_ = 0;
    // Kept, and worked out again only if a span brings news, which most do not.
    std::uint32_t seconds_ = 0;
    std::uint32_t looks_like_ = 0;
};

// A timer by its newest evidence. What two spans or more show stands until others agree with each other: two that are
// longer, as a probe may be missing from the capture, or three that are shorter, as answers may be lost on their way.
class TimerHistory {
public:
    void learn(Nanoseconds span, Nanoseconds period);
    void forget() { *this = {}; }
    // The number of seconds that the spans prove; 0 if they prove none, or if one span stands against one.
    std::uint32_t seconds() const { return is_disputed_ ? 0 : now.seconds(); }
    TimerEstimate now;

private:
    TimerEstimate other_;  // by spans that do not fit
    bool is_disputed_ = false;
};

class Settings {
public:
    // The first probe after other traffic, captured at `time`. It comes after TCP_KEEPIDLE, or later if keepalive was
    // switched on late, or if the timer that the last probe before the traffic had started was still running.
    void first_probe(Nanoseconds silence, Nanoseconds time);
    // A probe after an answered one. It comes after TCP_KEEPIDLE or TCP_KEEPINTVL, whichever is longer. `period` is the time
    // since the answered probe, if that came after an answer too, otherwise kNever.
    void probe_after_answer(Nanoseconds silence, Nanoseconds period);
    // A probe, or the reset, after an unanswered probe. It comes after TCP_KEEPINTVL.
    void probe_in_run(Nanoseconds interval, bool is_runs_first);
    // The newest probe was captured at `time`.
    void sent(Nanoseconds time) { newest_ = time; }
    // These numbers are shown now. True if other numbers were shown before, so that the socket's settings were changed.
    bool differ_from_shown(std::uint32_t keepidle, std::uint32_t keepintvl);

    // In seconds; 0 if the evidence is not enough.
    std::uint32_t keepidle() const;
    std::uint32_t keepintvl() const;
    // When the prober gave up, no more evidence can come. Then the first silence is enough, if it looks like a setting.
    std::uint32_t keepidle_at_the_end() const;

private:
    bool can_be_timed_from_probe() const;

    TimerEstimate first_;
    TimerHistory cycle_;
    TimerHistory interval_;
    Nanoseconds newest_ = kNever;       // when the newest probe was captured
    Nanoseconds since_probe_ = kNever;  // of the newest first probe: since the probe before the traffic
    std::uint32_t shown_keepidle_ = 0;
    std::uint32_t shown_keepintvl_ = 0;
    bool is_run_uneven_ = false;
    bool is_cycle_keepintvl_ = false;  // the distance of answered probes is hardly TCP_KEEPIDLE
};

// The name of the operating system or program that sets these numbers, or null. A number of 0 is not known.
const char* known_settings(std::uint32_t keepidle, std::uint32_t keepintvl, std::uint32_t keepcnt);

}  // namespace keepalive

#endif
