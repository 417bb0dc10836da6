// SPDX-License-Identifier: GPL-2.0-or-later
// One end of a connection as a sender: what it has sent, and what its peer has acknowledged of that.
// This is not a TCP state machine, because a capture may begin anywhere and show only one direction.
#ifndef KEEPALIVE_ENGINE_END_H
#define KEEPALIVE_ENGINE_END_H

#include <array>
#include <cstdint>

#include "segment.h"

namespace keepalive {

// Modulo 2^24, which is more than four hours.
constexpr std::uint32_t milliseconds_of(Nanoseconds time) {
    return static_cast<std::uint32_t>(time / kMillisecond) & 0xffffffU;
}

// What tells a copy of a segment from one that was sent anew.
struct Print {
    std::uint32_t hash;
    std::uint32_t ttl_and_time;  // a TTL of 8 bits, and milliseconds_of() the time

    std::uint32_t ttl() const { return ttl_and_time >> 24U; }
    std::uint32_t milliseconds() const { return ttl_and_time & 0xffffffU; }
    std::int32_t milliseconds_after(const Print& earlier) const {
        const std::uint32_t difference = milliseconds() - earlier.milliseconds();
        return static_cast<std::int32_t>(difference << 8U) / 256;  // with its sign
    }
};
Print print_of(const Segment& segment);

// An IP identification that is counted grows by less than this between two segments to the same peer; one that is drawn at
// random (BSD, macOS) does not.
constexpr int kIpIdStep = 2048;
// How far the identification `a` is ahead of `b`, modulo 2^16; negative when it is behind.
constexpr int ip_id_step(std::uint16_t a, std::uint16_t b) {
    return static_cast<std::int16_t>(a - b);
}

class End {
public:
    // This end sent a segment, whose print is `print`. The octet of a probe is not part of the stream.
    void sent(const Segment& segment, const Print& print, bool is_probe);
    // This end sent a RST. After that, only copies of the RST matter.
    void sent_reset(const Segment& segment, const Print& print);
    // What this end sent was a probe one below `next`, so all before `next` had been sent, although the capture does not
    // show it.
    void probed_below(std::uint32_t next);
    // The peer acknowledged what this end sent.
    void acknowledged(const Segment& by_peer);
    // This end probed one below `next`, so all before `next` is acknowledged, although the capture does not show it.
    void all_acknowledged(std::uint32_t next);

    bool knows_una() const { return known_.una; }
    bool knows_nxt() const { return known_.nxt; }
    std::uint32_t una() const { return una_; }
    std::uint32_t nxt() const { return nxt_; }
    // The frame of the peer's segment that acknowledged up to una(); 0 if it is not in the capture.
    std::uint32_t una_frame() const { return una_frame_; }
    // The frame of the segment that reached nxt().
    std::uint32_t nxt_frame() const { return nxt_frame_; }
    // TSval and IP identification of that segment; the latter is 0 if it has none.
    bool has_nxt_tsval() const { return known_.tsval; }
    std::uint32_t nxt_tsval() const { return tsval_; }
    std::uint16_t nxt_ip_id() const { return nxt_ip_id_; }
    // The octet before nxt(), and whether its segment carried PSH; valid if has_last_octet.
    bool has_last_octet() const { return known_.last_octet; }
    std::uint8_t last_octet() const { return last_octet_; }
    bool is_last_octet_pushed() const { return known_.last_octet_pushed; }
    // The segment that reached nxt() carried data up to there, or a FIN; not so an empty one, whose data is not in the
    // capture.
    bool has_data_up_to_nxt() const { return known_.nxt_by_data; }
    bool has_outstanding() const;
    // An empty segment at SND.NXT was seen after that segment. So all up to SND.NXT has arrived, unless it was overtaken.
    bool has_rested_at_nxt() const { return known_.rested; }

    // Octets that the peer has not acknowledged were sent again since its last acknowledgement, which may be one that is
    // only known by a probe.
    bool has_sent_again() const { return known_.sent_again; }

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

    // The last segments of at most one octet: only their copies could be taken for probes or responses.
    const std::array<Print, 3>& prints() const { return prints_; }
    // The last IP identification that is not 0; whether it changes, and whether it changes by more than counting does.
    std::uint16_t ip_id() const { return ip_id_; }
    bool does_ip_id_vary() const { return known_.ip_id_varies; }
    bool does_ip_id_jump() const { return known_.ip_id_jumps; }
    // This end's zero-window probes carry the octet that waits, so an empty segment below SND.NXT is not one of them.
    bool persists_with_octet() const { return known_.persists_with_octet; }
    void set_persists_with_octet() { known_.persists_with_octet = true; }
    // This end's last segment looked like a probe but was something else, so its ACK is not a response.
    bool was_last_other() const { return known_.last_other; }
    void set_last_other(bool value) { known_.last_other = value; }

private:
    void note_ip_id(std::uint16_t ip_id);

    Nanoseconds last_sent_ = kNever;
    Nanoseconds last_heard_ = kNever;
    std::uint32_t una_ = 0;    // SND.UNA
    std::uint32_t nxt_ = 0;    // SND.NXT, as far as it was seen
    std::uint32_t ack_ = 0;    // the newest SEG.ACK sent
    std::uint32_t tsval_ = 0;  // the TSval of the segment that reached nxt_
    std::uint32_t una_tsval_ = 0;
    std::uint32_t una_frame_ = 0;
    std::uint32_t nxt_frame_ = 0;
    std::array<Print, 3> prints_{};
    std::uint16_t window_ = 0;     // the newest SEG.WND sent that the peer takes
    std::uint16_t ip_id_ = 0;      // the last one that is not 0
    std::uint16_t nxt_ip_id_ = 0;  // of the segment that reached nxt_
    std::uint8_t ttl_ = 0;         // of the last segment with payload, SYN or FIN
    std::uint8_t last_octet_ = 0;  // the one before SND.NXT
    // One bit each: there are two ends for every connection of a capture.
    struct Known {
        bool una : 1;
        bool nxt : 1;
        bool nxt_by_data : 1;
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
        bool last_other : 1;
        bool persists_with_octet : 1;
        bool sent_again : 1;
    };
    Known known_{};
};

}  // namespace keepalive

#endif
