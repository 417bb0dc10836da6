# SPDX-License-Identifier: GPL-2.0-or-later
"""What a scenario is, and what its hosts can do."""

import dataclasses
import fcntl
import socket
import struct
import termios
import time

from network import CLIENT, SERVER
from packets import ACK, RST
from views import BOTH_ENDS

SCENARIOS = {}
MANY = 10**6


@dataclasses.dataclass
class Scenario:
    """`comes_out` names, for each end, every label that its own capture must show and how often: a number, or a pair
    (at least, at most). The run fails when it does not."""

    name: str
    play: object
    comes_out: dict
    views: tuple = BOTH_ENDS
    link: str = "plain"             # plain, vlan, gre or ipip
    family: int = socket.AF_INET
    extra_captures: tuple = ()      # (end, device)
    group: str = "behaviour"
    stacks: dict = dataclasses.field(default_factory=dict)  # end -> a stack other than the kernel's
    quiet_from: int = None          # the preference keepalive.quiet_from that the captures are to be read with
    needs: object = None            # says why the scenario cannot run here, or None

    @property
    def text(self):
        whose = ["The %s has the TCP of %s." % (end, stack.title) for end, stack in self.stacks.items()]
        return " ".join(self.play.__doc__.split() + whose)


def scenario(comes_out, **more):
    def register(play):
        SCENARIOS[play.__name__] = Scenario(play.__name__, play, comes_out, **more)
        return play
    return register


def exchange(sender, receiver, octets=b"hello"):
    """The receiver has read what the sender sent."""
    sender.sendall(octets)
    read(receiver, len(octets))


def talk(a, b):
    exchange(a, b, b"hello")
    exchange(b, a, b"world")


def read(receiver, length):
    while length > 0:
        chunk = receiver.recv(min(length, 65536))
        if not chunk:
            raise ConnectionError("the peer closed")
        length -= len(chunk)


def wait_for_end(connection, seconds=90):
    """Blocks until the connection dies, and returns the error that the application gets."""
    connection.settimeout(seconds)
    try:
        while connection.recv(4096):
            pass
    except OSError as error:
        if error.errno is None:  # it is this socket's own time limit
            raise
        return error
    return None


def unsent_or_unacknowledged(sender):
    """SIOCOUTQ"""
    return struct.unpack("i", fcntl.ioctl(sender, termios.TIOCOUTQ, b"1234"))[0]


def overfill_window(sender, octets=6000):
    """More than a small receive buffer takes, so that the rest waits in the sender."""
    sender.setblocking(False)
    sender.send(bytes(octets))
    sender.setblocking(True)


def fill_window(net, sender, leave=0):
    """Exactly what the receiver's window takes, less `leave` octets, so that nothing waits in the sender."""
    pause(0.2)
    while net.wire.last[SERVER].window > leave:
        sender.sendall(bytes(net.wire.last[SERVER].window - leave))
        pause(0.2)
    # Of another stack the laboratory knows only that it sent no more than fits.
    if isinstance(sender, socket.socket) and unsent_or_unacknowledged(sender):
        raise RuntimeError("the window was not filled exactly")


def close_with_reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def foreign_probe(net, octet=b"", label="probe", ttl=128):
    """A probe past the client's kernel, as other systems send it: without timestamps, perhaps with a garbage octet."""
    net.client.inject(net.wire, net.wire.last[CLIENT].end - 1, net.wire.last[SERVER].end, ACK, label, octet, ttl, 1026)


def foreign_give_up(net, ttl=128):
    net.client.inject(net.wire, net.wire.last[CLIENT].end, net.wire.last[SERVER].end, RST | ACK, "gave-up", b"", ttl)


def both(**labels):
    """Both ends' captures show the same."""
    labels = {name.replace("_", "-"): number for name, number in labels.items()}
    return {CLIENT: labels, SERVER: labels}


pause = time.sleep
