// SPDX-License-Identifier: GPL-2.0-or-later
// What ends a quiet, and whether the connection outlived it.
#include <gtest/gtest.h>

#include "engine/connection.h"
#include "heap_memory.h"
#include "script.h"

namespace {

TEST(Quiet, data_after_it_is_answered) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
                 0.0  A  P.  1(4)  ack 1
                 0.5  B  .   1     ack 5
               100.0  A  P.  5(4)  ack 1  > waking quiet=99.5 in=answer response-time=0.2
        answer:  100.2  B  .  1    ack 9
    )");
}

// The answer comes after a quiet of its own, but it is part of an exchange, even while its probe is undecided.
TEST(Quiet, the_answer_to_an_undecided_probe_keeps_its_response_time) {
    EXPECT_STORY_WITH_QUIETS(1, R"(
        probe1:   0.0  A  .   4  ack 1         > probe inferred missed in=answer1 number=1 now=undecided
        answer1:  1.5  B  .   1  ack 5  win 0  > response to=probe1 missed response-time=1.5 now=nothing
        probe2:   4.0  A  .   4  ack 1  mark keepalive  > probe in=answer2 number=1 now=undecided
        answer2:  4.1  B  .   1  ack 5  win 0  mark ack > response to=probe2 now=none
        probe3:   8.0  A  .   4  ack 1  mark keepalive  > probe in=answer3 number=1 now=undecided
        answer3:  8.1  B  .   1  ack 5  win 0  mark ack > response to=probe3 now=none
        probe4:  12.0  A  .   4  ack 1  mark keepalive  > probe number=1
    )");
}

TEST(Quiet, shorter_ones_are_not_named) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
          0.0  A  P.  1(4)  ack 1
          0.5  B  .   1     ack 5
         60.4  A  P.  5(4)  ack 1
         60.5  B  .   1     ack 9
        120.5  A  P.  9(4)  ack 1  > waking quiet=60
    )");
}

TEST(Quiet, none_is_named_unless_asked_for) {
    EXPECT_STORY(R"(
          0.0  A  P.  1(4)  ack 1
          0.5  B  .   1     ack 5
        500.0  A  P.  5(4)  ack 1
    )");
}

TEST(Quiet, lost_as_what_comes_after_it_is_reset) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
                  0.0  A  P.  1(4)  ack 1
                  0.5  B  .   1     ack 5
                400.5  A  P.  5(4)  ack 1  > waking quiet=400 in=reset response-time=0.01 lost
        reset:  400.51  B  R   1     ack 0
    )");
}

TEST(Quiet, lost_as_nothing_comes_before_the_capture_ends) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
          0.0  A  P.  1(4)  ack 1
          0.5  B  .   1     ack 5
        400.5  A  P.  5(4)  ack 1  > waking quiet=400 in=0 unanswered lost
        400.7  A  P.  5(4)  ack 1
        401.1  A  P.  5(4)  ack 1
        401.9  A  P.  5(4)  ack 1
    )");
}

TEST(Quiet, one_repetition_is_no_proof) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
          0.0  A  P.  1(4)  ack 1
          0.5  B  .   1     ack 5
        400.5  A  P.  5(4)  ack 1  > waking in=0 unanswered
        400.7  A  P.  5(4)  ack 1
    )");
}

TEST(Quiet, the_answer_to_the_second_repetition_may_not_have_come_yet) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
          0.0  A  P.  1(4)  ack 1
          0.5  B  .   1     ack 5
        400.5  A  P.  5(4)  ack 1  > waking in=0 unanswered
        400.7  A  P.  5(4)  ack 1
        401.1  A  P.  5(4)  ack 1
    )");
}

TEST(Quiet, not_lost_as_a_repetition_is_answered_at_last) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
                   0.0  A  P.  1(4)  ack 1
                   0.5  B  .   1     ack 5
                 400.5  A  P.  5(4)  ack 1  > waking in=answer response-time=1.5
                 400.7  A  P.  5(4)  ack 1
                 401.1  A  P.  5(4)  ack 1
                 401.9  A  P.  5(4)  ack 1
        answer:  402.0  B  .   1     ack 9
    )");
}

