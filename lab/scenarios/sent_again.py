# SPDX-License-Identifier: GPL-2.0-or-later
"""Octets sent again, and ACKs that come late."""

import socket

from network import CLIENT, SERVER, data, empty_ack
from scenario import both, exchange, pause, read, scenario, talk


@scenario({CLIENT: {"retransmission": 3, "retransmission-ack": (0, 3)},
           SERVER: {"retransmission": 3, "retransmission-ack": (0, 3)}})
def octet_lost(net):
    """Keystrokes that are lost and sent again: one octet, one below the sender's next sequence number."""
    client, server = net.connect(client=dict(idle=20, interval=1, count=3))
    talk(client, server)
    for octet in (b"l", b"s", b"\n"):
        pause(0.4)
        net.wire.drop(CLIENT, data, times=1)
        exchange(client, server, octet)
    pause(0.5)


@scenario({CLIENT: {"retransmission": (3, 9), "retransmission-ack": (0, 9)},
           SERVER: {"retransmission": (3, 9), "retransmission-ack": (3, 9)}})
def octet_ack_lost_on_wire(net):
    """Keystrokes whose ACK is lost on the way: the peer has the octet, and gets it again."""
    client, server = net.connect(client=dict(idle=20, interval=1, count=3))
    talk(client, server)
    for octet in (b"l", b"s", b"\n"):
        pause(0.4)
        net.wire.drop(SERVER, empty_ack, times=1)
        exchange(client, server, octet)
    pause(0.8)


@scenario({CLIENT: {"retransmission": (2, 9), "retransmission-ack": (2, 9)},
           SERVER: {"retransmission": (2, 9), "retransmission-ack": (2, 9)}})
def octet_ack_lost_after_capture(net):
    """The ACK of an octet is captured at the sender, whose own firewall then drops it: the octet is sent again although
    the capture shows it acknowledged."""
    client, server = net.connect(client=dict(idle=20, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    for octet in (b"q", b"\0"):
        net.client.iptables("-A", "INPUT", "-p", "tcp", "-j", "DROP")
        client.send(octet)
        pause(1)
        net.client.flush_iptables()
        read(server, 1)
        pause(1.5)


@scenario({CLIENT: {"retransmission": (2, 9), "retransmission-ack": (0, 9)},
           SERVER: {"retransmission": (2, 9), "retransmission-ack": (0, 9)}})
def octet_and_ack_lost(net):
    """The octet is lost, and when it comes again, its ACK is lost too."""
    client, server = net.connect(client=dict(idle=20, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    net.wire.drop(CLIENT, data, times=1)
    net.wire.drop(SERVER, empty_ack, times=1)
    exchange(client, server, b"x")
    pause(1)


@scenario({CLIENT: {"retransmission": (2, 9), "retransmission-ack": (0, 9), "probe": (2, 4), "response": (2, 4)},
           SERVER: {"retransmission": (1, 9), "retransmission-ack": (0, 9), "probe": (2, 4), "response": (2, 4)}})
def octet_lost_then_idle(net):
    """An octet is lost several times and sent again; then the connection is idle, and real probes follow."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    net.wire.drop(CLIENT, data, times=3)
    exchange(client, server, b"x")
    pause(3.3)


@scenario({CLIENT: {"retransmission-ack": (1, 3)}, SERVER: {"late-ack": 3, "retransmission-ack": (1, 3)}})
def ack_overtaken_by_octet(net):
    """An ACK is overtaken on the way by the same end's next octet: it arrives with a sequence number one below."""
    client, server = net.connect(client=dict(idle=20, interval=1, count=3))
    talk(client, server)
    for octet in (b"a", b"b", b"c"):
        pause(0.4)
        held = net.wire.hold(CLIENT, empty_ack, times=1)
        exchange(server, client, b"prompt")
        held.wait()
        exchange(client, server, octet)
        held.release()
    pause(0.5)


@scenario({CLIENT: {"retransmission-ack": 1}, SERVER: {"late-ack": 1, "retransmission-ack": 1}})
def ack_overtaken_by_fin(net):
    """An ACK is overtaken on the way by the same end's FIN."""
    client, server = net.connect(client=dict(idle=20, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    held = net.wire.hold(CLIENT, empty_ack, times=1)
    exchange(server, client, b"bye")
    held.wait()
    client.shutdown(socket.SHUT_WR)
    pause(0.1)
    held.release()
    pause(0.3)
    server.close()
    pause(0.3)


@scenario({CLIENT: {"probe": (2, 3), "late-ack": 1, "response": (1, 2), "retransmission-ack": 1},
           SERVER: {"probe": (2, 3), "response": (2, 3), "retransmission-ack": 1}})
def answer_overtaken_by_octet(net):
    """The answer to a probe is overtaken on the way by an octet of data from the same end."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    held = net.wire.hold(SERVER, empty_ack, times=1)
    held.wait()
    exchange(server, client, b"x")
    pause(0.1)
    held.release()
    pause(1.5)


@scenario({CLIENT: {"probe": (3, 4), "response": (3, 4)},
           SERVER: {"probe": (3, 4), "copy-of-probe": (3, 4), "response": (3, 4), "copy": (0, 9)}})
def copied_on_wire(net):
    """The network delivers each of the client's packets twice, 5 ms apart."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    net.wire.twice(CLIENT, 0.005)
    pause(3.5)


@scenario({CLIENT: {"probe": (2, 3), "response": (2, 3), "retransmission-ack": 1},
           SERVER: {"probe": (2, 3), "response": (2, 3), "copy": 1, "retransmission-ack": 1}})
def old_ack_again(net):
    """A packet lost in a loop of the network comes back after a second: an old ACK, at a sequence number one below."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    net.wire.twice(CLIENT, 1, match=empty_ack, times=1)
    exchange(server, client, b"prompt")
    exchange(client, server, b"a")
    pause(5.5)


@scenario(both(probe=0))
def application_heartbeats(net):
    """The application sends one octet every 0.7 s, and so the kernel, with KEEPIDLE 2 s, sends no probe."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    for _ in range(6):
        pause(0.7)
        exchange(client, server, b"\0")
    pause(0.5)
