// SPDX-License-Identifier: GPL-2.0-or-later
// By what packets are dealt and connections are told apart.
#ifndef KEEPALIVE_FLEET_HASH_H
#define KEEPALIVE_FLEET_HASH_H

#include <cstdint>
#include <string>

#include "packet.h"

namespace fleet {

// Equal for all packets between two hosts, in either direction. Ports have no part in it: the suspected idle timeout of
// `-z keepalive,idle` is told from all connections between two hosts, and a fragment of an IP packet has no ports.
std::uint64_t hash_of_hosts(const TcpPacket& packet);

// Equal for all packets between two addresses and ports, in either direction. The TCP ports must have been captured.
std::uint64_t hash_of_connection(const TcpPacket& packet);

// The same of a connection that is written out, as `192.0.2.1 38710 192.0.2.2 443`: the words of a line.
// Throws std::invalid_argument if it is no such line.
std::uint64_t hash_of_connection(const std::string& line);

}  // namespace fleet

#endif
