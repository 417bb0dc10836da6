// SPDX-License-Identifier: GPL-2.0-or-later
// What Wireshark's TCP dissector knows of the connection of a segment: its number (tcp.stream), the sender, and the
// verdict of tcp.analysis.
#ifndef KEEPALIVE_WIRESHARK_TCP_CONVERSATION_H
#define KEEPALIVE_WIRESHARK_TCP_CONVERSATION_H

#include "../engine/segment.h"
#include "compat.h"

namespace keepalive {

void register_tcp_conversation();

// Of the segment that the TCP dissector dissected last in this frame. False if there is no connection.
bool find_tcp_stream(packet_info* pinfo, std::uint32_t& stream);

// Completes a segment that the TCP dissector has just dissected, for the first time: its connection, its end and what
// tcp.analysis says of it. False if there is no connection.
bool complete(Segment& segment, packet_info* pinfo);

}  // namespace keepalive

#endif
