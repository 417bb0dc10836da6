// SPDX-License-Identifier: GPL-2.0-or-later
// Rows of a table of Wireshark's statistics (stat_tap_table): their memory, and what stands in them.
#ifndef KEEPALIVE_WIRESHARK_TABLE_H
#define KEEPALIVE_WIRESHARK_TABLE_H

#include <vector>

#include "../engine/segment.h"
#include "compat.h"

namespace keepalive {

using Cell = stat_tap_table_item_type;

void put(Cell& cell, std::uint32_t number);

// A text that lasts as long as the plugin does.
void put(Cell& cell, const char* constant);

// Takes `text`, made by g_malloc(), over.
void put_owned(Cell& cell, char* text);

// What may be unknown is text, blank then: a number would have to be 0. Wireshark sorts text as text, so it fills the width
// from the right.
void put_unless_0(Cell& cell, std::uint32_t number, int width);
void put_seconds_unless_never(Cell& cell, Nanoseconds span, int width, int decimals);

// The first table of a stat_tap_table_ui. A window may still read the rows of an earlier filling, so that they are kept and
// used again.
class Table {
public:
    explicit Table(stat_tap_table_ui& table_ui, unsigned columns) : ui_(table_ui), columns_(columns) {}

    bool exists() const { return find() != nullptr; }
    void create(const char* name);
    Cell* add_row();
    void clear();

    // Rows with the smaller text in this column come first, as in a window that opens; others stay as they are.
    void sort_by_text(unsigned column);

    // To be called when Wireshark frees the rows.
    void forget_spare_rows();

private:
    stat_tap_table* find() const;

    stat_tap_table_ui& ui_;
    unsigned columns_;
    std::vector<Cell*> spare_rows_;
};

// What a cell owns. Wireshark frees the cells themselves, but for those of spare rows.
void release(Cell& cell);

}  // namespace keepalive

#endif
