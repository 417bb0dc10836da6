// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap.h"

#include <new>

namespace keepalive {

namespace {

int tap = -1;

}  // namespace

void register_tap_point() {
    tap = register_tap("keepalive");
}

void queue_tap(const Record& record, packet_info* pinfo) {
    if (!have_tap_listener(tap))
        return;
    auto* data = new (wmem_alloc(pinfo->pool, sizeof(TapData))) TapData{};
    *data = {&record, &pinfo->src, &pinfo->dst, pinfo->srcport, pinfo->destport, !PINFO_FD_VISITED(pinfo)};
    tap_queue_packet(tap, pinfo, data);
}

// Wireshark draws listeners last come, first drawn.
void before_drawing(void* listener, tap_draw_cb complete) {
    GString* error =
        register_tap_listener("keepalive", listener, nullptr, TL_REQUIRES_NOTHING, nullptr, nullptr, complete, nullptr);
    if (error != nullptr)
        g_string_free(error, 1);
}

}  // namespace keepalive
