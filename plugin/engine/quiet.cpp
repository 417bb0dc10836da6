// SPDX-License-Identifier: GPL-2.0-or-later
#include "quiet.h"

#include "story.h"

namespace keepalive {

namespace {

bool is_probe(const Record* record) {
    return record != nullptr && (record->type == Type::Probe || record->undecided);
}

}  // namespace

Record* Quiet::tell(const Breach& breach, Record* record, Quiet*& quiet, Memory& memory) {
    const Segment& segment = breach.segment;
    if (segment.has(kSyn))
        return record;
    // A repetition does not end a quiet: its sender has been waiting for an answer since before.
    const bool ends_quiet = breach.ends_quiet && !breach.repeats;
    if (record == nullptr && ends_quiet)
        record = make_record(segment, {}, memory);
    if (is_probe(record) || ends_quiet) {
        record->quiet_time = breach.quiet;
        record->ends_quiet = ends_quiet;
        record->peer_seen = breach.is_peer_seen;
        if (quiet == nullptr)
            quiet = memory.make<Quiet>();
    }
    if (quiet == nullptr)
        return record;
    hear(quiet->ends_[1U - segment.end], segment, breach.has_closed);
    Waiting& own = quiet->ends_[segment.end];
    if (segment.has(kRst) && ends_quiet)
        record->fate = Fate::Closed;
    if (segment.has(kRst))
        close(own, record != nullptr && record->type == Type::GaveUp);
    else
        send(own, breach, record);
    return record;
}

void Quiet::end_connection() {
    for (Waiting& each : ends_)
        close(each, false);
}

// False also if the segment was taken for a probe and turned out not to be one.
bool Quiet::is_open(const Waiting& own) {
    return own.at_stake != nullptr && (is_probe(own.at_stake) || own.at_stake->ends_quiet);
}

// Any segment of the peer except a reset shows that it still knows the connection. A peer that has closed its side may reset
// the other side, so that is no loss.
void Quiet::hear(Waiting& waiting, const Segment& answer, bool has_closed) {
    if (Record* const waking = waiting.unanswered; waking != nullptr && waking->wakes()) {
        waking->fate = answer.has(kRst) ? Fate::Closed : Fate::Survived;
        waking->answer_frame = answer.frame;
        waking->response_time = answer.time - waking->time;
    }
    if (waiting.at_stake != nullptr)
        waiting.at_stake->fate = !answer.has(kRst) ? Fate::Survived : has_closed ? Fate::Closed : Fate::Lost;
    waiting = {};
}

// An end that has repeated its segment has waited for an answer. One that closes at once may have had no time to get one.
void Quiet::close(Waiting& own, bool has_given_up) {
    if (is_open(own))
        own.at_stake->fate =
            own.at_stake->peer_seen && (has_given_up || own.at_stake->repetitions > 0) ? Fate::Lost : Fate::Closed;
    own = {};
}

void Quiet::send(Waiting& own, const Breach& breach, Record* record) {
    const Segment& segment = breach.segment;
    const bool is_waking = record != nullptr && record->wakes();
    if (is_waking)
        own.unanswered = record;
    // If the earlier waking segment had been lost, its sender would have repeated it. So it was answered, and the capture
    // does not show the answer.
    const bool is_forgotten = is_waking && is_open(own) && own.at_stake->wakes() && own.at_stake->repetitions == 0;
    if ((is_probe(record) || is_waking) && (!is_open(own) || is_forgotten)) {
        own.at_stake = record;
        own.newest = segment.time;
    } else if (is_open(own) && (is_probe(record) || breach.repeats)) {
        ++own.at_stake->repetitions;
        own.at_stake->overdue_at = segment.time + (segment.time - own.newest);
        own.newest = segment.time;
    }
}

}  // namespace keepalive
