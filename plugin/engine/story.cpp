// SPDX-License-Identifier: GPL-2.0-or-later
#include "story.h"

namespace keepalive {

namespace {

// Probes with the same SEG.SEQ expect the same SEG.ACK as the first of them: what the engine has assumed since is not an
// acknowledgement that the capture shows.
std::uint32_t expected_ack(const Scene& scene) {
    const Record* newest = scene.own != nullptr ? scene.own->newest() : nullptr;
    if (newest != nullptr && newest->seq == scene.segment.seq)
        return newest->expects;
    return scene.me.knows_una() ? scene.me.una() : scene.segment.seq + 1;
}

bool needs_story(const Finding& finding) {
    return finding.is_spaced || (finding.verdict != Verdict::None && finding.verdict != Verdict::Other);
}

}  // namespace

Record* make_record(const Segment& segment, Proof proof, Memory& memory) {
    auto* record = memory.make<Record>();
    record->time = segment.time;
    record->frame = segment.frame;
    record->connection = segment.connection;
    record->seq = segment.seq;
    record->end = segment.end;
    record->mark = segment.mark;
    record->proof = proof;
    return record;
}

Record* Story::tell(const Scene& scene, const Finding& finding, Story*& story, Memory& memory) {
    if (story == nullptr && needs_story(finding))
        story = memory.make<Story>();
    Record* record = nullptr;
    if (story != nullptr) {
        story->revise(scene.segment.end, finding.revision, scene.segment.frame, memory);
        if (finding.is_spaced)
            story->prober_of(scene.segment.end, memory).set_spacing(finding.spacing, memory);
        if (finding.crosses)
            story->prober_of(1U - scene.segment.end, memory).crossed();
        switch (finding.verdict) {
            case Verdict::None:
            case Verdict::Other: break;
            case Verdict::Probe:
            case Verdict::Inferred:
            case Verdict::Undecided: record = tell_probe(scene, finding, *story, memory); break;
            case Verdict::Response:
            case Verdict::AnotherResponse:
            case Verdict::ResponseToCrossed:
            case Verdict::ImplicitAnswer: record = tell_answer(scene, finding, *story, memory); break;
            case Verdict::PeerReset:
            case Verdict::GaveUp: record = tell_reset(scene, finding, *story, memory); break;
        }
        if (scene.place == Place::Reset)
            story->closed_by(scene.segment.end, finding.verdict == Verdict::PeerReset ? Outcome::PeerReset : Outcome::Reset);
    }
    if (record == nullptr)
        record = correct(scene, finding, memory);
    if (story != nullptr && finding.is_spaced && finding.verdict == Verdict::Other)
        story->prober_of(scene.segment.end, memory).told_of_chain(record);
    return record;
}

Prober& Story::prober_of(unsigned end, Memory& memory) {
    if (probers_[end] == nullptr)
        probers_[end] = memory.make<Prober>();
    return *probers_[end];
}

void Story::closed_by(unsigned end, Outcome outcome) {
    if (probers_[end] != nullptr)
        probers_[end]->close();
    if (probers_[1U - end] != nullptr)
        probers_[1U - end]->closed_by_peer(outcome);
}

Record* Story::tell_probe(const Scene& scene, const Finding& finding, Story& story, Memory& memory) {
    const Segment& segment = scene.segment;
    Prober& prober = story.prober_of(segment.end, memory);
    Record* record = make_record(segment, finding.proof, memory);
    record->silence = scene.silence();
    if (scene.last_activity != kNever) {
        record->idle_time = scene.since_activity();
        record->last_activity = scene.activity_frame;
    }
    record->has_octet = segment.has_octet && segment.length == 1;
    record->octet = segment.octet;
    record->has_push = segment.has(kPsh);
    record->expects = expected_ack(scene);
    record->peer_seen = scene.peer.was_seen();
    record->ttl_differs = scene.me.has_other_ttl(segment);
    record->mistake = finding.mistake;
    record->inferred = finding.verdict == Verdict::Inferred;
    // If the capture does not show the peer, the spacing of the next probes may still show that they are zero-window probes.
    const bool is_kept_open = record->inferred && !record->peer_seen;
    // This is a keepalive, so no data waits to be sent. Then none waited for the undecided ones before it either; but into a
    // closed window, some stacks send keepalives even while data waits.
    if (finding.verdict != Verdict::Undecided && !is_kept_open) {
        if (scene.peer.is_window_closed())
            prober.confirm_even(segment, memory);
        else
            prober.confirm(false, segment.frame, memory);
    }
    prober.add(*record, finding.verdict == Verdict::Undecided, scene.since_sent_by(scene.peer), memory);
    prober.set_behind_other(scene.is_behind_other(), scene.since_sent_by(scene.me));
    if (is_kept_open)
        prober.keep_open(*record);
    if (finding.verdict == Verdict::Probe && record->probe_number == 1)
        prober.set_usual_silence(record->silence, scene.since_sent_by(scene.peer));
    return record;
}

Record* Story::tell_answer(const Scene& scene, const Finding& finding, Story& story, Memory& memory) {
    const Segment& segment = scene.segment;
    Prober& prober = story.prober_of(1U - segment.end, memory);
    if (finding.verdict == Verdict::ImplicitAnswer) {
        prober.answered(segment, nullptr, Type::None);
        return nullptr;
    }
    Record* record = make_record(segment, finding.proof, memory);
    if (finding.verdict == Verdict::Response)
        prober.answered(segment, record, Type::Response);
    else if (finding.verdict == Verdict::AnotherResponse)
        prober.answered_again(segment, *record);
    else
        prober.answered_after_crossing(segment, *record);
    return record;
}

Record* Story::tell_reset(const Scene& scene, const Finding& finding, Story& story, Memory& memory) {
    const Segment& segment = scene.segment;
    Record* record = make_record(segment, finding.proof, memory);
    record->ttl_differs = scene.me.has_other_ttl(segment);
    if (finding.verdict == Verdict::GaveUp) {
        story.prober_of(segment.end, memory).gave_up(*record, memory);
        return record;
    }
    Prober& prober = story.prober_of(1U - segment.end, memory);
    prober.confirm(true, segment.frame, memory);
    prober.answered(segment, record, Type::PeerReset);
    return record;
}

// A segment that tcp.analysis marks wrongly gets a record that says what it is, and so does a second copy of a probe or
// response.
Record* Story::correct(const Scene& scene, const Finding& finding, Memory& memory) {
    const Segment& segment = scene.segment;
    // What crosses a probe may be its response all the same.
    if ((segment.mark == Mark::None && !finding.is_duplicate) || finding.crosses)
        return nullptr;
    // Nor is it known to be mistaken where only the time, or a gap in the capture, keeps an explanation from applying.
    if (finding.verdict == Verdict::None &&
        (may_answer_crossed_probe(scene) || may_answer_missing_probe(scene) || may_be_probe_in_flight(scene)))
        return nullptr;
    Record* record = make_record(segment, finding.proof, memory);
    record->mistake = finding.mistake != Mistake::None ? finding.mistake : Mistake::Unexplained;
    record->duplicate = finding.is_duplicate;
    return record;
}

const Record* Story::revise(unsigned end, Revision revision, std::uint32_t told_by, Memory& memory) {
    Record* const newest = probers_[end] != nullptr ? probers_[end]->undecided() : nullptr;
    if (newest == nullptr)
        return nullptr;
    Prober& prober = *probers_[end];
    switch (revision) {
        case Revision::None: return nullptr;
        case Revision::Confirm: prober.confirm(false, told_by, memory); return nullptr;
        case Revision::ConfirmInferred: prober.confirm(true, told_by, memory); return nullptr;
        case Revision::ShowInferred: prober.show_inferred(told_by, memory); return nullptr;
        case Revision::ExpectInferred: newest->inferred = true; return nullptr;
        case Revision::Leave: prober.leave(); return nullptr;
        case Revision::Refute: prober.refute(newest->mistake, told_by); return newest;
        case Revision::RefuteNewest: prober.refute(Mistake::ZeroWindowProbe, told_by, newest->previous); return nullptr;
        case Revision::RefuteChain: prober.refute_doubling(true, told_by); return nullptr;
        case Revision::RefuteDoubling: prober.refute_doubling(false, told_by); return nullptr;
    }
    return nullptr;
}

void Story::heard(unsigned listener, const Segment& segment, bool was_closed, bool is_of_timer, Story*& story,
                  Memory& memory) {
    const bool has_opened = was_closed && segment.window > 0;
    if (story == nullptr && has_opened)
        story = memory.make<Story>();
    if (story == nullptr || (story->probers_[listener] == nullptr && !has_opened))
        return;
    Prober& prober = story->prober_of(listener, memory);
    if (is_of_timer && prober.awaiting() != nullptr && prober.awaiting()->answer_frame == 0)
        prober.crossed_by_timer();
    prober.end_run();
    if (has_opened)
        prober.hear_opening(segment.time);
    else if (segment.window == 0)
        prober.window_opened = kNever;
}

void Story::end_idle(Outcome outcome) {
    for (Prober* each : probers_)
        if (each != nullptr)
            each->end_idle(outcome);
}

}  // namespace keepalive
