// SPDX-License-Identifier: GPL-2.0-or-later
// What the silences of a connection come to.
#include <gtest/gtest.h>

#include "engine/connection.h"
#include "engine/silences.h"
#include "heap_memory.h"
#include "packet_script.h"

namespace {

using namespace keepalive;

constexpr Nanoseconds kFrom = 60 * kSecond;

Silences silences_of(const std::string& script) {
    static test::HeapMemory memory;
    Connection connection;
    std::vector<const Record*> records;
    Nanoseconds end = 0;
    for (const test::Line& line : test::read_script(script)) {
        records.push_back(connection.examine(line.segment, memory, kFrom));
        end = line.segment.time;
    }
    Silences silences;
    for (const Record* record : records)
        if (record != nullptr)
            silences.add(*record, kFrom, end);
    return silences;
}

TEST(Silences, without_probes) {
    const Silences silences = silences_of(R"(
          0.0  A  P.  1(4)   ack 1
          0.5  B  .   1      ack 5
        200.5  A  P.  5(4)   ack 1
        200.6  B  .   1      ack 9
        600.6  A  P.  9(4)   ack 1
        600.7  B  R   1      ack 0
    )");
    EXPECT_TRUE(silences.is_named());
    EXPECT_EQ(silences.survived(), 200 * kSecond);
    EXPECT_EQ(silences.lost(), 400 * kSecond);
    EXPECT_STREQ(silences.outcome(), "lost: reset");
    EXPECT_TRUE(silences.suggests_idle_timeout());
    EXPECT_EQ(silences.compare(350 * kSecond), LimitVerdict::LostBeyond);
    EXPECT_EQ(silences.compare(500 * kSecond), LimitVerdict::LostBelow);
    EXPECT_FALSE(silences.has_probes_of(0) || silences.has_probes_of(1));
}

TEST(Silences, that_probes_keep_short) {
    const Silences silences = silences_of(R"(
          0.0  A  P.  1(4)   ack 1
          0.5  B  .   1      ack 5
         70.5  A  .   4      ack 1
         70.6  B  .   1      ack 5
        140.6  A  .   4      ack 1
        140.7  B  .   1      ack 5
    )");
    EXPECT_TRUE(silences.is_named());
    EXPECT_EQ(silences.survived(), 70 * kSecond);
    EXPECT_EQ(silences.lost(), kNever);
    EXPECT_STREQ(silences.outcome(), "survived");
    EXPECT_FALSE(silences.suggests_idle_timeout());
    EXPECT_EQ(silences.compare(350 * kSecond), LimitVerdict::KeptBelow);
    EXPECT_EQ(silences.compare(69 * kSecond), LimitVerdict::Survived);
    EXPECT_TRUE(silences.has_probes_of(0));
}

TEST(Silences, too_short_to_be_named) {
    EXPECT_FALSE(silences_of(R"(
         0.0  A  P.  1(4)   ack 1
         0.5  B  .   1      ack 5
        30.5  A  .   4      ack 1
        30.6  B  .   1      ack 5
    )")
                     .is_named());
}

TEST(Silences, of_two_connections_tell_more_than_those_of_one) {
    Silences both = silences_of(R"(
          0.0  A  P.  1(4)   ack 1
          0.5  B  .   1      ack 5
        200.5  A  P.  5(4)   ack 1
        200.6  B  .   1      ack 9
    )");
    EXPECT_EQ(both.compare(350 * kSecond), LimitVerdict::NotReached);
    both.add(silences_of(R"(
          0.0  A  P.  1(4)   ack 1
          0.5  B  .   1      ack 5
        400.5  A  P.  5(4)   ack 1
        400.7  A  P.  5(4)   ack 1
        401.1  A  P.  5(4)   ack 1
        401.9  A  P.  5(4)   ack 1
    )"));
    EXPECT_TRUE(both.suggests_idle_timeout());
    EXPECT_EQ(both.survived(), 200 * kSecond);
    EXPECT_EQ(both.lost(), 400 * kSecond);
}

}  // namespace
