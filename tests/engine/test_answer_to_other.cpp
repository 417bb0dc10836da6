// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "script.h"

namespace {

TEST(AnswerToOther, the_ack_of_a_zero_window_probe) {
    EXPECT_STORY(R"(
                 0.000  A  P.  1(4)  ack 1
        closed:  0.001  B  .   1     ack 5  win 0
        probe:   0.201  A  .   4     ack 1         mark keepalive  > zero-window-probe by=window-closed proof=closed
                 0.202  B  .   1     ack 5  win 0  mark ack        > ack-of-other by=answers-an-earlier-segment proof=probe
    )");
}

TEST(AnswerToOther, ends_with_the_next_segment_of_the_peer) {
    EXPECT_STORY(R"(
                0.000  A  P.  1(4)  ack 1  octet 65
                0.001  B  .   1     ack 5
        again:  0.300  A  P.  4(1)  ack 1  octet 65  mark keepalive  > retransmission by=octet-sent-before
                0.301  B  .   1     ack 5            mark ack        > ack-of-other proof=again
                0.350  B  .   1     ack 5            mark ack        > ack-of-other proof=again
                0.400  A  .   5     ack 1
                0.500  B  .   1     ack 5            mark ack        > unexplained by=none proof=0
    )");
}

}  // namespace
