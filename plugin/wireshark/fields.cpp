// SPDX-License-Identifier: GPL-2.0-or-later
#include "fields.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "../engine/names.h"
#include "../engine/settings.h"
#include "expert_infos.h"
#include "frame_text.h"
#include "time_units.h"

namespace keepalive {

namespace {

int proto = -1;
int ett_keepalive = -1;
int frame_tap = 0;

int hf_type = -1;
int hf_probe = -1;
int hf_response = -1;
int hf_idle_time = -1;
int hf_silence = -1;
int hf_interval = -1;
int hf_probe_number = -1;
int hf_idle_probes = -1;
int hf_unanswered = -1;
int hf_answered_late = -1;
int hf_run_length = -1;
int hf_response_in = -1;
int hf_response_to = -1;
int hf_response_time = -1;
int hf_previous_probe = -1;
int hf_last_activity = -1;
int hf_octet = -1;
int hf_inferred = -1;
int hf_keepidle = -1;
int hf_keepintvl = -1;
int hf_keepcnt = -1;
int hf_settings = -1;
int hf_ttl_differs = -1;
int hf_missed = -1;
int hf_mistaken = -1;
int hf_duplicate = -1;
int hf_run_first = -1;
int hf_run_last = -1;
int hf_evidence = -1;
int hf_evidence_in = -1;
int hf_quiet_time = -1;
int hf_wakes = -1;
int hf_lost_while_quiet = -1;

// As Wireshark has them: pairs, and a pair of zeros after the last.
template <std::size_t Count>
constexpr std::array<value_string, Count> value_strings(const Names<Count>& names) {
    std::array<value_string, Count> strings{};
    for (std::size_t value = 1; value < Count; ++value)
        strings[value - 1] = {static_cast<guint32>(value), names[value]};
    return strings;
}

constexpr auto type_names = value_strings(kTypeNames);
constexpr auto mistake_names = value_strings(kMistakeNames);
constexpr auto evidence_names = value_strings(kEvidenceNames);

hf_register_info field(int* id, const char* name, const char* abbrev, ftenum type, const char* blurb,
                       int display = BASE_NONE, const void* strings = nullptr) {
    return {id, {name, abbrev, type, display, strings, 0, blurb, HFILL}};
}

// The contract with users, and the source of docs/fields.md.
hf_register_info* field_table(std::size_t& count) {
    static hf_register_info fields[] = {
        field(&hf_type, "Type", "keepalive.type", FT_UINT8, "What this segment is in a keep-alive exchange", BASE_DEC,
              VALS(type_names.data())),
        field(&hf_probe, "Keep-alive probe", "keepalive.probe", FT_BOOLEAN,
              "Sent because the connection was idle (type 1); present only when true"),
        field(&hf_response, "Keep-alive response", "keepalive.response", FT_BOOLEAN,
              "The peer's ACK to a probe (type 2); present only when true"),
        field(&hf_idle_time, "Idle time", "keepalive.idle_time", FT_RELATIVE_TIME,
              "Since the connection's last segment, from either end, that is not part of a keep-alive exchange"),
        field(&hf_silence, "Silence of the peer", "keepalive.silence", FT_RELATIVE_TIME,
              "Since the prober's TCP last heard its peer: Linux compares this with TCP_KEEPIDLE"),
        field(&hf_interval, "Interval", "keepalive.interval", FT_RELATIVE_TIME,
              "Since the same end's previous probe of this idle period"),
        field(&hf_probe_number, "Probe number", "keepalive.probe_number", FT_UINT32,
              "Which of the probes in a row without an answer this is, from 1: the kernel compares this with TCP_KEEPCNT",
              BASE_DEC),
        field(&hf_idle_probes, "Probes in this idle period", "keepalive.idle_probes", FT_UINT32,
              "This end's probes since the connection went idle, this one included, answered or not", BASE_DEC),
        field(&hf_unanswered, "Unanswered", "keepalive.unanswered", FT_BOOLEAN,
              "No answer ever came, although the next probe was sent, the connection ended or, for the last probe, as long "
              "as its interval passed; present only when true, on later passes"),
        field(&hf_answered_late, "Answered late", "keepalive.answered_late", FT_BOOLEAN,
              "The answer came after the next probe had been sent; present only when true, on later passes"),
        field(&hf_run_length, "Unanswered probes in the run", "keepalive.run_length", FT_UINT32,
              "How many probes of the run went unanswered", BASE_DEC),
        field(&hf_response_in, "Response in", "keepalive.response_in", FT_FRAMENUM,
              "The frame that answers this probe: ACK, RST, or data", BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE)),
        field(&hf_response_to, "Response to", "keepalive.response_to", FT_FRAMENUM, "The probe that this frame answers",
              BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_REQUEST)),
        field(&hf_response_time, "Response time", "keepalive.response_time", FT_RELATIVE_TIME,
              "From the probe to its answer"),
        field(&hf_previous_probe, "Previous probe", "keepalive.previous_probe", FT_FRAMENUM,
              "The same end's previous probe of this idle period"),
        field(&hf_last_activity, "Last activity", "keepalive.last_activity", FT_FRAMENUM,
              "The segment that the idle time counts from"),
        field(&hf_octet, "Garbage octet", "keepalive.octet", FT_UINT8,
              "The octet that the probe carries (Windows, old BSD, illumos); it is not part of the stream", BASE_HEX),
        field(&hf_inferred, "Inferred", "keepalive.inferred", FT_BOOLEAN,
              "Recognised by what followed or was repeated, because the sequence numbers before it are not known, as when "
              "the capture began mid-connection; present only when true"),
        field(
            &hf_keepidle, "Prober's TCP_KEEPIDLE", "keepalive.keepidle", FT_RELATIVE_TIME,
            "How long the prober's socket lets the connection be idle before the first probe, worked out from the times of "
            "its probes, in whole seconds"),
        field(&hf_keepintvl, "Prober's TCP_KEEPINTVL", "keepalive.keepintvl", FT_RELATIVE_TIME,
              "How long the prober's socket waits for an answer before it probes again, worked out from the times of its "
              "probes, in whole seconds"),
        field(&hf_keepcnt, "Prober's TCP_KEEPCNT", "keepalive.keepcnt", FT_UINT32,
              "How many unanswered probes the prober's socket sends before it gives up, counted in a complete run",
              BASE_DEC),
        field(&hf_settings, "Known settings", "keepalive.settings", FT_STRING, "The known setting that has these numbers"),
        field(&hf_ttl_differs, "TTL differs", "keepalive.ttl_differs", FT_BOOLEAN,
              "TTL or hop limit is not that of the same end's other segments: a device in between may have forged this "
              "one; present only when true"),
        field(&hf_missed, "Missed by tcp.analysis", "keepalive.missed", FT_BOOLEAN,
              "tcp.analysis does not mark this probe or response; present only when true"),
        field(&hf_mistaken, "Mistaken by tcp.analysis", "keepalive.mistaken", FT_UINT8,
              "What this segment really is, which tcp.analysis wrongly marks as keep-alive or keep-alive ACK", BASE_DEC,
              VALS(mistake_names.data())),
        field(&hf_duplicate, "Duplicate", "keepalive.duplicate", FT_BOOLEAN,
              "A second copy of a probe or response in the capture, not counted; present only when true"),
        field(&hf_run_first, "First probe of the run", "keepalive.run_first", FT_FRAMENUM,
              "The first of the unanswered probes after which the prober gave up"),
        field(&hf_run_last, "Last probe of the run", "keepalive.run_last", FT_FRAMENUM,
              "The last of the unanswered probes after which the prober gave up"),
        field(&hf_evidence, "Evidence", "keepalive.evidence", FT_UINT8, "What shows that this segment is what is said of it",
              BASE_DEC, VALS(evidence_names.data())),
        field(&hf_evidence_in, "Evidence in", "keepalive.evidence_in", FT_FRAMENUM,
              "The frame that shows what this segment is; absent if there is no such frame"),
        field(&hf_quiet_time, "Quiet time", "keepalive.quiet_time", FT_RELATIVE_TIME,
              "Since the connection's last segment, from either end: what a device in between compares with its idle "
              "timeout. On probes and waking segments"),
        field(&hf_wakes, "Wakes the connection", "keepalive.wakes", FT_BOOLEAN,
              "The first segment after the connection was quiet for at least the preference keepalive.quiet_from, if it is "
              "not "
              "part of a keep-alive exchange; present only when true"),
        field(
            &hf_lost_while_quiet, "Lost while quiet", "keepalive.lost_while_quiet", FT_BOOLEAN,
            "This probe or waking segment found the connection dead: it was reset, or nothing came from the peer any more; "
            "present only when true, on later passes"),
    };
    count = array_length(fields);
    return fields;
}

