// SPDX-License-Identifier: GPL-2.0-or-later
// What a post-dissector costs that does nothing: the least that any plugin like ours can cost. Built twice: as a
// dissector of a protocol, which is usual, and as one of none (OF_NO_PROTOCOL), as ours is.
#include <cstdint>

#include <epan/packet.h>
#include <epan/proto.h>

namespace {

int dissect_nothing(tvbuff_t* /*tvb*/, packet_info* /*pinfo*/, proto_tree* /*tree*/, void* /*data*/) {
    return 0;
}

void register_protocol() {
    [[maybe_unused]] const int protocol = proto_register_protocol("Empty post-dissector", "Empty", "keepalive_bench_empty");
#ifdef OF_NO_PROTOCOL
    register_postdissector(create_dissector_handle(dissect_nothing, -1));
#else
    register_postdissector(create_dissector_handle(dissect_nothing, protocol));
#endif
}

}  // namespace

extern "C" {

WS_DLL_PUBLIC_DEF extern const char plugin_version[] = "0";
WS_DLL_PUBLIC_DEF extern const int plugin_want_major = WIRESHARK_MAJOR;
WS_DLL_PUBLIC_DEF extern const int plugin_want_minor = WIRESHARK_MINOR;
WS_DLL_PUBLIC_DEF void plugin_register(void);
WS_DLL_PUBLIC_DEF std::uint32_t plugin_describe(void);

void plugin_register(void) {
    static proto_plugin plugin;
    plugin.register_protoinfo = register_protocol;
    proto_register_plugin(&plugin);
}

std::uint32_t plugin_describe(void) {
    return 1;  // a dissector
}
}
