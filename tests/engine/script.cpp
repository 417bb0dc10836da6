// SPDX-License-Identifier: GPL-2.0-or-later
#include "script.h"

#include <cmath>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "engine/connection.h"

namespace keepalive::test {

namespace {

class HeapMemory final : public Memory {
    void* allocate(std::size_t size) override {
        blocks_.push_back(std::make_unique<std::max_align_t[]>(size / sizeof(std::max_align_t) + 1));
        return blocks_.back().get();
    }
    std::deque<std::unique_ptr<std::max_align_t[]>> blocks_;
};

struct Line {
    Segment segment;
    std::optional<std::string> verdict;  // none: the segment must have no record
    std::map<std::string, std::string> values;
    std::set<std::string> words;
};

Nanoseconds seconds(const std::string& text) {
    return static_cast<Nanoseconds>(std::llround(std::stod(text) * 1e9));
}

std::uint32_t number(const std::string& text) {
    return static_cast<std::uint32_t>(std::stoull(text, nullptr, 0));
}

std::pair<std::string, std::string> split(const std::string& text, char at) {
    const std::size_t place = text.find(at);
    if (place == std::string::npos)
        throw std::invalid_argument("no '" + std::string(1, at) + "' in " + text);
    return {text.substr(0, place), text.substr(place + 1)};
}

std::uint8_t flags(const std::string& text) {
    static const std::map<char, Flag> known{{'S', kSyn}, {'F', kFin}, {'R', kRst}, {'P', kPsh}, {'.', kAck}};
    unsigned bits = 0;
    for (const char each : text)
        bits |= known.at(each);
    return static_cast<std::uint8_t>(bits);
}

void read_option(const std::string& name, const std::string& value, Segment& segment) {
    if (name == "ack") {
        segment.ack = number(value);
    } else if (name == "win") {
        segment.window = static_cast<std::uint16_t>(number(value));
    } else if (name == "id") {
        segment.ip_id = static_cast<std::uint16_t>(number(value));
    } else if (name == "ttl") {
        segment.ttl = static_cast<std::uint8_t>(number(value));
    } else if (name == "octet") {
        segment.has_octet = true;
        segment.octet = static_cast<std::uint8_t>(number(value));
    } else if (name == "ts") {
        segment.has_timestamps = true;
        segment.tsval = number(split(value, '/').first);
        segment.tsecr = number(split(value, '/').second);
    } else if (name == "sack") {
        segment.has_sack = true;
        segment.sack_left = number(split(value, '-').first);
        segment.sack_right = number(split(value, '-').second);
    } else if (name == "mark") {
        segment.mark = value == "keepalive" ? Mark::KeepAlive : Mark::KeepAliveAck;
    } else {
        throw std::invalid_argument("unknown option " + name);
    }
}

Segment read_segment(std::istringstream& words, std::uint32_t frame) {
    Segment segment;
    segment.frame = frame;
    segment.window = 64;
    std::string time, sender, flag_letters, place, name, value;
    words >> time >> sender >> flag_letters >> place;
    segment.time = seconds(time);
    segment.end = sender == "A" ? 0 : 1;
    segment.flags = flags(flag_letters);
    if (place.back() == ')') {
        segment.length = number(split(place, '(').second);
        place = split(place, '(').first;
    }
    segment.seq = number(place);
    while (words >> name >> value)
        read_option(name, value, segment);
    return segment;
}

Line read_line(const std::string& text, std::uint32_t frame) {
    Line line;
    const std::size_t arrow = text.find('>');
    std::istringstream packet(text.substr(0, arrow));
    line.segment = read_segment(packet, frame);
    if (arrow == std::string::npos)
        return line;
    std::istringstream expectation(text.substr(arrow + 1));
    std::string word;
    expectation >> word;
    line.verdict = word;
    while (expectation >> word) {
        if (word.find('=') == std::string::npos)
            line.words.insert(word);
        else
            line.values.insert(split(word, '='));
    }
    return line;
}

std::vector<Line> read_script(const std::string& script) {
    std::vector<Line> lines;
    std::istringstream input(script);
    std::string text;
    while (std::getline(input, text)) {
        const std::size_t begin = text.find_first_not_of(" \t");
        if (begin == std::string::npos || text[begin] == '#')
            continue;
        lines.push_back(read_line(text, static_cast<std::uint32_t>(lines.size() + 1)));
    }
    return lines;
}

std::string verdict(const Record* record) {
    static const std::map<Type, std::string> types{
        {Type::Probe, "probe"}, {Type::Response, "response"}, {Type::PeerReset, "peer-reset"}, {Type::GaveUp, "gave-up"}};
    static const std::map<Mistake, std::string> mistakes{{Mistake::None, "none"},
                                                         {Mistake::ZeroWindowProbe, "zero-window-probe"},
                                                         {Mistake::Retransmission, "retransmission"},
                                                         {Mistake::LateAck, "late-ack"},
                                                         {Mistake::Copy, "copy"},
                                                         {Mistake::AckOfOther, "ack-of-other"},
                                                         {Mistake::Handshake, "handshake"}};
    if (record == nullptr || (!record->is_shown() && !record->undecided && record->mark == Mark::None))
        return "nothing";
    if (record->type != Type::None)
        return types.at(record->type);
    return record->undecided ? "undecided" : mistakes.at(record->mistake);
}

std::string seconds_text(Nanoseconds span) {
    if (span == kNever)
        return "never";
    std::ostringstream text;
    text << static_cast<double>(span) / 1e9;
    return text.str();
}

std::string value(const Record& record, const std::string& name, Nanoseconds end) {
    const std::map<std::string, std::uint32_t> numbers{
        {"number", record.probe_number},
        {"idle-probes", record.idle_probes},
        {"run", record.run_length(end)},
        {"in", record.answer_frame},
        {"to", record.type != Type::Probe && record.partner != nullptr ? record.partner->frame : 0},
        {"last", record.last_activity},
        {"previous", record.previous != nullptr ? record.previous->frame : 0},
        {"keepidle", record.keepidle},
        {"keepintvl", record.keepintvl},
        {"keepcnt", record.keepcnt},
        {"octet", record.octet},
    };
    const std::map<std::string, Nanoseconds> spans{{"idle", record.idle_time},
                                                   {"silence", record.silence},
                                                   {"interval", record.interval()},
                                                   {"response-time", record.response_time}};
    if (const auto found = numbers.find(name); found != numbers.end())
        return std::to_string(found->second);
    return seconds_text(spans.at(name));
}

bool is_true(const Record& record, const std::string& word, Nanoseconds end) {
    const std::map<std::string, bool> words{{"unanswered", record.is_unanswered(end)},
                                            {"inferred", record.inferred},
                                            {"missed", record.is_missed()},
                                            {"duplicate", record.duplicate},
                                            {"ttl-differs", record.ttl_differs},
                                            {"settings-differ", record.settings_differ}};
    return words.at(word);
}

void compare(const Line& line, const Record* record, const std::string& at_once, Nanoseconds end, std::ostream& out) {
    const std::string frame = "frame " + std::to_string(line.segment.frame) + ": ";
    const auto differ = [&](const std::string& what, const std::string& expected, const std::string& found) {
        if (expected != found)
            out << frame << what << " should be " << expected << ", is " << found << "\n";
    };
    differ("verdict", line.verdict.value_or("nothing"), verdict(record));
    const auto now = line.values.find("now");
    // What turns out to be nothing may have been undecided.
    if (now != line.values.end() || line.verdict || at_once != "undecided")
        differ("verdict at once", now != line.values.end() ? now->second : line.verdict.value_or("nothing"), at_once);
    if (record == nullptr || !line.verdict)
        return;
    for (const auto& [name, expected] : line.values)
        if (name != "now")
            differ(name, expected, value(*record, name, end));
    for (const std::string word : {"unanswered", "inferred", "duplicate"})
        differ(word, line.words.count(word) != 0 ? "true" : "false", is_true(*record, word, end) ? "true" : "false");
    for (const std::string& word : line.words)
        differ(word, "true", is_true(*record, word, end) ? "true" : "false");
}

}  // namespace

std::string differences(const std::string& script) {
    const std::vector<Line> lines = read_script(script);
    HeapMemory memory;
    Connection connection;
    std::vector<const Record*> records;
    std::vector<std::string> at_once;
    Nanoseconds end = 0;
    for (const Line& line : lines) {
        records.push_back(connection.examine(line.segment, memory));
        at_once.push_back(verdict(records.back()));
        end = std::max(end, line.segment.time);
    }
    std::ostringstream out;
    for (std::size_t i = 0; i < lines.size(); ++i)
        compare(lines[i], records[i], at_once[i], end, out);
    return out.str();
}

}  // namespace keepalive::test
