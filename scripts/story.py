#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""story.py [--all] PLUGIN CAPTURE: prints what the keepalives in CAPTURE say: a line a connection, then a line a frame.

tshark's output is read line by line, and of the frames no more is kept than is printed, so that a big capture takes no
more memory than tshark itself needs.
"""
import collections
import os
import signal
import subprocess
import sys
import tempfile

import text_table
import tshark_table
from progress import Progress
from wireshark_home import WiresharkHome

# Columns that tshark fills whatever is asked for: a field of another dissector makes it build that dissector's tree.
COLUMNS = {"number": "%m", "time": "%Rt", "address": "%us", "port": "%uS"}
FIELDS = ["tcp.stream", "keepalive.type", "keepalive.idle_time", "keepalive.probe_number", "keepalive.interval",
          "keepalive.response_time", "keepalive.response_in", "keepalive.response_to", "keepalive.unanswered",
          "keepalive.run_length", "keepalive.keepidle", "keepalive.keepintvl", "keepalive.keepcnt", "keepalive.octet",
          "keepalive.inferred", "keepalive.missed", "keepalive.mistaken", "keepalive.duplicate", "keepalive.wakes",
          "keepalive.quiet_time", "keepalive.lost_while_quiet"]

PROBE, RESPONSE, PEER_RESET, GAVE_UP = "Probe", "Response", "Peer reset", "Gave up"   # of keepalive.type
SETTINGS = {"keepalive.keepidle": "TCP_KEEPIDLE", "keepalive.keepintvl": "TCP_KEEPINTVL", "keepalive.keepcnt": "TCP_KEEPCNT"}
NAMES = [*COLUMNS, *FIELDS]
# Keepalive is told by TCP's headers, and to find out what the payload is takes tshark a third of its time.
PAYLOAD_IS_DATA = ["-d", "tcp.port==1-65535,data"]
KNOWS_DATA = (4, 0)   # Wireshark 3.4 does not take this option
MISSED, MISTAKEN = map(NAMES.index, ("keepalive.missed", "keepalive.mistaken"))
FIRST_SETTING, LAST_SETTING = NAMES.index("keepalive.keepidle"), NAMES.index("keepalive.keepcnt")

# Without --all.
MOST_PROBERS = 20
MOST_FRAMES = 100

WORST_FIRST = ["gave up", "peer reset", "unanswered until the capture ended"]

WIDE = {"frame": ">", "time": ">", "stream": ">", "sender": "<", "what": "<", "idle": ">", "probe": ">", "interval": ">",
        "response": ">", "note": "<"}
NARROW = {"frame": ">", "time": ">", "port": ">", "what": "<", "idle": ">", "probe": ">", "interval": ">", "note": "<"}
LEGEND = {"idle": "time since the last segment that is not part of a keepalive exchange",
          "probe": "which of the probes in a row without an answer this is",
          "interval": "time since the previous probe", "response": "time from the probe to its answer"}
OF_PROBERS = {"stream": ">", "prober": "<", "probes": ">", "answered": ">", "unanswered": ">", "outcome": "<"}

RED, YELLOW, DIM = "\033[31m", "\033[33m", "\033[2m"


class CannotRead(Exception):
    """tshark's own line about a capture that it cannot read."""


class Findings:
    """What one run of tshark says of a capture."""

    def __init__(self, wants_all):
        self._kept = tempfile.TemporaryFile("w+", encoding="utf-8")
        self._most_kept = sys.maxsize if wants_all else MOST_FRAMES
        self.frame_count = self.missed = self.mistaken = 0
        self.settings = {}     # {(stream, sender): {field: [(value, the frame that first shows it)]}}
        self.probers = []      # rows of the table of connections, {title: text}
        self.complaint = ""

    def take_frame(self, line):
        self.frame_count += 1
        if self.frame_count <= self._most_kept:
            self._kept.write(line)
        # By position, not by name: of a big capture there are hundreds of thousands.
        values = line.rstrip("\n").split("\t")
        self.missed += values[MISSED] != ""
        self.mistaken += values[MISTAKEN] != ""
        if any(values[FIRST_SETTING:LAST_SETTING + 1]):
            self._take_settings(parsed(line))

    def _take_settings(self, frame):
        of_prober = self.settings.setdefault((frame["tcp.stream"], sender(frame)), {})
        for field in SETTINGS:
            if frame[field]:
                values = of_prober.setdefault(field, [])
                if not values or values[-1][0] != frame[field]:
                    values.append((frame[field], frame["number"]))

    def take_table(self, lines):
        self.probers = sorted(tshark_table.rows(lines), key=badness)

    def frames(self):
        self._kept.seek(0)
        return map(parsed, self._kept)

    @property
    def cut(self):
        """How many frames are not kept."""
        return max(self.frame_count - self._most_kept, 0)

    def total(self, title):
        return sum(int(prober[title]) for prober in self.probers)


