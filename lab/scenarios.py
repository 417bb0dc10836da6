# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenarios: each says what it does and what must come out.

`comes_out` names, for each end, every label that its own capture must show and how often: a number, or a pair (at
least, at most). The run fails when it does not.
"""

import dataclasses
import socket
import time

from network import CLIENT, SERVER, data, empty_ack
from views import BOTH_ENDS, View

SCENARIOS = {}
MANY = 10**6


@dataclasses.dataclass
class Scenario:
    name: str
    play: object
    comes_out: dict
    views: tuple = BOTH_ENDS
    link: str = "plain"             # plain, vlan, gre or ipip
    family: int = socket.AF_INET
    extra_captures: tuple = ()      # (end, device)
    group: str = "behaviour"
    needs: object = None            # says why the scenario cannot run here, or None

    @property
    def text(self):
        return " ".join(self.play.__doc__.split())


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


def wait_for_end(connection):
    """Blocks until the connection dies, and returns the error that the application gets."""
    connection.settimeout(90)
    try:
        while connection.recv(4096):
            pass
    except OSError as error:
        if error.errno is None:  # it is this socket's own time limit
            raise
        return error
    return None


pause = time.sleep


# Answered, unanswered, and what ends a run.

@scenario({CLIENT: {"probe": (4, 5), "response": (4, 5)}, SERVER: {"probe": (4, 5), "response": (4, 5)}})
def answered(net):
    """An idle connection whose client probes; the peer answers every probe. Answered probes come every KEEPIDLE."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(9.5)


@scenario({CLIENT: {"probe": 3, "gave-up": 1}, SERVER: {}})
def dead_peer(net):
    """The peer vanishes: KEEPCNT probes, KEEPINTVL apart, that nothing answers, then the prober's RST."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    wait_for_end(client)


@scenario({CLIENT: {"zero-window-probe": (4, MANY), "zero-window-ack": (3, MANY)},
           SERVER: {"zero-window-probe": (4, MANY), "zero-window-ack": (3, MANY)}})
def zero_window(net):
    """The receiver does not read, data waits and keepalive is on: zero-window probes, 0.2 s apart and doubling, and
    no keepalive probe, for Linux sends none while data waits."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=2048)
    client.setblocking(False)
    fill(client)
    pause(8)
    client.settimeout(60)


def fill(sender, octets=6000):
    """More than a small receive buffer takes, so that the rest waits in the sender."""
    sender.setblocking(False)
    sender.send(bytes(octets))
    sender.setblocking(True)


@scenario({CLIENT: {"probe": (5, 6), "response": (5, 6)}, SERVER: {"probe": (5, 6), "response": (5, 6)}},
          views=(View(CLIENT, begins="idle"), View(SERVER, begins="idle")))
def begun_idle_live_peer(net):
    """The capture begins while the connection is idle; the peer lives and answers."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(0.5)
    net.mark("idle")
    pause(5.7)


@scenario({CLIENT: {"probe": 4, "gave-up": 1}, SERVER: {}},
          views=(View(CLIENT, begins="idle"),))
def begun_idle_dead_peer(net):
    """The capture begins while the connection is idle; the peer is dead, so all there is are probes and the RST."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=4))
    talk(client, server)
    pause(0.5)
    net.wire.cut()
    net.mark("idle")
    wait_for_end(client)


@scenario({CLIENT: {"probe": 1, "peer-reset": 1}, SERVER: {"probe": 1, "peer-reset": 1}})
def peer_lost_state(net):
    """The peer rebooted and knows nothing of the connection: it answers the first probe with a RST."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(0.5)
    net.server.destroy_sockets()
    wait_for_end(client)
    pause(0.3)


@scenario({CLIENT: {"probe": (6, 12), "response": (6, 12)}, SERVER: {"probe": (6, 12), "response": (6, 12)}})
def both_ends(net):
    """Both ends probe, each at its own interval: 1 s and 3 s. A probe from the peer does not put one's own next probe
    off, for Linux answers it without taking it for a sign of life: the end with 3 s sends its probes all the same."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3), server=dict(idle=3, interval=1, count=3))
    talk(client, server)
    pause(9.5)


@scenario({CLIENT: {"probe": (4, 5), "response": (4, 5)}, SERVER: {"probe": (4, 5), "response": (4, 5)}},
          family=socket.AF_INET6)
def ipv6(net):
    """IPv6: answered probes; there is no IP identification to tell one frame from another."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(5)
