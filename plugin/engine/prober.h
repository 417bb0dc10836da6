// SPDX-License-Identifier: GPL-2.0-or-later
// The probes of one end of a connection. Numbers them, links each to the probe before it and to its answer, and completes
// the records of earlier ones. Does not know how a probe is recognised.
#ifndef KEEPALIVE_ENGINE_PROBER_H
#define KEEPALIVE_ENGINE_PROBER_H

#include "memory.h"
#include "record.h"
#include "segment.h"
#include "settings.h"
#include "spacing.h"

namespace keepalive {

class Prober {
public:
    // A probe was sent. If it is `undecided`, later segments may refute it, and it is not shown before it is confirmed.
    // `since_peer` is the time since the peer's last segment of any kind.
    void add(Record& probe, bool undecided, Nanoseconds since_peer, Memory& memory);
    // `probe` is shown already, but may still be refuted together with the next ones.
    void keep_open(Record& probe);
    // The undecided probes are probes, inferred; those that came before the peer was seen may still be refuted.
    void show_inferred(std::uint32_t told_by, Memory& memory);
    // The undecided probes are probes; the segment in frame `told_by` shows it.
    void confirm(bool inferred, std::uint32_t told_by, Memory& memory);
    // The newest undecided probes are probes, as far back as their spacing is even up to `told_by`. The others are never
    // decided.
    void confirm_even(const Segment& told_by, Memory& memory);
    // The undecided probes are never decided.
    void leave() { undecided_ = nullptr; }
    // The undecided probes that come after `before` are not probes but `mistake`; all of them if it is null.
    void refute(Mistake mistake, std::uint32_t told_by, const Record* before = nullptr);
    // The undecided probes were zero-window probes as far back as their spacing doubles. The others are never decided.
    // `does_next_double`: the gap from the newest of them to the present segment doubles, too.
    void refute_doubling(bool does_next_double, std::uint32_t told_by);

    // The peer's segment answers the probe that waits, or an earlier one of its run. `record` is null for data, which
    // answers a probe but is not part of the exchange.
    void answered(const Segment& answer, Record* record, Type type);
    // An answer so soon after what it answers came sooner than the path allows, so it left before that had arrived.
    bool is_too_soon(Nanoseconds since) const;
    // An answer so long after a probe is much slower than the fastest one, or slow if there was none.
    bool is_too_late(Nanoseconds since) const;
    // The newest probe was sent as Scene::is_behind_other() says, and so long after that segment.
    void set_behind_other(bool value, Nanoseconds since);
    bool is_behind_other() const { return is_behind_other_; }
    // So soon behind it that the time does not tell which of the two is answered.
    bool is_right_behind_other() const { return is_right_behind_other_; }
    // Its end sent data again, and has sent no probe since.
    void sent_again() { has_sent_again_ = true; }
    bool has_sent_again() const { return has_sent_again_; }
    // A segment with a reason of its own came too soon, so it crossed the probe, and the answer is still to come.
    void crossed() { crossed_ = awaiting_, crossed_by_ = Crossing::TooSoon; }
    // What a timer of the peer sent came while a probe waits, and the answer is still to come.
    void crossed_by_timer() { crossed_ = awaiting_, crossed_by_ = Crossing::Timer; }
    // The probe that was crossed and whose answer is still to come, or null.
    const Record* crossed_probe() const { return crossed_; }
    // An ACK that comes so long after that probe can be the answer.
    bool can_answer_crossed(Nanoseconds since) const;
    void answered_after_crossing(const Segment& ack, Record& record);
    // The run was answered before, and this is one more answer. As answers come in the order of the probes, each earlier
    // answer belongs to an earlier probe.
    void answered_again(const Segment& answer, Record& record);
    // The peer was heard, so the run is over.
    void end_run();
    // The prober's own RST after its last probe.
    void gave_up(Record& reset, Memory& memory);
    // This end reset the connection, whether or not a probe waits.
    void close();
    // The peer reset the connection. This end may go on, as a firewall that holds back the answers may hold back the reset.
    void closed_by_peer(Outcome outcome);
    // The connection is no longer idle: the next probe is the first of an idle period.
    void end_idle(Outcome outcome) {
        if (in_idle_ > 0 || overdue_ != nullptr)
            end_idle_period(outcome);
    }

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
    // No probe is undecided or waits for an answer, so no segment of the peer can be part of an exchange with this end. But
    // while the connection is idle, an ACK may answer a copy of the newest one.
    bool is_at_rest(bool is_ack) const {
        return (newest_ == nullptr || !is_ack) && undecided_ == nullptr && awaiting_ == nullptr && overdue_ == nullptr &&
               crossed_ == nullptr;
    }
    bool is_undecided() const { return undecided_ != nullptr; }
    // The silence before the last first probe that was certain; kNever if there was none.
    Nanoseconds usual_silence() const { return usual_silence_; }
    bool is_usual_silence(Nanoseconds silence) const { return Spacing::is_alike(usual_silence_, silence); }
    // Much shorter than that, and no keepalive comes sooner than usual.
    bool is_unusually_short(Nanoseconds silence) const {
        return silence != kNever && usual_silence_ != kNever && silence < usual_silence_ - usual_silence_ / 4;
    }
    // A keepalive of the peer does not end the silence, but restarts the timer of some stacks (gVisor) all the same.
    void set_usual_silence(Nanoseconds silence, Nanoseconds since_peer) {
        const bool is_timer_of_peers = since_peer != silence && is_usual_silence(since_peer);
        usual_silence_ = is_timer_of_peers ? since_peer : silence;
    }

