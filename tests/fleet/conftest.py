# SPDX-License-Identifier: GPL-2.0-or-later
import pytest

import fleet_under_test  # noqa: F401  (makes the laboratory's modules known)
import traffic


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="the tests that take minutes too")


def pytest_configure(config):
    config.addinivalue_line("markers", "long: takes minutes; run with --long only")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="takes minutes: --long runs it"))


@pytest.fixture(scope="session")
def host(tmp_path_factory):
    """The rotated captures of one host, in the order of time."""
    folder = tmp_path_factory.mktemp("captures")
    folder.parent.chmod(0o755)
    return traffic.write(folder / "host", connections=224, files=6)
