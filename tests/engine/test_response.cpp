// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "script.h"

namespace {

// FreeRTOS+TCP after its FIN.
TEST(Response, a_half_closed_end_answers_with_the_number_of_its_fin) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1  id 1
                 0.001  B  .   1     ack 5
                 0.300  A  F.  5     ack 1  id 2
                 0.301  B  .   1     ack 6
        probe1:  2.301  B  .   0     ack 6                       > probe in=answer1 missed
        answer1: 2.381  A  .   5     ack 1  id 3  mark keepalive > response to=probe1 missed
        probe2:  4.302  B  .   0     ack 6                       > probe in=answer2
        answer2: 4.802  A  .   5     ack 1  id 4  mark keepalive > response to=probe2 missed
                 4.803  B  .   1     ack 6        mark ack       > ack-of-other
    )");
}

// gVisor answers with the number after its FIN. So what came before was a probe of its own, which crossed the peer's.
TEST(Response, one_below_the_answer_is_not_known_to_be_mistaken) {
    EXPECT_STORY(R"(
                0.000  A  P.  1(4)  ack 1  id 1
                0.001  B  .   1     ack 5
                0.300  A  F.  5     ack 1  id 2
                0.301  B  .   1     ack 6
        probe:  4.300  B  .   0     ack 6                       > probe in=answer
                4.303  A  .   5     ack 1  id 3  mark keepalive  > none now=response
        answer: 4.304  A  .   6     ack 1  id 4                  > response to=probe missed
    )");
}

// gVisor probes every 2 s, and has closed its half.
TEST(Response, what_a_half_closed_end_sends_when_its_keepalive_is_due_is_its_probe) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1
                 0.001  B  P.  1(1)  ack 5
        probe1:  2.001  A  .   4     ack 2                       > probe in=answer1
        answer1: 2.002  B  .   2     ack 5                       > response to=probe1
                 2.300  A  F.  5     ack 2
                 2.301  B  .   2     ack 6
        probe2:  4.100  B  .   1     ack 6                       > probe in=answer2
        probe3:  4.302  A  .   5     ack 2                       > probe in=answer3
        answer3: 4.303  B  .   2     ack 6  mark ack             > response to=probe3
        answer2: 4.305  A  .   6     ack 2                       > response to=probe2
    )");
}

// Linux in FIN_WAIT2 has acknowledged something since its FIN, so what it sends below is a probe.
TEST(Response, a_probe_of_a_half_closed_end_that_crosses_the_peers_is_none) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1
                 0.001  B  .   1     ack 5
                 0.300  A  F.  5     ack 1
                 0.301  B  P.  1(3)  ack 6
                 0.302  A  .   6     ack 4
        probe1:  2.400  B  .   3     ack 6  > probe in=answer2
        probe2:  2.400  A  .   5     ack 4  > probe in=answer1
        answer1: 2.401  B  .   4     ack 6  > response to=probe2
        answer2: 2.401  A  .   6     ack 4  > response to=probe1
    )");
}

// Windows: both ends send their octet within microseconds.
TEST(Response, octets_that_cross_are_both_answered) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1
                 0.001  B  P.  1(3)  ack 5
                 0.002  A  .   5     ack 4
        probe1:  2.000  A  .   4(1)  ack 4  octet 0   > probe in=answer1
        probe2:  2.001  B  .   3(1)  ack 5  octet 0   > probe in=answer2
        answer2: 2.010  A  .   5     ack 4  sack 3-4  > response to=probe2
        answer1: 2.020  B  .   4     ack 5  sack 4-5  > response to=probe1
    )");
}

TEST(Response, data_that_crossed_the_first_probe_is_no_answer) {
    EXPECT_STORY(R"(
                0.000  A  P.  1(4)  ack 1
                0.050  B  .   1     ack 5
        probe:  2.000  A  .   4     ack 1  > probe in=answer response-time=0.1
                2.020  B  P.  1(9)  ack 5
                2.021  A  .   5     ack 10
        answer: 2.100  B  .   10    ack 5  > response to=probe
    )");
}

TEST(Response, data_that_nothing_follows_is_an_answer) {
    EXPECT_STORY(R"(
                0.000  A  P.  1(4)  ack 1
                0.050  B  .   1     ack 5
                2.000  A  .   4     ack 1  > probe in=data
        data:   2.020  B  P.  1(9)  ack 5
                2.021  A  P.  5(1)  ack 10
                2.100  B  .   10    ack 6
    )");
}

TEST(Response, an_ack_of_one_octet_more_than_the_probe_begins_with) {
    EXPECT_STORY(R"(
                0.000  A  P.  1(4)  ack 1
        ack:    0.001  B  .   1     ack 5
        probe:  2.000  A  .   4     ack 1  > probe in=answer by=acknowledged-all-before proof=ack
        answer: 2.100  B  .   1     ack 5  > response to=probe by=answers-an-earlier-segment proof=probe
                2.200  B  .   1     ack 5
    )");
}

