// SPDX-License-Identifier: GPL-2.0-or-later
#include "end.h"

#include <algorithm>
#include <cstdlib>

#include "serial.h"

namespace keepalive {

namespace {

// Beyond any window (RFC 7323 allows 2^30, no stack uses more than a part of it): numbers that far behind belong to
// another connection between the same ports, whose SYN is not in the capture.
constexpr std::int32_t kOtherConnection = 1 << 28;

// A copy without anything that tells it from a repetition comes at once. No stack repeats a probe that fast.
constexpr std::int32_t kCopyDelay = 20;  // milliseconds
// One with another TTL was captured elsewhere on the path.
constexpr std::int32_t kPathDelay = 90;  // milliseconds
// Captures on several queues or interfaces are not always in order.
constexpr std::int32_t kDisorder = 1000;  // milliseconds
// The slowest clock of a TCP timestamp ticks twice a second (4.4BSD).
constexpr std::int32_t kTimestampTick = 500;  // milliseconds

// No path holds a segment back for longer.
constexpr Nanoseconds kLongestDisorder = 900 * kMillisecond;

// Counters of one host step by little between two of its segments to the same peer; random ones (BSD, macOS) do not.
constexpr int kIpIdStep = 2048;

bool is_newer(std::uint32_t number, std::uint32_t known) {
    return is_after(number, known) || distance(number, known) < -kOtherConnection;
}

}  // namespace

void End::sent(const Segment& segment, bool is_probe) {
    const std::uint32_t next = segment.next_seq();
    const bool is_new = !known_.nxt || is_newer(next, nxt_);
    if (is_new) {
        nxt_ = next;
        nxt_ip_id_ = segment.ip_id;
        known_.nxt = true;
        known_.fin_sent = segment.has(kFin);
        known_.last_octet = segment.has_octet && !segment.has(kFin) && !is_probe;
        last_octet_ = segment.octet;
        known_.last_octet_pushed = segment.has(kPsh);
        known_.rested = false;
    }
    known_.rested = known_.rested || (segment.is_pure_ack() && segment.seq == nxt_);
    if (segment.has(kAck) && (!known_.seen || known_.only_syn || is_newer(segment.ack, ack_)))
        ack_ = segment.ack;
    known_.only_syn = segment.has(kSyn) && !segment.has(kAck);
    if (segment.has_timestamps && (!known_.tsval || is_new)) {
        tsval_ = segment.tsval;
        known_.tsval = true;
    }
    if (segment.length <= 1)
        prints_ = {print_of(segment), prints_[0], prints_[1]};
    if (segment.length > 1 || segment.has(kSyn | kFin) || ttl_ == 0)
        ttl_ = segment.ttl;
    note_ip_id(segment.ip_id);
    window_ = segment.window;
    last_sent_ = segment.time;
    known_.seen = true;
}

void End::note_ip_id(std::uint16_t ip_id) {
    if (ip_id == 0 || ip_id == ip_id_)
        return;
    if (ip_id_ != 0) {
        known_.ip_id_varies = true;
        const int step = static_cast<std::int16_t>(ip_id - ip_id_);
        known_.ip_id_jumps = std::abs(step) > kIpIdStep;
    }
    ip_id_ = ip_id;
}

void End::acknowledged(const Segment& by_peer) {
    if (known_.una && !is_newer(by_peer.ack, una_))
        return;
    una_ = by_peer.ack;
    known_.una = true;
    known_.una_tsval = by_peer.has_timestamps;
    una_tsval_ = by_peer.tsval;
}

void End::all_acknowledged(std::uint32_t next) {
    if (known_.una && !is_newer(next, una_))
        return;
    una_ = next;
    known_.una = true;
    known_.una_tsval = false;
}

bool End::has_outstanding() const {
    return known_.nxt && known_.una && is_after(nxt_, una_);
}

End::Print End::print_of(const Segment& segment) {
    // FNV-1a over the numbers that a sender changes; not the checksum, which offloading leaves unfinished in one copy,
    // and not the TTL, which a router between two capture points lowers.
    std::uint32_t hash = 2166136261U;
    const std::array<std::uint32_t, 7> parts{segment.seq,
                                             segment.ack,
                                             segment.tsval,
                                             segment.tsecr,
                                             segment.length,
                                             segment.window,
                                             static_cast<std::uint32_t>(segment.flags << 16U | segment.ip_id)};
    for (const std::uint32_t part : parts)
        hash = (hash ^ part) * 16777619U ^ (hash >> 15U);
    return {hash, segment.ttl, static_cast<std::uint32_t>(segment.time / kMillisecond) & 0xffffffU};
}

bool End::is_copy(const Segment& segment) const {
    if (!known_.seen)
        return false;
    // Copies of longer ones can pass for nothing, but they are not sent either.
    if (segment.length > 1)
        return segment.next_seq() == nxt_ && segment.ack == ack_ && segment.window == window_ &&
               segment.time - last_sent_ <= kCopyDelay * kMillisecond;
    const Print print = print_of(segment);
    // Offloaded keepalives and those of devices in between are sent from a template: the newest number, again and again.
    const bool is_template = segment.ip_id == ip_id_ && segment.time - last_sent_ > kLongestDisorder;
    const bool is_numbered = known_.ip_id_varies && segment.ip_id != 0 && !is_template;
    return std::any_of(prints_.begin(), prints_.end(), [&](const Print& known) {
        const std::int32_t longest_delay = segment.has_timestamps   ? kTimestampTick
                                           : known.ttl != print.ttl ? kPathDelay
                                                                    : kCopyDelay;
        const std::int32_t since = delay(known, print);
        return known.hash == print.hash && (is_numbered || (since >= -kDisorder && since <= longest_delay));
    });
}

std::int32_t End::delay(const Print& earlier, const Print& later) {
    const std::uint32_t difference = std::uint32_t{later.milliseconds} - std::uint32_t{earlier.milliseconds};
    return static_cast<std::int32_t>(difference << 8U) / 256;  // with its sign
}

bool End::is_overtaken(const Segment& segment) const {
    if (segment.has_timestamps && known_.tsval && segment.tsval != tsval_)
        return is_before(segment.tsval, tsval_);
    // Firmware that probes for a sleeping host counts for itself, so the counters tell only what comes soon after.
    if (segment.ip_id == 0 || nxt_ip_id_ == 0 || known_.ip_id_jumps || segment.time - last_sent_ > kLongestDisorder)
        return false;
    const int step = static_cast<std::int16_t>(segment.ip_id - nxt_ip_id_);
    return step < 0 && step > -kIpIdStep;
}

bool End::is_same_octet(const Segment& segment) const {
    const bool pushed = segment.has(kPsh);
    if (!known_.last_octet || !segment.has_octet)
        return pushed;
    return segment.octet == last_octet_ && pushed == known_.last_octet_pushed;
}

}  // namespace keepalive
