// SPDX-License-Identifier: GPL-2.0-or-later
// What holds of all records of a capture, whatever its segments were. Checked by the tests, the fuzzers and a debug build.
#ifndef KEEPALIVE_ENGINE_INVARIANTS_H
#define KEEPALIVE_ENGINE_INVARIANTS_H

#include <string>
#include <vector>

#include "record.h"
#include "segment.h"

namespace keepalive {

// What does not hold of all records of a capture that goes on until `capture_end`, in the order of its frames: the first
// thing that is found, with its frame; empty if all is well.
std::string contradiction(const std::vector<const Record*>& records, Nanoseconds capture_end);

}  // namespace keepalive

#endif
