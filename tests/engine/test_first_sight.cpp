// SPDX-License-Identifier: GPL-2.0-or-later
// Captures that begin in the middle, miss segments, or show one direction only.
#include <gtest/gtest.h>

#include "script.h"

namespace {

// A persist timer whose probes carry the octet that waits, in a capture of one direction.
TEST(FirstSight, octets_are_no_probes_from_the_first_on_if_their_gaps_double) {
    EXPECT_STORY(R"(
        0.00  A  .  1(1)  ack 1  octet 65                  > nothing now=undecided
        1.85  A  .  1(1)  ack 1  octet 65  mark keepalive  > zero-window-probe now=probe
        5.51  A  .  1(1)  ack 1  octet 65  mark keepalive  > zero-window-probe now=probe
        12.8  A  .  1(1)  ack 1  octet 65  mark keepalive  > zero-window-probe now=undecided
        27.1  A  .  1(1)  ack 1  octet 65  mark keepalive  > zero-window-probe
    )");
}

// Linux's persist timer, in a capture of one direction: the data that waited follows.
TEST(FirstSight, empty_segments_are_no_probes_if_their_gaps_double) {
    EXPECT_STORY(R"(
        0.0   A  .  1     ack 1  > nothing now=undecided
        3.3   A  .  1     ack 1  mark keepalive  > zero-window-probe now=undecided
        9.2   A  .  1     ack 1  mark keepalive  > zero-window-probe now=undecided
        21.0  A  .  1     ack 1  mark keepalive  > zero-window-probe now=undecided
        43.9  A  .  1     ack 1  mark keepalive  > zero-window-probe now=undecided
        53.0  A  .  2(9)  ack 1
    )");
}

// A answers the peer, whose probes or data the capture does not show.
TEST(FirstSight, what_is_at_snd_nxt_soon_after_a_probe_does_not_refute_it) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(5)  ack 1
        4.000  A  .   5     ack 1  mark keepalive  > probe inferred
        4.080  A  .   6     ack 1
        8.000  A  .   5     ack 1  mark keepalive  > probe inferred
        8.050  A  .   6     ack 9
    )");
}

// FreeBSD's persist timer, in a capture that begins while the window is closed. The first answer is lost.
TEST(FirstSight, an_octet_that_the_peer_refuses_is_no_probe) {
    EXPECT_STORY(R"(
        0.000  A  .   1(1)  ack 1  octet 65  > nothing now=undecided
        1.850  A  .   1(1)  ack 1  octet 65  mark keepalive  > none now=probe
        1.851  B  .   1     ack 1  win 0
        5.550  A  .   1(1)  ack 1  octet 65  mark keepalive  > zero-window-probe
    )");
}

// picoTCP's probes. The peer's SYN does not acknowledge anything, but shows its window.
TEST(FirstSight, what_comes_twice_is_a_probe_for_good_if_the_peer_was_seen) {
    EXPECT_STORY(R"(
        0.0  B  S   0         win 0
        5.0  A  P.  4  ack 1  > probe inferred unanswered now=undecided
        7.0  A  P.  4  ack 1  > undecided
    )");
}

TEST(FirstSight, an_octet_with_push_that_comes_soon_again_is_data) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(1)  ack 1  octet 65                  > nothing now=undecided
        0.5  A  P.  1(1)  ack 1  octet 65  mark keepalive  > retransmission
    )");
}

TEST(FirstSight, an_empty_segment_that_comes_soon_again_is_no_probe) {
    EXPECT_STORY(R"(
        0.0  A  .  1  ack 1  > nothing now=undecided
        0.5  A  .  1  ack 1  > nothing
    )");
}

TEST(FirstSight, the_answer_tells_the_first_probe) {
    EXPECT_STORY(R"(
        probe1:   0.000  A  .   4  ack 1  > probe inferred missed in=answer1 number=1 idle=never now=undecided
        answer1:  0.001  B  .   1  ack 5  > response to=probe1 missed
        probe2:   2.000  A  .   4  ack 1  > probe in=answer2 number=1 idle-probes=2
        answer2:  2.001  B  .   1  ack 5  > response to=probe2
    )");
}

