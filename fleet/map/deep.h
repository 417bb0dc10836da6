// SPDX-License-Identifier: GPL-2.0-or-later
// Finds the TCP segments in frames that the quick parser does not know, with Wireshark's own dissectors: whatever tshark
// would find in tunnels, fragments and rare encapsulations. Starting it takes a third of a second, so it is started when the
// first such frame comes, once for all files.
#ifndef KEEPALIVE_FLEET_DEEP_H
#define KEEPALIVE_FLEET_DEEP_H

#include <cstdint>
#include <deque>
#include <vector>

#include "wireshark.h"

namespace fleet {

// A TCP segment as an IP packet of its own: one header with the addresses, the identification and the TTL that Wireshark
// found, then the segment.
struct DeepSegment {
    std::vector<std::uint8_t> ip;       // as far as it was captured
    std::uint32_t reported_length = 0;  // of the IP packet
};

// For the frames of one file; there is one at a time. The dissectors keep something of every frame, so now and then all that
// is forgotten, but for the last frames without a segment: they may be fragments of a packet whose rest is to come.
class Deep {
public:
    // `type`: of the file. wtap_init() must have been called. Throws std::runtime_error if libwireshark cannot be started.
    explicit Deep(int type);
    ~Deep();
    Deep(const Deep&) = delete;
    Deep& operator=(const Deep&) = delete;

    // The segments of the next frame of the file, outermost first; valid until the next call.
    const std::vector<DeepSegment>& look(wtap_rec& record, const std::uint8_t* octets);

private:
    void begin();
    void end();
    void dissect(wtap_rec& record, const std::uint8_t* octets);

    int type_;
    epan_t* session_ = nullptr;
    epan_dissect_t* dissection_ = nullptr;
    std::uint32_t frames_ = 0;  // of the session
    std::uint64_t octets_ = 0;
    std::deque<Packet> last_without_segment_;
};

}  // namespace fleet

#endif
