// SPDX-License-Identifier: GPL-2.0-or-later
#include "deal.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "deep.h"
#include "wireshark.h"

namespace fleet {

namespace {

const char* state_of(int error) {
    switch (error) {
        case 0: return "ok";
        case WTAP_ERR_SHORT_READ: return "truncated";
        case WTAP_ERR_FILE_UNKNOWN_FORMAT: return "not a capture";
        case WTAP_ERR_UNSUPPORTED:
        case WTAP_ERR_COMPRESSION_NOT_SUPPORTED: return "unsupported";
        default: return error > 0 || error == WTAP_ERR_NOT_REGULAR_FILE ? "unreadable" : "corrupt";
    }
}

// `detail` is of GLib's, and is freed; most errors have none.
void explain(int error, char* detail, Account& account) {
    account.state = state_of(error);
    account.message = error == 0 ? "" : error > 0 ? std::strerror(error) : wtap_strerror(error);
    // Some of Wireshark's texts have a place for a file's name.
    if (account.message.find('%') != std::string::npos)
        account.message = "Wireshark cannot read it";
    if (detail != nullptr)
        account.message += std::string(" (") + detail + ")";
    g_free(detail);
}

class Dealer {
public:
    Dealer(wtap* file, DealtFileWriter& output, Account& account) : file_(file), output_(output), account_(account) {}

    void deal_all() {
        Packet packet;
        int error = 0;
        char* detail = nullptr;
        while (packet.read(file_, &error, &detail))
            take(packet.record(), packet.octets());
        explain(error, detail, account_);
    }

private:
    void take(wtap_rec& record, const std::uint8_t* octets) {
        constexpr Nanoseconds kSecond = 1'000'000'000;
        const Nanoseconds time = static_cast<Nanoseconds>(record.ts.secs) * kSecond + record.ts.nsecs;
        if ((record.presence_flags & WTAP_HAS_TS) != 0) {
            account_.first = has_time_ ? std::min(account_.first, time) : time;
            account_.last = has_time_ ? std::max(account_.last, time) : time;
            has_time_ = true;
        }
        ++account_.frames;
        if (record.rec_type != REC_TYPE_PACKET)
            return;
        const auto& header = record.rec_header.packet_header;
        TcpPacket packet;
        switch (find_tcp(header.pkt_encap, {octets, header.caplen, header.len}, packet)) {
            case Content::Tcp: add(time, packet); break;
            case Content::NoTcp: break;
            case Content::Unknown: look_deep(time, record, octets); break;
        }
    }

    void look_deep(Nanoseconds time, wtap_rec& record, const std::uint8_t* octets) {
        if (deep_ == nullptr)
            deep_ = std::make_unique<Deep>(wtap_file_type_subtype(file_));
        ++account_.deep_frames;
        for (const DeepSegment& segment : deep_->look(record, octets)) {
            TcpPacket packet;
            const auto captured = static_cast<std::uint32_t>(segment.ip.size());
            if (find_tcp_in_ip({segment.ip.data(), captured, segment.reported_length}, packet) == Content::Tcp)
                add(time, packet);
        }
    }

    void add(Nanoseconds time, const TcpPacket& packet) {
        output_.add(time, packet);
        ++account_.segments;
    }

    wtap* file_;
    DealtFileWriter& output_;
    Account& account_;
    std::unique_ptr<Deep> deep_;  // until a frame needs it, null
    bool has_time_ = false;
};

// Wireshark opens an empty file and calls it truncated, or of unknown format.
bool is_empty(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0;
}

}  // namespace

Account deal(const std::string& capture, const std::string& output, std::uint32_t partitions) {
    Account account;
    DealtFileWriter writer(output, partitions);
    int error = 0;
    char* detail = nullptr;
    if (is_empty(capture)) {
        account.state = "empty";
        account.message = "The file has no octets";
    } else if (const std::unique_ptr<wtap, CloseCapture> file(
                   wtap_open_offline(capture.c_str(), WTAP_TYPE_AUTO, &error, &detail, false));
               file != nullptr) {
        Dealer(file.get(), writer, account).deal_all();
    } else {
        explain(error, detail, account);
    }
    writer.finish();
    account.shares = writer.shares();
    return account;
}

}  // namespace fleet
