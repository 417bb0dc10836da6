// SPDX-License-Identifier: GPL-2.0-or-later
// TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT of a socket, as far as they follow from when its probes were sent.
// docs/settings.md explains from what each number follows; nothing is said where it does not.
#ifndef KEEPALIVE_ENGINE_SETTINGS_H
#define KEEPALIVE_ENGINE_SETTINGS_H

#include <cstdint>

#include "segment.h"

namespace keepalive {

// A timer of whole seconds, at least 1, can take so long until it goes off.
bool can_be_timer(Nanoseconds span);

// What several spans of one timer tell of its whole seconds. Timers are late; those that tick twice a second, or count
// from what was sent, are early by half a second at most.
class TimerEstimate {
public:
    // From what the timer waits for until it goes off. `period`: since this same timer went off before, kNever if it was
    // another. False if the span does not fit the earlier ones; it is not added then.
    bool add(Nanoseconds span, Nanoseconds period);
    // The whole number of seconds that follows; 0 if none does.
    std::uint32_t seconds() const { return seconds_; }
    // The number that people set among those that fit, however late the timer would be; 0 if two are alike.
    std::uint32_t looks_like() const { return looks_like_; }
    // A timer of so many seconds can have gone off like this.
    bool fits(std::uint32_t seconds) const;
    // looks_like() is not later than the timer of a usual Linux kernel would be, whatever other kernels do.
    bool is_punctual() const;
    bool is_known() const { return count_ > 0; }
    std::uint32_t count() const { return count_; }
    Nanoseconds longest() const { return longest_; }
    // `span` is twice as long, or three times, and so on: what came between is not in the capture.
    bool is_missed_in(Nanoseconds span) const;
    // So much shorter than the other that no timer's inaccuracy explains it.
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
    // Found anew when there is news: most spans bring none.
    std::uint32_t seconds_ = 0;
    std::uint32_t looks_like_ = 0;
};

// A timer by its newest evidence. One span that a gap in the capture explains changes nothing.
class TimerHistory {
public:
    void learn(Nanoseconds span, Nanoseconds period);
    void forget() { *this = {}; }
    TimerEstimate now;

private:
    TimerEstimate other_;  // by the spans that looked like gaps, until there are two of them alike
};

class Settings {
public:
    // The first probe after other traffic: TCP_KEEPIDLE, or later if keepalive was switched on late.
    void first_probe(Nanoseconds silence);
    // A probe after one that was answered: TCP_KEEPIDLE or TCP_KEEPINTVL, whichever is longer. `period`: since that one,
    // if it came after an answer too; kNever otherwise.
    void probe_after_answer(Nanoseconds silence, Nanoseconds period);
    // A probe, or the reset, after a probe that was not answered: TCP_KEEPINTVL.
    void probe_in_run(Nanoseconds interval, bool is_runs_first);
    // These numbers are shown. True if others were shown before: the socket was set anew.
    bool differ_from_shown(std::uint32_t keepidle, std::uint32_t keepintvl);

    // In seconds; 0 where it does not follow.
    std::uint32_t keepidle() const;
    std::uint32_t keepintvl() const;
    // When the prober gave up, no more evidence can come: the first silence alone, if it looks like a setting.
    std::uint32_t keepidle_at_the_end() const;

private:
    TimerHistory first_;
    TimerHistory cycle_;
    TimerHistory interval_;
    std::uint32_t shown_keepidle_ = 0;
    std::uint32_t shown_keepintvl_ = 0;
    bool is_run_uneven_ = false;
};

// The name of the operating system or program that sets these numbers, or null. 0 stands for "not known".
const char* known_settings(std::uint32_t keepidle, std::uint32_t keepintvl, std::uint32_t keepcnt);

}  // namespace keepalive

#endif
