// SPDX-License-Identifier: GPL-2.0-or-later
// The rule: SEG.SEQ is SND.UNA - 1, and nothing is outstanding.
#include <gtest/gtest.h>

#include "script.h"

namespace {

TEST(KeepaliveProbe, probe_on_an_idle_connection) {
    EXPECT_STORY(R"(
                 0.000  A  S   0
                 0.001  B  S.  0     ack 1
                 0.002  A  .   1     ack 1
                 0.003  A  P.  1(5)  ack 1
        ack:     0.004  B  .   1     ack 6
        probe:   2.050  A  .   5     ack 1    mark keepalive  > probe number=1 idle=2.046 silence=2.046 last=ack in=answer response-time=0.001
        answer:  2.051  B  .   1     ack 6    mark ack        > response to=probe response-time=0.001
    )");
}

TEST(KeepaliveProbe, probe_on_a_connection_without_any_data) {
    EXPECT_STORY(R"(
                  0.000  A  S   0
                  0.001  B  S.  0   ack 1
                  0.002  A  .   1   ack 1
        probe1:   2.000  B  .   0   ack 1   > probe in=answer1 missed
        answer1:  2.001  A  .   1   ack 1   > response to=probe1
        probe2:   4.000  A  .   0   ack 1   > probe in=answer2 missed
        answer2:  4.001  B  .   1   ack 1   > response to=probe2
    )");
}

TEST(KeepaliveProbe, probe_with_a_garbage_octet) {
    EXPECT_STORY(R"(
                  0.000  A  P.  1(4)  ack 1
                  0.001  B  .   1     ack 5
        probe1:   1.001  A  .   4(1)  ack 1  octet 0              > probe octet=0 in=answer1
        answer1:  1.002  B  .   1     ack 5  sack 4-5             > response to=probe1
        probe2:   2.001  A  .   4(1)  ack 1  octet 0              > probe octet=0 number=1 idle-probes=2 previous=probe1 in=answer2
        answer2:  2.002  B  .   1     ack 5  sack 4-5             > response to=probe2
    )");
}

TEST(KeepaliveProbe, probe_that_acknowledges_one_octet_less) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1
                 0.001  B  P.  1(4)  ack 5
                 0.002  A  .   5     ack 5
        probe:   5.000  A  .   4(1)  ack 4  octet 0x79  > probe octet=121 in=answer
        answer:  5.001  B  .   5     ack 5  sack 4-5    > response to=probe
    )");
}

TEST(KeepaliveProbe, sequence_numbers_that_wrap) {
    EXPECT_STORY(R"(
                  0.000  A  P.  4294967294(2)  ack 4294967295
                  0.001  B  .   4294967295     ack 0
        probe1:   1.050  A  .   4294967295     ack 4294967295   > probe in=answer1
        answer1:  1.051  B  .   4294967295     ack 0            > response to=probe1
                  1.200  B  P.  4294967295(3)  ack 0
                  1.201  A  .   0              ack 2
        probe2:   3.300  B  .   1              ack 0            > probe in=answer2
        answer2:  3.301  A  .   0              ack 2            > response to=probe2
    )");
}

TEST(KeepaliveProbe, needs_only_one_acknowledgement_of_the_peer) {
    EXPECT_STORY(R"(
                 0.000  B  P.  100(10)  ack 5000
        probe:   5.000  A  .   4999     ack 110   > probe in=answer
        answer:  5.001  B  .   110      ack 5000  > response to=probe
    )");
}

TEST(KeepaliveProbe, segments_in_flight_are_none) {
    EXPECT_STORY(R"(
        0.000  A  P.  1(100)    ack 1
        0.001  B  .   1         ack 101
        0.002  A  P.  101(100)  ack 1
        0.003  A  .   201       ack 1
        0.900  B  P.  1(1)      ack 201
        0.901  A  .   201       ack 2
    )");
}

