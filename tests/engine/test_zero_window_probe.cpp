// SPDX-License-Identifier: GPL-2.0-or-later
// Zero-window probes and keepalives: the same bytes, told by their spacing.
#include <gtest/gtest.h>

#include "engine/prober.h"
#include "heap_memory.h"
#include "script.h"

namespace {

// The persist timer's first zero-window probes. The next one is due at 6.2 s.
const std::string kChain = R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.201  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.601  A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.401  A  .   4     ack 1  mark keepalive  > zero-window-probe
        3.001  A  .   4     ack 1  mark keepalive  > zero-window-probe)";

TEST(ZeroWindowProbe, the_persist_timer_starts_at_the_retransmission_timeout_and_doubles) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.201  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.202  B  .   1     ack 5  win 0
        0.611  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.612  B  .   1     ack 5  win 0
        1.431  A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.432  B  .   1     ack 5  win 0
        3.100  A  .   4     ack 1  mark keepalive  > zero-window-probe
        3.101  B  .   1     ack 5  win 0
        6.400  A  .   4     ack 1  mark keepalive  > zero-window-probe
        6.401  B  .   1     ack 5  win 0
    )");
}

TEST(ZeroWindowProbe, evenly_spaced_after_whole_seconds_are_keepalives) {
    EXPECT_STORY(R"(
                  0.000  A  P.  1(4)  ack 1
                  0.001  B  .   1     ack 5  win 0
        probe1:   2.001  A  .   4     ack 1         > probe number=1 in=answer1 now=undecided
        answer1:  2.002  B  .   1     ack 5  win 0  > response to=probe1 now=nothing
        probe2:   4.002  A  .   4     ack 1         > probe number=1 idle-probes=2 in=answer2
        answer2:  4.003  B  .   1     ack 5  win 0  > response to=probe2
        probe3:   6.003  A  .   4     ack 1         > probe number=1 idle-probes=3 in=answer3
        answer3:  6.004  B  .   1     ack 5  win 0  > response to=probe3
    )");
}

TEST(ZeroWindowProbe, a_slow_persist_timer_doubles_too) {
    EXPECT_STORY(R"(
        0.0   A  P.  1(4)  ack 1
        0.1   B  .   1     ack 5  win 0
        3.5   A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        10.3  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        23.9  A  .   4     ack 1  mark keepalive  > zero-window-probe
    )");
}

TEST(ZeroWindowProbe, an_interval_of_twice_keepidle_is_no_persist_timer) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        2.001  A  .   4     ack 1         > probe number=1 unanswered now=undecided
        7.121  A  .   4     ack 1         > probe number=2 unanswered now=undecided
        12.24  A  .   4     ack 1         > probe number=3 unanswered
        17.36  A  R.  5     ack 1         > gave-up run=3
    )");
}

TEST(ZeroWindowProbe, no_persist_timer_takes_minutes) {
    EXPECT_STORY(R"(
                  0.000     A  P.  1(4)  ack 1
                  0.001     B  .   1     ack 5  win 0
        probe1:   7208.961  A  .   4     ack 1         > probe in=answer1 now=undecided
        answer1:  7208.962  B  .   1     ack 5  win 0  > response to=probe1 now=nothing
        probe2:   14417.92  A  .   4     ack 1         > probe in=answer2 keepidle=7200
        answer2:  14417.93  B  .   1     ack 5  win 0  > response to=probe2
    )");
}

TEST(ZeroWindowProbe, data_is_written_after_some_keepalives) {
    EXPECT_STORY(R"(
                  0.000  A  P.  1(4)  ack 1
                  0.001  B  .   1     ack 5  win 0
        probe1:   5.001  A  .   4     ack 1         > probe in=answer1 now=undecided
        answer1:  5.002  B  .   1     ack 5  win 0  > response to=probe1 now=nothing
        probe2:   10.00  A  .   4     ack 1         > probe in=answer2
        answer2:  10.01  B  .   1     ack 5  win 0  > response to=probe2
                  12.70  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
                  12.71  B  .   1     ack 5  win 0
                  13.10  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
                  13.11  B  .   1     ack 5  win 0
                  13.90  A  .   4     ack 1  mark keepalive  > zero-window-probe
                  13.91  B  .   1     ack 5  win 0
    )");
}

TEST(ZeroWindowProbe, probe_after_window_reopens) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1
                 0.001  B  .   1     ack 5  win 0
                 0.201  A  .   4     ack 1  mark keepalive  > zero-window-probe
                 0.202  B  .   1     ack 5  win 0
                 0.300  B  .   1     ack 5  win 90
                 0.301  A  P.  5(4)  ack 1
                 0.302  B  .   1     ack 9  win 90
        probe:   2.400  A  .   8     ack 1          > probe in=answer
        answer:  2.401  B  .   1     ack 9  win 90  > response to=probe
    )");
}

TEST(ZeroWindowProbe, data_that_leaves_when_the_window_opens_was_waiting) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        1.101  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        1.102  B  .   1     ack 5  win 0
        1.900  B  .   1     ack 5  win 90
        1.901  A  P.  5(4)  ack 1
    )");
}

TEST(ZeroWindowProbe, nothing_waited_when_the_window_opens) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1
                 0.001  B  .   1     ack 5  win 0
        probe:   1.101  A  .   4     ack 1         > probe in=answer now=undecided
        answer:  1.102  B  .   1     ack 5  win 0  > response to=probe now=nothing
                 1.900  B  .   1     ack 5  win 90
                 9.000  A  P.  5(4)  ack 1
    )");
}

TEST(ZeroWindowProbe, spacing_known_from_before_the_window_closed) {
    EXPECT_STORY(R"(
                  0.000  A  P.  1(4)  ack 1
                  0.001  B  .   1     ack 5
        probe1:   3.001  A  .   4     ack 1  > probe in=answer1
        answer1:  3.002  B  .   1     ack 5  > response to=probe1
                  4.000  A  P.  5(4)  ack 1
                  4.001  B  .   1     ack 9  win 0
        probe2:   7.001  A  .   8     ack 1         > probe in=answer2
        answer2:  7.002  B  .   1     ack 9  win 0  > response to=probe2
    )");
}

// FreeBSD: tcp_timer_persist sends the octet that waits, tcp_timer_keep an empty segment below it.
TEST(ZeroWindowProbe, an_empty_segment_of_an_end_that_persists_with_an_octet_is_a_keepalive) {
    EXPECT_STORY(R"(
                0.000  A  P.  1(4)  ack 1
        ack:    0.001  B  .   1     ack 5  win 0
        probe1: 2.001  A  .   4     ack 1         > probe in=answer1 now=undecided
        answer1: 2.002  B  .   1     ack 5  win 0  > response to=probe1 now=nothing
                5.001  A  .   5(1)  ack 1
                5.002  B  .   1     ack 5  win 0
        probe2: 7.003  A  .   4     ack 1         > probe in=answer2
        answer2: 7.004  B  .   1     ack 5  win 0  > response to=probe2
                10.00  A  .   5(1)  ack 1
                10.01  B  .   1     ack 5  win 0
                12.02  A  .   4     ack 1         > probe
    )");
}

// lwIP: the octet advances SND.NXT, so that the keepalive begins at the peer's RCV.NXT, and Linux does not answer it.
TEST(ZeroWindowProbe, an_octet_that_advances_snd_nxt) {
    EXPECT_STORY(R"(
                0.000  A  P.  1(4)  ack 1  id 1
                0.001  B  .   1     ack 5  win 0
                1.200  A  .   5(1)  ack 1  id 2
                1.201  B  .   1     ack 5  win 0
                3.700  A  .   5     ack 1  id 3  mark keepalive  > probe number=1
                4.200  A  .   5(1)  ack 1  id 4  mark keepalive  > zero-window-probe
                4.201  B  .   1     ack 5  win 0  mark ack       > ack-of-other
                6.700  A  .   5     ack 1  id 5  mark keepalive  > probe number=1 unanswered
                7.700  A  .   5     ack 1  id 6  mark keepalive  > probe number=2 unanswered
                8.700  A  R.  6     ack 1  id 7                  > gave-up run=2
    )");
}

