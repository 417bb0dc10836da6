// SPDX-License-Identifier: GPL-2.0-or-later
#include "invariants.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "summary.h"

namespace keepalive {

namespace {

// Thrown as an exception it would need a handler in the fuzzers; a list of what is wrong needs none.
class Findings {
public:
    explicit Findings(Frames frames) : frames_{frames} {}
    void require(bool holds, const Record& record, const char* what) {
        if (!holds && first_.empty())
            first_ = "frame " + std::to_string(record.frame) + ": " + what;
    }
    const std::string& first() const { return first_; }
    // Of an earlier segment than that in the frame `later` can be the frame `earlier`.
    bool is_before(std::uint32_t earlier, std::uint32_t later) const {
        return frames_ == Frames::MayHoldSeveral ? earlier <= later : earlier < later;
    }

private:
    Frames frames_;
    std::string first_;
};

bool is_answer(const Record& record) {
    return record.type == Type::Response || record.type == Type::PeerReset;
}

// A probe is shown while it may still be refuted only where the capture does not show its peer.
bool is_kept_open(const Record& record) {
    return record.undecided && record.type == Type::Probe && record.inferred && !record.peer_seen;
}

// What is counted before a probe may still be undecided when the capture ends, but is not known to be none.
bool may_be_probe(const Record& record) {
    return record.type == Type::Probe || record.undecided;
}

void check_links(const Record& record, Findings& findings) {
    const auto require = [&](bool holds, const char* what) { findings.require(holds, record, what); };
    const Record* partner = record.partner;
    if (record.type == Type::Probe) {
        require(record.run != nullptr && record.run->end == record.end && may_be_probe(*record.run), "run of no probe");
        require(record.run->frame <= record.frame && record.run->run_last != nullptr, "the run begins later");
        require(record.run->run_last->frame >= record.frame, "the run ends before this probe");
        require(may_be_probe(*record.run->run_last), "the run's last is no probe");
        require((record.run == &record) == (record.probe_number == 1), "number 1 and the run's first differ");
        require((record.answer_frame != 0) == (record.response_time != kNever), "an answer without a time, or the reverse");
        require(record.answer_frame == 0 || findings.is_before(record.frame, record.answer_frame),
                "answered before it was sent");
        require(partner == nullptr || (is_answer(*partner) && partner->partner == &record), "the answer is another probe's");
        require(partner == nullptr || partner->frame == record.answer_frame, "another frame answers");
        require(findings.is_before(record.last_activity, record.frame), "the activity before comes later");
        if (const Record* previous = record.previous; previous != nullptr) {
            require(findings.is_before(previous->frame, record.frame) && previous->end == record.end,
                    "the previous probe is none before");
            require(may_be_probe(*previous), "the previous probe is none");
            require(record.idle_probes == previous->idle_probes + 1, "idle period miscounted");
            require(!record.continues_run() || record.probe_number == previous->probe_number + 1, "run miscounted");
            require(record.continues_run() || record.probe_number == 1, "a new run does not begin with 1");
        } else {
            require(record.idle_probes == 1, "the first of an idle period has another number");
        }
    }
    if (is_answer(record)) {
        require(partner != nullptr && partner->type == Type::Probe, "answers no probe");
        require(partner != nullptr && partner->partner == &record, "the probe has another answer");
        require(partner != nullptr && findings.is_before(partner->frame, record.frame) && partner->end != record.end,
                "answers a later frame");
        require(partner != nullptr && partner->response_time == record.response_time, "two response times");
    }
    if (record.type == Type::GaveUp) {
        require(record.run != nullptr && may_be_probe(*record.run) && record.run->end == record.end, "gave up no run");
        require(record.run != nullptr && findings.is_before(record.run->run_last->frame, record.frame),
                "gave up before the last probe");
    }
}

void check_verdict(const Record& record, Findings& findings) {
    const auto require = [&](bool holds, const char* what) { findings.require(holds, record, what); };
    require(!record.undecided || record.type == Type::None || is_kept_open(record), "undecided, and shown");
    require(record.mark != Mark::None || record.mistaken() == Mistake::None || record.duplicate, "a mistake of nobody");
    require(record.type == Type::None || record.type == Type::Probe || !record.unanswered, "unanswered, and no probe");
    require(record.answer_frame == 0 || !record.unanswered, "answered, and unanswered");
    require(record.answer_frame != 0 || !record.answered_late, "answered late, and not answered");
}

// Which frame may be a proof.
void check_proof(const Record& record, Findings& findings) {
    const auto require = [&](bool holds, const char* what) { findings.require(holds, record, what); };
    const Proof& proof = record.proof;
    switch (proof.evidence) {
        case Evidence::ToldLater:
            require(findings.is_before(record.frame, proof.frame), "what tells later comes before");
            break;
        case Evidence::Syn: require(proof.frame <= record.frame, "the SYN comes later"); break;
        default: require(findings.is_before(proof.frame, record.frame), "the proof comes later"); break;
    }
    if (is_answer(record))
        require(proof.evidence == Evidence::Answers && record.partner != nullptr && proof.frame == record.partner->frame,
                "the proof of an answer is not its probe");
    if (record.type == Type::GaveUp)
        require(proof.evidence == Evidence::Unanswered && proof.frame == record.run->run_last->frame,
                "the proof of giving up is not the last probe");
    require(record.type == Type::None || proof.evidence != Evidence::None || record.undecided, "no evidence");
}

struct Counts {
    std::uint32_t probes = 0;
    std::uint32_t answered = 0;
    std::uint32_t unanswered = 0;
    std::uint32_t longest_run = 0;
    std::uint32_t idle_periods = 0;
    const Record* waits = nullptr;
    const Record* newest = nullptr;
};

}  // namespace

std::string contradiction(const std::vector<const Record*>& records, Nanoseconds capture_end, Frames frames) {
    Findings findings{frames};
    std::map<const Record*, std::uint32_t> unanswered_in_run;
    std::map<std::pair<std::uint32_t, unsigned>, Counts> counted;
    std::map<std::uint32_t, ConnectionSummary> summaries;
    for (const Record* each : records) {
        const Record& record = *each;
        check_verdict(record, findings);
        check_links(record, findings);
        if (!findings.first().empty())
            return findings.first();
        check_proof(record, findings);
        if (may_be_probe(record))
            unanswered_in_run[record.run] += record.unanswered ? 1 : 0;
        if (record.type != Type::Probe && record.type != Type::GaveUp)
            continue;
        Counts& counts = counted[{record.connection, record.end}];
        counts.newest = each;
        summaries[record.connection].add(record, capture_end);
        if (record.type != Type::Probe)
            continue;
        findings.require(!record.awaiting || record.run->run_last == each, record,
                         "waits, and is not the newest of its run");
        ++counts.probes;
        counts.answered += record.answer_frame != 0 ? 1 : 0;
        counts.unanswered += record.is_unanswered(capture_end) ? 1 : 0;
        counts.idle_periods += record.previous == nullptr ? 1 : 0;
        counts.longest_run = std::max(counts.longest_run, record.run_length(capture_end));
    }
    for (const auto& [first, unanswered] : unanswered_in_run)
        findings.require(first->run_unanswered == unanswered, *first, "the run's unanswered probes are miscounted");
    for (const auto& [whose, counts] : counted) {
        const ProberSummary& told = summaries[whose.first].prober(whose.second);
        findings.require(told.probes == counts.probes && told.answered == counts.answered &&
                             told.unanswered == counts.unanswered && told.longest_run == counts.longest_run &&
                             told.idle_periods == counts.idle_periods,
                         *counts.newest, "the statistics up to here say otherwise than the frames");
    }
    return findings.first();
}

}  // namespace keepalive
