# SPDX-License-Identifier: GPL-2.0-or-later
"""How far a run is: a line on standard error, and a file for `fleet.sh status`."""
import contextlib
import os
import threading
import time

from fleet.judge import Failed
from fleet.tasks import write_json
from progress_line import ProgressLine

SAMPLED = 0.5        # seconds
ON_A_TERMINAL = 0.5   # seconds between two states of the line

# What a core does in a second (docs/fleet.md, "Figures"), until this run has done something itself.
DEALT = 1000e6       # octets of captures
JUDGED = 130e3       # TCP segments
OCTETS_OF_A_SEGMENT = 500


def in_units(octets):
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if octets < 1000 or unit == "TB":
            return ("%d %s" if unit == "B" else "%.1f %s") % (octets, unit)
        octets /= 1000
    return None


def clock(seconds):
    seconds = int(seconds + 0.5)
    return "%d:%02d:%02d" % (seconds // 3600, seconds // 60 % 60, seconds % 60)


class Stage:
    """How fast one kind of work is done. `amount` counts up; what an earlier run did tells nothing of the speed."""

    def __init__(self, a_second):
        self._guess = a_second
        self._seen = self._reused = 0
        self._began = self._changed = None

    def sample(self, amount, is_underway):
        now = time.monotonic()
        if self._began is None:
            self._reused = self._seen = amount
            if is_underway:
                self._began = self._changed = now
        elif amount != self._seen:
            self._seen, self._changed = amount, now

    def seconds_for(self, amount):
        if self._began is None:
            return amount / self._guess
        own = self._seen - self._reused
        speed = own / (self._changed - self._began) if own and self._changed > self._began else self._guess
        return amount / speed - (time.monotonic() - self._changed if amount else 0)


class Progress:
    """Numbers that the driver counts up, shown until the `with` block ends."""

    def __init__(self, path, workers, files, octets):
        self._path = path
        self.all_files, self.all_octets = files, octets
        self.files = self.octets = 0              # dealt, in this run or an earlier one
        self.packets = self.segments = 0
        self.partitions = self.all_partitions = 0   # judged; of points that are dealt
        self.judged = 0                           # TCP segments in them
        self.damaged = 0
        self.is_working = False                   # what earlier runs did is counted
        self._dealing, self._judging = Stage(DEALT * workers), Stage(JUDGED * workers)
        self._line = ProgressLine(ON_A_TERMINAL)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)

    def seconds_to_go(self):
        octets = self.all_octets - self.octets
        a_segment = self.octets / self.segments if self.segments else OCTETS_OF_A_SEGMENT
        segments = self.segments - self.judged + octets / a_segment
        seconds = self._dealing.seconds_for(octets) + self._judging.seconds_for(segments)
        return max(seconds, 1) if octets or segments else 0

    def state(self):
        return {"files": self.files, "all_files": self.all_files, "octets": self.octets, "all_octets": self.all_octets,
                "packets": self.packets, "segments": self.segments, "partitions": self.partitions,
                "all_partitions": self.all_partitions, "judged": self.judged, "damaged": self.damaged,
                "seconds_to_go": round(self.seconds_to_go()), "pid": os.getpid(), "written": time.time()}

    def _show_once(self):
        self._line.show(describe(self.state()))
        with contextlib.suppress(Failed):   # a full disk is told by what matters
            write_json(self._path, self.state())

    def _show(self):
        shown = float("-inf")
        while True:
            self._dealing.sample(self.octets, self.is_working and self.octets < self.all_octets)
            self._judging.sample(self.judged, self.is_working and self.partitions < self.all_partitions)
            if time.monotonic() - shown >= self._line.pause:
                self._show_once()
                shown = time.monotonic()
            if self._done.wait(SAMPLED):
                return

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._done.set()
        self._thread.join()
        self._line.clear()
        with contextlib.suppress(Failed):
            write_json(self._path, self.state())


def describe(state):
    """What matters most comes first, as a narrow terminal cuts the rest off."""
    is_mapped = state["files"] == state["all_files"]
    is_done = is_mapped and state["partitions"] == state["all_partitions"]
    mapped = "mapped {:,} of {:,} files".format(state["files"], state["all_files"])
    judged = "judged {:,}{} partitions".format(
        state["partitions"], " of {:,}".format(state["all_partitions"]) if is_mapped else "")
    read = "{} of {}, {:,} packets".format(in_units(state["octets"]), in_units(state["all_octets"]), state["packets"])
    parts = ["Done" if is_done else clock(state["seconds_to_go"]) + " to go", mapped, judged]
    if state["damaged"]:
        parts.append("damaged files: {:,}".format(state["damaged"]))
    return "; ".join([*parts, read])
