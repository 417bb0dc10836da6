// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet.h"

#include <algorithm>
#include <array>

#include "wireshark.h"

namespace fleet {

namespace {

constexpr std::uint16_t kIp4 = 0x0800, kIp6 = 0x86dd, kVlan = 0x8100, kServiceVlan = 0x88a8;  // EtherTypes
constexpr std::uint16_t kMpls = 0x8847, kPppoeSession = 0x8864, kBridge = 0x6558, kErspan = 0x88be;
constexpr std::uint16_t kGtp = 2152, kVxlan = 4789, kGeneve = 6081;  // UDP ports
constexpr std::uint32_t kIp4Header = 20, kIp6Header = 40, kUdpHeader = 8, kTcpHeader = 20, kLongestTcpHeader = 60;

// Deeper ones are left to Wireshark, which has limits of its own.
constexpr int kMostTunnels = 8;

std::uint16_t read_16(const std::uint8_t* octets) {
    return static_cast<std::uint16_t>(octets[0] << 8U | octets[1]);
}

Span behind(const Span& span, std::uint32_t header) {
    return {span.octets + header, span.captured - header, span.reported > header ? span.reported - header : 0};
}

Span first_of(const Span& span, std::uint32_t length) {
    return {span.octets, std::min(span.captured, length), length};
}

unsigned ip_version(const Span& ip) {
    return ip.captured > 0 ? ip.octets[0] >> 4U : 0;
}

// An IP packet's own length is that of the span.
bool is_whole_ip(const Span& ip) {
    constexpr std::uint32_t kLengthEnd = 6;
    if (ip.captured < kLengthEnd)
        return false;
    return (ip_version(ip) == 4 ? read_16(ip.octets + 2) : kIp6Header + read_16(ip.octets + 4)) == ip.reported;
}

// EtherTypes that carry no IP: ARP, RARP, PPPoE discovery, EAPOL, LLDP, slow protocols (LACP), PTP.
bool is_never_ip(std::uint16_t type) {
    constexpr std::array<std::uint16_t, 7> kTypes{0x0806, 0x8035, 0x8863, 0x888e, 0x88cc, 0x8809, 0x88f7};
    return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

// UDP ports by which Wireshark finds IP or Ethernet in UDP: L2TP, GTP-U (and GTP v0), Teredo, LISP, VXLAN, VXLAN-GPE,
// CAPWAP data, Geneve, GUE, MPLS in UDP, VXLAN as Linux had it, TZSP.
bool is_tunnel_port(std::uint16_t port) {
    constexpr std::array<std::uint16_t, 13> kPorts{1701, kGtp, 3386,    3544, 4341, kVxlan, 4790,
                                                   5247, 6080, kGeneve, 6635, 8472, 37008};
    return std::find(kPorts.begin(), kPorts.end(), port) != kPorts.end();
}

// What lies behind the header of a cooked capture depends on the kind of device.
bool is_plain_device(std::uint16_t kind) {
    constexpr std::uint16_t kEthernet = 1, kPpp = 512, kLoopback = 772, kNone = 0xfffe;
    return kind == kEthernet || kind == kPpp || kind == kLoopback || kind == kNone;
}

class Parser {
public:
    explicit Parser(TcpPacket& found) : found_(found) {}

    Content link(int encapsulation, const Span& frame) {
        switch (encapsulation) {
            case WTAP_ENCAP_ETHERNET: return ethernet(frame);
            case WTAP_ENCAP_SLL: return cooked(frame, 16, 14, 2);
            case WTAP_ENCAP_SLL2: return cooked(frame, 20, 0, 8);
            case WTAP_ENCAP_RAW_IP:
            case WTAP_ENCAP_RAW_IP4:
            case WTAP_ENCAP_RAW_IP6: return ip(frame);
            case WTAP_ENCAP_NULL:
            case WTAP_ENCAP_LOOP: return loopback(frame);
            default: return Content::Unknown;
        }
    }

    Content ip(const Span& ip) {
        if (ip.captured == 0)
            return Content::NoTcp;
        switch (ip_version(ip)) {
            case 4: return ip4(ip);
            case 6: return ip6(ip);
            default: return Content::Unknown;
        }
    }

private:
    Content ethernet(const Span& frame) {
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
        return typed(type, behind(frame, kHeader));
    }

    Content cooked(const Span& frame, std::uint32_t header, std::uint32_t type, std::uint32_t device) {
        if (frame.captured < header)
            return Content::NoTcp;
        if (!is_plain_device(read_16(frame.octets + device)))
            return Content::Unknown;
        return typed(read_16(frame.octets + type), behind(frame, header));
    }

    // BSD's loopback: an address family in the capturing machine's own byte order.
    Content loopback(const Span& frame) {
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
            case 30: return ip(behind(frame, kHeader));
            default: return Content::Unknown;
        }
    }

    // What an EtherType is of.
    Content typed(std::uint16_t type, Span payload) {
        constexpr std::uint32_t kTag = 4;
        while (type == kVlan || type == kServiceVlan) {
            if (payload.captured < kTag)
                return Content::NoTcp;
            type = read_16(payload.octets + 2);
            payload = behind(payload, kTag);
        }
        switch (type) {
            case kIp4: return ip_of_version(4, payload);
            case kIp6: return ip_of_version(6, payload);
            case kMpls: return mpls(payload);
            case kPppoeSession: return pppoe(payload);
            default: return is_never_ip(type) ? Content::NoTcp : Content::Unknown;
        }
    }

    Content ip_of_version(unsigned version, const Span& span) {
        return ip_version(span) == version ? ip(span) : Content::Unknown;
    }

    Content ip4(const Span& ip) {
        constexpr std::uint8_t kVersionAndPlainLength = 0x45;
        constexpr std::uint16_t kMoreAndOffset = 0x3fff;
        if (ip.captured < kIp4Header)
            return Content::NoTcp;
        // Of the options, a source route has another destination in it.
        if (ip.octets[0] != kVersionAndPlainLength || (read_16(ip.octets + 6) & kMoreAndOffset) != 0)
            return Content::Unknown;
        return in_ip(ip.octets[9], ip, kIp4Header, read_16(ip.octets + 2));
    }

    Content ip6(const Span& ip) {
        if (ip.captured < kIp6Header)
            return Content::NoTcp;
        const std::uint32_t length = read_16(ip.octets + 4);
        return length == 0 ? Content::Unknown : in_ip(ip.octets[6], ip, kIp6Header, kIp6Header + length);
    }

    // `total`: what the IP header says of the packet's length.
    Content in_ip(std::uint8_t protocol, const Span& ip, std::uint32_t header, std::uint32_t total) {
        constexpr std::uint8_t kIcmp = 1, kIgmp = 2, kIp4InIp = 4, kTcp = 6, kUdp = 17, kIp6InIp = 41, kGre = 47;
        constexpr std::uint8_t kEsp = 50, kIcmp6 = 58, kNoNext = 59, kOspf = 89, kVrrp = 112;
        switch (protocol) {
            case kTcp: return tcp(ip, header, total);
            case kUdp: return udp(ip, header, total);
            case kIp4InIp:
            case kIp6InIp:
            case kGre: break;
            // No TCP that Wireshark would judge: ICMP quotes headers that were not sent now, ESP is encrypted.
            case kIcmp:
            case kIgmp:
            case kEsp:
            case kIcmp6:
            case kNoNext:
            case kOspf:
            case kVrrp: return Content::NoTcp;
            default: return Content::Unknown;
        }
        if (!enters_tunnel(ip, header, total))
            return Content::Unknown;
        const Span payload = behind(first_of(ip, total), header);
        switch (protocol) {
            case kIp4InIp: return ip_of_version(4, payload);
            case kIp6InIp: return ip_of_version(6, payload);
            default: return gre(payload);
        }
    }

    // Lengths that contradict each other are left to Wireshark.
    bool enters_tunnel(const Span& span, std::uint32_t header, std::uint32_t total) {
        return total >= header && total <= span.reported && ++tunnels_ <= kMostTunnels;
    }

    Content tcp(const Span& ip, std::uint32_t header, std::uint32_t total) {
        constexpr std::uint32_t kDataOffset = 12;
        // 0 where the network card was to cut the packet
        const std::uint32_t end = total == 0 ? ip.reported : std::min(total, ip.reported);
        found_.ip = ip;
        found_.tcp = header;
        found_.payload = header + kLongestTcpHeader;
        found_.payload_length = 0;
        if (ip.captured <= header + kDataOffset)
            return ip.captured >= header + 4 ? Content::Tcp : Content::NoTcp;
        const std::uint32_t length = (ip.octets[header + kDataOffset] >> 4U) * 4U;
        if (length >= kTcpHeader) {
            found_.payload = header + length;
            found_.payload_length = end > found_.payload ? end - found_.payload : 0;
        }
        return Content::Tcp;
    }

    Content udp(const Span& ip, std::uint32_t header, std::uint32_t total) {
        if (ip.captured < header + 4)
            return Content::NoTcp;
        const std::uint16_t from = read_16(ip.octets + header), to = read_16(ip.octets + header + 2);
        if (!is_tunnel_port(from) && !is_tunnel_port(to))
            return Content::NoTcp;
        if (!enters_tunnel(ip, header + kUdpHeader, total))
            return Content::Unknown;
        if (ip.captured < header + kUdpHeader)
            return Content::NoTcp;
        const std::uint32_t end = header + read_16(ip.octets + header + 4);
        if (end < header + kUdpHeader || end > total)
            return Content::Unknown;
        const Span payload = behind(first_of(ip, end), header + kUdpHeader);
        switch (std::min(from, to)) {  // Wireshark asks the lower port first
            case kGtp: return gtp(payload);
            case kVxlan: return vxlan(payload);
            case kGeneve: return geneve(payload);
            default: return Content::Unknown;
        }
    }

    // RFC 2784 and 2890.
    Content gre(const Span& packet) {
        constexpr std::uint16_t kChecksum = 0x8000, kKey = 0x2000, kSequence = 0x1000;
        constexpr std::uint32_t kShortest = 4, kEach = 4;
        if (packet.captured < kShortest)
            return Content::NoTcp;
        const std::uint16_t flags = read_16(packet.octets), type = read_16(packet.octets + 2);
        std::uint32_t header = kShortest;
        for (const std::uint16_t flag : {kChecksum, kKey, kSequence})
            header += (flags & flag) != 0 ? kEach : 0;
        if ((flags & ~(kChecksum | kKey | kSequence)) != 0)
            return Content::Unknown;
        if (packet.captured < header)
            return Content::NoTcp;
        const Span payload = behind(packet, header);
        switch (type) {
            case kIp4: return ip_of_version(4, payload);
            case kIp6: return ip_of_version(6, payload);
            case kMpls: return mpls(payload);
            case kBridge: return ethernet(payload);
            case kErspan: return (flags & kSequence) != 0 ? erspan(payload) : ethernet(payload);
            default: return Content::Unknown;
        }
    }

    // Type II, https://datatracker.ietf.org/doc/html/draft-foschiano-erspan
    Content erspan(const Span& packet) {
        constexpr std::uint32_t kHeader = 8;
        constexpr unsigned kTypeTwo = 1;
        if (packet.captured < kHeader)
            return Content::NoTcp;
        return packet.octets[0] >> 4U == kTypeTwo ? ethernet(behind(packet, kHeader)) : Content::Unknown;
    }

    // RFC 3032; what is behind the labels, RFC 4928 tells.
    Content mpls(Span packet) {
        constexpr std::uint32_t kLabel = 4, kReserved = 15, kWiresharksItdm = 0x99887;
        for (bool is_last = false; !is_last; packet = behind(packet, kLabel)) {
            if (packet.captured <= kLabel)
                return Content::NoTcp;
            const std::uint32_t label = (read_16(packet.octets) * 16U) + (packet.octets[2] / 16U);
            if (label <= kReserved || label == kWiresharksItdm)
                return Content::Unknown;
            is_last = (packet.octets[2] & 1U) != 0;
        }
        ++tunnels_;
        return ip(packet);
    }

    // RFC 2516.
    Content pppoe(const Span& packet) {
        constexpr std::uint32_t kHeader = 6, kProtocol = 2;
        constexpr std::uint16_t kVersionAndSession = 0x1100, kPppIp4 = 0x0021, kPppIp6 = 0x0057;
        if (packet.captured < kHeader + kProtocol)
            return Content::NoTcp;
        const std::uint32_t total = kHeader + read_16(packet.octets + 4);
        if (read_16(packet.octets) != kVersionAndSession || !enters_tunnel(packet, kHeader + kProtocol, total))
            return Content::Unknown;
        const Span payload = behind(first_of(packet, total), kHeader + kProtocol);
        switch (read_16(packet.octets + kHeader)) {
            case kPppIp4: return ip_of_version(4, payload);
            case kPppIp6: return ip_of_version(6, payload);
            default: return Content::Unknown;
        }
    }

    // RFC 7348.
    Content vxlan(const Span& packet) {
        constexpr std::uint32_t kHeader = 8;
        return packet.captured < kHeader ? Content::NoTcp : ethernet(behind(packet, kHeader));
    }

    // RFC 8926.
    Content geneve(const Span& packet) {
        constexpr std::uint32_t kHeader = 8;
        constexpr std::uint8_t kLongestOptions = 0x3f;
        if (packet.captured < kHeader)
            return Content::NoTcp;
        if (packet.octets[0] > kLongestOptions)  // another version
            return Content::Unknown;
        const std::uint32_t header = kHeader + packet.octets[0] * 4U;
        if (packet.captured < header)
            return Content::NoTcp;
        const std::uint16_t type = read_16(packet.octets + 2);
        const Span payload = behind(packet, header);
        return type == kBridge ? ethernet(payload) : typed(type, payload);
    }

    // 3GPP TS 29.281: user data.
    Content gtp(const Span& packet) {
        constexpr std::uint32_t kHeader = 8, kOptional = 4;
        constexpr std::uint8_t kVersionOne = 0x30, kHasExtension = 4, kHasOptional = 7, kUserData = 0xff;
        constexpr std::uint8_t kPduSession = 0x85;  // what every packet of 5G has
        if (packet.captured < kHeader)
            return Content::NoTcp;
        const std::uint8_t flags = packet.octets[0];
        if ((flags & ~kHasOptional) != kVersionOne || packet.octets[1] != kUserData ||
            kHeader + read_16(packet.octets + 2) != packet.reported)
            return Content::Unknown;
        std::uint32_t header = kHeader + ((flags & kHasOptional) != 0 ? kOptional : 0);
        if (packet.captured < header)
            return Content::NoTcp;
        if ((flags & kHasExtension) != 0 && packet.octets[header - 1] != 0) {
            if (packet.octets[header - 1] != kPduSession || packet.captured <= header)
                return Content::Unknown;
            const std::uint32_t length = packet.octets[header] * 4U;
            if (length == 0 || packet.captured < header + length || packet.octets[header + length - 1] != 0)
                return Content::Unknown;
            header += length;
        }
        // From 4.6 on, Wireshark takes nothing else for IP.
        const Span payload = behind(packet, header);
        return is_whole_ip(payload) ? ip(payload) : Content::Unknown;
    }

    TcpPacket& found_;
    int tunnels_ = 0;  // entered
};

}  // namespace

Content find_tcp(int encapsulation, const Span& frame, TcpPacket& found) {
    return Parser(found).link(encapsulation, frame);
}

Content find_tcp_in_ip(const Span& ip, TcpPacket& found) {
    return Parser(found).ip(ip);
}

}  // namespace fleet
