# SPDX-License-Identifier: GPL-2.0-or-later
"""What is tested, and with which programs: TSHARK, SHARKD and KEEPALIVE_PLUGIN in the environment say otherwise than
PATH and scripts/test.sh, KEEPALIVE_PCAPS otherwise than pcaps/."""
import concurrent.futures
import os
import sys

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


def in_parallel(function, arguments):
    """Starting tshark takes most of the time, so several at once."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(function, arguments))


class Outputs:
    """What there is to say of each capture, worked out for all of them at once."""

    def __init__(self, home, bare, fields):
        self._home, self._bare, self._fields = home, bare, fields
        self._of = dict(zip((capture.name for capture in CAPTURES), in_parallel(self._work_out, CAPTURES)))

    def _work_out(self, capture):
        try:
            segments, end = programs.segments(self._bare, capture.path)
            return {"segments": segments,
                    "expected": oracle.expected(capture, segments, end),
                    "one pass": programs.from_tshark(self._home, capture.path, self._fields),
                    "two passes": programs.from_tshark(self._home, capture.path, self._fields, "-2")}
        except Exception as error:  # one capture's failure is not all captures'
            return error

    def __getitem__(self, capture):
        output = self._of[capture.name]
        if isinstance(output, Exception):
            raise output
        return output
