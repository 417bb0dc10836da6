// SPDX-License-Identifier: GPL-2.0-or-later
// One TCP connection. Takes its segments in the order of the capture and returns records of its keepalive exchanges.
//
// A probe is recognised by one rule: SEG.SEQ is SND.UNA - 1 of its sender, and nothing of the sender is outstanding
// (RFC 9293 section 3.8.4). For that, the capture need not show a handshake or data, only one ACK of the peer. As long as it
// has not shown the peer, a segment that may be a probe stays undecided until a later segment decides. Other segments also
// look like probes and are ruled out: explanations/ has a file for each kind.
#ifndef KEEPALIVE_ENGINE_CONNECTION_H
#define KEEPALIVE_ENGINE_CONNECTION_H

#include <array>

#include "end.h"
#include "memory.h"
#include "quiet.h"
#include "record.h"
#include "scene.h"
#include "segment.h"
#include "story.h"

namespace keepalive {

class Connection {
public:
    // What there is to say of the next segment, or null. Later calls may complete or change earlier records. A segment
    // that ends a quiet of at least `quiet_from`, and is not a probe, gets a record as a waking segment.
    Record* examine(const Segment& segment, Memory& memory, Nanoseconds quiet_from = kNoQuietFrom);

private:
    Nanoseconds last_sent() const;
    bool is_new_syn(const Segment& segment) const;
    Place place_of(const Segment& segment) const;
    Scene scene_of(const Segment& segment) const;
    Record* note_quiet(const Segment& segment, Record* record, Nanoseconds quiet_from, Memory& memory);
    void reconsider(const Scene& scene, Memory& memory);
    void remember(const Segment& segment, const Print& print, const Record* record, bool answers_copy, Memory& memory);
    void revise(unsigned end, Revision revision, std::uint32_t told_by, Memory& memory);
    void hear(const Segment& segment, bool was_closed, bool is_of_timer, Memory& memory);

    std::array<End, 2> ends_{};
    Story* story_ = nullptr;                      // made with the first probe or opening: most connections never need it
    Quiet* quiet_ = nullptr;                      // likewise, or with the first quiet
    Nanoseconds last_activity_ = kNever;          // the last segment that is not part of a keepalive exchange
    std::uint32_t activity_frame_ = 0;            // its frame
    std::array<std::uint32_t, 2> last_frames_{};  // of each end's last segment
};

}  // namespace keepalive

#endif