TEST(Quiet, repetitions_wake_nothing_however_far_apart) {
    EXPECT_STORY_WITH_QUIETS(5, R"(
         0.0  A  P.  1(4)  ack 1
         0.5  B  .   1     ack 5
        10.0  A  P.  5(4)  ack 1  > waking quiet=9.5 unanswered lost
        13.2  A  P.  5(4)  ack 1
        19.6  A  P.  5(4)  ack 1
        32.4  A  P.  5(4)  ack 1
        60.0  A  P.  9(4)  ack 1  > waking
    )");
}

TEST(Quiet, lost_as_its_sender_gives_up_after_a_repetition) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
          0.0  A  P.  1(4)  ack 1
          0.5  B  .   1     ack 5
        400.5  A  P.  5(4)  ack 1  > waking in=0 unanswered lost
        400.7  A  P.  5(4)  ack 1
        401.0  A  R.  9     ack 1
    )");
}

TEST(Quiet, what_is_closed_at_once_may_be_well) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
          0.0  A  P.  1(4)  ack 1
          0.5  B  .   1     ack 5
        400.5  A  P.  5(4)  ack 1  > waking in=0
        400.6  A  R.  9     ack 1
    )");
}

TEST(Quiet, the_next_connection_between_the_same_ports_answers_nothing) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
          0.0  A  P.  1(4)   ack 1
          0.5  B  .   1      ack 5
        400.5  A  P.  5(4)   ack 1  > waking in=0 unanswered lost
        400.7  A  P.  5(4)   ack 1
        401.0  A  S   90000  ack 0
        401.2  B  S.  50000  ack 90001
        401.4  A  .   90001  ack 50001
    )");
}

TEST(Quiet, ended_by_the_peers_data) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
                   0.0  A  P.  1(4)  ack 1
                   0.5  B  .   1     ack 5
                 100.5  B  P.  1(8)  ack 5  > waking quiet=100 in=answer
        answer:  100.6  A  .   5     ack 9
    )");
}

TEST(Quiet, both_ends_wake_at_once) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
                 0.0  A  P.  1(4)  ack 1
                 0.5  B  .   1     ack 5
               100.5  A  P.  5(4)  ack 1  > waking quiet=100 in=other
        other: 100.6  B  P.  1(8)  ack 5
               100.7  A  .   9     ack 9
               100.8  B  .   9     ack 9
    )");
}

TEST(Quiet, ended_by_closing) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
                0.0  A  P.  1(4)  ack 1
                0.5  B  .   1     ack 5
              100.5  A  F.  5     ack 1  > waking quiet=100 in=ack
        ack:  100.6  B  .   1     ack 6
              100.7  B  F.  1     ack 6
              100.8  A  .   6     ack 2
    )");
}

TEST(Quiet, whoever_closed_its_side_may_reset_the_rest) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
                  0.0  A  P.  1(4)  ack 1
                  0.5  B  F.  1     ack 5
                  0.6  A  .   5     ack 2
                100.6  A  F.  5     ack 2  > waking quiet=100 in=reset
        reset:  100.7  B  R   2     ack 0
    )");
}

TEST(Quiet, ended_by_a_reset) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
          0.0  A  P.  1(4)  ack 1
          0.5  B  .   1     ack 5
        240.5  B  R   1     ack 0  > waking quiet=240
    )");
}

TEST(Quiet, an_empty_segment_ends_it_and_awaits_nothing) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
                   0.0  A  P.  1(4)  ack 1
                   0.5  B  .   1     ack 5
                 100.5  A  .   5     ack 1  win 99  > waking quiet=100 in=0
                 200.5  A  P.  5(4)  ack 1  win 99  > waking quiet=100 in=answer
        answer:  200.6  B  .   1     ack 9
    )");
}

TEST(Quiet, a_probe_ends_it_and_is_no_waking_segment) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
          0.0  A  P.  1(4)  ack 1
          0.5  B  .   1     ack 5
         75.5  A  .   4     ack 1  > probe quiet=75 idle=75
         75.6  B  .   1     ack 5  > response
        150.6  A  .   4     ack 1  > probe quiet=75 idle=150.1
        150.7  B  .   1     ack 5  > response
        200.7  A  P.  5(4)  ack 1
        200.8  B  .   1     ack 9
    )");
}

TEST(Quiet, lost_by_the_first_probe_of_those_that_nothing_answers) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe quiet=2 unanswered lost
        3.5  A  .   4     ack 1  > probe quiet=1 unanswered
        4.5  A  .   4     ack 1  > probe quiet=1 unanswered
        5.5  A  R.  5     ack 1  > gave-up
    )");
}

