// SPDX-License-Identifier: GPL-2.0-or-later
// How connections end while probes go out.
#include <gtest/gtest.h>

#include "script.h"

namespace {

TEST(Reset, gave_up_one_interval_after_the_last_probe) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe number=1 run=3 unanswered
        3.5  A  .   4     ack 1  > probe number=2 run=3 unanswered
        4.5  A  .   4     ack 1  > probe number=3 run=3 unanswered
        5.5  A  R.  5     ack 1  > gave-up run=3 keepcnt=3 keepintvl=1
    )");
}

TEST(Reset, both_ends_give_up_with_a_firewall_between_them) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe number=1 run=2 unanswered
        3.0  B  .   0     ack 5  > probe number=1 run=3 unanswered
        3.5  A  .   4     ack 1  > probe number=2 run=2 unanswered
        4.5  A  R.  5     ack 1  > gave-up run=2 keepintvl=1
        5.0  B  .   0     ack 5  > probe number=2 run=3 unanswered
        7.0  B  .   0     ack 5  > probe number=3 run=3 unanswered
        9.0  B  R.  1     ack 5  > gave-up run=3 keepintvl=2 keepcnt=3
    )");
}

TEST(Reset, both_ends_give_up_and_the_second_probes_no_more) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe number=1 run=2 unanswered
        2.6  B  .   0     ack 5  > probe number=1 run=2 unanswered
        3.5  A  .   4     ack 1  > probe number=2 run=2 unanswered
        4.3  B  .   0     ack 5  > probe number=2 run=2 unanswered
        4.5  A  R.  5     ack 1  > gave-up run=2
        6.0  B  R.  1     ack 5  > gave-up run=2
    )");
}

// The first reset does not reach the prober, so its application goes on.
TEST(Reset, a_second_one_without_another_probe_answers_something_else) {
    EXPECT_STORY(R"(
                0.0   A  P.  1(4)  ack 1
                0.5   B  .   1     ack 5
        probe:  2.5   A  .   4     ack 1         > probe in=reset
        reset:  2.6   B  R   1                   > peer-reset to=probe
                9.0   A  .   5     ack 1  win 9
                9.1   B  R   1
    )");
}

// Both ends give up, and what the first of them resets does not reach the second either, which probes on.
TEST(Reset, gave_up_in_spite_of_resets_that_were_lost) {
    EXPECT_STORY(R"(
                 0.0  A  P.  1(4)  ack 1
                 0.5  B  .   1     ack 5
        probe1:  2.5  A  .   4     ack 1  > probe number=1 in=reset1
        reset1:  2.6  B  R   1            > peer-reset to=probe1
        probe2:  3.5  A  .   4     ack 1  > probe number=2 in=reset2 interval=1 previous=probe1
        reset2:  3.6  B  R   1            > peer-reset to=probe2
        probe3:  4.5  A  .   4     ack 1  > probe number=3 in=reset3
        reset3:  4.6  B  R   1            > peer-reset to=probe3
                 5.5  A  R.  5     ack 1  > gave-up run=3 keepcnt=0
    )");
}

TEST(Reset, gave_up_in_spite_of_answers_that_do_not_count) {
    EXPECT_STORY(R"(
             0.000  A  P.  1(4)  ack 1  id 1
             0.001  B  .   1     ack 5
             0.300  A  F.  5     ack 1  id 2
             0.301  B  .   1     ack 6
        p1:  2.301  B  .   0     ack 6                       > probe number=1 in=r1 missed
        r1:  2.381  A  .   5     ack 1  id 3  mark keepalive > response to=p1 missed
        p2:  4.301  B  .   0     ack 6                       > probe number=2 in=r2
        r2:  4.381  A  .   5     ack 1  id 4  mark keepalive > response to=p2 missed
        p3:  6.301  B  .   0     ack 6                       > probe number=3 in=r3
        r3:  6.381  A  .   5     ack 1  id 5  mark keepalive > response to=p3 missed
             6.382  B  .   1     ack 6
             8.301  B  R.  1     ack 6                       > gave-up run=3
    )");
}

TEST(Reset, a_socket_that_is_closed_within_a_run_did_not_give_up) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe number=1 run=2 unanswered
        3.5  A  .   4     ack 1  > probe number=2 run=2 unanswered
        3.9  A  R.  5     ack 1
    )");
}