TEST(Response, an_acknowledgement_of_something_else_is_none) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5
        2.000  A  .   4     ack 1  > probe unanswered run=1
        2.100  B  .   1     ack 3
        4.000  A  .   4     ack 1  > probe
    )");
}

TEST(Response, data_answers_unless_the_prober_has_sent_data_since) {
    EXPECT_STORY(R"(
                0.000  A  P.  1(4)  ack 1
                0.001  B  .   1     ack 5
                2.000  A  .   4     ack 1  > probe in=data
        data:   2.100  B  P.  1(3)  ack 5
                2.101  A  .   5     ack 4
                5.000  A  .   4     ack 4  > probe in=0
                5.001  A  P.  5(2)  ack 4
                5.100  B  P.  4(3)  ack 5
    )");
}

// The answer comes too late to be told by the time; a D-SACK that names the probe's octet tells it all the same.
TEST(Response, a_late_d_sack_answers_an_octet_that_was_crossed) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1
                 0.001  B  P.  1(3)  ack 5
                 0.002  A  .   5     ack 4
        probe1:  2.000  A  .   4(1)  ack 4  octet 0   > probe in=answer1
        probe2:  2.001  B  .   3(1)  ack 5  octet 0   > probe in=answer2
        answer2: 2.010  A  .   5     ack 4  sack 3-4  > response to=probe2
        answer1: 3.500  B  .   4     ack 5  sack 4-5  > response to=probe1
    )");
}

TEST(Response, a_late_ack_without_the_octets_d_sack_does_not_answer_an_octet_that_was_crossed) {
    const std::string until_answer = R"(
                 0.000  A  P.  1(4)  ack 1
                 0.001  B  P.  1(3)  ack 5
                 0.002  A  .   5     ack 4
                 2.000  A  .   4(1)  ack 4  octet 0   > probe
        probe2:  2.001  B  .   3(1)  ack 5  octet 0   > probe in=answer2
        answer2: 2.010  A  .   5     ack 4  sack 3-4  > response to=probe2
                 3.500  B  .   4     ack 5)";
    EXPECT_STORY(until_answer);
    EXPECT_STORY(until_answer + "  sack 10-20");
    EXPECT_STORY(until_answer + "  sack 4-9");
    EXPECT_STORY(until_answer + "  sack 2-5");
}

TEST(Response, an_ack_that_opens_the_window_does_not_answer_a_probe_that_was_crossed) {
    EXPECT_STORY(R"(
               0.000  A  P.  1(4)  ack 1
               0.050  B  .   1     ack 5
               2.000  A  .   4     ack 1  > probe in=data
        data:  2.020  B  P.  1(9)  ack 5
               2.021  A  .   5     ack 10
               2.100  B  .   10    ack 5  win 99
    )");
}

TEST(Response, a_half_closed_end_answers_within_a_second) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1  id 1
        0.001  B  .   1     ack 5
        0.300  A  F.  5     ack 1  id 2
        0.301  B  .   1     ack 6
        2.301  B  .   0     ack 6                        > probe
        3.801  A  .   5     ack 1  id 3  mark keepalive  > probe
    )");
}

// FreeBSD's persist timer sends an octet beyond SND.NXT, and answers a keepalive with the number of that octet.
TEST(Response, an_end_answers_below_the_octet_that_the_closed_window_refuses) {
    const std::string until_probe = R"(
                0.000  A  P.  1(4)  ack 1
                0.001  B  .   1     ack 5  win 0
                0.300  A  .   5(1)  ack 1
                0.301  B  .   1     ack 5  win 0
                2.301  B  .   0     ack 5  win 0  mark keepalive  > probe)";
    EXPECT_STORY(until_probe + " in=answer" + R"(
        answer: 2.302  A  .   5     ack 1  mark ack  > response)");
    // A keepalive of its own would begin there, too (lwIP), but not so soon after the peer's.
    EXPECT_STORY(until_probe + R"(
                3.801  A  .   5     ack 1  mark keepalive  > probe by=its-sender's-zero-window-probes-carry-an-octet)");
}

