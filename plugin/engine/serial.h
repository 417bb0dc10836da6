// SPDX-License-Identifier: GPL-2.0-or-later
// Arithmetic on 32-bit sequence numbers and timestamps, modulo 2^32 (RFC 1982, RFC 9293 section 3.4).
#ifndef KEEPALIVE_ENGINE_SERIAL_H
#define KEEPALIVE_ENGINE_SERIAL_H

#include <cstdint>

namespace keepalive {

// How far `a` is ahead of `b`; negative when it is behind.
constexpr std::int32_t distance(std::uint32_t a, std::uint32_t b) {
    return static_cast<std::int32_t>(a - b);
}

constexpr bool is_after(std::uint32_t a, std::uint32_t b) {
    return distance(a, b) > 0;
}

constexpr bool is_before(std::uint32_t a, std::uint32_t b) {
    return distance(a, b) < 0;
}

}  // namespace keepalive

#endif
