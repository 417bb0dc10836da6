// SPDX-License-Identifier: GPL-2.0-or-later
#include "story.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <random>

namespace keepalive::test {

namespace {

constexpr std::uint16_t kWindow = 500;

// Gaps that timers, paths and people make, in milliseconds.
constexpr std::array<unsigned, 24> kGaps{0,    1,    2,    8,    15,   19,    40,    95,    180,   250,   480,    700,
                                         1000, 1500, 2000, 3000, 5000, 10000, 15000, 30000, 60000, 75000, 120000, 400000};

class Story {
public:
    explicit Story(std::uint64_t number) : random_(number) {
        for (EndState& end : ends_) {
            end.nxt = chance(10) ? 0xfffffffeU : static_cast<std::uint32_t>(random_());  // so that numbers wrap early
            end.ip_id = static_cast<std::uint16_t>(random_());
            end.tsval = static_cast<std::uint32_t>(random_());
            end.ttl = static_cast<std::uint8_t>(chance(50) ? 64 : 128);
            end.ip_id_kind = static_cast<int>(below(3));
            end.probe_octets = chance(30) ? 1 : 0;
        }
        ends_[0].una = ends_[0].nxt;
        ends_[1].una = ends_[1].nxt;
        has_timestamps_ = chance(50);
    }

    std::vector<Segment> tell() {
        if (chance(60))
            handshake();
        const unsigned events = 1 + below(12);
        for (unsigned event = 0; event < events && !is_over_; ++event)
            happen();
        show_as_captured();
        analyse();
        return segments_;
    }

private:
    struct EndState {
        std::uint32_t nxt = 0;
        std::uint32_t una = 0;
        std::uint32_t tsval = 0;
        std::uint16_t ip_id = 0;
        std::uint16_t window = kWindow;
        std::uint8_t ttl = 64;
        std::uint8_t last_octet = 0;
        int ip_id_kind = 0;  // 0: none, 1: counts, 2: random
        std::uint32_t probe_octets = 0;
    };

    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }
    bool chance(unsigned percent) { return below(100) < percent; }
    unsigned any_end() { return below(2); }

