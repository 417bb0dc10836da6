// SPDX-License-Identifier: GPL-2.0-or-later
// One TCP segment as the engine sees it: plain numbers in host byte order, no pointers.
#ifndef KEEPALIVE_ENGINE_SEGMENT_H
#define KEEPALIVE_ENGINE_SEGMENT_H

#include <cstdint>

namespace keepalive {

// Nanoseconds: a moment (since the epoch) or a span of time. No capture is more precise.
using Nanoseconds = std::int64_t;
constexpr Nanoseconds kMillisecond = 1'000'000;
constexpr Nanoseconds kSecond = 1'000'000'000;
// "There is no such moment or span."
constexpr Nanoseconds kNever = INT64_MIN;
// The latest moment of a segment, in the year 2116; the earliest is 0. With these limits, the difference of two moments and
// the sum of a moment and a span stay within 64 bits.
constexpr Nanoseconds kLatest = INT64_MAX / 2;

enum Flag : std::uint8_t { kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPsh = 0x08, kAck = 0x10 };

// What another analyser (Wireshark's tcp.analysis) says of the same segment. The engine corrects it.
enum class Mark : std::uint8_t { None, KeepAlive, KeepAliveAck };

struct Segment {
    Nanoseconds time = 0;          // when it was captured
    std::uint32_t frame = 0;       // number of its frame in the capture, from 1
    std::uint32_t connection = 0;  // number of its connection, given by the caller
    std::uint32_t seq = 0;         // SEG.SEQ, raw
    std::uint32_t ack = 0;         // SEG.ACK, raw
    std::uint32_t length = 0;      // payload octets as the IP header says, captured or not
    std::uint32_t tsval = 0;       // timestamps option, valid if has_timestamps
    std::uint32_t tsecr = 0;       //
    std::uint32_t sack_left = 0;   // first SACK block, valid if has_sack
    std::uint32_t sack_right = 0;  //
    std::uint16_t window = 0;      // SEG.WND as in the header, not scaled
    std::uint16_t ip_id = 0;       // IPv4 identification; 0 where there is none
    std::uint8_t flags = 0;        // Flag bits
    std::uint8_t ttl = 0;          // IPv4 TTL or IPv6 hop limit; 0 where unknown
    std::uint8_t octet = 0;        // the last payload octet, valid if has_octet
    std::uint8_t end = 0;          // which end sent it: 0 or 1
    bool has_timestamps = false;
    bool has_sack = false;
    bool has_octet = false;
    Mark mark = Mark::None;

    bool has(std::uint8_t bits) const { return (flags & bits) != 0; }
    // SYN and FIN take one sequence number each (RFC 9293 section 3.4).
    std::uint32_t next_seq() const { return seq + length + (has(kSyn) ? 1 : 0) + (has(kFin) ? 1 : 0); }
    // What a keepalive probe of any stack looks like by itself.
    bool may_be_probe() const { return length <= 1 && has(kAck) && !has(kSyn | kFin | kRst); }
    bool is_pure_ack() const { return length == 0 && has(kAck) && !has(kSyn | kFin | kRst); }
};

}  // namespace keepalive

#endif
