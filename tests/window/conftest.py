# SPDX-License-Identifier: GPL-2.0-or-later
"""The real Wireshark on a screen of its own. scripts/window-tests.sh installs what this needs.

With --pictures=DIRECTORY the tests leave pictures of what they have seen and checked."""
import os
import pathlib
import re
import shutil
import sys

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "scripts"))

from wireshark_home import WiresharkHome  # noqa: E402  (needs the path)

PROFILE = "TCP Keep-Alive"
PLUGIN = os.environ.get("KEEPALIVE_PLUGIN", str(TREE / "build/window/plugin/keepalive.so"))
ARCHIVE = pathlib.Path(PLUGIN).parents[1] / (PROFILE + ".zip")   # of the same build
FAILURES = TREE / "build/window/failures"   # what the screen looked like when a test failed
PROGRAMS = ["wireshark", "tshark", "Xvfb", "openbox", "xdotool", "dbus-run-session", "import"]


def pytest_addoption(parser):
    parser.addoption("--pictures", type=pathlib.Path, help="the directory for pictures of the window")


@pytest.fixture(scope="session")
def home():
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    assert not missing, "not installed: " + ", ".join(missing)
    with WiresharkHome(PLUGIN) as home:
        shutil.copytree(TREE / "pcaps", os.path.join(home.directory, "pcaps"))
        give_to_user(home)
        yield home


def give_to_user(home):
    if os.geteuid() == 0:
        for directory, _, files in os.walk(home.directory):
            for path in [directory] + [os.path.join(directory, each) for each in files]:
                os.chown(path, home.as_normal_user()["user"], home.as_normal_user()["group"], follow_symlinks=False)


@pytest.fixture
def profile(home):
    """The profile, as it is in this tree."""
    profiles = pathlib.Path(home.directory, ".config/wireshark/profiles")
    shutil.rmtree(profiles.parent, ignore_errors=True)
    shutil.copytree(TREE / "profiles" / PROFILE, profiles / PROFILE)
    give_to_user(home)
    return PROFILE


@pytest.fixture(scope="session")
def desktop(home):
    from desktop import Desktop
    desktop = Desktop(home)
    yield desktop
    desktop.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """So that fixtures know how the test went."""
    report = (yield).get_result()
    if report.when == "call":
        item.failed = report.failed


@pytest.fixture
def open_window(request, home, desktop):
    """open_window(CAPTURE, OPTION...): Wireshark with a capture of pcaps/. By name: options of subprocess."""
    from wireshark_window import Window
    opened = []

    def open_window(capture=None, *arguments, **options):
        arguments = list(arguments)
        if capture:
            arguments += ["-r", os.path.join(home.directory, "pcaps", capture + ".pcap")]
        opened.append(Window(home, desktop, *arguments, **options))
        return opened[-1]

    yield open_window
    if getattr(request.node, "failed", False):
        FAILURES.mkdir(parents=True, exist_ok=True)
        desktop.screenshot().save(FAILURES / (re.sub(r"\W+", "-", request.node.name) + ".png"))
    for window in opened:
        window.close()


@pytest.fixture
def window(profile, open_window):
    """window(CAPTURE): Wireshark with the profile."""
    return lambda capture: open_window(capture, "-C", profile)


@pytest.fixture
def picture(request):
    """picture(WINDOW, NAME): what the window looks like now, or a dialog of it, if pictures are wanted."""
    directory = request.config.getoption("--pictures")

    def picture(window, name, dialog=None, height=None):
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
            window.picture(dialog, height).quantize(256).save(directory / (name + ".png"), optimize=True)

    return picture
