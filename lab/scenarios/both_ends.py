# SPDX-License-Identifier: GPL-2.0-or-later
"""Both ends probe."""

from network import CLIENT, SERVER
from packets import ACK
from scenario import both, pause, read, scenario, talk, wait_for_end


@scenario(both(probe=(6, 20), response=(6, 20)))
def both_ends(net):
    """Both ends probe, each at its own interval: 1 s and 3 s. Linux answers a probe but does not take it as a sign
    of life, so the end with 3 s probes although it hears a probe every second."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3), server=dict(idle=3, interval=1, count=3))
    talk(client, server)
    pause(9.5)


@scenario(both(probe=(6, 10), response=(6, 10)))
def both_ends_cross(net):
    """Both ends probe at the same interval over a link of 60 ms: probes and responses cross on the way."""
    net.wire.delay = 0.06
    client, server = net.connect(client=dict(idle=1, interval=1, count=3), server=dict(idle=1, interval=1, count=3))
    talk(client, server)
    client.send(b"x")
    server.send(b"y")
    read(client, 1)
    read(server, 1)
    pause(5.5)


@scenario({CLIENT: {"probe": (6, 20), "gave-up": 1, "response": (1, 20)}, SERVER: {"probe": (1, 20)}})
def one_way_loss_both_probe(net):
    """All that the client sends is lost, and what the server sends arrives; both probe. The client gives up after
    KEEPCNT probes although the server's probes reach it all the time, because Linux does not take a probe as a sign
    of life."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=5))
    talk(client, server)
    pause(0.5)  # so that no probe of the server follows hard upon the client's RST
    net.server.keepalive(server, idle=1, interval=1, count=30)
    net.wire.drop(CLIENT)
    wait_for_end(client)


@scenario({CLIENT: {"probe": (11, 13), "response": 5, "gave-up": 1}, SERVER: {"probe": 5}})
def one_way_loss_octet_probes(net):
    """All that the client sends is lost. The server's probes carry a garbage octet, and Linux takes such a probe as
    a sign of life: the client's keepalive timer starts again, and so does its run if a probe comes in the middle of
    it."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=5))
    talk(client, server)
    pause(0.3)
    net.wire.drop(CLIENT)
    for silence in (1, 1, 1, 1, 4.5):
        pause(silence)
        last = net.wire.last[SERVER]
        net.server.inject(net.wire, last.end - 1, last.ack, ACK, "probe", b"\0", 128, 1026)
    wait_for_end(client)


@scenario({CLIENT: {"probe": (8, 13), "response": (1, 6), "peer-reset": (1, 9), "gave-up": 2},
           SERVER: {"probe": 8, "gave-up": 1}})
def one_way_loss_both_give_up(net):
    """All that the client sends is lost, and what the server sends arrives; both probe. The client gives up; its host
    then answers the server's probes with RSTs, which are lost too; then the server gives up."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(0.5)
    net.server.keepalive(server, idle=1, interval=1, count=8)
    net.wire.drop(CLIENT)
    wait_for_end(client)
    wait_for_end(server)
    pause(0.3)
