// SPDX-License-Identifier: GPL-2.0-or-later
// One end of a connection as a sender: what it has sent, and what its peer has acknowledged of it.
// Not a TCP state machine: a capture may begin anywhere and hold one direction only.
#ifndef KEEPALIVE_ENGINE_END_H
#define KEEPALIVE_ENGINE_END_H

#include <array>
#include <cstdint>

#include "segment.h"

namespace keepalive {

class End {
public:
    // Takes note of a segment that this end sent. The octet of a probe is none of the stream.
    void sent(const Segment& segment, bool is_probe);
    // Takes note of an acknowledgement of what this end sent.
    void acknowledged(const Segment& by_peer);
    // This end probed at `seq`, so it knows that all before seq + 1 is acknowledged, although the capture does not show it.
    void all_acknowledged(std::uint32_t next);

    // The capture shows the same segment once more (a mirror port, capturing on "any", a merged file).
    bool is_copy(const Segment& segment) const;
    // Sent before the segment that reached SND.NXT, which the capture shows earlier.
    bool is_overtaken(const Segment& segment) const;
    // The last octet before SND.NXT, sent again as it was.
    bool is_same_octet(const Segment& segment) const;

    bool knows_una() const { return known_.una; }
    bool knows_nxt() const { return known_.nxt; }
    std::uint32_t una() const { return una_; }
    std::uint32_t nxt() const { return nxt_; }
    bool has_outstanding() const;
    // An empty segment at SND.NXT was seen since: nothing up to there is still on its way, overtaken by it.
    bool has_rested_at_nxt() const { return known_.rested; }

    bool was_seen() const { return known_.seen; }
    bool is_window_closed() const { return known_.seen && window_ == 0; }
    std::uint16_t window() const { return window_; }
    bool has_sent_fin() const { return known_.fin_sent; }
    bool has_sent_only_syn() const { return known_.only_syn; }
    std::uint32_t last_ack() const { return ack_; }
    Nanoseconds last_sent() const { return last_sent_; }
    // When the peer's TCP last accepted something of this end.
    Nanoseconds last_heard() const { return last_heard_; }
    void heard(Nanoseconds time) { last_heard_ = time; }
    // The peer's TSval when it acknowledged up to una(); valid if has_una_tsval.
    bool has_una_tsval() const { return known_.una_tsval; }
    std::uint32_t una_tsval() const { return una_tsval_; }
    // TTL or hop limit is not that of this end's other segments.
    bool has_other_ttl(const Segment& segment) const { return ttl_ != 0 && segment.ttl != 0 && ttl_ != segment.ttl; }

private:
    struct Print {
        std::uint32_t hash;
        std::uint32_t ttl : 8;
        std::uint32_t milliseconds : 24;  // modulo 2^24: four hours
    };
    static std::int32_t delay(const Print& earlier, const Print& later);  // in milliseconds
    static Print print_of(const Segment& segment);
    void note_ip_id(std::uint16_t ip_id);

    Nanoseconds last_sent_ = kNever;
    Nanoseconds last_heard_ = kNever;
    std::uint32_t una_ = 0;    // SND.UNA
    std::uint32_t nxt_ = 0;    // SND.NXT, as far as it was seen
    std::uint32_t ack_ = 0;    // the newest SEG.ACK sent
    std::uint32_t tsval_ = 0;  // the TSval of the segment that reached nxt_
    std::uint32_t una_tsval_ = 0;
    // The last segments of at most one octet: the only ones whose copies could pass for probes or responses.
    std::array<Print, 3> prints_{};
    std::uint16_t window_ = 0;     // the newest SEG.WND sent
    std::uint16_t ip_id_ = 0;      // the last one that is not 0
    std::uint16_t nxt_ip_id_ = 0;  // of the segment that reached nxt_
    std::uint8_t ttl_ = 0;         // of the last segment with payload, SYN or FIN
    std::uint8_t last_octet_ = 0;  // the one before SND.NXT
    // One bit each: there are two ends for every connection of a capture.
    struct Known {
        bool una : 1;
        bool nxt : 1;
        bool tsval : 1;
        bool una_tsval : 1;
        bool last_octet : 1;
        bool last_octet_pushed : 1;
        bool seen : 1;
        bool only_syn : 1;
        bool fin_sent : 1;
        bool rested : 1;
        bool ip_id_varies : 1;
        bool ip_id_jumps : 1;
    };
    Known known_{};
};

}  // namespace keepalive

#endif