def parsed(line):
    return dict(zip(NAMES, map(str.strip, line.split("\t"))))


def outcome(prober):
    return next(text for title, text in prober.items() if title.lower().endswith("outcome"))


def badness(prober):
    kind = outcome(prober)
    return (WORST_FIRST.index(kind) if kind in WORST_FIRST else len(WORST_FIRST), -int(prober["Unanswered"]))


def read(home, capture, wants_all):
    findings = Findings(wants_all)
    # Columns, the last value of each field: for -T fields, tshark works out the texts of every field of every frame. By
    # name where values have names, because Wireshark 3.4 leaves a column empty that asks for their numbers.
    formats = [*COLUMNS.items(), *((name, "%%Cus:%s:-1:R" % name) for name in FIELDS)]
    columns = "gui.column.format:" + ",".join('"%s","%s"' % column for column in formats)
    readable = home.readable(capture)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        counter = home.start("capinfos", "-T", "-r", "-c", readable, stderr=subprocess.DEVNULL)
        tshark = home.start(home.tshark, "-n", "-2", "-r", readable, "-Y", "keepalive", "-T", "tabs", "-o", columns,
                            "-z", "keepalive,streams", *(PAYLOAD_IS_DATA if home.release >= KNOWS_DATA else []),
                            stderr=complaints)
        with tshark, counter, Progress(tshark, readable, counter):
            for line in tshark.stdout:
                if line == "\n":   # the table follows
                    break
                findings.take_frame(line)
            findings.take_table(tshark.stdout)
        complaints.seek(0)
        if tshark.returncode != 0:
            findings.complaint = complaints.readline().strip().replace(readable, capture)
    if findings.complaint and not findings.frame_count:
        raise CannotRead(findings.complaint)
    return findings


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
    address = "[%s]" % frame["address"] if ":" in frame["address"] else frame["address"]
    return "%s:%s" % (address, frame["port"])


def note(frame):
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
            notes.append("inferred from later frames")
    elif kind in (RESPONSE, PEER_RESET):
        notes.append("answers frame " + frame["keepalive.response_to"])
    elif kind == GAVE_UP:
        notes.append("after " + plural(int(frame["keepalive.run_length"]), "unanswered probe"))
    if frame["keepalive.missed"]:
        notes.append("tcp.analysis misses it")
    if frame["keepalive.mistaken"]:
        notes.append("tcp.analysis is wrong: " + in_sentence(frame["keepalive.mistaken"]))
    elif frame["keepalive.duplicate"]:
        notes.append("captured twice, not counted")
    if frame["keepalive.wakes"]:
        notes.append("first segment after %s of silence" % span(frame["keepalive.quiet_time"]))
    if frame["keepalive.lost_while_quiet"]:
        notes.append("the connection was lost in the silence before")
    return "; ".join(notes)


def settings_line(values_of_fields):
    """As `TCP_KEEPIDLE 1 s, then 4 s from frame 22; TCP_KEEPINTVL 1 s`."""
    texts = []
    for field, name in SETTINGS.items():
        values = [(value if field == "keepalive.keepcnt" else "%g s" % float(value), frame)
                  for value, frame in values_of_fields.get(field, [])]
        changes = ["then %s from frame %s" % change for change in values[1:]]
        if values:
            texts.append(", ".join(["%s %s" % (name, values[0][0]), *changes]))
    return "; ".join(texts)


