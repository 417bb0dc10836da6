// SPDX-License-Identifier: GPL-2.0-or-later
#include "script.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "engine/connection.h"
#include "engine/invariants.h"
#include "engine/names.h"
#include "heap_memory.h"
#include "packet_script.h"

namespace keepalive::test {

namespace {

// The name of the evidence, as a word of a script.
std::string evidence_of(const Record& record) {
    const char* name = kEvidenceNames.at(static_cast<std::size_t>(record.proof.evidence));
    std::string word = name != nullptr ? name : "none";
    for (char& each : word)
        each = each == ' ' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
    return word;
}

// What only this engine has: packet_script.h serves earlier ones as well.
std::string verdict_with_quiets(const Record* record) {
    const std::string verdict = verdict_of(record);
    return verdict == "none" && record->wakes() ? "waking" : verdict;
}

void compare(const Line& line, const Record* record, const std::string& at_once, Nanoseconds end, bool names_quiets,
             std::ostream& out) {
    const std::string frame = "frame " + std::to_string(line.segment.frame) + ": ";
    const auto differ = [&](const std::string& what, const std::string& expected, const std::string& found) {
        if (expected != found)
            out << frame << what << " should be " << expected << ", is " << found << "\n";
    };
    differ("verdict", line.verdict.value_or("nothing"), verdict_with_quiets(record));
    const auto now = line.values.find("now");
    // What turns out to be nothing may have been undecided.
    if (now != line.values.end() || line.verdict || at_once != "undecided")
        differ("verdict at once", now != line.values.end() ? now->second : line.verdict.value_or("nothing"), at_once);
    if (record == nullptr || !line.verdict)
        return;
    const auto numbers = numbers_of(*record, end);
    auto spans = spans_of(*record);
    spans["quiet"] = record->quiet_time;
    auto words = words_of(*record, end);
    words["lost"] = record->is_lost_while_quiet(end);
    for (const auto& [name, expected] : line.values) {
        if (name == "now")
            continue;
        if (name == "proof")
            differ(name, expected, std::to_string(record->proof.frame));
        else if (name == "by")
            differ(name, expected, evidence_of(*record));
        else if (const auto found = numbers.find(name); found != numbers.end())
            differ(name, expected, std::to_string(found->second));
        else
            differ(name, seconds_text(parse_seconds(expected)), seconds_text(spans.at(name)));
    }
    std::vector<std::string> always{"unanswered", "answered-late", "inferred", "duplicate", "settings-differ"};
    if (names_quiets)
        always.emplace_back("lost");
    for (const std::string& word : always)
        differ(word, line.words.count(word) != 0 ? "true" : "false", words.at(word) ? "true" : "false");
    for (const std::string& word : line.words)
        differ(word, "true", words.at(word) ? "true" : "false");
}

}  // namespace

std::string differences(const std::string& script, Nanoseconds quiet_from) {
    const std::vector<Line> lines = read_script(script);
    HeapMemory memory;
    Connection connection;
    std::vector<const Record*> records;
    std::vector<std::string> at_once;
    Nanoseconds end = 0;
    for (const Line& line : lines) {
        records.push_back(connection.examine(line.segment, memory, quiet_from));
        at_once.push_back(verdict_with_quiets(records.back()));
        end = std::max(end, line.segment.time);
    }
    std::ostringstream out;
    for (std::size_t i = 0; i < lines.size(); ++i)
        compare(lines[i], records[i], at_once[i], end, quiet_from != kNoQuietFrom, out);
    records.erase(std::remove(records.begin(), records.end(), nullptr), records.end());
    out << contradiction(records, end);
    return out.str();
}

}  // namespace keepalive::test
