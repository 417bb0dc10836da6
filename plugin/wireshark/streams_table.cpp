// SPDX-License-Identifier: GPL-2.0-or-later
#include "streams_table.h"

#include <array>
#include <string>
#include <unordered_map>
#include <vector>

#include "../engine/summary.h"
#include "capture.h"
#include "tap.h"

namespace keepalive {

namespace {

using Cell = stat_tap_table_item_type;

enum Column : unsigned {
    kStream,
    kProber,
    kPeer,
    kOutcome,  // the most wanted: where a window that opens narrow shows it
    kProbes,
    kAnswered,
    kUnanswered,
    kLongestRun,
    kIdlePeriods,
    kLongestIdle,
    kShortestResponse,
    kMeanResponse,
    kLongestResponse,
    kKeepidle,
    kKeepintvl,
    kKeepcnt,
    kIdleTimeout,
    kColumns,
};

// The widths are those of the names, so that tshark's columns stand below them. What may be unknown is text, blank then:
// a number would have to be 0. As text is sorted as text, such numbers fill the width from the right.
std::array<stat_tap_table_item, kColumns> columns{{
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Stream", "%6u"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Prober (address:port)", "%-21s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Peer (address:port)", "%-19s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Outcome", "%-7s"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Probes", "%6u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Answered", "%8u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Unanswered", "%10u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Longest run", "%11u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Idle periods", "%12u"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Longest idle (s)", "%16s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Response min (s)", "%16s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Response avg (s)", "%16s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Response max (s)", "%16s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "KEEPIDLE (s)", "%12s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "KEEPINTVL (s)", "%13s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "KEEPCNT", "%7s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Suspected idle timeout (s)", "%26s"},
}};

struct Connection {
    ConnectionSummary summary;
    const Record* newest = nullptr;        // counted
    std::array<std::string, 2> endpoints;  // by end
    std::array<Cell*, 2> rows{};           // by end; null while there is nothing to show
};

// Wireshark has one table for all listeners, and shows the rows that it has.
stat_tap_table_ui table_ui;
std::unordered_map<std::uint32_t, Connection> connections;  // by tcp.stream
// On the first pass, what a record says is not final: it is counted when the table is drawn.
std::vector<const Record*> tapped;
// Rows of earlier tappings: an open window may still read them.
std::vector<Cell*> spare_rows;
bool is_drawn_after_us = false;

stat_tap_table* table() {
    const GArray* tables = table_ui.tables;
    return tables == nullptr || tables->len == 0 ? nullptr : g_array_index(tables, stat_tap_table*, 0);
}

void set(Cell& cell, std::uint32_t number) {
    cell.type = TABLE_ITEM_UINT;
    cell.value.uint_value = number;
}

// Takes `text` over.
void set(Cell& cell, const char* text) {
    if (cell.type == TABLE_ITEM_STRING)
        g_free(const_cast<char*>(cell.value.string_value));
    cell.type = TABLE_ITEM_STRING;
    cell.value.string_value = text;
}

void set_setting(Cell& cell, std::uint32_t value, int width) {
    set(cell, value == 0 ? g_strdup("") : g_strdup_printf("%*u", width, value));
}

double seconds(Nanoseconds span) {
    return static_cast<double>(span) / static_cast<double>(kSecond);
}

void set_span(Cell& cell, bool is_known, Nanoseconds span, int decimals) {
    set(cell, is_known ? g_strdup_printf("%16.*f", decimals, seconds(span)) : g_strdup(""));
}

void write(Cell* row, const ProberSummary& prober) {
    set(row[kProbes], prober.probes);
    set(row[kAnswered], prober.answered);
    set(row[kUnanswered], prober.unanswered);
    set(row[kLongestRun], prober.longest_run);
    set(row[kIdlePeriods], prober.idle_periods);
    set_span(row[kLongestIdle], prober.longest_idle != kNever, prober.longest_idle, 3);
    const bool has_responses = prober.has_responses();
    set_span(row[kShortestResponse], has_responses, prober.shortest_response, 6);
    set_span(row[kMeanResponse], has_responses, has_responses ? prober.mean_response() : kNever, 6);
    set_span(row[kLongestResponse], has_responses, prober.longest_response, 6);
    set_setting(row[kKeepidle], prober.keepidle, 12);
    set_setting(row[kKeepintvl], prober.keepintvl, 13);
    set_setting(row[kKeepcnt], prober.keepcnt, 7);
    set(row[kIdleTimeout], prober.suggests_idle_timeout()
                               ? g_strdup_printf("%9.3f to %.3f", seconds(prober.survived), seconds(prober.lost))
                               : g_strdup(""));
    set(row[kOutcome], g_strdup(prober.outcome));
}

Cell* add_row() {
    stat_tap_table& all = *table();
    Cell* row = nullptr;
    if (spare_rows.empty()) {
        row = g_new0(Cell, kColumns);
    } else {
        row = spare_rows.back();
        spare_rows.pop_back();
    }
    all.elements = g_renew(Cell*, all.elements, all.num_elements + 1);
    all.elements[all.num_elements++] = row;
    return row;
}

void free_row(Cell* row) {
    for (unsigned column = 0; column < kColumns; ++column)
        if (row[column].type == TABLE_ITEM_STRING)
            g_free(const_cast<char*>(row[column].value.string_value));
    g_free(row);
}

void clear_rows() {
    stat_tap_table& all = *table();
    // The first row is the next one to be taken again.
    while (all.num_elements > 0)
        spare_rows.push_back(all.elements[--all.num_elements]);
    for (auto& [stream, connection] : connections)
        connection.rows = {};
}

void count(const Record& record) {
    Connection& connection = connections[record.connection];
    // Two listeners of one table may both have tapped it.
    if (connection.newest == &record || (record.type != Type::Probe && record.type != Type::GaveUp))
        return;
    connection.newest = &record;
    connection.summary.add(record, capture_end());
    Cell*& row = connection.rows[record.end];
    if (row == nullptr) {
        row = add_row();
        set(row[kStream], record.connection);
        set(row[kProber], g_strdup(connection.endpoints[record.end].c_str()));
        set(row[kPeer], g_strdup(connection.endpoints[1U - record.end].c_str()));
    }
    write(row, connection.summary.prober(record.end));
}

std::string endpoint(const address* host, std::uint32_t port, wmem_allocator_t* pool) {
    const std::string text = address_to_str(pool, host);
    return (host->type == AT_IPv6 ? "[" + text + "]" : text) + ":" + std::to_string(port);
}

void count_all(void* /*listener*/) {
    if (table() == nullptr)
        return;
    clear_rows();
    for (auto& [stream, connection] : connections) {
        connection.summary = {};
        connection.newest = nullptr;
    }
    for (const Record* record : tapped)
        count(*record);
}

template <class... Flags>
tap_packet_status on_packet(void* /*listener*/, packet_info* pinfo, epan_dissect_t* /*edt*/, const void* data,
                            Flags... /*flags*/) {
    const auto& tap = *static_cast<const TapData*>(data);
    const Record& record = *tap.record;
    Connection& connection = connections[record.connection];
    if (connection.endpoints[0].empty()) {
        connection.endpoints[record.end] = endpoint(tap.sender, tap.sender_port, pinfo->pool);
        connection.endpoints[1U - record.end] = endpoint(tap.receiver, tap.receiver_port, pinfo->pool);
    }
    if (!tap.is_first_pass) {
        count(record);
        return TAP_PACKET_REDRAW;
    }
    tapped.push_back(&record);
    if (!is_drawn_after_us)
        before_drawing(&table_ui, count_all);
    is_drawn_after_us = true;
    return TAP_PACKET_REDRAW;
}

void forget() {
    connections.clear();
    tapped.clear();
    for (Cell* row : spare_rows)
        free_row(row);
    spare_rows.clear();
}

// Called for each listener, and again when a window fills its table anew.
void begin(stat_tap_table_ui* /*ui*/) {
    if (table() != nullptr)
        return;
    forget();
    stat_tap_add_table(&table_ui, stat_tap_init_table("Probers", kColumns, 0, nullptr));
}

void reset(stat_tap_table* /*table*/) {
    clear_rows();
    connections.clear();
    tapped.clear();
}

// Called for each cell before Wireshark frees the rows.
void free_cell(stat_tap_table* /*table*/, guint row, guint column, Cell* cell) {
    if (cell->type == TABLE_ITEM_STRING)
        g_free(const_cast<char*>(cell->value.string_value));
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
