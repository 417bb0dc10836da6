// SPDX-License-Identifier: GPL-2.0-or-later
// How one end's probes into a closed window are spaced: the persist timer starts near the retransmission timeout and
// doubles up to 120 s; keepalives come after whole seconds, evenly. Linux sends both with the same bytes from the same
// function (tcp_xmit_probe_skb), so nothing else tells them apart.
#ifndef KEEPALIVE_ENGINE_SPACING_H
#define KEEPALIVE_ENGINE_SPACING_H

#include "segment.h"

namespace keepalive {

class Spacing {
public:
    enum class Timer : std::uint8_t { Unknown, Persist, KeepAlive };

    // With one more probe, `gap` after the previous one or after the last segment before the first.
    Spacing with(Nanoseconds gap) const;
    // Which timer sends them: the undecided ones before it too.
    Timer timer() const { return timer_; }

    // The probe that came `gap` after the one before is of the same doubling timer as the next, `next_gap` later.
    static bool is_doubling(Nanoseconds gap, Nanoseconds next_gap);
    static bool is_even(Nanoseconds gap, Nanoseconds next_gap);

private:
    Nanoseconds gap_ = 0;
    unsigned doublings_ = 0;  // in a row
    Timer timer_ = Timer::Unknown;
};

}  // namespace keepalive

#endif
