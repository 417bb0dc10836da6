# SPDX-License-Identifier: GPL-2.0-or-later
"""Sequence numbers, ports, TCP options, IPv6, tunnels."""

import socket
import struct

from network import CLIENT, SERVER
from scenario import both, close_with_reset, exchange, pause, scenario, talk, wait_for_end
from views import View


@scenario(both(probe=(4, 6), response=(4, 6)))
def port_reuse(net):
    """A connection with probes, closed with a RST, and at once another between the same ports, with probes too."""
    listener = net.listen()
    for _ in range(2):
        client, server = net.connect(client=dict(idle=1, interval=1, count=3), client_port=40000, listener=listener)
        talk(client, server)
        pause(2.5)
        close_with_reset(client)
        pause(0.2)


@scenario(both(probe=(3, 6), response=(3, 6)))
def half_open_reconnect(net):
    """The server probes. The client loses its state and connects again from the same port: the server answers the SYN
    with an ACK of the old connection, is reset, and takes the new connection."""
    listener = net.listen()
    client, server = net.connect(server=dict(idle=1, interval=1, count=3), client_port=40000, listener=listener)
    talk(client, server)
    pause(2.5)
    net.client.destroy_sockets()
    client, server = net.connect(server=dict(idle=1, interval=1, count=3), client_port=40000, listener=listener)
    talk(client, server)
    pause(2.5)


TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ = 19, 20, 21
SEND_QUEUE, REPAIR_OFF_WITHOUT_PROBE = 2, -1


def socket_with_sequence_number(net, first):
    """A socket whose SYN will have this sequence number."""
    made = net.client.socket()
    made.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    made.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_QUEUE, SEND_QUEUE)
    made.setsockopt(socket.IPPROTO_TCP, TCP_QUEUE_SEQ, struct.pack("I", first))
    made.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, REPAIR_OFF_WITHOUT_PROBE)
    return made


@scenario(both(probe=(9, 12), response=(9, 12)))
def sequence_numbers_wrap(net):
    """Three connections: one whose probes have sequence number 2^32 - 1, one with 0, and one where data between two
    idle periods wraps."""
    listener = net.listen()
    pairs = [net.connect(client=dict(idle=1, interval=1, count=3), listener=listener,
                         near=socket_with_sequence_number(net, first)) for first in (2**32 - 6, 2**32 - 5, 2**32 - 50)]
    for client, server in pairs:
        exchange(client, server, b"hello")
    pause(2)
    exchange(pairs[2][0], pairs[2][1], bytes(100))
    pause(2.5)


@scenario(both(probe=(3, 5), response=(3, 5)))
def no_timestamps(net):
    """TCP timestamps are switched off."""
    net.client.sysctl("net.ipv4.tcp_timestamps", 0)
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(4.5)


@scenario(both(probe=(3, 5), response=(3, 5)))
def no_sack(net):
    """Neither SACK nor timestamps nor window scaling: no TCP option after the handshake."""
    for option in ("tcp_sack", "tcp_timestamps", "tcp_window_scaling"):
        net.client.sysctl("net.ipv4." + option, 0)
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(4.5)


@scenario(both(probe=(3, 5), response=(3, 5)))
def ecn(net):
    """Explicit congestion notification is negotiated."""
    for end in (net.client, net.server):
        end.sysctl("net.ipv4.tcp_ecn", 1)
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(4.5)


@scenario(both(probe=(4, 5), response=(4, 5)), family=socket.AF_INET6)
def ipv6(net):
    """IPv6: answered probes; there is no IP identification to tell one frame from another."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(5)


@scenario({CLIENT: {"probe": 3, "gave-up": 1}, SERVER: {}}, family=socket.AF_INET6)
def ipv6_dead_peer(net):
    """IPv6 without timestamps, and the peer vanishes: the unanswered probes are the same to the last octet."""
    net.client.sysctl("net.ipv4.tcp_timestamps", 0)
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    wait_for_end(client)


@scenario(both(probe=(3, 5), response=(3, 5)), link="vlan")
def vlan(net):
    """Frames with a VLAN tag."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(4.5)


@scenario({CLIENT: {"probe": 3, "gave-up": 1}, SERVER: {}}, link="gre")
def gre_dead_peer(net):
    """TCP inside a GRE tunnel, and the peer vanishes."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    wait_for_end(client)


@scenario(both(probe=(3, 5), response=(3, 5)), link="ipip")
def ip_in_ip(net):
    """TCP inside an IP-in-IP tunnel."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(4.5)


IPPROTO_MPTCP = 262


def no_mptcp():
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP).close()
    except OSError:
        return "this kernel has no Multipath TCP"
    return None


@scenario(both(probe=(3, 5), response=(3, 5)), needs=no_mptcp)
def mptcp(net):
    """Multipath TCP: the probes of its one subflow."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3), protocol=IPPROTO_MPTCP)
    talk(client, server)
    pause(4.5)
    for end in (net.client, net.server):  # the capture ends before the close
        end.iptables("-A", "OUTPUT", "-j", "DROP")


@scenario(both(probe=(200, 400), response=(200, 400)), views=(View(CLIENT),))
def many_connections(net):
    """200 connections at once, each with one or two probes."""
    listener = net.listen()
    for _ in range(200):
        net.connect(client=dict(idle=3, interval=1, count=3), listener=listener)
    pause(3.5)
