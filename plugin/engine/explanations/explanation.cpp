// SPDX-License-Identifier: GPL-2.0-or-later
#include "explanation.h"

#include <array>

namespace keepalive {

namespace {

constexpr unsigned at(Place place) {
    return static_cast<unsigned>(place);
}

struct Rule {
    Finding (*explain)(const Scene&);
    unsigned places;
};

// What can be excluded comes before what is left: a keepalive probe has nothing to tell it but its place.
constexpr std::array<Rule, 9> kInThisOrder{{
    {reset, at(Place::Reset)},
    {handshake, at(Place::Syn) | at(Place::BelowUna)},
    {retransmission, at(Place::BelowUna) | at(Place::BelowNxt)},
    {late_ack, at(Place::BelowUna) | at(Place::BelowNxt)},
    {zero_window_probe, at(Place::BelowUna) | at(Place::BelowNxt)},
    {first_sight, at(Place::FirstSight)},
    {keepalive_probe, at(Place::BelowUna) | at(Place::BelowNxt)},
    {answer_to_other, at(Place::Elsewhere)},
    {response, at(Place::Elsewhere)},
}};

}  // namespace

Finding explain(const Scene& scene) {
    for (const Rule& rule : kInThisOrder)
        if ((rule.places & at(scene.place)) != 0)
            if (const Finding finding = rule.explain(scene); finding.verdict != Verdict::None || finding.crosses)
                return finding;
    return {};
}

}  // namespace keepalive
