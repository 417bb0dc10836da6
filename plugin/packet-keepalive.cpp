// SPDX-License-Identifier: GPL-2.0-or-later
// The post-dissector: joins the segments that Wireshark sees, the engine that knows TCP keepalive, and the fields.
//
// State is built on the first pass only, in the order of the frames. What there is to say of a frame is stored with the
// frame; every pass, the first included, prints what is stored.
#include "engine/connection.h"
#include "wireshark/compat.h"
#include "wireshark/fields.h"
#include "wireshark/file_memory.h"
#include "wireshark/segment_source.h"

namespace keepalive {

namespace {

int proto_keepalive = -1;
Preferences preferences;

wmem_array_t* connections = nullptr;  // Connection*, by tcp.stream; in file scope
Nanoseconds capture_end = 0;          // time of the last frame seen

Connection& connection_of(std::uint32_t stream, FileMemory& memory) {
    Connection* none = nullptr;
    while (wmem_array_get_count(connections) <= stream)
        wmem_array_append_one(connections, none);
    auto& connection = *static_cast<Connection**>(wmem_array_index(connections, stream));
    if (connection == nullptr)
        connection = memory.make<Connection>();
    return *connection;
}

void analyse(packet_info* pinfo) {
    FileMemory memory;
    guint32 key = 0;
    for (const Observation* each = observations(pinfo); each != nullptr; each = each->next) {
        if (!each->is_complete)
            continue;
        Record* record = connection_of(each->stream, memory).examine(each->segment, memory);
        if (record != nullptr)
            p_add_proto_data(wmem_file_scope(), pinfo, proto_keepalive, key++, record);
    }
    const Nanoseconds now = static_cast<Nanoseconds>(pinfo->abs_ts.secs) * kSecond + pinfo->abs_ts.nsecs;
    capture_end = now > capture_end ? now : capture_end;
}

// Keys of a frame's records count from 0, one for each TCP header that has one.
const Record* stored_record(packet_info* pinfo, guint32 key) {
    return static_cast<const Record*>(p_get_proto_data(wmem_file_scope(), pinfo, proto_keepalive, key));
}

int dissect_keepalive(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void* /*data*/) {
    if (!PINFO_FD_VISITED(pinfo))
        analyse(pinfo);
    for (guint32 key = 0; const Record* record = stored_record(pinfo, key); ++key)
        show(*record, capture_end, preferences, tvb, pinfo, tree);
    return 0;
}

// Called with a new file scope for each capture file, and when the file is dissected anew.
void begin_capture() {
    connections = wmem_array_new(wmem_file_scope(), sizeof(Connection*));
    capture_end = 0;
}

void register_preferences() {
    module_t* module = prefs_register_protocol(proto_keepalive, nullptr);
    prefs_register_uint_preference(module, "idle_limit", "Idle limit (seconds)",
                                   "Warn where nothing was sent on a connection for longer than this many seconds before a "
                                   "probe, as devices in between forget idle connections (AWS NLB: 350, Azure: 240). "
                                   "0 turns the warning off.",
                                   10, &preferences.idle_limit);
    prefs_register_bool_preference(module, "info_column", "Show in the Info column",
                                   "Add what a probe, its answer or a correction says to the text of the Info column.",
                                   &preferences.info_column);
}

void register_protocol() {
    proto_keepalive = proto_register_protocol("TCP Keep-Alive", "TCP Keep-Alive", "keepalive");
    register_fields(proto_keepalive);
    register_preferences();
    register_segment_source(proto_keepalive);
    register_init_routine(begin_capture);
    register_postdissector(create_dissector_handle(dissect_keepalive, proto_keepalive));
}

}  // namespace

}  // namespace keepalive

extern "C" {

WS_DLL_PUBLIC_DEF extern const char plugin_version[] = KEEPALIVE_VERSION;
WS_DLL_PUBLIC_DEF extern const int plugin_want_major = KEEPALIVE_WIRESHARK_MAJOR;
WS_DLL_PUBLIC_DEF extern const int plugin_want_minor = KEEPALIVE_WIRESHARK_MINOR;
WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC guint32 plugin_describe(void);

void plugin_register(void) {
    static proto_plugin plugin;
    plugin.register_protoinfo = keepalive::register_protocol;
    plugin.register_handoff = keepalive::attach_segment_source;
    proto_register_plugin(&plugin);
}

guint32 plugin_describe(void) {
    constexpr guint32 kDissector = 1U << 0U;  // WS_PLUGIN_DESC_DISSECTOR, not in every release's headers
    return kDissector;
}

}
