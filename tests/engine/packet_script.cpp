// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_script.h"

#include <cmath>
#include <sstream>
#include <stdexcept>

namespace keepalive::test {

namespace {

const std::map<char, Flag> kFlagLetters{{'S', kSyn}, {'F', kFin}, {'R', kRst}, {'P', kPsh}, {'.', kAck}};

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
    unsigned bits = 0;
    for (const char each : text)
        bits |= each == '-' ? 0U : unsigned{kFlagLetters.at(each)};
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

void read_segment(std::istringstream& words, std::uint32_t frame, Line& line) {
    Segment& segment = line.segment;
    segment.frame = frame;
    segment.window = 64;
    std::string time, sender, flag_letters, place, name, value;
    words >> time;
    if (time.back() == ':') {
        line.label = time.substr(0, time.size() - 1);
        words >> time;
    }
    words >> sender >> flag_letters >> place;
    segment.time = parse_seconds(time);
    segment.end = sender == "A" ? 0 : 1;
    segment.flags = flags(flag_letters);
    if (place.back() == ')') {
        segment.length = number(split(place, '(').second);
        place = split(place, '(').first;
    }
    segment.seq = number(place);
    while (words >> name >> value)
        read_option(name, value, segment);
}

Line read_line(const std::string& text, std::uint32_t frame) {
    Line line;
    const std::size_t arrow = text.find('>');
    std::istringstream packet(text.substr(0, arrow));
    read_segment(packet, frame, line);
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

// Links are written as labels and compared as frame numbers.
void resolve_labels(std::vector<Line>& lines) {
    std::map<std::string, std::uint32_t> frames;
    for (const Line& line : lines)
        if (!line.label.empty() && !frames.emplace(line.label, line.segment.frame).second)
            throw std::invalid_argument("two lines are labelled " + line.label);
    for (Line& line : lines)
        for (const char* link : {"in", "to", "last", "previous", "proof"})
            if (const auto found = line.values.find(link); found != line.values.end() && found->second != "0")
                found->second = std::to_string(frames.at(found->second));
}

}  // namespace

Nanoseconds parse_seconds(const std::string& text) {
    return text == "never" ? kNever : static_cast<Nanoseconds>(std::llround(std::stold(text) * 1e9L));
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
    resolve_labels(lines);
    return lines;
}

std::string as_line(const Segment& segment) {
    std::ostringstream text;
    text << seconds_text(segment.time) << "  " << (segment.end == 0 ? 'A' : 'B') << "  ";
    const auto before_flags = text.tellp();
    for (const auto& [letter, flag] : {std::pair{'S', kSyn}, {'F', kFin}, {'R', kRst}, {'P', kPsh}, {'.', kAck}})
        if (segment.has(flag))
            text << letter;
    text << (text.tellp() == before_flags ? "-" : "") << "  " << segment.seq;
    if (segment.length > 0)
        text << "(" << segment.length << ")";
    text << "  ack " << segment.ack << "  win " << segment.window;
    if (segment.has_timestamps)
        text << "  ts " << segment.tsval << "/" << segment.tsecr;
    if (segment.ip_id != 0)
        text << "  id " << segment.ip_id;
    if (segment.ttl != 0)
        text << "  ttl " << unsigned{segment.ttl};
    if (segment.has_octet)
        text << "  octet " << unsigned{segment.octet};
    if (segment.has_sack)
        text << "  sack " << segment.sack_left << "-" << segment.sack_right;
    if (segment.mark != Mark::None)
        text << "  mark " << (segment.mark == Mark::KeepAlive ? "keepalive" : "ack");
    return text.str();
}

std::string verdict_of(const Record* record) {
    // By value: engines of earlier revisions, which are compared with this one, do not have all of them.
    static const std::vector<std::string> types{"none", "probe", "response", "peer-reset", "gave-up"};
    static const std::vector<std::string> mistakes{"none", "zero-window-probe", "retransmission", "late-ack",
                                                   "copy", "ack-of-other",      "handshake",      "unexplained"};
    if (record == nullptr || (!record->is_shown() && !record->undecided && record->mark == Mark::None))
        return "nothing";
    if (record->type != Type::None)
        return types.at(static_cast<std::size_t>(record->type));
    return record->undecided ? "undecided" : mistakes.at(static_cast<std::size_t>(record->mistake));
}

std::map<std::string, std::uint32_t> numbers_of(const Record& record, Nanoseconds capture_end) {
    return {
        {"number", record.probe_number},
        {"idle-probes", record.idle_probes},
        {"run", record.run_length(capture_end)},
        {"in", record.answer_frame},
        {"to", record.type != Type::Probe && record.partner != nullptr ? record.partner->frame : 0},
        {"last", record.last_activity},
        {"previous", record.previous != nullptr ? record.previous->frame : 0},
        {"keepidle", record.keepidle},
        {"keepintvl", record.keepintvl},
        {"keepcnt", record.keepcnt},
        {"octet", record.octet},
    };
}

std::map<std::string, Nanoseconds> spans_of(const Record& record) {
    return {{"idle", record.idle_time},
            {"silence", record.silence},
            {"interval", record.interval()},
            {"response-time", record.response_time}};
}

// An older revision of the engine, which scripts/compare-engines.sh compiles with this file, has no such word.
template <class R>
auto is_answered_late(const R& record, int /*preferred*/) -> decltype(record.answered_late) {
    return record.answered_late;
}
template <class R>
bool is_answered_late(const R& /*record*/, long /*otherwise*/) {
    return false;
}

std::map<std::string, bool> words_of(const Record& record, Nanoseconds capture_end) {
    return {{"unanswered", record.is_unanswered(capture_end)},
            {"answered-late", is_answered_late(record, 0)},
            {"inferred", record.inferred},
            {"missed", record.is_missed()},
            {"duplicate", record.duplicate},
            {"ttl-differs", record.ttl_differs},
            {"settings-differ", record.settings_differ}};
}

std::string seconds_text(Nanoseconds span) {
    if (span == kNever)
        return "never";
    const auto magnitude = span < 0 ? 0 - static_cast<std::uint64_t>(span) : static_cast<std::uint64_t>(span);
    std::string fraction = std::to_string(magnitude % kSecond);
    fraction.insert(0, 9 - fraction.size(), '0');
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return (span < 0 ? "-" : "") + std::to_string(magnitude / kSecond) + (fraction.empty() ? "" : "." + fraction);
}

}  // namespace keepalive::test
