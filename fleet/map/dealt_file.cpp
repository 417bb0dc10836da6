// SPDX-License-Identifier: GPL-2.0-or-later
#include "dealt_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "hash.h"

namespace fleet {

namespace {

constexpr std::array<char, 8> kMagic{'k', 'a', 'd', 'e', 'a', 'l', 't', '1'};
constexpr std::size_t kChunkSize = 65536;
constexpr std::uint32_t kLongestTcpHeader = 60;

struct Trailer {
    std::uint64_t index;  // where the first Chunk stands
    std::uint64_t chunks;
    std::uint64_t with_octet;
    std::array<char, 8> magic;
};
static_assert(sizeof(Trailer) == 32);

[[noreturn]] void fail(const std::string& path, const std::string& what) {
    throw std::runtime_error(path + ": " + what);
}

// As the kernel says it; std::system_error would repeat itself.
[[noreturn]] void fail_with_errno(const std::string& path) {
    fail(path, std::strerror(errno));
}

struct Close {
    void operator()(FILE* file) const { std::fclose(file); }
};

std::unique_ptr<FILE, Close> open_to_read(const std::string& path) {
    std::unique_ptr<FILE, Close> file(std::fopen(path.c_str(), "rb"));
    if (file == nullptr)
        fail_with_errno(path);
    return file;
}

void read_at(FILE* file, const std::string& path, std::uint64_t place, void* data, std::size_t size) {
    if (std::fseek(file, static_cast<long>(place), SEEK_SET) != 0)
        fail_with_errno(path);
    if (size > 0 && std::fread(data, 1, size, file) != size)
        std::ferror(file) != 0 ? fail_with_errno(path) : fail(path, "ends too early");
}

}  // namespace

DealtFileWriter::DealtFileWriter(const std::string& path, std::uint32_t partitions)
    : path_(path), file_(std::fopen(path.c_str(), "wb")), open_(partitions), shares_(partitions) {
    if (file_ == nullptr)
        fail_with_errno(path_);
    write(kMagic.data(), kMagic.size());
}

void DealtFileWriter::write(const void* data, std::size_t size) {
    if (size > 0 && std::fwrite(data, 1, size, file_.get()) != size)
        fail_with_errno(path_);
    place_ += size;
}

void DealtFileWriter::end_chunk(std::uint32_t partition) {
    Open& open = open_[partition];
    if (open.records.empty())
        return;
    chunks_.push_back({place_, static_cast<std::uint32_t>(open.records.size()), partition, open.first});
    write(open.records.data(), open.records.size());
    open.records.clear();
}

void DealtFileWriter::add(Nanoseconds time, const TcpPacket& packet) {
    constexpr std::uint32_t kPortsEnd = 4;
    const auto partition = static_cast<std::uint32_t>(hash_of_hosts(packet) % open_.size());
    // A payload of one octet stays: a probe may have one.
    const std::uint32_t wanted = packet.payload + (packet.payload_length == 1 ? 1 : 0);
    RecordHeader header{};
    header.time = time;
    header.reported = packet.ip.reported;
    header.captured = static_cast<std::uint16_t>(std::min({packet.ip.captured, wanted, packet.tcp + kLongestTcpHeader + 1}));
    if (packet.has_last_octet()) {
        header.has_last_octet = 1;
        header.last_octet = packet.last_octet();
    }
    if (packet.payload_length == 1 && packet.ip.captured >= packet.tcp + kPortsEnd)
        with_octet_.insert(hash_of_connection(packet));

    Open& open = open_[partition];
    if (open.records.size() + sizeof header + header.captured > kChunkSize)
        end_chunk(partition);
    if (open.records.empty()) {
        open.records.reserve(kChunkSize);
        open.first = time;
    }
    const auto* octets = reinterpret_cast<const std::uint8_t*>(&header);
    open.records.insert(open.records.end(), octets, octets + sizeof header);
    open.records.insert(open.records.end(), packet.ip.octets, packet.ip.octets + header.captured);

    Share& share = shares_[partition];
    share.first = share.segments == 0 ? time : std::min(share.first, time);
    share.last = share.segments == 0 ? time : std::max(share.last, time);
    ++share.segments;
}

void DealtFileWriter::finish() {
    for (std::uint32_t partition = 0; partition < open_.size(); ++partition)
        end_chunk(partition);
    const Trailer trailer{place_, chunks_.size(), with_octet_.size(), kMagic};
    const std::vector<std::uint64_t> with_octet(with_octet_.begin(), with_octet_.end());
    write(chunks_.data(), chunks_.size() * sizeof(Chunk));
    write(with_octet.data(), with_octet.size() * sizeof with_octet[0]);
    write(&trailer, sizeof trailer);
    if (std::fclose(file_.release()) != 0)
        fail_with_errno(path_);
}

DealtFileReader::DealtFileReader(std::string path, std::uint32_t partition) : path_(std::move(path)) {
    const auto file = open_to_read(path_);
    Trailer trailer{};
    if (std::fseek(file.get(), 0, SEEK_END) != 0)
        fail_with_errno(path_);
    const auto size = static_cast<std::uint64_t>(std::ftell(file.get()));
    if (size < sizeof trailer)
        fail(path_, "is not complete");
    read_at(file.get(), path_, size - sizeof trailer, &trailer, sizeof trailer);
    const std::uint64_t most = size / sizeof(std::uint64_t);
    if (trailer.magic != kMagic || trailer.chunks > most || trailer.with_octet > most ||
        trailer.index + trailer.chunks * sizeof(Chunk) + trailer.with_octet * sizeof(std::uint64_t) + sizeof trailer != size)
        fail(path_, "is not complete");
    chunks_.resize(trailer.chunks);
    read_at(file.get(), path_, trailer.index, chunks_.data(), chunks_.size() * sizeof(Chunk));
    with_octet_.resize(trailer.with_octet);
    read_at(file.get(), path_, trailer.index + chunks_.size() * sizeof(Chunk), with_octet_.data(),
            with_octet_.size() * sizeof with_octet_[0]);
    chunks_.erase(std::remove_if(chunks_.begin(), chunks_.end(),
                                 [partition](const Chunk& chunk) { return chunk.partition != partition; }),
                  chunks_.end());
}

std::vector<std::uint8_t> DealtFileReader::read(const Chunk& chunk) const {
    std::vector<std::uint8_t> records(chunk.size);
    const auto file = open_to_read(path_);
    read_at(file.get(), path_, chunk.place, records.data(), records.size());
    return records;
}

}  // namespace fleet
