// SPDX-License-Identifier: GPL-2.0-or-later
// What users see of a record: the fields keepalive.*, expert infos, the text in the Info column.
#ifndef KEEPALIVE_WIRESHARK_FIELDS_H
#define KEEPALIVE_WIRESHARK_FIELDS_H

#include "../engine/record.h"
#include "compat.h"

namespace keepalive {

// What the user can set, in the units of the preferences.
struct Preferences {
    unsigned idle_limit = 0;     // seconds; 0 is off
    unsigned quiet_from = 60;    // seconds: what comes after as long a silence is shown; 0: none is
    ws_bool info_column = true;  // say it in the Info column too
};

void register_fields(int protocol);

// Adds the item for `record`, if it has something to show, and its expert infos. `tree` may be null.
// `capture_end` is the time of the last frame seen so far.
void show(const Record& record, Nanoseconds capture_end, const Preferences& preferences, tvbuff_t* tvb, packet_info* pinfo,
          proto_tree* tree);

}  // namespace keepalive

#endif