TEST(Reset, user_timeout_gives_up_after_one_probe) {
    EXPECT_STORY(R"(
        0.00  A  P.  1(4)  ack 1
        0.50  B  .   1     ack 5
        2.52  A  .   4     ack 1  > probe number=1 run=1 unanswered
        3.55  A  R.  5     ack 1  > gave-up run=1 keepcnt=0
    )");
}

TEST(Reset, gave_up_after_intervals_that_double) {
    EXPECT_STORY(R"(
        0.0   A  P.  1(4)  ack 1
        0.1   B  .   1     ack 5
        2.5   A  .   4     ack 1  > probe number=1 unanswered
        4.5   A  .   4     ack 1  > probe number=2 unanswered
        8.5   A  .   4     ack 1  > probe number=3 unanswered
        16.5  A  R.  5     ack 1  > gave-up run=3 keepintvl=0
    )");
}

TEST(Reset, peer_that_lost_its_state) {
    EXPECT_STORY(R"(
                0.0  A  P.  1(4)  ack 77
                0.5  B  .   77    ack 5
        probe:  2.5  A  .   4     ack 77  > probe number=1 in=reset response-time=0.1
        reset:  2.6  B  R   77            > peer-reset to=probe response-time=0.1
    )");
}

TEST(Reset, a_reset_after_the_answer_is_the_applications) {
    EXPECT_STORY(R"(
                 0.0  A  P.  1(4)  ack 77
                 0.5  B  .   77    ack 5
        probe:   2.5  A  .   4     ack 77  > probe number=1 in=answer
        answer:  2.6  B  .   77    ack 5   > response to=probe
                 2.7  B  R.  77    ack 5
    )");
}

TEST(Reset, probes_of_a_capture_begun_idle_are_known_from_the_reset) {
    EXPECT_STORY(R"(
        0.0  A  .   4     ack 1  > probe inferred number=1 run=3 unanswered now=undecided
        1.0  A  .   4     ack 1  > probe inferred number=2 run=3 unanswered now=undecided
        2.0  A  .   4     ack 1  > probe inferred number=3 run=3 unanswered now=undecided
        3.0  A  R.  5     ack 1  > gave-up run=3 keepcnt=0
    )");
}

TEST(Reset, fin_answers_a_probe) {
    EXPECT_STORY(R"(
              0.0  A  P.  1(4)  ack 1
              0.5  B  .   1     ack 5
              2.5  A  .   4     ack 1  > probe in=fin
        fin:  2.6  B  F.  1     ack 5
              2.7  A  .   5     ack 2
    )");
}

TEST(Reset, a_reset_that_is_too_late_for_the_known_interval) {
    EXPECT_STORY(R"(
                 0.0    A  P.  1(4)  ack 1
                 0.001  B  .   1     ack 5
                 5.0    A  .   4     ack 1  > probe number=1 unanswered
                 6.024  A  .   4     ack 1  > probe number=2 unanswered
        probe:   7.048  A  .   4     ack 1  > probe number=3 in=answer
        answer:  7.049  B  .   1     ack 5  > response to=probe
                 12.1   A  .   4     ack 1  > probe number=1 unanswered
                 19.13  A  R.  5     ack 1
    )");
}

TEST(Reset, a_reset_between_two_whole_seconds) {
    EXPECT_STORY(R"(
        0.0    A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5
        2.0    A  .   4     ack 1  > probe unanswered
        9.693  A  R.  5     ack 1
    )");
}

TEST(Reset, a_reset_of_the_peers_application_long_after_the_probe) {
    EXPECT_STORY(R"(
                 0.0    A  P.  1(4)  ack 1
                 0.001  B  .   1     ack 5
        probe:   2.0    A  .   4     ack 1  > probe in=answer
        answer:  2.001  B  .   1     ack 5  > response to=probe
                 4.0    A  .   4     ack 1  > probe unanswered
                 4.2    B  R.  1     ack 5
    )");
}

TEST(Reset, a_reset_that_answers_over_a_long_path) {
    EXPECT_STORY(R"(
                 0.0    A  P.  1(4)  ack 1
                 1.2    B  .   1     ack 5
        probe1:  20.0   A  .   4     ack 1  > probe in=answer
        answer:  21.2   B  .   1     ack 5  > response to=probe1
        probe2:  40.0   A  .   4     ack 1  > probe in=reset
        reset:   41.2   B  R.  1     ack 5  > peer-reset to=probe2
    )");
}

