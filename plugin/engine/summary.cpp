// SPDX-License-Identifier: GPL-2.0-or-later
#include "summary.h"

#include <algorithm>

#include "timers.h"

namespace keepalive {

namespace {

bool is_reset(const Record& probe) {
    return probe.partner != nullptr && probe.partner->type == Type::PeerReset;
}

// The connection ended with the run that begins with `first`. A single lost probe does not mean that it did.
bool is_end_of_connection(const Record& first, Nanoseconds capture_end) {
    const Record& last = *first.run_last;
    if (is_reset(last) || last.outcome == Outcome::GaveUp)
        return true;
    return last.answer_frame == 0 && last.outcome != Outcome::TrafficResumed && first.run_length(capture_end) > 1;
}

const char* outcome_text(const Record& last_probe, Nanoseconds capture_end) {
    switch (last_probe.outcome) {
        case Outcome::TrafficResumed: return "traffic resumed";
        case Outcome::PeerReset: return "peer reset";
        case Outcome::GaveUp: return "gave up";
        case Outcome::Closed: return "closed";
        case Outcome::Reset: return "reset";
        case Outcome::Open: break;
    }
    if (last_probe.answer_frame != 0)
        return "answered";
    return last_probe.is_unanswered(capture_end) ? "unanswered until the capture ended" : "capture ended";
}

}  // namespace

bool ProberSummary::suggests_idle_timeout() const {
    // Two silences that the same timer ended may differ by as much as it is late.
    return survived != kNever && lost != kNever && lost > latest(survived);
}

void ConnectionSummary::add(const Record& record, Nanoseconds capture_end) {
    if (record.type != Type::Probe && record.type != Type::GaveUp)
        return;
    ProberSummary& prober = probers_[record.end];
    prober.keepidle = record.keepidle != 0 ? record.keepidle : prober.keepidle;
    prober.keepintvl = record.keepintvl != 0 ? record.keepintvl : prober.keepintvl;
    prober.keepcnt = record.keepcnt != 0 ? record.keepcnt : prober.keepcnt;
    if (record.type == Type::Probe)
        add_probe(record, capture_end);
    else
        prober.outcome = "gave up";
}

void ConnectionSummary::add_probe(const Record& probe, Nanoseconds capture_end) {
    ProberSummary& prober = probers_[probe.end];
    ++prober.probes;
    prober.idle_periods += probe.previous == nullptr ? 1 : 0;
    prober.longest_idle = std::max(prober.longest_idle, probe.idle_time);
    prober.longest_run = std::max(prober.longest_run, probe.run_length(capture_end));
    prober.outcome = outcome_text(probe, capture_end);

    const Nanoseconds quiet = quiet_before(probe);
    last_exchange_ = std::max(last_exchange_, probe.time);
    if (probe.answer_frame != 0) {
        ++prober.answered;
        prober.all_responses += static_cast<double>(probe.response_time);
        prober.longest_response = std::max(prober.longest_response, probe.response_time);
        prober.shortest_response =
            prober.has_responses() ? std::min(prober.shortest_response, probe.response_time) : probe.response_time;
        last_exchange_ = std::max(last_exchange_, probe.time + probe.response_time);
        if (!is_reset(probe))
            prober.survived = std::max(prober.survived, quiet);
    }
    prober.unanswered += probe.is_unanswered(capture_end) ? 1 : 0;
    if (probe.run == &probe && quiet != kNever && is_end_of_connection(probe, capture_end))
        prober.lost = prober.lost == kNever ? quiet : std::min(prober.lost, quiet);
}

// How long nothing at all passed on the connection, as a device in between sees it.
Nanoseconds ConnectionSummary::quiet_before(const Record& probe) const {
    const Nanoseconds since_exchange = last_exchange_ == kNever ? kNever : probe.time - last_exchange_;
    if (probe.idle_time == kNever || since_exchange == kNever)
        return std::max(probe.idle_time, since_exchange);
    return std::min(probe.idle_time, since_exchange);
}

}  // namespace keepalive
