// SPDX-License-Identifier: GPL-2.0-or-later
#include "frame_text.h"

#include <algorithm>
#include <charconv>

#include "../engine/names.h"

namespace keepalive {

namespace {

bool tells_of_waking(const Record& record) {
    return record.wakes() && record.mistaken() == Mistake::None;
}

const char* mistake_name(const Record& record) {
    return kMistakeNames[static_cast<std::size_t>(record.mistaken())];
}

}  // namespace

FrameText& FrameText::add(std::string_view text) {
    const std::size_t taken = std::min(text.size(), octets_.size() - 1 - length_);
    std::copy_n(text.data(), taken, octets_.data() + length_);
    length_ += taken;
    octets_[length_] = '\0';
    return *this;
}

FrameText& FrameText::add_number(std::uint32_t number) {
    std::array<char, 10> text;
    const char* end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return add({text.data(), static_cast<std::size_t>(end - text.data())});
}

FrameText& FrameText::add_span(Nanoseconds span) {
    struct Unit {
        Nanoseconds below;  // spans of so much
        Nanoseconds step;   // are shown in whole ones of these,
        int steps;          // of which so many make the unit
        std::string_view name;
    };
    static constexpr std::array<Unit, 4> kUnits{{
        {10 * kMillisecond, kMillisecond / 100, 100, " ms"},
        {kSecond, kMillisecond, 1, " ms"},
        {100 * kSecond, kSecond / 100, 100, " s"},
        {INT64_MAX, kSecond / 10, 10, " s"},
    }};
    if (span < 0)  // a capture from several interfaces is not always in order
        span = 0;
    const Unit* unit = kUnits.data();
    while (span >= unit->below && unit != &kUnits.back())
        ++unit;
    const Nanoseconds steps = span / unit->step + (span % unit->step >= unit->step / 2 ? 1 : 0);
    std::array<char, 24> text;
    char* end = std::to_chars(text.data(), text.data() + text.size(), steps / unit->steps).ptr;
    if (unit->steps > 1)
        *end++ = '.';
    for (int place = unit->steps / 10; place > 0; place /= 10)
        *end++ = static_cast<char>('0' + steps / place % 10);
    return add({text.data(), static_cast<std::size_t>(end - text.data())}).add(unit->name);
}

void FrameText::add_probe(const Record& record, Nanoseconds capture_end) {
    add("Probe ").add_number(record.probe_number);
    if (record.idle_time != kNever)
        add(", idle ").add_span(record.idle_time);
    else
        add(", idle since before the capture");
    if (record.response_time != kNever) {
        const bool is_reset = record.partner != nullptr && record.partner->type == Type::PeerReset;
        add(is_reset ? ", reset by the peer after " : record.answered_late ? ", answered late, after " : ", answered in ");
        add_span(record.response_time);
    } else if (record.is_unanswered(capture_end)) {
        add(", unanswered");
    }
}

void FrameText::add_waking(const Record& record, Nanoseconds capture_end) {
    add("First segment after ").add_span(record.quiet_time).add(" of silence");
    if (record.answer_frame != 0)
        add(record.fate == Fate::Survived ? ", answered in " : ", reset by the peer in ").add_span(record.response_time);
    else if (record.is_unanswered(capture_end))
        add(", unanswered");
}

void FrameText::add_give_up(const Record& record, Nanoseconds capture_end) {
    const std::uint32_t probes = record.run_length(capture_end);
    const Record& first = *record.run;
    add("Gave up after ").add_number(probes).add(probes == 1 ? " unanswered probe" : " unanswered probes");
    if (probes > 1)
        add(", ").add_span((first.run_last->time - first.time) / (probes - 1)).add(" apart");
    if (first.idle_time != kNever)
        add(", first after ").add_span(first.idle_time).add(" idle");
}

FrameText& FrameText::add_story(const Record& record, Nanoseconds capture_end) {
    switch (record.type) {
        case Type::Probe: add_probe(record, capture_end); return *this;
        case Type::Response:
            return add("Response after ")
                .add_span(record.response_time)
                .add(", to the probe in frame ")
                .add_number(record.partner->frame);
        case Type::PeerReset:
            return add("Reset by the peer after ")
                .add_span(record.response_time)
                .add(", in answer to the probe in frame ")
                .add_number(record.partner->frame);
        case Type::GaveUp: add_give_up(record, capture_end); return *this;
        case Type::None: break;
    }
    if (tells_of_waking(record))
        add_waking(record, capture_end);
    else if (record.duplicate)
        add("Copy of a probe or response, not counted");
    else
        add("Not a keep-alive, although tcp.analysis marks it: ").add(mistake_name(record));
    return *this;
}

FrameText& FrameText::add_info(const Record& record, Nanoseconds capture_end) {
    if (tells_of_waking(record))
        add("[").add_story(record, capture_end);
    else if (record.type == Type::None && !record.duplicate)
        add("[No Keep-Alive: ").add(mistake_name(record));
    else
        add("[Keep-Alive: ").add_story(record, capture_end);
    return add("] ");
}

}  // namespace keepalive
