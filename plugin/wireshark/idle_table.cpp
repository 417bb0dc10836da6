// SPDX-License-Identifier: GPL-2.0-or-later
#include "idle_table.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "../engine/silences.h"
#include "capture.h"
#include "table.h"
#include "tap.h"

namespace keepalive {

namespace {

enum Column : unsigned {
    kOutcome,
    kStream,
    kClient,
    kServer,
    kSurvived,
    kLost,
    kProbedBy,
    kKeepidle,
    kLimit,
    kIdleTimeout,
    kColumns,
};

// As in the table of probers: texts fill their width from the right, because the window sorts them as texts.
std::array<stat_tap_table_item, kColumns> columns{{
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Outcome", "%-15s"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Stream", "%6u"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client (address:port)", "%-21s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Server (address:port)", "%-21s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Longest survived (s)", "%20s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Lost after (s)", "%14s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Probed by", "%-9s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "KEEPIDLE (s)", "%12s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Idle limit", "%-22s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Suspected idle timeout (s)", "%26s"},
}};

// Nothing in a record tells who opened a connection; a server's port is nearly always the lower one.
struct Connection {
    Silences silences;
    const Record* newest = nullptr;    // counted
    std::array<std::string, 2> hosts;  // by end
    std::array<std::uint32_t, 2> ports{};
    Cell* row = nullptr;  // null while no silence was long enough