// lwIP, NetX Duo and picoTCP probe even while data is lost. The peer acknowledges the data when it comes again.
TEST(Response, an_ack_of_data_that_was_sent_again_after_the_probe_is_no_answer) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)    ack 1
                 0.001  B  .   1       ack 5
                 0.010  A  P.  5(500)  ack 1
                 0.300  A  P.  5(500)  ack 1
                 2.100  A  .   504     ack 1  mark keepalive  > probe inferred
                 2.500  A  P.  5(500)  ack 1
                 2.540  B  .   1       ack 505
        probe:   4.540  A  .   504     ack 1  mark keepalive  > probe in=answer
        answer:  4.541  B  .   1       ack 505                > response
    )");
    // What a closed window refuses is sent again, too. The peer's ACK then acknowledges nothing new.
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)    ack 1
                 0.001  B  .   1       ack 5    win 0
                 0.002  A  P.  5(500)  ack 1
                 0.300  A  P.  5(500)  ack 1
                 0.301  B  .   1       ack 5    win 0
                 2.301  A  .   504     ack 1          mark keepalive  > probe
                 2.700  A  P.  5(500)  ack 1
                 2.701  B  .   1       ack 5    win 0
    )");
}

// Linux leaves keepalives unanswered that come less than 500 ms after another probe. When its window opens, it says so.
TEST(Response, an_ack_that_opens_the_window_long_after_the_probe_is_no_answer) {
    const std::string until_probe = R"(
                  0.000  A  P.  1(4)  ack 1
                  0.001  B  .   1     ack 5  win 0
        probe1:   3.001  A  .   4     ack 1  mark keepalive  > probe in=answer1 now=undecided
        answer1:  3.002  B  .   1     ack 5  win 0           > response to=probe1 now=nothing
        probe2:   6.002  A  .   4     ack 1  mark keepalive  > probe in=answer2
        answer2:  6.003  B  .   1     ack 5  win 0           > response to=probe2
        probe3:   9.003  A  .   4     ack 1  mark keepalive  > probe)";
    EXPECT_STORY(until_probe + R"(
                  9.103  B  .   1     ack 5  win 99
                  12.10  A  .   4     ack 1  mark keepalive  > probe
    )");
    EXPECT_STORY(R"(
                  0.000  A  P.  1(4)  ack 1
                  0.001  B  .   1     ack 5  win 0
                  3.001  A  .   4     ack 1  mark keepalive  > probe unanswered now=undecided
                  4.001  A  .   4     ack 1  mark keepalive  > probe unanswered now=undecided
                  5.001  A  .   4     ack 1  mark keepalive  > probe
                  5.101  B  .   1     ack 5  win 99
    )");
    EXPECT_STORY(until_probe + " in=data" + R"(
        data:     9.103  B  P.  1(9)  ack 5  win 99
    )");
    EXPECT_STORY(until_probe + " in=answer3" + R"(
        answer3:  9.043  B  .   1     ack 5  win 99          > response to=probe3
    )");
}

// lwIP: its retransmission timer goes off just when it answers.
TEST(Response, data_that_is_sent_again_does_not_answer_a_probe) {
    EXPECT_STORY(R"(
                 0.000   A  P.  1(4)  ack 1
                 0.001   B  .   1     ack 5
                 3.001   A  .   4     ack 1  mark keepalive  > probe
                 3.002   B  .   1     ack 5                  > response
                 4.000   B  P.  1(1)  ack 5
                 4.001   A  .   5     ack 2
                 7.000   B  P.  1(1)  ack 5  mark keepalive  > retransmission
                 7.001   A  .   5     ack 2
        probe:   10.001  A  .   4     ack 2  mark keepalive  > probe in=answer
                 10.002  B  P.  1(1)  ack 5  mark keepalive  > retransmission
        answer:  10.003  B  .   2     ack 5                  > response to=probe
                 10.004  A  .   5     ack 2
    )");
}

// gVisor says twice that its reader has made room. The first ACK, with the window as before, looks like the response.
TEST(Response, a_second_ack_after_one_that_came_too_soon_is_not_known_to_be_mistaken) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1
                 0.600  B  .   1     ack 5
        first:   3.000  A  .   4     ack 1           > probe in=slow
        slow:    3.600  B  .   1     ack 5           > response to=first
                 5.000  A  P.  5(4)  ack 1
                 5.600  B  .   1     ack 9
        second:  8.000  A  .   8     ack 1           > probe in=quick
        quick:   8.064  B  .   1     ack 9           > response to=second
                 8.065  B  .   1     ack 9  win 510
                 8.601  B  .   1     ack 9  win 510  mark ack
    )");
}

