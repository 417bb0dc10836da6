// SPDX-License-Identifier: GPL-2.0-or-later
// The expert infos keepalive.*, for Analyze > Expert Information, the column of severities and filters.
#ifndef KEEPALIVE_WIRESHARK_EXPERT_INFOS_H
#define KEEPALIVE_WIRESHARK_EXPERT_INFOS_H

#include "../engine/record.h"
#include "compat.h"

namespace keepalive {

void register_expert_infos(int protocol);

// They need an item of `tree`, which may be null: it is shown or filtered by, or the column of severities shows the highest
// of an item.
bool wants_expert_items(const packet_info* pinfo, proto_tree* tree);

// Adds what is to be said of `record` to `item`, which may be null. `idle_limit` is the preference of that name.
void add_expert_infos(const Record& record, unsigned idle_limit, packet_info* pinfo, proto_item* item);

}  // namespace keepalive

#endif
