// SPDX-License-Identifier: GPL-2.0-or-later
// One TCP connection: segments in, in the order of the capture; records of the keepalive exchange out.
//
// A probe is recognised by one rule: SEG.SEQ is SND.UNA - 1 of its sender and nothing of the sender is outstanding
// (RFC 9293 section 3.8.4). It needs no handshake and no earlier data, only one ACK of the peer. Before the peer was
// seen, a segment that may be a probe stays undecided until a later one tells. What else looks like a probe (zero-window
// probes, retransmissions, late ACKs, copies) is excluded for the reasons that connection.cpp gives with each.
#ifndef KEEPALIVE_ENGINE_CONNECTION_H
#define KEEPALIVE_ENGINE_CONNECTION_H

#include <array>

#include "end.h"
#include "memory.h"
#include "prober.h"
#include "record.h"
#include "segment.h"

namespace keepalive {

class Connection {
public:
    // What there is to say of the next segment, or null. Later calls may complete or change earlier records.
    Record* examine(const Segment& segment, Memory& memory);

private:
    enum class Verdict : std::uint8_t { Other, Probe, Inferred, Undecided };
    struct Judgement {
        Verdict verdict = Verdict::Other;
        Mistake mistake = Mistake::None;
    };
    struct Probers;

    Record* examine_copy(const Segment& segment, Memory& memory);
    Record* examine_syn(const Segment& segment, Memory& memory);
    Record* examine_reset(const Segment& segment, Memory& memory);
    Record* examine_ack(const Segment& segment, Memory& memory);

    Judgement judge(const Segment& segment, Memory& memory);
    Judgement judge_at_una(const Segment& segment, Memory& memory);
    Judgement judge_at_nxt(const Segment& segment, Memory& memory);
    Judgement judge_closed_window(const Segment& segment, Memory& memory);
    Mistake exclude(const Segment& segment) const;
    bool is_finished(const Segment& segment) const;

    void decide_own_first_sight(const Segment& segment);
    void decide_peers_first_sight(const Segment& segment);
    void decide_after_opening(const Segment& segment);

    void confirm(unsigned end, bool inferred);
    void refute(Prober& prober);
    Record* add_probe(const Segment& segment, Judgement judgement, Memory& memory);
    Record* answer(const Segment& segment, Memory& memory);
    Record* correct(const Segment& segment, Mistake mistake, Memory& memory) const;
    void update(const Segment& segment, const Record* record);
    void hear(const Segment& segment, bool was_closed);
    bool is_give_up(const Segment& segment) const;
    bool is_peer_reset(const Segment& segment) const;
    bool is_undecided_at(const Segment& segment) const;

    Nanoseconds since_activity(const Segment& segment) const;
    static Nanoseconds since_sent_by(const End& end, const Segment& segment);
    Nanoseconds silence(const Segment& segment) const;
    Prober* prober(unsigned end) const;
    Prober& make_prober(unsigned end, Memory& memory);
    static Record* make_record(const Segment& segment, Memory& memory);

    std::array<End, 2> ends_{};
    Probers* probers_ = nullptr;          // made with the first record: most connections never need it
    Nanoseconds last_activity_ = kNever;  // the last segment that is no part of a keepalive exchange
    std::uint32_t last_activity_frame_ = 0;
    // Whether each end's last segment was something else that looks like a probe, so that its ACK is none of a keepalive.
    std::array<bool, 2> was_other_{};
};

}  // namespace keepalive

#endif
