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

struct Conversation {
    const conversation_t* conversation = nullptr;
    const tcp_analysis* tcp = nullptr;  // null if there is none
};

Conversation look_up(packet_info* pinfo) {
    const conversation_t* conversation = conversation_of(pinfo, 0);
    if (conversation == nullptr)
        return {};
    // Not get_tcp_conversation_data(): that one forgets the verdict on the present frame.
    return {conversation, static_cast<const tcp_analysis*>(conversation_get_proto_data(conversation, proto_tcp))};
}

// What was looked up last for the same addresses and ports: the looking up costs more than all the rest that is done with
// an ordinary segment. Of a fixed size: whoever meets another's place looks up.
struct Known {
    Conversation found;
    std::uint32_t frame = 0;  // the newest one that used this place
};
constexpr unsigned kKnownBits = 13;
std::array<Known, 1U << kKnownBits> known;

void forget() {
    known.fill({});
}

// The last 32 bits of an address: what differs most within a capture.
std::uint32_t tail_of(const address& host) {
    std::uint32_t word = 0;
    if (host.len >= 4)
        std::memcpy(&word, static_cast<const std::uint8_t*>(host.data) + host.len - 4, sizeof word);
    return word;
}

// The same for both directions.
Known& place_of(const packet_info* pinfo) {
    constexpr std::uint32_t kSpread = 0x9e3779b9, kOther = 0x85ebca6b;  // odd and without a pattern
    const std::uint32_t hosts = tail_of(pinfo->src) + tail_of(pinfo->dst);
    const std::uint32_t ports = pinfo->srcport + pinfo->destport;
    return known[(hosts * kSpread + ports * kOther) >> (32U - kKnownBits)];
}

// It is this segment's conversation only if TCP has noted the segment in it: another one may have the same place, ports
// are used anew, and the user may want the same ports in two VLANs kept apart. Where a frame has several segments, TCP
// may have noted the one before.
bool has_just_noted(const Known& place, const Segment& segment, const packet_info* pinfo) {
    const tcp_analysis* tcp = place.found.tcp;
    if (tcp == nullptr || place.frame == pinfo->num || place.found.conversation->last_frame != pinfo->num)
        return false;
    const tcp_flow_t* sender = tcp->fwd;
    const tcp_analyze_seq_flow_info_t* noted = sender != nullptr ? sender->tcp_analyze_seq_info : nullptr;
    return noted != nullptr && noted->lastack == segment.ack && noted->lastacktime.nsecs == pinfo->abs_ts.nsecs &&
           noted->lastacktime.secs == pinfo->abs_ts.secs;
}

const tcp_analysis* find(const Segment& segment, packet_info* pinfo) {
    Known& place = place_of(pinfo);
    if (!has_just_noted(place, segment, pinfo))
        place.found = look_up(pinfo);
    place.frame = pinfo->num;
    return place.found.tcp;
}

}  // namespace

void register_tcp_conversation() {
    proto_tcp = proto_get_id_by_filter_name("tcp");
    register_cleanup_routine(forget);  // they end with the capture file
}

bool find_tcp_stream(packet_info* pinfo, std::uint32_t& stream) {
    const tcp_analysis* tcp = look_up(pinfo).tcp;
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
