// SPDX-License-Identifier: GPL-2.0-or-later
// Between the engine's nanoseconds and Wireshark's nstime_t.
#ifndef KEEPALIVE_WIRESHARK_TIME_UNITS_H
#define KEEPALIVE_WIRESHARK_TIME_UNITS_H

#include "../engine/segment.h"
#include "compat.h"

namespace keepalive {

inline Nanoseconds to_nanoseconds(const nstime_t& time) {
    return static_cast<Nanoseconds>(time.secs) * kSecond + time.nsecs;
}

inline nstime_t to_nstime(Nanoseconds span) {
    nstime_t time;
    time.secs = static_cast<time_t>(span / kSecond);
    time.nsecs = static_cast<int>(span % kSecond);
    return time;
}

}  // namespace keepalive

#endif