// Adds fields to one item. Everything here is generated: no octet of the frame stands behind it.
class Item {
public:
    Item(proto_tree* tree, tvbuff_t* tvb) : tree_(tree), tvb_(tvb) {}

    void number(int id, std::uint32_t value) { generated(proto_tree_add_uint(tree_, id, tvb_, 0, 0, value)); }
    void number_unless_0(int id, std::uint32_t value) {
        if (value != 0)
            number(id, value);
    }
    void flag(int id, bool value) {
        if (value)
            generated(proto_tree_add_boolean(tree_, id, tvb_, 0, 0, 1));
    }
    void span(int id, Nanoseconds value) {
        if (value == kNever)
            return;
        const nstime_t time = to_nstime(value);
        generated(proto_tree_add_time(tree_, id, tvb_, 0, 0, &time));
    }

    void seconds_unless_0(int id, std::uint32_t value) { span(id, value == 0 ? kNever : value * kSecond); }
    void text_unless_null(int id, const char* value) {
        if (value != nullptr)
            generated(proto_tree_add_string(tree_, id, tvb_, 0, 0, value));
    }
    void evidence(Proof proof) {
        if (proof.evidence == Evidence::None)
            return;
        proto_item* item = proto_tree_add_uint(tree_, hf_evidence, tvb_, 0, 0, static_cast<std::uint32_t>(proof.evidence));
        if (proof.frame != 0)
            proto_item_append_text(item, " [frame %u]", proof.frame);
        generated(item);
        number_unless_0(hf_evidence_in, proof.frame);
    }

private:
    static void generated(proto_item* item) { proto_item_set_generated(item); }

