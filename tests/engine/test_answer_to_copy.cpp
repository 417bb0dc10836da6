// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "script.h"

namespace {

TEST(AnswerToCopy, the_network_delivered_a_probe_twice) {
    EXPECT_STORY(R"(
                  0.000  A  P.  1(4)  ack 1  id 2
                  0.001  B  .   1     ack 5  id 7
        probe:    2.000  A  .   4     ack 1  id 3  mark keepalive  > probe idle=1.999
        answer:   2.001  B  .   1     ack 5  id 8  mark ack        > response to=probe
                  2.190  A  .   4     ack 1  id 3  mark keepalive  > copy duplicate
                  2.191  B  .   1     ack 5  id 9  mark ack        > ack-of-other by=answers-an-earlier-segment proof=probe
                  4.000  A  .   4     ack 1  id 4  mark keepalive  > probe idle=3.999 silence=1.809
                  4.001  B  .   1     ack 5  id 10 mark ack        > response
    )");
}

TEST(AnswerToCopy, the_copy_was_made_behind_the_capture) {
    EXPECT_STORY(R"(
                  0.000  A  P.  1(4)  ack 1
                  0.041  B  .   1     ack 5  id 7
        probe:    2.000  A  .   4     ack 1  mark keepalive  > probe
                  2.041  B  .   1     ack 5  id 8  mark ack  > response to=probe
                  2.240  B  .   1     ack 5  id 9  mark ack  > ack-of-other proof=probe
                  4.000  A  .   4     ack 1  mark keepalive  > probe idle=3.959
                  4.041  B  .   1     ack 5  id 10 mark ack  > response
    )");
}

TEST(AnswerToCopy, not_an_ack_with_another_window) {
    EXPECT_STORY(R"(
                  0.000  A  P.  1(4)  ack 1
                  0.041  B  .   1     ack 5  win 100
        probe:    2.000  A  .   4     ack 1           mark keepalive  > probe
                  2.041  B  .   1     ack 5  win 100  mark ack        > response to=probe
                  2.240  B  .   1     ack 5  win 200  mark ack        > unexplained
    )");
}

}  // namespace
