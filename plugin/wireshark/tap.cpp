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
    *data = {&record, &pinfo->src, &pinfo->dst, pinfo->srcport, pinfo->destport};
    tap_queue_packet(tap, pinfo, data);
}

}  // namespace keepalive
