// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "../serial.h"
#include "../timers.h"
#include "explanation.h"

namespace keepalive {

namespace {

// In milliseconds, as in Print. Only the time tells a copy from a segment that was sent again.
constexpr std::int32_t kCopyDelay = kAtOnce / kMillisecond;
constexpr std::int32_t kPathDelay = 90;       // a copy with another TTL was captured at another point of the path
constexpr std::int32_t kDisorder = 1000;      // captures on several queues or interfaces are not always in order
constexpr std::int32_t kTimestampTick = 500;  // the slowest clock of a TCP timestamp ticks twice a second (4.4BSD)

// What this segment may copy: one of its end's last three of at most one octet; null if none of them.
const Print* copied_print(const Scene& scene, const Print& print) {
    const Segment& segment = scene.segment;
    const End& me = scene.me;
    const auto is_numbered = [&] {
        // Firmware of a sleeping host, and devices in between, send all keepalives from one template with one
        // identification. And some stacks send a SYN again with the identification that it had.
        const bool is_template =
            segment.may_be_probe() && segment.ip_id == me.ip_id() && segment.time - me.last_sent() > kLongestDisorder;
        return me.does_ip_id_vary() && segment.ip_id != 0 && !is_template && !segment.has(kSyn);
    };
    const auto is_soon_after = [&](const Print& known) {
        const std::int32_t longest_delay = segment.has_timestamps       ? kTimestampTick
                                           : known.ttl() != print.ttl() ? kPathDelay
                                                                        : kCopyDelay;
        const std::int32_t since = print.milliseconds_after(known);
        return since >= -kDisorder && since <= longest_delay;
    };
    const auto* found = std::find_if(me.prints().begin(), me.prints().end(), [&](const Print& known) {
        return known.hash == print.hash && (is_numbered() || is_soon_after(known));
    });
    return found != me.prints().end() ? found : nullptr;
}

// A segment of more than one octet is never taken for a probe. But its copy was not sent, so it must not count as activity.
// A retransmission gets a new IP identification. So a segment without new octets was captured before if it has the newest
// identification, or an older one and an older acknowledgement, or if it repeats the newest segment at once and has no newer
// one. (A tail loss probe comes at once, too, where the path is short.)
bool is_copy_of_data(const Scene& scene) {
    const Segment& segment = scene.segment;
    const End& me = scene.me;
    const int step = ip_id_step(segment.ip_id, me.ip_id());
    const bool has_new_number = segment.ip_id != 0 && step > 0;
    const bool repeats_newest = segment.next_seq() == me.nxt() && segment.ack == me.last_ack() &&
                                segment.window == me.window() && segment.time - me.last_sent() <= kAtOnce && !has_new_number;
    const bool has_old_number = segment.ip_id != 0 && me.does_ip_id_vary() && !me.does_ip_id_jump() && step > -kIpIdStep &&
                                (step == 0 || (step < 0 && is_before(segment.ack, me.last_ack())));
    return repeats_newest || has_old_number;
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
    if (!scene.me.was_seen() || (segment.length > 1 && is_after(segment.next_seq(), scene.me.nxt())))
        return {};
    if (segment.length > 1)
        return is_copy_of_data(scene) ? other(Mistake::Copy, Evidence::SameSegment, scene.my_frame) : Finding{};
    const Print* known = copied_print(scene, print);
    if (known == nullptr)
        return {};
    const Record* probe = scene.own != nullptr ? scene.own->newest() : nullptr;
    const bool has_other = scene.other != nullptr && scene.other->newest() != nullptr;
    const Record* answer = has_other ? scene.other->newest()->partner : nullptr;
    const bool copies_probe =
        probe != nullptr && probe->seq == segment.seq && segment.may_be_probe() && !scene.me.was_last_other();
    const bool copies_answer = answer != nullptr && answer->seq == segment.seq && segment.is_pure_ack();
    const auto is_original = [&](const Record* record) {
        return record != nullptr && milliseconds_of(record->time) == known->milliseconds();
    };
    Finding finding = other(Mistake::Copy, Evidence::SameSegment, 0);
    finding.is_duplicate = copies_probe || copies_answer;
    if (copies_probe && !is_original(probe))
        probe = probe->previous;
    if (copies_probe && is_original(probe))
        finding.proof.frame = probe->frame;
    else if (copies_answer && is_original(answer))
        finding.proof.frame = answer->frame;
    else if (known == scene.me.prints().data() && milliseconds_of(scene.me.last_sent()) == known->milliseconds())
        finding.proof.frame = scene.my_frame;
    return finding;
}

}  // namespace keepalive
