// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "script.h"

namespace {

TEST(Retransmission, one_octet_retransmitted_because_it_was_lost) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1  octet 10
        0.001  B  .   1     ack 5
        1.000  A  P.  5(1)  ack 1  octet 65
        1.200  A  P.  5(1)  ack 1  octet 65  mark keepalive  > retransmission
        1.600  A  P.  5(1)  ack 1  octet 65  mark keepalive  > retransmission
        1.601  B  .   1     ack 6            mark ack        > ack-of-other
    )");
}

TEST(Retransmission, one_octet_retransmitted_because_its_ack_was_lost_behind_the_capture) {
    EXPECT_STORY(R"(
        1.000  A  P.  5(1)  ack 1  octet 65  ts 1000/500
        1.001  B  .   1     ack 6            ts 600/1000
        1.200  A  P.  5(1)  ack 1  octet 65  ts 1200/500  mark keepalive  > retransmission
        1.600  A  P.  5(1)  ack 1  octet 65  ts 1600/500  mark keepalive  > retransmission
    )");
}

TEST(Retransmission, the_same_octet_later_with_the_ack_echoed_is_a_probe) {
    EXPECT_STORY(R"(
                 1.000  A  P.  5(1)  ack 1  octet 0  ts 1000/500
                 1.001  B  .   1     ack 6           ts 600/1000
        probe:   9.000  A  .   5(1)  ack 1  octet 0  ts 9000/600  > probe in=answer
        answer:  9.001  B  .   1     ack 6           ts 8600/1000 > response to=probe
    )");
}

TEST(Retransmission, without_timestamps_push_and_the_same_octet_tell) {
    EXPECT_STORY(R"(
                 1.000  A  P.  5(1)  ack 1  octet 65
                 1.001  B  .   1     ack 6
                 1.300  A  P.  5(1)  ack 1  octet 65  mark keepalive  > retransmission
                 1.301  B  .   1     ack 6            mark ack        > ack-of-other
        probe:   3.300  A  .   5(1)  ack 1  octet 0                   > probe in=answer
        answer:  3.301  B  .   1     ack 6                            > response to=probe
    )");
}

TEST(Retransmission, the_last_octet_a_minute_later_is_no_retransmission) {
    EXPECT_STORY(R"(
                  0.0    A  P.  1(4)  ack 1  octet 65
                  0.001  B  .   1     ack 5
        probe1:   60.0   A  P.  4(1)  ack 1  octet 65  > probe in=answer1
        answer1:  60.01  B  .   1     ack 5            > response to=probe1
        probe2:   120.0  A  P.  4(1)  ack 1  octet 65  > probe in=answer2
        answer2:  120.1  B  .   1     ack 5            > response to=probe2
    )");
}

TEST(Retransmission, retransmissions_that_double_beyond_ten_seconds) {
    EXPECT_STORY(R"(
        0.0    A  P.  4(1)  ack 1  octet 65
        0.001  B  .   1     ack 5
        5.0    A  P.  4(1)  ack 1  octet 65  mark keepalive  > retransmission
        15.0   A  P.  4(1)  ack 1  octet 65  mark keepalive  > retransmission
        35.0   A  P.  4(1)  ack 1  octet 65  mark keepalive  > retransmission
    )");
}

TEST(Retransmission, an_octet_that_is_not_the_streams_is_none_however_soon_it_comes) {
    EXPECT_STORY(R"(
                 1.000  A  P.  1(4)  ack 1  octet 65
                 1.001  B  .   1     ack 5
        probe:   1.010  A  .   4(1)  ack 1  octet 0              > probe octet=0 in=answer
        answer:  1.011  B  .   1     ack 5  sack 4-5  mark ack   > response to=probe
    )");
}

TEST(Retransmission, an_octet_overtaken_by_a_longer_segment_is_no_ack) {
    EXPECT_STORY(R"(
        1.000  A  P.  5(3)  ack 1            ts 1001/500
        1.001  B  .   1     ack 8            ts 600/1001
        1.300  A  .   7(1)  ack 1  octet 67  ts 1000/500  mark keepalive  > retransmission
    )");
}

