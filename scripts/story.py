#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""story.py PLUGIN CAPTURE: prints what the keepalives in CAPTURE say, one line a frame."""
import os
import sys

from wireshark_home import WiresharkHome

FIELDS = ["frame.number", "frame.time_relative", "tcp.stream", "ip.src", "ipv6.src", "tcp.srcport",
          "keepalive.type", "keepalive.idle_time", "keepalive.probe_number", "keepalive.interval",
          "keepalive.response_time", "keepalive.response_in", "keepalive.response_to", "keepalive.unanswered",
          "keepalive.run_length", "keepalive.keepidle", "keepalive.keepintvl", "keepalive.keepcnt", "keepalive.octet",
          "keepalive.inferred", "keepalive.missed", "keepalive.mistaken", "keepalive.duplicate"]

PROBE, RESPONSE, PEER_RESET, GAVE_UP = "1234"

HEADING = ["frame", "time", "stream", "sender", "what", "idle", "probe", "interval", "response", "note"]
TEXT_COLUMNS = {"sender", "what", "note"}
LEGEND = ("idle: since the last segment that is no keepalive; probe: its place in the run since the peer was last heard; "
          "interval: since the previous probe; response: from probe to answer")

BOLD, RED, YELLOW, DIM, PLAIN = "\033[1m", "\033[31m", "\033[33m", "\033[2m", "\033[0m"


class Names:
    """What the plugin calls the values of its fields."""

    def __init__(self, home):
        rows = (line.split("\t") for line in home.run(home.tshark, "-G", "values", check=True).stdout.splitlines())
        self._names = {(row[1], row[2]): row[3] for row in rows if row[0] == "V" and row[1].startswith("keepalive.")}

    def name(self, frame, field):
        """In the middle of a sentence; empty where the frame does not have the field."""
        name = self._names.get((field, frame[field]), "")
        return name if name[:2].isupper() else name[:1].lower() + name[1:]


class CannotRead(Exception):
    """tshark's own line about a capture that it cannot read."""


def read_frames(home, capture):
    """[{field: text}] of the frames that have keepalive fields, and tshark's complaint, if any, after some frames."""
    columns = [word for name in FIELDS for word in ("-e", name)]
    readable = home.readable(capture)
    tshark = home.run(home.tshark, "-n", "-2", "-r", readable, "-Y", "keepalive", "-T", "fields", "-E", "occurrence=l",
                      *columns)
    complaint = tshark.stderr.strip().replace(readable, capture).replace("\n", " ")
    if tshark.returncode != 0 and not tshark.stdout:
        raise CannotRead(complaint)
    frames = [dict(zip(FIELDS, line.split("\t"))) for line in tshark.stdout.splitlines()]
    return frames, complaint if tshark.returncode != 0 else ""


def span(text):
    """A duration in the unit that reads best."""
    if not text:
        return ""
    seconds = float(text)
    if seconds < 0.01:
        return "%.2f ms" % (seconds * 1000)
    if seconds < 1:
        return "%.0f ms" % (seconds * 1000)
    return "%.*f s" % (1 if seconds >= 100 else 2, seconds)


def sender(frame):
    address = frame["ip.src"] or "[%s]" % frame["ipv6.src"]
    return "%s:%s" % (address, frame["tcp.srcport"])


def note(frame, names):
    notes = []
    kind = frame["keepalive.type"]
    if kind == PROBE:
        if frame["keepalive.response_in"]:
            notes.append("answered in frame " + frame["keepalive.response_in"])
        elif frame["keepalive.unanswered"]:
            notes.append("unanswered")
        if frame["keepalive.octet"]:
            notes.append("carries one octet, 0x%02x" % int(frame["keepalive.octet"], 0))
        if frame["keepalive.inferred"]:
            notes.append("known from what followed")
    elif kind in (RESPONSE, PEER_RESET):
        notes.append("to the probe in frame " + frame["keepalive.response_to"])
    elif kind == GAVE_UP:
        run = frame["keepalive.run_length"]
        notes.append("after %s unanswered probe%s" % (run, "" if run == "1" else "s"))
    if frame["keepalive.missed"]:
        notes.append("tcp.analysis missed it")
    if frame["keepalive.mistaken"]:
        notes.append("tcp.analysis marks it, and it is none: " + names.name(frame, "keepalive.mistaken"))
    elif frame["keepalive.duplicate"]:
        notes.append("captured twice, not counted")
    return "; ".join(notes)


