// SPDX-License-Identifier: GPL-2.0-or-later
// The tap "keepalive": what statistics, other plugins and Lua listeners get of each segment that has a record.
#ifndef KEEPALIVE_WIRESHARK_TAP_H
#define KEEPALIVE_WIRESHARK_TAP_H

#include "../engine/record.h"
#include "compat.h"

namespace keepalive {

// Valid during the callback, but for `record`, which lasts as long as the capture file is open and is completed by later
// frames. On the first pass a record may still be of no type: undecided, until a later frame tells. (When listeners are
// called, Wireshark counts the frame as visited already.)
struct TapData {
    const Record* record;
    const address* sender;  // of this segment
    const address* receiver;
    std::uint32_t sender_port;
    std::uint32_t receiver_port;
    bool is_first_pass;
};

void register_tap_point();
void queue_tap(const Record& record, packet_info* pinfo);

// Calls `complete` each time before the listeners are drawn that are registered so far. To be called while packets are
// tapped for the first time: one pass has no other moment between the last packet and the output.
void before_drawing(void* listener, tap_draw_cb complete);

}  // namespace keepalive

#endif
