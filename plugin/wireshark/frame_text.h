// SPDX-License-Identifier: GPL-2.0-or-later
// One line that tells the story of a frame, for the tree item and the Info column. It is made for each frame of a keepalive
// exchange: not by printf or in pieces from a pool, which would cost many times as much.
#ifndef KEEPALIVE_WIRESHARK_FRAME_TEXT_H
#define KEEPALIVE_WIRESHARK_FRAME_TEXT_H

#include <array>
#include <string_view>

#include "../engine/record.h"

namespace keepalive {

// What does not fit is left out.
class FrameText {
public:
    // `capture_end` is the time of the last frame seen so far.
    FrameText& add_story(const Record& record, Nanoseconds capture_end);
    // As the Info column shows it, in brackets and before other text.
    FrameText& add_info(const Record& record, Nanoseconds capture_end);

    const char* c_str() const { return octets_.data(); }
    std::size_t length() const { return length_; }

private:
    FrameText& add(std::string_view text);
    FrameText& add_number(std::uint32_t number);
    // Three significant places or so, in the unit that reads best.
    FrameText& add_span(Nanoseconds span);
    void add_probe(const Record& record, Nanoseconds capture_end);
    void add_waking(const Record& record, Nanoseconds capture_end);
    void add_give_up(const Record& record, Nanoseconds capture_end);

    std::size_t length_ = 0;
    std::array<char, 192> octets_;  // up to length_, and a 0 behind
};

}  // namespace keepalive

#endif
