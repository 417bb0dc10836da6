// SPDX-License-Identifier: GPL-2.0-or-later
// Finds the TCP segment in a frame without Wireshark's dissectors, which takes a hundredth of the time. It knows the usual
// encapsulations and tunnels in their usual forms only, and says of every other frame that it does not know: nothing is
// guessed. tests/fleet/test_parser.py compares it with Wireshark's dissectors, frame by frame.
#ifndef KEEPALIVE_FLEET_PACKET_H
#define KEEPALIVE_FLEET_PACKET_H

#include <cstdint>

namespace fleet {

// A span of octets as the capture has it: the first `captured` of `reported` octets that were on the wire.
struct Span {
    const std::uint8_t* octets = nullptr;
    std::uint32_t captured = 0;
    std::uint32_t reported = 0;
};

// An IP packet, and where in it the TCP segment lies. Offsets and lengths are in octets from the IP header.
struct TcpPacket {
    Span ip;                           // from the IP header to the end of the frame, or of what a tunnel carries
    std::uint32_t tcp = 0;             // the TCP header
    std::uint32_t payload = 0;         // behind the TCP header; may lie behind what was captured
    std::uint32_t payload_length = 0;  // on the wire

    // The last octet of the payload was captured, and so all of it.
    bool has_last_octet() const { return payload_length > 0 && payload + payload_length <= ip.captured; }
    std::uint8_t last_octet() const { return ip.octets[payload + payload_length - 1]; }
};

enum class Content : std::uint8_t {
    Tcp,
    NoTcp,    // surely none
    Unknown,  // a fragment, or an encapsulation that this parser does not know
};

// `encapsulation` is one of Wireshark's WTAP_ENCAP_*.
Content find_tcp(int encapsulation, const Span& frame, TcpPacket& found);

// The same from an IP header on.
Content find_tcp_in_ip(const Span& ip, TcpPacket& found);

}  // namespace fleet

#endif
