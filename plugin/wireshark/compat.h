// SPDX-License-Identifier: GPL-2.0-or-later
// Every difference between the supported releases of Wireshark (3.4, 4.0, 4.4, 4.6), found by what a release has rather
// than by its number, and every header of it that the plugin needs.
#ifndef KEEPALIVE_WIRESHARK_COMPAT_H
#define KEEPALIVE_WIRESHARK_COMPAT_H

#include <cstdint>  // 3.4's headers need it and do not include it

#include <ws_symbol_export.h>

#include <epan/column-utils.h>
#include <epan/conversation.h>
#include <epan/epan_dissect.h>
#include <epan/expert.h>
#include <epan/frame_data_sequence.h>
#include <epan/packet.h>
#include <epan/plugin_if.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/stat_tap_ui.h>
#include <epan/stats_tree.h>
#include <epan/tap.h>
#include <epan/to_str.h>

#include <wsutil/report_message.h>

#if __has_include(<wsutil/plugins.h>)  // not in 4.0; the releases after 4.6 declare there how a plugin presents itself
#include <wsutil/plugins.h>
#endif

#include <epan/dissectors/packet-ip.h>
#include <epan/dissectors/packet-tcp.h>

namespace keepalive {

// What Wireshark stores a boolean preference in: gboolean until 4.2, bool since.
template <class Bool>
Bool preference_type_of(void (*)(module_t*, const char*, const char*, const char*, Bool*));
using ws_bool = decltype(preference_type_of(&prefs_register_bool_preference));

// The octet at an offset that was captured: tvb_get_guint8 is deprecated since 4.4, tvb_get_uint8 new in 4.2.
inline std::uint8_t tvb_octet(tvbuff_t* tvb, int offset) {
    return *tvb_get_ptr(tvb, offset, 1);
}

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
