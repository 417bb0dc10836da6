# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables for a terminal: as wide as their text, or with the last column wrapped to fit."""
import itertools
import shutil
import sys
import textwrap

# Of the last column, which is wrapped.
NARROWEST_LAST = 14
WIDEST_LAST = 24
BOLD, PLAIN = "\033[1m", "\033[0m"


def terminal_width():
    """Columns of the terminal, or None if there is none and nothing need fit."""
    return shutil.get_terminal_size(fallback=(0, 0)).columns or None


def print_wrapped(text):
    print(textwrap.fill(text, terminal_width() or 10000, break_long_words=False, break_on_hyphens=False))


class Table:
    """`columns`: {title: alignment, "<" or ">"}. `rows()`: pairs of cells and colour, an escape sequence or "". They are
    asked for twice and never kept. The last column is left-aligned."""

    def __init__(self, columns, rows):
        self._columns, self._rows = columns, rows
        self._widths = [len(title) for title in columns]
        for cells, _ in rows():
            self._widths = [max(width, len(cell)) for width, cell in zip(self._widths, cells)]
        self._fixed = sum(width + 2 for width in self._widths[:-1])

    def fits(self, width):
        return width is None or self._fixed + min(self._widths[-1], WIDEST_LAST) <= width

    def print(self, width, coloured):
        last = self._widths[-1] if width is None else max(width - self._fixed, NARROWEST_LAST)
        for cells, colour in itertools.chain([(self._columns, BOLD)], self._rows()):
            for line in self._lines(list(cells), last):
                print(colour + line + PLAIN if coloured and colour else line)

    def _lines(self, cells, last_width):
        parts = textwrap.wrap(cells[-1], last_width, break_on_hyphens=False) or [""]
        fixed = "".join("{:{}{}}  ".format(cell, alignment, width)
                        for cell, alignment, width in zip(cells[:-1], self._columns.values(), self._widths))
        yield (fixed + parts[0]).rstrip()
        for part in parts[1:]:
            yield " " * self._fixed + part


def is_coloured(environment):
    return sys.stdout.isatty() and "NO_COLOR" not in environment