    unsigned server() const { return ports[1] <= ports[0] ? 1 : 0; }
    unsigned client() const { return 1U - server(); }
    char* endpoint(unsigned end) const { return g_strdup_printf("%s:%u", hosts[end].c_str(), ports[end]); }
};

// All connections between two hosts and to one port: they go through the same devices.
struct Path {
    Silences silences;
    std::vector<Cell*> rows;
};
using PathName = std::tuple<std::string, std::string, std::uint32_t>;

stat_tap_table_ui table_ui;
Table table(table_ui, kColumns);
const unsigned* idle_limit_preference = nullptr;
std::map<std::uint32_t, Connection> connections;  // by tcp.stream
std::map<PathName, Path> paths;
// On the first pass, what a record says is not final: it is counted when the table is drawn.
std::vector<const Record*> tapped;
bool is_drawn_after_us = false;

// The dead first: where the table is sorted by outcome, as a window that opens is, a blank comes before any letter.
const char* sortable(const Silences& silences) {
    if (silences.lost() == kNever)
        return silences.outcome();
    return silences.is_lost_by_reset() ? " lost: reset" : " lost: no answer";
}

const char* limit_text(const Silences& silences) {
    const unsigned limit = *idle_limit_preference;
    if (limit == 0)
        return "";
    switch (silences.compare(static_cast<Nanoseconds>(limit) * kSecond)) {
        case LimitVerdict::NotReached: return "never reached";
        case LimitVerdict::KeptBelow: return "kept below by probes";
        case LimitVerdict::Survived: return "survived beyond";
        case LimitVerdict::LostBeyond: return "lost beyond";
        case LimitVerdict::LostBelow: return "lost below";
    }
    return "";
}

const char* probed_by(const Connection& connection) {
    const bool by_server = connection.silences.has_probes_of(connection.server());
    const bool by_client = connection.silences.has_probes_of(connection.client());
    return by_client && by_server ? "both" : by_client ? "client" : by_server ? "server" : "none";
}

void write(const Connection& connection) {
    const Silences& silences = connection.silences;
    Cell* row = connection.row;
    put(row[kOutcome], sortable(silences));
    put_seconds_unless_never(row[kSurvived], silences.survived(), 20, 3);
    put_seconds_unless_never(row[kLost], silences.lost(), 14, 3);
    put(row[kProbedBy], probed_by(connection));
    const std::uint32_t clients = silences.keepidle(connection.client());
    put_unless_0(row[kKeepidle], clients != 0 ? clients : silences.keepidle(connection.server()), 12);
    put(row[kLimit], limit_text(silences));
}

double seconds(Nanoseconds span) {
    return static_cast<double>(span) / static_cast<double>(kSecond);
}

void write(const Path& path) {
    for (Cell* row : path.rows) {
        if (path.silences.suggests_idle_timeout())
            put_owned(row[kIdleTimeout],
                      g_strdup_printf("%9.3f to %.3f", seconds(path.silences.survived()), seconds(path.silences.lost())));
        else
            put(row[kIdleTimeout], "");
    }
}

// Null if there is nothing to count.
Connection* count(const Record& record) {
    Connection& connection = connections[record.connection];
    // Two listeners of one table may both have tapped it.
    if (connection.newest == &record)
        return nullptr;
    connection.newest = &record;
    connection.silences.add(record, quiet_from(), capture_end());
    return &connection;
}

void show(std::uint32_t stream, Connection& connection) {
    Path& path = paths[{connection.hosts[connection.client()], connection.hosts[connection.server()],
                        connection.ports[connection.server()]}];
    path.silences.add(connection.silences);
    if (connection.row == nullptr && connection.silences.is_named()) {
        connection.row = table.add_row();
        path.rows.push_back(connection.row);
        put(connection.row[kStream], stream);
        put_owned(connection.row[kClient], connection.endpoint(connection.client()));
        put_owned(connection.row[kServer], connection.endpoint(connection.server()));
    }
    if (connection.row != nullptr)
        write(connection);
    write(path);
}

void clear_rows() {
    table.clear();
    paths.clear();
    for (auto& [stream, connection] : connections)
        connection.row = nullptr;
}

// The lost ones first, and then those that were silent for longest.
bool is_worse(const Silences& one, const Silences& other) {
    return std::tuple(one.lost() != kNever, std::max(one.lost(), one.survived())) >
           std::tuple(other.lost() != kNever, std::max(other.lost(), other.survived()));
}

void fill() {
    clear_rows();
    for (auto& [stream, connection] : connections) {
        connection.silences = {};
        connection.newest = nullptr;
    }
    for (const Record* record : tapped)
        count(*record);
    std::vector<std::pair<std::uint32_t, Connection*>> worst_first;
    worst_first.reserve(connections.size());
    for (auto& [stream, connection] : connections)
        worst_first.emplace_back(stream, &connection);
    std::stable_sort(worst_first.begin(), worst_first.end(), [](const auto& one, const auto& other) {
        return is_worse(one.second->silences, other.second->silences);
    });
    for (const auto& [stream, connection] : worst_first)
        show(stream, *connection);
}

void draw(void* /*listener*/) {
    if (!table.exists())
        return;
    if (tapped.empty())
        table.sort_by_text(kOutcome);
    else
        fill();
}

std::string text_of(const address* host, wmem_allocator_t* pool) {
    const std::string text = address_to_str(pool, host);
    return host->type == AT_IPv6 ? "[" + text + "]" : text;
}

template <class... Flags>
tap_packet_status on_packet(void* /*listener*/, packet_info* pinfo, epan_dissect_t* /*edt*/, const void* data,
                            Flags... /*flags*/) {
    const auto& tap = *static_cast<const TapData*>(data);
    const Record& record = *tap.record;
    Connection& connection = connections[record.connection];
    if (connection.hosts[0].empty()) {
        connection.hosts[record.end] = text_of(tap.sender, pinfo->pool);
        connection.hosts[1U - record.end] = text_of(tap.receiver, pinfo->pool);
        connection.ports[record.end] = tap.sender_port;
        connection.ports[1U - record.end] = tap.receiver_port;
    }
    if (tap.is_first_pass)
        tapped.push_back(&record);
    else if (count(record) != nullptr)  // a window draws without telling us
        show(record.connection, connection);
    if (!is_drawn_after_us)
        before_drawing(&table_ui, draw);
    is_drawn_after_us = true;
    return TAP_PACKET_REDRAW;
}

void forget() {
    connections.clear();
    paths.clear();
    tapped.clear();
    table.forget_spare_rows();
}

// Called for each listener, and again when a window fills its table anew.
void begin(stat_tap_table_ui* /*ui*/) {
    if (is_drawn_after_us)
        remove_tap_listener(&table_ui);  // older than the listener to come, and so drawn too late
    is_drawn_after_us = false;
    if (table.exists())
        return;
    forget();
    table.create("Connections");
}

void reset(stat_tap_table* /*table*/) {
    clear_rows();
    connections.clear();
    tapped.clear();
}

// Called for each cell before Wireshark frees the rows.
void free_cell(stat_tap_table* /*table*/, guint row, guint column, Cell* cell) {
    release(*cell);
    if (row == 0 && column == 0)
        forget();
}

// The records go with the capture file; what the rows say stays.
void end_capture() {
    tapped.clear();
}

}  // namespace

void register_idle_table(const unsigned& idle_limit) {
    idle_limit_preference = &idle_limit;
    static tap_param filter;
    filter.type = PARAM_FILTER;
    filter.name = "filter";
    filter.title = "Filter";
    filter.optional = true;

    table_ui.group = kStatisticsMenu;
    table_ui.title = "TCP Idle Connections";
    table_ui.tap_name = "keepalive";
    table_ui.cli_string = "keepalive,idle";
    table_ui.stat_tap_init_cb = begin;
    table_ui.packet_func = on_packet;
    table_ui.stat_tap_reset_table_cb = reset;
    table_ui.stat_tap_free_table_item_cb = free_cell;
    table_ui.nfields = columns.size();
    table_ui.fields = columns.data();
    table_ui.nparams = 1;
    table_ui.params = &filter;
    register_stat_tap_table_ui(&table_ui);
    register_cleanup_routine(end_capture);
}

}  // namespace keepalive
