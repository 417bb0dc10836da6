// SPDX-License-Identifier: GPL-2.0-or-later
// Sums up the probes of a connection, for the statistics.
#ifndef KEEPALIVE_ENGINE_SUMMARY_H
#define KEEPALIVE_ENGINE_SUMMARY_H

#include <array>
#include <cstdint>

#include "record.h"
#include "segment.h"

namespace keepalive {

// One end's probes. What is not known is kNever, or 0 for the settings.
struct ProberSummary {
    std::uint32_t probes = 0;
    std::uint32_t answered = 0;     // by an ACK, data or a reset, however late
    std::uint32_t unanswered = 0;   // by nothing, ever
    std::uint32_t longest_run = 0;  // probes in a row that nothing answered
    std::uint32_t idle_periods = 0;
    std::uint32_t keepidle = 0;   // in seconds
    std::uint32_t keepintvl = 0;  // in seconds
    std::uint32_t keepcnt = 0;
    Nanoseconds longest_idle = kNever;
    Nanoseconds shortest_response = kNever;
    Nanoseconds longest_response = kNever;
    double all_responses = 0;       // nanoseconds, added up; with impossible times, 64 bits would not be enough
    Nanoseconds survived = kNever;  // the longest silence after which a probe was answered
    Nanoseconds lost = kNever;      // the shortest silence after which the connection was found dead
    const char* outcome = "";       // of the newest idle period

    // Neither answered nor unanswered: the capture ends too soon, or does not show the peer, or the peer sent something
    // else.
    std::uint32_t undecided() const { return probes - answered - unanswered; }
    bool has_responses() const { return shortest_response != kNever; }
    Nanoseconds mean_response() const { return static_cast<Nanoseconds>(all_responses / answered); }

    // A shorter silence was survived and a longer one was not: some device in between may forget idle connections.
    bool suggests_idle_timeout() const;
};

class ConnectionSummary {
public:
    // Adds the next probe or give-up of either end, in the order of the capture, which goes on until `capture_end`. Other
    // records are ignored. Records must be final.
    void add(const Record& record, Nanoseconds capture_end);

    const ProberSummary& prober(unsigned end) const { return probers_[end]; }

private:
    void add_probe(const Record& probe, Nanoseconds capture_end);
    Nanoseconds quiet_before(const Record& probe) const;

    std::array<ProberSummary, 2> probers_{};
    Nanoseconds last_exchange_ = kNever;  // the last probe of either end, or its answer
};

}  // namespace keepalive

#endif
