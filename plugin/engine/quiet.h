// SPDX-License-Identifier: GPL-2.0-or-later
// Quiets: spans in which neither end of a connection sends anything, which is what devices in between measure. A probe or
// a waking segment ends one; whether the connection outlived it, the peer's next segment tells, or that none comes.
#ifndef KEEPALIVE_ENGINE_QUIET_H
#define KEEPALIVE_ENGINE_QUIET_H

#include <array>

#include "memory.h"
#include "record.h"
#include "segment.h"

namespace keepalive {

// "No quiet is so long that the segment after it is named."
constexpr Nanoseconds kNoQuietFrom = INT64_MAX;

// A segment that is no copy, and the connection as it was before.
struct Breach {
    const Segment& segment;
    Nanoseconds quiet;  // since the segment before, of either end; kNever if there was none
    bool ends_quiet;    // that is long enough to be named
    bool repeats;       // all that the segment carries was sent before
    bool is_peer_seen;  //
    bool has_closed;    // the sender had sent a FIN before
};

class Quiet {
public:
    // What the segment tells of the quiet before it, and of those who wait for word of its sender. `record` is what there
    // is to say of the segment so far, or null; returns that, or a new record if the segment wakes the connection. `quiet`
    // is made with the first segment that needs it: most connections never do.
    static Record* tell(const Breach& breach, Record* record, Quiet*& quiet, Memory& memory);
    // Other segments of these ports belong to another connection.
    void end_connection();

private:
    // What one end has sent since it last heard its peer.
    struct Waiting {
        Record* at_stake = nullptr;    // the first thing after the quiet: was the connection lost in it?
        Record* unanswered = nullptr;  // the newest waking segment
        Nanoseconds newest = kNever;   // when at_stake was last sent or repeated
    };
    static bool is_open(const Waiting& own);
    static void hear(Waiting& waiting, const Segment& answer, bool has_closed);
    static void close(Waiting& own, bool has_given_up);
    static void send(Waiting& own, const Breach& breach, Record* record);

    std::array<Waiting, 2> ends_{};
};

}  // namespace keepalive

#endif
