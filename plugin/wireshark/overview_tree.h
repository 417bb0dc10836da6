// SPDX-License-Identifier: GPL-2.0-or-later
// The statistics "keepalive,tree": how many of what, and how idle times, intervals and response times are distributed.
#ifndef KEEPALIVE_WIRESHARK_OVERVIEW_TREE_H
#define KEEPALIVE_WIRESHARK_OVERVIEW_TREE_H

namespace keepalive {

void register_overview_tree();

}  // namespace keepalive

#endif
