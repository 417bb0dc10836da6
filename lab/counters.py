# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's own counters: what it says it sent, and when.

TcpExtTCPKeepAlive and TcpExtTCPWinProbe move when a probe leaves; TcpExtTCPAbortOnTimeout when the kernel gives a
connection up. One process polls all network namespaces every few milliseconds and notes each movement.
"""

import dataclasses
import json
import os
import signal
import tempfile
import time

NAMES = ("TCPKeepAlive", "TCPWinProbe", "TCPAbortOnTimeout")
POLL_PAUSE = 0.003


@dataclasses.dataclass
class Movement:
    """A counter grew by `amount` after `not_before` and before `not_after` (ns since the epoch)."""

    name: str
    amount: int
    not_before: int
    not_after: int


def open_counters():
    """The counters of the calling thread's network namespace; the descriptor stays with that namespace."""
    return os.open("/proc/thread-self/net/netstat", os.O_RDONLY | os.O_CLOEXEC)


def read_counters(descriptor):
    names, values = os.pread(descriptor, 65536, 0).decode().splitlines()[:2]
    all_values = dict(zip(names.split()[1:], values.split()[1:]))
    return {name: int(all_values[name]) for name in NAMES}


class Poller:
    """A child process, because the scenarios' threads would make the poll late."""

    def __init__(self, descriptors):
        self._record = tempfile.TemporaryFile("w+")
        self._pid = os.fork()
        if self._pid == 0:
            try:
                self._poll(descriptors)
            finally:
                os._exit(0)

    def _poll(self, descriptors):
        stopped = []
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
        text = {d: b"" for d in descriptors}
        value = {d: dict.fromkeys(NAMES, 0) for d in descriptors}
        asked = {d: time.time_ns() for d in descriptors}
        while not stopped:
            for descriptor in descriptors:
                before = time.time_ns()
                # The first lines hold TcpExt; comparing octets first saves parsing what did not move.
                now = os.pread(descriptor, 65536, 0)
                if now != text[descriptor]:
                    text[descriptor] = now
                    self._note(descriptor, value[descriptor], asked[descriptor])
                asked[descriptor] = before
            time.sleep(POLL_PAUSE)
        self._record.flush()

    def _note(self, descriptor, known, not_before):
        current = read_counters(descriptor)
        not_after = time.time_ns()
        for name in NAMES:
            if current[name] != known[name]:
                amount = current[name] - known[name]
                self._record.write(json.dumps([descriptor, name, amount, not_before, not_after]) + "\n")
        known.update(current)

    def stop(self):
        """The movements noted, by descriptor."""
        os.kill(self._pid, signal.SIGTERM)
        os.waitpid(self._pid, 0)
        self._record.seek(0)
        movements = {}
        for line in self._record:
            descriptor, *movement = json.loads(line)
            movements.setdefault(descriptor, []).append(Movement(*movement))
        return movements
