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

// A capture lacks what the capturing host was too slow for.
TEST(Explanation, an_ack_so_long_after_all_others_may_answer_a_probe_that_the_capture_lacks) {
    EXPECT_STORY(R"(
        1.000  A  P.  1(4)  ack 1
        1.001  B  .   1     ack 5
        6.002  A  .   4     ack 1  mark keepalive  > probe
        6.003  B  .   1     ack 5  mark ack        > response
        11.00  B  .   1     ack 5  mark ack        > nothing
        11.80  B  .   1     ack 5  mark ack        > unexplained
    )");
}

// FreeBSD, whose zero-window probe at 3.5 s is not part of tcp.analysis' next sequence number.
TEST(Explanation, an_empty_segment_below_outstanding_data_may_be_a_probe_however_soon_it_comes) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        3.500  A  .   5(1)  ack 1
        3.501  B  .   1     ack 5  win 0
        4.000  A  .   4     ack 1  mark keepalive  > nothing
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

// Whether a segment was sent before or after another one, told by the IP identification.
TEST(Explanation, a_segment_without_identification_was_not_sent_before) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1  id 70
        0.001  B  .   1     ack 5
        0.500  A  .   4     ack 1  > probe
    )");
}

TEST(Explanation, nothing_was_sent_after_a_segment_without_identification) {
    EXPECT_STORY(R"(
        1.000  A  P.  1(4)  ack 1
        1.001  B  .   1     ack 5
        1.002  A  .   4     ack 1  id 20  mark keepalive  > late-ack
    )");
}

// BSD draws it at random.
TEST(Explanation, an_identification_that_jumps_says_nothing) {
    EXPECT_STORY(R"(
        0.900  A  .   1     ack 1  id 40000
        1.000  A  P.  1(4)  ack 1  id 100
        1.001  B  .   1     ack 5
        1.300  A  .   4     ack 1  id 50  > probe
    )");
}

TEST(Explanation, an_identification_far_above_was_not_sent_after) {
    EXPECT_STORY(R"(
        1.000  A  P.  1(4)  ack 1  id 10
        1.001  B  .   1     ack 5
        1.002  A  .   4     ack 1  id 10000  mark keepalive  > late-ack
    )");
}

TEST(Explanation, an_identification_far_below_was_not_sent_before) {
    EXPECT_STORY(R"(
        1.000  A  P.  1(4)  ack 1  id 10000
        1.001  B  .   1     ack 5
        1.300  A  .   4     ack 1  id 10  > probe
    )");
}

TEST(Explanation, the_same_identification_was_not_sent_before) {
    EXPECT_STORY(R"(
        1.000  A  P.  1(4)  ack 1  id 9
        1.001  B  .   1     ack 5
        1.300  A  .   4     ack 1  id 9  > probe
    )");
}

TEST(Explanation, a_lower_identification_was_sent_before_within_900_milliseconds) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1  id 70
        0.001  B  .   1     ack 5
        0.800  A  .   4     ack 1  id 60  mark keepalive  > late-ack
    )");
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1  id 70
        0.001  B  .   1     ack 5
        1.000  A  .   4     ack 1  id 60  > probe
    )");
}

}  // namespace