TEST(Retransmission, an_octet_overtaken_before_the_capture_shows_its_ack) {
    EXPECT_STORY(R"(
        1.000  B  P.  1(4)  ack 5            ts 599/990
        1.001  A  P.  5(3)  ack 5            ts 1001/599
        3.300  A  .   7(1)  ack 5  octet 67  ts 1000/599  mark keepalive  > retransmission
    )");
}

TEST(Retransmission, an_octet_right_behind_other_segments) {
    EXPECT_STORY(R"(
        1.000  A  P.  1(4)  ack 1
        1.001  B  .   1     ack 5
        1.015  A  .   4(1)  ack 1  octet 0  mark keepalive  > retransmission
        5.000  A  P.  5(4)  ack 1
        5.900  A  .   8(1)  ack 1  octet 0  mark keepalive  > retransmission
    )");
}

TEST(Retransmission, the_first_one_comes_within_ten_seconds) {
    EXPECT_STORY(R"(
        0.000  A  P.  4(1)  ack 1  octet 65
        0.001  B  .   1     ack 5
        7.000  A  P.  4(1)  ack 1  octet 65  mark keepalive  > retransmission
    )");
    EXPECT_STORY(R"(
        0.000  A  P.  4(1)  ack 1  octet 65
        0.001  B  .   1     ack 5
        15.00  A  P.  4(1)  ack 1  octet 65  > probe
    )");
}

TEST(Retransmission, the_same_octet_has_the_same_push) {
    EXPECT_STORY(R"(
        0.900  A  P.  1(4)  ack 1
        0.901  B  .   1     ack 5
        1.000  A  .   5(1)  ack 1  octet 65
        1.001  B  .   1     ack 6
        1.300  A  .   5(1)  ack 1  octet 65  mark keepalive  > retransmission
    )");
    EXPECT_STORY(R"(
        0.900  A  P.  1(4)  ack 1
        0.901  B  .   1     ack 5
        1.000  A  P.  5(1)  ack 1  octet 0
        1.001  B  .   1     ack 6
        3.000  A  .   5(1)  ack 1  octet 0  > probe
    )");
}

// The TSecr of the third segment is that of the ACK; with PSH, it may be that of data from before.
TEST(Retransmission, a_sender_that_has_seen_the_ack_sends_none) {
    EXPECT_STORY(R"(
        0.900  A  P.  1(4)  ack 1           ts 900/400
        0.901  B  .   1     ack 5           ts 500/900
        1.000  A  .   5(1)  ack 1  octet 0  ts 1000/500
        1.001  B  .   1     ack 6           ts 600/1000
        3.000  A  .   5(1)  ack 1  octet 0  ts 3000/600  > probe
    )");
    EXPECT_STORY(R"(
        1.000  A  P.  5(1)  ack 1  octet 65  ts 1000/500
        1.001  B  .   1     ack 6            ts 600/1000
        1.300  A  P.  5(1)  ack 1  octet 65  ts 1300/600  mark keepalive  > retransmission
    )");
    EXPECT_STORY(R"(
        1.000  A  P.  5(1)  ack 1  octet 65  ts 1000/500
        1.001  B  .   1     ack 6            ts 600/1000
        1.500  B  P.  1(3)  ack 6            ts 700/1000
        1.501  A  .   6     ack 4            ts 1501/700
        3.000  A  P.  5(1)  ack 4  octet 65  ts 3000/700  > probe
    )");
}

TEST(Retransmission, an_ack_without_timestamps_shows_nothing_of_what_was_seen) {
    EXPECT_STORY(R"(
        1.000  A  P.  5(1)  ack 1  octet 65  ts 1000/500
        1.001  B  .   1     ack 6
        1.300  A  P.  5(1)  ack 1  octet 65  ts 1300/500  mark keepalive  > retransmission
    )");
}

// No keepalive has PSH, or the octet of the stream.
TEST(Retransmission, an_octet_right_behind_that_is_pushed_or_the_streams) {
    EXPECT_STORY(R"(
        1.000  A  P.  1(4)  ack 1  octet 65
        1.001  B  .   1     ack 5
        1.015  A  P.  4(1)  ack 1  octet 66  mark keepalive  > retransmission
    )");
    EXPECT_STORY(R"(
        1.000  A  P.  1(4)  ack 1  octet 65
        1.001  B  .   1     ack 5
        1.015  A  .   4(1)  ack 1  octet 65  mark keepalive  > retransmission
    )");
}

}  // namespace
