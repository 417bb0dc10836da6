// SPDX-License-Identifier: GPL-2.0-or-later
// What is true of all records of a capture, whatever its segments are. The tests, the fuzzers and debug builds check it.
#ifndef KEEPALIVE_ENGINE_INVARIANTS_H
#define KEEPALIVE_ENGINE_INVARIANTS_H

#include <string>
#include <vector>

#include "record.h"
#include "segment.h"

namespace keepalive {

// How many segments a frame of the capture can hold. An aggregate of a wireless network (A-MSDU) can hold several.
enum class Frames { HoldOneSegment, MayHoldSeveral };

// Checks all records of a capture that goes on until `capture_end`, in the order of its segments. Returns the first
// contradiction that it finds, with its frame, or an empty string.
std::string contradiction(const std::vector<const Record*>& records, Nanoseconds capture_end,
                          Frames frames = Frames::HoldOneSegment);

}  // namespace keepalive

#endif
