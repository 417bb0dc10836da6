// SPDX-License-Identifier: GPL-2.0-or-later
// Between the engine's nanoseconds and Wireshark's nstime_t.
#ifndef KEEPALIVE_WIRESHARK_TIME_UNITS_H
#define KEEPALIVE_WIRESHARK_TIME_UNITS_H

#include "../engine/segment.h"
#include "compat.h"

namespace keepalive {

// A file can hold any time; what does not fit into nanoseconds of 64 bits (the year 2262) is held to its limit.
inline Nanoseconds to_nanoseconds(const nstime_t& time) {
    constexpr auto latest = static_cast<time_t>(INT64_MAX / kSecond - 1);
    const time_t seconds = time.secs < 0 ? 0 : (time.secs > latest ? latest : time.secs);
    return static_cast<Nanoseconds>(seconds) * kSecond + time.nsecs;
}

inline nstime_t to_nstime(Nanoseconds span) {
    nstime_t time;
    time.secs = static_cast<time_t>(span / kSecond);
    time.nsecs = static_cast<int>(span % kSecond);
    return time;
}

}  // namespace keepalive

#endif
