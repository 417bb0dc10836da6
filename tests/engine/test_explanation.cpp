// SPDX-License-Identifier: GPL-2.0-or-later
// What no explanation applies to.
#include <gtest/gtest.h>

#include "script.h"

namespace {

TEST(Explanation, a_marked_ack_that_answers_nothing_is_not_guessed_at) {
    EXPECT_STORY(R"(
        1.000  A  P.  1(4)  ack 1
        1.001  B  .   1     ack 5
        1.500  B  .   1     ack 5  mark ack  > unexplained
    )");
}

TEST(Explanation, a_marked_segment_where_no_probe_begins_is_not_guessed_at) {
    EXPECT_STORY(R"(
        1.000  A  P.  1(9)   ack 1
        1.001  B  .   1      ack 10
        2.500  A  .   5      ack 1  mark keepalive  > unexplained
        2.600  A  P.  5(1)   ack 1  mark keepalive  > unexplained
    )");
}

}  // namespace
