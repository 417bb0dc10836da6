// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef KEEPALIVE_FLEET_FEED_H
#define KEEPALIVE_FLEET_FEED_H

#include <cstdint>
#include <cstdio>
#include <string>
#include <unordered_set>
#include <vector>

#include "dealt_file.h"

namespace fleet {

// Writes a partition of all the dealt files of a capture point as one capture (pcapng, raw IP), in the order of time; of
// equal times, in the order of the files. The capture begins and ends, as that of the whole point does, with a packet of no
// content at `first` and one at `last`: what is unanswered depends on when a capture ends.
// With `connections`, their hashes, only those are written; all are if there are none.
// Throws std::runtime_error if a file is damaged or the output cannot be written.
void feed(const std::vector<std::string>& files, std::uint32_t partition, Nanoseconds first, Nanoseconds last,
          const std::unordered_set<std::uint64_t>& connections, FILE* output);

}  // namespace fleet

#endif
