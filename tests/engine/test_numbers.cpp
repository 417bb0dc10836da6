// SPDX-License-Identifier: GPL-2.0-or-later
// Times, numbers and links of probes that are beyond doubt.
#include <gtest/gtest.h>

#include "script.h"

namespace {

TEST(Numbers, run_ends_with_an_answer_and_the_idle_period_goes_on) {
    EXPECT_STORY(R"(
                  0.0  A  P.  1(4)  ack 1
        ack:      0.5  B  .   1     ack 5
        probe1:   2.5  A  .   4     ack 1  > probe number=1 idle-probes=1 idle=2 silence=2 interval=never run=2 last=ack unanswered
        probe2:   3.5  A  .   4     ack 1  > probe number=2 idle-probes=2 idle=3 silence=3 interval=1 run=2 previous=probe1 unanswered
        probe3:   4.5  A  .   4     ack 1  > probe number=3 idle-probes=3 idle=4 silence=4 interval=1 run=2 previous=probe2 in=answer1
        answer1:  4.6  B  .   1     ack 5  > response to=probe3 response-time=0.1
        probe4:   6.6  A  .   4     ack 1  > probe number=1 idle-probes=4 idle=6.1 silence=2 interval=2.1 run=0 previous=probe3 in=answer2
        answer2:  6.7  B  .   1     ack 5  > response to=probe4
    )");
}

TEST(Numbers, traffic_ends_the_idle_period) {
    EXPECT_STORY(R"(
                  0.0  A  P.  1(4)  ack 1
                  0.5  B  .   1     ack 5
        probe1:   2.5  A  .   4     ack 1  > probe idle-probes=1 in=answer1
        answer1:  2.6  B  .   1     ack 5  > response to=probe1
                  3.0  B  P.  1(2)  ack 5
        ack:      3.1  A  .   5     ack 3
        probe2:   5.1  A  .   4     ack 3  > probe idle-probes=1 idle=2 silence=2.1 interval=never last=ack in=answer2
        answer2:  5.2  B  .   3     ack 5  > response to=probe2
    )");
}

TEST(Numbers, data_answers_a_probe_and_is_no_response) {
    EXPECT_STORY(R"(
               0.0  A  P.  1(4)  ack 1
               0.5  B  .   1     ack 5
               2.5  A  .   4     ack 1  > probe in=data response-time=0.2
        data:  2.7  B  P.  1(2)  ack 5
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
        probe:   2.5   A  .   4     ack 1  > probe in=answer
                 2.51  A  P.  5(4)  ack 1
        answer:  2.52  B  .   1     ack 5  > response to=probe
                 2.53  B  .   1     ack 9
    )");
}

TEST(Numbers, an_answer_with_another_window_or_none) {
    EXPECT_STORY(R"(
                  0.0  A  P.  1(4)  ack 1
                  0.5  B  .   1     ack 5  win 500
        probe1:   2.5  A  .   4     ack 1           > probe in=answer1
        answer1:  2.6  B  .   1     ack 5  win 900  > response to=probe1
        probe2:   4.6  A  .   4     ack 1           > probe in=answer2
        answer2:  4.7  B  .   1     ack 5  win 0    > response to=probe2
    )");
}

TEST(Numbers, answers_slower_than_the_interval) {
    EXPECT_STORY(R"(
                  0.0  A  P.  1(4)  ack 1
                  0.5  B  .   1     ack 5
        probe1:   2.5  A  .   4     ack 1  > probe number=1 answered-late run=0 in=answer1 response-time=1.6
        probe2:   3.5  A  .   4     ack 1  > probe number=2 in=answer2 response-time=1.6
        answer1:  4.1  B  .   1     ack 5  > response to=probe1
        answer2:  5.1  B  .   1     ack 5  > response to=probe2
        # now the path is known to be slow
        probe3:   7.1  A  .   4     ack 1  > probe number=1 answered-late run=0 in=answer3 response-time=1.6
                  8.1  A  .   4     ack 1  > probe number=2 in=0
        answer3:  8.7  B  .   1     ack 5  > response to=probe3
    )");
}

TEST(Numbers, answers_that_a_fast_path_delays_a_little_belong_to_the_newest_probe) {
    EXPECT_STORY(R"(
                  0.00000  A  P.  1(4)  ack 1
                  0.50000  B  .   1     ack 5
        probe1:   2.50000  A  .   4     ack 1  > probe in=answer1 response-time=1e-05
        answer1:  2.50001  B  .   1     ack 5  > response to=probe1
                  2.70000  A  .   4     ack 1  > probe unanswered
        probe2:   2.90000  A  .   4     ack 1  > probe in=answer2 response-time=8e-06
        answer2:  2.900008 B  .   1     ack 5  > response to=probe2
    )");
}

TEST(Numbers, answers_after_the_probers_own_data_ended_the_idle_period) {
    EXPECT_STORY(R"(
                  0.0  A  P.  1(4)  ack 1
                  0.5  B  .   1     ack 5
        probe1:   2.5  A  .   4     ack 1  > probe number=1 answered-late run=0 in=answer1
        probe2:   3.5  A  .   4     ack 1  > probe number=2 in=answer2
                  3.6  A  P.  5(4)  ack 1
        answer1:  4.1  B  .   1     ack 5  > response to=probe1
        answer2:  5.1  B  .   1     ack 5  > response to=probe2
    )");
}

TEST(Numbers, a_probe_of_the_peer_without_octet_does_not_end_the_run) {
    EXPECT_STORY(R"(
                  0.0  A  P.  1(4)  ack 1
                  0.5  B  .   1     ack 5
                  2.5  A  .   4     ack 1  > probe number=1 silence=2 unanswered
        probe1:   2.6  B  .   0     ack 5  > probe number=1 in=answer1
        answer1:  2.7  A  .   5     ack 1  > response to=probe1
        probe2:   3.5  A  .   4     ack 1  > probe number=2 silence=3 in=answer2
        answer2:  3.6  B  .   1     ack 5  > response to=probe2
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
        probe:   1.02  A  .   4     ack 5  win 0  > probe silence=1.02 in=answer
        answer:  1.03  B  .   5     ack 5         > response to=probe
    )");
}

TEST(Numbers, a_probe_of_the_peer_with_an_octet_does) {
    EXPECT_STORY(R"(
                  0.0  A  P.  1(4)  ack 1
                  0.5  B  .   1     ack 5
                  2.5  A  .   4     ack 1           > probe number=1
        probe1:   2.6  B  .   0(1)  ack 5  octet 0  > probe number=1 in=answer1
        answer1:  2.7  A  .   5     ack 1           > response to=probe1
        probe2:   4.6  A  .   4     ack 1           > probe number=1 silence=2 in=answer2
        answer2:  4.7  B  .   1     ack 5           > response to=probe2
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
        probe:   2.5  A  .   4     ack 1  ttl 61  > probe in=answer ttl-differs
        answer:  2.6  B  .   1     ack 5  ttl 60  > response to=probe
    )");
}

TEST(Numbers, a_window_update_crosses_the_probe) {
    EXPECT_STORY(R"(
                  0.000  A  P.  1(4)  ack 1
                  0.120  B  .   1     ack 5
        probe1:   2.000  A  .   4     ack 1            > probe in=answer1
        answer1:  2.120  B  .   1     ack 5            > response to=probe1
        probe2:   4.120  A  .   4     ack 1            > probe in=answer2 response-time=0.12
        ack:      4.180  B  .   1     ack 5  win 90
        answer2:  4.240  B  .   1     ack 5  win 90    > response to=probe2
                  6.180  A  .   4     ack 1            > probe last=ack
    )");
}

TEST(Numbers, the_peers_data_crosses_the_probe) {
    EXPECT_STORY(R"(
                  0.000  A  P.  1(4)  ack 1
                  0.120  B  .   1     ack 5
        probe1:   2.000  A  .   4     ack 1            > probe in=answer1
        answer1:  2.120  B  .   1     ack 5            > response to=probe1
        probe2:   4.120  A  .   4     ack 1            > probe in=answer2 response-time=0.12
                  4.180  B  P.  1(6)  ack 5
        ack:      4.181  A  .   5     ack 7
        answer2:  4.240  B  .   7     ack 5            > response to=probe2
                  6.180  A  .   4     ack 7            > probe last=ack
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
