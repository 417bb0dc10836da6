# SPDX-License-Identifier: GPL-2.0-or-later
import os
import pathlib

import pytest

import programs
import under_test


@pytest.fixture(scope="session")
def home():
    """tshark and sharkd with the plugin."""
    with under_test.home_with_plugin() as home:
        yield home


@pytest.fixture(scope="session")
def bare_home():
    """tshark and sharkd without it."""
    with under_test.bare_home() as home:
        yield home


@pytest.fixture(scope="session")
def fields(home):
    return programs.keepalive_fields(home)


@pytest.fixture(params=under_test.CAPTURES, ids=lambda capture: capture.name)
def capture(request):
    return request.param


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """Tests may run side by side (pytest-xdist): each process has a temporary folder inside a common one."""
    directory = pathlib.Path(tmp_path_factory.getbasetemp())
    if "PYTEST_XDIST_WORKER" in os.environ:
        directory = directory.parent
    directory /= "found"
    directory.mkdir(exist_ok=True)
    return under_test.Shared(directory)


@pytest.fixture(scope="session")
def outputs(home, fields, shared, sharkd_says):
    return under_test.Outputs(home, fields, shared, sharkd_says)


@pytest.fixture(scope="session")
def sharkd(home):
    """One for all captures: nothing of one may be left when the next is loaded."""
    with programs.Sharkd(home, under_test.SHARKD) as sharkd:
        yield sharkd


@pytest.fixture(scope="session")
def sharkd_says(sharkd, fields, shared):
    return under_test.SharkdSays(sharkd, fields, shared)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """All tests of one capture in one process: what it worked out for one of them, the others need too. Without that,
    two processes go through the same captures side by side, and one waits for the other."""
    from xdist.scheduler import LoadScopeScheduling

    names = {capture.name for capture in under_test.CAPTURES}

    class ByCapture(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            test, _, parameters = nodeid.rstrip("]").partition("[")
            return next((name for name in parameters.split("-") if name in names), test)

    return ByCapture(config, log)
