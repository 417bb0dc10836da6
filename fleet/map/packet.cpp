// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <sstream>
#include <stdexcept>

#include "wireshark.h"

namespace fleet {

namespace {

constexpr std::uint16_t kIp4 = 0x0800, kIp6 = 0x86dd, kVlan = 0x8100, kServiceVlan = 0x88a8;
constexpr std::uint32_t kIp4Header = 20, kIp6Header = 40, kTcpHeader = 20, kLongestTcpHeader = 60;
constexpr std::uint8_t kTcp = 6, kUdp = 17;

std::uint16_t read_16(const std::uint8_t* octets) {
    return static_cast<std::uint16_t>(octets[0] << 8U | octets[1]);
}

Span behind(const Span& span, std::uint32_t header) {
    return {span.octets + header, span.captured - header, span.reported > header ? span.reported - header : 0};
}

// EtherTypes that carry no IP: ARP, RARP, PPPoE discovery, EAPOL, LLDP, slow protocols (LACP), PTP.
bool is_never_ip(std::uint16_t type) {
    constexpr std::array<std::uint16_t, 7> kTypes{0x0806, 0x8035, 0x8863, 0x888e, 0x88cc, 0x8809, 0x88f7};
    return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

// IP protocols that carry no TCP that Wireshark would judge: ICMP quotes headers that were not sent now, ESP is encrypted.
bool is_never_tcp(std::uint8_t protocol) {
    constexpr std::uint8_t kIcmp = 1, kIgmp = 2, kEsp = 50, kIcmp6 = 58, kNoNext = 59, kOspf = 89, kVrrp = 112;
    switch (protocol) {
        case kIcmp:
        case kIgmp:
        case kEsp:
        case kIcmp6:
        case kNoNext:
        case kOspf:
        case kVrrp: return true;
        default: return false;
    }
}

// UDP ports by which Wireshark finds IP or Ethernet in UDP: L2TP, GTP-U (and GTP v0), Teredo, LISP, VXLAN, VXLAN-GPE,
// CAPWAP data, Geneve, GUE, MPLS in UDP, VXLAN as Linux had it, TZSP.
bool is_tunnel_port(std::uint16_t port) {
    constexpr std::array<std::uint16_t, 13> kPorts{1701, 2152, 3386, 3544, 4341, 4789, 4790,
                                                   5247, 6080, 6081, 6635, 8472, 37008};
    return std::find(kPorts.begin(), kPorts.end(), port) != kPorts.end();
}

Content look_into_udp(const Span& udp) {
    if (udp.captured < 4)
        return Content::NoTcp;
    return is_tunnel_port(read_16(udp.octets)) || is_tunnel_port(read_16(udp.octets + 2)) ? Content::Unknown
                                                                                          : Content::NoTcp;
}

// `end`: of the IP packet, which may be before that of the frame.
Content take_tcp(const Span& ip, std::uint32_t tcp, std::uint32_t end, TcpPacket& found) {
    constexpr std::uint32_t kDataOffset = 12;
    found.ip = ip;
    found.tcp = tcp;
    found.payload = tcp + kLongestTcpHeader;
    found.payload_length = 0;
    if (ip.captured <= tcp + kDataOffset)
        return ip.captured >= tcp + 4 ? Content::Tcp : Content::NoTcp;
    const std::uint32_t length = (ip.octets[tcp + kDataOffset] >> 4U) * 4U;
    if (length >= kTcpHeader) {
        found.payload = tcp + length;
        found.payload_length = end > found.payload ? end - found.payload : 0;
    }
    return Content::Tcp;
}

Content look_into_ip4(const Span& ip, TcpPacket& found) {
    constexpr std::uint8_t kVersionAndPlainLength = 0x45;
    constexpr std::uint16_t kMoreAndOffset = 0x3fff;
    if (ip.captured < kIp4Header)
        return Content::NoTcp;
    // Of the options, a source route has another destination in it.
    if (ip.octets[0] != kVersionAndPlainLength || (read_16(ip.octets + 6) & kMoreAndOffset) != 0)
        return Content::Unknown;
    const std::uint8_t protocol = ip.octets[9];
    if (protocol == kTcp) {
        const std::uint32_t total = read_16(ip.octets + 2);  // 0 where the network card was to cut the packet
        return take_tcp(ip, kIp4Header, total == 0 ? ip.reported : std::min(total, ip.reported), found);
    }
    if (protocol == kUdp)
        return look_into_udp(behind(ip, kIp4Header));
    return is_never_tcp(protocol) ? Content::NoTcp : Content::Unknown;
}

Content look_into_ip6(const Span& ip, TcpPacket& found) {
    if (ip.captured < kIp6Header)
        return Content::NoTcp;
    const std::uint32_t length = read_16(ip.octets + 4);
    const std::uint8_t protocol = ip.octets[6];
    if (length == 0)
        return Content::Unknown;
    if (protocol == kTcp)
        return take_tcp(ip, kIp6Header, std::min(kIp6Header + length, ip.reported), found);
    if (protocol == kUdp)
        return look_into_udp(behind(ip, kIp6Header));
    return is_never_tcp(protocol) ? Content::NoTcp : Content::Unknown;
}

// `header` octets of the frame are those of the link, and end with the type.
Content look_behind_link(const Span& frame, std::uint32_t header, std::uint16_t type, TcpPacket& found) {
    constexpr std::uint32_t kTag = 4;
    while (type == kVlan || type == kServiceVlan) {
        if (frame.captured < header + kTag)
            return Content::NoTcp;
        type = read_16(frame.octets + header + 2);
        header += kTag;
    }
    if (type == kIp4 || type == kIp6) {
        const Span ip = behind(frame, header);
        const unsigned version = ip.captured > 0 ? ip.octets[0] >> 4U : 0;
        return version == (type == kIp4 ? 4U : 6U) ? find_tcp_in_ip(ip, found) : Content::Unknown;
    }
    return is_never_ip(type) ? Content::NoTcp : Content::Unknown;
}

Content look_into_ethernet(const Span& frame, TcpPacket& found) {
    constexpr std::uint32_t kHeader = 14, kType = 12;
    constexpr std::uint8_t kSpanningTree = 0x42;
    constexpr std::uint16_t kShortestType = 0x0600;
    if (frame.captured < kHeader)
        return Content::NoTcp;
    // Cisco's ISL tags have no type: told by the destination.
    const std::uint8_t* to = frame.octets;
    if ((to[0] == 0x01 || to[0] == 0x0c) && to[1] == 0 && to[2] == 0x0c && to[3] == 0 && to[4] == 0)
        return Content::Unknown;
    const std::uint16_t type = read_16(frame.octets + kType);
    if (type < kShortestType)
        return frame.captured > kHeader && frame.octets[kHeader] == kSpanningTree ? Content::NoTcp : Content::Unknown;
    return look_behind_link(frame, kHeader, type, found);
}

// What lies behind the header of a cooked capture depends on the kind of device.
bool is_plain_device(std::uint16_t kind) {
    constexpr std::uint16_t kEthernet = 1, kPpp = 512, kLoopback = 772, kNone = 0xfffe;
    return kind == kEthernet || kind == kPpp || kind == kLoopback || kind == kNone;
}

Content look_into_cooked(const Span& frame, std::uint32_t header, std::uint32_t type, std::uint32_t device,
                         TcpPacket& found) {
    if (frame.captured < header)
        return Content::NoTcp;
    if (!is_plain_device(read_16(frame.octets + device)))
        return Content::Unknown;
    return look_behind_link(frame, header, read_16(frame.octets + type), found);
}

// BSD's loopback: an address family in the capturing machine's own byte order.
Content look_into_loopback(const Span& frame, TcpPacket& found) {
    constexpr std::uint32_t kHeader = 4;
    if (frame.captured < kHeader)
        return Content::NoTcp;
    const std::uint8_t* octets = frame.octets;
    if (octets[1] != 0 || octets[2] != 0 || (octets[0] != 0 && octets[3] != 0))
        return Content::Unknown;
    switch (octets[0] | octets[3]) {
        case 2:   // IPv4
        case 10:  // IPv6: Linux, Windows, and three kinds of BSD
        case 23:
        case 24:
        case 28:
        case 30: return find_tcp_in_ip(behind(frame, kHeader), found);
        default: return Content::Unknown;
    }
}

// FNV-1a, and a finish that makes the low bits depend on all others.
class Hash {
public:
    void add(const std::uint8_t* octets, std::size_t count) {
        for (std::size_t place = 0; place < count; ++place)
            value_ = (value_ ^ octets[place]) * 0x100000001b3U;
    }
    std::uint64_t value() const { return (value_ ^ value_ >> 32U) * 0x9e3779b97f4a7c15U >> 16U; }

private:
    std::uint64_t value_ = 0xcbf29ce484222325U;
};

// An address, and behind it room for a port.
struct End {
    std::array<std::uint8_t, 18> octets{};
    std::size_t length = 0;
};

std::array<End, 2> ends_of(const TcpPacket& packet, bool with_ports) {
    const bool is_ip4 = packet.ip.octets[0] >> 4U == 4;
    const std::size_t length = is_ip4 ? 4 : 16;
    const std::uint8_t* address = packet.ip.octets + (is_ip4 ? 12 : 8);
    const std::uint8_t* port = packet.ip.octets + packet.tcp;
    std::array<End, 2> ends;
    for (End& end : ends) {
        std::memcpy(end.octets.data(), address, length);
        end.length = length;
        if (with_ports) {
            std::memcpy(end.octets.data() + length, port, 2);
            end.length += 2;
        }
        address += length;
        port += 2;
    }
    return ends;
}

// An address as text and a port.
End parse_end(const std::string& address, std::uint32_t port) {
    End end;
    const bool is_ip4 = address.find(':') == std::string::npos;
    end.length = is_ip4 ? 4 : 16;
    if (inet_pton(is_ip4 ? AF_INET : AF_INET6, address.c_str(), end.octets.data()) != 1 || port > 0xffff)
        throw std::invalid_argument("no address and port: " + address + " " + std::to_string(port));
    end.octets[end.length++] = static_cast<std::uint8_t>(port >> 8U);
    end.octets[end.length++] = static_cast<std::uint8_t>(port);
    return end;
}

std::uint64_t hash_of(std::array<End, 2> ends) {
    if (ends[1].octets < ends[0].octets)
        std::swap(ends[0], ends[1]);
    Hash hash;
    for (const End& end : ends)
        hash.add(end.octets.data(), end.length);
    return hash.value();
}

}  // namespace

Content find_tcp_in_ip(const Span& ip, TcpPacket& found) {
    if (ip.captured == 0)
        return Content::NoTcp;
    switch (ip.octets[0] >> 4U) {
        case 4: return look_into_ip4(ip, found);
        case 6: return look_into_ip6(ip, found);
        default: return Content::Unknown;
    }
}

Content find_tcp(int encapsulation, const Span& frame, TcpPacket& found) {
    switch (encapsulation) {
        case WTAP_ENCAP_ETHERNET: return look_into_ethernet(frame, found);
        case WTAP_ENCAP_SLL: return look_into_cooked(frame, 16, 14, 2, found);
        case WTAP_ENCAP_SLL2: return look_into_cooked(frame, 20, 0, 8, found);
        case WTAP_ENCAP_RAW_IP:
        case WTAP_ENCAP_RAW_IP4:
        case WTAP_ENCAP_RAW_IP6: return find_tcp_in_ip(frame, found);
        case WTAP_ENCAP_NULL:
        case WTAP_ENCAP_LOOP: return look_into_loopback(frame, found);
        default: return Content::Unknown;
    }
}

std::uint64_t hash_of_hosts(const TcpPacket& packet) {
    return hash_of(ends_of(packet, false));
}

std::uint64_t hash_of_connection(const TcpPacket& packet) {
    return hash_of(ends_of(packet, true));
}

std::uint64_t hash_of_connection(const std::string& line) {
    std::istringstream words(line);
    std::array<std::string, 2> addresses;
    std::array<std::uint32_t, 2> ports{};
    if (!(words >> addresses[0] >> ports[0] >> addresses[1] >> ports[1]))
        throw std::invalid_argument("no connection: " + line);
    return hash_of({parse_end(addresses[0], ports[0]), parse_end(addresses[1], ports[1])});
}

}  // namespace fleet
