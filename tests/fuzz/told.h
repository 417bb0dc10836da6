// SPDX-License-Identifier: GPL-2.0-or-later
// Tells one connection to the engine and looks for what must not be.
#ifndef KEEPALIVE_TESTS_TOLD_H
#define KEEPALIVE_TESTS_TOLD_H

#include <string>
#include <vector>

#include "engine/segment.h"

namespace keepalive::test {

// What is wrong with what the engine says of these segments, in the order of their frames; empty if nothing is. Checks the
// invariants, how much memory is taken, and that the numbers of the frames change nothing.
std::string what_is_wrong(const std::vector<Segment>& segments);

// The same where the capture begins with the last SYN of a new connection between the same ports.
std::string what_depends_on_before(const std::vector<Segment>& segments);

}  // namespace keepalive::test

#endif