TEST(KeepaliveProbe, both_ends_probe_and_cross) {
    EXPECT_STORY(R"(
                  0.000  A  P.  0(2)  ack 1
                  0.001  B  P.  1(1)  ack 2
                  0.002  A  .   2     ack 2
        probe1:   2.000  A  .   1     ack 2   > probe in=answer1
        probe2:   2.000  B  .   1     ack 2   > probe in=answer2
        answer1:  2.001  B  .   2     ack 2   > response to=probe1
        answer2:  2.001  A  .   2     ack 2   > response to=probe2
    )");
}

TEST(KeepaliveProbe, half_closed_connections_probe_on_the_fins_number) {
    EXPECT_STORY(R"(
                  0.000  A  P.  1(4)  ack 1
                  0.001  B  .   1     ack 5
                  0.100  A  F.  5     ack 1
                  0.101  B  .   1     ack 6
        # FIN_WAIT2
        probe1:   2.100  A  .   5     ack 1   > probe in=answer1
        answer1:  2.101  B  .   1     ack 6   > response to=probe1
        # CLOSE_WAIT
        probe2:   3.000  B  .   0     ack 6   > probe in=answer2
        answer2:  3.001  A  .   6     ack 1   > response to=probe2
    )");
}

TEST(KeepaliveProbe, traffic_through_a_filter_that_drops_all_data) {
    EXPECT_STORY(R"(
                  0.000  A  S   0
                  0.001  B  S.  0       ack 1
                  0.002  A  .   1       ack 1
                  0.100  B  .   1       ack 90001
                  0.200  B  .   1       ack 180001
        probe1:   2.200  A  .   180000  ack 1   > probe in=answer1
        answer1:  2.201  B  .   1       ack 180001   > response to=probe1
        probe2:   2.300  B  .   0       ack 180001   > probe in=answer2
        answer2:  2.301  A  .   180001  ack 1        > response to=probe2
    )");
}

TEST(KeepaliveProbe, a_new_connection_between_the_same_ports) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1000(5)  ack 9000
                 0.001  B  .   9000     ack 1005
                 5.000  A  S   4000000000
                 5.001  B  S.  100      ack 4000000001
                 5.002  A  .   4000000001  ack 101
        probe:   7.100  A  .   4000000000  ack 101         > probe idle=2.098 in=answer
        answer:  7.101  B  .   101         ack 4000000001  > response to=probe
    )");
}

TEST(KeepaliveProbe, time_that_goes_backwards_begins_afresh) {
    EXPECT_STORY(R"(
                  100.0  A  P.  1(4)  ack 1
                  100.1  B  .   1     ack 5
        probe1:   102.2  A  .   4     ack 1   > probe idle=2.1 in=answer1
        answer1:  102.3  B  .   1     ack 5   > response to=probe1
        # the same file once more
                  100.0  A  P.  1(4)  ack 1
                  100.1  B  .   1     ack 5
        probe2:   102.2  A  .   4     ack 1   > probe idle=2.1 in=answer2
        answer2:  102.3  B  .   1     ack 5   > response to=probe2
    )");
}

TEST(KeepaliveProbe, data_below_the_acknowledged_is_none) {
    EXPECT_STORY(R"(
        1.000  A  P.  1(4)  ack 1
        1.001  B  .   1     ack 5
        3.000  A  P.  1(4)  ack 1
        5.000  A  .   3     ack 1
        7.000  A  .   5     ack 1
    )");
}

TEST(KeepaliveProbe, the_last_ack_of_the_handshake_is_not_in_the_capture) {
    EXPECT_STORY(R"(
                 0.000  A  S   0            win 500
                 0.001  B  S.  0     ack 1  win 500
        probe:   5.001  A  .   0     ack 1  > probe in=answer
        answer:  5.002  B  .   1     ack 1  > response to=probe
    )");
}

