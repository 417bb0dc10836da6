// SPDX-License-Identifier: GPL-2.0-or-later
#include "prober.h"

#include <algorithm>

#include "timers.h"

namespace keepalive {

namespace {

// A slow path can have this many probes on their way at once. No answer is paired with an older probe, so the cost of an
// answer does not grow with the run that it answers.
constexpr int kOutstandingProbes = 16;

// On a short path, response times differ by an eighth and this much more.
constexpr Nanoseconds kUnevenPath = 5 * kMillisecond;

// Most responses are slower than the fastest one by no more than this and as much again.
constexpr Nanoseconds kSlowerResponse = 50 * kMillisecond;

// Two times that differ by more than this are not of the same timer.
constexpr Nanoseconds kUnlikeTimers = 500 * kMillisecond;

}  // namespace

void Prober::count_unanswered(Record& probe) {
    if (probe.unanswered || probe.answer_frame != 0)
        return;
    probe.unanswered = true;
    ++probe.run->run_unanswered;
}

void Prober::take_back_unanswered(Record& probe) {
    if (!probe.unanswered)
        return;
    probe.unanswered = false;
    --probe.run->run_unanswered;
}

void Prober::add(Record& probe, bool undecided, Nanoseconds since_peer, Memory& memory) {
    if (awaiting_ != nullptr) {
        awaiting_->awaiting = false;
        // If the capture does not show the peer, it may have answered all the same.
        if (awaiting_->peer_seen)
            count_unanswered(*awaiting_);
    }
    if (newest_ == nullptr || !newest_->undecided)
        before_undecided_ = run_ != nullptr ? run_->run_last : &probe;
    if (run_ == nullptr)
        run_ = &probe;
    probe.type = undecided ? Type::None : Type::Probe;
    probe.undecided = undecided;
    probe.awaiting = true;
    probe.probe_number = ++in_run_;
    probe.idle_probes = ++in_idle_;
    probe.previous = newest_;
    probe.run = run_;
    run_->run_last = &probe;
    newest_ = &probe;
    if (undecided)
        undecided_ = &probe;
    awaiting_ = &probe;
    overdue_ = nullptr;
    crossed_ = nullptr;
    has_sent_again_ = false;
    if (!undecided)
        learn_from(probe, since_peer, settings(memory));
}

void Prober::set_spacing(const Spacing& spacing, Memory& memory) {
    if (into_closed_window_ == nullptr)
        into_closed_window_ = memory.make<IntoClosedWindow>();
    into_closed_window_->spacing = spacing;
    Record* const newest = into_closed_window_->newest_of_chain;
    if (spacing.takes_back_newest() && newest != nullptr) {
        newest->mistake = Mistake::None;
        newest->proof = {};
        leave();
    }
}

Settings& Prober::settings(Memory& memory) {
    if (settings_ == nullptr)
        settings_ = memory.make<Settings>();
    return *settings_;
}

void Prober::learn_from(Record& probe, Nanoseconds since_peer, Settings& settings) {
    const bool continues_run = probe.continues_run();
    // A probe of the peer restarts the keepalive timer of some systems, but not that of Linux. If this probe can have been
    // timed from either, the time says nothing.
    const Nanoseconds span = continues_run ? probe.interval() : probe.silence;
    const bool has_two_causes = span != kNever && since_peer < span - kUnlikeTimers && can_be_timer(since_peer);
    if (continues_run) {
        // If the capture does not show the peer, the previous probe may have been answered.
        if (probe.peer_seen && !has_two_causes)
            settings.probe_in_run(span, probe.probe_number == 2);
    } else if (span != kNever && !has_two_causes && probe.previous != nullptr) {
        const bool is_second = probe.previous->previous != nullptr && !probe.previous->continues_run();
        settings.probe_after_answer(span, is_second ? probe.interval() : kNever);
    } else if (span != kNever && !has_two_causes && probe.probe_number == 1) {
        settings.first_probe(span, probe.time);
    }
    settings.sent(probe.time);
    show_settings(probe, settings.keepidle(), settings);
}

void Prober::show_settings(Record& record, std::uint32_t keepidle, Settings& settings) {
    record.keepidle = keepidle;
    record.keepintvl = settings.keepintvl();
    record.settings_differ = settings.differ_from_shown(record.keepidle, record.keepintvl);
}

void Prober::keep_open(Record& probe) {
    probe.undecided = true;
    undecided_ = &probe;
}

// Each probe is shown once: all steps together are no more than there are probes.
void Prober::show_inferred(std::uint32_t told_by, Memory& memory) {
    for (Record* probe = undecided_; probe != nullptr && probe->undecided && probe->type == Type::None;
         probe = probe->previous) {
        confirm_one(*probe, true, told_by, memory);
        probe->undecided = !probe->peer_seen;
    }
    if (undecided_ != nullptr && !undecided_->undecided)
        undecided_ = nullptr;
}

// Each probe is decided once: all steps together are no more than there are probes.
void Prober::confirm(bool inferred, std::uint32_t told_by, Memory& memory) {
    for (Record* probe = undecided_; probe != nullptr && probe->undecided; probe = probe->previous)
        confirm_one(*probe, inferred, told_by, memory);
    undecided_ = nullptr;
}

void Prober::confirm_one(Record& probe, bool inferred, std::uint32_t told_by, Memory& memory) {
    const bool is_new = probe.type == Type::None;
    probe.undecided = false;
    probe.type = Type::Probe;
    const bool is_all_acknowledged = probe.expects == probe.seq + 1;
    probe.inferred = probe.inferred || inferred || !is_all_acknowledged;
    probe.mistake = Mistake::None;
    probe.proof = {Evidence::ToldLater, told_by};
    if (probe.partner != nullptr)
        probe.partner->type = Type::Response;
    if (is_new && probe.previous == nullptr && probe.silence != kNever)
        settings(memory).first_probe(probe.silence, probe.time);
}

void Prober::confirm_even(const Segment& told_by, Memory& memory) {
    Nanoseconds next = told_by.time;
    for (Record* probe = undecided_; probe != nullptr && probe->undecided; next = probe->time, probe = probe->previous) {
        // The first probe of an idle period comes after TCP_KEEPIDLE, the others after TCP_KEEPINTVL, so it need not fit.
        const bool is_first =
            probe->previous == nullptr &&
            (probe->silence == kNever || (probe->silence >= kShortestKeepalive && !is_unusually_short(probe->silence)));
        if (!is_first && !Spacing::is_even(probe->interval(), next - probe->time))
            break;
        confirm_one(*probe, false, told_by.frame, memory);
    }
    undecided_ = nullptr;
}

// `probe` turned out not to be a probe. It is the newest of its run, as those after it were taken out before.
void Prober::leave_run(Record& probe) {
    if (probe.unanswered)
        --probe.run->run_unanswered;
    probe.unanswered = false;
    probe.awaiting = false;
    if (probe.run != &probe)
        probe.run->run_last = probe.continues_run() ? probe.previous : before_undecided_;
}

// Each probe is decided once: all steps together are no more than there are probes.
void Prober::refute(Mistake mistake, std::uint32_t told_by, const Record* before) {
    Record* probe = undecided_;
    for (; probe != before && probe != nullptr && probe->undecided; probe = probe->previous) {
        leave_run(*probe);
        probe->undecided = false;
        probe->inferred = false;
        probe->type = Type::None;
        probe->mistake = mistake;
        if (mistake != Mistake::ZeroWindowProbe || probe->proof.evidence != Evidence::WindowClosed)
            probe->proof = {Evidence::ToldLater, told_by};
        if (probe->partner != nullptr) {
            probe->partner->type = Type::None;
            probe->partner->mistake = Mistake::AckOfOther;
        }
    }
    undecided_ = nullptr;
    crossed_ = nullptr;
    end_run();
    newest_ = probe;
    end_idle_period(Outcome::TrafficResumed);
}

void Prober::refute_doubling(bool does_next_double, std::uint32_t told_by) {
    if (undecided_ == nullptr)
        return;
    Record* first = undecided_;
    bool is_chain = does_next_double;
    // No more steps than a gap can double.
    for (; first->previous != nullptr && first->previous->undecided; first = first->previous) {
        const Record& before = *first->previous;
        const bool is_second = before.previous == nullptr && first->interval() >= kShortestPersist / 2;
        if (is_second || Spacing::is_doubling(before.interval(), first->interval())) {
            is_chain = true;
            continue;
        }
        // The gap before the first probe of a doubling chain can have any length.
        if (is_chain)
            first = first->previous;
        break;
    }
    // Both timers may run, so what came before the chain may be of either; and if nothing doubles, so may the newest.
    const Record* const before = first->previous;
    if (before != nullptr && before->undecided && !is_chain)
        return leave();
    refute(Mistake::ZeroWindowProbe, told_by, before);
}

void Prober::pair(Record& probe, Record* response, Type type, std::uint32_t frame, Nanoseconds time) {
    take_back_unanswered(probe);
    probe.answered_late = probe.run->run_last != &probe;
    probe.answer_frame = frame;
    probe.response_time = time - probe.time;
    probe.partner = response;
    if (response != nullptr) {
        response->type = probe.type == Type::Probe ? type : Type::None;
        response->response_time = probe.response_time;
        response->partner = &probe;
        response->proof = {Evidence::Answers, probe.frame};
    }
}

// The newest probe of the run; but if the round trip is longer than the interval between probes, the newest one that was
// sent long enough ago.
Record* Prober::answered_by(const Segment& answer) const {
    Record* probe = awaiting_;
    const auto is_too_young = [&](const Record& each) {
        return each.interval() <= fastest_ && answer.time - each.time < fastest_ - fastest_ / 8;
    };
    for (int step = 0; step < kOutstandingProbes && probe->continues_run() && is_too_young(*probe); ++step)
        probe = probe->previous;
    return probe;
}

// The newest probe of the run that has no answer and may still get one, or null.
Record* Prober::find_overdue(const Record& run) {
    Record* probe = run.run_last;
    for (int step = 0; step < kOutstandingProbes && probe != nullptr && probe->run == &run; ++step, probe = probe->previous)
        if (probe->answer_frame == 0)
            return probe;
    return nullptr;
}

// The probe still waits, so the prober's TCP did not accept what seemed to answer it: that was not in the window. If it was
// one below the true answer, it may have been a probe of the peer's own.
void Prober::take_back_answer(Record& probe, const Segment& true_answer) {
    Record* const answer = probe.partner;
    if (answer == nullptr)
        return;
    answer->type = Type::None;
    answer->mistake = answer->seq + 1 == true_answer.seq ? Mistake::None : Mistake::LateAck;
    answer->proof = {};
    answer->response_time = kNever;
    answer->partner = nullptr;
}

void Prober::answered(const Segment& answer, Record* record, Type type) {
    Record& probe = *answered_by(answer);
    take_back_answer(probe, answer);
    pair(probe, record, type, answer.frame, answer.time);
    const bool may_have_crossed = record != nullptr && is_too_soon(probe.response_time);
    if (probe.run->run_last == probe.run && &probe != crossed_ && (fastest_ == 0 || probe.response_time < fastest_))
        fastest_ = probe.response_time;
    if (record != nullptr && &probe == crossed_)
        crossed_ = nullptr;
    // The path has become shorter, or this was no answer. So what comes later may be the answer, too.
    if (may_have_crossed) {
        crossed_ = &probe;
        crossed_by_ = Crossing::Answer;
    }
    // While no response time is known, data may be the answer or may have crossed the probe. If an ACK of the probe follows,
    // it crossed it.
    if (record == nullptr && crossed_ == nullptr) {
        crossed_ = &probe;
        crossed_by_ = Crossing::FirstData;
    }
    overdue_ = record != nullptr ? find_overdue(*probe.run) : nullptr;
}

void Prober::set_behind_other(bool value, Nanoseconds since) {
    is_behind_other_ = value;
    is_right_behind_other_ = value && since < kUnevenPath;
}

bool Prober::is_too_soon(Nanoseconds since) const {
    return since < fastest_ - fastest_ / 8 - kUnevenPath;
}

bool Prober::is_too_late(Nanoseconds since) const {
    return since - fastest_ > fastest_ + kSlowerResponse;  // a span may be half of what 64 bits hold
}

bool Prober::can_answer_crossed(Nanoseconds since) const {
    if (crossed_by_ == Crossing::Answer)
        return false;
    if (crossed_by_ != Crossing::TooSoon || fastest_ == 0)
        return since < kLatestAnswer;
    return since >= fastest_ - fastest_ / 8 && since - fastest_ <= fastest_ / 2;
}

void Prober::answered_after_crossing(const Segment& ack, Record& record) {
    take_back_answer(*crossed_, ack);
    pair(*crossed_, &record, Type::Response, ack.frame, ack.time);
    if (crossed_by_ == Crossing::FirstData)
        fastest_ = crossed_->response_time;
    if (overdue_ == crossed_)
        overdue_ = find_overdue(*crossed_->run);
    crossed_ = nullptr;
}

void Prober::answered_again(const Segment& answer, Record& record) {
    Record* const oldest = overdue_;
    Record* response = &record;
    std::uint32_t frame = answer.frame;
    Nanoseconds time = answer.time;
    // From the newest probe back, each gives its answer to the probe before it. find_overdue() has found the oldest, so this
    // loop takes no more steps than that one.
    for (Record* probe = oldest->run->run_last; response != nullptr && probe != nullptr; probe = probe->previous) {
        Record* const earlier = probe->partner;
        const std::uint32_t earlier_frame = probe->answer_frame;
        const Nanoseconds earlier_time = probe->time + probe->response_time;
        pair(*probe, response, Type::Response, frame, time);
        if (probe == oldest)
            break;
        response = earlier;
        frame = earlier_frame;
        time = earlier_time;
    }
    fastest_ = oldest->response_time;
    overdue_ = find_overdue(*oldest->run);
}

void Prober::end_run() {
    if (awaiting_ != nullptr)
        awaiting_->awaiting = false;
    awaiting_ = nullptr;
    run_ = nullptr;
    in_run_ = 0;
}

void Prober::gave_up(Record& reset, Memory& memory) {
    // An end that gives up has heard no answer, even if the capture does not show its peer. This ends the run, so each probe
    // is counted here only once.
    Record& last = *awaiting_;
    count_unanswered(last);
    Nanoseconds shortest = reset.time - last.time;
    Nanoseconds longest = shortest;
    for (Record* probe = &last; probe->continues_run(); probe = probe->previous) {
        count_unanswered(*probe->previous);
        shortest = std::min(shortest, probe->interval());
        longest = std::max(longest, probe->interval());
    }
    reset.type = Type::GaveUp;
    reset.run = run_;
    reset.proof = {Evidence::Unanswered, last.frame};
    Settings& known = settings(memory);
    // Now the probes are known to be unanswered. So their intervals count, which said nothing while the peer was not seen.
    if (!run_->peer_seen)
        for (const Record* probe = newest_; probe != nullptr && probe->continues_run(); probe = probe->previous)
            if (!probe->peer_seen)
                known.probe_in_run(probe->interval(), probe == newest_);
    known.probe_in_run(reset.time - last.time, in_run_ == 1);
    show_settings(reset, known.keepidle_at_the_end(), known);
    // TCP_USER_TIMEOUT can end a run at any probe, whatever TCP_KEEPCNT is. A run of one or two probes, or of many but no
    // round number, was probably ended so. If the run began before the capture, its length is not known; nor is it if the
    // peer's resets did not reach the prober, because then the answers before them may not have reached it either; nor if
    // the intervals differ, because then probes are missing from the capture, or were not sent by this count; nor if the
    // first probe is missing, because then the run begins one interval after TCP_KEEPIDLE.
    const bool were_answers_lost = last.partner != nullptr && last.partner->type == Type::PeerReset;
    const bool is_complete = in_run_ > 2 && run_->silence != kNever && !were_answers_lost && longest <= latest(shortest);
    const Nanoseconds keepidle = static_cast<Nanoseconds>(known.keepidle()) * kSecond;
    const bool lacks_first = keepidle != 0 && run_->silence > latest(keepidle) &&
                             run_->silence >= keepidle + shortest - kUnlikeTimers &&
                             run_->silence <= latest(keepidle + longest);
    const bool is_usual = in_run_ <= 10 || in_run_ % 5 == 0;
    reset.keepcnt = is_complete && !lacks_first && is_usual ? in_run_ : 0;
    end_run();
    end_idle(Outcome::GaveUp);
}

void Prober::close() {
    if (awaiting_ != nullptr && awaiting_->peer_seen)
        count_unanswered(*awaiting_);
    end_run();
    end_idle(Outcome::Reset);
}

void Prober::closed_by_peer(Outcome outcome) {
    if (awaiting_ != nullptr && awaiting_->peer_seen)
        count_unanswered(*awaiting_);
    if (newest_ != nullptr)
        newest_->outcome = outcome;
}

void Prober::end_idle_period(Outcome outcome) {
    // The prober that probes on has not got the peer's reset, so it may still give up.
    if (newest_ != nullptr && (newest_->outcome != Outcome::PeerReset || outcome == Outcome::GaveUp))
        newest_->outcome = outcome;
    newest_ = nullptr;
    overdue_ = nullptr;
    in_idle_ = 0;
}

}  // namespace keepalive
