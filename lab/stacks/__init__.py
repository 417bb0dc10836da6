# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP stacks other than the kernel's, as hosts of the laboratory.

Each is a program made from what Debian packages. It has a packet socket on the device of its network namespace, in
which the kernel has no address and so stays silent. It is told what to do by lines on its standard input and answers
each with a line, "ok VALUE" or "error TEXT":

    socket S | bind S PORT | listen S | accept S NEW | connect S ADDRESS PORT | option S NAME VALUE
    send S OCTETS | receive S AT_MOST | shutdown S | close S | reset S

To its standard error it writes, from hooks at the lines of the stack that do it, which of its timers sent a segment:
the name of the kernel's counter for the same thing, and the time before and after (ns since the epoch). A Linux writes
so when its own counters moved, and has one more command: forget S, which ends all connections without a word.
"""

import dataclasses
import errno
import itertools
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build" / "lab"
TCP_OPTIONS = {socket.TCP_KEEPIDLE: "keepidle", socket.TCP_KEEPINTVL: "keepintvl", socket.TCP_KEEPCNT: "keepcnt"}
SOCKET_OPTIONS = {socket.SO_KEEPALIVE: "keepalive", socket.SO_RCVBUF: "receive_buffer"}
ERRORS = {"reset": errno.ECONNRESET, "timed out": errno.ETIMEDOUT, "refused": errno.ECONNREFUSED}


@dataclasses.dataclass(frozen=True)
class Stack:
    """`package` holds its TCP; `tools` and `files` must be there to make a program of it. `is_linux`: it tells what it
    counted, and not what hooks saw; and it takes seconds to start."""

    name: str
    title: str
    package: str
    tools: tuple
    files: tuple
    is_linux: bool = False

    def missing(self):
        """What keeps it from running here, or None."""
        lacking = [tool for tool in self.tools if not shutil.which(tool)]
        lacking += [file for file in self.files if not os.path.exists(file)]
        return "%s is not installed (%s)" % (self.package, lacking[0]) if lacking else None

    def version(self):
        done = subprocess.run(["dpkg-query", "--show", "--showformat", "${Version}", self.package],
                              stdout=subprocess.PIPE, text=True, check=True)
        return "%s %s" % (self.title, done.stdout.partition("+")[0].rpartition("-")[0] or done.stdout)

    def program(self):
        """Made anew when it is older than its sources."""
        done = subprocess.run(["make", "--silent", "--directory", HERE / self.name, "BUILD=" + str(BUILD / self.name)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            raise RuntimeError("%s: %s" % (self.name, done.stdout))
        return BUILD / self.name / "host"


@dataclasses.dataclass(frozen=True)
class ByHand:
    """A stack of which only what it sends is imitated, segment by segment, by lab/puppet.py."""

    title: str

    def version(self):
        return self.title + ", imitated"


STACKS = {stack.name: stack for stack in (
    Stack("gvisor", "gVisor", "golang-gvisor-gvisor-dev", ("go", "make", "patch"),
          ("/usr/share/gocode/src/gvisor.dev/gvisor/pkg/tcpip/transport/tcp/connect.go",)),
    Stack("lwip", "lwIP", "liblwip-dev", ("cc", "make"), ("/usr/include/lwip/lwip/tcp.h",)),
    Stack("uml", "user-mode Linux", "user-mode-linux", ("cc", "make", "linux.uml"), (), is_linux=True),
)}


class Host:
    """A program with a TCP stack in it."""

    def __init__(self, stack, arguments, new_link):
        """`new_link` makes the packet socket that it inherits."""
        self._stack, self._arguments, self._new_link = stack, arguments, new_link
        self._program = stack.program()
        self._told = tempfile.TemporaryFile("w+")
        self._numbers = itertools.count()
        self._start()

    def _start(self):
        with self._new_link() as link:
            self._process = subprocess.Popen([self._program, str(link.fileno()), *self._arguments],
                                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._told,
                                             text=True, bufsize=1, pass_fds=[link.fileno()])
        self._answer()

    def forget(self):
        """Forgets everything without a word on the wire."""
        if self._stack.is_linux:
            self.command("forget", 0)
            return
        self._process.kill()
        self._process.communicate()
        self._start()

    def command(self, *words):
        self._process.stdin.write(" ".join(str(word) for word in words) + "\n")
        return self._answer()

    def _answer(self):
        line = self._process.stdout.readline().rstrip("\n")
        verdict, _, text = line.partition(" ")
        if verdict == "ok":
            return text
        if not line:
            self.told()
        known = [number for words, number in ERRORS.items() if words in text]
        raise OSError(known[0] if known else errno.EIO, "%s: %s" % (self._stack.name, line or "the program ended"))

    def told(self):
        """[(counter, time before, time after)]"""
        self._told.seek(0)
        lines = [line.split() for line in self._told]
        if any(len(words) != 3 for words in lines):
            raise RuntimeError("%s: %s" % (self._stack.name, "\n".join(" ".join(words) for words in lines)))
        return [(name, int(before), int(after)) for name, before, after in lines]

    def socket(self):
        return Socket(self, next(self._numbers))


class Socket:
    """As much of a Python socket as the scenarios use."""

    def __init__(self, host, number):
        self._host, self._number, self._port = host, number, None
        if number is not None:
            host.command("socket", number)

    def bind(self, address):
        self._port = address[1]
        self._host.command("bind", self._number, self._port)

    def getsockname(self):
        return None, self._port

    def listen(self, _):
        self._host.command("listen", self._number)

    def accept(self):
        accepted = Socket(self._host, None)
        accepted._number = next(self._host._numbers)
        self._host.command("accept", self._number, accepted._number)
        return accepted, None

    def connect(self, address):
        self._host.command("connect", self._number, *address)

    def setsockopt(self, level, option, value):
        if (level, option) in ((socket.IPPROTO_TCP, socket.TCP_NODELAY), (socket.SOL_SOCKET, socket.SO_REUSEADDR)):
            return  # always so
        names = TCP_OPTIONS if level == socket.IPPROTO_TCP else SOCKET_OPTIONS
        if level == socket.SOL_SOCKET and option == socket.SO_LINGER:
            self.close = self.reset
            return
        self._host.command("option", self._number, names[option], value)

    def settimeout(self, _):
        pass  # the program has its own patience

    setblocking = settimeout

    def sendall(self, octets):
        self._host.command("send", self._number, len(octets))

    send = sendall

    def recv(self, most):
        return bytes(int(self._host.command("receive", self._number, most)))

    def shutdown(self, _):
        self._host.command("shutdown", self._number)

    def close(self):
        self._host.command("close", self._number)

    def reset(self):
        self._host.command("reset", self._number)