// gVisor: both timers run, and their segments are alike.
TEST(ZeroWindowProbe, keepalives_beside_the_chain_of_the_persist_timer) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1
                 0.001  B  .   1     ack 5  win 0
                 0.201  A  .   4     ack 1  mark keepalive  > zero-window-probe
                 0.202  B  .   1     ack 5  win 0
                 0.602  A  .   4     ack 1  mark keepalive  > zero-window-probe
                 0.603  B  .   1     ack 5  win 0
                 1.403  A  .   4     ack 1  mark keepalive  > zero-window-probe
                 1.404  B  .   1     ack 5  win 0
                 3.004  A  .   4     ack 1  mark keepalive  > zero-window-probe
                 3.005  B  .   1     ack 5  win 0
        probe1:  5.006  A  .   4     ack 1         > probe in=answer1 now=undecided
        answer1: 5.007  B  .   1     ack 5  win 0  > response to=probe1 now=nothing
                 6.205  A  .   4     ack 1  mark keepalive  > zero-window-probe
                 6.206  B  .   1     ack 5  win 0
        probe2:  8.208  A  .   4     ack 1         > probe in=answer2
        answer2: 8.209  B  .   1     ack 5  win 0  > response to=probe2
    )");
}

// CycloneTCP: neither chain nor even gaps are to be seen, so nothing is said.
TEST(ZeroWindowProbe, two_timers_from_the_beginning_stay_undecided) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        1.169  A  .   4     ack 1  mark keepalive  > undecided
        1.170  B  .   1     ack 5  win 0
        1.971  A  .   4     ack 1  mark keepalive  > undecided
        1.972  B  .   1     ack 5  win 0
        3.173  A  .   4     ack 1  mark keepalive  > undecided
        3.174  B  .   1     ack 5  win 0
        3.774  A  .   4     ack 1  mark keepalive  > undecided
    )");
}

TEST(ZeroWindowProbe, what_crossed_one_leaves_no_answer_to_come) {
    using namespace keepalive;
    test::HeapMemory memory;
    Prober prober;
    Record probe;
    prober.add(probe, true, kNever, memory);
    prober.crossed();
    prober.refute(Mistake::ZeroWindowProbe, 3);
    EXPECT_TRUE(prober.is_at_rest(true));
}

// They are sent because data waits: the application has written some since the keepalive before.
TEST(ZeroWindowProbe, one_that_is_told_late_ends_the_idle_period_all_the_same) {
    using namespace keepalive;
    test::HeapMemory memory;
    Prober prober;
    Record keepalive, zero_window_probe;
    prober.add(keepalive, false, kNever, memory);
    prober.add(zero_window_probe, true, kNever, memory);
    prober.refute(Mistake::ZeroWindowProbe, 3);
    EXPECT_EQ(keepalive.outcome, Outcome::TrafficResumed);
}

// The persist timer's gaps grow to 120 s and are even from then on, as keepalives' gaps are.
TEST(ZeroWindowProbe, even_gaps_near_120_seconds_tell_nothing) {
    EXPECT_STORY(R"(
        0.000    A  P.  1(4)  ack 1
        0.001    B  .   1     ack 5  win 0
        75.001   A  .   4     ack 1  > probe number=1 unanswered now=undecided
        150.001  A  .   4     ack 1  > probe number=2
    )");
    EXPECT_STORY(R"(
        0.000    A  P.  1(4)  ack 1
        0.001    B  .   1     ack 5  win 0
        120.001  A  .   4     ack 1  > undecided
        240.001  A  .   4     ack 1  > undecided
    )");
    EXPECT_STORY(R"(
        0.000    A  P.  1(4)  ack 1
        0.001    B  .   1     ack 5  win 0
        160.001  A  .   4     ack 1  > probe number=1 unanswered now=undecided
        320.001  A  .   4     ack 1  > probe number=2
    )");
}

TEST(ZeroWindowProbe, a_chain_that_reaches_120_seconds_goes_on) {
    EXPECT_STORY(R"(
        0.000    A  P.  1(4)  ack 1
        0.001    B  .   1     ack 5  win 0
        0.251    A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.751    A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.751    A  .   4     ack 1  mark keepalive  > zero-window-probe
        3.751    A  .   4     ack 1  mark keepalive  > zero-window-probe
        7.751    A  .   4     ack 1  mark keepalive  > zero-window-probe
        15.751   A  .   4     ack 1  mark keepalive  > zero-window-probe
        31.751   A  .   4     ack 1  mark keepalive  > zero-window-probe
        63.751   A  .   4     ack 1  mark keepalive  > zero-window-probe
        127.751  A  .   4     ack 1  mark keepalive  > zero-window-probe
        247.751  A  .   4     ack 1  mark keepalive  > zero-window-probe
        367.751  A  .   4     ack 1  mark keepalive  > zero-window-probe
        487.751  A  .   4     ack 1  mark keepalive  > zero-window-probe
    )");
}

TEST(ZeroWindowProbe, a_chain_whose_last_gap_before_120_seconds_is_long_goes_on) {
    EXPECT_STORY(R"(
        0.0    A  P.  1(4)  ack 1
        0.1    B  .   1     ack 5  win 0
        0.5    A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.2    A  .   4     ack 1  mark keepalive  > zero-window-probe
        2.7    A  .   4     ack 1  mark keepalive  > zero-window-probe
        5.7    A  .   4     ack 1  mark keepalive  > zero-window-probe
        11.7   A  .   4     ack 1  mark keepalive  > zero-window-probe
        23.7   A  .   4     ack 1  mark keepalive  > zero-window-probe
        47.7   A  .   4     ack 1  mark keepalive  > zero-window-probe
        95.7   A  .   4     ack 1  mark keepalive  > zero-window-probe
        191.7  A  .   4     ack 1  mark keepalive  > zero-window-probe
        311.7  A  .   4     ack 1  mark keepalive  > zero-window-probe
        431.7  A  .   4     ack 1  mark keepalive  > zero-window-probe
    )");
}

// Linux with net.ipv4.tcp_rto_max_ms=5000. Two of the probes are not in the capture.
TEST(ZeroWindowProbe, a_chain_that_stops_doubling_goes_on_evenly) {
    EXPECT_STORY(R"(
        0.000    A  P.  1(4)  ack 1
        0.001    B  .   1     ack 5  win 0
        0.201    A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.202    B  .   1     ack 5  win 0
        0.602    A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.603    B  .   1     ack 5  win 0
        1.402    A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.403    B  .   1     ack 5  win 0
        3.002    A  .   4     ack 1  mark keepalive  > zero-window-probe
        3.003    B  .   1     ack 5  win 0
        6.202    A  .   4     ack 1  mark keepalive  > zero-window-probe
        6.203    B  .   1     ack 5  win 0
        11.322   A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        11.323   B  .   1     ack 5  win 0
        16.442   A  .   4     ack 1  mark keepalive  > zero-window-probe
        16.443   B  .   1     ack 5  win 0
        21.562   A  .   4     ack 1  mark keepalive  > zero-window-probe
        21.563   B  .   1     ack 5  win 0
        36.922   A  .   4     ack 1  mark keepalive  > zero-window-probe
        36.923   B  .   1     ack 5  win 0
        42.042   A  .   4     ack 1  mark keepalive  > zero-window-probe
        42.043   B  .   1     ack 5  win 0
        47.162   A  .   4     ack 1  mark keepalive  > zero-window-probe
        47.163   B  .   1     ack 5  win 0
    )");
}

TEST(ZeroWindowProbe, what_comes_beside_a_chain_at_its_limit_stays_undecided) {
    EXPECT_STORY(kChain + R"(
        6.201    A  .   4     ack 1  mark keepalive  > zero-window-probe
        11.321   A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        16.441   A  .   4     ack 1  mark keepalive  > zero-window-probe
        18.441   A  .   4     ack 1  mark keepalive  > undecided
        21.561   A  .   4     ack 1  mark keepalive  > zero-window-probe
    )");
}

TEST(ZeroWindowProbe, two_gaps_that_are_even_by_chance_do_not_show_the_chains_limit) {
    EXPECT_STORY(kChain + R"(
        3.002  B  .   1     ack 5  win 0
        5.201  A  .   4     ack 1  mark keepalive  > undecided
        7.601  A  .   4     ack 1  mark keepalive  > undecided
    )");
}

