// SPDX-License-Identifier: GPL-2.0-or-later
#include "table.h"

#include <algorithm>

namespace keepalive {

void release(Cell& cell) {
    g_free(cell.user_data.ptr_value);
    cell.user_data.ptr_value = nullptr;
}

void put(Cell& cell, std::uint32_t number) {
    release(cell);
    cell.type = TABLE_ITEM_UINT;
    cell.value.uint_value = number;
}

void put(Cell& cell, const char* constant) {
    release(cell);
    cell.type = TABLE_ITEM_STRING;
    cell.value.string_value = constant;
}

void put_owned(Cell& cell, char* text) {
    put(cell, text);
    cell.user_data.ptr_value = text;
}

void put_unless_0(Cell& cell, std::uint32_t number, int width) {
    if (number == 0)
        put(cell, "");
    else
        put_owned(cell, g_strdup_printf("%*u", width, number));
}

void put_seconds_unless_never(Cell& cell, Nanoseconds span, int width, int decimals) {
    if (span == kNever)
        put(cell, "");
    else
        put_owned(cell, g_strdup_printf("%*.*f", width, decimals, static_cast<double>(span) / static_cast<double>(kSecond)));
}

stat_tap_table* Table::find() const {
    const GArray* tables = ui_.tables;
    return tables == nullptr || tables->len == 0 ? nullptr : g_array_index(tables, stat_tap_table*, 0);
}

void Table::create(const char* name) {
    stat_tap_add_table(&ui_, stat_tap_init_table(name, static_cast<int>(columns_), 0, nullptr));
}

Cell* Table::add_row() {
    stat_tap_table& all = *find();
    Cell* row = nullptr;
    if (spare_rows_.empty()) {
        row = g_new0(Cell, columns_);
    } else {
        row = spare_rows_.back();
        spare_rows_.pop_back();
    }
    all.elements = g_renew(Cell*, all.elements, all.num_elements + 1);
    all.elements[all.num_elements++] = row;
    return row;
}

void Table::clear() {
    stat_tap_table& all = *find();
    // The first row is the next one to be taken again.
    while (all.num_elements > 0)
        spare_rows_.push_back(all.elements[--all.num_elements]);
}

void Table::sort_by_text(unsigned column) {
    const stat_tap_table& all = *find();
    std::stable_sort(all.elements, all.elements + all.num_elements, [column](const Cell* one, const Cell* other) {
        return g_strcmp0(one[column].value.string_value, other[column].value.string_value) < 0;
    });
}

void Table::forget_spare_rows() {
    for (Cell* row : spare_rows_) {
        for (unsigned column = 0; column < columns_; ++column)
            release(row[column]);
        g_free(row);
    }
    spare_rows_.clear();
}

}  // namespace keepalive
