// SPDX-License-Identifier: GPL-2.0-or-later
// What is left of a capture file for the judges: its TCP segments, each an IP packet that ends with the TCP header, dealt to
// partitions. All numbers are in the byte order of the machine.
//
//   magic, then chunks, each the records of one partition in the order of the capture, then the index:
//   one Chunk for each chunk, the connections with a segment of one octet (their hashes), and the Trailer
#ifndef KEEPALIVE_FLEET_DEALT_FILE_H
#define KEEPALIVE_FLEET_DEALT_FILE_H

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "packet.h"

namespace fleet {

using Nanoseconds = std::int64_t;  // since 1970

struct RecordHeader {
    Nanoseconds time;
    std::uint32_t reported;  // octets of the IP packet on the wire
    std::uint16_t captured;  // octets that follow this header
    std::uint8_t has_last_octet;
    std::uint8_t last_octet;  // of the payload. The plugin compares it with that of a segment sent again
};
static_assert(sizeof(RecordHeader) == 16);

struct Chunk {
    std::uint64_t place;  // in the file
    std::uint32_t size;   // in octets
    std::uint32_t partition;
    Nanoseconds first;  // time of its first record
};
static_assert(sizeof(Chunk) == 24);

// What was dealt to a partition.
struct Share {
    std::uint64_t segments = 0;
    Nanoseconds first = 0;  // 0 if there are no segments
    Nanoseconds last = 0;
};

// Throws std::runtime_error with the path and the reason if the disk is full or the like.
class DealtFileWriter {
public:
    DealtFileWriter(const std::string& path, std::uint32_t partitions);
    // The packet goes to the partition of its hosts.
    void add(Nanoseconds time, const TcpPacket& packet);
    // Nothing can be added afterwards. Without it the file is no dealt file.
    void finish();
    const std::vector<Share>& shares() const { return shares_; }

private:
    void write(const void* data, std::size_t size);
    void end_chunk(std::uint32_t partition);

    struct Close {
        void operator()(FILE* file) const { std::fclose(file); }
    };
    struct Open {
        std::vector<std::uint8_t> records;
        Nanoseconds first = 0;
    };
    std::string path_;
    std::unique_ptr<FILE, Close> file_;
    std::uint64_t place_ = 0;
    std::vector<Open> open_;
    std::vector<Chunk> chunks_;
    std::vector<Share> shares_;
    std::unordered_set<std::uint64_t> with_octet_;
};

// The chunks of one partition. Throws std::runtime_error with the path and the reason if the file is none or damaged.
class DealtFileReader {
public:
    DealtFileReader(std::string path, std::uint32_t partition);
    const std::vector<Chunk>& chunks() const { return chunks_; }
    const std::vector<std::uint64_t>& connections_with_octet() const { return with_octet_; }
    // Opens the file for as long as it takes: there may be more files than a process may have open.
    std::vector<std::uint8_t> read(const Chunk& chunk) const;

private:
    std::string path_;
    std::vector<Chunk> chunks_;
    std::vector<std::uint64_t> with_octet_;
};

}  // namespace fleet

#endif
