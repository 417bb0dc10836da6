# SPDX-License-Identifier: GPL-2.0-or-later
"""Which programs are tested: TSHARK, SHARKD and KEEPALIVE_PLUGIN in the environment say otherwise than PATH and
scripts/test.sh."""
import concurrent.futures
import os
import sys

import pytest

import capture_files

sys.path.insert(0, str(capture_files.TREE / "scripts"))

from wireshark_home import WiresharkHome  # noqa: E402  (needs the path)

import oracle  # noqa: E402
import programs  # noqa: E402

TSHARK = os.environ.get("TSHARK", "tshark")
SHARKD = os.environ.get("SHARKD", "sharkd")
PLUGIN = os.environ.get("KEEPALIVE_PLUGIN", str(capture_files.TREE / "build/test/plugin/keepalive.so"))

CAPTURES = capture_files.all_captures()


@pytest.fixture(scope="session")
def home():
    """tshark and sharkd with the plugin."""
    with WiresharkHome(PLUGIN, TSHARK) as home:
        yield home


@pytest.fixture(scope="session")
def bare_home():
    """tshark and sharkd without it."""
    with WiresharkHome(None, TSHARK) as home:
        yield home


@pytest.fixture(scope="session")
def fields(home):
    return programs.keepalive_fields(home)


@pytest.fixture(params=CAPTURES, ids=lambda capture: capture.name)
def capture(request):
    return request.param


class Outputs:
    """What there is to say of each capture, worked out for all of them at once: starting tshark takes the time."""

    def __init__(self, home, bare_home, fields):
        self._home, self._bare_home, self._fields = home, bare_home, fields
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            self._of = dict(zip((capture.name for capture in CAPTURES), pool.map(self._work_out, CAPTURES)))

    def _work_out(self, capture):
        segments, end = programs.segments(self._bare_home, capture.path)
        return {"segments": segments,
                "expected": oracle.expected(capture, segments, end),
                "one pass": programs.from_tshark(self._home, capture.path, self._fields),
                "two passes": programs.from_tshark(self._home, capture.path, self._fields, "-2")}

    def __getitem__(self, capture):
        return self._of[capture.name]


@pytest.fixture(scope="session")
def outputs(home, bare_home, fields):
    return Outputs(home, bare_home, fields)


@pytest.fixture
def sharkd(home, capture):
    with programs.Sharkd(home, SHARKD, capture.path) as sharkd:
        yield sharkd
