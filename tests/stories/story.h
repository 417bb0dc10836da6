// SPDX-License-Identifier: GPL-2.0-or-later
// Made stories: the segments of one connection as a capture shows them, drawn at random from what TCP ends, paths and
// captures do. The same number gives the same story on every machine.
#ifndef KEEPALIVE_TESTS_STORY_H
#define KEEPALIVE_TESTS_STORY_H

#include <cstdint>
#include <vector>

#include "engine/segment.h"

namespace keepalive::test {

std::vector<Segment> make_story(std::uint64_t number);

}  // namespace keepalive::test

#endif
