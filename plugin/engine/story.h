// SPDX-License-Identifier: GPL-2.0-or-later
// What was told of a connection: the only place that makes records or changes them.
#ifndef KEEPALIVE_ENGINE_STORY_H
#define KEEPALIVE_ENGINE_STORY_H

#include <array>

#include "explanations/explanation.h"
#include "memory.h"
#include "prober.h"
#include "record.h"
#include "scene.h"

namespace keepalive {

// Of a segment, with nothing told yet.
Record* make_record(const Segment& segment, Proof proof, Memory& memory);

class Story {
public:
    // Takes a finding into the story and returns what there is to say of the segment, or null. `story` is made with the
    // first finding that needs one: most connections never do.
    static Record* tell(const Scene& scene, const Finding& finding, Story*& story, Memory& memory);

    // What becomes of the undecided probes of `end`, as the segment in frame `told_by` tells. Returns the newest of those
    // that are none after all, or null.
    const Record* revise(unsigned end, Revision revision, std::uint32_t told_by);

    // No later segment can be a part of what was told so far: only new probes can go on with it.
    bool is_at_rest() const { return probers_[0].is_at_rest() && probers_[1].is_at_rest(); }
    const Prober& prober(unsigned end) const { return probers_[end]; }

    // The TCP of `listener` accepted the peer's segment; `was_closed`: the window that it showed before was 0; `is_probe`:
    // the segment is a probe itself.
    void heard(unsigned listener, const Segment& segment, bool was_closed, bool is_probe);
    // `end` sent data that it had not sent before.
    void sent_new_data(unsigned end) { probers_[end].spacing = {}; }
    void end_idle(Outcome outcome);

private:
    static Record* tell_probe(const Scene& scene, const Finding& finding, Story& story, Memory& memory);
    static Record* tell_answer(const Scene& scene, const Finding& finding, Story& story, Memory& memory);
    static Record* tell_reset(const Scene& scene, const Finding& finding, Story& story, Memory& memory);
    static Record* correct(const Scene& scene, const Finding& finding, Memory& memory);

    std::array<Prober, 2> probers_{};
};

}  // namespace keepalive

#endif