TEST(Quiet, lost_by_the_first_probe_although_a_later_one_is_reset) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
          0.0  A  P.  1(4)  ack 1
          0.5  B  .   1     ack 5
        100.5  A  .   4     ack 1  > probe quiet=100 unanswered lost
        101.5  A  .   4     ack 1  > probe quiet=1
        101.6  B  R   1     ack 0  > peer-reset
    )");
}

TEST(Quiet, a_lost_probe_is_no_lost_connection) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
        0.0  A  P.  1(4)  ack 1
        0.5  B  .   1     ack 5
        2.5  A  .   4     ack 1  > probe quiet=2 unanswered
        3.5  A  .   4     ack 1  > probe quiet=1
        3.6  B  .   1     ack 5  > response
    )");
}

TEST(Quiet, two_probes_at_the_end_of_the_capture_are_no_proof) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
                 0.0  A  P.  1(4)  ack 1
                 0.5  B  .   1     ack 5
                 2.5  A  .   4     ack 1  > probe unanswered
                 3.5  A  .   4     ack 1  > probe
    )");
    EXPECT_STORY_WITH_QUIETS(60, R"(
                 0.0  A  P.  1(4)  ack 1
                 0.5  B  .   1     ack 5
                 2.5  A  .   4     ack 1  > probe unanswered lost
                 3.5  A  .   4     ack 1  > probe unanswered
                 4.5  A  .   4     ack 1  > probe unanswered
                 5.5  A  .   4     ack 1  > probe
    )");
}

TEST(Quiet, the_peers_data_shows_that_the_connection_lives) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
               0.0  A  P.  1(4)  ack 1
               0.5  B  .   1     ack 5
               2.5  A  .   4     ack 1  > probe unanswered
               3.5  A  .   4     ack 1  > probe in=data
        data:  3.9  B  P.  1(4)  ack 5
               3.95 A  .   5     ack 5
    )");
}

TEST(Quiet, copies_neither_end_it_nor_repeat_nor_answer) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
                   0.0    A  P.  1(4)  ack 1
                   0.5    B  .   1     ack 5  id 7
                   0.6    A  .   5     ack 1  id 1
                   0.7    B  .   1     ack 5  id 8
                  90.0    B  .   1     ack 5  id 7
                 100.7    A  P.  5(4)  ack 1  id 2  > waking quiet=100 in=answer
                 100.701  A  P.  5(4)  ack 1  id 2
                 100.702  A  P.  5(4)  ack 1  id 2
                 100.703  A  P.  5(4)  ack 1  id 2
        answer:  101.0    B  .   1     ack 9  id 9
    )");
}

TEST(Quiet, what_came_before_the_capture_is_not_known) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
        100.0  A  P.  5(4)  ack 1
        100.1  B  .   1     ack 9
    )");
}

TEST(Quiet, nothing_is_lost_where_the_capture_does_not_show_the_peer) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
          0.0  A  P.  1(4)  ack 1
        400.0  A  P.  5(4)  ack 1  > waking quiet=400
        400.2  A  P.  5(4)  ack 1
        400.6  A  P.  5(4)  ack 1
        401.4  A  P.  5(4)  ack 1
        430.0  A  R.  9     ack 1
    )");
}

TEST(Quiet, disorder_makes_none_longer) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
          0.0  A  P.  1(4)  ack 1
          0.5  B  .   1     ack 5
          0.1  A  P.  5(4)  ack 1
        100.5  B  .   1     ack 9  > waking quiet=100
    )");
}

TEST(Quiet, a_clock_that_is_set_back_begins_anew) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
        1000.0  A  P.  1(4)  ack 1
        1000.5  B  .   1     ack 5
           1.0  A  P.  5(4)  ack 1
          80.0  B  .   1     ack 9  > waking quiet=79
    )");
}

TEST(Quiet, an_undecided_segment_wakes_once_it_is_known_to_be_no_probe) {
    EXPECT_STORY_WITH_QUIETS(60, R"(
          0.0  A  .   7     ack 1
        100.0  A  .   7     ack 1  > waking now=undecided quiet=100
        100.1  B  P.  1(4)  ack 7
    )");
}

TEST(Quiet, a_connection_without_quiets_costs_no_more_memory_than_before) {
    EXPECT_LE(sizeof(keepalive::Connection), 208U);
}

}  // namespace
