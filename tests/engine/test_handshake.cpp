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


}  // namespace
