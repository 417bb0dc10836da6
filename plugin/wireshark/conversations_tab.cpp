// SPDX-License-Identifier: GPL-2.0-or-later
#include "conversations_tab.h"

#include "compat.h"
#include "tap.h"

namespace keepalive {

namespace {

const char* field_name(const address& host, conv_filter_type_e kind) {
    const bool is_ipv6 = host.type == AT_IPv6;
    switch (kind) {
        case CONV_FT_SRC_ADDRESS: return is_ipv6 ? "ipv6.src" : "ip.src";
        case CONV_FT_DST_ADDRESS: return is_ipv6 ? "ipv6.dst" : "ip.dst";
        case CONV_FT_ANY_ADDRESS: return is_ipv6 ? "ipv6.addr" : "ip.addr";
        case CONV_FT_SRC_PORT: return "tcp.srcport";
        case CONV_FT_DST_PORT: return "tcp.dstport";
        case CONV_FT_ANY_PORT: return "tcp.port";
    }
    return CONV_FILTER_INVALID;
}

const char* field_of_conversation(conv_item_t* conversation, conv_filter_type_e kind) {
    return field_name(conversation->src_address, kind);
}

const char* field_of_endpoint(EndpointItem* endpoint, conv_filter_type_e kind) {
    return field_name(endpoint->myaddress, kind);
}

ct_dissector_info_t conversation_fields = {field_of_conversation};
EndpointFields endpoint_fields = {field_of_endpoint};

// Nothing of an exchange: a copy, a correction of tcp.analysis, or undecided.
bool counts(const TapData& tap) {
    return tap.record->type != Type::None;
}

template <class... Flags>
tap_packet_status add_conversation(void* listener, packet_info* pinfo, epan_dissect_t* /*edt*/, const void* data,
                                   Flags... flags) {
    auto* table = static_cast<conv_hash_t*>(listener);
    const auto& tap = *static_cast<const TapData*>(data);
    (set_flags(*table, flags), ...);
    if (counts(tap))
        add_conversation_table_data_with_conv_id(table, tap.sender, tap.receiver, tap.sender_port, tap.receiver_port,
                                                 tap.record->connection, 1, static_cast<int>(pinfo->fd->pkt_len),
                                                 &pinfo->rel_ts, &pinfo->abs_ts, &conversation_fields, ENDPOINT_TCP);
    return TAP_PACKET_REDRAW;
}

template <class... Flags>
tap_packet_status add_endpoints(void* listener, packet_info* pinfo, epan_dissect_t* /*edt*/, const void* data,
                                Flags... flags) {
    auto* table = static_cast<conv_hash_t*>(listener);
    const auto& tap = *static_cast<const TapData*>(data);
    (set_flags(*table, flags), ...);
    const int octets = static_cast<int>(pinfo->fd->pkt_len);
    if (counts(tap)) {
        add_endpoint(table, tap.sender, tap.sender_port, true, octets, &endpoint_fields, 0);
        add_endpoint(table, tap.receiver, tap.receiver_port, false, octets, &endpoint_fields, 0);
    }
    return TAP_PACKET_REDRAW;
}

}  // namespace

void register_conversations_tab(int protocol) {
    register_conversation_table(protocol, false, add_conversation, add_endpoints);
}

}  // namespace keepalive
