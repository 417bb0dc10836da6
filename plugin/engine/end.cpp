// SPDX-License-Identifier: GPL-2.0-or-later
#include "end.h"

#include <algorithm>
#include <cstdlib>

#include "serial.h"

namespace keepalive {

namespace {

// Numbers that are behind by more than any window in use (RFC 7323 allows 2^30) belong to another connection between the
// same ports, whose SYN is not in the capture.
constexpr std::int32_t kOtherConnection = 1 << 28;

bool is_newer(std::uint32_t number, std::uint32_t known) {
    return is_after(number, known) || distance(number, known) < -kOtherConnection;
}

}  // namespace

void End::sent(const Segment& segment, const Print& print, bool is_probe) {
    const std::uint32_t next = segment.next_seq();
    const bool is_new = !known_.nxt || is_newer(next, nxt_);
    const bool is_old = !is_new && is_before(segment.seq, nxt_) && !is_after(segment.ack, ack_);
    if (is_new) {
        nxt_ = next;
        nxt_frame_ = segment.frame;
        nxt_ip_id_ = segment.ip_id;
        known_.nxt = true;
        known_.nxt_by_data = next != segment.seq && !is_probe;
        known_.fin_sent = segment.has(kFin);
        known_.last_octet = segment.has_octet && !segment.has(kFin) && !is_probe;
        last_octet_ = segment.octet;
        known_.last_octet_pushed = segment.has(kPsh);
        known_.rested = false;
    } else if (segment.length > 0 && !is_probe && (!known_.una || is_after(next, una_))) {
        known_.sent_again = true;
    }
    if (segment.is_pure_ack() && segment.seq == nxt_)
        known_.rested = true;
    if (segment.has(kAck) && (!known_.seen || known_.only_syn || is_newer(segment.ack, ack_)))
        ack_ = segment.ack;
    known_.only_syn = segment.has(kSyn) && !segment.has(kAck);
    if (segment.has_timestamps && (!known_.tsval || is_new)) {
        tsval_ = segment.tsval;
        known_.tsval = true;
    }
    if (segment.length <= 1)
        prints_ = {print, prints_[0], prints_[1]};
    if (segment.length > 1 || segment.has(kSyn | kFin) || ttl_ == 0)
        ttl_ = segment.ttl;
    note_ip_id(segment.ip_id);
    // The peer takes no new window from a segment that is older than others (RFC 9293, 3.10.7.4: SND.WL1). So a keepalive
    // does not tell it that the closed window has opened.
    if (!is_old || window_ != 0)
        window_ = segment.window;
    last_sent_ = std::max(last_sent_, segment.time);
    known_.seen = true;
}

void End::sent_reset(const Segment& segment, const Print& print) {
    if (segment.length <= 1)
        prints_ = {print, prints_[0], prints_[1]};
    note_ip_id(segment.ip_id);
    last_sent_ = std::max(last_sent_, segment.time);
}

void End::note_ip_id(std::uint16_t ip_id) {
    if (ip_id == 0 || ip_id == ip_id_)
        return;
    if (ip_id_ != 0) {
        known_.ip_id_varies = true;
        const int step = ip_id_step(ip_id, ip_id_);
        known_.ip_id_jumps = std::abs(step) > kIpIdStep;
    }
    ip_id_ = ip_id;
}

void End::probed_below(std::uint32_t next) {
    if (!is_newer(next, nxt_))
        return;
    nxt_ = next;
    nxt_frame_ = 0;
}

void End::acknowledged(const Segment& by_peer) {
    const bool was_assumed = known_.una && una_frame_ == 0 && by_peer.ack == una_;
    if (known_.una && !is_newer(by_peer.ack, una_) && !was_assumed)
        return;
    una_ = by_peer.ack;
    una_frame_ = by_peer.frame;
    known_.una = true;
    known_.sent_again = false;
    known_.una_tsval = by_peer.has_timestamps;
    una_tsval_ = by_peer.tsval;
}

void End::all_acknowledged(std::uint32_t next) {
    if (known_.una && !is_newer(next, una_))
        return;
    una_ = next;
    una_frame_ = 0;
    known_.una = true;
    known_.sent_again = false;
    known_.una_tsval = false;
}

bool End::has_outstanding() const {
    return known_.nxt && known_.una && is_after(nxt_, una_);
}

Print print_of(const Segment& segment) {
    // Of the numbers that a sender changes. The checksum is left out, because with offloading one of two copies has an
    // unfinished one; and the TTL, because a router between two capture points lowers it.
    const std::array<std::uint64_t, 4> parts{
        std::uint64_t{segment.seq} << 32U | segment.ack, std::uint64_t{segment.tsval} << 32U | segment.tsecr,
        std::uint64_t{segment.has_sack ? segment.sack_left : 0} << 32U | segment.length << 16U | segment.window,
        std::uint64_t{segment.flags} << 16U | segment.ip_id};
    std::uint64_t hash = 0;
    for (const std::uint64_t part : parts) {
        hash = (hash ^ part) * 0x9e3779b97f4a7c15U;  // odd and without a pattern
        hash ^= hash >> 32U;
    }
    return {static_cast<std::uint32_t>(hash), std::uint32_t{segment.ttl} << 24U | milliseconds_of(segment.time)};
}

}  // namespace keepalive
