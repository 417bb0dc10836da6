// SPDX-License-Identifier: GPL-2.0-or-later
// The probes of one end of a connection: numbers them, links each to the one before and to its answer, and completes
// what was said of earlier ones. Knows nothing of how a probe is recognised.
#ifndef KEEPALIVE_ENGINE_PROBER_H
#define KEEPALIVE_ENGINE_PROBER_H

#include "record.h"
#include "segment.h"
#include "settings.h"
#include "spacing.h"

namespace keepalive {

class Prober {
public:
    // A probe was sent. `undecided`: later segments may refute it; it is not shown as a probe until confirmed.
    // `since_peer`: since the peer's last segment of any kind.
    void add(Record& probe, bool undecided, Nanoseconds since_peer);
    // A probe already shown as one may still be refuted with the next ones.
    void keep_open(Record& probe);
    // The undecided probes are what they looked like, as the segment in frame `told_by` tells.
    void confirm(bool inferred, std::uint32_t told_by);
    // The newest undecided probes are what they looked like, as far back as their spacing is even. Nothing will tell the
    // others.
    void confirm_even(std::uint32_t told_by);
    // The undecided probes are none; of what they are, `mistake` is known.
    void refute(Mistake mistake, std::uint32_t told_by);
    // The undecided probes were zero-window probes, as far back as their spacing doubles; before that, keepalives.
    // `does_next_double`: so does the gap from the newest of them to the present segment.
    void refute_doubling(bool does_next_double, std::uint32_t told_by);

    // The peer's segment answers the probe that waits, or an earlier one of its run. `record` is null for data, which
    // answers but is no part of the exchange.
    void answered(const Segment& answer, Record* record, Type type);
    // Sooner than the path allows: the segment left before the probe that waits had arrived.
    bool is_too_soon(const Segment& answer) const;
    // So a segment that has something else to say crossed the probe: the answer is still to come.
    void crossed() { crossed_ = awaiting_, crossed_by_ = Crossing::TooSoon; }
    // The peer's own probe came while a probe waits: the answer is still to come.
    void crossed_by_probe() { crossed_ = awaiting_, crossed_by_ = Crossing::Probe; }
    // The probe whose answer is still to come, or null, and how long after it an ACK may be that answer.
    const Record* crossed_probe() const { return crossed_; }
    bool can_answer_crossed(Nanoseconds since) const;
    void answered_after_crossing(const Segment& ack, Record& record);
    // One more answer to the run that was answered before: answers come in the order of the probes.
    void answered_again(const Segment& answer, Record& record);
    // The peer was heard, so the run is over.
    void end_run();
    // The prober's own RST after its last probe.
    void gave_up(Record& reset);
    // This end reset the connection, whether or not a probe waits.
    void close();
    // The peer did. But a firewall in between may hold its reset back, as it did the answers: then this end goes on.
    void closed_by_peer();
    // The connection is no longer idle: the next probe is the first of an idle period.
    void end_idle(Outcome outcome);

    // The probe that waits for an answer, or null.
    Record* awaiting() const { return awaiting_; }
    // The shortest response time so far of a probe that went out alone; 0 while there is none.
    Nanoseconds fastest_response() const { return fastest_; }
    // Another probe of the run just answered that may get an answer of its own, or null.
    Record* overdue() const { return overdue_; }
    // The newest probe of this idle period, or null.
    Record* newest() const { return newest_; }
    // The newest of the undecided probes, or null.
    Record* undecided() const { return undecided_; }
    // No segment of the peer can be a part of an exchange with this end.
    bool is_at_rest() const {
        return undecided_ == nullptr && awaiting_ == nullptr && overdue_ == nullptr && crossed_ == nullptr;
    }
    bool is_undecided() const { return undecided_ != nullptr; }

    Settings settings;
    Spacing spacing;                     // of probes into a closed window
    Nanoseconds window_opened = kNever;  // while undecided probes wait for what the opened window brings
    Nanoseconds usual_silence = kNever;  // of the last probe that was certain

private:
    void learn_from(Record& probe, Nanoseconds since_peer);
    void show_settings(Record& record, std::uint32_t keepidle);
    Record* answered_by(const Segment& answer) const;
    static Record* find_overdue(const Record& run);
    static void pair(Record& probe, Record* response, Type type, std::uint32_t frame, Nanoseconds time);
    void leave_run(Record& probe);
    static void take_back_answer(Record& probe);
    static void count_unanswered(Record& probe);
    void confirm_one(Record& probe, bool inferred, std::uint32_t told_by);
    static void take_back_unanswered(Record& probe);
    void confirm_back_from(Record* newest, bool inferred, std::uint32_t told_by);

    Record* newest_ = nullptr;
    Record* undecided_ = nullptr;
    Record* before_undecided_ = nullptr;  // the newest of the run before those of this idle period
    Record* awaiting_ = nullptr;
    Record* overdue_ = nullptr;
    Record* run_ = nullptr;
    Record* crossed_ = nullptr;
    enum class Crossing : std::uint8_t { TooSoon, Probe, FirstData };
    Crossing crossed_by_ = Crossing::TooSoon;
    Nanoseconds fastest_ = 0;
    std::uint32_t in_run_ = 0;
    std::uint32_t in_idle_ = 0;
};

}  // namespace keepalive

#endif
