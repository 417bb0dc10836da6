# SPDX-License-Identifier: GPL-2.0-or-later
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
def outputs(home, bare_home, fields):
    return under_test.Outputs(home, bare_home, fields)


@pytest.fixture(scope="session")
def sharkd(home):
    """One for all captures: nothing of one may be left when the next is loaded."""
    with programs.Sharkd(home, under_test.SHARKD) as sharkd:
        yield sharkd
