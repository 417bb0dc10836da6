# SPDX-License-Identifier: GPL-2.0-or-later
"""A line on standard error that says how far something is: painted over on a terminal, one below the other in a log."""
import os
import sys

IN_A_LOG = 10   # seconds between two states


class ProgressLine:
    def __init__(self, pause):
        """`pause`: seconds between two states on a terminal."""
        self._is_terminal = sys.stderr.isatty()
        self._is_shown = False
        self.pause = pause if self._is_terminal else IN_A_LOG

    def show(self, text):
        if self._is_terminal:
            columns = os.get_terminal_size(sys.stderr.fileno()).columns or None   # 0 where nobody knows
            text = "\r\033[K" + text[:columns and columns - 1]
        else:
            text += "\n"
        sys.stderr.write(text)
        sys.stderr.flush()
        self._is_shown = True

    def clear(self):
        if self._is_shown and self._is_terminal:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
