// SPDX-License-Identifier: GPL-2.0-or-later
// check-stories FIRST COUNT: made stories (tests/stories), each as it is and with what a hostile capture does to it, against
// what must always hold. Prints how many connections were told; stops at the first that is wrong, with its script.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "../engine/packet_script.h"
#include "../stories/story.h"
#include "told.h"

namespace {

using namespace keepalive;
using namespace keepalive::test;

using Segments = std::vector<Segment>;

void number(Segments& segments) {
    std::uint32_t frame = 0;
    for (Segment& each : segments)
        each.frame = ++frame;
}

void lose_some(Segments& segments, std::mt19937& random) {
    segments.erase(std::remove_if(segments.begin(), segments.end(), [&](const Segment&) { return random() % 4 == 0; }),
                   segments.end());
}

void shuffle(Segments& segments, std::mt19937& random) {
    for (std::size_t i = 1; i < segments.size(); ++i)
        if (random() % 3 == 0)
            std::swap(segments[i], segments[i - 1]);
}

void repeat_some(Segments& segments, std::mt19937& random) {
    Segments more;
    for (const Segment& each : segments)
        more.insert(more.end(), 1 + (random() % 5 == 0 ? random() % 20 : 0), each);
    segments = more;
}

void exchange_ends(Segments& segments, std::mt19937& random) {
    for (Segment& each : segments)
        each.end = random() % 8 == 0 ? each.end ^ 1U : each.end;
}

void close_windows(Segments& segments, std::mt19937& random) {
    for (Segment& each : segments)
        each.window = random() % 3 == 0 ? 0 : each.window;
}

void change_numbers(Segments& segments, std::mt19937& random) {
    for (Segment& each : segments) {
        each.seq += random() % 6 == 0 ? static_cast<std::uint32_t>(random() % 5) - 2U : 0;
        each.ack += random() % 6 == 0 ? static_cast<std::uint32_t>(random() % 5) - 2U : 0;
        each.flags = random() % 12 == 0 ? static_cast<std::uint8_t>(random() & 0x1fU) : each.flags;
        each.length = random() % 12 == 0 ? static_cast<std::uint32_t>(random() % 3) : each.length;
        each.has_octet = each.has_octet && each.length > 0;
    }
}

// The first moment, the last one, and anything in between.
void lose_time(Segments& segments, std::mt19937& random) {
    for (Segment& each : segments) {
        switch (random() % 8) {
            case 0: each.time = 0; break;
            case 1: each.time = kLatest; break;
            case 2: each.time = static_cast<Nanoseconds>(random()) * (kLatest >> 32U); break;
            default: break;
        }
    }
}

void go_back_in_time(Segments& segments, std::mt19937& random) {
    for (Segment& each : segments)
        each.time = std::max(each.time - static_cast<Nanoseconds>(random() % 1000) * kMillisecond, Nanoseconds{0});
}

// From the first moment to the last one there is; most of that time, nothing comes.
void wait_for_ages(Segments& segments, std::mt19937& random) {
    if (segments.empty())
        return;
    const std::size_t silence = random() % segments.size();
    const Nanoseconds first = segments.front().time, last = segments.back().time;
    for (std::size_t i = 0; i < segments.size(); ++i)
        segments[i].time = std::clamp(i < silence ? segments[i].time - first : kLatest - (last - segments[i].time),
                                      Nanoseconds{0}, kLatest);
}

constexpr void (*kMutations[])(Segments&, std::mt19937&) = {lose_some,     shuffle,         repeat_some,
                                                            exchange_ends, close_windows,   change_numbers,
                                                            lose_time,     go_back_in_time, wait_for_ages};

// 0: as it is.
Segments variant(std::uint64_t story, unsigned which) {
    Segments segments = make_story(story);
    std::mt19937 random(static_cast<std::uint32_t>(story * 8 + which));
    for (unsigned bit = 0; which != 0 && bit < std::size(kMutations); ++bit)
        if (random() % 4 == 0)
            kMutations[bit](segments, random);
    number(segments);
    return segments;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::cerr << "usage: check-stories FIRST COUNT\n";
        return EXIT_FAILURE;
    }
    constexpr unsigned kVariants = 8;
    const std::uint64_t first = std::stoull(arguments[1]), stories = std::stoull(arguments[2]);
    for (std::uint64_t story = first; story < first + stories; ++story) {
        for (unsigned which = 0; which < kVariants; ++which) {
            const Segments segments = variant(story, which);
            std::string found = what_is_wrong(segments);
            if (found.empty() && which == 0)
                found = what_depends_on_before(segments);
            if (found.empty())
                continue;
            std::cout << "story " << story << ", variant " << which << ": " << found << "\n";
            for (const Segment& each : segments)
                std::cout << each.frame << ":  " << as_line(each) << "\n";
            return EXIT_FAILURE;
        }
    }
    std::cout << stories * kVariants << " connections told\n";
    return EXIT_SUCCESS;
}
