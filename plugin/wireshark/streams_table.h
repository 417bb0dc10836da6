// SPDX-License-Identifier: GPL-2.0-or-later
// The statistics "keepalive,streams": a row for each connection and prober.
#ifndef KEEPALIVE_WIRESHARK_STREAMS_TABLE_H
#define KEEPALIVE_WIRESHARK_STREAMS_TABLE_H

namespace keepalive {

void register_streams_table();

}  // namespace keepalive

#endif
