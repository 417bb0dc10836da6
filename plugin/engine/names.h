// SPDX-License-Identifier: GPL-2.0-or-later
// What types, mistakes and evidence are called, by value: the only place. The plugin registers these names with the fields;
// documentation, scripts and tests read them from there (tshark -G values).
#ifndef KEEPALIVE_ENGINE_NAMES_H
#define KEEPALIVE_ENGINE_NAMES_H

#include <array>

#include "record.h"

namespace keepalive {

// The value 0 of each enumeration is "none", and is not shown.
template <std::size_t Count>
using Names = std::array<const char*, Count>;

constexpr Names<5> kTypeNames{nullptr, "Probe", "Response", "Peer reset", "Gave up"};
static_assert(kTypeNames.size() == static_cast<std::size_t>(Type::GaveUp) + 1);

constexpr Names<8> kMistakeNames{
    nullptr,
    "Zero-window probe",
    "Retransmission",
    "Late or reordered ACK",
    "Copy of another frame",
    "ACK of a zero-window probe, of a retransmission or of a copy",
    "Handshake",
    "Nothing explains it",
};
static_assert(kMistakeNames.size() == static_cast<std::size_t>(Mistake::Unexplained) + 1);

constexpr Names<15> kEvidenceNames{
    nullptr,
    "Acknowledged all before",
    "Its ACK is not in the capture",
    "Window closed",
    "Octet sent before",
    "Overtaken by a segment that left later",
    "Acknowledges what had just come",
    "Right behind another segment",
    "Has the number of a FIN",
    "Has the number of a SYN",
    "The same segment as before",
    "Answers an earlier segment",
    "Told by a later segment",
    "Last probe of an unanswered run",
    "Its sender's zero-window probes carry an octet",
};
static_assert(kEvidenceNames.size() == static_cast<std::size_t>(Evidence::PersistsWithOctet) + 1);

}  // namespace keepalive

#endif
