// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef KEEPALIVE_FLEET_CHECK_H
#define KEEPALIVE_FLEET_CHECK_H

#include <cstdint>
#include <string>
#include <vector>

namespace fleet {

struct Comparison {
    std::uint64_t frames = 0;
    std::uint64_t left = 0;                // to Wireshark's dissectors
    std::vector<std::uint64_t> differing;  // numbers of frames, from 1
};

// Compares what find_tcp() finds in each frame of a capture with what Wireshark's dissectors find there.
// Throws std::runtime_error if the capture cannot be read.
Comparison check(const std::string& capture);

}  // namespace fleet

#endif
