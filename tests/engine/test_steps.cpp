// SPDX-License-Identifier: GPL-2.0-or-later
// What a segment costs does not grow with the connection, whatever came before. Steps are counted, not seconds: the engine
// is compiled here with a call at the start of each basic block.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "engine/connection.h"
#include "engine/summary.h"
#include "heap_memory.h"

namespace {
std::uint64_t steps = 0;
}

extern "C" void __sanitizer_cov_trace_pc() {
    ++steps;
}

namespace keepalive::test {

namespace {

// What one end does next, in numbers relative to what both have sent.
struct Act {
    unsigned end = 0;
    std::uint8_t flags = kAck;
    std::int32_t seq = 0;
    std::int32_t ack = 0;
    std::uint32_t length = 0;
    std::uint16_t window = 500;
    Nanoseconds wait = kSecond;
};

using Phase = std::vector<Act>;

constexpr Act kProbe{0, kAck, -1};
constexpr Act kOctetProbe{0, kAck, -1, 0, 1};
// Sooner after another one, it would be its copy.
constexpr Nanoseconds kPath = 30 * kMillisecond;
constexpr Act kAnswer{1, kAck, 0, 0, 0, 500, kPath};
constexpr Act kDataOfA{0, kAck | kPsh, 0, 0, 10};
constexpr Act kDataOfB{1, kAck | kPsh, 0, 0, 10};
constexpr Act kCopy{0, kAck, -1, 0, 0, 500, 0};
constexpr Act kCrossing{1, kAck, 0, 0, 0, 501, 0};
constexpr Act kClosedWindow{1, kAck, 0, 0, 0, 0, kPath};
constexpr Act kProbeOfB{1, kAck, -1};
constexpr Act kAnswerOfA{0, kAck, 0, 0, 0, 500, kPath};
constexpr Act kReset{0, kAck | kRst};
constexpr Act kPushedOctet{0, kAck | kPsh, -1, 0, 1};

const Phase kOpening{{0, kSyn}, {1, kSyn | kAck}, kAnswerOfA, kDataOfA, kAnswer, kDataOfB, kAnswerOfA};

// Each phase is repeated `times` times.
std::vector<Segment> make(const std::vector<Phase>& phases, unsigned times) {
    std::vector<Segment> segments;
    std::array<std::uint32_t, 2> next{1000, 5000};
    Nanoseconds time = kSecond;
    for (const Phase& phase : phases) {
        for (unsigned round = 0; round < (&phase == &phases.front() ? 1 : times); ++round) {
            for (const Act& act : phase) {
                Segment segment;
                segment.frame = static_cast<std::uint32_t>(segments.size() + 1);
                segment.time = time += act.wait;
                segment.end = static_cast<std::uint8_t>(act.end);
                segment.flags = act.flags;
                segment.length = act.length;
                segment.seq = next[act.end] + static_cast<std::uint32_t>(act.seq);
                segment.ack = next[1U - act.end] + static_cast<std::uint32_t>(act.ack);
                segment.window = act.window;
                segment.mark = act.seq == -1 ? Mark::KeepAlive : Mark::None;
                if (act.seq == 0)
                    next[act.end] = segment.next_seq();
                segments.push_back(segment);
            }
        }
    }
    return segments;
}

std::uint64_t steps_of(const std::vector<Segment>& segments) {
    HeapMemory memory;
    Connection connection;
    std::vector<const Record*> records;
    steps = 0;
    for (const Segment& segment : segments)
        if (const Record* record = connection.examine(segment, memory))
            records.push_back(record);
    const Nanoseconds end = segments.back().time;
    ConnectionSummary summary;
    for (const Record* record : records)
        summary.add(*record, end);
    return steps;
}

// Steps per segment of a connection four times as long, to those of the shorter one.
double growth(const std::vector<Phase>& phases) {
    constexpr unsigned kFew = 200, kMany = 800;
    const std::vector<Segment> few = make(phases, kFew), many = make(phases, kMany);
    return static_cast<double>(steps_of(many)) / static_cast<double>(many.size()) * static_cast<double>(few.size()) /
           static_cast<double>(steps_of(few));
}

// The opening and the ends of a run weigh less in the longer one; a step for each segment before would make it 4.
constexpr double kNoGrowth = 1.3;

TEST(Steps, are_counted) {
    EXPECT_GT(steps_of(make({kOpening, {kProbe}}, 1)), 50U);
}

struct Story {
    const char* name;
    std::vector<Phase> phases;
};

// GoogleTest prints the parameter of a test that fails.
std::ostream& operator<<(std::ostream& out, const Story& story) {
    return out << story.name;
}

class StepsOf : public testing::TestWithParam<Story> {};

TEST_P(StepsOf, do_not_grow) {
    EXPECT_LT(growth(GetParam().phases), kNoGrowth);
}

const Phase kNoOpening{kProbe};

INSTANTIATE_TEST_SUITE_P(
    Stories, StepsOf,
    testing::Values(
        Story{"one_run_then_as_many_answers", {kOpening, {kProbe}, {kAnswer}}},
        Story{"one_run_then_answers_and_data", {kOpening, {kProbe}, {kAnswer}, {kDataOfB, kProbe, kAnswer, kAnswer}}},
        Story{"runs_and_answers", {kOpening, {kProbe, kAnswer}, {kProbe, kProbe, kAnswer}, {kProbe, kAnswer, kAnswer}}},
        Story{"copies", {kOpening, {kProbe, kCopy, kCopy}, {kProbe, kAnswer, kCopy, kAnswer}}},
        Story{"crossings", {kOpening, {kProbe, kAnswer}, {kProbe, kCrossing, kAnswer}, {kProbe, kDataOfB, kAnswer}}},
        Story{"undecided_then_confirmed", {kNoOpening, {kProbe}, {kAnswer}, {kProbe, kAnswer}}},
        Story{"undecided_then_refuted", {kNoOpening, {kOctetProbe}, {kDataOfA, kAnswer}, {kProbe}, {kAnswer}}},
        Story{"undecided_pushed", {kNoOpening, {kPushedOctet}, {kAnswer}, {kPushedOctet, kAnswer}}},
        Story{"closed_window", {kOpening, {kClosedWindow}, {kProbe}, {kProbe, kClosedWindow}, {kAnswer, kDataOfA}}},
        Story{"closed_window_at_once",
              {kOpening, {kClosedWindow, kProbe}, {{0, kAck, -1, 0, 0, 500, kMillisecond * 300}}, {kProbe, kAnswer}}},
        Story{"both_ends", {kOpening, {kProbe, kProbeOfB}, {kAnswer, kAnswerOfA}, {kProbeOfB}, {kProbe}, {kAnswer}}},
        Story{"runs_given_up", {kOpening, {kProbe}, {kReset}, {kProbe, kProbe, kReset}, {kProbe}, {kReset}}}),
    [](const auto& test) { return std::string(test.param.name); });

// Any few acts again and again, then others.
TEST(Steps, do_not_grow_with_anything_repeated) {
    constexpr unsigned kStories = 300, kMostActs = 4, kPhases = 3;
    const std::array<Act, 12> acts{kProbe,    kOctetProbe,   kAnswer,   kDataOfA,   kDataOfB, kCopy,
                                   kCrossing, kClosedWindow, kProbeOfB, kAnswerOfA, kReset,   kPushedOctet};
    std::mt19937 random(20);
    for (unsigned story = 0; story < kStories; ++story) {
        std::vector<Phase> phases{random() % 2 == 0 ? kOpening : kNoOpening};
        std::string told;
        for (unsigned count = 0; count < kPhases; ++count) {
            phases.emplace_back(1 + random() % kMostActs);
            for (Act& act : phases.back()) {
                const std::size_t which = random() % acts.size();
                act = acts[which];
                told += std::to_string(which) + " ";
            }
            told += "/ ";
        }
        EXPECT_LT(growth(phases), kNoGrowth)
            << "acts " << told << "after " << (phases[0].size() > 1 ? "an" : "no") << " opening";
    }
}

}  // namespace

}  // namespace keepalive::test
