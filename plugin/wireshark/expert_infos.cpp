// SPDX-License-Identifier: GPL-2.0-or-later
#include "expert_infos.h"

#include <array>

namespace keepalive {

namespace {

enum Info : unsigned {
    kProbeSeen,
    kUnansweredRun,
    kGaveUp,
    kPeerReset,
    kMistaken,
    kIdleLimitExceeded,
    kSettingsDiffer,
    kTtlDiffers,
    kInfos
};

int proto_expert = -1;
int expert_tap = 0;
std::array<expert_field, kInfos> ids;

// In the order of Info. The texts are constant: Wireshark groups expert infos by text.
std::array<ei_register_info, kInfos> infos{{
    {&ids[kProbeSeen],
     {"keepalive.probe_seen", PI_SEQUENCE, PI_CHAT,
      "Keep-alive probe: the connection was idle, so the sender's TCP asks whether its peer is still there", EXPFILL}},
    {&ids[kUnansweredRun],
     {"keepalive.unanswered_run", PI_SEQUENCE, PI_WARN, "Keep-alive probes in a row go unanswered", EXPFILL}},
    {&ids[kGaveUp],
     {"keepalive.gave_up", PI_SEQUENCE, PI_WARN, "Connection given up after unanswered keep-alive probes", EXPFILL}},
    {&ids[kPeerReset],
     {"keepalive.peer_reset", PI_SEQUENCE, PI_WARN,
      "Keep-alive probe answered with a reset: the peer, or a device in between, does not know the connection", EXPFILL}},
    {&ids[kMistaken],
     {"keepalive.tcp_analysis_mistaken", PI_SEQUENCE, PI_NOTE,
      "tcp.analysis marks this segment as keep-alive or keep-alive ACK, but it is something else", EXPFILL}},
    {&ids[kIdleLimitExceeded],
     {"keepalive.idle_limit_exceeded", PI_SEQUENCE, PI_WARN,
      "Nothing was sent on the connection for longer than the preference keepalive.idle_limit", EXPFILL}},
    {&ids[kSettingsDiffer],
     {"keepalive.settings_differ", PI_SEQUENCE, PI_NOTE,
      "The prober's keep-alive settings are not what an earlier run of probes showed", EXPFILL}},
    {&ids[kTtlDiffers],
     {"keepalive.ttl_differs_seen", PI_SEQUENCE, PI_NOTE,
      "TTL or hop limit is not that of the same end's other segments: possibly forged by a device in between", EXPFILL}},
}};

// Before a capture is read: Wireshark registers them after plugins.
void look_up() {
    proto_expert = proto_get_id_by_filter_name("_ws.expert");
    expert_tap = find_tap_id("expert");
}

// Nothing at all passed for longer than the limit: what a device that forgets idle connections sees.
bool exceeds_limit(const Record& record, unsigned limit) {
    const bool has_quiet = (record.type == Type::Probe || record.wakes()) && record.quiet_time != kNever;
    return limit != 0 && has_quiet && record.quiet_time > static_cast<Nanoseconds>(limit) * kSecond;
}

bool has_column(const packet_info* pinfo) {
    return col_get_writable(pinfo->cinfo, COL_EXPERT) && pinfo->cinfo->col_first[COL_EXPERT] >= 0;
}

// Adding one costs as much as analysing a segment, even if nobody reads it: neither the tree, nor a column, nor a tap. Then
// only the highest severity so far counts, which the window shows (users can give an info another severity).
class Adder {
public:
    Adder(packet_info* pinfo, proto_item* item)
        : pinfo_(pinfo), item_(item), are_read_(item != nullptr || has_column(pinfo) || have_tap_listener(expert_tap)) {}

    void add_if(bool applies, Info info) {
        if (applies && (are_read_ || infos[info].eiinfo.severity > expert_get_highest_severity()))
            expert_add_info(pinfo_, item_, &ids[info]);
    }

private:
    packet_info* pinfo_;
    proto_item* item_;
    bool are_read_;
};

}  // namespace

void register_expert_infos(int protocol) {
    expert_register_field_array(expert_register_protocol(protocol), infos.data(), infos.size());
    register_init_routine(look_up);
}

bool wants_expert_items(const packet_info* pinfo, proto_tree* tree) {
    return tree != nullptr && (proto_field_is_referenced(tree, proto_expert) || has_column(pinfo));
}

void add_expert_infos(const Record& record, unsigned idle_limit, packet_info* pinfo, proto_item* item) {
    Adder adder(pinfo, item);
    const bool is_probe = record.type == Type::Probe;
    adder.add_if(is_probe && record.probe_number <= 1, kProbeSeen);
    adder.add_if(is_probe && record.probe_number > 1, kUnansweredRun);
    adder.add_if(record.type == Type::GaveUp, kGaveUp);
    adder.add_if(record.type == Type::PeerReset, kPeerReset);
    adder.add_if(record.mistaken() != Mistake::None, kMistaken);
    adder.add_if(exceeds_limit(record, idle_limit), kIdleLimitExceeded);
    adder.add_if(record.type != Type::None && record.settings_differ, kSettingsDiffer);
    adder.add_if(record.type != Type::None && record.ttl_differs, kTtlDiffers);
}

}  // namespace keepalive
