// SPDX-License-Identifier: GPL-2.0-or-later
#include "segment_source.h"

#include "tcp_conversation.h"
#include "time_units.h"

namespace keepalive {

namespace {

constexpr int kFixedHeader = 20;   // octets of a TCP header without options
constexpr int kNeededOctets = 16;  // up to and including the window: the least that a short snapshot must have
constexpr guint32 kTcpInIp = 6;    // IANA protocol number

int proto_observer = -1;
dissector_handle_t observer_handle = nullptr;
dissector_handle_t tcp_handle = nullptr;

// The headers of the frame that is dissected. Not in the frame's pool, which would cost more than all the rest of noting.
struct Noted {
    std::vector<Observation> observations;
    std::uint32_t frame = 0;
    bool is_taken = true;  // by the post-dissector, which runs for each frame, malformed or not
};
Noted noted;

std::uint16_t read_16(const std::uint8_t* octets) {
    return static_cast<std::uint16_t>(octets[0] << 8U | octets[1]);
}

std::uint32_t read_32(const std::uint8_t* octets) {
    return static_cast<std::uint32_t>(read_16(octets)) << 16U | read_16(octets + 2);
}

Observation& make_observation(std::uint32_t frame) {
    if (noted.is_taken || noted.frame != frame) {
        noted.observations.clear();
        noted.frame = frame;
        noted.is_taken = false;
    }
    return noted.observations.emplace_back();
}

constexpr int kTimestampsKind = 8, kTimestampsLength = 10;

void read_timestamps(const std::uint8_t* option, Segment& segment) {
    segment.has_timestamps = true;
    segment.tsval = read_32(option + 2);
    segment.tsecr = read_32(option + 6);
}

void read_option(const std::uint8_t* option, int length, Segment& segment) {
    constexpr int kSackKind = 5, kSackBlock = 8;
    if (option[0] == kTimestampsKind && length == kTimestampsLength) {
        read_timestamps(option, segment);
    } else if (option[0] == kSackKind && length >= 2 + kSackBlock) {
        segment.has_sack = true;
        segment.sack_left = read_32(option + 2);
        segment.sack_right = read_32(option + 6);
    }
}

// From `option` up to `end`, as far as it was captured.
void read_options(const std::uint8_t* option, const std::uint8_t* end, Segment& segment) {
    constexpr std::uint32_t kUsualTimestamps = 0x0101080a;  // two NOPs before them, as RFC 7323 appendix A recommends
    if (end - option >= 2 + kTimestampsLength && read_32(option) == kUsualTimestamps) {
        read_timestamps(option + 2, segment);
        option += 2 + kTimestampsLength;
    }
    while (option < end && option[0] != 0) {
        if (option[0] == 1) {
            ++option;
            continue;
        }
        const int length = option + 1 < end ? option[1] : 0;
        if (length < 2 || end - option < length)
            return;
        read_option(option, length, segment);
        option += length;
    }
}

void read_ip(void* ip_header, Segment& segment) {
    if (const ws_ip4* ip4 = WS_IP4_PTR(ip_header); ip4 != nullptr) {
        segment.ip_id = ip4->ip_id;
        segment.ttl = ip4->ip_ttl;
    } else if (const ws_ip6* ip6 = WS_IP6_PTR(ip_header); ip6 != nullptr) {
        segment.ttl = ip6->ip6_hop;
    }
}

// False if this is no TCP header that can be judged.
bool note(tvbuff_t* tvb, const packet_info* pinfo, void* ip_header) {
    const int captured = static_cast<int>(tvb_captured_length(tvb));
    if (captured < kNeededOctets)
        return false;
    const std::uint8_t* header = tvb_get_ptr(tvb, 0, captured);
    const int header_length = (header[12] >> 4) * 4;
    const int reported = static_cast<int>(tvb_reported_length(tvb));
    if (header_length < kFixedHeader || header_length > reported)
        return false;
    Segment& segment = make_observation(pinfo->num).segment;
    segment.time = to_nanoseconds(pinfo->abs_ts);
    segment.frame = pinfo->num;
    segment.seq = read_32(header + 4);
    segment.ack = read_32(header + 8);
    segment.length = static_cast<std::uint32_t>(reported - header_length);
    segment.flags = static_cast<std::uint8_t>(header[13] & 0x3f);
    segment.window = read_16(header + 14);
    segment.has_octet = segment.length > 0 && captured >= reported;
    if (segment.has_octet)
        segment.octet = header[reported - 1];
    const int options_end = header_length < captured ? header_length : captured;
    if (options_end > kFixedHeader)
        read_options(header + kFixedHeader, header + options_end, segment);
    read_ip(ip_header, segment);
    return true;
}

void complete_noted(Observation& observation, packet_info* pinfo) {
    observation.is_complete = complete(observation.segment, pinfo);
}

// A header that an ICMP error quotes was not sent now, and a fragment does not tell the segment's length.
bool is_to_be_noted(const packet_info* pinfo) {
    return !PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt && !pinfo->fragmented;
}

// Notes the header before the TCP dissector and its subdissectors run, as they may throw (a longjmp in C), and reads
// Wireshark's analysis right after: deeper layers of the same frame may belong to another connection.
int observe(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void* ip_header) {
    const bool is_noted = is_to_be_noted(pinfo) && note(tvb, pinfo, ip_header);
    const std::size_t place = noted.observations.size();
    const int dissected = call_dissector_only(tcp_handle, tvb, pinfo, tree, ip_header);
    if (is_noted)  // by its place, as TCP may carry another TCP
        complete_noted(noted.observations[place - 1], pinfo);
    return dissected;
}

}  // namespace

void register_segment_source() {
    // In name only: no layer of its own in frame.protocols. Under a protocol that nobody can disable, so that it is not
    // among those of Analyze > Enabled Protocols, and by a name that is not offered to who begins to type "keepalive".
    proto_observer =
        proto_register_protocol_in_name_only("TCP (keep-alive observer)", "TCP/keepalive", "_ws.keepalive_observer",
                                             proto_get_id_by_filter_name("frame"), FT_PROTOCOL);
    observer_handle = create_dissector_handle(observe, proto_observer);
}

void attach_segment_source() {
    // Whoever stands there is called, so that observers chain.
    tcp_handle = dissector_get_uint_handle(find_dissector_table("ip.proto"), kTcpInIp);
    // Not dissector_change_uint(): that would be a "Decode As" of the user's, to be saved and reset.
    if (tcp_handle != nullptr)
        dissector_add_uint("ip.proto", kTcpInIp, observer_handle);
}

const std::vector<Observation>& observations(packet_info* pinfo) {
    if (noted.is_taken || noted.frame != pinfo->num || PINFO_FD_VISITED(pinfo))
        noted.observations.clear();
    noted.is_taken = true;
    // Where the TCP dissector threw, its analysis is still to be read. That can only be the last header.
    if (!noted.observations.empty() && !noted.observations.back().is_complete)
        complete_noted(noted.observations.back(), pinfo);
    return noted.observations;
}

}  // namespace keepalive
