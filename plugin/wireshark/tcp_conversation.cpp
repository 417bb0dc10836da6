// SPDX-License-Identifier: GPL-2.0-or-later
#include "tcp_conversation.h"

#include <array>
#include <cstring>

namespace keepalive {

namespace {

// tcp_acked.flags, private to packet-tcp.c but the same values in all supported releases.
// tests/captures compares them with the fields tcp.analysis.keep_alive and tcp.analysis.keep_alive_ack.
constexpr unsigned kAnalysisKeepAlive = 0x0008;
constexpr unsigned kAnalysisKeepAliveAck = 0x0100;

int proto_tcp = -1;

// Null if there is none.
const tcp_analysis* look_up(packet_info* pinfo) {
    conversation_t* conversation = conversation_of(pinfo, 0);
    // Not get_tcp_conversation_data(): that one forgets the verdict on the present frame.
    return conversation == nullptr ? nullptr
                                   : static_cast<const tcp_analysis*>(conversation_get_proto_data(conversation, proto_tcp));
}

// What was looked up last for the same addresses and ports: the looking up costs more than all the rest that is done with
// an ordinary segment. Of a fixed size: whoever meets another's place looks up.
struct Known {
    const tcp_analysis* tcp;
    std::uint64_t ends;
    nstime_t time;  // of the newest segment that found it here
};
constexpr unsigned kKnownBits = 13;
std::array<Known, 1U << kKnownBits> known;

void forget() {
    known.fill({});
}

constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio

std::uint64_t end_of(const address& host, std::uint32_t port) {
    std::uint64_t end = port;
    for (int offset = 0; offset + 4 <= host.len; offset += 4) {
        std::uint32_t word = 0;
        std::memcpy(&word, static_cast<const std::uint8_t*>(host.data) + offset, sizeof word);
        end = (end ^ word) * kSpread;
        end ^= end >> 32U;
    }
    return end;
}

bool is_same(const nstime_t& one, const nstime_t& other) {
    return one.secs == other.secs && one.nsecs == other.nsecs;
}

// Ports are used anew, and the user may want the same ports in two VLANs kept apart. So it is this segment's connection
// only if TCP has noted the segment in it, and had not yet when another segment found it here.
bool has_just_noted(const Known& place, const Segment& segment, const nstime_t& time) {
    const tcp_flow_t* sender = place.tcp->fwd;
    const tcp_analyze_seq_flow_info_t* noted = sender != nullptr ? sender->tcp_analyze_seq_info : nullptr;
    return noted != nullptr && noted->lastack == segment.ack && is_same(noted->lastacktime, time) &&
           !is_same(place.time, time);
}

const tcp_analysis* find(const Segment& segment, packet_info* pinfo) {
    // The same for both directions.
    const std::uint64_t ends = end_of(pinfo->src, pinfo->srcport) + end_of(pinfo->dst, pinfo->destport);
    Known& place = known[(ends * kSpread) >> (64U - kKnownBits)];
    const bool is_known = place.tcp != nullptr && place.ends == ends && has_just_noted(place, segment, pinfo->abs_ts);
    place = {is_known ? place.tcp : look_up(pinfo), ends, pinfo->abs_ts};
    return place.tcp;
}

}  // namespace

void register_tcp_conversation() {
    proto_tcp = proto_get_id_by_filter_name("tcp");
    register_cleanup_routine(forget);  // they end with the capture file
}

bool find_tcp_stream(packet_info* pinfo, std::uint32_t& stream) {
    const tcp_analysis* tcp = look_up(pinfo);
    if (tcp != nullptr)
        stream = tcp->stream;
    return tcp != nullptr;
}

bool complete(Segment& segment, packet_info* pinfo) {
    const tcp_analysis* tcp = find(segment, pinfo);
    if (tcp == nullptr || tcp->fwd == nullptr)
        return false;
    segment.connection = tcp->stream;
    segment.end = tcp->fwd == &tcp->flow1 ? 0 : 1;
    const unsigned verdict = tcp->ta != nullptr ? tcp->ta->flags : 0;
    if ((verdict & kAnalysisKeepAlive) != 0)
        segment.mark = Mark::KeepAlive;
    else if ((verdict & kAnalysisKeepAliveAck) != 0)
        segment.mark = Mark::KeepAliveAck;
    return true;
}

}  // namespace keepalive
