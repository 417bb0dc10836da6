// SPDX-License-Identifier: GPL-2.0-or-later
// The statistics "keepalive,idle": a row for each connection that was silent for long, with keepalives or without.
#ifndef KEEPALIVE_WIRESHARK_IDLE_TABLE_H
#define KEEPALIVE_WIRESHARK_IDLE_TABLE_H

namespace keepalive {

// `idle_limit` is the preference of that name, in seconds.
void register_idle_table(const unsigned& idle_limit);

}  // namespace keepalive

#endif