    void wait(Nanoseconds span) { time_ += span + static_cast<Nanoseconds>(below(3)) * 100'000; }
    void wait_any() { wait(kGaps[below(kGaps.size())] * kMillisecond); }
    void wait_path() { wait((chance(80) ? 1 : 30) * kMillisecond); }

    Segment& send(unsigned end, std::uint8_t flags, std::uint32_t seq, std::uint32_t length) {
        EndState& me = ends_[end];
        Segment segment;
        segment.time = time_;
        segment.end = static_cast<std::uint8_t>(end);
        segment.flags = flags;
        segment.seq = seq;
        segment.ack = (flags & kAck) != 0 ? ends_[1 - end].nxt : 0;
        segment.length = length;
        segment.window = me.window;
        segment.ttl = me.ttl;
        me.ip_id = static_cast<std::uint16_t>(me.ip_id_kind == 2 ? random_() : me.ip_id + 1U);
        segment.ip_id = me.ip_id_kind == 0 ? std::uint16_t{0} : me.ip_id;
        if (has_timestamps_) {
            segment.has_timestamps = true;
            segment.tsval = me.tsval + static_cast<std::uint32_t>(time_ / kMillisecond);
            segment.tsecr = ends_[1 - end].tsval + static_cast<std::uint32_t>(time_ / kMillisecond) - below(40);
        }
        if (length > 0) {
            segment.has_octet = true;
            segment.octet = static_cast<std::uint8_t>(below(4));
        }
        segments_.push_back(segment);
        return segments_.back();
    }

    void acknowledge(unsigned end) {
        ends_[1 - end].una = ends_[1 - end].nxt;
        send(end, kAck, ends_[end].nxt, 0);
    }

    void data(unsigned end, std::uint32_t length) {
        EndState& me = ends_[end];
        const std::uint8_t flags = chance(70) ? kAck | kPsh : kAck;
        me.last_octet = send(end, flags, me.nxt, length).octet;
        me.nxt += length;
    }

    void handshake() {
        send(0, kSyn, ends_[0].nxt++, 0);
        wait_path();
        send(1, kSyn | kAck, ends_[1].nxt++, 0);
        wait_path();
        acknowledge(0);
        ends_[0].una = ends_[0].nxt;
    }

    void probe(unsigned end) {
        const EndState& me = ends_[end];
        Segment& segment = send(end, kAck, me.nxt - 1, chance(95) ? me.probe_octets : 1 - me.probe_octets);
        if (chance(50))
            segment.octet = 0;
    }

    void respond(unsigned end) {
        Segment& segment = send(end, kAck, ends_[end].nxt, 0);
        const Segment& asked = segments_[segments_.size() - 2];
        if (asked.length == 1 && chance(80)) {
            segment.has_sack = true;
            segment.sack_left = asked.seq;
            segment.sack_right = asked.seq + 1;
        }
    }

    void happen() {
        const unsigned end = any_end();
        wait_any();
        switch (below(16)) {
            case 0:
            case 1: exchange_data(end); break;
            case 2:
            case 3: probed_and_answered(end); break;
            case 4: run_of_probes(end); break;
            case 5: closed_window(end); break;
            case 6: sent_again(end); break;
            case 7: copied(); break;
            case 8: overtaken(); break;
            case 9: finished(end); break;
            case 10: reset(end); break;
            case 11: crossing(end); break;
            case 12: acknowledge(end); break;
            case 13: anything(end); break;
            case 14: probed_in_flight(end); break;
            default: begun_anew(); break;
        }
    }

    void exchange_data(unsigned end) {
        const unsigned segments = 1 + below(3);
        for (unsigned each = 0; each < segments; ++each)
            data(end, chance(40) ? 1 : 1 + below(1000));
        if (chance(85)) {
            wait_path();
            acknowledge(1 - end);
        }
    }

    void probed_and_answered(unsigned end) {
        const Nanoseconds idle = kGaps[below(kGaps.size())] * kMillisecond;
        const unsigned probes = 1 + below(4);
        for (unsigned each = 0; each < probes; ++each) {
            wait(idle);
            probe(end);
            wait_path();
            if (chance(10))
                data(1 - end, 1 + below(5));
            else if (chance(5))
                send(1 - end, kRst, ends_[1 - end].nxt, 0);
            else if (chance(90))
                respond(1 - end);
            if (chance(10))
                respond(1 - end);
        }
    }

    void run_of_probes(unsigned end) {
        const Nanoseconds interval = kGaps[11 + below(kGaps.size() - 11)] * kMillisecond;
        const unsigned probes = 1 + below(7);
        for (unsigned each = 0; each < probes; ++each) {
            wait(interval);
            probe(end);
        }
        wait(interval);
        if (chance(70)) {
            send(end, kRst | kAck, ends_[end].nxt, 0);
            is_over_ = chance(50);
        }
    }

    void closed_window(unsigned end) {
        const unsigned peer = 1 - end;
        data(end, 1 + below(100));
        ends_[peer].window = 0;
        wait_path();
        acknowledge(peer);
        const bool persists = chance(60);
        Nanoseconds gap = (persists ? 200 + below(300) : 1000 * (1 + below(5))) * kMillisecond;
        const bool with_octet = chance(25);
        const unsigned probes = 1 + below(6);
        for (unsigned each = 0; each < probes; ++each) {
            wait(gap);
            if (with_octet && persists)
                send(end, kAck, ends_[end].nxt, 1);
            else
                probe(end);
            if (chance(80)) {
                wait_path();
                send(peer, kAck, ends_[peer].nxt, 0);
            }
            if (persists)
                gap *= 2;
            if (chance(10)) {
                wait(kGaps[12 + below(6)] * kMillisecond);
                probe(end);
            }
        }
        if (chance(60)) {
            ends_[peer].window = kWindow;
            wait_any();
            send(peer, kAck, ends_[peer].nxt, 0);
            if (chance(60)) {
                wait_path();
                data(end, 1 + below(100));
                acknowledge(peer);
            }
        }
    }

    // The last segment with payload goes out again: it was lost, or its ACK was.
    void sent_again(unsigned end) {
        data(end, chance(70) ? 1 : 1 + below(100));
        const Segment lost = segments_.back();
        if (chance(50)) {
            wait_path();
            acknowledge(1 - end);
        }
        Nanoseconds timeout = (200 + below(800)) * kMillisecond;
        const unsigned times = 1 + below(5);
        for (unsigned each = 0; each < times; ++each) {
            wait(timeout);
            timeout *= 2;
            Segment& again = send(end, lost.flags, lost.seq, lost.length);
            again.octet = lost.octet;
        }
        wait_path();
        acknowledge(1 - end);
    }

    void copied() {
        if (segments_.empty())
            return;
        const std::size_t first =
            segments_.size() - 1 - below(static_cast<std::uint32_t>(std::min<std::size_t>(segments_.size(), 3)));
        const std::size_t end = segments_.size();
        const bool is_elsewhere = chance(30);
        for (std::size_t i = first; i < end; ++i) {
            wait((chance(80) ? 0 : below(40)) * kMillisecond);
            Segment copy = segments_[i];
            copy.time = time_;
            copy.ttl = static_cast<std::uint8_t>(copy.ttl - (is_elsewhere ? 1 : 0));
            segments_.push_back(copy);
        }
    }

    void overtaken() {
        const std::size_t count = segments_.size();
        if (count < 2)
            return;
        const std::size_t place = count - 2 - below(static_cast<std::uint32_t>(std::min<std::size_t>(count - 1, 3)));
        Segment late = segments_[place];
        segments_.erase(segments_.begin() + static_cast<std::ptrdiff_t>(place));
        wait(kGaps[below(10)] * kMillisecond);
        late.time = time_;
        segments_.push_back(late);
    }

    void finished(unsigned end) {
        send(end, kFin | kAck, ends_[end].nxt++, 0);
        if (chance(80)) {
            wait_path();
            acknowledge(1 - end);
        }
        if (chance(50)) {
            wait_any();
            send(1 - end, kFin | kAck, ends_[1 - end].nxt++, 0);
            wait_path();
            acknowledge(end);
        }
    }

    void reset(unsigned end) {
        send(end, chance(50) ? kRst : kRst | kAck, ends_[end].nxt, 0);
        is_over_ = chance(80);
    }

    void crossing(unsigned end) {
        probe(end);
        if (chance(70))
            probe(1 - end);
        else
            data(1 - end, 1 + below(3));
        wait_path();
        respond(1 - end);
        respond(end);
    }

    void anything(unsigned end) {
        constexpr std::array<std::uint8_t, 5> kFlags{kAck, kAck, kAck | kPsh, 0, kAck | kFin};
        Segment& segment = send(end, kFlags[below(kFlags.size())], ends_[end].nxt - 2 + below(4), below(3));
        segment.ack += below(5) - 2;
    }

    // Some stacks run the keepalive timer whatever is outstanding.
    void probed_in_flight(unsigned end) {
        data(end, 1 + below(100));
        const Segment lost = segments_.back();
        const unsigned probes = 1 + below(3);
        for (unsigned each = 0; each < probes; ++each) {
            wait(kGaps[12 + below(4)] * kMillisecond);
            send(end, kAck, chance(50) ? lost.seq - 1 : ends_[end].nxt - 1, 0);
            if (chance(50)) {
                wait_any();
                Segment& again = send(end, lost.flags, lost.seq, lost.length);
                again.octet = lost.octet;
            }
        }
        if (chance(50))
            acknowledge(1 - end);
    }

    void begun_anew() {
        if (chance(30))
            time_ -= kGaps[12 + below(6)] * kMillisecond;  // a clock that is set back, a file appended to another
        ends_[0].nxt = static_cast<std::uint32_t>(random_());
        if (chance(70))
            handshake();
    }

    // The capture begins late, has one direction, or has lost some segments.
    void show_as_captured() {
        if (chance(30) && !segments_.empty())
            segments_.erase(segments_.begin(), segments_.begin() + below(static_cast<std::uint32_t>(segments_.size())));
        const bool is_one_way = chance(8);
        const bool loses = chance(10);
        segments_.erase(
            std::remove_if(segments_.begin(), segments_.end(),
                           [&](const Segment& each) { return (is_one_way && each.end == 1) || (loses && chance(15)); }),
            segments_.end());
        std::uint32_t frame = 0;
        for (Segment& each : segments_)
            each.frame = ++frame;
    }

    // What tcp.analysis says of them, near enough.
    void analyse() {
        struct Seen {
            bool is_known = false;
            std::uint32_t next = 0;
            std::uint32_t ack = 0;
            std::uint16_t window = 0;
            bool was_keepalive = false;
        };
        std::array<Seen, 2> seen{};
        for (Segment& each : segments_) {
            Seen& me = seen[each.end];
            const Seen& peer = seen[1U - each.end];
            const bool is_plain = !each.has(kSyn | kFin | kRst);
            const bool is_keepalive = me.is_known && is_plain && each.length <= 1 && each.seq == me.next - 1;
            if (is_keepalive)
                each.mark = Mark::KeepAlive;
            else if (me.is_known && is_plain && each.length == 0 && each.seq == me.next && each.ack == me.ack &&
                     each.window != 0 && each.window == me.window && peer.was_keepalive)
                each.mark = Mark::KeepAliveAck;
            const bool is_new = !me.is_known || static_cast<std::int32_t>(each.next_seq() - me.next) > 0;
            me = {true, is_new ? each.next_seq() : me.next, each.ack, each.window, is_keepalive};
        }
    }

    std::mt19937_64 random_;
    std::vector<Segment> segments_;
    std::array<EndState, 2> ends_{};
    Nanoseconds time_ = 1000 * kSecond;
    bool has_timestamps_ = false;
    bool is_over_ = false;
};

}  // namespace

std::vector<Segment> make_story(std::uint64_t number) {
    return Story(number).tell();
}

}  // namespace keepalive::test
