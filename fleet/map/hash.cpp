// SPDX-License-Identifier: GPL-2.0-or-later
#include "hash.h"

#include <arpa/inet.h>

#include <array>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace fleet {

namespace {

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
