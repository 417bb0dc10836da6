// SPDX-License-Identifier: GPL-2.0-or-later
// How one end's probes into a closed window are spaced. The gaps between zero-window probes begin near the retransmission
// timeout and double up to a limit, mostly 120 s. Keepalives come after whole seconds, evenly. Linux, gVisor, CycloneTCP and
// NuttX send both as the same segment, so only the spacing tells them apart. If both timers run at once (gVisor,
// CycloneTCP), a probe that fits the doubling chain is a zero-window probe, and one that repeatedly misses it by the same
// distance, or after the silence of earlier keepalives, is a keepalive.
#ifndef KEEPALIVE_ENGINE_SPACING_H
#define KEEPALIVE_ENGINE_SPACING_H

#include "segment.h"

namespace keepalive {

class Spacing {
public:
    enum class Timer : std::uint8_t { Unknown, Persist, KeepAlive };

    // The spacing with one more probe. It comes at `time`; `gap` after the previous probe, or if it is the first one, after
    // the segment before it; and `silence` after its sender last heard its peer (kNever if that is not known).
    // `is_silence_alike`: as long as before its keepalives. `is_closed`: the capture shows that the window is closed.
    Spacing with(Nanoseconds time, Nanoseconds gap, Nanoseconds silence, bool is_silence_alike, bool is_closed) const;
    // Which timer sent the newest probe. If it is the persist timer and its chain was not known before, it also sent the
    // undecided probes as far back as they double; if it is the keepalive timer, as far back as they are even.
    Timer timer() const { return timer_; }
    bool has_chain() const { return chain_gap_ > 0; }
    // The newest probe may be the chain's next one, but also a keepalive: that was due, too, or the chain's one is late.
    bool may_be_either() const { return may_be_either_; }
    // The newest probe is of a chain that was known before, and shows that the one before it was, too.
    bool tells_one_before() const { return tells_ == Tells::OneBefore; }
    // The newest one that was told to be of the chain may be of the other timer after all.
    bool takes_back_newest() const { return tells_ == Tells::NotNewest; }
    // Two even gaps are not enough to tell a keepalive.
    void need_third_even() { needs_third_even_ = true; }

    // The gaps `gap` and `next_gap` follow each other, and can be those of a timer that doubles.
    static bool is_doubling(Nanoseconds gap, Nanoseconds next_gap);
    static bool is_even(Nanoseconds gap, Nanoseconds next_gap);
    // As two spans of one timer are, and of two timers hardly ever.
    static bool is_alike(Nanoseconds one, Nanoseconds other);

private:
    enum class Tells : std::uint8_t { Nothing, OneBefore, NotNewest };

    void go_on(Nanoseconds time, Nanoseconds gap, bool is_silence_alike, bool is_closed);
    void go_on_beside_chain(Nanoseconds time, Nanoseconds gap, Nanoseconds silence, bool is_silence_alike);
    // Whether the chain's next one is due. It is late if it was lost or not captured, or if its timer began anew.
    enum class Fit : std::uint8_t { Early, Due, Late };
    Fit fit(Nanoseconds since) const;
    bool is_newest_of_other_timer(Nanoseconds time, Nanoseconds silence) const;
    void take_back_newest();
    void go_on_in_chain(Nanoseconds time, Nanoseconds silence, Fit fits);
    bool may_be_at_limit(Nanoseconds gap, Nanoseconds since_chain) const;
    void go_on_at_limit(Nanoseconds time, Nanoseconds gap);

    Nanoseconds newest_ = 0;                // when the newest probe came,
    Nanoseconds gap_ = 0;                   // and how long after the one before
    Nanoseconds chain_ = 0;                 // when the persist timer last went off,
    Nanoseconds chain_silence_ = kNever;    // after such a silence,
    Nanoseconds chain_gap_ = 0;             // and since it had gone off before; 0 while no chain is known
    Nanoseconds gap_before_ = 0;            // between the two before; 0 if the last one cannot be taken back
    Nanoseconds beside_ = kNever;           // when one last came beside the chain,
    Nanoseconds beside_silence_ = kNever;   // after such a silence,
    Nanoseconds beside_interval_ = kNever;  // and so long after the one before
    Timer timer_ = Timer::Unknown;
    Tells tells_ = Tells::Nothing;
    std::uint8_t doublings_ = 0;     // of the chain, in a row; not counted beyond 2
    bool was_even_ = false;          // the newest gap, with the one before
    bool needs_third_even_ = false;  // two even gaps tell nothing
    bool is_exact_ = false;          // the chain has just doubled, and by just two
    bool is_at_limit_ = false;
    bool may_be_either_ = false;
};

}  // namespace keepalive

#endif
