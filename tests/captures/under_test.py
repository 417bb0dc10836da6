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
    """{capture: what tshark and the oracle say of it}"""

    def __init__(self, home, fields, shared):
        self._home, self._fields, self._shared = home, fields, shared

    def _work_out(self, capture):
        one_pass, segments, end, tables = programs.in_one_pass(self._home, capture.path, self._fields, *capture.preferences)
        two_passes, tables_of_two = programs.in_two_passes(self._home, capture.path, self._fields, *capture.preferences)
        return {"segments": segments, "expected": oracle.expected(capture, segments, end),
                "one pass": one_pass, "two passes": two_passes,
                "tables": {"one pass": tables, "two passes": tables_of_two}}

    def __getitem__(self, capture):
        return self._shared.get(capture.name + ".tshark", lambda: self._work_out(capture))

    def all_at_once(self):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self.__getitem__, CAPTURES))


class SharkdSays:
    """{capture: what sharkd says of it}, asked for after a single load; and of what a capture filter leaves of it."""

    def __init__(self, sharkd, fields, shared):
        self._sharkd, self._fields, self._shared = sharkd, fields, shared

    def _work_out(self, capture):
        self._sharkd.load(capture.path, capture.quiet_from)
        frames = list(range(1, self._sharkd.frames() + 1)) * 2
        random.Random(SEED).shuffle(frames)
        return {"frames": [(number, self._sharkd.frame(number, self._fields)) for number in frames],
                "tables": [self._sharkd.tables() for _ in range(2)],
                "conversations": self._sharkd.conversations()}

    def __getitem__(self, capture):
        return self._shared.get(capture.name + ".sharkd", lambda: self._work_out(capture))

    def filtered(self, capture):
        return self._shared.get(capture.name + ".filtered",
                                lambda: capture_filter.Filtered(self._sharkd, capture, self._fields))
