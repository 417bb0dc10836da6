// SPDX-License-Identifier: GPL-2.0-or-later
// Times, numbers and links of probes that are beyond doubt.
#include <gtest/gtest.h>

#include "script.h"

namespace {

TEST(Numbers, run_ends_with_an_answer_and_the_idle_period_goes_on) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe number=1 idle-probes=1 idle=2 silence=2 interval=never run=2 last=2 unanswered
        3.5  A  .   4     ack 1  > probe number=2 idle-probes=2 idle=3 silence=3 interval=1 run=2 previous=3 unanswered
        4.5  A  .   4     ack 1  > probe number=3 idle-probes=3 idle=4 silence=4 interval=1 run=2 previous=4 in=6
        4.6  B  .   1     ack 5  > response to=5 response-time=0.1
        6.6  A  .   4     ack 1  > probe number=1 idle-probes=4 idle=6.1 silence=2 interval=2.1 run=0 previous=5 in=8
        6.7  B  .   1     ack 5  > response to=7
    )");
}

TEST(Numbers, traffic_ends_the_idle_period) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe idle-probes=1 in=4
        2.6  B  .   1     ack 5  > response to=3
        3.0  B  P.  1(2)  ack 5
        3.1  A  .   5     ack 3
        5.1  A  .   4     ack 3  > probe idle-probes=1 idle=2 silence=2.1 interval=never last=6 in=8
        5.2  B  .   3     ack 5  > response to=7
    )");
}

TEST(Numbers, data_answers_a_probe_and_is_no_response) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe in=4 response-time=0.2
        2.7  B  P.  1(2)  ack 5
        2.8  A  .   5     ack 3
    )");
}

TEST(Numbers, the_probers_own_data_leaves_nothing_to_answer) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe in=0
        2.6  A  P.  5(4)  ack 1
        2.7  B  .   1     ack 9
    )");
}

TEST(Numbers, the_answer_crosses_the_probers_data) {
    EXPECT_STORY(R"(
        0.0   A  P.  1(4)  ack 1
        0.5   B  .   1     ack 5
        2.5   A  .   4     ack 1  > probe in=5
        2.51  A  P.  5(4)  ack 1
        2.52  B  .   1     ack 5  > response to=3
        2.53  B  .   1     ack 9
    )");
}

TEST(Numbers, an_answer_with_another_window_or_none) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5  win 500
        2.5  A  .   4     ack 1           > probe in=4
        2.6  B  .   1     ack 5  win 900  > response to=3
        4.6  A  .   4     ack 1           > probe in=6
        4.7  B  .   1     ack 5  win 0    > response to=5
    )");
}

TEST(Numbers, answers_slower_than_the_interval) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe number=1 unanswered in=5 response-time=1.6
        3.5  A  .   4     ack 1  > probe number=2 in=6 response-time=1.6
        4.1  B  .   1     ack 5  > response to=3
        5.1  B  .   1     ack 5  > response to=4
        # now the path is known to be slow
        7.1  A  .   4     ack 1  > probe number=1 unanswered in=9 response-time=1.6
        8.1  A  .   4     ack 1  > probe number=2 in=0
        8.7  B  .   1     ack 5  > response to=7
    )");
}

TEST(Numbers, answers_that_a_fast_path_delays_a_little_belong_to_the_newest_probe) {
    EXPECT_STORY(R"(
        0.00000  A  P.  1(4)  ack 1
        0.50000  B  .   1     ack 5
        2.50000  A  .   4     ack 1  > probe in=4 response-time=1e-05
        2.50001  B  .   1     ack 5  > response to=3
        2.70000  A  .   4     ack 1  > probe unanswered
        2.90000  A  .   4     ack 1  > probe in=7 response-time=8e-06
        2.900008 B  .   1     ack 5  > response to=6
    )");
}

