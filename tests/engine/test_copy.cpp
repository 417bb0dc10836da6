// SPDX-License-Identifier: GPL-2.0-or-later
// The capture holds a segment twice.
#include <gtest/gtest.h>

#include "script.h"

namespace {

TEST(Copy, probe_and_response_mirrored) {
    EXPECT_STORY(R"(
                  1.0000  A  P.  1(4)  ack 1  id 10
                  1.0010  B  .   1     ack 5  id 80
        probe1:   3.0000  A  .   4     ack 1  id 11  > probe idle=1.999 in=answer1 number=1
                  3.0001  A  .   4     ack 1  id 11  mark keepalive  > copy duplicate
        answer1:  3.0010  B  .   1     ack 5  id 81  > response to=probe1
                  3.0011  B  .   1     ack 5  id 81  mark ack  > copy duplicate
        probe2:   5.0000  A  .   4     ack 1  id 12  > probe idle=3.999 number=1 idle-probes=2 interval=2 in=answer2
        answer2:  5.0010  B  .   1     ack 5  id 82  > response to=probe2
    )");
}

TEST(Copy, of_data_are_not_what_idle_time_and_silence_count_from) {
    EXPECT_STORY(R"(
                 1.00000  A  P.  1(4)  ack 1
                 1.00001  A  P.  1(4)  ack 1
        data:    1.00100  B  P.  1(4)  ack 5
                 1.00101  B  P.  1(4)  ack 5
        probe:   3.00100  A  .   4     ack 5  > probe idle=2 silence=2 last=data in=answer
        answer:  3.00200  B  .   5     ack 5  > response to=probe
    )");
}

TEST(Copy, of_a_segment_before_the_octet_it_seems_to_repeat) {
    EXPECT_STORY(R"(
        1.0000  A  .   5     ack 1  id 10
        1.0010  A  P.  5(1)  ack 1  id 11  octet 65
        1.0020  B  .   1     ack 6  id 80
        1.0500  A  P.  5(1)  ack 1  id 11  octet 65  mark keepalive  > copy
        1.0600  A  .   5     ack 1  id 10  mark keepalive  > copy
    )");
}

TEST(Copy, windows_probes_differ_in_nothing_but_the_identification) {
    EXPECT_STORY(R"(
                 1.0  B  P.  1(4)  ack 6  id 80
                 2.0  A  .   5(1)  ack 5  id 10  octet 0  > probe number=1 unanswered
                 3.0  A  .   5(1)  ack 5  id 11  octet 0  > probe number=2 unanswered
        probe:   4.0  A  .   5(1)  ack 5  id 12  octet 0  > probe number=3 in=answer
        answer:  4.1  B  .   5     ack 6  id 81           > response to=probe
    )");
}

TEST(Copy, without_identification_only_what_comes_at_once) {
    EXPECT_STORY(R"(
                 1.000  B  P.  1(4)  ack 6
                 2.000  A  .   5(1)  ack 5  octet 0                  > probe number=1 unanswered
                 2.001  A  .   5(1)  ack 5  octet 0  mark keepalive  > copy duplicate
        probe:   3.000  A  .   5(1)  ack 5  octet 0                  > probe number=2 in=answer
        answer:  3.100  B  .   5     ack 6                           > response to=probe
    )");
}

TEST(Copy, identification_that_never_changes_tells_nothing) {
    EXPECT_STORY(R"(
                 1.000  B  P.  1(4)  ack 6  id 7
                 2.000  A  .   5     ack 5  id 9  > probe number=1 unanswered
        probe:   3.000  A  .   5     ack 5  id 9  > probe number=2 in=answer
        answer:  3.100  B  .   5     ack 6  id 7  > response to=probe
    )");
}

TEST(Copy, another_ttl_behind_a_router_is_the_same_segment) {
    EXPECT_STORY(R"(
                 1.0000  A  P.  1(4)  ack 1  id 10  ttl 64
                 1.0010  B  .   1     ack 5  id 80  ttl 64
        probe:   3.0000  A  .   4     ack 1  id 11  ttl 64  > probe in=answer
                 3.0001  A  .   4     ack 1  id 11  ttl 63  > copy duplicate
        answer:  3.0010  B  .   1     ack 5  id 81  ttl 64  > response to=probe
    )");
}

TEST(Copy, probes_from_a_template_are_none) {
    EXPECT_STORY(R"(
                  1.000  A  P.  1(4)  ack 1  id 10
                  1.001  B  .   1     ack 5  id 80
        probe1:   61.00  A  .   4     ack 1  id 11  > probe in=answer1
        answer1:  61.01  B  .   1     ack 5  id 81  > response to=probe1
        probe2:   121.0  A  .   4     ack 1  id 11  > probe in=answer2
        answer2:  121.1  B  .   1     ack 5  id 82  > response to=probe2
    )");
}

TEST(Copy, from_the_other_end_of_a_path) {
    EXPECT_STORY(R"(
                 1.000  A  P.  1(4)  ack 1  ttl 64
                 1.040  A  P.  1(4)  ack 1  ttl 59
                 1.041  B  .   1     ack 5  ttl 64
                 1.081  B  .   1     ack 5  ttl 59
        probe:   3.000  A  .   4     ack 1  ttl 64  > probe in=answer
                 3.040  A  .   4     ack 1  ttl 59  > copy duplicate
        answer:  3.041  B  .   1     ack 5  ttl 64  > response to=probe
                 3.081  B  .   1     ack 5  ttl 59  > copy duplicate
    )");
}

TEST(Copy, a_merged_file_whose_clock_is_late_by_more_than_a_second) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1  id 1
        0.001  B  .   1     ack 5  id 9
        2.001  A  .   4     ack 1  id 2                  > probe number=1 unanswered
        3.001  A  .   4     ack 1  id 3                  > probe number=2 unanswered
        3.401  A  .   4     ack 1  id 2  mark keepalive  > copy duplicate
        4.001  A  R.  5     ack 1  id 4                  > gave-up run=2
        4.401  A  .   4     ack 1  id 3  mark keepalive  > copy
        5.401  A  R.  5     ack 1  id 4
    )");
}