def in_sentence(name):
    """A name as it is written in the middle of a sentence."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def what(frame):
    if frame["keepalive.type"]:
        return in_sentence(frame["keepalive.type"])
    if frame["keepalive.mistaken"]:
        return "mistaken"
    return "copy" if frame["keepalive.duplicate"] else "traffic"


def cells(frame, columns):
    known = {"frame": frame["number"], "time": "%.3f" % float(frame["time"]),
             "stream": frame["tcp.stream"], "sender": sender(frame), "port": frame["port"],
             "what": what(frame),
             "idle": span(frame["keepalive.idle_time"]), "probe": frame["keepalive.probe_number"],
             "interval": span(frame["keepalive.interval"]), "response": span(frame["keepalive.response_time"]),
             "note": note(frame)}
    return [known[name] for name in columns]


def colour(frame):
    if frame["keepalive.type"] in (PEER_RESET, GAVE_UP) or frame["keepalive.unanswered"]:
        return RED
    if frame["keepalive.mistaken"]:
        return YELLOW
    return DIM if frame["keepalive.type"] in (RESPONSE, "") else ""


def plural(count, thing):
    return "{:,} {}{}".format(count, thing, "" if count == 1 else "s")


def listed(texts):
    return " and ".join(filter(None, [", ".join(texts[:-1]), *texts[-1:]]))


def totals(findings):
    """Sentences; what there is none of is not mentioned."""
    probes = plural(findings.total("Probes"), "probe") if findings.probers else "No probes"
    outcomes = ["{:,} {}".format(findings.total(title), title.lower()) for title in ("Answered", "Unanswered")
                if findings.total(title)]
    sentences = [": ".join(filter(None, [probes, listed(outcomes)])) + "."]
    errors = []
    if findings.missed:
        errors.append("misses " + plural(findings.missed, "of these frame"))
    if findings.mistaken:
        errors.append("wrongly calls %s a keepalive" % plural(findings.mistaken, "other frame"))
    sentences.append("tcp.analysis %s." % (listed(errors) or "marks the same frames"))
    return " ".join(sentences)


def print_probers(findings, wants_all, coloured):
    shown = findings.probers[:None if wants_all else MOST_PROBERS]
    rows = [([prober["Stream"], prober["Prober (address:port)"], prober["Probes"], prober["Answered"], prober["Unanswered"],
              outcome(prober)], RED if outcome(prober) in WORST_FIRST else "") for prober in shown]
    text_table.Table(OF_PROBERS, lambda: rows).print(text_table.terminal_width(), coloured)
    rest = findings.probers[len(shown):]
    if rest:
        outcomes = collections.Counter(map(outcome, rest))
        text_table.print_wrapped("... and {:,} more: {}. With --all they are printed too.".format(
            len(rest), listed(["{:,} {}".format(count, text) for text, count in outcomes.most_common()])))
    print()
    keys = [(prober["Stream"], prober["Prober (address:port)"]) for prober in shown]
    known = [key for key in keys if key in findings.settings]
    for key in known:
        text_table.print_wrapped("%s in stream %s: %s." % (key[1], key[0], settings_line(findings.settings[key])))
    if known:
        print()


def print_frames(findings, coloured):
    width = text_table.terminal_width()
    columns, table = WIDE, table_of_frames(findings, WIDE)
    if not table.fits(width):
        columns, table = NARROW, table_of_frames(findings, NARROW)
    table.print(width, coloured)
    if findings.cut:
        print("... and %s. With --all they are printed too." % plural(findings.cut, "more frame"))
    if findings.probers:
        print()
        for title in filter(columns.get, LEGEND):
            print("%-8s  %s" % (title, LEGEND[title]))


def table_of_frames(findings, columns):
    return text_table.Table(columns, lambda: ((cells(frame, columns), colour(frame)) for frame in findings.frames()))


def print_story(capture, findings, wants_all):
    coloured = text_table.is_coloured(os.environ)
    text_table.print_wrapped("TCP keepalives in %s" % capture)
    text_table.print_wrapped(totals(findings))
    print()
    if findings.probers:
        print_probers(findings, wants_all, coloured)
    print_frames(findings, coloured)


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)   # `| head` is no error
    *options, plugin, capture = sys.argv[1:]
    with WiresharkHome(plugin) as home:
        try:
            findings = read(home, capture, "--all" in options)
        except CannotRead as error:
            sys.exit("demo.sh: %s" % error)
    if findings.frame_count:
        print_story(capture, findings, "--all" in options)
    else:
        print("There are no TCP keepalives in %s." % capture)
    if findings.complaint:
        sys.exit("\ndemo.sh: %s" % findings.complaint)


if __name__ == "__main__":
    main()