// gVisor runs both timers. The second keepalive stands a little after the middle of the chain's gap.
TEST(ZeroWindowProbe, a_keepalive_in_the_middle_of_the_chains_gap_does_not_show_its_limit) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1
                 0.001  B  .   1     ack 5  win 0
                 0.201  A  .   4     ack 1  mark keepalive  > zero-window-probe
                 0.601  A  .   4     ack 1  mark keepalive  > zero-window-probe
                 0.602  B  .   1     ack 5  win 0
                 1.198  A  .   4     ack 1  mark keepalive  > undecided
                 1.199  B  .   1     ack 5  win 0
                 1.401  A  .   4     ack 1  mark keepalive  > zero-window-probe
        probe2:  2.241  A  .   4     ack 1  mark keepalive  > probe in=answer2 now=undecided
        answer2: 2.242  B  .   1     ack 5  win 0           > response to=probe2 missed now=nothing
                 3.001  A  .   4     ack 1  mark keepalive  > zero-window-probe
                 3.002  B  .   1     ack 5  win 0
        probe3:  4.045  A  .   4     ack 1  mark keepalive  > probe in=answer3
        answer3: 4.046  B  .   1     ack 5  win 0           > response to=probe3 missed
        probe4:  5.088  A  .   4     ack 1  mark keepalive  > probe in=answer4
        answer4: 5.089  B  .   1     ack 5  win 0           > response to=probe4 missed
    )");
}

// CycloneTCP's limit is 60 s, and so may be the interval between keepalives.
TEST(ZeroWindowProbe, even_gaps_as_long_as_the_chains_last_tell_nothing) {
    EXPECT_STORY(R"(
        0.000    A  P.  1(4)  ack 1
        0.001    B  .   1     ack 5  win 0
        0.801    A  .   4     ack 1  mark keepalive  > zero-window-probe
        2.401    A  .   4     ack 1  mark keepalive  > zero-window-probe
        5.601    A  .   4     ack 1  mark keepalive  > zero-window-probe
        12.001   A  .   4     ack 1  mark keepalive  > zero-window-probe
        24.801   A  .   4     ack 1  mark keepalive  > zero-window-probe
        50.401   A  .   4     ack 1  mark keepalive  > zero-window-probe
        50.402   B  .   1     ack 5  win 0
        101.601  A  .   4     ack 1  mark keepalive  > zero-window-probe
        101.602  B  .   1     ack 5  win 0
        161.601  A  .   4     ack 1  mark keepalive  > undecided
        161.602  B  .   1     ack 5  win 0
        221.601  A  .   4     ack 1  mark keepalive  > undecided
        221.602  B  .   1     ack 5  win 0
        281.601  A  .   4     ack 1  mark keepalive  > undecided
        281.602  B  .   1     ack 5  win 0
        341.601  A  .   4     ack 1  mark keepalive  > undecided
        341.602  B  .   1     ack 5  win 0
    )");
}

TEST(ZeroWindowProbe, keepalives_beside_a_chain_with_long_gaps) {
    EXPECT_STORY(R"(
        0.000    A  P.  1(4)  ack 1
        0.001    B  .   1     ack 5  win 0
        0.251    A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.751    A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.751    A  .   4     ack 1  mark keepalive  > zero-window-probe
        3.751    A  .   4     ack 1  mark keepalive  > zero-window-probe
        7.751    A  .   4     ack 1  mark keepalive  > zero-window-probe
        15.751   A  .   4     ack 1  mark keepalive  > zero-window-probe
        31.751   A  .   4     ack 1  mark keepalive  > zero-window-probe
        63.751   A  .   4     ack 1  mark keepalive  > zero-window-probe
        127.751  A  .   4     ack 1  mark keepalive  > zero-window-probe
        127.752  B  .   1     ack 5  win 0
        probe1:  137.753  A  .   4     ack 1         > probe in=answer1 now=undecided
        answer1: 137.754  B  .   1     ack 5  win 0  > response to=probe1 now=nothing
        probe2:  147.755  A  .   4     ack 1         > probe in=answer2
        answer2: 147.756  B  .   1     ack 5  win 0  > response to=probe2
    )");
}

TEST(ZeroWindowProbe, one_that_was_lost_leaves_the_chain_whole) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.201  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.611  A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.431  A  .   4     ack 1  mark keepalive  > zero-window-probe
        6.400  A  .   4     ack 1  mark keepalive  > zero-window-probe
        12.97  A  .   4     ack 1  mark keepalive  > zero-window-probe
    )");
}

// A keepalive timer that the answers to zero-window probes do not restart.
TEST(ZeroWindowProbe, keepalives_beside_the_chain_told_by_their_interval) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.201  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.202  B  .   1     ack 5  win 0
        0.601  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.602  B  .   1     ack 5  win 0
        1.401  A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.402  B  .   1     ack 5  win 0
        3.001  A  .   4     ack 1  mark keepalive  > zero-window-probe
        3.002  B  .   1     ack 5  win 0
        5.001  A  .   4     ack 1                  > undecided
        6.201  A  .   4     ack 1  mark keepalive  > zero-window-probe
        6.202  B  .   1     ack 5  win 0
        10.00  A  .   4     ack 1                  > probe now=undecided
        12.60  A  .   4     ack 1  mark keepalive  > zero-window-probe
        12.61  B  .   1     ack 5  win 0
        15.00  A  .   4     ack 1                  > probe
    )");
}

// An octet so soon behind the closing of the window may have been sent before its sender knew. But the peer refused it.
TEST(ZeroWindowProbe, an_octet_that_the_peer_refused_is_what_waits) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.100  A  .   5(1)  ack 1
        0.101  B  .   1     ack 5  win 0
        3.000  A  .   5     ack 1  > probe by=its-sender's-zero-window-probes-carry-an-octet
    )");
}

TEST(ZeroWindowProbe, data_that_waited_leaves_within_200_milliseconds) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        1.101  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        1.102  B  .   1     ack 5  win 0
        1.900  B  .   1     ack 5  win 90
        2.050  A  P.  5(4)  ack 1
    )");
    EXPECT_STORY(R"(
                0.000  A  P.  1(4)  ack 1
                0.001  B  .   1     ack 5  win 0
        probe:  1.101  A  .   4     ack 1         > probe in=answer now=undecided
        answer: 1.102  B  .   1     ack 5  win 0  > response to=probe now=nothing
                1.900  B  .   1     ack 5  win 90
                3.000  A  P.  5(4)  ack 1
    )");
    // Captured at the receiver, data that waited comes one round trip after the opening.
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        1.101  A  .   4     ack 1         > undecided
        1.102  B  .   1     ack 5  win 0
        1.900  B  .   1     ack 5  win 90
        2.800  A  P.  5(4)  ack 1
        9.000  A  P.  9(4)  ack 1
    )");
}

// Captured at the receiver of a path whose round trip takes 300 ms.
TEST(ZeroWindowProbe, what_crosses_the_opening_of_the_window_was_sent_while_it_was_closed) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.801  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.802  B  .   1     ack 5  win 0
        2.101  A  .   4     ack 1  mark keepalive  > zero-window-probe
        2.102  B  .   1     ack 5  win 0
        4.401  A  .   4     ack 1  mark keepalive  > zero-window-probe
        4.402  B  .   1     ack 5  win 0
        8.651  B  .   1     ack 5
        8.701  A  .   4     ack 1  mark keepalive  > undecided
        8.702  B  .   1     ack 5
        8.951  A  P.  5(4)  ack 1
        8.952  B  .   1     ack 9
    )");
}

// The same, and none came before. But it comes too soon after its sender's last segment for a keepalive.
TEST(ZeroWindowProbe, what_crosses_the_opening_of_the_window_may_be_the_first) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)   ack 1
        0.001  B  .   1      ack 5  win 0
        0.231  A  .   4      ack 1  mark keepalive  > zero-window-probe
        0.232  B  .   1      ack 5
        0.240  A  P.  5(4)   ack 1
        0.241  B  .   1      ack 9  win 0
        0.250  B  P.  1(6)   ack 9
        0.280  A  .   9      ack 7
        0.460  A  .   8      ack 7  mark keepalive  > undecided
        0.461  B  .   7      ack 9
        0.462  A  P.  9(4)   ack 7
    )") << "the opening was lost";
}