TEST(FirstSight, an_ordinary_ack_is_none) {
    EXPECT_STORY(R"(
        0.000  A  .   4     ack 1
        0.001  B  P.  1(9)  ack 4
        0.002  A  .   4     ack 10
        2.000  A  P.  4(4)  ack 10
        2.001  B  .   10    ack 8
    )");
}

TEST(FirstSight, a_keystroke_is_none) {
    EXPECT_STORY(R"(
        0.000  A  P.  4(1)  ack 1  octet 65
        0.001  B  .   1     ack 5
        0.100  A  P.  5(1)  ack 1  octet 66
        0.101  B  .   1     ack 6
    )");
}

TEST(FirstSight, an_octet_that_the_peer_has_twice_was_sent_twice) {
    EXPECT_STORY(R"(
        0.000  A  P.  4(1)  ack 1  octet 65             > nothing now=undecided
        0.001  B  .   1     ack 5            sack 4-5
        0.210  A  P.  4(1)  ack 1  octet 65  mark keepalive  > retransmission
    )");
}

TEST(FirstSight, an_answer_with_a_closed_window_leaves_it_open) {
    EXPECT_STORY(R"(
        0.000  A  .   4  ack 1         > nothing now=undecided
        0.001  B  .   1  ack 5  win 0
        0.440  A  .   4  ack 1  mark keepalive  > zero-window-probe
        0.441  B  .   1  ack 5  win 0
        1.300  A  .   4  ack 1  mark keepalive  > zero-window-probe
    )");
}

TEST(FirstSight, an_octet_that_is_not_pushed_is_a_probe) {
    EXPECT_STORY(R"(
        probe:   0.000  A  .   4(1)  ack 1  octet 0  > probe inferred in=answer octet=0 now=undecided
        answer:  0.001  B  .   1     ack 5           > response to=probe
    )");
}

TEST(FirstSight, data_at_the_next_number_tells) {
    EXPECT_STORY(R"(
        0.0  A  .   4     ack 1  > probe inferred number=1 now=undecided
        2.0  A  .   4     ack 1  > probe inferred number=2 now=undecided
        3.0  A  P.  5(9)  ack 1
    )");
}

TEST(FirstSight, repeated_acks_that_nothing_explains_stay_undecided) {
    EXPECT_STORY(R"(
        0.0  A  .   4     ack 1  > undecided
        2.0  A  .   4     ack 1  > undecided
        4.0  A  .   4     ack 1  > undecided
    )");
}

TEST(FirstSight, the_answers_to_an_unseen_prober_are_none) {
    EXPECT_STORY(R"(
                 0.0   A  .   4  ack 1
                 2.0   A  .   4  ack 1
                 4.0   A  .   4  ack 1
        probe:   5.99  B  .   0  ack 4  > probe in=answer
        answer:  6.0   A  .   4  ack 1  > response to=probe
    )");
}

TEST(FirstSight, both_ends_probe) {
    EXPECT_STORY(R"(
        probe1:   0.000  A  .   4  ack 1  > probe inferred in=answer1 now=undecided
        probe2:   0.001  B  .   0  ack 5  > probe in=answer2
        answer1:  0.002  B  .   1  ack 5  > response to=probe1
        answer2:  0.003  A  .   5  ack 1  > response to=probe2
    )");
}

TEST(FirstSight, the_ack_was_not_captured) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1
                 0.001  B  .   1     ack 5
                 1.000  A  P.  5(4)  ack 1
        probe:   3.100  A  .   8     ack 1  > probe inferred in=answer
        answer:  3.101  B  .   1     ack 9  > response to=probe
    )");
}

TEST(FirstSight, the_ack_was_in_data_that_a_filter_dropped) {
    EXPECT_STORY(R"(
                 0.000  A  S   0
                 0.001  B  S.  0     ack 1
                 0.002  A  .   1     ack 1
                 0.100  A  .   90    ack 500
        probe:   0.400  A  .   89    ack 500  > probe inferred in=answer
        answer:  0.401  B  .   500   ack 90   > response to=probe
    )");
}

TEST(FirstSight, one_direction_with_a_persist_timer) {
    EXPECT_STORY(R"(
        0.0  A  P.  1(4)  ack 1
        0.2  A  .   4     ack 1
        0.6  A  .   4     ack 1
        1.4  A  .   4     ack 1
        3.0  A  .   4     ack 1
    )");
}

