// SPDX-License-Identifier: GPL-2.0-or-later
#include "overview_tree.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "capture.h"
#include "tap.h"

namespace keepalive {

namespace {

// A window sorts topics by name, from Z to A, below those that it is told to keep on top: these names are in a natural
// order then.
constexpr char kProbes[] = "Probes";
constexpr char kResponses[] = "Peer responses";
constexpr char kPeerResets[] = "Peer resets";
constexpr char kGaveUp[] = "Gave up";
constexpr char kResponseTime[] = "Time until the response (us)";
constexpr char kIdleTime[] = "Time idle before the first probe (s)";
constexpr char kInterval[] = "Time between probes (s)";
constexpr char kProbers[] = "Senders of probes";
constexpr char kMistaken[] = "Mistaken by tcp.analysis";
constexpr char kMissed[] = "Missed by tcp.analysis";

// A range as Wireshark counts in it, and as people call it.
struct Range {
    const char* numbers;
    const char* name;
};

constexpr std::array<Range, 7> kSecondRanges{{
    {"0-4", "under 5 s"},
    {"5-29", "5 to 30 s"},
    {"30-59", "30 s to 1 min"},
    {"60-299", "1 to 5 min"},
    {"300-1799", "5 to 30 min"},
    {"1800-7199", "30 min to 2 h"},
    {"7200-", "2 h and more"},
}};
constexpr std::array<Range, 6> kMicrosecondRanges{{
    {"0-99", "under 0.1 ms"},
    {"100-999", "0.1 to 1 ms"},
    {"1000-9999", "1 to 10 ms"},
    {"10000-99999", "10 to 100 ms"},
    {"100000-999999", "0.1 to 1 s"},
    {"1000000-", "1 s and more"},
}};

struct Tapped {
    const Record* record;
    std::string sender;
};

// What belongs to one tree: tshark makes one for each -z, the window one for each time that it is filled.
struct Overview {
    // Nodes that have others below them.
    int probes = 0;
    int missed = 0;
    int mistaken = 0;
    int probers = 0;
    int answered = 0;
    int unanswered = 0;
    int undecided = 0;
    // On the first pass: those of which later frames may tell what they are, and the probes, whose answers come later.
    std::vector<Tapped> open;
    std::vector<const Record*> asked;
};

constexpr Nanoseconds kMicrosecond = 1000;

std::unordered_map<stats_tree*, Overview> overviews;
bool is_drawn_after_us = false;

// Wireshark notes in which bursts each node was ticked, by the time of the frame since the first. It crashes where a double
// no longer tells that from one window of bursts later, so a file with times that no host has gets no bursts here.
bool has_absurd_times = false;

bool is_absurd(const nstime_t& since_first) {
    constexpr time_t kAges = 10'000'000'000;  // seconds: three centuries
    return since_first.secs > kAges || since_first.secs < -kAges;
}

class WithoutAbsurdBursts {
public:
    WithoutAbsurdBursts() {
        if (has_absurd_times)
            prefs.st_enable_burstinfo = false;
    }
    ~WithoutAbsurdBursts() { prefs.st_enable_burstinfo = before_; }
    WithoutAbsurdBursts(const WithoutAbsurdBursts&) = delete;
    WithoutAbsurdBursts& operator=(const WithoutAbsurdBursts&) = delete;

private:
    decltype(prefs.st_enable_burstinfo) before_ = prefs.st_enable_burstinfo;
};

void tick(stats_tree* tree, const char* name, int parent) {
    tick_stat_node(tree, name, parent, parent == 0);
}

void tick_range(stats_tree* tree, const char* name, Nanoseconds span, Nanoseconds unit) {
    const Nanoseconds value = (span + unit / 2) / unit;
    tick(tree, name, 0);  // the range node counts none itself
    stats_tree_tick_range(tree, name, 0, static_cast<int>(std::clamp<Nanoseconds>(value, INT32_MIN, INT32_MAX)));
}

const char* mistake_name(Mistake mistake) {
    const header_field_info* field = proto_registrar_get_byname("keepalive.mistaken");
    return val_to_str_const(static_cast<guint32>(mistake), static_cast<const value_string*>(field->strings), "unknown");
}

void count_probe(stats_tree* tree, const Overview& overview, const Record& probe, const char* sender) {
    tick(tree, kProbes, 0);
    stats_tree_tick_pivot(tree, overview.probers, sender);
    if (probe.previous != nullptr)
        tick_range(tree, kInterval, probe.interval(), kSecond);
    else if (probe.idle_time != kNever)
        tick_range(tree, kIdleTime, probe.idle_time, kSecond);
}

void count(stats_tree* tree, const Overview& overview, const Record& record, const char* sender) {
    switch (record.type) {
        case Type::Probe: count_probe(tree, overview, record, sender); break;
        case Type::Response: tick(tree, kResponses, 0); break;
        case Type::PeerReset: tick(tree, kPeerResets, 0); break;
        case Type::GaveUp: tick(tree, kGaveUp, 0); break;
        case Type::None: break;
    }
    if (record.is_missed()) {
        tick(tree, kMissed, 0);
        tick(tree, record.type == Type::Probe ? "Probes" : "Responses", overview.missed);
    }
    if (record.mistaken() != Mistake::None) {
        tick(tree, kMistaken, 0);
        tick(tree, mistake_name(record.mistaken()), overview.mistaken);
    }
}

void count_fate(stats_tree* tree, Overview& overview, const Record& record) {
    if (record.type != Type::Probe)
        return;
    if (record.answer_frame != 0) {
        ++overview.answered;
        tick_range(tree, kResponseTime, record.response_time, kMicrosecond);
    } else {
        ++(record.is_unanswered(capture_end()) ? overview.unanswered : overview.undecided);
    }
}

void show_fates(stats_tree* tree, const Overview& overview) {
    set_stat_node(tree, "Answered", overview.probes, false, overview.answered);
    set_stat_node(tree, "Unanswered", overview.probes, false, overview.unanswered);
    set_stat_node(tree, "Undecided", overview.probes, false, overview.undecided);
}

void complete(stats_tree* tree, Overview& overview) {
    for (const Tapped& each : overview.open)
        count(tree, overview, *each.record, each.sender.c_str());
    overview.open.clear();
    for (const Record* record : overview.asked)
        count_fate(tree, overview, *record);
    overview.asked.clear();
    show_fates(tree, overview);
}

void complete_all(void* /*listener*/) {
    const WithoutAbsurdBursts without;
    for (auto& [tree, overview] : overviews)
        complete(tree, overview);
}

void add_on_first_pass(stats_tree* tree, Overview& overview, const Record& record, const char* sender) {
    if (record.is_open())
        overview.open.push_back({&record, sender});
    else
        count(tree, overview, record, sender);
    if (record.type == Type::Probe || record.undecided)
        overview.asked.push_back(&record);
    if (!is_drawn_after_us)
        before_drawing(&overviews, complete_all);
    is_drawn_after_us = true;
}

template <class... Flags>
tap_packet_status on_packet(stats_tree* tree, packet_info* pinfo, epan_dissect_t* /*edt*/, const void* data,
                            Flags... /*flags*/) {
    const auto& tap = *static_cast<const TapData*>(data);
    Overview& overview = overviews[tree];
    has_absurd_times = has_absurd_times || is_absurd(pinfo->rel_ts);
    const WithoutAbsurdBursts without;
    const char* sender = address_to_str(pinfo->pool, tap.sender);
    if (tap.is_first_pass) {
        add_on_first_pass(tree, overview, *tap.record, sender);
    } else {
        count(tree, overview, *tap.record, sender);
        count_fate(tree, overview, *tap.record);
        show_fates(tree, overview);
    }
    return TAP_PACKET_REDRAW;
}

int create_node(stats_tree* tree, const char* name) {
    return stats_tree_create_node(tree, name, 0, STAT_DT_INT, true);
}

int create_node_on_top(stats_tree* tree, const char* name) {
    const int node = create_node(tree, name);
    stat_node_set_flags(tree, name, 0, true, ST_FLG_SORT_TOP);
    return node;
}

stat_node* node_of(const stats_tree* tree, int id) {
    return static_cast<stat_node*>(g_ptr_array_index(tree->parents, static_cast<guint>(id)));
}

// Counted and sorted by the numbers, shown by the names.
template <std::size_t count>
void create_ranges(stats_tree* tree, const char* name, const std::array<Range, count>& ranges) {
    std::array<char*, count> numbers{};
    for (std::size_t place = 0; place < count; ++place)
        numbers[place] = g_strdup(ranges[place].numbers);
    const int node = stats_tree_create_range_node_string(tree, name, 0, count, numbers.data());
    for (char* each : numbers)
        g_free(each);
    for (stat_node* each = node_of(tree, node)->children; each != nullptr; each = each->next)
        for (const Range& range : ranges)
            if (std::string_view(each->name) == range.numbers) {
                g_free(each->name);
                each->name = g_strdup(range.name);
                break;
            }
}

void begin(stats_tree* tree) {
    Overview& overview = overviews[tree] = {};
    overview.probes = create_node_on_top(tree, kProbes);
    show_fates(tree, overview);
    for (const char* name : {"Answered", "Unanswered"})
        stat_node_set_flags(tree, name, overview.probes, false, ST_FLG_SORT_TOP);
    create_node_on_top(tree, kResponses);
    create_node_on_top(tree, kPeerResets);
    create_node_on_top(tree, kGaveUp);
    create_ranges(tree, kResponseTime, kMicrosecondRanges);
    create_ranges(tree, kIdleTime, kSecondRanges);
    create_ranges(tree, kInterval, kSecondRanges);
    overview.probers = stats_tree_create_pivot(tree, kProbers, 0);
    overview.mistaken = create_node(tree, kMistaken);
    overview.missed = create_node(tree, kMissed);
}

void end(stats_tree* tree) {
    overviews.erase(tree);
}

// The records go with the capture file; what was counted stays.
void end_capture() {
    has_absurd_times = false;
    for (auto& [tree, overview] : overviews) {
        overview.open.clear();
        overview.asked.clear();
    }
}

}  // namespace

void register_overview_tree() {
    stats_tree_register_plugin("keepalive", "keepalive", "TCP Keep-Alive Overview", 0, on_packet, begin, end);
    register_cleanup_routine(end_capture);
}

}  // namespace keepalive
