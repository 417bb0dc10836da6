// SPDX-License-Identifier: GPL-2.0-or-later
#include "feed.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <queue>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "hash.h"

namespace fleet {

namespace {

void write(FILE* output, const void* data, std::size_t size) {
    if (size > 0 && std::fwrite(data, 1, size, output) != size)
        throw std::runtime_error(std::string("cannot write the capture: ") + std::strerror(errno));
}

// pcapng: https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/
class CaptureWriter {
public:
    explicit CaptureWriter(FILE* output) : output_(output) {
        constexpr std::uint32_t kSection = 0x0a0d0d0a, kByteOrder = 0x1a2b3c4d, kVersion = 1, kUnknown = 0xffffffff;
        constexpr std::uint32_t kInterface = 1, kRawIp = 101, kNoSnapshotLength = 0;
        constexpr std::uint32_t kResolution = 9 | 1U << 16U, kNanoseconds = 9, kEndOfOptions = 0;
        put({kSection, 28, kByteOrder, kVersion, kUnknown, kUnknown, 28});
        put({kInterface, 32, kRawIp, kNoSnapshotLength, kResolution, kNanoseconds, kEndOfOptions, 32});
    }

    // A record as it was dealt, but for its payload, of which zeros and the last octet are written if that is wanted.
    void add(const RecordHeader& record, const std::uint8_t* octets, std::uint32_t wanted) {
        constexpr std::uint32_t kPacket = 6, kOverhead = 32;
        const std::uint32_t padded = (wanted + 3U) & ~3U;
        const auto time = static_cast<std::uint64_t>(record.time);
        put({kPacket, kOverhead + padded, 0, static_cast<std::uint32_t>(time >> 32U), static_cast<std::uint32_t>(time),
             wanted, record.reported});
        payload_.assign(padded, 0);
        std::copy_n(octets, std::min<std::uint32_t>(record.captured, wanted), payload_.begin());
        if (wanted > record.captured)
            payload_[wanted - 1] = record.last_octet;
        write(output_, payload_.data(), padded);
        put({kOverhead + padded});
    }

    void add_empty(Nanoseconds time) {
        constexpr std::uint8_t kNoNextHeader = 59;
        std::array<std::uint8_t, 20> ip{0x45, 0, 0, 20, 0, 0, 0, 0, 1, kNoNextHeader};
        RecordHeader record{};
        record.time = time;
        record.reported = record.captured = ip.size();
        add(record, ip.data(), ip.size());
    }

private:
    void put(std::initializer_list<std::uint32_t> words) {
        write(output_, words.begin(), words.size() * sizeof(std::uint32_t));
    }

    FILE* output_;
    std::vector<std::uint8_t> payload_;
};

// The records of one file, one after the other. Of a file, one chunk is in memory.
class Source {
public:
    Source(const DealtFileReader& file, std::size_t number) : file_(&file), number_(number) { begin_chunk(); }

    Nanoseconds time() const { return header_.time; }
    std::size_t number() const { return number_; }  // of the file
    const RecordHeader& header() const { return header_; }
    const std::uint8_t* octets() const { return records_.data() + place_ + sizeof header_; }

    // False if that was the last record.
    bool advance() {
        place_ += sizeof header_ + header_.captured;
        if (place_ < records_.size()) {
            read_header();
            return true;
        }
        ++chunk_;
        if (chunk_ == file_->chunks().size())
            return false;
        begin_chunk();
        return true;
    }

private:
    void begin_chunk() {
        records_ = file_->read(file_->chunks()[chunk_]);
        place_ = 0;
        read_header();
    }

    void read_header() {
        if (records_.size() - place_ >= sizeof header_)
            std::memcpy(&header_, records_.data() + place_, sizeof header_);
        if (records_.size() - place_ < sizeof header_ + header_.captured)
            throw std::runtime_error("a dealt file is damaged");
    }

    const DealtFileReader* file_;
    std::size_t number_;
    std::size_t chunk_ = 0;
    std::vector<std::uint8_t> records_;
    std::size_t place_ = 0;
    RecordHeader header_{};
};

struct IsLater {
    bool operator()(const Source* one, const Source* other) const {
        return std::tuple(one->time(), one->number()) > std::tuple(other->time(), other->number());
    }
};

// Calls `take` with a Source at each record. A file is begun when its time comes, so that of rotated files few are in
// memory.
template <class Take>
void merge(const std::vector<DealtFileReader>& files, Take take) {
    std::vector<std::size_t> order;  // by first record
    for (std::size_t number = 0; number < files.size(); ++number)
        if (!files[number].chunks().empty())
            order.push_back(number);
    const auto begins = [&files](std::size_t number) { return files[number].chunks().front().first; };
    std::stable_sort(order.begin(), order.end(),
                     [&begins](std::size_t one, std::size_t other) { return begins(one) < begins(other); });

    std::vector<std::unique_ptr<Source>> sources(files.size());
    std::priority_queue<Source*, std::vector<Source*>, IsLater> heads;
    std::size_t next = 0;
    while (next < order.size() || !heads.empty()) {
        while (next < order.size() && (heads.empty() || begins(order[next]) <= heads.top()->time())) {
            const std::size_t number = order[next++];
            sources[number] = std::make_unique<Source>(files[number], number);
            heads.push(sources[number].get());
        }
        Source* head = heads.top();
        heads.pop();
        take(*head);
        if (head->advance())
            heads.push(head);
        else
            sources[head->number()].reset();
    }
}

// The plugin compares a segment of one octet with the octet that the stream has at that place. So of connections that have
// such segments, all payloads that were captured whole are handed on, their last octet as it was and zeros before it.
class Payloads {
public:
    explicit Payloads(const std::vector<DealtFileReader>& files) {
        for (const DealtFileReader& file : files)
            with_octet_.insert(file.connections_with_octet().begin(), file.connections_with_octet().end());
    }

    // How many octets of the record the judge is to see.
    std::uint32_t wanted(const RecordHeader& record, const std::uint8_t* octets) const {
        TcpPacket packet;
        if (with_octet_.empty() || record.has_last_octet == 0 ||
            find_tcp_in_ip({octets, record.captured, record.reported}, packet) != Content::Tcp ||
            with_octet_.count(hash_of_connection(packet)) == 0)
            return record.captured;
        return packet.payload + packet.payload_length;
    }

private:
    std::unordered_set<std::uint64_t> with_octet_;
};

bool is_among(const std::unordered_set<std::uint64_t>& connections, const RecordHeader& record, const std::uint8_t* octets) {
    TcpPacket packet;
    return find_tcp_in_ip({octets, record.captured, record.reported}, packet) == Content::Tcp &&
           connections.count(hash_of_connection(packet)) != 0;
}

}  // namespace

void feed(const std::vector<std::string>& files, std::uint32_t partition, Nanoseconds first, Nanoseconds last,
          const std::unordered_set<std::uint64_t>& connections, FILE* output) {
    std::vector<DealtFileReader> readers;
    readers.reserve(files.size());
    for (const std::string& file : files)
        readers.emplace_back(file, partition);
    const Payloads payloads(readers);
    CaptureWriter capture(output);
    capture.add_empty(first);
    merge(readers, [&](const Source& source) {
        if (connections.empty() || is_among(connections, source.header(), source.octets()))
            capture.add(source.header(), source.octets(), payloads.wanted(source.header(), source.octets()));
    });
    capture.add_empty(last);
    if (std::fflush(output) != 0)
        throw std::runtime_error(std::string("cannot write the capture: ") + std::strerror(errno));
}

}  // namespace fleet