// On both sides of each limit.
TEST(Copy, half_a_second_with_the_same_timestamps) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1  ts 100/50
        0.001  B  .   1     ack 5  ts 60/100
        5.000  A  .   4     ack 1  ts 500/60                  > probe unanswered
        5.400  A  .   4     ack 1  ts 500/60  mark keepalive  > copy duplicate
        5.600  A  .   4     ack 1  ts 500/60                  > probe number=2
    )");
}

TEST(Copy, twenty_milliseconds_without_timestamps) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5
        5.000  A  .   4     ack 1                  > probe unanswered
        5.015  A  .   4     ack 1  mark keepalive  > copy duplicate
        5.030  A  .   4     ack 1                  > probe number=2
    )");
}

TEST(Copy, ninety_milliseconds_with_another_ttl) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1  ttl 64
        0.001  B  .   1     ack 5  ttl 64
        5.000  A  .   4     ack 1  ttl 64                  > probe unanswered
        5.060  A  .   4     ack 1  ttl 63  mark keepalive  > copy duplicate
        5.120  A  .   4     ack 1  ttl 63                  > probe number=2 ttl-differs
    )");
}

TEST(Copy, captured_up_to_a_second_before) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1
        0.001  B  .   1     ack 5
        5.000  A  .   4     ack 1                  > probe
        4.200  A  .   4     ack 1  mark keepalive  > copy duplicate
    )");
}

TEST(Copy, of_an_ack_in_the_same_millisecond_as_the_next_octet) {
    EXPECT_STORY(R"(
                0.0000  B  P.  1(4)  ack 5  id 60
                0.3000  B  P.  5(6)  ack 5  id 61
                0.3002  A  .   5     ack 11  id 70
        octet:  0.3003  A  P.  5(1)  ack 11  id 71  octet 65
                0.3400  B  .   11    ack 6   id 62
                0.8000  A  .   5     ack 11  id 70  mark keepalive  > copy by=the-same-segment-as-before proof=0
                0.8100  A  P.  5(1)  ack 11  id 71  octet 65  mark keepalive  > copy proof=octet
    )");
}