// lwIP's keepalive right behind data: Linux has not acknowledged the data yet, so it does not answer the keepalive.
TEST(Response, the_ack_of_data_that_was_sent_just_before_is_no_answer) {
    const std::string until_probe = R"(
                 0.000  A  P.  1(4)   ack 1  id 1
                 0.001  B  .   1      ack 5
                 2.000  A  P.  5(14)  ack 1  id 2
                 2.200  A  .   18     ack 1  id 3  mark keepalive  > probe inferred)";
    EXPECT_STORY(until_probe + R"(
        ack:     2.240  B  .   1      ack 19       mark ack
        probe:   4.240  A  .   18     ack 1  id 4  mark keepalive  > probe in=answer by=acknowledged-all-before proof=ack
        answer:  4.241  B  .   1      ack 19       mark ack        > response to=probe
    )");
    // The ACK of the data crossed the probe, and the answer follows one round trip after that.
    EXPECT_STORY(until_probe + " in=answer" + R"(
                 2.300  B  .   1      ack 19       mark ack
        answer:  2.500  B  .   1      ack 19       mark ack        > response
    )");
    // So it may be later, too, if the path is as long as the time since the probe.
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)   ack 1  id 1
                 0.800  B  .   1      ack 5
                 3.000  A  P.  5(5)   ack 1  id 2
                 3.380  A  .   9      ack 1  id 3  mark keepalive  > probe inferred in=answer
                 3.684  B  .   1      ack 10
                 3.900  B  P.  1(5)   ack 10
        answer:  3.981  B  .   6      ack 10       mark ack        > response
    )");
    // An earlier answer came sooner than the path allows now. So what comes later may be a response, too.
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)   ack 1  id 1
                 0.080  B  .   1      ack 5
        first:   2.000  A  .   4      ack 1  id 2  mark keepalive  > probe in=quick
        quick:   2.120  B  .   1      ack 5        mark ack        > response to=first
                 4.000  A  P.  5(5)   ack 1  id 3
                 4.034  A  .   9      ack 1  id 4  mark keepalive  > probe inferred
                 4.203  B  .   1      ack 10
                 4.238  B  .   1      ack 10       mark ack
    )");
    // The capture does not show the data. So it does not show, either, that it was not acknowledged before.
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)   ack 1
                 0.001  B  .   1      ack 5
                 2.000  A  .   19     ack 1
        probe:   2.400  A  .   18     ack 1        mark keepalive  > probe inferred in=answer
        answer:  2.401  B  .   1      ack 19       mark ack        > response to=probe
    )");
}

// lwIP: Linux answers the zero-window probe, and not the keepalive so soon behind it, which is at its RCV.NXT.
TEST(Response, what_was_sent_before_the_probe_is_answered_before_it) {
    const std::string until_refused = R"(
                 0.000  A  P.  1(4)  ack 1  id 1
                 0.001  B  .   1     ack 5  win 0
                 0.301  A  .   5(1)  ack 1  id 2
                 0.701  B  .   1     ack 5  win 0)";
    EXPECT_STORY(until_refused + R"(
                 2.401  A  .   5(1)  ack 1  id 3   mark keepalive  > zero-window-probe
                 2.801  A  .   5     ack 1  id 4   mark keepalive  > probe by=its-sender's-zero-window-probes-carry-an-octet
                 3.101  B  .   1     ack 5  win 0
    )");
    EXPECT_STORY(until_refused + R"(
                 2.201  A  .   5(1)  ack 1  id 3   mark keepalive  > zero-window-probe
        probe:   2.801  A  .   5     ack 1  id 4   mark keepalive  > probe number=1 in=answer
        answer:  3.101  B  .   1     ack 5  win 0                  > response to=probe
    )");
    // Both of lwIP's timers go off in the same tick. So even where the round trip is known, it does not tell.
    EXPECT_STORY(R"(
                 0.0000  A  P.  1(4)  ack 1  id 1
                 0.0003  B  .   1     ack 5
        probe:   2.0000  A  .   4     ack 1  id 2   mark keepalive  > probe in=answer
        answer:  2.0003  B  .   1     ack 5         mark ack        > response to=probe
                 2.9000  A  P.  5(4)  ack 1  id 3
                 2.9003  B  .   1     ack 9  win 0
                 4.0000  A  .   9(1)  ack 1  id 4
                 4.0001  A  .   9     ack 1  id 5                   > probe missed
                 4.0005  B  .   1     ack 9  win 0
    )");
}

// Found by the fuzzer. The first answers are below what the prober has acknowledged, so its TCP drops them.
TEST(Response, a_probe_that_was_crossed_and_answered_gets_no_other_answer) {
    EXPECT_STORY(R"(
                  0.000  A  P.  1(4)  ack 1
                  2.000  B  .   1     ack 5
                  10.00  A  .   4     ack 1                          > probe
                  12.00  B  .   1     ack 5                          > response
        probe1:   100.0  A  .   4     ack 50         mark keepalive  > probe number=1 in=answer1 answered-late
        probe2:   101.0  A  .   4     ack 50         mark keepalive  > probe number=2 in=answer2
                  101.9  B  .   1     ack 5   win 99
        answer1:  102.0  B  .   1     ack 5   win 99                 > response to=probe1
        answer2:  103.0  B  .   50    ack 5   win 99                 > response to=probe2
                  103.5  B  .   50    ack 5   win 99
    )");
}

}  // namespace