    proto_tree* tree_;
    tvbuff_t* tvb_;
};

void show_settings(const Record& record, Item& item) {
    item.seconds_unless_0(hf_keepidle, record.keepidle);
    item.seconds_unless_0(hf_keepintvl, record.keepintvl);
    item.number_unless_0(hf_keepcnt, record.keepcnt);
    item.text_unless_null(hf_settings, known_settings(record.keepidle, record.keepintvl, record.keepcnt));
}

void show_probe(const Record& record, Nanoseconds capture_end, Item& item) {
    item.span(hf_idle_time, record.idle_time);
    item.number_unless_0(hf_last_activity, record.last_activity);
    item.span(hf_silence, record.silence);
    item.span(hf_interval, record.interval());
    item.number_unless_0(hf_previous_probe, record.previous != nullptr ? record.previous->frame : 0);
    item.number(hf_probe_number, record.probe_number);
    item.number(hf_idle_probes, record.idle_probes);
    if (record.has_octet)
        item.number(hf_octet, record.octet);
    item.flag(hf_inferred, record.inferred);
    item.number_unless_0(hf_response_in, record.answer_frame);
    item.span(hf_response_time, record.response_time);
    item.flag(hf_answered_late, record.answered_late);
    if (record.is_unanswered(capture_end)) {
        item.flag(hf_unanswered, true);
        item.number(hf_run_length, record.run_length(capture_end));
    }
    show_settings(record, item);
}

void show_waking(const Record& record, Nanoseconds capture_end, Item& item) {
    item.flag(hf_wakes, true);
    item.number_unless_0(hf_response_in, record.answer_frame);
    item.span(hf_response_time, record.response_time);
    item.flag(hf_unanswered, record.is_unanswered(capture_end));
}