// Of a file merged from two whose clocks differ: the copies of the data are no activity, and no answer is owed to them.
TEST(Copy, of_data_long_after_tells_by_the_ip_identification) {
    EXPECT_STORY(R"(
              0.000  A  P.  1(4)  ack 1  id 70
              0.010  B  .   1     ack 5  id 59
              0.030  B  P.  1(6)  ack 5  id 60
        last: 0.031  A  .   5     ack 7  id 71
              0.350  A  P.  1(4)  ack 1  id 70
              0.380  B  P.  1(6)  ack 5  id 60
              0.381  A  .   5     ack 7  id 71
              1.031  A  .   4     ack 7  id 72  > probe number=1 idle=1.000 last=last
    )");
}

// A retransmission is a segment of its own, with the next identification.
TEST(Copy, of_data_is_none_with_a_new_ip_identification) {
    EXPECT_STORY(R"(
               0.000  A  P.  1(4)  ack 1  id 70
               0.010  B  .   1     ack 5  id 59
               0.030  B  P.  1(6)  ack 5  id 60
               0.031  A  .   5     ack 7  id 71
        again: 0.350  B  P.  1(6)  ack 5  id 61
               1.031  A  .   4     ack 7  id 72  > probe number=1 idle=0.681 last=again
    )");
    EXPECT_STORY(R"(
               0.000  A  .   1     ack 1  id 70
               0.005  B  P.  1(6)  ack 1  id 60
               0.016  B  P.  1(6)  ack 1  id 61
               0.050  A  .   1     ack 7  id 71
               2.016  A  .   0     ack 7  id 72  > probe number=1 silence=2.000
    )") << "a tail loss probe on a short path";
}

// Times of prints are kept modulo 2^24 ms. One that seems to come a second and a half before the original comes hours later.
TEST(Copy, captured_no_more_than_a_second_before) {
    EXPECT_STORY(R"(
            0.000  A  P.  1(4)  ack 1
            0.001  B  .   1     ack 5
           10.000  A  .   4     ack 1  > probe number=1 unanswered
        16785.700  A  .   4     ack 1  > probe number=2
    )");
}

// A device in front of a sleeping host sends all keepalives with one identification. Soon after, it is the segment again.
TEST(Copy, a_template_is_used_again_after_900_milliseconds) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(4)  ack 1  id 10
        0.001  B  .   1     ack 5  id 80
        2.000  A  .   4     ack 1  id 11                  > probe number=1 unanswered
        2.800  A  .   4     ack 1  id 11  mark keepalive  > copy duplicate
        3.000  A  .   4     ack 1  id 11                  > probe number=2
    )");
}

// A segment that others overtook on the way has an older identification, too, but acknowledges the same as they do.
TEST(Copy, data_that_was_overtaken_is_none) {
    EXPECT_STORY(R"(
               0.000  A  P.  1(4)  ack 1  id 70
               0.001  B  .   1     ack 5  id 80
               0.400  A  P.  9(4)  ack 1  id 72
               0.401  B  .   1     ack 5  id 81
        late:  0.430  A  P.  5(4)  ack 1  id 71
               2.000  A  .   12    ack 1  id 73  > probe inferred last=late
    )");
}

// The engine remembers the prints of three segments, and the frames of the last two probes and of the last answer.
TEST(Copy, links_to_the_original_as_far_as_it_is_known) {
    EXPECT_STORY(R"(
                  0.000  A  P.  1(4)  ack 1  id 10
                  0.001  B  .   1     ack 5  id 80
        probe1:   2.000  A  .   4     ack 1  id 11  > probe in=answer1
        answer1:  2.001  B  .   1     ack 5  id 81  > response to=probe1
        probe2:   4.000  A  .   4     ack 1  id 12  > probe in=answer2
        answer2:  4.001  B  .   1     ack 5  id 82  > response to=probe2
        probe3:   6.000  A  .   4     ack 1  id 13  > probe in=answer3
        answer3:  6.001  B  .   1     ack 5  id 83  > response to=probe3
                  6.500  B  .   1     ack 5  id 82  > copy duplicate proof=0
                  6.501  B  .   1     ack 5  id 83  > copy duplicate proof=answer3
                  6.502  A  .   4     ack 1  id 11  > copy duplicate proof=0
                  6.503  A  .   4     ack 1  id 12  > copy duplicate proof=probe2
                  6.504  A  .   4     ack 1  id 13  > copy duplicate proof=probe3
    )");
}

}  // namespace
