// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture.h"

#include <string>
#include <utility>
#include <vector>

#include "../engine/connection.h"
#include "../engine/invariants.h"
#include "file_memory.h"
#include "segment_source.h"
#include "time_units.h"

namespace keepalive {

namespace {

int proto = -1;
bool is_enabled = true;  // a user who disables or enables a protocol has the capture dissected anew
const unsigned* quiet_from_preference = nullptr;
Nanoseconds named_from = kNoQuietFrom;
std::vector<Connection*> connections;  // by tcp.stream; null where nothing was to be noted
wmem_array_t* records = nullptr;       // const Record*, in the order of the frames
Nanoseconds end_time = 0;

// Called within a new file scope for each capture file, and when the file is dissected anew.
void begin_capture() {
    records = wmem_array_new(wmem_file_scope(), sizeof(Record*));
    end_time = 0;
    is_enabled = proto_is_protocol_enabled(find_protocol_by_id(proto));
    named_from = *quiet_from_preference == 0 ? kNoQuietFrom : static_cast<Nanoseconds>(*quiet_from_preference) * kSecond;
}

#ifndef NDEBUG
// tshark -2 -R gives the number of a frame that it drops to the next one, and then no link can be true.
guint32 last_number = 0;
bool numbers_are_unique = true;

void note_number(guint32 number) {
    numbers_are_unique = numbers_are_unique && number > last_number;
    last_number = number;
}

void check_all() {
    const bool is_checkable = std::exchange(numbers_are_unique, true);
    last_number = 0;
    if (!is_checkable)
        return;
    std::vector<const Record*> all(record_count());
    for (unsigned index = 0; index < all.size(); ++index)
        all[index] = &record_at(index);
    if (const std::string found = contradiction(all, end_time, Frames::MayHoldSeveral); !found.empty())
        g_error("keepalive: %s", found.c_str());
}
#endif

// The file scope and all in it end here.
void end_capture() {
#ifndef NDEBUG
    check_all();
#endif
    connections = {};
    records = nullptr;
}

Connection& connection_of(const Segment& segment, FileMemory& memory) {
    if (segment.connection >= connections.size())
        connections.resize(std::size_t{segment.connection} + 1);
    Connection*& connection = connections[segment.connection];
    if (connection == nullptr)
        connection = memory.make<Connection>();
    return *connection;
}

}  // namespace

void register_capture(int protocol, const unsigned& quiet_from_seconds) {
    proto = protocol;
    quiet_from_preference = &quiet_from_seconds;
    register_init_routine(begin_capture);
    register_cleanup_routine(end_capture);
}

bool analyse_frame(packet_info* pinfo) {
    if (!is_enabled)
        return false;
#ifndef NDEBUG
    note_number(pinfo->num);
#endif
    FileMemory memory;
    guint32 index = 0;
    const std::vector<Observation>& noted = observations(pinfo);
    for (const Observation& each : noted) {
        if (!each.is_complete)
            continue;
        Record* record = connection_of(each.segment, memory).examine(each.segment, memory, named_from);
        if (record == nullptr)
            continue;
        p_add_proto_data(wmem_file_scope(), pinfo, proto, index++, record);
        wmem_array_append_one(records, record);
    }
    const Nanoseconds now = noted.empty() ? to_nanoseconds(pinfo->abs_ts) : noted.front().segment.time;
    end_time = now > end_time ? now : end_time;
    return index > 0;
}

const Record* record_of(packet_info* pinfo, unsigned index) {
    return static_cast<const Record*>(p_get_proto_data(wmem_file_scope(), pinfo, proto, index));
}

unsigned record_count() {
    return records == nullptr ? 0 : wmem_array_get_count(records);
}

const Record& record_at(unsigned index) {
    return **static_cast<Record**>(wmem_array_index(records, index));
}

Nanoseconds quiet_from() {
    return named_from;
}

Nanoseconds capture_end() {
    return end_time;
}

}  // namespace keepalive
