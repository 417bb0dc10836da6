// SPDX-License-Identifier: GPL-2.0-or-later
// Reads and writes packet scripts, one segment a line; script.h has the language.
#ifndef KEEPALIVE_TESTS_PACKET_SCRIPT_H
#define KEEPALIVE_TESTS_PACKET_SCRIPT_H

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/record.h"
#include "engine/segment.h"

namespace keepalive::test {

struct Line {
    Segment segment;
    std::string label;                   // how other lines refer to this one; may be empty
    std::optional<std::string> verdict;  // what is expected; none: nothing to show
    std::map<std::string, std::string> values;
    std::set<std::string> words;
};

// Throws std::invalid_argument or std::out_of_range for what is no script.
std::vector<Line> read_script(const std::string& script);

// The segment as a line of a script, without label and verdict.
std::string as_line(const Segment& segment);

// probe, response, ..., or what the segment is mistaken for, or nothing. Null is nothing.
std::string verdict_of(const Record* record);

// By the script's names; `capture_end` as in Record.
std::map<std::string, std::uint32_t> numbers_of(const Record& record, Nanoseconds capture_end);
std::map<std::string, Nanoseconds> spans_of(const Record& record);
std::map<std::string, bool> words_of(const Record& record, Nanoseconds capture_end);

Nanoseconds parse_seconds(const std::string& text);
// In seconds, without trailing zeros; "never" for kNever.
std::string seconds_text(Nanoseconds span);

}  // namespace keepalive::test

#endif