// Nor has its sender sent any probe before.
TEST(ZeroWindowProbe, the_first_probe_of_all_may_cross_the_opening_of_the_window) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.450  B  .   1     ack 5
        0.501  A  .   4     ack 1  mark keepalive  > undecided
        0.502  B  .   1     ack 5
        0.751  A  P.  5(4)  ack 1
        0.752  B  .   1     ack 9
    )");
}

// What waited is lost or not captured.
TEST(ZeroWindowProbe, what_came_beside_a_chain_is_not_told_by_the_opening) {
    EXPECT_STORY(kChain + R"(
        3.002   B  .   1     ack 5  win 0
        5.000   A  .   4     ack 1  mark keepalive  > undecided
        5.001   B  .   1     ack 5  win 0
        5.500   B  .   1     ack 5
        20.000  B  P.  1(4)  ack 5
    )");
}

// The news of the opening was lost, so the chain goes on.
TEST(ZeroWindowProbe, data_that_waits_while_the_window_is_open_shows_that_its_sender_does_not_know) {
    const std::string chain = R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.801  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.802  B  .   1     ack 5  win 0
        2.401  A  .   4     ack 1  mark keepalive  > zero-window-probe
        2.402  B  .   1     ack 5  win 0
        5.601  A  .   4     ack 1  mark keepalive  > zero-window-probe
        5.602  B  .   1     ack 5  win 0
        9.000  B  .   1     ack 5
    )";
    EXPECT_STORY(chain + R"(
        12.001  A  .   4     ack 1  mark keepalive  > undecided
        12.002  B  .   1     ack 5
        12.302  A  P.  5(4)  ack 1
        12.303  B  .   1     ack 9
    )");
    EXPECT_STORY(chain + R"(
        probe1:  12.001  A  .   4     ack 1  mark keepalive  > probe in=answer1 now=undecided
        answer1: 12.002  B  .   1     ack 5                  > response to=probe1 missed now=nothing
        probe2:  15.001  A  .   4     ack 1  mark keepalive  > probe in=answer2
        answer2: 15.002  B  .   1     ack 5                  > response to=probe2 missed
    )") << "what waited was in the peer's window after all";
}

// gVisor runs both timers. The chain's two are known; what comes beside it, after the silence of its keepalives, is not told
// by the data that the chain's would have waited for.
TEST(ZeroWindowProbe, data_that_waited_does_not_tell_of_what_came_beside_the_chain) {
    EXPECT_STORY(R"(
                0.000  B  P.  0(1)  ack 1
        probe:  2.000  A  .   0     ack 1  > probe in=answer missed
        answer: 2.404  B  .   1     ack 1  > response to=probe missed
                3.000  A  P.  1(4)  ack 1
                3.404  B  .   1     ack 5  win 0
                4.180  A  .   4     ack 1  mark keepalive  > zero-window-probe
                4.584  B  .   1     ack 5  win 0
                5.590  A  .   4     ack 1  mark keepalive  > zero-window-probe
                5.994  B  .   1     ack 5  win 0
                7.995  A  .   4     ack 1  mark keepalive  > undecided
                8.400  B  .   1     ack 5  win 0
                9.908  B  .   1     ack 5
                9.909  A  P.  5(4)  ack 1
    )");
}

// The third octet leaves the second undecided. When both are told, their run is left with its first probe.
TEST(ZeroWindowProbe, what_was_left_undecided_and_is_told_after_all_leaves_its_run) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1  id 1
        0.001  B  .   1     ack 5  win 0
        1.000  B  .   1     ack 5
        1.300  A  .   4(1)  ack 1  id 2  octet 0  > probe unanswered missed
        1.400  A  P.  1(4)  ack 1  id 3
        1.500  A  .   4(1)  ack 1  id 4  octet 1  mark keepalive  > zero-window-probe now=undecided
        1.700  A  .   4(1)  ack 1  id 5  octet 2  mark keepalive  > zero-window-probe now=undecided
        1.900  B  .   1     ack 5  win 0
        2.000  B  .   1     ack 5
        2.050  A  P.  5(4)  ack 1  id 6
    )");
}

TEST(ZeroWindowProbe, an_ack_of_what_opened_the_window_is_no_data_that_waited) {
    EXPECT_STORY(R"(
                0.000  A  P.  1(4)  ack 1
                0.001  B  .   1     ack 5  win 0
        probe:  1.101  A  .   4     ack 1         > probe in=answer now=undecided
        answer: 1.102  B  .   1     ack 5  win 0  > response to=probe now=nothing
                1.900  B  P.  1(3)  ack 5  win 90
                1.901  A  .   5     ack 4
                9.000  A  P.  5(4)  ack 4
    )");
}

TEST(ZeroWindowProbe, an_octet_of_the_persist_timer_tells_that_an_empty_segment_before_was_a_keepalive) {
    EXPECT_STORY(R"(
                0.000  A  P.  1(4)  ack 1
                0.001  B  .   1     ack 5  win 0
        probe:  2.001  A  .   4     ack 1         > probe in=answer now=undecided
        answer: 2.002  B  .   1     ack 5  win 0  > response to=probe now=nothing
                5.001  A  .   5(1)  ack 1
    )");
}

// The peer is not seen, so nothing is known to be acknowledged or refused, whatever the number of the octet.
TEST(ZeroWindowProbe, in_one_direction_the_number_of_the_octet_tells_nothing) {
    EXPECT_STORY(R"(
        0.000  A  S   0
        2.000  A  .   0  ack 1  > probe inferred number=1
        6.000  A  .   0  ack 1  > probe inferred number=2
        14.00  A  .   0  ack 1  > undecided
    )");
}

// A capture that does not show the peer does not show a closed window. Some stacks let an interval be less than a second
// (Windows: KeepAliveInterval in milliseconds; smoltcp: set_keep_alive()), and a persist timer is not even.
TEST(ZeroWindowProbe, even_octets_of_an_end_whose_peer_is_seen_late_are_keepalives) {
    EXPECT_STORY(R"(
                0.000  A  .   4(1)  ack 1  octet 0                  > probe inferred octet=0 number=1 missed now=undecided
                0.700  A  .   4(1)  ack 1  octet 0  mark keepalive  > probe inferred octet=0 number=2 now=undecided
                1.400  A  .   4(1)  ack 1  octet 0  mark keepalive  > probe inferred octet=0 number=3 now=undecided
        probe:  2.100  A  .   4(1)  ack 1  octet 0  mark keepalive  > probe inferred in=answer octet=0 number=4 now=undecided
        answer: 2.101  B  .   1     ack 5                           > response to=probe missed
    )");
}

TEST(ZeroWindowProbe, one_octet_that_comes_soon_again_shows_no_timer_while_the_peer_is_not_seen) {
    EXPECT_STORY(R"(
        0.000  A  .   4(1)  ack 1  octet 65                  > nothing now=undecided
        0.300  A  .   4(1)  ack 1  octet 65  mark keepalive  > none now=undecided
        0.301  B  .   1     ack 5
    )");
}

TEST(ZeroWindowProbe, while_the_peer_is_not_seen_even_gaps_end_what_seemed_to_double) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.800  A  .   4     ack 1  mark keepalive  > probe inferred number=1 now=undecided
        2.400  A  .   4     ack 1  mark keepalive  > probe inferred number=2 now=undecided
        4.000  A  .   4     ack 1  mark keepalive  > probe inferred number=3
        5.600  A  .   4     ack 1  mark keepalive  > probe inferred number=4
    )");
}

TEST(ZeroWindowProbe, while_the_peer_is_not_seen_a_chain_tells_from_its_second_doubling_on) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.300  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        0.900  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        2.100  A  .   4     ack 1  mark keepalive  > zero-window-probe
        4.500  A  .   4     ack 1  mark keepalive  > zero-window-probe
    )");
}