// FreeBSD, CycloneTCP: at SND.UNA - 1, whatever is outstanding.
TEST(KeepaliveProbe, below_una_between_retransmissions) {
    EXPECT_STORY(R"(
                1.000  A  P.  1(4)  ack 1
        ack:    1.001  B  .   1     ack 5
                1.500  A  P.  5(9)  ack 1
                2.500  A  P.  5(9)  ack 1
        probe:  3.002  A  .   4     ack 1  > probe number=1 in=answer missed
        answer: 3.003  B  .   1     ack 5  > response to=probe missed
    )");
}

// lwIP, picoTCP, NetX Duo: at SND.NXT - 1; the answer acknowledges only what came before the data that was lost.
TEST(KeepaliveProbe, below_nxt_answered_without_the_data_in_flight) {
    EXPECT_STORY(R"(
                1.000  A  P.  1(4)  ack 1         id 10
                1.001  B  .   1     ack 5
                1.500  A  P.  5(9)  ack 1         id 11
        probe:  3.002  A  .   13    ack 1         id 12  mark keepalive  > probe inferred number=1 in=answer
        answer: 3.003  B  .   1     ack 5                mark ack        > response to=probe
    )");
}

// Windows: an octet at SND.UNA - 1 while its own FIN is outstanding.
TEST(KeepaliveProbe, an_octet_below_una_while_the_fin_is_outstanding) {
    EXPECT_STORY(R"(
                1.000  A  P.  1(4)  ack 1
                1.001  B  .   1     ack 5
                1.500  A  F.  5     ack 1
                3.502  A  .   4(1)  ack 1  octet 0  > probe number=1 unanswered missed
        probe:  4.502  A  .   4(1)  ack 1  octet 0  > probe number=2 in=answer missed
        answer: 4.503  B  .   1     ack 5           > response to=probe missed
    )");
}

TEST(KeepaliveProbe, an_older_ack_below_una_is_none) {
    EXPECT_STORY(R"(
        1.000  A  P.  1(1)  ack 1  id 10  octet 65
        1.001  B  .   1     ack 2
        1.500  A  P.  2(9)  ack 1  id 12
        3.002  A  .   1     ack 0  id 20
        # taken back: an acknowledgement that was given before
        3.500  A  .   1     ack 1  id 11
    )");
}

TEST(KeepaliveProbe, below_una_right_after_the_peer_was_heard_is_none) {
    EXPECT_STORY(R"(
        1.000  A  P.  1(4)  ack 1
        1.001  B  .   1     ack 5
        1.100  A  P.  5(9)  ack 1
        1.300  A  .   4     ack 1
    )");
}

TEST(KeepaliveProbe, an_octet_with_the_fins_number_is_no_ack) {
    EXPECT_STORY(R"(
                 1.000  B  P.  1(4)  ack 5
                 1.001  A  F.  5     ack 5
        probe:   8.000  A  .   5(1)  ack 5  octet 0  > probe inferred in=answer
        answer:  8.001  B  .   5     ack 6           > response to=probe
    )");
}

TEST(KeepaliveProbe, an_octet_that_acknowledges_less_is_no_ack) {
    EXPECT_STORY(R"(
                 1.000  A  P.  1(4)  ack 1  octet 70
                 1.001  B  P.  1(9)  ack 5
                 1.002  A  .   5     ack 10
        probe:   8.000  A  .   4(1)  ack 1  octet 0  > probe in=answer
        answer:  8.001  B  .   10    ack 5           > response to=probe
    )");
}

TEST(KeepaliveProbe, below_una_right_behind_its_senders_data_is_none_unless_it_is_newer) {
    EXPECT_STORY(R"(
        1.000  A  P.  1(4)  ack 1
        1.001  B  .   1     ack 5
        1.500  A  P.  5(9)  ack 1
        2.500  A  P.  5(9)  ack 1
        2.505  A  .   4     ack 1
    )");
    EXPECT_STORY(R"(
        1.000  A  P.  1(4)  ack 1  id 1
        1.001  B  .   1     ack 5
        1.500  A  P.  5(9)  ack 1  id 2
        2.500  A  P.  5(9)  ack 1  id 3
        2.505  A  .   4     ack 1  id 4  > probe missed
    )");
}

}  // namespace
