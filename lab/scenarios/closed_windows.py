# SPDX-License-Identifier: GPL-2.0-or-later
"""The receiver's window is closed, or nearly."""

from network import CLIENT, SERVER
from scenario import MANY, both, exchange, fill_window, overfill_window, pause, read, scenario


@scenario({CLIENT: {"zero-window-probe": (4, MANY), "zero-window-ack": (3, MANY)},
           SERVER: {"zero-window-probe": (4, MANY), "zero-window-ack": (3, MANY)}})
def zero_window(net):
    """The receiver does not read, data waits and keepalive is on: zero-window probes, 0.2 s apart and doubling, and
    no keepalive probe, because Linux sends none while data waits."""
    client, _ = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=2048)
    overfill_window(client)
    pause(8)


@scenario(both(zero_window_probe=(8, MANY), zero_window_ack=(8, MANY)))
def zero_window_with_lower_limit(net):
    """The client's host limits its timers to 5 s (net.ipv4.tcp_rto_max_ms, since Linux 6.15): zero-window probes double
    until then, and come every 5 s from then on, like keepalives."""
    net.client.sysctl("net.ipv4.tcp_rto_max_ms", 5000)
    client, _ = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=2048)
    overfill_window(client)
    pause(28)


@scenario(both(zero_window_probe=(3, MANY), zero_window_ack=(2, MANY), probe=(3, 5), response=(3, 5)))
def zero_window_then_idle(net):
    """Zero-window probes until the receiver reads; then all is delivered, the connection is idle, and keepalive
    probes follow."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=2048)
    overfill_window(client)
    pause(3)
    read(server, 6000)
    pause(4.5)


@scenario({CLIENT: {"zero-window-probe": (5, MANY), "zero-window-ack": (1, 4)},
           SERVER: {"zero-window-probe": (1, 4), "zero-window-ack": (1, 4)}})
def zero_window_dead_peer(net):
    """Zero-window probes, and the peer vanishes: they go on, doubling their distance, unanswered."""
    client, _ = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=2048)
    overfill_window(client)
    pause(1)
    net.wire.cut()
    pause(8)


@scenario(both(probe=(4, 5), response=(4, 5)))
def full_window_nothing_queued(net):
    """The window is exactly full and nothing waits (SIOCOUTQ 0): keepalive probes, and answers with window 0. They
    look like zero-window probes; only their spacing and the kernel's counters show that they are not."""
    client, _ = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=2048)
    fill_window(net, client)
    pause(5)


@scenario(both(probe=(4, 6), response=(4, 6)))
def full_window_long_interval(net):
    """The window is exactly full, nothing waits, and KEEPINTVL is twice KEEPIDLE: the first gaps double like those
    of zero-window probes, the next ones do not."""
    client, _ = net.connect(client=dict(idle=1, interval=2, count=3), receive_buffer=2048)
    fill_window(net, client)
    pause(9)


@scenario(both(probe=(5, 7), response=(5, 7)))
def window_reopened_in_mid_idle(net):
    """Keepalive probes into a full window; then the receiver reads, its window opens, and the probes go on."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=2048)
    fill_window(net, client)
    pause(3.5)
    server.recv(65536)
    pause(3.5)


@scenario(both(probe=(4, 5), response=(4, 5)))
def small_window_nothing_queued(net):
    """A window of 100 octets, and nothing waits: keepalive probes."""
    client, _ = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=2048)
    fill_window(net, client, leave=100)
    pause(5)


@scenario(both(probe=(2, 4), response=(2, 4), zero_window_probe=(3, MANY), zero_window_ack=(2, MANY)))
def data_queued_into_full_window(net):
    """Keepalive probes into a full window, and only then the application sends: zero-window probes begin late."""
    client, _ = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=2048)
    fill_window(net, client)
    pause(3.3)
    client.send(bytes(500))
    pause(5)


@scenario({CLIENT: {"zero-window-probe": (3, MANY), "zero-window-ack": (3, MANY), "probe": (2, 6), "response": (2, 6)},
           SERVER: {"zero-window-probe": (3, MANY), "zero-window-ack": (3, MANY), "probe": (2, 6), "response": (2, 6)}})
def zero_window_other_end_probes(net):
    """The client's data waits before a closed window, and the server, which does not read, has keepalive on: one
    end's zero-window probes and the other's keepalive probes in one connection."""
    client, _ = net.connect(server=dict(idle=1, interval=1, count=5), receive_buffer=2048)
    overfill_window(client)
    pause(7)


@scenario(both(probe=(3, 4), response=(3, 4)))
def answers_with_other_window(net):
    """The peer's application reads a little between two probes, so each answer has another window."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=20000)
    exchange(client, server, bytes(100))
    client.sendall(bytes(4000))
    for _ in range(4):
        pause(1)
        read(server, 700)