// gVisor, captured in one direction: the window opens after three probes.
TEST(ZeroWindowProbe, while_the_peer_is_not_seen_one_doubling_from_a_short_gap_tells_nothing) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.646  A  .   4     ack 1  mark keepalive  > undecided
        1.511  A  .   4     ack 1  mark keepalive  > undecided
        3.242  A  .   4     ack 1  mark keepalive  > undecided
        5.419  A  P.  5(4)  ack 1
    )");
}

// A retransmission shows that data was lost or refused. Which it was, only the peer's window tells.
TEST(ZeroWindowProbe, while_the_peer_is_not_seen_a_chain_tells_even_after_a_retransmission) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  A  P.  5(4)  ack 1
        0.220  A  P.  5(4)  ack 1
        0.450  A  .   8     ack 1  mark keepalive  > zero-window-probe now=undecided
        0.910  A  .   8     ack 1  mark keepalive  > zero-window-probe now=undecided
        1.820  A  .   8     ack 1  mark keepalive  > zero-window-probe
        3.640  A  .   8     ack 1  mark keepalive  > zero-window-probe
    )");
}

// Only the first gaps of a chain grow by less than seven quarters, because the way to the peer and back is in them.
// A's answers stand between its keepalives, so the gaps since them are not those of its timer.
TEST(ZeroWindowProbe, while_the_peer_is_not_seen_a_gap_is_one_between_probes) {
    EXPECT_STORY(R"(
                0.00  A  P.  1(5)  ack 1
                4.00  A  .   6     ack 9
        probe1: 4.20  A  .   5     ack 9  > probe inferred now=undecided
                8.00  A  .   6     ack 9
        probe2: 8.43  A  .   5     ack 9  > probe inferred now=undecided
        probe3: 9.46  A  .   5     ack 9  > probe inferred
        probe4: 10.49 A  .   5     ack 9  > probe inferred
    )");
}

TEST(ZeroWindowProbe, what_comes_long_before_the_chains_next_one_is_not_of_the_chain) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.250  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.251  B  .   1     ack 5  win 0
        0.700  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.701  B  .   1     ack 5  win 0
        1.600  A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.601  B  .   1     ack 5  win 0
        3.400  A  .   4     ack 1  mark keepalive  > zero-window-probe
        3.401  B  .   1     ack 5  win 0
        6.400  A  .   4     ack 1  mark keepalive  > undecided
        6.401  B  .   1     ack 5  win 0
        7.000  A  .   4     ack 1  mark keepalive  > zero-window-probe
    )");
}

// The first ACK is lost behind the capture, so the data comes once more; only then the sender learns of the closed window.
TEST(ZeroWindowProbe, data_that_is_sent_again_although_it_has_arrived_does_not_show_how_its_sender_probes) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.301  A  P.  1(4)  ack 1
        0.302  B  .   1     ack 5  win 0
        0.602  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.603  B  .   1     ack 5  win 0
        1.203  A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.204  B  .   1     ack 5  win 0
    )");
}

// lwIP: what was sent before the window closed, and refused, is sent again. Its keepalive begins at SND.NXT - 1 all the
// same.
TEST(ZeroWindowProbe, an_empty_segment_of_an_end_that_sends_data_again_is_a_keepalive) {
    EXPECT_STORY(R"(
               0.000  A  P.  1(4)     ack 1
               0.001  B  .   1        ack 5  win 0
               0.002  A  P.  5(1000)  ack 1
               0.500  A  P.  5(1000)  ack 1
               0.501  B  .   1        ack 5  win 0
               3.000  A  .   1004     ack 1  mark keepalive  > probe unanswered
               4.000  A  .   1004     ack 1  mark keepalive  > probe unanswered
               5.000  A  .   1004     ack 1  mark keepalive  > probe
    )");
}

// CycloneTCP runs both timers. A probe that fits both is of either; the chain's next one tells that it was the keepalive.
TEST(ZeroWindowProbe, where_the_chain_and_the_keepalive_are_both_due_the_next_one_tells) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.220  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.680  A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.570  A  .   4     ack 1  mark keepalive  > zero-window-probe
        3.390  A  .   4     ack 1  mark keepalive  > zero-window-probe
        3.391  B  .   1     ack 5  win 0
        4.000  A  .   4     ack 1  mark keepalive  > undecided
        4.001  B  .   1     ack 5  win 0
        5.000  A  .   4     ack 1  mark keepalive  > probe now=undecided
        5.001  B  .   1     ack 5  win 0           > response now=nothing
        6.000  A  .   4     ack 1  mark keepalive  > probe
        6.001  B  .   1     ack 5  win 0           > response
        7.000  A  .   4     ack 1  mark keepalive  > probe now=undecided
        7.001  B  .   1     ack 5  win 0           > response now=nothing
        7.030  A  .   4     ack 1  mark keepalive  > zero-window-probe
        8.002  A  .   4     ack 1  mark keepalive  > probe
    )");
}

// The chain's next one, due at 25.4 s, is not in the capture.
TEST(ZeroWindowProbe, what_is_regular_is_a_keepalive_when_the_chains_next_one_is_overdue) {
    EXPECT_STORY(kChain + R"(
        6.201   A  .   4     ack 1  mark keepalive  > zero-window-probe
        12.601  A  .   4     ack 1  mark keepalive  > zero-window-probe
        12.602  B  .   1     ack 5  win 0
        16.000  A  .   4     ack 1  mark keepalive  > probe now=undecided
        16.001  B  .   1     ack 5  win 0           > response now=nothing
        20.000  A  .   4     ack 1  mark keepalive  > probe now=undecided
        20.001  B  .   1     ack 5  win 0           > response now=nothing
        24.000  A  .   4     ack 1  mark keepalive  > probe
        24.001  B  .   1     ack 5  win 0           > response
        28.000  A  .   4     ack 1  mark keepalive  > probe
        28.001  B  .   1     ack 5  win 0           > response
        32.000  A  .   4     ack 1  mark keepalive  > probe
        32.001  B  .   1     ack 5  win 0           > response
    )");
}

// lwIP and NetX Duo, in a capture that begins while they are idle: the first frame of theirs that the peer's closed window
// refuses does not show that it is sent again.
TEST(ZeroWindowProbe, an_empty_segment_behind_refused_data_is_undecided_until_that_is_sent_again) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(1000)  ack 1
        0.001  B  .   1        ack 1  win 0
        2.100  A  .   1000     ack 1         mark keepalive  > probe number=1 unanswered inferred now=undecided
        3.500  A  .   1000     ack 1         mark keepalive  > probe number=2 inferred now=undecided
        7.000  A  P.  1(1000)  ack 1
        7.001  B  .   1        ack 1  win 0
    )");
    // New data, as the window has opened meanwhile, which the capture does not show.
    EXPECT_STORY(R"(
        0.000  A  P.  1(1000)  ack 1
        0.001  B  .   1        ack 1001  win 0
        2.100  A  .   1000     ack 1            mark keepalive  > undecided
        7.000  A  P.  1001(9)  ack 1
    )");
    // The peer had acknowledged the data, which the capture does not show, and the persist timer doubles.
    EXPECT_STORY(R"(
        0.000  A  P.  1(1000)  ack 1
        0.001  B  .   1        ack 1  win 0
        0.221  A  .   1000     ack 1  mark keepalive  > zero-window-probe
        0.661  A  .   1000     ack 1  mark keepalive  > zero-window-probe
        1.541  A  .   1000     ack 1  mark keepalive  > zero-window-probe
        3.301  A  .   1000     ack 1  mark keepalive  > zero-window-probe
        6.821  A  .   1000     ack 1  mark keepalive  > zero-window-probe
    )");
}

// gVisor runs both timers. A keepalive does not tell what came before it at another distance.
TEST(ZeroWindowProbe, a_keepalive_beside_data_that_waits_does_not_tell_of_what_is_not_even_with_it) {
    EXPECT_STORY(R"(
        0.000   A  P.  1(4)  ack 1
        0.001   B  .   1     ack 5  win 0
        2.001   A  .   4     ack 1  mark keepalive  > probe now=undecided
        2.002   B  .   1     ack 5  win 0           > response now=nothing
        4.002   A  .   4     ack 1  mark keepalive  > probe
        4.003   B  .   1     ack 5  win 0           > response
        5.600   A  .   4     ack 1  mark keepalive  > undecided
        5.601   B  .   1     ack 5  win 0
        7.601   A  .   4     ack 1  mark keepalive  > probe
        7.602   B  .   1     ack 5  win 0           > response
        9.602   A  .   4     ack 1  mark keepalive  > probe
        9.603   B  .   1     ack 5  win 0           > response
    )");
}

