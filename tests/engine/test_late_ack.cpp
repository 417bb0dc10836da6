// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "script.h"

namespace {

TEST(LateAck, ack_overtaken_by_its_senders_next_octet) {
    EXPECT_STORY(R"(
        1.000  A  P.  5(1)  ack 1  octet 65  ts 1001/500
        1.001  B  .   1     ack 6            ts 600/1001
        1.002  A  .   5     ack 1            ts 1000/500  mark keepalive  > late-ack
    )");
}

TEST(LateAck, ack_overtaken_told_by_the_ip_identification) {
    EXPECT_STORY(R"(
        0.900  A  P.  1(4)  ack 1  id 70
        0.901  B  .   1     ack 5
        1.000  A  P.  5(1)  ack 1  id 72  octet 65
        1.001  B  .   1     ack 6
        1.500  A  .   5     ack 1  id 71  mark keepalive  > late-ack
    )");
}

TEST(LateAck, ack_overtaken_within_one_tick_of_the_timestamps) {
    EXPECT_STORY(R"(
        0.900  A  P.  1(4)  ack 1  id 70  ts 900/500
        0.901  B  .   1     ack 5         ts 501/900
        1.000  A  F.  5     ack 1  id 72  ts 1000/501
        1.040  B  .   1     ack 6         ts 601/1000
        1.100  A  .   5     ack 1  id 71  ts 1000/501  mark keepalive  > late-ack
        1.101  B  .   1     ack 6         ts 701/1000  mark ack        > ack-of-other
    )");
}

TEST(LateAck, ack_that_comes_at_once_is_disorder_without_any_number_to_tell) {
    EXPECT_STORY(R"(
        1.000  A  P.  5(1)  ack 1  octet 65
        1.001  B  .   1     ack 6
        1.002  A  .   5     ack 1  mark keepalive  > late-ack
    )");
}

TEST(LateAck, ack_with_the_fins_number_while_the_fin_is_outstanding) {
    EXPECT_STORY(R"(
        1.000  B  P.  1(4)  ack 5
        1.001  A  F.  5     ack 5
        1.002  A  .   5     ack 5  mark keepalive  > late-ack
        1.900  A  .   5     ack 5  mark keepalive  > late-ack
    )");
}

// An unacknowledged FIN would have been sent again by then. The capture lacks the ACK.
TEST(LateAck, an_empty_segment_with_the_fins_number_after_a_second_of_silence_is_a_probe) {
    EXPECT_STORY(R"(
                 1.000  B  P.  1(4)  ack 5
                 1.001  A  F.  5     ack 5
        probe:   16.00  A  .   5     ack 5  mark keepalive  > probe inferred in=answer
        answer:  16.01  B  .   5     ack 6                  > response to=probe
    )");
}

TEST(LateAck, ack_with_the_fins_number_after_both_fins) {
    EXPECT_STORY(R"(
        1.000  A  F.  5     ack 5
        1.001  B  F.  5     ack 6
        1.200  A  .   5     ack 6  mark keepalive  > late-ack
        9.000  B  F.  5     ack 6
        9.100  A  .   5     ack 6  mark keepalive  > late-ack
    )");
}

TEST(LateAck, not_the_probe_of_an_end_that_acknowledges_with_the_number_behind_its_fin) {
    EXPECT_STORY(R"(
        1.000  A  F.  5     ack 5  id 20
        2.000  A  .   6     ack 5  id 21
        2.027  A  .   5     ack 5  id 22  mark keepalive  > probe inferred now=undecided
        5.000  A  .   6     ack 5  id 23
        5.030  A  .   5     ack 5  id 24  mark keepalive  > probe inferred now=undecided
        8.000  A  .   6     ack 5  id 25
    )") << "one direction: its answers to the peer's probes come between its own";
    EXPECT_STORY(R"(
        1.000  A  F.  5     ack 5  id 20
        2.000  A  .   6     ack 5  id 21
        2.027  A  .   5     ack 5  id 19  mark keepalive  > late-ack
    )");
    EXPECT_STORY(R"(
        1.000  A  F.  5     ack 5
        2.000  A  .   6     ack 5
        2.027  A  .   5     ack 5         mark keepalive  > late-ack
    )") << "it may have been sent before";
    EXPECT_STORY(R"(
        1.000  A  F.  5     ack 5  id 20
        1.027  A  .   5     ack 5  id 21  mark keepalive  > late-ack
    )") << "it may acknowledge with the FIN's";
}

// gVisor goes on to probe after both have closed. Its peer no longer knows the connection.
TEST(LateAck, an_empty_segment_with_the_fins_number_long_after_both_fins_is_a_probe) {
    EXPECT_STORY(R"(
                1.000  A  F.  5     ack 5
                1.001  B  F.  5     ack 6
                1.002  A  .   6     ack 6
        probe:  3.002  A  .   5     ack 6  mark keepalive  > probe in=reset
        reset:  3.003  B  R   6     ack 0                  > peer-reset to=probe
    )");
}

TEST(LateAck, a_new_acknowledgement_right_after_data) {
    EXPECT_STORY(R"(
        1.000  A  F.  5     ack 5
        1.001  B  .   5     ack 6
        1.200  B  P.  5(9)  ack 6
        1.300  A  .   5     ack 14  mark keepalive  > late-ack
    )");
}

// The ACKs of the data were lost before the capture, so the keepalive brings the news.
TEST(LateAck, not_a_new_acknowledgement_of_what_was_sent_after_all_other_segments) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1  id 10
        0.001  B  .   1     ack 5  id 80
        5.000  B  P.  1(5)  ack 5  id 81
        5.200  B  P.  1(5)  ack 5  id 82
        5.900  A  .   4     ack 6  id 15  mark keepalive  > probe
        5.901  B  .   6     ack 5  id 83                  > response
    )");
}

