// SPDX-License-Identifier: GPL-2.0-or-later
// Tells keepalive probes from zero-window probes, which Linux sends with the same bytes from the same function
// (tcp_xmit_probe_skb): only their spacing differs. The persist timer starts near the retransmission timeout and doubles
// up to 120 s; keepalives come after whole seconds, evenly.
#ifndef KEEPALIVE_ENGINE_CLOSED_WINDOW_H
#define KEEPALIVE_ENGINE_CLOSED_WINDOW_H

#include "segment.h"

namespace keepalive {

// One end's probes while its peer's window is closed.
class ClosedWindow {
public:
    enum class Kind : std::uint8_t { Undecided, KeepAlive, ZeroWindowProbe };

    // One more probe, `gap` after the previous one or after the last segment before the first.
    // The answer holds for the undecided ones before it too.
    Kind probe(Nanoseconds gap);
    // The window opened, or new data was sent: what follows is a new story.
    void opened() { *this = ClosedWindow{}; }

    // The undecided probe that came `gap` before a zero-window probe which itself came `next_gap` later was one too.
    static bool is_doubling(Nanoseconds gap, Nanoseconds next_gap);
    static bool is_even(Nanoseconds gap, Nanoseconds next_gap);

private:
    Nanoseconds gap_ = 0;
    unsigned doublings_ = 0;  // in a row
    Kind kind_ = Kind::Undecided;
};

}  // namespace keepalive

#endif