// CycloneTCP, with a dead peer: the silence only grows, and is no measure of a timer.
TEST(ZeroWindowProbe, a_silence_that_no_answer_ends_does_not_tell_the_keepalive_from_the_chain) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.229  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.230  B  .   1     ack 5  win 0
        0.686  A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.594  A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.595  B  .   1     ack 5  win 0
        1.781  A  .   4     ack 1  mark keepalive  > undecided
        2.785  A  .   4     ack 1  mark keepalive  > probe unanswered now=undecided
        3.376  A  .   4     ack 1  mark keepalive  > zero-window-probe
        3.786  A  .   4     ack 1  mark keepalive  > probe unanswered
        4.788  A  .   4     ack 1  mark keepalive  > probe unanswered
        5.791  A  .   4     ack 1  mark keepalive  > probe unanswered
        6.793  A  .   4     ack 1  mark keepalive  > probe unanswered now=undecided
        6.952  A  .   4     ack 1  mark keepalive  > zero-window-probe
        7.794  A  .   4     ack 1  mark keepalive  > probe unanswered
        8.796  A  R   5     ack 0                  > gave-up
    )");
}

// CycloneTCP: when the window opens, data leaves that had waited. Of the last two probes, one was of the persist timer.
TEST(ZeroWindowProbe, where_both_timers_run_data_that_waited_does_not_tell_which_probe_asked_for_it) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        1.001  A  .   4     ack 1  mark keepalive  > probe now=undecided
        1.002  B  .   1     ack 5  win 0           > response now=nothing
        2.003  A  .   4     ack 1  mark keepalive  > probe
        2.004  B  .   1     ack 5  win 0           > response
        3.005  A  .   4     ack 1  mark keepalive  > probe
        3.006  B  .   1     ack 5  win 0           > response
        3.890  A  .   4     ack 1  mark keepalive  > undecided
        3.891  B  .   1     ack 5  win 0
        4.007  A  .   4     ack 1  mark keepalive  > undecided
        4.008  B  .   1     ack 5  win 90
        4.009  A  P.  5(4)  ack 1
    )");
}

// Captured at the receiver, the first gaps have the jitter of the path in them, and the very first the round trip, too.
TEST(ZeroWindowProbe, what_comes_before_a_chain_is_no_keepalive_if_nothing_before_it_shows_the_timer) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        1.141  A  .   4     ack 1  mark keepalive  > undecided
        1.142  B  .   1     ack 5  win 0
        2.868  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        5.613  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        11.26  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        22.26  A  .   4     ack 1  mark keepalive  > zero-window-probe
    )");
}

// gVisor, in a capture that begins while both timers run: the last gap of the chain is even with the first of the keepalive.
TEST(ZeroWindowProbe, in_a_capture_that_begins_in_the_closed_window_two_even_gaps_do_not_tell) {
    EXPECT_STORY(R"(
        0.000   A  .   4     ack 1                  > undecided inferred
        0.001   B  .   1     ack 5  win 0
        1.829   A  .   4     ack 1  mark keepalive  > undecided
        1.830   B  .   1     ack 5  win 0
        3.832   A  .   4     ack 1  mark keepalive  > undecided
        3.833   B  .   1     ack 5  win 0
        5.513   A  .   4     ack 1  mark keepalive  > undecided
        5.514   B  .   1     ack 5  win 0
        7.515   A  .   4     ack 1  mark keepalive  > probe now=undecided
        7.516   B  .   1     ack 5  win 0           > response now=nothing
        9.518   A  .   4     ack 1  mark keepalive  > probe now=undecided
        9.519   B  .   1     ack 5  win 0           > response now=nothing
        11.52   A  .   4     ack 1  mark keepalive  > probe
        11.53   B  .   1     ack 5  win 0           > response
    )");
}

// Silent for as long as before its keepalives, just when the chain's next one is due.
TEST(ZeroWindowProbe, after_the_silence_of_its_keepalives_it_may_be_either) {
    const std::string until_chain = R"(
                0.000   A  P.  1(4)  ack 1
                0.001   B  .   1     ack 5
        probe:  2.001   A  .   4     ack 1  mark keepalive  > probe in=answer
        answer: 2.002   B  .   1     ack 5                  > response to=probe
                5.000   A  P.  5(4)  ack 1
                5.001   B  .   1     ack 9  win 0
                5.700   A  .   8     ack 1  mark keepalive  > zero-window-probe
                5.701   B  .   1     ack 9  win 0
                6.972   A  .   8     ack 1  mark keepalive  > zero-window-probe)";
    EXPECT_STORY(until_chain + R"(
                7.173   B  .   1     ack 9  win 0
                9.175   A  .   8     ack 1  mark keepalive  > probe now=undecided
                9.176   B  .   1     ack 9  win 0           > response now=nothing
                11.177  A  .   8     ack 1  mark keepalive  > probe
    )");
    EXPECT_STORY(until_chain + R"(
                7.600   B  .   1     ack 9  win 0
                9.600   A  .   8     ack 1  mark keepalive  > zero-window-probe now=undecided
                9.601   B  .   1     ack 9  win 0
                14.856  A  .   8     ack 1  mark keepalive  > zero-window-probe
    )") << "the next one of the chain tells";
}

// gVisor: its keepalive got no answer, and the next one comes just when the chain's does.
TEST(ZeroWindowProbe, after_the_interval_of_its_keepalives_it_may_be_either) {
    const std::string until_chain = R"(
        0.000   A  P.  1(4)  ack 1
        0.001   B  .   1     ack 5
        3.001   A  .   4     ack 1  mark keepalive  > probe
        3.002   B  .   1     ack 5                  > response
        4.000   A  P.  5(4)  ack 1
        4.001   B  .   1     ack 9  win 0
        4.201   A  .   8     ack 1  mark keepalive  > zero-window-probe
        4.202   B  .   1     ack 9  win 0
        4.601   A  .   8     ack 1  mark keepalive  > zero-window-probe
        5.401   A  .   8     ack 1  mark keepalive  > zero-window-probe
        7.001   A  .   8     ack 1  mark keepalive  > zero-window-probe
        7.203   A  .   8     ack 1  mark keepalive  > probe unanswered)";
    EXPECT_STORY(until_chain + R"(
        10.204  A  .   8     ack 1  mark keepalive  > probe now=undecided
        10.205  B  .   1     ack 9  win 0           > response now=nothing
        13.206  A  .   8     ack 1  mark keepalive  > probe
        13.207  B  .   1     ack 9  win 0           > response
    )");
    EXPECT_STORY(until_chain + R"(
        10.204  A  .   8     ack 1  mark keepalive  > zero-window-probe now=undecided
        16.604  A  .   8     ack 1  mark keepalive  > zero-window-probe
    )");
}

// The first gap is too long to be known as a zero-window probe's, and TCP_KEEPIDLE fits where the third would.
TEST(ZeroWindowProbe, after_the_silence_of_its_keepalives_it_may_be_none_of_a_chain) {
    const std::string until_closed = R"(
        0.000   A  P.  1(4)  ack 1
        0.400   B  .   1     ack 5
        4.400   A  .   4     ack 1  mark keepalive  > probe
        4.800   B  .   1     ack 5                  > response
        5.000   A  P.  5(4)  ack 1
        5.400   B  .   1     ack 9  win 0)";
    const std::string until_either = until_closed + R"(
        6.482   A  .   8     ack 1  mark keepalive  > undecided
        6.884   B  .   1     ack 9  win 0
        8.644   A  .   8     ack 1  mark keepalive  > undecided
        8.700   B  P.  1(4)  ack 9  win 0
        8.701   A  .   9     ack 5)";
    EXPECT_STORY(until_either + R"(
        12.701  A  .   8     ack 5  mark keepalive  > probe now=undecided
        12.702  B  .   5     ack 9  win 0           > response now=nothing
        16.701  A  .   8     ack 5  mark keepalive  > probe
        16.702  B  .   5     ack 9  win 0           > response
    )");
    EXPECT_STORY(until_either + R"(
        12.701  A  .   8     ack 5  mark keepalive  > undecided
        12.781  A  .   8     ack 5  mark keepalive  > undecided
        13.000  B  .   5     ack 9
        13.001  A  P.  9(4)  ack 5
    )") << "one of the two is of the chain";
    EXPECT_STORY(until_closed + R"(
        6.482   A  .   8     ack 1  mark keepalive  > zero-window-probe now=undecided
        6.884   B  .   1     ack 9  win 0
        8.644   A  .   8     ack 1  mark keepalive  > zero-window-probe now=undecided
        8.740   B  .   1     ack 9  win 0
        12.740  A  .   8     ack 1  mark keepalive  > zero-window-probe now=undecided
        20.901  A  .   8     ack 1  mark keepalive  > zero-window-probe
    )");
}

