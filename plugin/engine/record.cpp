// SPDX-License-Identifier: GPL-2.0-or-later
#include "record.h"

namespace keepalive {

namespace {

// How long the last probe of a capture waits for its answer if its interval is not known: the longest default of
// TCP_KEEPINTVL that an operating system has (Linux, BSD, macOS: 75 s).
constexpr Nanoseconds kLongestDefaultInterval = 75 * kSecond;

}  // namespace

bool Record::is_overdue(Nanoseconds capture_end) const {
    const Nanoseconds patience = previous != nullptr ? interval() : kLongestDefaultInterval;
    // If the capture never shows the peer, it may have answered all the same.
    return awaiting && peer_seen && answer_frame == 0 && capture_end - time >= patience;
}

bool Record::is_unanswered(Nanoseconds capture_end) const {
    if (wakes())
        return peer_seen && answer_frame == 0 && repetitions > 0;
    return type == Type::Probe && (unanswered || is_overdue(capture_end));
}

bool Record::is_lost_while_quiet(Nanoseconds capture_end) const {
    if (type != Type::Probe && !wakes())
        return false;
    // If there are only two repetitions, the second one may still be answered.
    const bool is_unheard = repetitions > 2 || (repetitions == 2 && capture_end >= overdue_at);
    return fate == Fate::Lost || (fate == Fate::Open && peer_seen && is_unheard);
}

std::uint32_t Record::run_length(Nanoseconds capture_end) const {
    if (run == nullptr)
        return 0;
    const Record* last = run->run_last;
    // Linux does not count answers that are below its window, and so can give up although its probes were answered.
    if (type == Type::GaveUp)
        return last->probe_number;
    return run->run_unanswered + (last != nullptr && last->is_overdue(capture_end) ? 1 : 0);
}

}  // namespace keepalive