    // TCP_KEEPINTVL in seconds; 0 if it is not known.
    std::uint32_t keepintvl() const { return settings_ != nullptr ? settings_->keepintvl() : 0; }

    // Of the probes into a closed window; empty if there were none.
    Spacing spacing() const { return into_closed_window_ != nullptr ? into_closed_window_->spacing : Spacing{}; }
    void set_spacing(const Spacing& spacing, Memory& memory);
    // After set_spacing(): `record` says that this probe is of the chain; null if there is nothing to say of it.
    void told_of_chain(Record* record) { into_closed_window_->newest_of_chain = record; }
    void forget_spacing() {
        if (into_closed_window_ != nullptr)
            into_closed_window_->spacing = {};
    }

    // The peer's window was closed, and has opened.
    void hear_opening(Nanoseconds time) {
        window_opened = time;
        has_persisted_ = spacing().has_chain();
        // The data that waited has nothing to do with what came beside the chain.
        if (has_persisted_)
            leave();
        forget_spacing();
    }
    // A chain of zero-window probes came before the window opened.
    bool has_persisted() const { return has_persisted_; }
    void sent_new_data() {
        window_opened = kNever;
        forget_spacing();
    }

    Nanoseconds window_opened = kNever;  // when it did, if no new data came since; what comes decides the undecided probes

private:
    void end_idle_period(Outcome outcome);
    Settings& settings(Memory& memory);
    static void learn_from(Record& probe, Nanoseconds since_peer, Settings& settings);
    static void show_settings(Record& record, std::uint32_t keepidle, Settings& settings);
    Record* answered_by(const Segment& answer) const;
    static Record* find_overdue(const Record& run);
    static void pair(Record& probe, Record* response, Type type, std::uint32_t frame, Nanoseconds time);
    void leave_run(Record& probe);
    static void take_back_answer(Record& probe, const Segment& true_answer);
    static void count_unanswered(Record& probe);
    void confirm_one(Record& probe, bool inferred, std::uint32_t told_by, Memory& memory);
    static void take_back_unanswered(Record& probe);

    struct IntoClosedWindow {
        Spacing spacing;
        Record* newest_of_chain = nullptr;
    };

    Settings* settings_ = nullptr;                    // made with the first probe that is certain
    IntoClosedWindow* into_closed_window_ = nullptr;  // made with the first probe into a closed window
    Record* newest_ = nullptr;
    Record* undecided_ = nullptr;
    Record* before_undecided_ = nullptr;  // the newest of the run before those of this idle period
    Record* awaiting_ = nullptr;
    Record* overdue_ = nullptr;
    Record* run_ = nullptr;
    Record* crossed_ = nullptr;
    enum class Crossing : std::uint8_t { TooSoon, Timer, FirstData, Answer };
    Crossing crossed_by_ = Crossing::TooSoon;
    bool has_sent_again_ = false;
    bool has_persisted_ = false;
    bool is_behind_other_ = false;
    bool is_right_behind_other_ = false;
    Nanoseconds fastest_ = 0;
    Nanoseconds usual_silence_ = kNever;
    std::uint32_t in_run_ = 0;
    std::uint32_t in_idle_ = 0;
};

}  // namespace keepalive

#endif