def settings(frames):
    """A line for each prober whose settings the wire shows, as they are known in the end."""
    known = {}
    for frame in frames:
        values = [name + " " + ("%g s" % float(frame[field]) if "keepcnt" not in field else frame[field])
                  for name, field in (("TCP_KEEPIDLE", "keepalive.keepidle"), ("TCP_KEEPINTVL", "keepalive.keepintvl"),
                                      ("TCP_KEEPCNT", "keepalive.keepcnt")) if frame[field]]
        if values:
            known[frame["tcp.stream"], sender(frame)] = ", ".join(values)
    return ["%s in stream %s is set to %s." % (prober, stream, values) for (stream, prober), values in known.items()]


def row(frame, names):
    return [frame["frame.number"], "%.3f" % float(frame["frame.time_relative"]), frame["tcp.stream"], sender(frame),
            names.name(frame, "keepalive.type") or ("copy" if frame["keepalive.duplicate"] else "no keepalive"),
            span(frame["keepalive.idle_time"]), frame["keepalive.probe_number"], span(frame["keepalive.interval"]),
            span(frame["keepalive.response_time"]), note(frame, names)]


def colour(frame):
    if frame["keepalive.type"] in (PEER_RESET, GAVE_UP) or frame["keepalive.unanswered"]:
        return RED
    if frame["keepalive.mistaken"]:
        return YELLOW
    return DIM if frame["keepalive.type"] in (RESPONSE, "") else ""


def aligned(cells, widths):
    line = "  ".join(cell.ljust(width) if name in TEXT_COLUMNS else cell.rjust(width)
                     for name, cell, width in zip(HEADING, cells, widths))
    return line.rstrip()


def plural(count, thing):
    return "%d %s%s" % (count, thing, "" if count == 1 else "s")


def totals(frames):
    probes = [frame for frame in frames if frame["keepalive.type"] == PROBE]
    answered = sum(1 for frame in probes if frame["keepalive.response_in"])
    unanswered = sum(1 for frame in probes if frame["keepalive.unanswered"])
    missed = sum(1 for frame in frames if frame["keepalive.missed"])
    mistaken = sum(1 for frame in frames if frame["keepalive.mistaken"])
    verdict = "finds them too"
    if missed or mistaken:
        verdict = "misses %s of this and takes %s for keepalives that are none" % (plural(missed, "frame"),
                                                                                   plural(mistaken, "frame"))
    return "%s: %d answered, %d unanswered. tcp.analysis %s." % (plural(len(probes), "probe"), answered, unanswered, verdict)


def print_story(capture, frames, names):
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    print("TCP keepalives in %s\n" % capture)
    rows = [row(frame, names) for frame in frames]
    widths = [max(map(len, column)) for column in zip(HEADING, *rows)]
    heading = aligned(HEADING, widths)
    print(BOLD + heading + PLAIN if coloured else heading)
    for frame, cells in zip(frames, rows):
        line = aligned(cells, widths)
        print(colour(frame) + line + PLAIN if coloured else line)
    print("\n%s\n" % LEGEND)
    print("\n".join([totals(frames)] + settings(frames)))


def main():
    plugin, capture = sys.argv[1:]
    with WiresharkHome(plugin) as home:
        try:
            frames, complaint = read_frames(home, capture)
            names = Names(home)
        except CannotRead as error:
            sys.exit("demo.sh: %s" % error)
    if frames:
        print_story(capture, frames, names)
    else:
        print("There are no TCP keepalives in %s." % capture)
    if complaint:
        sys.exit("\ndemo.sh: %s" % complaint)


if __name__ == "__main__":
    main()
