// SPDX-License-Identifier: GPL-2.0-or-later
// The capture that is open: its connections, and what is known of its frames.
//
// State is built on the first pass only, in the order of the frames. What there is to say of a frame is stored with the
// frame, and later frames may complete it; every pass prints what is stored.
#ifndef KEEPALIVE_WIRESHARK_CAPTURE_H
#define KEEPALIVE_WIRESHARK_CAPTURE_H

#include "../engine/record.h"
#include "compat.h"

namespace keepalive {

// To be called once, while protocols are registered. `quiet_from` is the preference of that name, in seconds; a capture goes
// by what it is when the capture is opened.
void register_capture(int protocol, const unsigned& quiet_from);

// Runs the engine on the TCP segments of a frame that was not visited before. False if there is nothing to say of them.
bool analyse_frame(packet_info* pinfo);

// What is known of the frame: one record for each of its TCP headers that has one, by index from 0; null past the last.
const Record* record_of(packet_info* pinfo, unsigned index);

// All records, in the order of the frames.
unsigned record_count();
const Record& record_at(unsigned index);

// How long a silence is named, by the preference; kNoQuietFrom if none is.
Nanoseconds quiet_from();

// The time of the last frame seen so far: what has not come by then is not in the capture.
Nanoseconds capture_end();

}  // namespace keepalive

#endif
