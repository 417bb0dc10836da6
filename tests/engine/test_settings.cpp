// SPDX-License-Identifier: GPL-2.0-or-later
// TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT: said where they follow, and nowhere else.
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "engine/settings.h"
#include "packet_script.h"
#include "script.h"

namespace keepalive {

namespace {

using test::seconds_text;

constexpr Nanoseconds ms(std::int64_t milliseconds) {
    return milliseconds * kMillisecond;
}

TimerEstimate estimate(std::initializer_list<std::int64_t> milliseconds) {
    TimerEstimate result;
    for (const std::int64_t each : milliseconds)
        EXPECT_TRUE(result.add(ms(each), kNever)) << each;
    return result;
}

// A timer that goes off again and again.
TimerEstimate periodic(std::initializer_list<std::int64_t> milliseconds) {
    TimerEstimate result;
    for (const std::int64_t each : milliseconds)
        EXPECT_TRUE(result.add(ms(each), ms(each))) << each;
    return result;
}

TEST(TimerEstimate, timers_are_late_and_never_early) {
    EXPECT_EQ(estimate({1020}).seconds(), 1U);
    EXPECT_EQ(estimate({2032}).seconds(), 2U);
    EXPECT_EQ(estimate({4260}).seconds(), 4U);
    EXPECT_EQ(estimate({10240}).seconds(), 10U);
    EXPECT_EQ(estimate({999}).seconds(), 1U) << "the capture adds a little, either way";
}

TEST(TimerEstimate, between_two_whole_seconds_is_no_timer) {
    EXPECT_EQ(estimate({1500}).seconds(), 0U);
    EXPECT_EQ(estimate({5830}).seconds(), 0U);
}

TEST(TimerEstimate, the_rounder_number_among_neighbours) {
    EXPECT_EQ(estimate({61400}).looks_like(), 60U);
    EXPECT_EQ(estimate({75900}).looks_like(), 75U);
    EXPECT_EQ(estimate({7203000}).looks_like(), 7200U);
    EXPECT_EQ(estimate({7331000}).looks_like(), 7200U);
    EXPECT_EQ(estimate({24300}).looks_like(), 0U) << "23 or 24";
    EXPECT_EQ(estimate({24300, 23100}).looks_like(), 23U);
}

TEST(TimerEstimate, one_that_is_later_than_others_are_does_not_follow_from_one_span) {
    EXPECT_EQ(estimate({60400}).seconds(), 60U);
    EXPECT_EQ(estimate({61400}).seconds(), 0U) << "61, if the prober is no Linux";
    EXPECT_EQ(estimate({61400, 60300}).seconds(), 60U) << "so much do they differ";
    EXPECT_EQ(estimate({7331000}).seconds(), 7200U) << "the default";
}

TEST(TimerEstimate, linux_passes_whole_slots) {
    EXPECT_EQ(periodic({61440}).seconds(), 60U) << "30 slots of 2.048 s, HZ=250";
    EXPECT_EQ(periodic({26624, 26620, 26628}).seconds(), 25U) << "13 of them";
    EXPECT_EQ(periodic({180224}).seconds(), 180U) << "11 slots of 16.384 s";
    EXPECT_EQ(periodic({184320, 184322}).seconds(), 180U) << "45 slots of 4.096 s, HZ=1000";
}

TEST(TimerEstimate, others_are_not_so_late) {
    EXPECT_EQ(periodic({187309, 187304, 187310}).seconds(), 187U);
    EXPECT_EQ(periodic({187309}).seconds(), 0U) << "too early to tell";
    EXPECT_EQ(periodic({61100, 61300, 61200}).seconds(), 0U) << "unsteady: 60 or 61";
    EXPECT_EQ(periodic({30012, 30010, 30015}).seconds(), 30U);
}

TEST(TimerEstimate, no_socket_takes_more_than_32767_seconds) {
    EXPECT_EQ(estimate({40'000'000}).seconds(), 0U);
    TimerEstimate years;
    EXPECT_FALSE(years.add(INT64_MAX, INT64_MAX));
    EXPECT_FALSE(years.is_known());
}

TEST(TimerEstimate, spans_of_another_timer_are_refused) {
    TimerEstimate timer = estimate({2030});
    EXPECT_FALSE(timer.add(ms(4010), kNever));
    EXPECT_EQ(timer.seconds(), 2U);
}

TEST(Settings, known_ones_are_named_by_all_numbers_that_are_known) {
    EXPECT_STREQ(known_settings(7200, 75, 9), "Linux default");
    EXPECT_STREQ(known_settings(7200, 75, 8), "FreeBSD or macOS default");
    EXPECT_STREQ(known_settings(7200, 1, 0), "Windows default");
    EXPECT_EQ(known_settings(7200, 0, 0), nullptr) << "one number alone is anybody's";
    EXPECT_STREQ(known_settings(30, 30, 9), "Go net/http default");
    EXPECT_STREQ(known_settings(30, 15, 0), "Go net/http default since 1.23");
    EXPECT_STREQ(known_settings(2, 1, 10), "libuv (Node.js)");
    EXPECT_EQ(known_settings(2, 1, 0), nullptr);
    EXPECT_EQ(known_settings(2, 1, 7), nullptr);
    EXPECT_EQ(known_settings(7, 3, 2), nullptr);
}

TEST(Settings, answered_probes_show_keepidle) {
    EXPECT_STORY(R"(
                  0.0   A  P.  1(4)  ack 1
                  0.01  B  .   1     ack 5
        probe1:   5.1   A  .   4     ack 1  > probe keepidle=0 in=answer1
        answer1:  5.11  B  .   1     ack 5  > response to=probe1
        probe2:   10.2  A  .   4     ack 1  > probe keepidle=5 keepintvl=0 in=answer2
        answer2:  10.21 B  .   1     ack 5  > response to=probe2
    )");
}

TEST(Settings, answered_probes_later_than_the_first_show_keepintvl) {
    EXPECT_STORY(R"(
                  0.0   A  P.  1(4)  ack 1
                  0.01  B  .   1     ack 5
        probe1:   1.02  A  .   4     ack 1  > probe keepidle=0 in=answer1
        answer1:  1.03  B  .   1     ack 5  > response to=probe1
        probe2:   5.2   A  .   4     ack 1  > probe keepidle=0 keepintvl=0 in=answer2
        answer2:  5.21  B  .   1     ack 5  > response to=probe2
        probe3:   9.4   A  .   4     ack 1  > probe keepidle=1 keepintvl=4 in=answer3
        answer3:  9.41  B  .   1     ack 5  > response to=probe3
    )");
}

TEST(Settings, switched_on_late_shows_nothing_wrong) {
    EXPECT_STORY(R"(
                 0.0   A  P.  1(4)  ack 1
                 0.01  B  .   1     ack 5
        probe:   9.3   A  .   4     ack 1  > probe keepidle=0 in=answer
        answer:  9.31  B  .   1     ack 5  > response to=probe
                 11.4  A  .   4     ack 1  > probe keepidle=0 unanswered
                 12.4  A  .   4     ack 1  > probe keepidle=2 unanswered
                 13.4  A  .   4     ack 1  > probe keepidle=2 keepintvl=1 unanswered
                 14.4  A  R.  5     ack 1  > gave-up keepidle=2 keepintvl=1 keepcnt=3
    )");
}

TEST(Settings, the_first_silence_alone_is_believed_at_the_end_if_it_looks_like_a_setting) {
    EXPECT_STORY(R"(
        0.0    A  P.  1(4)  ack 1
        0.01   B  .   1     ack 5
        60.9   A  .   4     ack 1  > probe keepidle=0 unanswered
        61.9   A  .   4     ack 1  > probe keepidle=0 unanswered
        62.9   A  .   4     ack 1  > probe keepidle=0 unanswered
        63.9   A  R.  5     ack 1  > gave-up keepidle=60 keepintvl=1 keepcnt=3
    )");
    EXPECT_STORY(R"(
        0.0    A  P.  1(4)  ack 1
        0.01   B  .   1     ack 5
        71.0   A  .   4     ack 1  > probe unanswered
        72.0   A  .   4     ack 1  > probe unanswered
        73.0   A  R.  5     ack 1  > gave-up keepidle=0 keepintvl=1
    )");
    EXPECT_STORY(R"(
        0.0    A  P.  1(4)  ack 1
        0.01   B  .   1     ack 5
        10.33  A  .   4     ack 1  > probe unanswered
        11.33  A  .   4     ack 1  > probe unanswered
        12.33  A  R.  5     ack 1  > gave-up keepidle=0 keepintvl=1
    )");
}

TEST(Settings, a_run_with_a_probe_missing_does_not_show_keepcnt) {
    EXPECT_STORY(R"(
        0.0    A  P.  1(4)  ack 1
        0.01   B  .   1     ack 5
        60.2   A  .   4     ack 1  > probe unanswered
        65.3   A  .   4     ack 1  > probe unanswered
        70.4   A  .   4     ack 1  > probe keepintvl=5 unanswered
        80.6   A  .   4     ack 1  > probe keepintvl=5 unanswered
        85.7   A  .   4     ack 1  > probe keepintvl=5 unanswered
        90.8   A  R.  5     ack 1  > gave-up keepidle=60 keepintvl=5 keepcnt=0
    )");
}

// TCP_KEEPIDLE is 20 s. The next probe is due at 80.4 s.
const std::string kAnswered = R"(
                  0.0    A  P.  1(4)  ack 1
                  0.01   B  .   1     ack 5
        probe1:   20.1   A  .   4     ack 1  > probe in=answer1
        answer1:  20.11  B  .   1     ack 5  > response to=probe1
        probe2:   40.2   A  .   4     ack 1  > probe keepidle=20 in=answer2
        answer2:  40.21  B  .   1     ack 5  > response to=probe2
        probe3:   60.3   A  .   4     ack 1  > probe keepidle=20 in=answer3
        answer3:  60.31  B  .   1     ack 5  > response to=probe3)";

TEST(Settings, a_first_probe_that_is_missing_changes_nothing_and_hides_keepcnt) {
    EXPECT_STORY(kAnswered + R"(
                  85.4   A  .   4     ack 1  > probe keepidle=20 unanswered
                  90.4   A  .   4     ack 1  > probe keepidle=20 unanswered
                  95.4   A  .   4     ack 1  > probe keepidle=20 keepintvl=5 unanswered
                  100.4  A  R.  5     ack 1  > gave-up keepidle=20 keepintvl=5 keepcnt=0
    )");
}

TEST(Settings, a_first_probe_that_is_missing_after_traffic_changes_nothing) {
    EXPECT_STORY(kAnswered + R"(
                  67.0   A  P.  5(4)  ack 1
                  67.01  B  .   1     ack 9
                  92.1   A  .   8     ack 1  > probe keepidle=0 unanswered
                  97.1   A  .   8     ack 1  > probe keepidle=20 unanswered
                  102.1  A  R.  9     ack 1  > gave-up keepidle=20 keepintvl=5 keepcnt=0
    )");
}

// Linux: traffic does not stop the timer that runs for TCP_KEEPINTVL from each probe.
TEST(Settings, a_first_silence_timed_from_the_probe_before_shows_nothing) {
    EXPECT_STORY(R"(
                  0.0     A  P.  1(4)  ack 1
                  0.01    B  .   1     ack 5
        probe1:   10.25   A  .   4     ack 1  > probe in=answer1
        answer1:  10.26   B  .   1     ack 5  > response to=probe1
        probe2:   71.69   A  .   4     ack 1  > probe keepidle=0 in=answer2
        answer2:  71.7    B  .   1     ack 5  > response to=probe2
                  84.9    A  P.  5(4)  ack 1
                  84.91   B  .   1     ack 9
        probe3:   133.13  A  .   8     ack 1  > probe keepidle=0 in=answer3
        answer3:  133.14  B  .   1     ack 9  > response to=probe3
                  150.5   A  P.  9(4)  ack 1
                  150.51  B  .   1     ack 13
        probe4:   194.57  A  .   12    ack 1  > probe keepidle=0 in=answer4
        answer4:  194.58  B  .   1     ack 13 > response to=probe4
    )");
    EXPECT_STORY(R"(
                  0.0     A  P.  1(4)  ack 1
                  0.01    B  .   1     ack 5
        probe1:   15.1    A  .   4     ack 1  > probe in=answer1
        answer1:  15.11   B  .   1     ack 5  > response to=probe1
                  50.0    A  P.  5(4)  ack 1
                  50.01   B  .   1     ack 9
                  91.9    A  .   8     ack 1  > probe unanswered
                  168.7   A  .   8     ack 1  > probe unanswered
                  245.5   A  .   8     ack 1  > probe unanswered keepintvl=75
                  322.3   A  R.  9     ack 1  > gave-up keepidle=0 keepintvl=75 keepcnt=3
    )");
}

TEST(Settings, a_first_silence_timed_from_the_probe_before_takes_back_what_a_capture_begun_idle_showed) {
    EXPECT_STORY(R"(
        probe1:   0.0    A  .   4     ack 1  > probe inferred now=undecided in=answer1
        answer1:  0.01   B  .   1     ack 5  > response to=probe1
        probe2:   60.1   A  .   4     ack 1  > probe keepidle=60 in=answer2
        answer2:  60.11  B  .   1     ack 5  > response to=probe2
        probe3:   120.2  A  .   4     ack 1  > probe keepidle=60 in=answer3
        answer3:  120.21 B  .   1     ack 5  > response to=probe3
                  150.0  A  P.  5(4)  ack 1
                  150.01 B  .   1     ack 9
        probe4:   180.3  A  .   8     ack 1  > probe keepidle=0 in=answer4
        answer4:  180.31 B  .   1     ack 9  > response to=probe4
    )") << "the 60 s are TCP_KEEPINTVL";
}

TEST(Settings, an_answer_whose_probe_is_missing_makes_no_first_silence) {
    EXPECT_STORY(R"(
                  0.0     A  P.  1(4)  ack 1
                  0.01    B  .   1     ack 5
        probe1:   5.05    A  .   4     ack 1  > probe in=answer1
        answer1:  5.06    B  .   1     ack 5  > response to=probe1
        probe2:   50.11   A  .   4     ack 1  > probe keepidle=0 in=answer2
        answer2:  50.12   B  .   1     ack 5  > response to=probe2
        probe3:   95.17   A  .   4     ack 1  > probe keepidle=0 keepintvl=45 in=answer3
        answer3:  95.18   B  .   1     ack 5  > response to=probe3
                  140.24  B  .   1     ack 5
        probe4:   185.3   A  .   4     ack 1  > probe keepidle=0 in=answer4
        answer4:  185.31  B  .   1     ack 5  > response to=probe4
    )");
}

TEST(Settings, answers_that_are_missing_one_by_one_show_no_keepintvl) {
    EXPECT_STORY(R"(
                  0.0     A  P.  1(4)  ack 1
                  0.01    B  .   1     ack 5
        probe1:   10.05   A  .   4     ack 1  > probe in=answer1
        answer1:  10.06   B  .   1     ack 5  > response to=probe1
        probe2:   20.1    A  .   4     ack 1  > probe keepidle=10 in=answer2
        answer2:  20.11   B  .   1     ack 5  > response to=probe2
                  30.15   A  .   4     ack 1  > probe keepidle=10 unanswered
        probe3:   40.2    A  .   4     ack 1  > probe keepidle=10 keepintvl=0 in=answer3
        answer3:  40.21   B  .   1     ack 5  > response to=probe3
                  50.25   A  .   4     ack 1  > probe keepidle=10 unanswered
        probe4:   60.3    A  .   4     ack 1  > probe keepidle=10 keepintvl=0 in=answer4
        answer4:  60.31   B  .   1     ack 5  > response to=probe4
                  70.35   A  .   4     ack 1  > probe keepidle=10 unanswered
                  80.4    A  .   4     ack 1  > probe keepidle=10 keepintvl=0 unanswered
                  90.45   A  .   4     ack 1  > probe keepidle=10 keepintvl=0 unanswered
                  100.5   A  .   4     ack 1  > probe keepidle=10 keepintvl=10 unanswered
                  110.55  A  R.  5     ack 1  > gave-up keepidle=10 keepintvl=10 keepcnt=4
    )") << "the answers may have come; three intervals in one run are enough";
}

TEST(Settings, the_first_silence_alone_is_not_believed_where_any_would_fit) {
    EXPECT_STORY(R"(
        0.0     A  P.  1(4)  ack 1
        0.01    B  .   1     ack 5
        5199.3  A  .   4     ack 1  > probe unanswered
        5206.4  A  .   4     ack 1  > probe unanswered
        5213.5  A  .   4     ack 1  > probe unanswered
        5220.6  A  R.  5     ack 1  > gave-up keepidle=0 keepintvl=7 keepcnt=3
    )") << "Linux's timers of an hour and more are late by up to 131 s";
}

TEST(Settings, two_first_silences_far_apart_are_hardly_of_one_timer) {
    EXPECT_STORY(R"(
                  0.0     A  P.  1(4)  ack 1
                  0.01    B  .   1     ack 5
        probe1:   139.8   A  .   4     ack 1  > probe in=answer1
        answer1:  139.81  B  .   1     ack 5  > response to=probe1
                  325.0   A  P.  5(4)  ack 1
                  325.01  B  .   1     ack 9
        probe2:   459.3   A  .   8     ack 1  > probe keepidle=0 in=answer2
        answer2:  459.31  B  .   1     ack 9  > response to=probe2
    )");
}

TEST(Settings, intervals_that_grow_follow_no_setting) {
    EXPECT_STORY(R"(
                 0.0   A  P.  1(4)  ack 1
                 0.01  B  .   1     ack 5
                 9.0   A  .   4     ack 1  > probe unanswered
                 11.0  A  .   4     ack 1  > probe keepintvl=0 unanswered
                 15.0  A  .   4     ack 1  > probe keepintvl=0 unanswered
        probe:   23.0  A  .   4     ack 1  > probe keepintvl=0 in=answer
        answer:  23.1  B  .   1     ack 5  > response to=probe
    )");
}

TEST(Settings, another_interval_in_a_later_run_is_told) {
    EXPECT_STORY(R"(
                  0.0   A  P.  1(4)  ack 1
                  0.01  B  .   1     ack 5
                  9.0   A  .   4     ack 1  > probe unanswered
                  10.0  A  .   4     ack 1  > probe unanswered
        probe1:   11.0  A  .   4     ack 1  > probe keepintvl=1 in=answer1
        answer1:  11.1  B  .   1     ack 5  > response to=probe1
                  20.2  A  .   4     ack 1  > probe unanswered keepidle=9
                  23.3  A  .   4     ack 1  > probe unanswered
        probe2:   26.4  A  .   4     ack 1  > probe keepintvl=3 settings-differ in=answer2
        answer2:  26.5  B  .   1     ack 5  > response to=probe2
    )");
}

TEST(Settings, a_longer_first_silence_takes_back_what_answered_probes_showed) {
    EXPECT_STORY(R"(
                  0.0   A  P.  1(4)  ack 1
                  0.01  B  .   1     ack 5
        probe1:   1.01  A  .   4     ack 1  > probe keepidle=0 in=answer1
        answer1:  1.02  B  .   1     ack 5  > response to=probe1
        probe2:   2.02  A  .   4     ack 1  > probe keepidle=1 in=answer2
        answer2:  2.03  B  .   1     ack 5  > response to=probe2
                  3.00  A  P.  5(4)  ack 1
                  3.01  B  .   1     ack 9
                  7.02  A  .   8     ack 1  > probe keepidle=0 unanswered
                  8.03  A  .   8     ack 1  > probe keepidle=0 unanswered
                  9.04  A  .   8     ack 1  > probe unanswered
                  10.05 A  R.  9     ack 1  > gave-up keepidle=4 keepintvl=1 keepcnt=3 settings-differ
    )");
}

TEST(Settings, defaults_are_believed_from_one_run) {
    EXPECT_STORY(R"(
        0.0     A  P.  1(4)  ack 1
        0.01    B  .   1     ack 5
        7260.0  A  .   4     ack 1  > probe unanswered
        7336.0  A  .   4     ack 1  > probe unanswered
        7412.0  A  .   4     ack 1  > probe unanswered keepidle=7200 keepintvl=75
        7488.0  A  R.  5     ack 1  > gave-up keepidle=7200 keepintvl=75 keepcnt=3
    )");
}

// Answered probes: the silence before each, and how long the answer takes, in milliseconds.
std::string answered(std::initializer_list<std::int64_t> silences, std::int64_t response, const std::string& at_last) {
    std::ostringstream script;
    std::int64_t now = 10;
    const auto time = [&] { return seconds_text(ms(now)); };
    script << "0  A  P.  1(4)  ack 1\n0.01  B  .  1  ack 5\n";
    std::size_t left = silences.size();
    for (const std::int64_t silence : silences) {
        now += silence;
        const std::string label = std::to_string(left--);
        script << "p" << label << ": " << time() << "  A  .  4  ack 1  > probe in=r" << label;
        script << (left == 0 ? " " + at_last : "") << "\n";
        now += response;
        script << "r" << label << ": " << time() << "  B  .  1  ack 5  > response to=p" << label << "\n";
    }
    return script.str();
}

TEST(Settings, a_first_silence_that_is_shorter_by_little_shows_no_keepintvl) {
    EXPECT_STORY(answered({119946, 120000, 120004}, 20, "keepidle=120 keepintvl=0")) << "54 ms early";
    EXPECT_STORY(answered({59670, 60010, 60012}, 20, "keepidle=60 keepintvl=0"));
    EXPECT_STORY(answered({7500, 8000, 8000}, 1, "keepintvl=0")) << "ticks of 500 ms";
}

TEST(Settings, one_silence_of_a_second_shows_nothing) {
    EXPECT_STORY(answered({1004}, 1, "keepidle=0"));
    EXPECT_STORY(answered({1004, 1016}, 1, "keepidle=1"));
}

TEST(Settings, a_timer_that_counts_from_what_was_sent) {
    EXPECT_STORY(answered({179900, 179900, 179901}, 140, "keepidle=180"));
    EXPECT_STORY(answered({59700, 59690, 59704}, 300, "keepidle=60"));
}

TEST(Settings, a_path_that_delays_unevenly) {
    EXPECT_STORY(answered({30010, 29935, 30068, 29990}, 80, "keepidle=30 keepintvl=0"));
    EXPECT_STORY(answered({9990, 9934, 10066, 9931}, 80, "keepidle=10 keepintvl=0"));
}

TEST(Settings, exchanges_that_are_not_in_the_capture) {
    EXPECT_STORY(answered({10010, 10012, 20030, 10011}, 1, "keepidle=10 keepintvl=0"));
    EXPECT_STORY(answered({10010, 10012, 20030}, 1, "keepidle=10 keepintvl=0"));
    EXPECT_STORY(answered({10010, 20020, 10012, 10011, 30040}, 1, "keepidle=10 keepintvl=0"));
}

TEST(Settings, a_shorter_interval_takes_back_what_the_first_silence_seemed_to_show) {
    EXPECT_STORY(R"(
        0.0     A  P.  1(4)  ack 1
        0.01    B  .   1     ack 5
    p1: 100.02  A  .   4     ack 1  > probe in=r1
    r1: 100.03  B  .   1     ack 5  > response to=p1
    p2: 400.05  A  .   4     ack 1  > probe in=r2
    r2: 400.06  B  .   1     ack 5  > response to=p2
    p3: 700.08  A  .   4     ack 1  > probe in=r3
    r3: 700.09  B  .   1     ack 5  > response to=p3
        1000.11 A  .   4     ack 1  > probe unanswered keepidle=0 keepintvl=300
        1002.12 A  .   4     ack 1  > probe unanswered keepidle=300 keepintvl=0
        1004.13 A  .   4     ack 1  > probe unanswered keepidle=300 keepintvl=2
        1006.14 A  R.  5     ack 1  > gave-up keepidle=300 keepintvl=2 keepcnt=3
    )");
}

TEST(Settings, a_probe_of_the_peer_may_have_restarted_the_clock) {
    EXPECT_STORY(R"(
        0.0     A  P.  1(4)  ack 1
        0.01    B  .   1     ack 5
        10.02   A  .   4     ack 1  > probe unanswered
    p1: 13.01   B  .   0     ack 5  > probe in=r1
    r1: 13.01   A  .   5     ack 1  > response to=p1
        15.02   A  .   4     ack 1  > probe unanswered keepintvl=0
    p2: 18.01   B  .   0     ack 5  > probe in=r2
    r2: 18.01   A  .   5     ack 1  > response to=p2
        20.02   A  .   4     ack 1  > probe keepintvl=0
    )");
}

TEST(Settings, a_capture_begun_idle_shows_the_interval_at_the_end) {
    EXPECT_STORY(R"(
        0.0   A  .   4  ack 1  > probe inferred now=undecided unanswered
        3.0   A  .   4  ack 1  > probe inferred now=undecided unanswered
        6.0   A  .   4  ack 1  > probe inferred now=undecided unanswered
        9.0   A  .   4  ack 1  > probe inferred now=undecided unanswered
        12.0  A  .   4  ack 1  > probe inferred now=undecided unanswered
        15.0  A  R.  5  ack 1  > gave-up run=5 keepidle=0 keepintvl=3 keepcnt=0
    )");
}

TEST(Settings, numbers_that_change_with_lost_answers_were_not_set_anew) {
    EXPECT_STORY(answered({2029, 2016, 1024, 1024, 2016, 2016}, 1, "keepidle=2"));
    EXPECT_STORY(answered({20010, 20012, 20011, 5010, 5011}, 1, "keepidle=20")) << "two that were answered, but not heard";
    EXPECT_STORY(answered({20010, 20012, 20011, 5010, 5011, 5010}, 1, "keepidle=0"));
    EXPECT_STORY(answered({2813, 1029, 3610, 1025, 3619}, 1, "keepidle=0 keepintvl=0"));
}

}  // namespace

}  // namespace keepalive