void show_fields(const Record& record, Nanoseconds capture_end, Item& item) {
    item.number_unless_0(hf_type, static_cast<std::uint32_t>(record.type));
    item.flag(hf_probe, record.type == Type::Probe);
    item.flag(hf_response, record.type == Type::Response);
    switch (record.type) {
        case Type::Probe: show_probe(record, capture_end, item); break;
        case Type::Response:
        case Type::PeerReset:
            item.number(hf_response_to, record.partner->frame);
            item.span(hf_response_time, record.response_time);
            break;
        case Type::GaveUp:
            item.number(hf_run_length, record.run_length(capture_end));
            item.number(hf_run_first, record.run->frame);
            item.number(hf_run_last, record.run->run_last->frame);
            show_settings(record, item);
            break;
        case Type::None: break;
    }
    if (record.wakes())
        show_waking(record, capture_end, item);
    if (record.type == Type::Probe || record.wakes()) {
        item.span(hf_quiet_time, record.quiet_time);
        item.flag(hf_lost_while_quiet, record.is_lost_while_quiet(capture_end));
    }
    item.flag(hf_ttl_differs, record.type != Type::None && record.ttl_differs);
    item.flag(hf_missed, record.is_missed());
    item.number_unless_0(hf_mistaken, static_cast<std::uint32_t>(record.mistaken()));
    item.flag(hf_duplicate, record.duplicate);
    item.evidence(record.proof);
}

// Before TCP's own text, as TCP does with its analysis: behind it, a window of usual width would not show it. As
// col_prepend_fstr() does it, but its printf and its copies octet by octet would cost more than all else that is said of a
// frame. What a dissector has protected (the fence) stays protected.
void prepend_to_info(column_info* columns, const FrameText& text) {
    const std::size_t length = text.length();
    for (int column = columns->col_first[COL_INFO]; column >= 0 && column <= columns->col_last[COL_INFO]; ++column) {
        col_item_t& info = columns->columns[column];
        if (info.fmt_matx[COL_INFO] == 0)
            continue;
        std::size_t present = std::min(std::strlen(info.col_data), COL_MAX_INFO_LEN - 1 - length);
        while (present > 0 && (info.col_data[present] & 0xc0) == 0x80)  // a cut within a character of UTF-8
            --present;
        std::memmove(info.col_buf + length, info.col_data, present);
        std::memcpy(info.col_buf, text.c_str(), length);
        info.col_buf[length + present] = '\0';
        info.col_data = info.col_buf;
        if (info.col_fence > 0)
            info.col_fence += static_cast<int>(length);
    }
}

// The statistics of protocols (-z io,phs) count the items of a tree that need not be shown, and hear of each frame.
bool counts_protocols(const proto_tree* tree) {
    return tree != nullptr && have_tap_listener(frame_tap);
}

}  // namespace

void register_fields(int protocol) {
    proto = protocol;
    std::size_t field_count = 0;
    hf_register_info* fields = field_table(field_count);
    proto_register_field_array(proto, fields, static_cast<int>(field_count));
    static int* trees[] = {&ett_keepalive};
    proto_register_subtree_array(trees, array_length(trees));
    frame_tap = find_tap_id("frame");
}

void show(const Record& record, Nanoseconds capture_end, const Preferences& preferences, tvbuff_t* tvb, packet_info* pinfo,
          proto_tree* tree) {
    if (!record.is_shown())
        return;
    if (preferences.info_column && col_get_writable(pinfo->cinfo, COL_INFO))
        prepend_to_info(pinfo->cinfo, FrameText().add_info(record, capture_end));
    proto_item* item = nullptr;
    proto_tree* subtree = nullptr;
    // Wireshark often has a tree for the sake of a field of another protocol.
    if (proto_field_is_referenced(tree, proto)) {
        const FrameText text = FrameText().add_story(record, capture_end);
        item = proto_tree_add_protocol_format(tree, proto, tvb, 0, 0, "TCP Keep-Alive: %s", text.c_str());
        subtree = proto_item_add_subtree(item, ett_keepalive);
    } else if (wants_expert_items(pinfo, tree) || counts_protocols(tree)) {
        item = proto_tree_add_item(tree, proto, tvb, 0, 0, ENC_NA);
    }
    // First of all, because they explain the rest to someone who has never heard of keep-alives.
    add_expert_infos(record, preferences.idle_limit, pinfo, item);
    if (subtree != nullptr) {
        Item fields(subtree, tvb);
        show_fields(record, capture_end, fields);
    }
}

}  // namespace keepalive
