# SPDX-License-Identifier: GPL-2.0-or-later
"""How far a run is: a line on standard error, and a file for `fleet.sh status`."""
import contextlib
import os
import sys
import threading
import time

from fleet.judge import Failed
from fleet.tasks import write_json

ON_A_TERMINAL = 0.5   # seconds between two states of the line
IN_A_LOG = 10

# What a core does in a second (docs/fleet.md, "Figures"): only the first guess of the time to go, which later ones correct.
DEALT = 300e6        # octets of captures
JUDGED = 150e3       # TCP segments
OF_A_FILE, OF_A_PARTITION = 0.005, 1.0   # seconds, however small it is
OCTETS_OF_A_SEGMENT = 500
KEPT_FOR_GUESS = 0.02   # of the work: until so much is done, the guess is kept


def work(files, octets, partitions, segments):
    """In seconds of a core."""
    return files * OF_A_FILE + octets / DEALT + partitions * OF_A_PARTITION + segments / JUDGED


def in_units(octets):
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if octets < 1000 or unit == "TB":
            return ("%d %s" if unit == "B" else "%.1f %s") % (octets, unit)
        octets /= 1000
    return None


def clock(seconds):
    seconds = int(seconds + 0.5)
    return "%d:%02d:%02d" % (seconds // 3600, seconds // 60 % 60, seconds % 60)


class Progress:
    """Numbers that the driver counts up, shown until the `with` block ends."""

    def __init__(self, path, workers, files, octets):
        self._path = path
        self._workers = workers
        self.all_files, self.all_octets = files, octets
        self.files = self.octets = 0              # dealt, in this run or an earlier one
        self.packets = self.segments = 0
        self.partitions = self.all_partitions = 0   # judged; of points that are dealt
        self.judged = 0                           # TCP segments in them
        self.reused_work = 0.0                    # seconds' worth that an earlier run did
        self.damaged = 0
        self._began = time.monotonic()
        self._on_a_terminal = sys.stderr.isatty()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)

    def work_done(self):
        return work(self.files, self.octets, self.partitions, self.judged)

    def seconds_to_go(self):
        segments = self.segments
        if self.octets < self.all_octets:
            a_segment = self.octets / self.segments if self.segments else OCTETS_OF_A_SEGMENT
            segments += (self.all_octets - self.octets) / a_segment
        whole = work(self.all_files, self.all_octets, max(self.all_partitions, 1), segments)
        left = max(whole - self.work_done(), 0)
        own = self.work_done() - self.reused_work
        if own < KEPT_FOR_GUESS * max(whole - self.reused_work, 1e-9):
            return left / self._workers
        return left * (time.monotonic() - self._began) / own

    def state(self):
        return {"files": self.files, "all_files": self.all_files, "octets": self.octets, "all_octets": self.all_octets,
                "packets": self.packets, "segments": self.segments, "partitions": self.partitions,
                "all_partitions": self.all_partitions, "judged": self.judged, "damaged": self.damaged,
                "seconds_to_go": round(self.seconds_to_go()), "pid": os.getpid(), "written": time.time()}

    def line(self):
        return describe(self.state())

    def _show(self):
        while True:
            if self._on_a_terminal:
                sys.stderr.write("\r\033[K" + self.line()[:os.get_terminal_size(2).columns - 1])
            else:
                sys.stderr.write(self.line() + "\n")
            sys.stderr.flush()
            with contextlib.suppress(Failed):   # a full disk is told by what matters
                write_json(self._path, self.state())
            if self._done.wait(ON_A_TERMINAL if self._on_a_terminal else IN_A_LOG):
                return

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._done.set()
        self._thread.join()
        if self._on_a_terminal:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
        with contextlib.suppress(Failed):
            write_json(self._path, self.state())


def describe(state):
    dealt = "Mapped {:,} of {:,} files, {:,} packets, {} of {}".format(
        state["files"], state["all_files"], state["packets"], in_units(state["octets"]), in_units(state["all_octets"]))
    if state["files"] < state["all_files"]:
        judged = "judged {:,} partitions".format(state["partitions"])
    else:
        judged = "judged {:,} of {:,} partitions".format(state["partitions"], state["all_partitions"])
    is_done = state["files"] == state["all_files"] and state["partitions"] == state["all_partitions"]
    left = "done" if is_done else clock(state["seconds_to_go"]) + " to go"
    damaged = "; damaged files: {:,}".format(state["damaged"]) if state["damaged"] else ""
    return "%s; %s; %s%s" % (dealt, judged, left, damaged)
