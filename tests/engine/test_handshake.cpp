// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "script.h"

namespace {

TEST(Handshake, handshake_that_repeats_its_first_number) {
    EXPECT_STORY(R"(
        1.000  A  S   4
        1.001  B  S.  0  ack 5
        1.101  A  .   4  ack 1  mark keepalive  > handshake
    )");
}

TEST(Handshake, a_syn_ack_that_is_sent_again_with_its_identification_is_no_copy) {
    EXPECT_STORY(R"(
        0.000  A  S   4            id 1
        0.001  B  S.  0     ack 5  id 7
        1.001  B  S.  0     ack 5  id 7
        1.002  A  .   5     ack 1  id 2
    )");
}

}  // namespace
