// SPDX-License-Identifier: GPL-2.0-or-later
#include "check.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "deep.h"
#include "packet.h"
#include "wireshark.h"

namespace fleet {

namespace {

using Segments = std::vector<DeepSegment>;

bool is_same(const Segments& one, const Segments& other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](const DeepSegment& a, const DeepSegment& b) {
        return a.reported_length == b.reported_length && a.ip == b.ip;
    });
}

// What the dissectors make of the IP packet that was found, as a judge's will.
Segments judged(Deep& deep, const wtap_rec& frame, const Span& ip) {
    wtap_rec changed = frame;
    auto& header = changed.rec_header.packet_header;
    header.pkt_encap = WTAP_ENCAP_RAW_IP;
    header.caplen = ip.captured;
    header.len = ip.reported;
    Packet packet(changed, ip.octets);
    return deep.look(packet.record(), packet.octets());
}

bool is_same(Deep& deep, Packet& frame, Content content, const Span& ip) {
    const Segments expected = deep.look(frame.record(), frame.octets());
    return is_same(expected, content == Content::Tcp ? judged(deep, frame.record(), ip) : Segments());
}

}  // namespace

Comparison check(const std::string& capture) {
    int error = 0;
    char* detail = nullptr;
    const std::unique_ptr<wtap, CloseCapture> file(
        wtap_open_offline(capture.c_str(), WTAP_TYPE_AUTO, &error, &detail, false));
    if (file == nullptr) {
        g_free(detail);
        throw std::runtime_error(capture + ": cannot be read");
    }
    Comparison comparison;
    const int type = wtap_file_type_subtype(file.get());
    auto deep = std::make_unique<Deep>(type);
    Packet frame;
    while (frame.read(file.get(), &error, &detail)) {
        ++comparison.frames;
        if (frame.record().rec_type != REC_TYPE_PACKET)
            continue;
        const auto& header = frame.record().rec_header.packet_header;
        TcpPacket found;
        const Content content = find_tcp(header.pkt_encap, {frame.octets(), header.caplen, header.len}, found);
        if (content == Content::Unknown) {
            ++comparison.left;
            continue;
        }
        if (is_same(*deep, frame, content, found.ip))
            continue;
        // Earlier frames may have taught the dissectors what this port is; that is not compared.
        deep.reset();
        deep = std::make_unique<Deep>(type);
        if (!is_same(*deep, frame, content, found.ip))
            comparison.differing.push_back(comparison.frames);
    }
    g_free(detail);
    if (error != 0)
        throw std::runtime_error(capture + ": is damaged");
    return comparison;
}

}  // namespace fleet
