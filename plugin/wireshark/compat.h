// SPDX-License-Identifier: GPL-2.0-or-later
// Every difference between the supported releases of Wireshark (3.4, 4.0, 4.4, 4.6), found by what a release has rather
// than by its number, and every header of it that the plugin needs.
#ifndef KEEPALIVE_WIRESHARK_COMPAT_H
#define KEEPALIVE_WIRESHARK_COMPAT_H

#include <cstdint>  // 3.4's headers need it and do not include it
#include <type_traits>

#include <ws_symbol_export.h>

#include <epan/column-utils.h>
#include <epan/conversation.h>
#include <epan/conversation_filter.h>
#include <epan/conversation_table.h>
#include <epan/epan_dissect.h>
#include <epan/expert.h>
#include <epan/frame_data_sequence.h>
#include <epan/packet.h>
#include <epan/plugin_if.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/stat_tap_ui.h>
#include <epan/stats_tree.h>
#include <epan/stats_tree_priv.h>
#include <epan/tap.h>
#include <epan/to_str.h>

#include <wsutil/report_message.h>
#include <wsutil/str_util.h>

#if __has_include(<wsutil/plugins.h>)  // not in 4.0; the releases after 4.6 declare there how a plugin presents itself
#include <wsutil/plugins.h>
#endif

#include <epan/dissectors/packet-ip.h>
#include <epan/dissectors/packet-tcp.h>

// An endpoint of Statistics > Endpoints, and what tells the names of its fields: the former names are those of 3.4.
// NOLINTBEGIN(bugprone-reserved-identifier): the names are Wireshark's
struct _hostlist_talker_t;
struct _hostlist_dissector_info;
struct _endpoint_item_t;
struct _et_dissector_info;
// NOLINTEND(bugprone-reserved-identifier)

namespace keepalive {

template <class Struct, class = void>
inline constexpr bool exists = false;
template <class Struct>
inline constexpr bool exists<Struct, std::void_t<decltype(sizeof(Struct))>> = true;

constexpr bool kHasEndpointItem = exists<_endpoint_item_t>;
using EndpointItem = std::conditional_t<kHasEndpointItem, _endpoint_item_t, _hostlist_talker_t>;
using EndpointFields = std::conditional_t<kHasEndpointItem, _et_dissector_info, _hostlist_dissector_info>;

template <class Table, class Fields>
auto add_endpoint(Table* table, const address* host, std::uint32_t port, bool is_sender, int octets, Fields* fields,
                  int /*first choice*/)
    -> decltype(add_endpoint_table_data(table, host, port, is_sender, 1, octets, fields, ENDPOINT_TCP)) {
    add_endpoint_table_data(table, host, port, is_sender, 1, octets, fields, ENDPOINT_TCP);
}
template <class Table, class Fields>
void add_endpoint(Table* table, const address* host, std::uint32_t port, bool is_sender, int octets, Fields* fields, ...) {
    add_hostlist_table_data(table, host, port, is_sender, 1, octets, fields, ENDPOINT_TCP);
}

// An entry "TCP Keep-Alive" in the menu Conversation Filter, which has more to say since 4.4.
template <class Valid = is_filter_valid_func>
auto add_conversation_filter(Valid valid, build_filter_string_func build, int /*first choice*/)
    -> decltype(register_conversation_filter("keepalive", "TCP Keep-Alive", valid, build, nullptr)) {
    register_conversation_filter("keepalive", "TCP Keep-Alive", valid, build, nullptr);
}
template <class Valid = is_filter_valid_func>
void add_conversation_filter(Valid valid, build_filter_string_func build, ...) {
    register_conversation_filter("keepalive", "TCP Keep-Alive", valid, build);
}

// What a tap is called with, which 3.4 does not know.
template <class Table, class Flags>
void set_flags(Table& table, Flags flags) {
    table.flags = flags;
}

// What Wireshark stores a boolean preference in: gboolean until 4.2, bool since.
template <class Bool>
Bool preference_type_of(void (*)(module_t*, const char*, const char*, const char*, Bool*));
using ws_bool = decltype(preference_type_of(&prefs_register_bool_preference));

// The conversation of the packet's TCP segment. Since 4.4 the user may want the same addresses and ports on several
// interfaces or VLANs kept apart (protocols.conversation_deinterlacing_key), and 4.6 asks for a direction.
template <class Packet>
auto conversation_of(Packet* pinfo, int /*first choice*/)
    -> decltype(find_conversation_strat(pinfo, conversation_pt_to_conversation_type(pinfo->ptype), 0U, false)) {
    return find_conversation_strat(pinfo, conversation_pt_to_conversation_type(pinfo->ptype), 0U, false);
}
template <class Packet>
auto conversation_of(Packet* pinfo, long /*second*/)
    -> decltype(find_conversation_strat(pinfo, conversation_pt_to_conversation_type(pinfo->ptype), 0U)) {
    return find_conversation_strat(pinfo, conversation_pt_to_conversation_type(pinfo->ptype), 0U);
}
template <class Packet>
conversation_t* conversation_of(Packet* pinfo, ...) {
    return find_conversation_pinfo(pinfo, 0U);
}

// The upper block of the menu Statistics. 3.4 calls it REGISTER_STAT_GROUP_UNSORTED, later releases
// REGISTER_PACKET_STAT_GROUP_UNSORTED; in all of them it stands before this one.
constexpr auto kStatisticsMenu = static_cast<register_stat_group_t>(REGISTER_STAT_GROUP_GENERIC - 1);

}  // namespace keepalive

#endif
