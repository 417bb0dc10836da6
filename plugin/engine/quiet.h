// SPDX-License-Identifier: GPL-2.0-or-later
// A quiet is a time in which neither end of a connection sends anything; devices in between measure it. A probe or a waking
// segment ends it. If the peer is heard after that, the connection has survived; if not, it was lost.
#ifndef KEEPALIVE_ENGINE_QUIET_H
#define KEEPALIVE_ENGINE_QUIET_H

#include <array>

#include "memory.h"
#include "record.h"
#include "segment.h"

namespace keepalive {

// "No segment is named as a waking segment."
constexpr Nanoseconds kNoQuietFrom = INT64_MAX;

// A segment that is not a copy, and the connection as it was before.
struct Breach {
    const Segment& segment;
    Nanoseconds quiet;  // since the segment before, of either end; kNever if there was none
    bool ends_quiet;    // the quiet is long enough to name the segment after it
    bool repeats;       // all that the segment carries was sent before
    bool is_peer_seen;  //
    bool has_closed;    // the sender had sent a FIN before
};

class Quiet {
public:
    // Notes the quiet before the segment, and that the segment's sender was heard. `record` is what there is to say of the
    // segment so far, or null. Returns it, or a new record if the segment wakes the connection. Most connections need no
    // `quiet`, so it is made with the first segment that does.
    static Record* tell(const Breach& breach, Record* record, Quiet*& quiet, Memory& memory);
    // Other segments of these ports belong to another connection.
    void end_connection();
    // Nothing is open that another segment could decide.
    bool is_at_rest() const {
        return ends_[0].at_stake == nullptr && ends_[0].unanswered == nullptr && ends_[1].at_stake == nullptr &&
               ends_[1].unanswered == nullptr;
    }

private:
    // What one end has sent since it last heard its peer.
    struct Waiting {
        Record* at_stake = nullptr;    // the first segment after the quiet: it will say whether the connection was lost
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