// The peer's window update is lost, and its keepalives show the new window. But they are older than what came before, so the
// sender does not take it from them, and goes on to ask.
TEST(ZeroWindowProbe, a_keepalive_of_the_peer_does_not_open_its_window) {
    EXPECT_STORY(R"(
                0.00  A  P.  1(10)   ack 1  win 500
        closed: 0.60  B  .   1       ack 11  win 0
                2.05  A  .   10      ack 1  win 500  mark keepalive  > zero-window-probe now=undecided proof=closed
                2.65  B  .   1       ack 11  win 0
        probe:  5.00  B  .   0       ack 11  win 70  > probe in=answer
        answer: 5.01  A  .   11      ack 1  win 500  > response to=probe
                5.57  A  .   10      ack 1  win 500  mark keepalive  > zero-window-probe now=undecided
                6.17  B  .   1       ack 11  win 70
                6.18  A  P.  11(10)  ack 1  win 500
    )");
}

// Keepalives were seen before, so the silence of 2 s tells the next ones, too.
const std::string kChainAfterKeepalives = R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5
        2.001  A  .   4     ack 1  mark keepalive  > probe
        2.002  B  .   1     ack 5                  > response
        3.000  A  P.  5(4)  ack 1
        3.001  B  .   1     ack 9  win 0
        3.201  A  .   8     ack 1  mark keepalive  > zero-window-probe
        3.601  A  .   8     ack 1  mark keepalive  > zero-window-probe
        4.401  A  .   8     ack 1  mark keepalive  > zero-window-probe
        6.001  A  .   8     ack 1  mark keepalive  > zero-window-probe
        6.002  B  .   1     ack 9  win 0
)";

TEST(ZeroWindowProbe, a_keepalive_beside_the_chain_told_by_the_silence_before_it) {
    EXPECT_STORY(kChainAfterKeepalives + R"(
        8.002  A  .   8     ack 1  mark keepalive  > probe
        8.003  B  .   1     ack 9  win 0           > response
        9.201  A  .   8     ack 1  mark keepalive  > zero-window-probe
    )");
    EXPECT_STORY(kChainAfterKeepalives + R"(
        6.500  B  .   0     ack 9  win 0           > probe
        6.501  A  .   9     ack 1                  > response
        8.500  A  .   8     ack 1  mark keepalive  > probe
        8.501  B  .   1     ack 9  win 0           > response
        9.201  A  .   8     ack 1  mark keepalive  > zero-window-probe
    )") << "the peer's own keepalive restarts the timer (gVisor)";
}

const std::string kChainAfterKeepaliveOfASecond = R"(
        0.000  A  P.  1(4)  ack 1
        0.042  B  .   1     ack 5
        1.042  A  .   4     ack 1  mark keepalive  > probe
        1.084  B  .   1     ack 5                  > response
        2.000  A  P.  5(4)  ack 1
        2.042  B  .   1     ack 9  win 0
        2.243  A  .   8     ack 1  mark keepalive  > zero-window-probe
        2.644  A  .   8     ack 1  mark keepalive  > zero-window-probe
        3.445  A  .   8     ack 1  mark keepalive  > zero-window-probe
        3.487  B  .   1     ack 9  win 0
)";

// gVisor: the keepalive of the peer has restarted the timer, so the silence since the answer before it is not the timer's.
TEST(ZeroWindowProbe, a_keepalive_behind_one_of_the_peer_does_not_change_the_usual_silence) {
    EXPECT_STORY(kChainAfterKeepaliveOfASecond + R"(
        4.200  B  .   0     ack 9  win 0           > probe
        4.201  A  .   9     ack 1                  > response
        5.201  A  .   8     ack 1  mark keepalive  > probe
        5.243  B  .   1     ack 9  win 0           > response
        6.243  A  .   8     ack 1  mark keepalive  > probe
        6.285  B  .   1     ack 9  win 0           > response
    )");
}

TEST(ZeroWindowProbe, two_keepalives_told_by_the_silence_before_them_do_not_show_the_chains_limit) {
    EXPECT_STORY(kChainAfterKeepaliveOfASecond + R"(
        4.488  A  .   8     ack 1  mark keepalive  > probe
        4.530  B  .   1     ack 9  win 0           > response
        5.530  A  .   8     ack 1  mark keepalive  > probe
        5.572  B  .   1     ack 9  win 0           > response
    )");
}

// A segment of the peer restarts Linux's persist timer with the gap that it had (tcp_ack_probe in net/ipv4/tcp_input.c).
TEST(ZeroWindowProbe, a_chain_that_began_anew_is_told_by_its_next_one) {
    EXPECT_STORY(kChain + R"(
        4.000   B  P.  1(4)  ack 5  win 0
        4.001   A  .   5     ack 5
        7.201   A  .   4     ack 5  mark keepalive  > zero-window-probe now=undecided
        13.601  A  .   4     ack 5  mark keepalive  > zero-window-probe
    )");
    EXPECT_STORY(kChain + R"(
        3.002   B  .   1     ack 5  win 0
        8.000   A  .   4     ack 1  mark keepalive  > probe now=undecided
        8.001   B  .   1     ack 5  win 0           > response now=nothing
        12.000  A  .   4     ack 1  mark keepalive  > probe now=undecided
        12.001  B  .   1     ack 5  win 0           > response now=nothing
        16.000  A  .   4     ack 1  mark keepalive  > probe
        16.001  B  .   1     ack 5  win 0           > response
        20.000  A  .   4     ack 1  mark keepalive  > probe
        20.001  B  .   1     ack 5  win 0           > response
    )") << "or it was no chain";
}

// TCP_KEEPIDLE is 3 s, and 200 ms later the chain's next one comes, exactly when it is due.
TEST(ZeroWindowProbe, what_misses_the_time_of_an_exact_chain_is_not_of_it) {
    EXPECT_STORY(kChain + R"(
        3.002   B  .   1     ack 5  win 0
        6.003   A  .   4     ack 1  mark keepalive  > probe now=undecided
        6.004   B  .   1     ack 5  win 0           > response now=nothing
        6.201   A  .   4     ack 1  mark keepalive  > zero-window-probe
        9.005   A  .   4     ack 1  mark keepalive  > probe
        9.006   B  .   1     ack 5  win 0           > response
    )");
    EXPECT_STORY(kChain + R"(
        3.002   B  .   1     ack 5  win 0
        6.003   A  .   4     ack 1  mark keepalive  > undecided
        6.004   B  .   1     ack 5  win 0
        12.203  A  .   4     ack 1  mark keepalive  > zero-window-probe
        25.003  A  .   4     ack 1  mark keepalive  > zero-window-probe
    )") << "and if it was, the next ones are told";
}

