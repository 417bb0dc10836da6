# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables that tshark prints for -z keepalive,streams and -z keepalive,idle: cells with bars behind them."""


def rows(lines):
    """{title: cell} of each row of all such tables in tshark's output."""
    titles = []
    for line in lines:
        cells = [cell.strip() for cell in line.split("|")]
        if line.startswith("==="):
            titles = []
        elif "Stream" in cells:
            titles = cells[:-1]
        elif titles and len(cells) > len(titles):
            yield dict(zip(titles, cells))
