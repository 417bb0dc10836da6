# SPDX-License-Identifier: GPL-2.0-or-later
"""What is tested, and with which programs: TSHARK, SHARKD and KEEPALIVE_PLUGIN in the environment say otherwise than
PATH and scripts/test.sh, KEEPALIVE_PCAPS otherwise than pcaps/."""
import concurrent.futures
import fcntl
import os
import pathlib
import pickle
import random
import sys
import threading
import traceback

import capture_filter
import capture_files
import oracle
import programs

sys.path.insert(0, str(capture_files.TREE / "scripts"))

from wireshark_home import WiresharkHome  # noqa: E402  (needs the path)

TSHARK = os.environ.get("TSHARK", "tshark")
SHARKD = os.environ.get("SHARKD", "sharkd")
PLUGIN = os.environ.get("KEEPALIVE_PLUGIN", str(capture_files.TREE / "build/test/plugin/keepalive.so"))

CAPTURES = capture_files.all_captures()
assert CAPTURES, "there are no captures in %s" % capture_files.PCAPS
IN_TSHARK_TOO = CAPTURES[::8]


def home_with_plugin():
    return WiresharkHome(PLUGIN, TSHARK)


def bare_home():
    return WiresharkHome(None, TSHARK)


SEED = 20131107


class Shared:
    """What is worked out once, by the first of several processes that asks for it, and kept in a folder of theirs."""

    def __init__(self, directory):
        self._directory = pathlib.Path(directory)
        self._found = {}

    def get(self, name, work_out):
        if name not in self._found:
            self._found[name] = self._read(self._directory / name.replace("/", "-"), work_out)
        result, failure = self._found[name]
        if failure:
            raise AssertionError(failure)
        return result

    @staticmethod
    def _read(path, work_out):
        with open(path, "a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            octets = file.read()
            if octets:
                return pickle.loads(octets)
            try:
                found = work_out(), None
            except Exception:  # one capture's failure is not all captures'
                found = None, traceback.format_exc()
            pickle.dump(found, file)
            return found


class Outputs:
    """{capture: what tshark and the oracle say of it}

    sharkd reads the frames of a capture a second time as `tshark -2` does, and need not be started for each, which takes
    most of tshark's time: what two passes tell of all captures is asked of sharkd, and tshark -2 of some (IN_TSHARK_TOO)."""

    def __init__(self, home, fields, shared, sharkd_says):
        self._home, self._fields, self._shared, self._sharkd_says = home, fields, shared, sharkd_says

    def _work_out(self, capture):
        one_pass, segments, end, tables = programs.in_one_pass(self._home, capture.path, self._fields, *capture.preferences)
        return {"segments": segments, "expected": oracle.expected(capture, segments, end), "one pass": one_pass,
                "tables": tables, "two passes": self._sharkd_says.second_pass(capture)}

    def __getitem__(self, capture):
        return self._shared.get(capture.name + ".tshark", lambda: self._work_out(capture))

    def in_tshark_too(self, capture):
        """Frames and tables of tshark -2."""
        return self._shared.get(capture.name + ".tshark-2", lambda: programs.in_two_passes(
            self._home, capture.path, self._fields, *capture.preferences))

    def all_at_once(self):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self.__getitem__, CAPTURES))


class SharkdSays:
    """{capture: what sharkd says of it}, asked for after a single load; and of what a capture filter leaves of it."""

    def __init__(self, sharkd, fields, shared):
        self._sharkd, self._fields, self._shared = sharkd, fields, shared
        self._one_at_a_time = threading.RLock()

    def _work_out(self, capture):
        self._sharkd.load(capture.path, capture.quiet_from)
        frames = list(range(1, self._sharkd.frames() + 1)) * 2
        random.Random(SEED).shuffle(frames)
        return {"frames": [(number, self._sharkd.frame(number, self._fields)) for number in frames],
                "tables": [self._sharkd.tables() for _ in range(2)],
                "conversations": self._sharkd.conversations()}

    def __getitem__(self, capture):
        with self._one_at_a_time:
            return self._shared.get(capture.name + ".sharkd", lambda: self._work_out(capture))

    def second_pass(self, capture):
        """{frame: {field: value}} of the frames that have keepalive fields."""
        return {number: shown for number, shown in self[capture]["frames"] if shown}

    def filtered(self, capture):
        return self._shared.get(capture.name + ".filtered",
                                lambda: capture_filter.Filtered(self._sharkd, capture, self._fields))
