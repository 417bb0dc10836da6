# SPDX-License-Identifier: GPL-2.0-or-later
"""One end has closed its half."""

import socket

from network import CLIENT, SERVER
from scenario import both, pause, scenario, talk, wait_for_end


@scenario(both(probe=(3, 4), response=(3, 4)))
def fin_wait2(net):
    """The client has closed its half (FIN_WAIT2) and probes; the FIN counts as one octet of the sequence space."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    client.shutdown(socket.SHUT_WR)
    pause(4)


@scenario(both(probe=(3, 4), response=(3, 4)))
def close_wait(net):
    """The client has closed its half, and the server (CLOSE_WAIT) probes."""
    client, server = net.connect(server=dict(idle=1, interval=1, count=3))
    talk(client, server)
    client.shutdown(socket.SHUT_WR)
    pause(4)


@scenario({CLIENT: {"probe": 3, "gave-up": 1}, SERVER: {}})
def fin_wait2_dead_peer(net):
    """The client has closed its half, and the peer vanishes."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    client.shutdown(socket.SHUT_WR)
    pause(0.3)
    net.wire.cut()
    wait_for_end(client)
