// SPDX-License-Identifier: GPL-2.0-or-later
#include "explanation.h"

#include <array>

#include "../serial.h"
#include "../timers.h"

namespace keepalive {

namespace {

constexpr unsigned at(Place place) {
    return static_cast<unsigned>(place);
}

struct Rule {
    Finding (*explain)(const Scene&);
    unsigned places;
};

// Only its place marks a keepalive probe. So what else can be at that place is asked first, and the probe comes late.
constexpr std::array<Rule, 11> kInThisOrder{{
    {reset, at(Place::Reset)},
    {handshake, at(Place::Syn) | at(Place::BelowUna)},
    {retransmission, at(Place::BelowUna) | at(Place::BelowNxt)},
    {response, at(Place::BelowUna) | at(Place::BelowNxt)},
    {late_ack, at(Place::BelowUna) | at(Place::BelowNxt)},
    {zero_window_probe, at(Place::BelowUna) | at(Place::BelowNxt)},
    {first_sight, at(Place::FirstSight)},
    {keepalive_probe, at(Place::BelowUna) | at(Place::BelowNxt) | at(Place::InFlight)},
    {answer_to_other, at(Place::Elsewhere) | at(Place::InFlight)},
    {response, at(Place::Elsewhere) | at(Place::InFlight)},
    {answer_to_copy, at(Place::Elsewhere) | at(Place::InFlight)},
}};

}  // namespace

Sent when_sent(const Scene& scene) {
    const Segment& segment = scene.segment;
    const End& me = scene.me;
    if (segment.has_timestamps && me.has_nxt_tsval() && segment.tsval != me.nxt_tsval())
        return is_before(segment.tsval, me.nxt_tsval()) ? Sent::Before : Sent::After;
    if (segment.ip_id == 0 || me.nxt_ip_id() == 0 || me.does_ip_id_jump())
        return Sent::Unknown;
    const int step = ip_id_step(segment.ip_id, me.nxt_ip_id());
    if (step == 0 || step <= -kIpIdStep || step >= kIpIdStep)
        return Sent::Unknown;
    if (step > 0)
        return Sent::After;
    // The firmware that probes for a sleeping host has a counter of its own. So a lower number means "sent before" only if
    // the segment comes soon after.
    return scene.since_sent_by(me) > kLongestDisorder ? Sent::Unknown : Sent::Before;
}

Finding explain(const Scene& scene) {
    for (const Rule& rule : kInThisOrder)
        if ((rule.places & at(scene.place)) != 0)
            if (const Finding finding = rule.explain(scene); finding.verdict != Verdict::None || finding.crosses)
                return finding;
    return {};
}

}  // namespace keepalive
