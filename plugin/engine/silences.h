// SPDX-License-Identifier: GPL-2.0-or-later
// Sums up the silences of a connection, or of many connections through the same device.
#ifndef KEEPALIVE_ENGINE_SILENCES_H
#define KEEPALIVE_ENGINE_SILENCES_H

#include <array>
#include <cstdint>

#include "record.h"
#include "segment.h"

namespace keepalive {

// How an idle limit and the silences of a connection compare.
enum class LimitVerdict : std::uint8_t {
    NotReached,  // no silence was longer than the limit
    KeptBelow,   // no silence was longer, because probes ended them
    Survived,    // a longer silence was survived
    LostBeyond,  // the connection was lost in a longer silence
    LostBelow,   // the connection was lost in a shorter silence
};

class Silences {
public:
    // Adds the next record of either end, in the order of the capture, which goes on until `capture_end`.
    void add(const Record& record, Nanoseconds quiet_from, Nanoseconds capture_end);
    // Adds the silences of another connection between the same hosts.
    void add(const Silences& other);

    // A silence was long enough to name the segment after it.
    bool is_named() const { return is_named_; }
    Nanoseconds survived() const { return survived_; }  // the longest; kNever if there was none
    Nanoseconds lost() const { return lost_; }          // the shortest in which the connection was lost, or kNever
    bool is_lost_by_reset() const { return is_lost_by_reset_; }
    bool has_probes_of(unsigned end) const { return probes_[end]; }
    std::uint32_t keepidle(unsigned end) const { return keepidle_[end]; }  // in seconds, 0 while not known
    const char* outcome() const { return outcome_; }                       // of the newest silence
    LimitVerdict compare(Nanoseconds limit) const;

    // A shorter silence was survived and a longer one was not: some device in between may forget idle connections.
    bool suggests_idle_timeout() const;

private:
    bool is_named_ = false;
    bool is_lost_by_reset_ = false;
    Nanoseconds survived_ = kNever;
    Nanoseconds lost_ = kNever;
    std::array<bool, 2> probes_{};
    std::array<std::uint32_t, 2> keepidle_{};
    const char* outcome_ = "";
};

}  // namespace keepalive

#endif
