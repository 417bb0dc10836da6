# SPDX-License-Identifier: GPL-2.0-or-later
"""A live capture: the window while the packets come. Needs root, for a network namespace to talk in."""
import os
import subprocess

import pytest

import colours
from desktop import wait_for

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

# Two sockets talk when told to, and are idle then. Told again, the peer is deaf: its socket takes no segment any more.
TALKERS = """
import ctypes, socket, struct, subprocess, sys
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
print("ready", flush=True)
sys.stdin.readline()
server = socket.create_server(("127.0.0.1", 7000))
client = socket.create_connection(("127.0.0.1", 7000))
for option, value in ((socket.TCP_KEEPIDLE, 2), (socket.TCP_KEEPINTVL, 3), (socket.TCP_KEEPCNT, 100)):
    client.setsockopt(socket.IPPROTO_TCP, option, value)
client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
peer = server.accept()[0]
client.send(b"question")
peer.recv(100)
sys.stdin.readline()
nothing = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
SO_ATTACH_FILTER = 26
peer.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(nothing)))
sys.stdin.read()
"""


class Talkers:
    def __init__(self, process):
        self._process = process

    @property
    def network(self):
        return "--net=/proc/%d/ns/net" % self._process.pid

    def go_on(self):
        self._process.stdin.write("\n")
        self._process.stdin.flush()


@pytest.fixture
def talkers():
    with subprocess.Popen(["unshare", "--net", "/usr/bin/python3", "-c", TALKERS], text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == "ready\n"
        yield Talkers(process)
        process.stdin.close()


@pytest.fixture
def capture(talkers):
    """What dumpcap takes from the wire, as it comes."""
    with subprocess.Popen(["nsenter", talkers.network, "dumpcap", "-q", "-P", "-i", "lo", "-f", "tcp", "-w", "-"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as dumpcap:
        os.set_blocking(dumpcap.stderr.fileno(), False)
        wait_for("dumpcap's start", lambda: b"File: " in (dumpcap.stderr.read() or b""))
        yield dumpcap.stdout
        dumpcap.terminate()


PATIENCE = 60   # seconds; reading the list takes some on a busy machine


def test_probes_turn_into_what_they_are(open_window, profile, talkers, capture):
    """By themselves where the guide says so, else by what it says to press."""
    w = open_window(None, "-C", profile, "-k", "-i", "-", stdin=capture)
    talkers.go_on()
    wait_for("an answered probe", lambda: numbers(w, ", answered in "), PATIENCE)
    talkers.go_on()
    second = wait_for("a second probe that nothing answers", lambda: numbers(w, "Probe 2, "), PATIENCE)[0]
    first = numbers(w, "Probe 1, ")[-1]
    assert colour(w, second) == colours.rule("Keep-alive: 2nd").background
    for _ in range(2):
        w.choose("View", "Colorize Packet List")
    wait_for("its colour", lambda: colour(w, first) == colours.rule("Keep-alive: 1st").background, PATIENCE)
    assert w.info(first).startswith("[Keep-Alive: Probe 1, ") and ", unanswered]" in w.info(first)


def numbers(w, words):
    """The packets whose Info has these words."""
    return [int(row["No."]) for row in w.packets() if words in row["Info"]]


def colour(w, number):
    return w.colours().get(number)
