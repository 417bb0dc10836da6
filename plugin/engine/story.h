// SPDX-License-Identifier: GPL-2.0-or-later
// What has been said of a connection so far. Only story.cpp and prober.cpp make or change records.
#ifndef KEEPALIVE_ENGINE_STORY_H
#define KEEPALIVE_ENGINE_STORY_H

#include <array>

#include "explanations/explanation.h"
#include "memory.h"
#include "prober.h"
#include "record.h"
#include "scene.h"

namespace keepalive {

// A record of the segment that says nothing yet.
Record* make_record(const Segment& segment, Proof proof, Memory& memory);

class Story {
public:
    // Adds a finding to the story and returns what there is to say of the segment, or null. Most connections need no story,
    // so `story` is made with the first finding that does.
    static Record* tell(const Scene& scene, const Finding& finding, Story*& story, Memory& memory);

    // Decides the undecided probes of `end`, as the segment in frame `told_by` shows. Returns the newest of those that
    // turned out not to be probes, or null.
    const Record* revise(unsigned end, Revision revision, std::uint32_t told_by, Memory& memory);

    // Only a new probe can continue the story: neither can this segment be an answer, nor does it decide anything.
    bool is_at_rest(const Segment& segment) const {
        const bool is_ack = segment.is_pure_ack();
        return is_at_rest(probers_[0], is_ack) && is_at_rest(probers_[1], is_ack);
    }
    // Null if that end has sent no probe, and its peer's window has not opened.
    const Prober* prober(unsigned end) const { return probers_[end]; }

    // The TCP of `listener` accepted the peer's segment. `was_closed`: the peer's window was 0 before it. `is_of_timer`:
    // the segment is itself a probe or data that is sent again, so it answers none. If it opens the window, it makes the
    // `story`: what the listener sends next may have crossed it.
    static void heard(unsigned listener, const Segment& segment, bool was_closed, bool is_of_timer, Story*& story,
                      Memory& memory);
    // `end` sent data that it had not sent before.
    void sent_new_data(unsigned end) {
        if (probers_[end] != nullptr)
            probers_[end]->sent_new_data();
    }
    // `end` sent data that it had sent before.
    void sent_again(unsigned end) {
        if (probers_[end] != nullptr)
            probers_[end]->sent_again();
    }
    void end_idle(Outcome outcome);

private:
    static bool is_at_rest(const Prober* prober, bool is_ack) { return prober == nullptr || prober->is_at_rest(is_ack); }
    Prober& prober_of(unsigned end, Memory& memory);
    void closed_by(unsigned end, Outcome outcome);
    static Record* tell_probe(const Scene& scene, const Finding& finding, Story& story, Memory& memory);
    static Record* tell_answer(const Scene& scene, const Finding& finding, Story& story, Memory& memory);
    static Record* tell_reset(const Scene& scene, const Finding& finding, Story& story, Memory& memory);
    static Record* correct(const Scene& scene, const Finding& finding, Memory& memory);

    std::array<Prober*, 2> probers_{};  // made with their first probe, or when their peer's window opens
};

}  // namespace keepalive

#endif
