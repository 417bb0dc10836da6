// SPDX-License-Identifier: GPL-2.0-or-later
// How one end's probes into a closed window are spaced: the persist timer starts near the retransmission timeout and
// doubles up to 120 s; keepalives come after whole seconds, evenly. Linux, gVisor, CycloneTCP and NuttX send both with the
// same bytes, so nothing else tells them apart. Where both timers run at once (gVisor, CycloneTCP), what keeps to the
// doubling chain is a zero-window probe, and what falls off it again and again at the same distance is a keepalive.
#ifndef KEEPALIVE_ENGINE_SPACING_H
#define KEEPALIVE_ENGINE_SPACING_H

#include "segment.h"

namespace keepalive {

class Spacing {
public:
    enum class Timer : std::uint8_t { Unknown, Persist, KeepAlive };

    // With one more probe at `time`, `gap` after the previous one, or after the last segment before the first, and
    // `silence` after its sender last heard its peer (kNever if that is not known).
    Spacing with(Nanoseconds time, Nanoseconds gap, Nanoseconds silence) const;
    // Which timer sent the newest one. Where the persist timer's chain was not known before, it sent the undecided ones
    // too, as far back as they double; the keepalive timer, as far back as they are even.
    Timer timer() const { return timer_; }
    bool has_chain() const { return chain_gap_ > 0; }

    // The probe that came `gap` after the one before is of the same doubling timer as the next, `next_gap` later.
    static bool is_doubling(Nanoseconds gap, Nanoseconds next_gap);
    static bool is_even(Nanoseconds gap, Nanoseconds next_gap);

private:
    void go_on(Nanoseconds time, Nanoseconds gap);
    void go_on_beside_chain(Nanoseconds time, Nanoseconds silence);

    Nanoseconds gap_ = 0;
    Nanoseconds chain_ = 0;                 // when the persist timer last went off
    Nanoseconds chain_gap_ = 0;             // since it had gone off before; 0 while no chain is known
    Nanoseconds beside_ = kNever;           // when one last came beside the chain,
    Nanoseconds beside_silence_ = kNever;   // after such a silence,
    Nanoseconds beside_interval_ = kNever;  // and so long after the one before
    unsigned doublings_ = 0;                // in a row
    Timer timer_ = Timer::Unknown;
};

}  // namespace keepalive

#endif
