// SPDX-License-Identifier: GPL-2.0-or-later
// Finds the TCP segments in frames that the quick parser does not know, with Wireshark's own dissectors: whatever tshark
// would find in tunnels, fragments and rare encapsulations. Starting it takes a third of a second, so it is started when the
// first such frame comes, once for all files.
#ifndef KEEPALIVE_FLEET_DEEP_H
#define KEEPALIVE_FLEET_DEEP_H

#include <cstdint>
#include <vector>

#include "wireshark.h"

namespace fleet {

// A TCP segment as an IP packet of its own: one header with the addresses, the identification and the TTL that Wireshark
// found, then the segment.
struct DeepSegment {
    std::vector<std::uint8_t> ip;       // as far as it was captured
    std::uint32_t reported_length = 0;  // of the IP packet
};

// For the frames of one file; there is one at a time.
class Deep {
public:
    // wtap_init() must have been called. Throws std::runtime_error if libwireshark cannot be started.
    Deep();
    ~Deep();
    Deep(const Deep&) = delete;
    Deep& operator=(const Deep&) = delete;

    // The segments of the next frame of a file, outermost first; valid until the next call. `type`: of the file.
    const std::vector<DeepSegment>& look(int type, wtap_rec& record, const std::uint8_t* octets, std::uint32_t number);

private:
    epan_t* session_;
    epan_dissect_t* dissection_;
};

}  // namespace fleet

#endif
