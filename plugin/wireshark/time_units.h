// SPDX-License-Identifier: GPL-2.0-or-later
// Between the engine's nanoseconds and Wireshark's nstime_t.
#ifndef KEEPALIVE_WIRESHARK_TIME_UNITS_H
#define KEEPALIVE_WIRESHARK_TIME_UNITS_H

#include "../engine/segment.h"
#include "compat.h"

namespace keepalive {

// A file can hold any time, and any number of nanoseconds beside the seconds: what the engine cannot take is held to the
// limits of what it can.
inline Nanoseconds to_nanoseconds(const nstime_t& time) {
    if (time.secs < 0 || time.secs > kLatest / kSecond)
        return time.secs < 0 ? 0 : kLatest;
    const Nanoseconds moment = static_cast<Nanoseconds>(time.secs) * kSecond + time.nsecs;
    return moment < 0 ? 0 : (moment > kLatest ? kLatest : moment);
}

inline nstime_t to_nstime(Nanoseconds span) {
    nstime_t time;
    time.secs = static_cast<time_t>(span / kSecond);
    time.nsecs = static_cast<int>(span % kSecond);
    return time;
}

}  // namespace keepalive

#endif
