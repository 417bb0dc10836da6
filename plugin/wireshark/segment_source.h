// SPDX-License-Identifier: GPL-2.0-or-later
// Where segments come from: an observer before the TCP dissector, which notes each TCP header of a frame on the first
// pass, and Wireshark's own analysis of it afterwards. It asks for no field, so it forces no protocol tree, and it runs
// where taps do not (the first pass of tshark -2, sharkd). It changes no other dissector's output.
#ifndef KEEPALIVE_WIRESHARK_SEGMENT_SOURCE_H
#define KEEPALIVE_WIRESHARK_SEGMENT_SOURCE_H

#include <vector>

#include "../engine/segment.h"
#include "compat.h"

namespace keepalive {

// One TCP header of a frame.
struct Observation {
    Segment segment;
    bool is_complete = false;  // Wireshark's analysis was read: connection (tcp.stream), end and mark are valid
};

// To be called once, while protocols are registered.
void register_segment_source();
// To be called in the hand-off, when the built-in dissectors have their places.
void attach_segment_source();

// The TCP headers of the present frame, in the order of their layers; none if the frame was visited. Valid until the next
// frame is dissected.
const std::vector<Observation>& observations(packet_info* pinfo);

}  // namespace keepalive

#endif
