// SPDX-License-Identifier: GPL-2.0-or-later
// The scripts themselves: a wrong expectation must be seen.
#include <gtest/gtest.h>

#include "script.h"

using keepalive::test::differences;

namespace {

const char kProbe[] = R"(
    0.000  A  P.  1(4)  ack 1
    0.001  B  .   1     ack 5
    2.050  A  .   4     ack 1   > )";

TEST(Script, names_frame_and_both_values) {
    EXPECT_EQ(differences(std::string(kProbe) + "response"),
              "frame 3: verdict should be response, is probe\nframe 3: verdict at once should be response, is probe\n");
    EXPECT_EQ(differences(std::string(kProbe) + "probe idle=2.5"), "frame 3: idle should be 2.5, is 2.049\n");
    EXPECT_EQ(differences(std::string(kProbe) + "probe inferred"),
              "frame 3: inferred should be true, is false\nframe 3: inferred should be true, is false\n");
}

TEST(Script, sees_a_record_that_is_not_expected) {
    EXPECT_EQ(differences("0.0 A P. 1(4) ack 1\n0.1 B . 1 ack 5\n2.0 A . 4 ack 1\n"),
              "frame 3: verdict should be nothing, is probe\nframe 3: verdict at once should be nothing, is probe\n");
}

TEST(Script, refuses_what_it_does_not_know) {
    EXPECT_THROW(differences("0.0 A P. 1(4) acknowledges 1\n"), std::invalid_argument);
    EXPECT_THROW(differences(std::string(kProbe) + "probe colour=3"), std::out_of_range);
}

}  // namespace
