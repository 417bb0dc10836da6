// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "../serial.h"
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

namespace {

// In milliseconds, as in Print. Only the time tells a copy from a segment that was sent again.
constexpr std::int32_t kCopyDelay = kAtOnce / kMillisecond;
// A copy with another TTL was captured at another point of the path, and the path takes time.
constexpr std::int32_t kPathDelay = 90;
// Captures on several queues or interfaces are not always in order.
constexpr std::int32_t kDisorder = 1000;
// The slowest clock of a TCP timestamp ticks twice a second (4.4BSD).
constexpr std::int32_t kTimestampTick = 500;

std::int32_t delay(const Print& earlier, const Print& later) {
    const std::uint32_t difference = later.milliseconds() - earlier.milliseconds();
    return static_cast<std::int32_t>(difference << 8U) / 256;  // with its sign
}

// What this segment may copy: one of its end's last three of at most one octet; null if none of them.
const Print* copied_print(const Scene& scene, const Print& print) {
    const Segment& segment = scene.segment;
    const End& me = scene.me;
    // The firmware of a sleeping host, and a device in between, send all their keepalives from one template, with the same
    // IP identification. So it does not show that this is a copy.
    const bool is_template =
        segment.may_be_probe() && segment.ip_id == me.ip_id() && segment.time - me.last_sent() > kLongestDisorder;
    // Nor does it for a SYN: some stacks send it again with the identification that it had.
    const bool is_numbered = me.does_ip_id_vary() && segment.ip_id != 0 && !is_template && !segment.has(kSyn);
    const auto* found = std::find_if(me.prints().begin(), me.prints().end(), [&](const Print& known) {
        const std::int32_t longest_delay = segment.has_timestamps       ? kTimestampTick
                                           : known.ttl() != print.ttl() ? kPathDelay
                                                                        : kCopyDelay;
        const std::int32_t since = delay(known, print);
        return known.hash == print.hash && (is_numbered || (since >= -kDisorder && since <= longest_delay));
    });
    return found != me.prints().end() ? found : nullptr;
}

// A segment of more than one octet is never taken for a probe. But its copy was not sent, so it must not count as activity.
// A retransmission gets a new IP identification. So a segment without new octets that has the newest identification, or an
// older one and an older acknowledgement, was captured before.
bool is_copy_of_data(const Scene& scene) {
    const Segment& segment = scene.segment;
    const End& me = scene.me;
    if (is_after(segment.next_seq(), me.nxt()))
        return false;
    if (segment.next_seq() == me.nxt() && segment.ack == me.last_ack() && segment.window == me.window() &&
        segment.time - me.last_sent() <= kAtOnce)
        return true;
    const int step = static_cast<std::int16_t>(segment.ip_id - me.ip_id());
    return segment.ip_id != 0 && me.does_ip_id_vary() && !me.does_ip_id_jump() && step > -kIpIdStep &&
           (step == 0 || (step < 0 && is_before(segment.ack, me.last_ack())));
}

bool has_print(const Record* record, const Print& print) {
    return record != nullptr && milliseconds_of(record->time) == print.milliseconds();
}

}  // namespace

// Copy: the capture shows a segment a second time (a mirror port, capturing on "any", a merged file).
// Told by: the same numbers, flags, window, timestamps and IP identification as one of its end's last three segments.
// Within: no limit if the sender gives each segment another IP identification. Otherwise 500 ms after the original if it
// has timestamps, 90 ms if the TTL differs (it was captured at another point of the path), and 20 ms in all other cases;
// or up to 1 s before the original, as captures on several interfaces are not always in order.
// Proof: the original, if that was a probe, a response or its end's last segment.
Finding copy(const Scene& scene, const Print& print) {
    const Segment& segment = scene.segment;
    if (!scene.me.was_seen())
        return {};
    if (segment.length > 1)
        return is_copy_of_data(scene) ? other(Mistake::Copy, Evidence::SameSegment, scene.my_frame) : Finding{};
    const Print* known = copied_print(scene, print);
    if (known == nullptr)
        return {};
    const Record* probe = scene.own != nullptr ? scene.own->newest() : nullptr;
    const Record* answered = scene.other != nullptr ? scene.other->newest() : nullptr;
    const Record* answer = answered != nullptr ? answered->partner : nullptr;
    const bool copies_probe =
        probe != nullptr && probe->seq == segment.seq && segment.may_be_probe() && !scene.me.was_last_other();
    const bool copies_answer = answer != nullptr && answer->seq == segment.seq && segment.is_pure_ack();
    Finding finding = other(Mistake::Copy, Evidence::SameSegment, 0);
    finding.is_duplicate = copies_probe || copies_answer;
    if (copies_probe && !has_print(probe, *known))
        probe = probe->previous;
    if (copies_probe && has_print(probe, *known))
        finding.proof.frame = probe->frame;
    else if (copies_answer && has_print(answer, *known))
        finding.proof.frame = answer->frame;
    else if (known == scene.me.prints().data() && milliseconds_of(scene.me.last_sent()) == known->milliseconds())
        finding.proof.frame = scene.my_frame;
    return finding;
}

}  // namespace keepalive
