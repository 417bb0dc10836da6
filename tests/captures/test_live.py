# SPDX-License-Identifier: GPL-2.0-or-later
"""Probes as they happen, through the capture filter. Needs root, for a network namespace to talk in."""
import os
import queue
import subprocess
import threading

import pytest

import capture_filter
import under_test

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

PROBES = 3
PATIENCE = 60   # seconds for each line; the probes come every second

# Knocks at a closed port until told to talk. Then two sockets talk once and are idle, until standard input is closed. The
# last segment is the peer's, as the prober's timer runs from what it hears: its own delayed ACK would shorten idle_time.
TALKERS = """
import select, socket, subprocess, sys
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0.1)[0]:
    socket.socket().connect_ex(("127.0.0.1", 7001))
sys.stdin.readline()
server = socket.create_server(("127.0.0.1", 7000))
client = socket.create_connection(("127.0.0.1", 7000))
for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1)):
    client.setsockopt(socket.IPPROTO_TCP, option, value)
client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
accepted = server.accept()[0]
accepted.send(b"question")
client.recv(100)
client.send(b"answer")
accepted.recv(100)
sys.stdin.read()
"""

# Wireshark loads the plugin for normal users only, and a normal user may capture with these alone.
AS_NOBODY_WHO_MAY_CAPTURE = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                             "--inh-caps=+net_raw,+net_admin", "--ambient-caps=+net_raw,+net_admin"]


class Lines:
    """The lines of a pipe, each waited for no longer than PATIENCE."""

    def __init__(self, pipe):
        self._lines = queue.Queue()
        threading.Thread(target=lambda: [self._lines.put(line) for line in pipe], daemon=True).start()

    def next(self):
        return self._lines.get(timeout=PATIENCE)


@pytest.fixture
def talkers():
    with subprocess.Popen(["unshare", "--net", "/usr/bin/python3", "-c", TALKERS], text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        assert Lines(process.stdout).next() == "ready\n"
        yield process
        process.stdin.close()


def test_probes_are_shown_as_they_happen(home, talkers):
    expression = capture_filter.expressions()[capture_filter.PLAIN]
    command = ["nsenter", "--net=/proc/%d/ns/net" % talkers.pid, *AS_NOBODY_WHO_MAY_CAPTURE, under_test.TSHARK,
               "-n", "-l", "-i", "lo", "-f", expression, "-Y", "keepalive.probe or tcp.dstport == 7001",
               "-T", "fields", "-e", "tcp.dstport", "-e", "keepalive.idle_probes", "-e", "keepalive.idle_time"]
    with subprocess.Popen(command, text=True, cwd=home.directory, env=home.environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as tshark:
        shown = Lines(tshark.stdout)
        probes = []
        try:
            shown.next()   # the capture has begun
            talkers.stdin.write("talk\n")
            talkers.stdin.flush()
            while len(probes) < PROBES:
                port, *values = shown.next().split()
                if port == "7000":
                    probes.append(values)
        finally:
            tshark.terminate()
    assert [int(number) for number, _ in probes] == [1, 2, 3]
    assert all(float(idle_time) >= 1 for _, idle_time in probes)