TEST(FirstSight, repeated_probes_then_a_bare_reset) {
    EXPECT_STORY(R"(
                0.0  A  .   4  ack 1  > probe inferred now=undecided number=1
        probe:  1.0  A  .   4  ack 1  > probe inferred now=undecided number=2 in=reset
        reset:  1.1  B  R   1         > peer-reset to=probe
    )");
}

TEST(FirstSight, half_closed_and_the_peer_out_of_sight) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  A  F.  5     ack 1
        0.030  A  .   5     ack 1  mark keepalive  > late-ack
        5.001  A  .   5     ack 1  > probe inferred
        10.00  A  .   5     ack 1  > probe inferred
    )");
}

TEST(FirstSight, the_fin_at_the_next_number_tells) {
    EXPECT_STORY(R"(
        0.0  A  .   4     ack 1  > probe inferred number=1 now=undecided
        1.0  A  .   4     ack 1  > probe inferred number=2 now=undecided
        1.3  A  F.  5     ack 1
    )");
}

TEST(FirstSight, two_octets_in_one_direction_are_both_probes) {
    EXPECT_STORY(R"(
        0.0  A  .   4(1)  ack 1  octet 0                  > probe inferred number=1 now=undecided
        1.0  A  .   4(1)  ack 1  octet 0  mark keepalive  > probe inferred number=2
    )");
}

TEST(FirstSight, a_short_gap_shows_no_closed_window_before_the_peer_is_seen) {
    EXPECT_STORY(R"(
                0.0    A  P.  1(4)  ack 1
        probe:  0.6    A  .   4     ack 1  mark keepalive  > probe inferred in=answer now=undecided
        answer: 0.601  B  .   1     ack 5                  > response to=probe missed
    )");
}

// An ACK comes 500 ms after what it acknowledges, at the latest.
TEST(FirstSight, an_ack_at_the_next_number_tells_after_950_milliseconds) {
    EXPECT_STORY(R"(
        0.0  A  .   4  ack 1  > probe inferred now=undecided
        1.0  A  .   5  ack 1
    )");
    EXPECT_STORY(R"(
        0.0  A  .   4  ack 1  > nothing now=undecided
        0.6  A  .   5  ack 1
    )");
}

TEST(FirstSight, data_at_the_next_number_tells_at_any_time) {
    EXPECT_STORY(R"(
        0.0  A  .   4     ack 1  > probe inferred now=undecided
        0.3  A  P.  5(9)  ack 1
    )");
}

// The octet may be data.
TEST(FirstSight, data_behind_an_octet_tells_nothing_within_950_milliseconds) {
    EXPECT_STORY(R"(
        0.0  A  .   4(1)  ack 1  octet 65  > nothing now=undecided
        0.3  A  P.  5(9)  ack 1
    )");
}

TEST(FirstSight, a_pushed_octet_that_comes_again_stays_undecided) {
    EXPECT_STORY(R"(
        0.0  A  P.  4(1)  ack 1  octet 65                  > undecided
        1.0  A  P.  4(1)  ack 1  octet 65  mark keepalive  > retransmission
    )");
}

TEST(FirstSight, an_end_is_first_seen_after_its_peers_segments_were_decided) {
    EXPECT_STORY(R"(
        0.0  A  .   4  ack 1  > nothing now=undecided
        0.6  A  .   5  ack 1
        2.0  B  .   0  ack 5  > probe
    )");
}

// picoTCP's probes carry PSH, its acknowledgements do not. So what comes again is not the answer to a probe that the capture
// lacks.
TEST(FirstSight, an_empty_segment_with_push_that_comes_again_is_a_probe) {
    EXPECT_STORY(R"(
        probe1:  0.000  A  P.  4  ack 1                  > probe number=1 inferred now=undecided
        probe2:  1.000  A  P.  4  ack 1  mark keepalive  > probe number=2 inferred previous=probe1
        probe3:  2.000  A  P.  4  ack 1  mark keepalive  > probe number=3 inferred previous=probe2
    )");
    EXPECT_STORY(R"(
        0.000  A  .   4  ack 1  > undecided
        1.000  A  .   4  ack 1  > undecided
        2.000  A  P.  4  ack 1  > undecided
    )");
    EXPECT_STORY(R"(
        0.000  A  P.  4  ack 1
        1.000  A  P.  4  ack 2
    )");
}

}  // namespace