// The path is slow, so the first two gaps of gVisor's chain are even. Its keepalives come after 3 s.
TEST(ZeroWindowProbe, two_even_gaps_are_not_enough_where_keepalives_come_later) {
    const std::string until_closed = R"(
        0.000  A  P.  1(4)  ack 1
        0.160  B  .   1     ack 5
        3.160  A  .   4     ack 1  mark keepalive  > probe
        3.320  B  .   1     ack 5                  > response
        4.000  A  P.  5(4)  ack 1
        4.160  B  .   1     ack 9  win 0)";
    EXPECT_STORY(until_closed + R"(
        5.167  A  .   8     ack 1  mark keepalive  > zero-window-probe now=undecided
        5.330  B  .   1     ack 9  win 0
        6.219  A  .   8     ack 1  mark keepalive  > zero-window-probe now=undecided
        6.380  B  .   1     ack 9  win 0
        8.320  A  .   8     ack 1  mark keepalive  > zero-window-probe now=undecided
        8.480  B  .   1     ack 9
        8.481  A  P.  9(4)  ack 1
    )");
    EXPECT_STORY(until_closed + R"(
        5.161  A  .   8     ack 1  mark keepalive  > undecided
        5.181  B  .   1     ack 9  win 0
        6.182  A  .   8     ack 1  mark keepalive  > probe now=undecided
        6.202  B  .   1     ack 9  win 0           > response now=nothing
        7.203  A  .   8     ack 1  mark keepalive  > probe
        7.223  B  .   1     ack 9  win 0           > response
    )") << "their sender may have changed its timer";
    EXPECT_STORY(until_closed + R"(
        5.194  A  .   8     ack 1  mark keepalive  > undecided
        7.161  A  .   8     ack 1  mark keepalive  > probe
        7.321  B  .   1     ack 9  win 0           > response
    )") << "nor does a keepalive tell of one that came so soon";
}

// gVisor: its first keepalive came when the chain's next one might have, and then the chain went on without it.
TEST(ZeroWindowProbe, what_came_at_the_chains_time_is_taken_back_if_the_chain_goes_on_without_it) {
    EXPECT_STORY(R"(
        0.895  A  P.  1(4)  ack 1
        0.986  B  .   1     ack 5  win 0
        1.229  A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.230  B  .   1     ack 5  win 0
        1.630  A  .   4     ack 1  mark keepalive  > zero-window-probe
        2.274  A  .   4     ack 1  mark keepalive  > none now=zero-window-probe
        2.275  B  .   1     ack 5  win 0
        2.432  A  .   4     ack 1  mark keepalive  > zero-window-probe
        3.316  A  .   4     ack 1  mark keepalive  > probe
        3.317  B  .   1     ack 5  win 0           > response
        4.034  A  .   4     ack 1  mark keepalive  > zero-window-probe
    )");
    EXPECT_STORY(R"(
        0.900  A  P.  1(4)  ack 1
        0.917  B  .   1     ack 5  win 0
        1.297  A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.299  B  .   1     ack 5  win 0
        1.698  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        2.470  A  .   4     ack 1  mark keepalive  > none now=zero-window-probe
        2.471  B  .   1     ack 5  win 0
        2.500  A  .   4     ack 1  mark keepalive  > zero-window-probe
    )") << "the first gap says less than the others";
}

// gVisor: its keepalive after 3 s came when the chain's next one might have, and so does the next.
TEST(ZeroWindowProbe, what_came_at_the_chains_time_is_taken_back_if_the_next_silence_is_the_same) {
    const std::string until_chain = R"(
        3.600   A  P.  1(4)  ack 1
        3.680   B  .   1     ack 5  win 0
        3.787   A  .   4     ack 1  mark keepalive  > zero-window-probe
        3.949   B  .   1     ack 5  win 0
        4.402   B  P.  1(1)  ack 5  win 0
        4.403   A  .   5     ack 2
        5.277   A  .   4     ack 2  mark keepalive  > zero-window-probe
        5.441   B  .   2     ack 5  win 0
        7.027   A  .   4     ack 2  mark keepalive  > undecided
        7.187   B  .   2     ack 5  win 0           > nothing
        10.188  A  .   4     ack 2  mark keepalive  > none now=zero-window-probe
        10.352  B  .   2     ack 5  win 0
        13.354  A  .   4     ack 2  mark keepalive  > probe
        13.503  B  .   2     ack 5  win 0           > response
        16.506  A  .   4     ack 2  mark keepalive  > probe)";
    EXPECT_STORY(until_chain);
    EXPECT_STORY(until_chain + R"( unanswered
        17.002  A  .   4     ack 2  mark keepalive  > zero-window-probe
        17.507  A  .   4     ack 2  mark keepalive  > probe unanswered now=undecided
        18.507  A  .   4     ack 2  mark keepalive  > probe
        18.700  B  .   2     ack 5  win 0           > response
    )") << "two even ones beside the chain are no beginning of a chain";
}

// Linux with net.ipv4.tcp_rto_max_ms at 1100.
TEST(ZeroWindowProbe, a_chain_at_its_limit_has_the_same_silences_and_takes_nothing_back) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.201  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.202  B  .   1     ack 5  win 0
        0.561  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.562  B  .   1     ack 5  win 0
        1.171  A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.172  B  .   1     ack 5  win 0
        2.271  A  .   4     ack 1  mark keepalive  > zero-window-probe
        2.272  B  .   1     ack 5  win 0
        3.371  A  .   4     ack 1  mark keepalive  > undecided
        3.372  B  .   1     ack 5  win 0
        4.471  A  .   4     ack 1  mark keepalive  > undecided
        4.472  B  .   1     ack 5  win 0
    )");
}

TEST(ZeroWindowProbe, one_exact_doubling_is_enough) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.041  B  .   1     ack 5  win 0
        0.242  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.643  A  .   4     ack 1  mark keepalive  > zero-window-probe
        1.290  A  .   4     ack 1  mark keepalive  > undecided
        1.331  B  .   1     ack 5  win 0
        1.444  A  .   4     ack 1  mark keepalive  > zero-window-probe
        3.045  A  .   4     ack 1  mark keepalive  > zero-window-probe
    )");
}

// Two keepalives, 8 s apart. To the chain's next one, which is late, the second is as well spaced as to the first.
TEST(ZeroWindowProbe, what_may_be_of_a_late_chain_may_also_be_the_first_of_two_even_ones) {
    EXPECT_STORY(kChain + R"(
        3.002   B  .   1     ack 5  win 0
        11.002  A  .   4     ack 1  mark keepalive  > probe now=undecided
        11.003  B  .   1     ack 5  win 0           > response now=nothing
        19.003  A  .   4     ack 1  mark keepalive  > probe
        19.004  B  .   1     ack 5  win 0           > response
        27.004  A  .   4     ack 1  mark keepalive  > probe
        27.005  B  .   1     ack 5  win 0           > response
    )");
}

// The first gap counts from the peer's data. The persist timer has run since the window closed.
TEST(ZeroWindowProbe, the_second_one_may_seem_late_as_the_first_gap_is_not_known) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.120  B  P.  1(1)  ack 5  win 0
        0.121  A  .   5     ack 2
        0.477  A  .   4     ack 2  mark keepalive  > zero-window-probe
        1.437  A  .   4     ack 2  mark keepalive  > zero-window-probe
        3.325  A  .   4     ack 2  mark keepalive  > zero-window-probe
    )");
}

// It also has the way of the closing to its sender and the way back of the probe in it.
TEST(ZeroWindowProbe, two_later_gaps_that_double_say_more_than_the_first_one) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.395  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.855  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        1.775  A  .   4     ack 1  mark keepalive  > zero-window-probe
        3.614  A  .   4     ack 1  mark keepalive  > zero-window-probe
    )");
}

TEST(ZeroWindowProbe, in_one_direction_a_late_one_is_undecided) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.201  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        0.601  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        1.401  A  .   4     ack 1  mark keepalive  > zero-window-probe
        4.401  A  .   4     ack 1  mark keepalive  > undecided
    )");
}

TEST(ZeroWindowProbe, what_comes_too_soon_after_the_closing_of_the_window_was_sent_before) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.040  A  .   4     ack 1  mark keepalive  > probe now=undecided
        0.041  B  .   1     ack 5  win 0           > response now=nothing
        1.500  A  .   5(1)  ack 1
    )");
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5  win 0
        0.051  A  .   4     ack 1  mark keepalive  > zero-window-probe now=undecided
        0.151  A  .   4     ack 1  mark keepalive  > zero-window-probe
        0.351  A  .   4     ack 1  mark keepalive  > zero-window-probe
    )") << "unless a retransmission timeout is so short (net.ipv4.tcp_rto_min_us)";
}

}  // namespace
