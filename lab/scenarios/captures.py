# SPDX-License-Identifier: GPL-2.0-or-later
"""What a capture shows: its middle, one direction, or every frame twice."""

from network import CLIENT, SERVER, data
from scenario import MANY, both, exchange, fill_window, overfill_window, pause, read, scenario, talk, wait_for_end
from views import View


@scenario(both(probe=(5, 6), response=(5, 6)), views=(View(CLIENT, begins="idle"), View(SERVER, begins="idle")))
def begun_idle_live_peer(net):
    """The capture begins while the connection is idle; the peer lives and answers."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(0.5)
    net.mark("idle")
    pause(5.7)


@scenario({CLIENT: {"probe": 4, "gave-up": 1}, SERVER: {}}, views=(View(CLIENT, begins="idle"),))
def begun_idle_dead_peer(net):
    """The capture begins while the connection is idle; the peer is dead, so there are only probes and the RST."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=4))
    talk(client, server)
    pause(0.5)
    net.wire.cut()
    net.mark("idle")
    wait_for_end(client)


@scenario({CLIENT: {"probe": 4}, SERVER: {}}, views=(View(CLIENT, begins="idle", undecidable=True),))
def begun_idle_dead_peer_no_end(net):
    """The capture begins while the connection is idle, and ends before the prober gives up: four probes, and nothing
    else."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=9))
    talk(client, server)
    pause(0.5)
    probes = net.wire.drop(CLIENT)
    net.mark("idle")
    probes.wait(4)
    pause(0.3)


@scenario(both(probe=(10, 14), response=(10, 14)), views=(View(CLIENT, begins="idle"), View(SERVER, begins="idle")))
def begun_idle_both_probe(net):
    """The capture begins while the connection is idle, and both ends probe."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3), server=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(0.5)
    net.mark("idle")
    pause(5.7)


@scenario({CLIENT: {"probe": (5, 6), "response": (5, 6)}, SERVER: {"probe": (5, 6), "response": (5, 6)}},
          views=(View(CLIENT, begins="idle"), View(SERVER, begins="idle")))
def begun_idle_then_data(net):
    """The capture begins while the connection is idle; after some probes both ends talk, and probes follow again."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(0.5)
    net.mark("idle")
    pause(3)
    talk(client, server)
    pause(3.5)


@scenario(both(zero_window_probe=(2, MANY), zero_window_ack=(2, MANY)),
          views=(View(CLIENT, begins="closed"), View(SERVER, begins="closed")))
def begun_in_zero_window(net):
    """The capture begins while data waits before a closed window: zero-window probes and their ACKs, and nothing
    else, until the window opens."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=2048)
    overfill_window(client)
    pause(0.5)
    net.mark("closed")
    pause(7.5)
    read(server, 6000)
    pause(0.3)


@scenario(both(probe=(5, 6), response=(5, 6)), views=(View(CLIENT, begins="idle"), View(SERVER, begins="idle")))
def begun_idle_full_window(net):
    """The capture begins while the connection is idle and the peer's window exactly full, with nothing queued:
    keepalive probes and answers with window 0, at constant distance, where zero-window probes would double theirs."""
    client, _ = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=2048)
    fill_window(net, client)
    net.mark("idle")
    pause(5.5)


@scenario({CLIENT: {"retransmission": (3, 5), "retransmission-ack": (0, 1)},
           SERVER: {"retransmission": 1, "retransmission-ack": (0, 1)}}, views=(View(CLIENT, begins="lost"),))
def begun_while_octet_is_lost(net):
    """The capture begins when an octet has been lost: it shows the octet sent again, four times, and then its ACK."""
    client, server = net.connect(client=dict(idle=20, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    lost = net.wire.drop(CLIENT, data, times=4)
    client.send(b"x")
    lost.wait(1)
    net.mark("lost")
    read(server, 1)
    pause(0.3)


@scenario(both(probe=(5, 6), response=(5, 6)),
          views=(View(CLIENT, begins="idle", only=CLIENT, undecidable=True),
                 View(SERVER, begins="idle", only=SERVER, undecidable=True)))
def begun_idle_one_direction(net):
    """The capture begins while the connection is idle and shows what one end sends: the prober's probes alone, or the
    responses alone."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(0.5)
    net.mark("idle")
    pause(5.7)


@scenario(both(probe=(3, 5), response=(3, 5)), views=(View(CLIENT, only=CLIENT), View(SERVER, only=SERVER)))
def one_direction(net):
    """The capture shows one direction only. The client sends data, is idle, and probes: the capture has no answers,
    although the peer is not dead."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    for _ in range(3):
        exchange(client, server, b"0123456789" * 10)
        pause(0.1)
    pause(4.5)


@scenario(both(probe=(3, 5), response=(3, 5)))
def sender_that_only_sends(net):
    """The client sends 10,000 octets and gets nothing back but ACKs; then it is idle, and probes."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    exchange(client, server, bytes(10000))
    pause(4.5)


@scenario(both(probe=(3, 5), response=(3, 5)))
def receiver_that_only_receives(net):
    """The client gets 10,000 octets and sends nothing but ACKs; then it is idle, and probes."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    exchange(server, client, bytes(10000))
    pause(4.5)


@scenario(both(probe=(3, 5), response=(3, 5)), views=(View(CLIENT, mirrored=True),))
def mirrored(net):
    """A mirror port that copies both of a switch's ports: every frame is captured twice."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(4.5)


@scenario(both(probe=(3, 4), response=(3, 4)), views=(View(CLIENT, merged_after=0.35),))
def merged(net):
    """Merged from two captures whose clocks differ by 0.35 s: every frame comes a second time, later."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(4)


@scenario({CLIENT: {"probe": 3, "gave-up": 1}, SERVER: {}}, views=(View(CLIENT, merged_after=1.4),))
def merged_dead_peer(net):
    """Merged from two captures whose clocks differ by 1.4 s, more than the probes are apart: every frame comes a second
    time, later. The peer is dead."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    wait_for_end(client)


@scenario({CLIENT: {"probe": 3, "gave-up": 1}, SERVER: {}}, views=(View(CLIENT, mirrored=True),))
def mirrored_dead_peer(net):
    """A mirror port that shows every frame twice, and a peer that vanishes."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    wait_for_end(client)


@scenario(both(probe=(3, 5), response=(3, 5)), link="vlan", extra_captures=((CLIENT, "any"),),
          views=(View(CLIENT, device="any"),))
def any_device(net):
    """Captured on "any" at a host with a VLAN interface: each packet appears on that interface and, tagged, on the
    one below it."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(4.5)
