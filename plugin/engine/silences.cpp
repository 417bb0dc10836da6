// SPDX-License-Identifier: GPL-2.0-or-later
#include "silences.h"

#include <algorithm>

#include "timers.h"

namespace keepalive {

namespace {

bool is_reset(const Record& record) {
    return record.type == Type::Probe ? record.partner != nullptr && record.partner->type == Type::PeerReset
                                      : record.answer_frame != 0;
}

Nanoseconds shorter(Nanoseconds one, Nanoseconds other) {
    return one == kNever || other == kNever ? std::max(one, other) : std::min(one, other);
}

}  // namespace

void Silences::add(const Record& record, Nanoseconds quiet_from, Nanoseconds capture_end) {
    if (record.type == Type::Probe) {
        probes_[record.end] = true;
        keepidle_[record.end] = record.keepidle != 0 ? record.keepidle : keepidle_[record.end];
    }
    if ((record.type != Type::Probe && !record.wakes()) || record.quiet_time == kNever)
        return;
    is_named_ = is_named_ || record.quiet_time >= quiet_from;
    if (record.is_lost_while_quiet(capture_end)) {
        lost_ = shorter(lost_, record.quiet_time);
        is_lost_by_reset_ = is_reset(record);
        outcome_ = is_lost_by_reset_ ? "lost: reset" : "lost: no answer";
    } else if (record.fate == Fate::Survived) {
        survived_ = std::max(survived_, record.quiet_time);
        outcome_ = "survived";
    } else if (record.fate == Fate::Closed) {
        outcome_ = "closed";
    } else if (outcome_[0] == '\0') {
        outcome_ = "not known";
    }
}

void Silences::add(const Silences& other) {
    survived_ = std::max(survived_, other.survived_);
    lost_ = shorter(lost_, other.lost_);
}

LimitVerdict Silences::compare(Nanoseconds limit) const {
    if (lost_ != kNever)
        return lost_ > limit ? LimitVerdict::LostBeyond : LimitVerdict::LostBelow;
    if (survived_ > limit)
        return LimitVerdict::Survived;
    return probes_[0] || probes_[1] ? LimitVerdict::KeptBelow : LimitVerdict::NotReached;
}

bool Silences::suggests_idle_timeout() const {
    // Two silences that the same timer ended may differ by as much as it is late.
    return survived_ != kNever && lost_ != kNever && lost_ > latest(survived_);
}

}  // namespace keepalive