TEST(LateAck, a_probe_overtaken_by_a_later_ack) {
    EXPECT_STORY(R"(
                0.000  A  P.  4(1)  ack 1  ts 100/10
                0.001  B  .   1     ack 5  ts 20/100
        probe:  2.000  B  .   0     ack 5  ts 30/100   > probe
                2.010  A  .   5     ack 1  ts 220/30   > response to=probe
                2.031  A  .   4     ack 1  ts 210/20   > probe
    )");
}

TEST(LateAck, ack_overtaken_by_the_fin_that_begins_the_capture) {
    EXPECT_STORY(R"(
        0.000  A  F.  5     ack 1  id 21
        0.001  B  .   1     ack 6  id 80
        0.060  A  .   5     ack 1  id 20  mark keepalive  > late-ack
    )");
}

TEST(LateAck, a_probe_overtaken_by_a_later_ack_without_timestamps) {
    EXPECT_STORY(R"(
                0.000  A  P.  4(1)  ack 1  id 20
                0.001  B  .   1     ack 5  id 80
        probe:  2.000  B  .   0     ack 5  id 81  > probe
                2.010  A  .   5     ack 1  id 22  > response to=probe
                2.031  A  .   4     ack 1  id 21  > probe
    )");
}

TEST(LateAck, a_newer_identification_forbids_it_however_soon_it_comes) {
    EXPECT_STORY(R"(
                 1.000  A  P.  1(4)  ack 1  id 70
                 1.001  B  .   1     ack 5
                 1.100  A  .   5     ack 1  id 71
        probe:   1.101  A  .   4     ack 1  id 72  mark keepalive  > probe in=answer
        answer:  1.102  B  .   1     ack 5         mark ack        > response to=probe
    )");
}

TEST(LateAck, a_newer_timestamp_forbids_it_behind_a_retransmission) {
    EXPECT_STORY(R"(
                1.000  A  P.  1(4)  ack 1  ts 100/50
                1.001  B  .   1     ack 5  ts 51/100
                2.000  A  P.  5(9)  ack 1  ts 1100/51
                4.000  A  P.  5(9)  ack 1  ts 3100/51
                4.001  A  .   13    ack 1  ts 3101/51  mark keepalive  > probe inferred
    )");
}

TEST(LateAck, one_octet_less_acknowledged_soon_after_other_traffic) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  P.  1(2)  ack 5
        0.002  A  .   5     ack 3
        0.500  A  .   4     ack 2  mark keepalive  > late-ack
        5.000  A  .   4     ack 2                  > probe
    )");
}

TEST(LateAck, two_octets_less_acknowledged_at_any_time) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  P.  1(2)  ack 5
        0.002  A  .   5     ack 3
        5.000  A  .   4     ack 1  mark keepalive  > late-ack
    )");
}

// The segments before have no acknowledgement that this one could be compared with, and it is above 2^31.
TEST(LateAck, the_first_acknowledgement_of_an_end_is_not_compared) {
    EXPECT_STORY(R"(
        0.000  A  S   0
        0.001  B  S.  4000000000  ack 1
        5.001  A  .   0           ack 4000000001  > probe
    )");
    EXPECT_STORY(R"(
        0.000  B  P.  4000000000(10)  ack 5000
        5.000  A  .   4999            ack 4000000010  > probe
    )");
}

// Data crossed the closing of the window, so it is outstanding and the persist timer asks.
TEST(LateAck, an_empty_segment_below_nxt_is_none_while_the_window_is_closed) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5
        0.100  B  .   1     ack 5  win 0
        0.101  A  P.  5(4)  ack 1
        0.400  A  .   8     ack 1  mark keepalive  > zero-window-probe
    )");
}

// While FreeBSD's persist timer runs, it acknowledges what it receives with the number of the octet that the peer refuses.
TEST(LateAck, an_end_that_persists_with_an_octet_acknowledges_data) {
    const std::string until_refused = R"(
               0.000  A  P.  1(4)  ack 1   id 1
               0.001  B  .   1     ack 5   win 0
               0.300  A  .   5(1)  ack 1   id 2
               0.301  B  .   1     ack 5   win 0)";
    EXPECT_STORY(until_refused + R"(
        data:  3.000  B  P.  1(9)  ack 5   win 0
               3.001  A  .   5     ack 10  id 3  mark keepalive  > late-ack by=acknowledges-what-had-just-come proof=data
               5.001  A  .   4     ack 10  id 4  mark keepalive  > probe
    )");
    // A capture filter may drop the data.
    EXPECT_STORY(until_refused + R"(
               3.001  A  .   5     ack 10  id 3  mark keepalive  > late-ack
               5.001  A  .   4     ack 10  id 4  mark keepalive  > probe
    )");
}

// Captured at the peer, whose data crosses lwIP's keepalive.
TEST(LateAck, an_ack_long_after_its_senders_last_segment_was_not_overtaken) {
    EXPECT_STORY(R"(
                0.000  A  P.  1(4)   ack 1
                0.001  B  .   1      ack 5
                1.334  B  P.  1(30)  ack 5
        probe:  1.351  A  .   4      ack 1  mark keepalive  > probe in=answer
        answer: 1.352  B  .   31     ack 5                  > response to=probe missed
                1.434  A  .   5      ack 31
    )");
}

}  // namespace
