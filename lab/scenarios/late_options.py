# SPDX-License-Identifier: GPL-2.0-or-later
"""Options set while the connection is idle."""

from scenario import both, pause, scenario, talk


@scenario(both(probe=(3, 4), response=(3, 4)))
def keepalive_switched_on_late(net):
    """SO_KEEPALIVE is switched on when the connection has been idle for 3.5 s, longer than KEEPIDLE 1 s."""
    client, server = net.connect()
    talk(client, server)
    pause(3.5)
    net.client.keepalive(client, idle=1, interval=1, count=3)
    pause(3.8)


@scenario(both(probe=(3, 4), response=(3, 4)))
def keepidle_lowered_while_idle(net):
    """TCP_KEEPIDLE is lowered from 60 s to 1 s when the connection has been idle for 3 s: a probe at once."""
    client, server = net.connect(client=dict(idle=60, interval=1, count=3))
    talk(client, server)
    pause(3)
    net.client.keepalive(client, idle=1)
    pause(2.8)


@scenario(both(probe=2, response=2))
def keepalive_switched_off(net):
    """SO_KEEPALIVE is switched off after two probes: no more come, though the connection stays idle."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(2.5)
    net.client.keepalive(client, off=True)
    pause(2.5)
