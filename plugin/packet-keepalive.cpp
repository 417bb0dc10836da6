// SPDX-License-Identifier: GPL-2.0-or-later
// The post-dissector: joins the segments that Wireshark sees, the engine that knows TCP keepalive, and what users see.
#include "wireshark/capture.h"
#include "wireshark/compat.h"
#include "wireshark/conversations_tab.h"
#include "wireshark/expert_infos.h"
#include "wireshark/fields.h"
#include "wireshark/idle_table.h"
#include "wireshark/menu.h"
#include "wireshark/overview_tree.h"
#include "wireshark/segment_source.h"
#include "wireshark/streams_table.h"
#include "wireshark/tap.h"
#include "wireshark/tcp_conversation.h"

namespace keepalive {

namespace {

constexpr const char* kShortName = "TCP Keep-Alive";

int proto_keepalive = -1;
Preferences preferences;

int dissect_keepalive(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void* /*data*/) {
    if (!PINFO_FD_VISITED(pinfo) && !analyse_frame(pinfo))
        return 0;
    const char* caller = pinfo->current_proto;
    pinfo->current_proto = kShortName;  // expert infos name it
    const Record* record = nullptr;
    for (unsigned index = 0; (record = record_of(pinfo, index)) != nullptr; ++index) {
        show(*record, capture_end(), preferences, tvb, pinfo, tree);
        queue_tap(*record, pinfo);
    }
    pinfo->current_proto = caller;
    return 0;
}

void register_preferences() {
    module_t* module = prefs_register_protocol(proto_keepalive, nullptr);
    prefs_register_uint_preference(module, "idle_limit", "Idle limit (seconds)",
                                   "Warn where nothing was sent on a connection for longer than this many seconds before a "
                                   "probe or a segment that ends the silence, as devices in between forget idle connections "
                                   "(AWS NLB: 350, Azure: 240). 0 turns the warning off.",
                                   10, &preferences.idle_limit);
    prefs_register_uint_preference(module, "quiet_from", "Silences from (seconds)",
                                   "Show the first segment after nothing was sent on a connection for at least so many "
                                   "seconds, keep-alive or not, and whether the connection outlived the silence. "
                                   "0 shows none.",
                                   10, &preferences.quiet_from);
    prefs_register_bool_preference(module, "info_column", "Show in the Info column",
                                   "Add what a probe, its answer or a correction says to the text of the Info column.",
                                   &preferences.info_column);
}

void register_protocol() {
    proto_keepalive = proto_register_protocol("TCP Keep-Alive", kShortName, "keepalive");
    register_fields(proto_keepalive);
    register_expert_infos(proto_keepalive);
    register_preferences();
    register_tcp_conversation();
    register_segment_source();
    register_capture(proto_keepalive, preferences.quiet_from);
    register_tap_point();
    register_streams_table();
    register_idle_table(preferences.idle_limit);
    register_overview_tree();
    register_conversations_tab(proto_keepalive);
    register_menu(proto_keepalive);
    // Not a dissector of the protocol: Wireshark would add a layer to each frame, and take it away again.
    constexpr int kNoProtocol = -1;
    register_postdissector(create_dissector_handle(dissect_keepalive, kNoProtocol));
}

}  // namespace

}  // namespace keepalive

extern "C" {

static void register_plugin() {
    static proto_plugin plugin;
    plugin.register_protoinfo = keepalive::register_protocol;
    plugin.register_handoff = keepalive::attach_segment_source;
    proto_register_plugin(&plugin);
}

#ifdef WIRESHARK_PLUGIN_REGISTER_EPAN  // the releases after 4.6

static ws_module* describe_plugin() {
    static ws_module module = {};  // by name, as its members are not the same everywhere
    module.flags = WS_PLUGIN_DESC_DISSECTOR;
    module.version = KEEPALIVE_VERSION;
    module.spdx_id = WS_PLUGIN_SPDX_GPLv2;
    module.blurb = "Marks and explains TCP keepalive probes";
    module.register_cb = register_plugin;
    return &module;
}

WIRESHARK_PLUGIN_REGISTER_EPAN(describe_plugin(), 0)

#else

WS_DLL_PUBLIC_DEF extern const char plugin_version[] = KEEPALIVE_VERSION;
WS_DLL_PUBLIC_DEF extern const int plugin_want_major = KEEPALIVE_WIRESHARK_MAJOR;
WS_DLL_PUBLIC_DEF extern const int plugin_want_minor = KEEPALIVE_WIRESHARK_MINOR;
WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC std::uint32_t plugin_describe(void);

void plugin_register(void) {
    register_plugin();
}

std::uint32_t plugin_describe(void) {
    constexpr std::uint32_t kDissector = 1U << 0U;  // WS_PLUGIN_DESC_DISSECTOR, not in every release's headers
    return kDissector;
}

#endif
}
