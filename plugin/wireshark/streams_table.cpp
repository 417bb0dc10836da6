// SPDX-License-Identifier: GPL-2.0-or-later
#include "streams_table.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "../engine/summary.h"
#include "capture.h"
#include "table.h"
#include "tap.h"

namespace keepalive {

namespace {

// What is asked for first stands where a window of usual width shows it.
enum Column : unsigned {
    kOutcome,  // a window sorts by the first column
    kStream,
    kProber,
    kPeer,
    kIdleTimeout,
    kProbes,
    kAnswered,
    kUnanswered,
    kLongestRun,
    kIdlePeriods,
    kLongestIdle,
    kKeepidle,
    kKeepintvl,
    kKeepcnt,
    kShortestResponse,
    kMeanResponse,
    kLongestResponse,
    kColumns,
};

// The widths are those of the names, so that tshark's columns stand below them.
std::array<stat_tap_table_item, kColumns> columns{{
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Newest outcome", "%-14s"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Stream", "%6u"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Prober (address:port)", "%-21s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Peer (address:port)", "%-19s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Suspected idle timeout (s)", "%26s"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Probes", "%6u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Answered", "%8u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Unanswered", "%10u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Longest run", "%11u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Idle periods", "%12u"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Longest idle (s)", "%16s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "KEEPIDLE (s)", "%12s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "KEEPINTVL (s)", "%13s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "KEEPCNT", "%7s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Response min (s)", "%16s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Response avg (s)", "%16s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Response max (s)", "%16s"},
}};

// An end's address and port, as the segment has them.
struct Endpoint {
    std::array<std::uint8_t, 16> octets{};
    std::uint16_t port = 0;
    std::uint8_t type = AT_NONE;
    std::uint8_t length = 0;
};

struct Connection {
    ConnectionSummary summary;
    const Record* newest = nullptr;     // counted
    std::array<Endpoint, 2> endpoints;  // by end
    std::array<Cell*, 2> rows{};        // by end; null while there is nothing to show
};

// What the table costs while packets are read. Cells and texts come on top for a table that is shown.
static_assert(sizeof(Connection) <= 300);

// Wireshark has one table for all listeners, and shows the rows that it has.
stat_tap_table_ui table_ui;
Table table(table_ui, kColumns);
std::unordered_map<std::uint32_t, Connection> connections;  // by tcp.stream
// On the first pass, what a record says is not final: it is counted when the table is drawn.
std::vector<const Record*> tapped;
bool is_drawn_after_us = false;

double seconds(Nanoseconds span) {
    return static_cast<double>(span) / static_cast<double>(kSecond);
}

// Deaths first: where the table is sorted by outcome, as a window that opens is, a blank comes before any letter.
const char* sortable(const char* outcome) {
    constexpr std::array<const char*, 3> kDeaths{" gave up", " peer reset", " unanswered until the capture ended"};
    const auto* death =
        std::find_if(kDeaths.begin(), kDeaths.end(), [outcome](std::string_view each) { return each.substr(1) == outcome; });
    return death == kDeaths.end() ? outcome : *death;
}

void write(Cell* row, const ProberSummary& prober) {
    put(row[kOutcome], sortable(prober.outcome));
    if (prober.suggests_idle_timeout())
        put_owned(row[kIdleTimeout], g_strdup_printf("%9.3f to %.3f", seconds(prober.survived), seconds(prober.lost)));
    else
        put(row[kIdleTimeout], "");
    put(row[kProbes], prober.probes);
    put(row[kAnswered], prober.answered);
    put(row[kUnanswered], prober.unanswered);
    put(row[kLongestRun], prober.longest_run);
    put(row[kIdlePeriods], prober.idle_periods);
    put_seconds_unless_never(row[kLongestIdle], prober.longest_idle, 16, 3);
    put_unless_0(row[kKeepidle], prober.keepidle, 12);
    put_unless_0(row[kKeepintvl], prober.keepintvl, 13);
    put_unless_0(row[kKeepcnt], prober.keepcnt, 7);
    put_seconds_unless_never(row[kShortestResponse], prober.shortest_response, 16, 6);
    put_seconds_unless_never(row[kMeanResponse], prober.has_responses() ? prober.mean_response() : kNever, 16, 6);
    put_seconds_unless_never(row[kLongestResponse], prober.longest_response, 16, 6);
}

Endpoint endpoint(const address* host, std::uint32_t port) {
    Endpoint end;
    end.port = static_cast<std::uint16_t>(port);
    end.type = static_cast<std::uint8_t>(host->type);
    end.length = static_cast<std::uint8_t>(std::clamp<int>(host->len, 0, end.octets.size()));
    std::copy_n(static_cast<const std::uint8_t*>(host->data), end.length, end.octets.begin());
    return end;
}

char* text_of(const Endpoint& end) {
    address host{};
    set_address(&host, end.type, end.length, end.octets.data());
    char* name = address_to_str(nullptr, &host);
    char* text = g_strdup_printf(end.type == AT_IPv6 ? "[%s]:%u" : "%s:%u", name, end.port);
    wmem_free(nullptr, name);
    return text;
}

Cell* make_row(const Connection& connection, const Record& record) {
    Cell* row = table.add_row();
    put(row[kStream], record.connection);
    put_owned(row[kProber], text_of(connection.endpoints[record.end]));
    put_owned(row[kPeer], text_of(connection.endpoints[1U - record.end]));
    return row;
}

// False if there is nothing to count.
bool count(const Record& record) {
    Connection& connection = connections[record.connection];
    // Two listeners of one table may both have tapped it.
    if (connection.newest == &record || (record.type != Type::Probe && record.type != Type::GaveUp))
        return false;
    connection.newest = &record;
    connection.summary.add(record, capture_end());
    if (connection.rows[record.end] == nullptr)
        connection.rows[record.end] = make_row(connection, record);
    return true;
}

void write_rows(const Connection& connection) {
    for (unsigned end = 0; end < connection.rows.size(); ++end)
        if (connection.rows[end] != nullptr)
            write(connection.rows[end], connection.summary.prober(end));
}

void clear_rows() {
    table.clear();
    for (auto& [stream, connection] : connections)
        connection.rows = {};
}

void draw(void* /*listener*/) {
    if (!table.exists())
        return;
    if (!tapped.empty()) {
        clear_rows();
        for (auto& [stream, connection] : connections) {
            connection.summary = {};
            connection.newest = nullptr;
        }
        for (const Record* record : tapped)
            count(*record);
        for (const auto& [stream, connection] : connections)
            write_rows(connection);
    }
    table.sort_by_text(kOutcome);
}

template <class... Flags>
tap_packet_status on_packet(void* /*listener*/, packet_info* /*pinfo*/, epan_dissect_t* /*edt*/, const void* data,
                            Flags... /*flags*/) {
    const auto& tap = *static_cast<const TapData*>(data);
    const Record& record = *tap.record;
    Connection& connection = connections[record.connection];
    if (connection.endpoints[0].type == AT_NONE) {
        connection.endpoints[record.end] = endpoint(tap.sender, tap.sender_port);
        connection.endpoints[1U - record.end] = endpoint(tap.receiver, tap.receiver_port);
    }
    if (tap.is_first_pass)
        tapped.push_back(&record);
    else if (count(record))  // a window draws without telling us
        write(connection.rows[record.end], connection.summary.prober(record.end));
    if (!is_drawn_after_us)
        before_drawing(&table_ui, draw);
    is_drawn_after_us = true;
    return TAP_PACKET_REDRAW;
}

void forget() {
    connections.clear();
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
    table.create("Probers");
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

void register_streams_table() {
    static tap_param filter;
    filter.type = PARAM_FILTER;
    filter.name = "filter";
    filter.title = "Filter";
    filter.optional = true;

    table_ui.group = kStatisticsMenu;
    table_ui.title = "TCP Keep-Alive Connections";
    table_ui.tap_name = "keepalive";
    table_ui.cli_string = "keepalive,streams";
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
