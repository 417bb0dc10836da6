// SPDX-License-Identifier: GPL-2.0-or-later
// What the engine makes of stories, for comparing one engine with another (scripts/compare-engines.sh):
//
//     tell-stories made FIRST COUNT     a line for each of so many made stories: its number, and a hash of all it tells
//     tell-stories scripts FILE...      the same for packet scripts, by file
//     tell-stories show NUMBER|FILE...  the story as a packet script, with all that is known of each segment; several
//                                       have their names before them
//
// It is compiled against either engine, so it uses nothing that only one of them has.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "../engine/heap_memory.h"
#include "../engine/packet_script.h"
#include "engine/connection.h"
#include "story.h"

namespace {

using namespace keepalive;
using namespace keepalive::test;

std::string all_of(const Record* record, const std::string& at_once, Nanoseconds end) {
    const std::string verdict = verdict_of(record);
    std::ostringstream text;
    text << verdict << (at_once != verdict ? " now=" + at_once : "");
    if (record == nullptr || verdict == "nothing")
        return text.str();
    for (const auto& [name, value] : numbers_of(*record, end))
        if (value != 0)
            text << " " << name << "=" << value;
    for (const auto& [name, value] : spans_of(*record))
        if (value != kNever)
            text << " " << name << "=" << seconds_text(value);
    for (const auto& [name, value] : words_of(*record, end))
        text << (value ? " " + name : "");
    text << " outcome=" << static_cast<int>(record->outcome);
    return text.str();
}

// A line for each segment: the segment, and what is known of it.
std::string told(const std::vector<Segment>& segments) {
    HeapMemory memory;
    Connection connection;
    std::vector<const Record*> records;
    std::vector<std::string> at_once;
    Nanoseconds end = 0;
    for (const Segment& segment : segments) {
        records.push_back(connection.examine(segment, memory));
        at_once.push_back(verdict_of(records.back()));
        end = std::max(end, segment.time);
    }
    std::ostringstream text;
    for (std::size_t i = 0; i < segments.size(); ++i)
        text << segments[i].frame << ":  " << as_line(segments[i]) << "  > " << all_of(records[i], at_once[i], end) << "\n";
    return text.str();
}

std::vector<Segment> segments_of(const std::string& file) {
    std::ifstream input(file);
    std::stringstream script;
    script << input.rdbuf();
    std::vector<Segment> segments;
    for (const Line& line : read_script(script.str())) {
        segments.push_back(line.segment);
        if (!line.label.empty())  // the frame in its capture
            segments.back().frame = static_cast<std::uint32_t>(std::stoul(line.label));
    }
    return segments;
}

std::size_t hash_of(const std::vector<Segment>& segments) {
    return std::hash<std::string>{}(told(segments));
}

}  // namespace

int main(int count, char** arguments) {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    if (words.size() == 3 && words[0] == "made") {
        const std::uint64_t first = std::stoull(words[1]);
        for (std::uint64_t number = first; number < first + std::stoull(words[2]); ++number)
            std::cout << number << " " << hash_of(make_story(number)) << "\n";
    } else if (words.size() > 1 && words[0] == "scripts") {
        for (std::size_t i = 1; i < words.size(); ++i)
            std::cout << words[i] << " " << hash_of(segments_of(words[i])) << "\n";
    } else if (words.size() > 1 && words[0] == "show") {
        for (std::size_t i = 1; i < words.size(); ++i) {
            const bool is_number = words[i].find_first_not_of("0123456789") == std::string::npos;
            std::cout << (words.size() > 2 ? "=== " + words[i] + "\n" : "");
            std::cout << told(is_number ? make_story(std::stoull(words[i])) : segments_of(words[i]));
        }
    } else {
        std::cerr << "usage: tell-stories made FIRST COUNT | scripts FILE... | show NUMBER|FILE...\n";
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
