// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef KEEPALIVE_FLEET_DEAL_H
#define KEEPALIVE_FLEET_DEAL_H

#include <cstdint>
#include <string>
#include <vector>

#include "dealt_file.h"

namespace fleet {

// What was read of a capture file, and what was wrong with it.
struct Account {
    std::string
        state;  // "ok", or what is wrong: "empty", "truncated", "corrupt", "not a capture", "unsupported", "unreadable"
    std::string message;  // Wireshark's or the kernel's own words
    std::uint64_t frames = 0;
    std::uint64_t segments = 0;     // of TCP
    std::uint64_t deep_frames = 0;  // that Wireshark's dissectors had to look into
    Nanoseconds first = 0;          // of all frames, whatever they carry
    Nanoseconds last = 0;
    std::vector<Share> shares;  // by partition
};

// Reads `capture`, in any format that Wireshark reads, and deals its TCP segments to so many partitions in a file at
// `output`. All frames before the damage are used. Throws std::runtime_error if the output cannot be written.
Account deal(const std::string& capture, const std::string& output, std::uint32_t partitions);

}  // namespace fleet

#endif
