# SPDX-License-Identifier: GPL-2.0-or-later
"""Silences: a device between the two hosts forgets connections on which nothing is sent."""
from network import CLIENT, SERVER
from scenario import both, exchange, pause, scenario, talk, wait_for_end
from views import View

LIMIT = 4       # seconds without a packet, after which the device forgets a connection
QUIET_FROM = 3  # of the preference keepalive.quiet_from with which these captures are to be read
SILENCE = dict(group="silence", quiet_from=QUIET_FROM)
BEYOND, WITHIN = LIMIT + 1, QUIET_FROM + 0.3


@scenario(both(), **SILENCE)
def data_is_reset(net):
    """No keepalive at all. After 5 s of silence the client sends data; the device has forgotten the connection and
    resets it, to both ends."""
    client, server = net.connect()
    talk(client, server)
    net.wire.forget(LIMIT, "reset")
    pause(BEYOND)
    client.sendall(b"still there?")
    wait_for_end(client)


@scenario(both(), **SILENCE)
def data_is_dropped(net):
    """No keepalive at all. After 5 s of silence the client sends data; the device has forgotten the connection and drops
    whatever comes."""
    client, server = net.connect()
    talk(client, server)
    net.wire.forget(LIMIT, "drop")
    pause(BEYOND)
    client.sendall(b"still there?")
    pause(4)


@scenario(both(), **SILENCE)
def data_is_dropped_one_way(net):
    """After 5 s of silence the device lets the client's data pass and drops what the server sends: the client repeats in
    vain what the server answers each time."""
    client, server = net.connect()
    talk(client, server)
    net.wire.forget(LIMIT, "drop", senders=(SERVER,))
    pause(BEYOND)
    client.sendall(b"still there?")
    pause(4)


@scenario(both(), **SILENCE)
def peer_heard_at_last(net):
    """After 5 s of silence the device drops what the client sends, but not what the server sends. The client's data
    is repeated in vain; the server sends something at last, which shows that it still knows the connection. The
    server hears nothing of the client any more."""
    client, server = net.connect()
    talk(client, server)
    net.wire.forget(LIMIT, "drop", senders=(CLIENT,))
    pause(BEYOND)
    client.sendall(b"still there?")
    pause(2.5)
    server.sendall(b"here is news")
    pause(1)


@scenario(both(), **SILENCE)
def survived(net):
    """No keepalive, a silence of 5 s, and no device that forgets: the data after it is answered."""
    client, server = net.connect()
    talk(client, server)
    pause(BEYOND)
    talk(client, server)
    pause(0.3)


@scenario({CLIENT: {"probe": (3, 4), "gave-up": 1}, SERVER: {}}, **SILENCE)
def keepalive_slower_than_limit(net):
    """The client's keepalive begins after 6 s, the device forgets after 4 s: the first probe finds it forgotten."""
    client, server = net.connect(client=dict(idle=6, interval=1, count=3))
    talk(client, server)
    net.wire.forget(LIMIT, "drop")
    wait_for_end(client)


@scenario(both(probe=(4, 6), response=(4, 6)), **SILENCE)
def keepalive_faster_than_limit(net):
    """The client's keepalive begins after 2 s, the device forgets after 4 s: the connection survives 11 s without data."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    net.wire.forget(LIMIT, "drop")
    pause(11)
    talk(client, server)
    pause(0.3)


@scenario(both(), **SILENCE)
def heartbeat_slower_than_limit(net):
    """The application sends a heartbeat every 5 s, the device forgets after 4 s and resets the first one."""
    client, server = net.connect()
    talk(client, server)
    net.wire.forget(LIMIT, "reset")
    pause(BEYOND)
    client.sendall(b"ping")
    wait_for_end(client)


@scenario(both(), **SILENCE)
def heartbeat_faster_than_limit(net):
    """The application sends a heartbeat every 3.3 s, the device forgets after 4 s: each is answered."""
    client, server = net.connect()
    talk(client, server)
    net.wire.forget(LIMIT, "reset")
    for _ in range(3):
        pause(WITHIN)
        exchange(client, server, b"ping")
    pause(0.3)


@scenario(both(), **SILENCE)
def server_speaks_first(net):
    """After 5 s of silence the server sends news; the device has forgotten the connection and drops it."""
    client, server = net.connect()
    talk(client, server)
    net.wire.forget(LIMIT, "drop")
    pause(BEYOND)
    server.sendall(b"news")
    pause(4)


@scenario(both(), views=(View(CLIENT, begins="in the silence"), View(SERVER, begins="in the silence")), **SILENCE)
def begun_in_the_silence(net):
    """The capture begins during a silence, so the length of that silence is not known. A second silence is captured
    from its beginning to its end."""
    client, server = net.connect()
    talk(client, server)
    pause(1)
    net.mark("in the silence")
    pause(BEYOND)
    talk(client, server)
    pause(BEYOND)
    talk(client, server)
    pause(0.3)


@scenario(both(), **SILENCE)
def closed_after_the_silence(net):
    """After 5 s of silence the client closes the connection, and the server answers."""
    client, server = net.connect()
    talk(client, server)
    pause(BEYOND)
    client.close()
    pause(0.1)
    server.close()
    pause(0.3)


@scenario(both(), **SILENCE)
def learned_anew(net):
    """After 5 s of silence the device drops the client's data, until it takes a repetition for a new connection: that
    one is answered."""
    client, server = net.connect()
    talk(client, server)
    net.wire.forget(LIMIT, "drop", pardon=3)
    pause(BEYOND)
    exchange(client, server, b"still there?")
    pause(0.5)


@scenario(both(), **SILENCE)
def reset_in_the_silence(net):
    """The device tells both ends when it forgets the connection: each gets a RST after 4 s of silence (as Azure's load
    balancer does, if told to)."""
    client, server = net.connect()
    talk(client, server)
    pause(LIMIT)
    net.wire.forge_resets()
    pause(0.3)
