// SPDX-License-Identifier: GPL-2.0-or-later
#include "deep.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace fleet {

namespace {

std::vector<DeepSegment> found;

void write_16(std::uint8_t* octets, std::uint32_t number) {
    octets[0] = static_cast<std::uint8_t>(number >> 8U);
    octets[1] = static_cast<std::uint8_t>(number);
}

// A length that does not fit is 0, as in a packet that a network card was to cut: the length of the frame counts then.
std::uint32_t length_field(std::uint32_t length) {
    constexpr std::uint32_t kMost = 0xffff;
    return length > kMost ? 0 : length;
}

std::vector<std::uint8_t> ip4_header(const packet_info* pinfo, const ws_ip4* ip, std::uint32_t tcp_length) {
    std::vector<std::uint8_t> header(20);
    header[0] = 0x45;
    write_16(&header[2], length_field(20 + tcp_length));
    if (ip != nullptr) {
        write_16(&header[4], ip->ip_id);
        header[8] = ip->ip_ttl;
    }
    header[9] = 6;
    std::copy_n(static_cast<const std::uint8_t*>(pinfo->src.data), 4, &header[12]);
    std::copy_n(static_cast<const std::uint8_t*>(pinfo->dst.data), 4, &header[16]);
    return header;
}

std::vector<std::uint8_t> ip6_header(const packet_info* pinfo, const ws_ip6* ip, std::uint32_t tcp_length) {
    std::vector<std::uint8_t> header(40);
    header[0] = 0x60;
    write_16(&header[4], length_field(tcp_length));
    header[6] = 6;
    if (ip != nullptr)
        header[7] = ip->ip6_hop;
    std::copy_n(static_cast<const std::uint8_t*>(pinfo->src.data), 16, &header[8]);
    std::copy_n(static_cast<const std::uint8_t*>(pinfo->dst.data), 16, &header[24]);
    return header;
}

// Stands in the place of the TCP dissector, and takes what it would get. As in the plugin, a header that an ICMP error
// quotes was not sent now, and a fragment does not tell the segment's length.
int take(tvbuff_t* tvb, packet_info* pinfo, proto_tree* /*tree*/, void* ip) {
    const auto captured = static_cast<int>(tvb_captured_length(tvb));
    if (pinfo->flags.in_error_pkt || pinfo->fragmented || captured < 4)
        return captured;
    const std::uint32_t length = tvb_reported_length(tvb);
    DeepSegment segment;
    if (pinfo->src.type == AT_IPv4 && pinfo->dst.type == AT_IPv4)
        segment.ip = ip4_header(pinfo, ip == nullptr ? nullptr : WS_IP4_PTR(ip), length);
    else if (pinfo->src.type == AT_IPv6 && pinfo->dst.type == AT_IPv6)
        segment.ip = ip6_header(pinfo, ip == nullptr ? nullptr : WS_IP6_PTR(ip), length);
    else
        return captured;
    segment.reported_length = static_cast<std::uint32_t>(segment.ip.size()) + length;
    const std::uint8_t* octets = tvb_get_ptr(tvb, 0, captured);
    segment.ip.insert(segment.ip.end(), octets, octets + captured);
    found.push_back(std::move(segment));
    return captured;
}

const nstime_t* time_of_frame(struct packet_provider_data* /*provider*/, std::uint32_t /*frame*/) {
    static const nstime_t kNotKept = NSTIME_INIT_ZERO;
    return &kNotKept;
}

void start() {
    if (!epan_init(nullptr, nullptr, false))
        throw std::runtime_error("libwireshark cannot be started");
    constexpr std::uint32_t kTcpInIp = 6;
    // As a user does with Decode As.
    dissector_change_uint("ip.proto", kTcpInIp, create_dissector_handle(take, proto_get_id_by_filter_name("tcp")));
}

}  // namespace

Deep::Deep(int type) : type_(type) {
    static const bool kIsStarted = (start(), true);
    (void)kIsStarted;
    begin();
}

Deep::~Deep() {
    end();
}

void Deep::begin() {
    static const packet_provider_funcs kProvider = [] {
        packet_provider_funcs functions{};
        functions.get_frame_ts = time_of_frame;
        return functions;
    }();
    session_ = epan_new(nullptr, &kProvider);
    dissection_ = epan_dissect_new(session_, false, false);
    frames_ = 0;
    octets_ = 0;
}

void Deep::end() {
    epan_dissect_free(dissection_);
    epan_free(session_);
}

const std::vector<DeepSegment>& Deep::look(wtap_rec& record, const std::uint8_t* octets) {
    constexpr std::uint32_t kMostFrames = 100'000;
    constexpr std::uint64_t kMostOctets = 50'000'000;
    constexpr std::size_t kMostWithoutSegment = 4096;
    if (frames_ >= kMostFrames || octets_ >= kMostOctets) {
        end();
        begin();
        for (Packet& packet : last_without_segment_)
            dissect(packet.record(), packet.octets());
    }
    found.clear();
    dissect(record, octets);
    if (found.empty()) {
        last_without_segment_.emplace_back(record, octets);
        if (last_without_segment_.size() > kMostWithoutSegment)
            last_without_segment_.pop_front();
    }
    return found;
}

void Deep::dissect(wtap_rec& record, const std::uint8_t* octets) {
    const auto& header = record.rec_header.packet_header;
    frame_data frame;
    nstime_t elapsed = NSTIME_INIT_ZERO;
    const frame_data* reference = nullptr;
    frame_data_init(&frame, ++frames_, &record, 0, 0);
    frame_data_set_before_dissect(&frame, &elapsed, &reference, nullptr);
    tvbuff_t* tvb =
        tvb_new_real_data(octets, header.caplen, static_cast<gint>(std::min<std::uint32_t>(header.len, G_MAXINT)));
    fleet::dissect(dissection_, type_, &record, tvb, &frame, 0);
    epan_dissect_reset(dissection_);
    frame_data_destroy(&frame);
    octets_ += header.caplen;
}

}  // namespace fleet
