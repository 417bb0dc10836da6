// SPDX-License-Identifier: GPL-2.0-or-later
// One connection whose segments are what libFuzzer makes of them. Six octets are one segment:
//   0  end, flags, and whether there is payload     3  window, in three sizes, and what tcp.analysis says
//   1  SEG.SEQ, relative to what its end sent last   4  time since the last segment, in steps of 10 ms, squared
//   2  SEG.ACK, relative to what the peer sent last  5  the octet, IP identification and TTL
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "../engine/packet_script.h"
#include "told.h"

namespace {

using namespace keepalive;

constexpr std::size_t kOctets = 6;

struct Ends {
    std::array<std::uint32_t, 2> next{0xfffffff0U, 5000U};  // so that sequence numbers wrap early
    Nanoseconds time = kSecond;
};

Segment read_segment(const std::uint8_t* data, std::uint32_t frame, Ends& ends) {
    constexpr std::array<std::uint8_t, 8> kFlags{kAck, kAck, kAck, kAck | kPsh, kAck | kFin, kAck | kRst, kSyn, kRst};
    constexpr std::array<std::uint32_t, 4> kLengths{0, 0, 1, 100};
    constexpr std::array<std::uint16_t, 4> kWindows{500, 500, 501, 0};
    Segment segment;
    segment.frame = frame;
    segment.end = data[0] & 1U;
    segment.flags = kFlags[(data[0] >> 1U) & 7U];
    segment.length = kLengths[(data[0] >> 4U) & 3U];
    segment.has_timestamps = (data[0] & 0x40U) != 0;
    segment.has_octet = segment.length > 0 && (data[0] & 0x80U) == 0;
    const unsigned peer = 1U - segment.end;
    segment.seq = ends.next[segment.end] + static_cast<std::uint32_t>(static_cast<std::int8_t>(data[1]));
    segment.ack = ends.next[peer] + static_cast<std::uint32_t>(static_cast<std::int8_t>(data[2]));
    segment.window = kWindows[data[3] & 3U];
    segment.mark = static_cast<Mark>(((data[3] >> 2U) & 3U) % 3U);
    ends.time += static_cast<Nanoseconds>(data[4]) * data[4] * 10 * kMillisecond;
    segment.time = (data[3] & 0x80U) != 0 ? ends.time - kSecond : ends.time;  // captures may go back in time
    segment.tsval = static_cast<std::uint32_t>(segment.time / kMillisecond);
    segment.octet = data[5] & 0x0fU;
    segment.ip_id = data[5];
    segment.ttl = static_cast<std::uint8_t>(60U + (data[5] >> 7U));
    ends.next[segment.end] = segment.next_seq();
    return segment;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Ends ends;
    std::vector<Segment> segments;
    for (std::size_t offset = 0; offset + kOctets <= size; offset += kOctets)
        segments.push_back(read_segment(data + offset, static_cast<std::uint32_t>(segments.size() + 1), ends));
    if (const std::string found = test::what_is_wrong(segments); !found.empty()) {
        std::cerr << "ERROR: " << found << "\n";
        for (const Segment& each : segments)
            std::cerr << each.frame << ":  " << test::as_line(each) << "\n";
        std::abort();
    }
    return 0;
}