TEST(Numbers, answers_after_the_probers_own_data_ended_the_idle_period) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe number=1 unanswered in=6
        3.5  A  .   4     ack 1  > probe number=2 in=7
        3.6  A  P.  5(4)  ack 1
        4.1  B  .   1     ack 5  > response to=3
        5.1  B  .   1     ack 5  > response to=4
    )");
}

TEST(Numbers, a_probe_of_the_peer_without_octet_does_not_end_the_run) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe number=1 silence=2 unanswered
        2.6  B  .   0     ack 5  > probe number=1 in=5
        2.7  A  .   5     ack 1  > response to=4
        3.5  A  .   4     ack 1  > probe number=2 silence=3 in=7
        3.6  B  .   1     ack 5  > response to=6
    )");
}

TEST(Numbers, nor_does_a_zero_window_probe_of_the_peer) {
    EXPECT_STORY(R"(
        0.00  B  P.  1(4)  ack 5
        0.01  A  .   5     ack 5  win 0
        0.21  B  .   4     ack 5
        0.22  A  .   5     ack 5  win 0
        0.61  B  .   4     ack 5
        0.62  A  .   5     ack 5  win 0
        1.02  A  .   4     ack 5  win 0  > probe silence=1.02 in=8
        1.03  B  .   5     ack 5         > response to=7
    )");
}

TEST(Numbers, a_probe_of_the_peer_with_an_octet_does) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1           > probe number=1
        2.6  B  .   0(1)  ack 5  octet 0  > probe number=1 in=5
        2.7  A  .   5     ack 1           > response to=4
        4.6  A  .   4     ack 1           > probe number=1 silence=2 in=7
        4.7  B  .   1     ack 5           > response to=6
    )");
}

TEST(Numbers, the_last_probe_waits_as_long_as_its_interval) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe number=1 run=1 unanswered
        3.5  A  .   4     ack 1  > probe number=2 run=1
        4.4  B  S   900
    )");
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe number=1 run=2 unanswered
        3.5  A  .   4     ack 1  > probe number=2 run=2 unanswered
        4.6  A  P.  5(1)  ack 1
    )");
}

TEST(Numbers, a_peer_out_of_sight_is_not_dead) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        2.5  A  .   4     ack 1  > probe inferred number=1
        4.5  A  .   4     ack 1  > probe inferred number=2
        6.5  A  .   4     ack 1  > probe inferred number=3
    )");
}

TEST(Numbers, another_ttl_is_told) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1  ttl 64
        0.5  B  .   1     ack 5  ttl 60
        2.5  A  .   4     ack 1  ttl 61  > probe in=4 ttl-differs
        2.6  B  .   1     ack 5  ttl 60  > response to=3
    )");
}

TEST(Numbers, a_window_update_crosses_the_probe) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.120  B  .   1     ack 5
        2.000  A  .   4     ack 1            > probe in=4
        2.120  B  .   1     ack 5            > response to=3
        4.120  A  .   4     ack 1            > probe in=7 response-time=0.12
        4.180  B  .   1     ack 5  win 90
        4.240  B  .   1     ack 5  win 90    > response to=5
        6.180  A  .   4     ack 1            > probe last=6
    )");
}

TEST(Numbers, the_peers_data_crosses_the_probe) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.120  B  .   1     ack 5
        2.000  A  .   4     ack 1            > probe in=4
        2.120  B  .   1     ack 5            > response to=3
        4.120  A  .   4     ack 1            > probe in=8 response-time=0.12
        4.180  B  P.  1(6)  ack 5
        4.181  A  .   5     ack 7
        4.240  B  .   7     ack 5            > response to=5
        6.180  A  .   4     ack 7            > probe last=7
    )");
}

TEST(Numbers, an_old_ack_of_the_peer_does_not_count_as_heard) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  A  P.  5(4)  ack 1
        0.002  B  .   1     ack 9
        0.020  B  .   1     ack 5
        1.003  A  .   8     ack 1            > probe silence=1.001
    )");
}

}  // namespace
