// SPDX-License-Identifier: GPL-2.0-or-later
#include "record.h"

namespace keepalive {

namespace {

// How long the last probe of a capture waits for its answer where its interval is not known:
// the longest TCP_KEEPINTVL that an operating system has by default (Linux, BSD, macOS: 75 s).
constexpr Nanoseconds kLongestDefaultInterval = 75 * kSecond;

}  // namespace

bool Record::is_overdue(Nanoseconds capture_end) const {
    const Nanoseconds patience = previous != nullptr ? interval() : kLongestDefaultInterval;
    // A peer that the capture never shows may have answered out of its sight.
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
    // Of two repetitions, the last one may still be answered.
    const bool is_unheard = repetitions > 2 || (repetitions == 2 && capture_end >= overdue_at);
    return fate == Fate::Lost || (fate == Fate::Open && peer_seen && is_unheard);
}

std::uint32_t Record::run_length(Nanoseconds capture_end) const {
    if (run == nullptr)
        return 0;
    const Record* last = run->run_last;
    // Linux gives up in spite of answers that lie left of its window: it counts them for nothing.
    if (type == Type::GaveUp)
        return last->probe_number;
    return run->run_unanswered + (last != nullptr && last->is_overdue(capture_end) ? 1 : 0);
}

}  // namespace keepalive
