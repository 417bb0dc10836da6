# SPDX-License-Identifier: GPL-2.0-or-later
"""Probes of other systems, sent past the kernel in the client's name; the server's kernel is real."""

from network import CLIENT, SERVER
from packets import ACK
from scenario import both, exchange, foreign_give_up, foreign_probe, pause, scenario, talk
from views import View


@scenario(both(probe=5, response=5))
def windows_probes(net):
    """Probes as Windows sends them: one octet 0x00, no timestamps although they were negotiated, no PSH. Linux answers
    with a D-SACK."""
    client, server = net.connect()
    talk(client, server)
    for _ in range(5):
        pause(1.5)
        foreign_probe(net, b"\0")
    pause(0.3)


@scenario(both(probe=4, response=4))
def windows_probes_same_octet(net):
    """As Windows, and the last octet of the data was 0x00 like the garbage octet: by its octets the probe could be
    that octet sent again."""
    client, server = net.connect()
    exchange(client, server, b"hello")
    exchange(client, server, b"\0")
    for _ in range(4):
        pause(1.5)
        foreign_probe(net, b"\0")
    pause(0.3)


@scenario(both(probe=5, response=5), views=(View(CLIENT, begins="idle"), View(SERVER, begins="idle")))
def begun_idle_windows_probes(net):
    """As Windows; the capture begins while the connection is idle."""
    client, server = net.connect()
    talk(client, server)
    pause(0.5)
    net.mark("idle")
    for _ in range(5):
        pause(1.2)
        foreign_probe(net, b"\0")
    pause(0.3)


@scenario({CLIENT: {"probe": 10, "gave-up": 1}, SERVER: {}})
def windows_dead_peer(net):
    """As Windows: ten probes of one octet, a second apart, the first after 3 s, then RST."""
    net.client.sysctl("net.ipv4.tcp_timestamps", 0)
    client, server = net.connect()
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    pause(2.7)
    for _ in range(10):
        foreign_probe(net, b"\0")
        pause(1)
    foreign_give_up(net)
    pause(0.2)


@scenario({CLIENT: {"probe": 6, "gave-up": 1}, SERVER: {}})
def growing_intervals(net):
    """As Solaris and illumos: one octet, and intervals that double, 0.4 s to 6.4 s, until the RST."""
    client, server = net.connect()
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    pause(2)
    for number in range(6):
        foreign_probe(net, b"\0", ttl=64)
        pause(0.4 * 2 ** number)
    foreign_give_up(net, ttl=64)
    pause(0.2)


@scenario(both(probe=4, response=4))
def apple_probes(net):
    """As Apple's interface probes: no octet, no TCP options, and as soon as 0.3 s after data."""
    client, server = net.connect()
    for _ in range(4):
        talk(client, server)
        pause(0.3)
        foreign_probe(net, ttl=64)
        pause(0.6)


@scenario(both(probe=6, response=(2, 4)))
def probes_too_close(net):
    """Probes without octet 0.2 s apart: Linux answers at most every 0.5 s, so most stay unanswered although the peer
    lives."""
    client, server = net.connect()
    talk(client, server)
    pause(1)
    for _ in range(6):
        foreign_probe(net, ttl=64)
        pause(0.2)
    pause(0.3)


@scenario(both(probe=3, response=3))
def odd_octet(net):
    """Probes whose garbage octet is 0x79, and that acknowledge one octet less than was received, as an industrial
    controller sends them."""
    client, server = net.connect()
    talk(client, server)
    for _ in range(3):
        pause(1.2)
        net.client.inject(net.wire, net.wire.last[CLIENT].end - 1, net.wire.last[SERVER].end - 1, ACK, "probe", b"\x79",
                          30, 1026)
    pause(0.3)
