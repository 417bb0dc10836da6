// SPDX-License-Identifier: GPL-2.0-or-later
#include "told.h"

#include <algorithm>
#include <cstddef>
#include <tuple>

#include "../engine/heap_memory.h"
#include "engine/connection.h"
#include "engine/invariants.h"

namespace keepalive::test {

namespace {

// What a connection has beside a record for each segment: a story, a quiet, and of each end a prober, its settings and its
// spacing. A connection is begun anew by a SYN, and when the clock was set back.
constexpr std::size_t kObjectsPerConnection = 8;

std::size_t most_objects(const std::vector<Segment>& segments) {
    std::size_t connections = 1;
    Nanoseconds latest = 0;
    for (const Segment& each : segments) {
        if (each.has(kSyn) || each.time + kSecond < latest)
            ++connections;
        latest = std::max(latest, each.time);
    }
    return segments.size() + kObjectsPerConnection * connections;
}

// Short, so that many quiets are named.
constexpr Nanoseconds kQuietFrom = kSecond;

struct Told {
    HeapMemory memory;
    std::vector<const Record*> of;  // by segment; null where there is nothing to say
};

void tell(const std::vector<Segment>& segments, std::size_t from, std::uint32_t frames_later, Told& told) {
    Connection connection;
    for (std::size_t i = from; i < segments.size(); ++i) {
        Segment segment = segments[i];
        segment.frame += frames_later;
        told.of.push_back(connection.examine(segment, told.memory, kQuietFrom));
    }
}

// All of a record but the numbers of frames, and these from the record's own on; 0 is no frame.
auto all_of(const Record& record) {
    const auto since = [&](std::uint32_t frame) {
        return frame == 0 ? INT64_MIN : static_cast<std::int64_t>(frame) - record.frame;
    };
    const auto of = [&](const Record* other) { return other == nullptr ? INT64_MIN : since(other->frame); };
    return std::tuple_cat(
        std::make_tuple(record.time, record.idle_time, record.silence, record.response_time, of(record.previous),
                        of(record.run), of(record.run_last), of(record.partner), record.seq, since(record.answer_frame),
                        since(record.last_activity), record.probe_number, record.idle_probes, record.run_unanswered),
        std::make_tuple(record.keepidle, record.keepintvl, record.keepcnt, record.proof.evidence, since(record.proof.frame),
                        record.type, record.mistake, record.outcome, record.inferred, record.undecided, record.duplicate,
                        record.unanswered, record.awaiting, record.peer_seen, record.settings_differ, record.ttl_differs));
}

// The first segment from `from` on of which the two say different things.
std::string difference(const Told& whole, std::size_t from, const Told& part, const std::vector<Segment>& segments) {
    for (std::size_t i = from; i < whole.of.size(); ++i) {
        const Record* one = whole.of[i];
        const Record* other = part.of[i - from];
        if ((one == nullptr) != (other == nullptr) || (one != nullptr && all_of(*one) != all_of(*other)))
            return "frame " + std::to_string(segments[i].frame);
    }
    return "";
}

// The last segment that begins a new connection beyond doubt: a SYN of an end that was seen with something else, and no
// copy. 0 if there is none, or if the clock was set back, as the engine forgets then which end it has seen.
std::size_t last_beginning(const std::vector<Segment>& segments) {
    const auto is_later = [](const Segment& one, const Segment& other) { return one.time < other.time; };
    if (!std::is_sorted(segments.begin(), segments.end(), is_later))
        return 0;
    for (std::size_t i = segments.size(); i-- > 1;) {
        const Segment& syn = segments[i];
        if (!syn.has(kSyn) || syn.has(kAck | kRst))
            continue;
        const auto is_older = [&](const Segment& each) { return each.end == syn.end; };
        const auto last = std::find_if(segments.rend() - static_cast<std::ptrdiff_t>(i), segments.rend(), is_older);
        const auto is_same = [&](const Segment& each) { return each.end == syn.end && each.seq == syn.seq; };
        const auto here = segments.begin() + static_cast<std::ptrdiff_t>(i);
        if (last != segments.rend() && !last->has(kSyn | kRst) && std::none_of(segments.begin(), here, is_same))
            return i;
    }
    return 0;
}

}  // namespace

std::string what_is_wrong(const std::vector<Segment>& segments) {
    Told told;
    tell(segments, 0, 0, told);
    Nanoseconds end = 0;
    std::vector<const Record*> records;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        end = std::max(end, segments[i].time);
        if (told.of[i] != nullptr)
            records.push_back(told.of[i]);
        if (told.of[i] != nullptr && told.of[i]->frame != segments[i].frame)
            return "frame " + std::to_string(segments[i].frame) + ": the record is another frame's";
    }
    if (told.memory.objects() > most_objects(segments))
        return "memory grows faster than the capture";
    if (const std::string found = contradiction(records, end); !found.empty())
        return found;
    Told later;
    constexpr std::uint32_t kLater = 1'000'000;
    tell(segments, 0, kLater, later);
    if (const std::string found = difference(told, 0, later, segments); !found.empty())
        return found + ": depends on the number of its frame";
    return "";
}

std::string what_depends_on_before(const std::vector<Segment>& segments) {
    const std::size_t beginning = last_beginning(segments);
    if (beginning == 0)
        return "";
    Told whole, part;
    tell(segments, 0, 0, whole);
    tell(segments, beginning, 0, part);
    const std::string found = difference(whole, beginning, part, segments);
    return found.empty() ? "" : found + ": depends on the connection before";
}

}  // namespace keepalive::test
