# SPDX-License-Identifier: GPL-2.0-or-later
"""The pictures of the report: SVG as text, to be put into the page as it is. Names from captures are text in them, which
matplotlib escapes."""
import io
import math
import re

import matplotlib

matplotlib.use("svg")

from matplotlib import pyplot  # noqa: E402  (after use())

BLUE, ORANGE, RED, GREY, GREEN = "#2a6fbb", "#e08a1e", "#c0271d", "#8a8a8a", "#3d9140"
STYLE = {"svg.fonttype": "none", "svg.hashsalt": "keepalive", "font.size": 9, "font.family": "sans-serif",
         "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False}
# What a frame of a timeline is: (colour, marker, height, what the legend says).
MARKS = {"traffic": (GREY, "|", 0, "other packets"), "answered": (BLUE, "|", 0.12, "answered probe"),
         "unanswered": (ORANGE, "|", 0.12, "probe without answer"), "reset": (RED, "x", 0.12, "reset"),
         "gave up": (RED, "s", 0.12, "gave up")}


def literal(text):
    """Without what matplotlib would take for mathematics."""
    return text.replace("$", r"\$")


def as_svg(figure, description):
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
    pyplot.close(figure)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg"):]
    # A picture without a fixed size fits the page, and says to who cannot see it what it shows.
    svg = re.sub(r' width="[\d.]+pt"| height="[\d.]+pt"', "", svg, count=2)
    return svg.replace("<svg", '<svg role="img" aria-label="%s"' % description, 1)


def span(seconds):
    """A duration as people say it."""
    if seconds is None:
        return ""
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit or seconds == unit:
            return "%.3g %s" % (seconds / unit, name)
    return "%.3g s" % seconds


# Seconds that people count in.
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400, 604800)
LANDMARKS = (0.1, 1, 10, 60, 600, 3600, 6 * 3600, 86400, 604800)


def even_ticks(longest):
    """Up to eight negative numbers of seconds and 0."""
    step = next((each for each in STEPS if longest / each <= 8), longest / 8)
    return [-step * number for number in range(int(longest / step) + 1)]


def timelines(stories):
    """`stories`: [(title, [(seconds before the end, kind of MARKS, end 0 or 1)], [(begin, end) of silences])]."""
    with pyplot.rc_context(STYLE):
        figure, axes = pyplot.subplots(len(stories), 1, figsize=(9, 0.5 + 1.05 * len(stories)), squeeze=False)
        for axis, (title, frames, silences) in zip(axes[:, 0], stories):
            for begin, end in silences:
                axis.axvspan(begin, end, color="#00000012", linewidth=0)
            for kind, (colour, marker, height, _) in MARKS.items():
                for side in (0, 1):
                    times = [time for time, each, end in frames if each == kind and end == side]
                    axis.plot(times, [0.3 - 0.6 * side + (height if side == 0 else -height)] * len(times), marker,
                              color=colour, markersize=9 if marker == "|" else 5, linestyle="none")
            axis.set_ylim(-0.7, 0.7)
            axis.set_yticks([0.3, -0.3])
            axis.set_yticklabels(["prober", "peer"])
            axis.set_title(literal(title), loc="left", fontsize=9)
            ticks = even_ticks(max(-time for time, _, _ in frames))
            axis.set_xticks(ticks)
            axis.set_xticklabels([span(-tick) if tick else "0" for tick in ticks])
            axis.spines["left"].set_visible(False)
            axis.tick_params(left=False)
        axes[-1, 0].set_xlabel("time before the last packet")
        handles = [pyplot.Line2D([], [], color=colour, marker=marker, linestyle="none", label=label)
                   for colour, marker, _, label in MARKS.values()]
        handles.append(pyplot.Rectangle((0, 0), 1, 1, color="#00000012", label="silence"))
        figure.legend(handles=handles, loc="upper center", ncol=6, bbox_to_anchor=(0.5, 0), fontsize=8)
        figure.tight_layout()
        return as_svg(figure, "Timelines of connections that died")


def silences(survived, lost, timeouts):
    """Histogram of spans in seconds, on a logarithmic scale; `timeouts`: suspected ones, pairs of above and below."""
    with pyplot.rc_context(STYLE):
        figure, axis = pyplot.subplots(figsize=(9, 3))
        longest = max(survived + lost)
        shortest = min(survived + lost)
        low, high = math.floor(math.log10(max(shortest, 0.1)) * 6) / 6, math.ceil(math.log10(longest + 0.1) * 6) / 6
        edges = [10 ** (low + step / 6) for step in range(round((high - low) * 6) + 2)]
        for above, below in timeouts[:3]:
            axis.axvspan(above, below, color="#c0271d1c", linewidth=0)
        axis.hist([survived, lost], bins=edges, stacked=True, color=[GREEN, RED],
                  label=["longest survived by a connection", "lost in it"])
        if timeouts:
            axis.fill_between([], [], color="#c0271d1c", label="suspected idle timeout: between these")
        axis.set_xscale("log")
        ticks = [tick for tick in LANDMARKS if edges[0] <= tick <= edges[-1]]
        if len(ticks) < 2:
            ticks = [edges[0], edges[-1]]
        axis.set_xticks(ticks)
        axis.set_xticklabels(list(map(span, ticks)))
        axis.minorticks_off()
        axis.set_xlabel("length of the silence")
        axis.set_ylabel("connections")
        axis.yaxis.get_major_locator().set_params(integer=True)
        axis.legend(fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncol=3)
        return as_svg(figure, "Silences survived and lost by length")


def bars(rows, label, colours, description):
    """Horizontal bars. `rows`: [(name, [numbers])]; `colours`: {what a number is: colour}."""
    with pyplot.rc_context(STYLE):
        figure, axis = pyplot.subplots(figsize=(9, 0.8 + 0.28 * len(rows)))
        places = range(len(rows))
        lefts = [0] * len(rows)
        for which, (name, colour) in enumerate(colours.items()):
            values = [numbers[which] for _, numbers in rows]
            axis.barh(places, values, left=lefts, color=colour, label=name, height=0.7)
            lefts = [left + value for left, value in zip(lefts, values)]
        axis.set_yticks(list(places))
        axis.set_yticklabels([literal(name) for name, _ in rows])
        axis.invert_yaxis()
        axis.set_xlabel(label)
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.legend(fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncol=2)
        return as_svg(figure, description)