// FreeBSD: the persist timer sends its octet between the last probe and the reset.
TEST(Reset, gave_up_into_a_closed_window) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        1.501  A  .   5(1)  ack 1
        1.502  B  .   1     ack 5  win 0
        3.503  A  .   4     ack 1         > probe number=1 unanswered
        4.503  A  .   4     ack 1         > probe number=2 unanswered
        5.100  A  .   5(1)  ack 1
        5.503  A  R.  5     ack 1         > gave-up run=2
    )");
}

// CycloneTCP: without ACK, and nothing in its field.
TEST(Reset, gave_up_with_a_bare_reset) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5
        2.001  A  .   4     ack 1  > probe number=1 unanswered
        3.001  A  .   4     ack 1  > probe number=2 unanswered
        4.001  A  R   5     ack 0  > gave-up run=2
    )");
}

// A reset with ACK can be the application's. It answers the probe if it comes within a second, while no round trip is known.
TEST(Reset, with_ack_within_a_second_of_the_first_probe) {
    EXPECT_STORY(R"(
                0.0  A  P.  1(4)  ack 1
                0.5  B  .   1     ack 5
        probe:  3.0  A  .   4     ack 1  > probe in=reset
        reset:  3.8  B  R.  1     ack 5  > peer-reset to=probe
    )");
    EXPECT_STORY(R"(
                0.0  A  P.  1(4)  ack 1
                0.5  B  .   1     ack 5
                3.0  A  .   4     ack 1  > probe unanswered
                4.5  B  R.  1     ack 5
    )");
}

// The round trip takes a millisecond.
TEST(Reset, with_ack_of_a_host_that_is_busy_for_50_milliseconds) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1
                 0.001  B  .   1     ack 5
        probe1:  2.000  A  .   4     ack 1  > probe in=answer
        answer:  2.001  B  .   1     ack 5  > response to=probe1
        probe2:  4.000  A  .   4     ack 1  > probe in=reset
        reset:   4.040  B  R.  1     ack 5  > peer-reset to=probe2
    )");
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1
                 0.001  B  .   1     ack 5
        probe1:  2.000  A  .   4     ack 1  > probe in=answer
        answer:  2.001  B  .   1     ack 5  > response to=probe1
                 4.000  A  .   4     ack 1  > probe unanswered
                 4.080  B  R.  1     ack 5
    )");
}

TEST(Reset, with_a_number_that_is_not_the_probers_did_not_give_up) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe number=1 run=2 unanswered
        3.5  A  .   4     ack 1  > probe number=2 run=2 unanswered
        4.5  A  R.  900   ack 1
    )");
}

// FreeBSD probes below SND.UNA, and resets at SND.NXT.
TEST(Reset, gave_up_while_data_was_outstanding) {
    EXPECT_STORY(R"(
        1.000  A  P.  1(4)  ack 1
        1.001  B  .   1     ack 5
        1.500  A  P.  5(9)  ack 1
        3.002  A  .   4     ack 1  > probe number=1 unanswered missed
        4.002  A  .   4     ack 1  > probe number=2 unanswered missed
        5.002  A  R.  14    ack 1  > gave-up run=2
    )");
}

// One undecided segment may be an ordinary ACK, and a reset with ACK may be the application's.
TEST(Reset, undecided_probes_are_told_by_two_and_a_reset_without_ack) {
    EXPECT_STORY(R"(
        0.0  A  .   4  ack 1  > undecided
        0.1  B  R   1
    )");
    EXPECT_STORY(R"(
        0.0  A  .   4  ack 1  > undecided
        1.0  A  .   4  ack 1  > undecided
        1.1  B  R.  1  ack 5
    )");
}

// The data has a timer of its own, whatever its sender acknowledges then.
TEST(Reset, behind_data_and_an_ack_after_the_last_probe_did_not_give_up) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe number=1 unanswered
        3.0  A  P.  5(4)  ack 1
        3.1  A  .   9     ack 1
        3.5  A  R.  9     ack 1
    )");
}

}  // namespace
