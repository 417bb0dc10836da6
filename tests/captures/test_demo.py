# SPDX-License-Identifier: GPL-2.0-or-later
"""What scripts/demo.sh prints of a capture, and how it refuses what is none."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time

import pytest

import capture_files
import under_test
from progress import Progress

sys.path.insert(0, str(capture_files.TREE / "lab"))

import packets  # noqa: E402  (needs the path)

DEMO = capture_files.TREE / "scripts/demo.sh"
STORY = capture_files.TREE / "scripts/story.py"


def story(capture, *options, width=None):
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    if width is not None:
        environment["COLUMNS"] = str(width)
    done = subprocess.run([sys.executable, STORY, *options, under_test.PLUGIN, capture], env=environment,
                          cwd=capture_files.TREE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def story_of(name, *options, **more):
    return story("pcaps/%s.pcap" % name, *options, **more)


def refused(*arguments):
    done = subprocess.run([DEMO, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_readme_shows_what_it_prints():
    readme = (capture_files.TREE / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"    \$ scripts/demo.sh\n((?:    .*\n|\n)*)", readme).group(1)
    assert re.sub("^    ", "", shown, flags=re.MULTILINE).strip() == story_of("silent_firewall.client").strip()


@pytest.mark.parametrize("name", ["silent_firewall.client", "ipv6.client", "begun_idle_dead_peer.client",
                                  "zero_window.client", "many_connections.client"])
def test_fits_into_80_columns(name):
    assert max(map(len, story_of(name, width=80).splitlines())) <= 80


def test_worst_connections_come_first(tmp_path):
    """Here the last one of the capture."""
    frames = []
    for name in ("answered.client", "both_ends.client", "dead_peer.client"):
        with open(capture_files.PCAPS / (name + ".pcap"), "rb") as stream:
            frames += packets.read_capture(stream)[1]
    capture = tmp_path / "three.pcap"
    capture.write_bytes(packets.capture_octets(packets.ETHERNET, frames))
    outcomes = re.findall(r"^ +(\d+)  \S+ +\d+ +\d+ +\d+  ([^\d\n]+)$", story(capture), re.MULTILINE)
    assert outcomes == [("2", "gave up"), ("0", "answered"), ("1", "answered"), ("1", "answered")]


def test_a_cut_is_said_and_all_shows_the_rest():
    lines, all_lines = (story_of("many_connections.client", *options).splitlines() for options in ([], ["--all"]))
    (cut,) = (line for line in lines if line.endswith("With --all they are printed too.") and "frame" in line)
    more = int(re.match(r"\.\.\. and ([\d,]+) more frames\.", cut).group(1).replace(",", ""))
    assert not [line for line in all_lines if line.startswith("...")]
    frames, all_frames = (sum(1 for line in part if re.match(r" *\d+ +\d+\.\d{3}  ", line)) for part in (lines, all_lines))
    assert (frames, all_frames) == (100, 100 + more)


def test_what_is_none_is_not_mentioned():
    for name in ("answered.client", "dead_peer.client", "zero_window.client"):
        assert not re.search(r"\b0 (probes|answered|unanswered|frames|other)", story_of(name).split("\n\n")[0])


def test_refuses_what_is_no_capture(tmp_path):
    empty = tmp_path / "empty.pcap"
    empty.touch()
    assert refused(empty) == "demo.sh: %s is empty" % empty
    assert refused("").startswith("demo.sh: the name of the capture is empty")
    assert refused(tmp_path) == "demo.sh: %s is not a file" % tmp_path
    assert refused("/no/such/file") == "demo.sh: there is no file /no/such/file"
    assert refused("--nonesuch").startswith("demo.sh: there is no option --nonesuch")
    assert refused("one", "two").startswith("demo.sh: more than one capture")


def test_progress_says_pass_frame_and_share(tmp_path, capsys):
    capture = tmp_path / "capture"
    capture.write_bytes(bytes(1000))
    reader = "import sys, time; f, g = (open(sys.argv[1], 'rb', 0) for _ in '12'); f.read(250); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", reader, capture]) as process, \
            subprocess.Popen(["echo", "capture 80"], stdout=subprocess.PIPE, text=True) as counter:
        shown = ""
        with Progress(process, capture, counter):
            deadline = time.monotonic() + 60
            while "25 %" not in shown and time.monotonic() < deadline:
                time.sleep(0.1)
                shown += capsys.readouterr().err
        process.kill()
    assert shown.splitlines()[-1] == "Reading, pass 1 of 2: frame 20 of 80, 25 %"


def all_of(terminal):
    """A terminal gives what was written bit by bit, and an error at the end."""
    octets = b""
    try:
        while bit := terminal.read(100):
            octets += bit
    except OSError:
        pass
    return octets


@pytest.mark.parametrize("columns, shown", [(0, "one two three"), (80, "one two three"), (8, "one two")])
def test_progress_fits_the_terminal(columns, shown):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    program = "import progress_line; line = progress_line.ProgressLine(1); line.show('one two three'); line.clear()"
    with open(ours, "rb", 0) as terminal:
        subprocess.run([sys.executable, "-c", program], cwd=capture_files.TREE / "scripts", stderr=theirs, check=True)
        os.close(theirs)
        assert all_of(terminal) == b"\r\033[K%s\r\033[K" % shown.encode()
