// SPDX-License-Identifier: GPL-2.0-or-later
// What the statistics say of a connection: from records, without packets.
#include <gtest/gtest.h>

#include <array>

#include "engine/summary.h"

namespace keepalive {

namespace {

constexpr Nanoseconds kEnd = 1'000'000 * kSecond;

// Probes of one end, each in an idle period of its own, and the other end's.
class Summary : public testing::Test {
protected:
    Record& probe(double time, double idle, unsigned end = 0) {
        Record& record = records_[count_++];
        record.type = Type::Probe;
        record.time = seconds(time);
        record.idle_time = seconds(idle);
        record.run = record.run_last = &record;
        record.end = static_cast<std::uint8_t>(end);
        record.peer_seen = true;
        return record;
    }

    static Record& answered(Record& record) {
        record.answer_frame = 1;
        record.response_time = kMillisecond;
        return record;
    }

    // The last of its idle period: nothing answered, and the prober gave up.
    static Record& given_up(Record& record) {
        record.unanswered = true;
        record.run_unanswered = 1;
        record.outcome = Outcome::GaveUp;
        return record;
    }

    ProberSummary summary(unsigned end = 0) {
        ConnectionSummary all;
        for (unsigned index = 0; index < count_; ++index)
            all.add(records_[index], kEnd);
        return all.prober(end);
    }

    static Nanoseconds seconds(double time) { return static_cast<Nanoseconds>(time * static_cast<double>(kSecond)); }

private:
    std::array<Record, 8> records_{};
    unsigned count_ = 0;
};

TEST_F(Summary, idle_timeout_between_what_was_survived_and_what_was_not) {
    answered(probe(100, 60));
    answered(probe(400, 240));
    given_up(probe(1000, 360));
    const ProberSummary prober = summary();
    EXPECT_TRUE(prober.suggests_idle_timeout());
    EXPECT_EQ(prober.survived, seconds(240));
    EXPECT_EQ(prober.lost, seconds(360));
}

TEST_F(Summary, no_idle_timeout_where_the_same_timer_was_survived) {
    answered(probe(100, 60.0));
    given_up(probe(200, 60.5));
    EXPECT_FALSE(summary().suggests_idle_timeout());
}

TEST_F(Summary, no_idle_timeout_where_a_longer_silence_was_survived) {
    answered(probe(100, 60));
    answered(probe(800, 600));
    given_up(probe(1200, 360));
    EXPECT_FALSE(summary().suggests_idle_timeout());
}

TEST_F(Summary, a_lost_probe_is_no_lost_connection) {
    answered(probe(100, 60));
    Record& lost = probe(500, 360);
    lost.unanswered = true;
    lost.run_unanswered = 1;
    lost.outcome = Outcome::TrafficResumed;
    EXPECT_FALSE(summary().suggests_idle_timeout());
}

TEST_F(Summary, a_reset_in_answer_is_a_lost_connection) {
    answered(probe(100, 60));
    Record reset;
    reset.type = Type::PeerReset;
    Record& last = answered(probe(500, 360));
    last.partner = &reset;
    last.outcome = Outcome::PeerReset;
    EXPECT_TRUE(summary().suggests_idle_timeout());
    EXPECT_STREQ(summary().outcome, "peer reset");
}

TEST_F(Summary, probes_of_the_other_end_are_no_silence) {
    answered(probe(100, 60));
    answered(probe(300, 260, 1));
    given_up(probe(360, 320));
    EXPECT_EQ(summary(0).lost, seconds(60) - kMillisecond);
    EXPECT_FALSE(summary(0).suggests_idle_timeout());
}

TEST_F(Summary, unknown_is_not_0) {
    probe(100, 60).idle_time = kNever;
    const ProberSummary prober = summary();
    EXPECT_EQ(prober.longest_idle, kNever);
    EXPECT_FALSE(prober.has_responses());
}

TEST_F(Summary, the_capture_may_end_before_the_answer) {
    Record& last = probe(100, 60);
    last.awaiting = true;
    ConnectionSummary at_once;
    at_once.add(last, seconds(101));
    EXPECT_STREQ(at_once.prober(0).outcome, "capture ended");
    EXPECT_EQ(at_once.prober(0).unanswered, 0U);
    ConnectionSummary later;
    later.add(last, seconds(200));
    EXPECT_STREQ(later.prober(0).outcome, "unanswered until the capture ended");
    EXPECT_EQ(later.prober(0).unanswered, 1U);
}

TEST_F(Summary, response_times_add_up_beyond_64_bits) {
    constexpr Nanoseconds kAges = kLatest / 2 + 1;
    for (const double time : {100.0, 200.0, 300.0, 400.0, 500.0})
        answered(probe(time, 60)).response_time = kAges;
    EXPECT_EQ(summary().mean_response(), kAges);
}

}  // namespace

}  // namespace keepalive
