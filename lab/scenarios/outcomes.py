# SPDX-License-Identifier: GPL-2.0-or-later
"""Answered, unanswered, and what ends a run."""

from network import CLIENT, SERVER, empty_ack
from packets import ACK, RST
from scenario import both, close_with_reset, exchange, fill_window, pause, read, scenario, talk, wait_for_end


@scenario(both(probe=(4, 5), response=(4, 5)))
def answered(net):
    """An idle connection whose client probes; the peer answers every probe. Answered probes come every KEEPIDLE."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(9.5)


@scenario(both(probe=(4, 5), response=(4, 5)))
def answered_short_idle(net):
    """KEEPIDLE is shorter than KEEPINTVL: the first probe comes after KEEPIDLE, the others every KEEPINTVL."""
    client, server = net.connect(client=dict(idle=1, interval=2, count=3))
    talk(client, server)
    pause(9)


@scenario(both(probe=(4, 5), response=(4, 5)))
def server_probes(net):
    """Only the server has keepalive on."""
    client, server = net.connect(server=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(5)


@scenario(both(probe=(3, 4), response=(3, 4)))
def no_data_ever(net):
    """Nothing but the handshake before the first probe."""
    net.connect(client=dict(idle=1, interval=1, count=3))
    pause(4)


@scenario(both(probe=(5, 9), response=(5, 9)))
def talk_between_probes(net):
    """Three idle periods with talk between them: each begins its own count of probes."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    for idle in (2.6, 1.5, 3.6):
        talk(client, server)
        pause(idle)
    talk(server, client)


@scenario({CLIENT: {"probe": 3, "gave-up": 1}, SERVER: {}})
def dead_peer(net):
    """The peer vanishes: KEEPCNT probes, KEEPINTVL apart, that nothing answers, then the prober's RST."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    wait_for_end(client)


@scenario({CLIENT: {"probe": 9, "response": 2, "gave-up": 1}, SERVER: {"probe": 2, "response": 2}})
def answered_then_dead(net):
    """Two answered probes, then the peer vanishes: seven more, and the prober gives up."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=7))
    talk(client, server)
    pause(5)
    net.wire.cut()
    wait_for_end(client)


@scenario({CLIENT: {"probe": 7, "response": (4, 4)}, SERVER: {"probe": 4, "response": 4}})
def lost_probes(net):
    """Three probes are lost on the way, the fourth is answered, and all is well again."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=5))
    talk(client, server)
    pause(0.3)
    seen = net.wire.watch(CLIENT, empty_ack)
    net.wire.drop(CLIENT, empty_ack, times=3)
    seen.wait(7)
    pause(0.3)


@scenario({CLIENT: {"probe": 6, "response": 4}, SERVER: {"probe": 6, "response": 6}})
def lost_answers(net):
    """The peer answers every probe, but two answers are lost on the way."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=5))
    talk(client, server)
    pause(0.3)
    seen = net.wire.watch(CLIENT, empty_ack)
    seen.wait(1)
    pause(0.3)
    net.wire.drop(SERVER, empty_ack, times=2)
    seen.wait(6)
    pause(0.3)


@scenario({CLIENT: {"probe": 1, "gave-up": 1}, SERVER: {}})
def user_timeout_below_keepidle(net):
    """TCP_USER_TIMEOUT 1.5 s, shorter than KEEPIDLE: one probe, and the prober gives up whatever KEEPCNT says."""
    client, server = net.connect(client=dict(idle=3, interval=1, count=9, user_timeout=1500))
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    wait_for_end(client)


@scenario({CLIENT: {"probe": (3, 4), "gave-up": 1}, SERVER: {}})
def user_timeout_above_keepidle(net):
    """TCP_USER_TIMEOUT 4.5 s, longer than KEEPIDLE 2 s: the run is cut short before KEEPCNT 9."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=9, user_timeout=4500))
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    wait_for_end(client)


@scenario(both(probe=1, peer_reset=1))
def peer_lost_state(net):
    """The peer rebooted and knows nothing of the connection: it answers the first probe with a RST."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(0.5)
    net.server.destroy_sockets()
    wait_for_end(client)
    pause(0.3)


@scenario({CLIENT: {"probe": 3, "peer-reset": 1}, SERVER: {"probe": 1, "peer-reset": 1}})
def peer_rebooted(net):
    """The peer is away for two probes, and has forgotten the connection when the third arrives: it answers with a
    RST."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=9))
    talk(client, server)
    pause(0.5)
    net.server.destroy_sockets()
    net.wire.drop(CLIENT, empty_ack, times=2)
    wait_for_end(client)
    pause(0.3)


@scenario({CLIENT: {"probe": (7, 9), "response": (2, 4), "gave-up": 1},
           SERVER: {"probe": (2, 4), "response": (2, 4)}})
def silent_firewall(net):
    """A firewall forgets connections that are idle for 2.5 s and then drops all that comes. Probes every second keep
    it alive; after KEEPIDLE is set to 4 s it does not survive the next idle period."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=5))
    talk(client, server)
    pause(3.5)
    net.client.keepalive(client, idle=4)
    talk(client, server)
    pause(2.5)
    net.wire.cut()
    wait_for_end(client)


@scenario({CLIENT: {"probe": 1, "peer-reset": 1}, SERVER: {}})
def firewall_resets(net):
    """A firewall has forgotten the connection and answers the probe with a RST in the peer's name; its TTL is not the
    peer's."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=5))
    talk(client, server)
    pause(0.3)
    probe = net.wire.drop(CLIENT, empty_ack)
    probe.wait()
    net.wire.forge(CLIENT, net.wire.last[CLIENT].ack, 0, RST, "peer-reset", ttl=253)
    wait_for_end(client)


@scenario({CLIENT: {}, SERVER: {"probe": 3, "response": 3}})
def firewall_probes(net):
    """No end has keepalive on. A firewall asks the server three times, in the client's name, whether the connection
    still lives, and keeps the answers; its TTL is not the client's."""
    client, server = net.connect()
    talk(client, server)
    pause(0.3)
    net.wire.drop(SERVER, empty_ack)
    for _ in range(3):
        pause(1)
        net.wire.forge(SERVER, net.wire.last[CLIENT].end - 1, net.wire.last[SERVER].end, ACK, "probe", ttl=255)
    pause(0.3)


@scenario({CLIENT: {"probe": 3}, SERVER: {}})
def application_resets_in_mid_run(net):
    """Three probes unanswered, then the application closes with a RST. The kernel did not give up."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=9))
    talk(client, server)
    pause(0.3)
    probes = net.wire.drop(CLIENT)
    probes.wait(3)
    pause(0.4)
    close_with_reset(client)


@scenario({CLIENT: {"probe": 3}, SERVER: {}})
def application_closes_in_mid_run(net):
    """Three probes unanswered, then the application closes: FIN, sent again and again. The kernel did not give up."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=9))
    talk(client, server)
    pause(0.3)
    probes = net.wire.drop(CLIENT)
    probes.wait(3)
    pause(0.4)
    client.close()
    pause(2)


@scenario({CLIENT: {"probe": 3}, SERVER: {}})
def application_resets_after_last_probe(net):
    """The application closes with a RST 0.3 s after probe number KEEPCNT, where the kernel would have waited a full
    KEEPINTVL before giving up."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    probes = net.wire.drop(CLIENT)
    probes.wait(3)
    pause(0.3)
    close_with_reset(client)


@scenario({CLIENT: {"probe": (4, 5), "response": (3, 4)}, SERVER: {"probe": (4, 5), "response": (4, 5)}})
def data_answers_probe(net):
    """An answer is lost, and what the prober hears next is data of the peer."""
    client, server = net.connect(client=dict(idle=2, interval=2, count=5))
    talk(client, server)
    pause(0.3)
    lost = net.wire.drop(SERVER, empty_ack, times=1)
    lost.wait()
    pause(0.2)
    exchange(server, client)
    pause(6.5)


@scenario({CLIENT: {"probe": 2, "response": 1}, SERVER: {"probe": 2, "response": 2}})
def fin_answers_probe(net):
    """The answer of the second probe is lost, and what the prober hears next is the peer's FIN."""
    client, server = net.connect(client=dict(idle=2, interval=2, count=5))
    talk(client, server)
    pause(0.3)
    answers = net.wire.watch(SERVER, empty_ack)
    answers.wait()
    lost = net.wire.drop(SERVER, empty_ack, times=1)
    lost.wait()
    pause(0.2)
    server.close()
    pause(0.2)
    client.close()
    pause(0.3)


@scenario({CLIENT: {"probe": (4, 7), "response": (2, 4)}, SERVER: {"probe": (2, 4), "response": (2, 4)}})
def data_in_mid_run(net):
    """Two probes unanswered, then the prober's application sends: retransmissions take over from the probes. The peer
    comes back, and the next idle period is answered."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=9))
    talk(client, server)
    pause(0.3)
    probes = net.wire.drop(CLIENT)
    probes.wait(2)
    pause(0.3)
    client.sendall(b"hello")
    pause(1)
    net.wire.mend()
    read(server, 5)
    pause(3.5)


@scenario({CLIENT: {"probe": (5, 7), "response": (1, 3)}, SERVER: {"probe": (1, 3), "response": (1, 3)}})
def peer_data_in_mid_run(net):
    """Two probes are lost, then the peer sends data of its own: the run is over, the next probe is number 1 again. Two
    more are lost, and the third is answered."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=4))
    talk(client, server)
    pause(0.3)
    lost = net.wire.drop(CLIENT, empty_ack, times=2)
    lost.wait(2)
    pause(0.3)
    exchange(server, client)
    pause(0.3)
    lost = net.wire.drop(CLIENT, empty_ack, times=2)
    lost.wait(2)
    pause(2.4)


@scenario({CLIENT: {"probe": (4, 7), "response": (3, 7)}, SERVER: {"probe": (3, 7), "response": (3, 7)}})
def slow_link(net):
    """The way there and back takes 1.6 s, longer than KEEPINTVL: each answer arrives after the next probe has left."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=9))
    talk(client, server)
    net.wire.delay = 0.8
    pause(13)


@scenario(both(probe=(4, 6), response=(4, 6)))
def data_crosses_probe(net):
    """The peer sends data while a probe is on its way: the data is not the answer to the probe, the ACK after it
    is."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    net.wire.delay = 0.06
    pause(0.5)
    net.wire.watch(CLIENT, empty_ack).wait(2)
    server.send(b"hello")
    pause(3.5)


@scenario(both(probe=(3, 5), response=(3, 5)))
def data_crosses_first_probe(net):
    """The peer sends data while the very first probe is on its way: no earlier probe tells what an answer looks like, and
    the data is not one."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    net.wire.delay = 0.06
    pause(0.5)
    net.wire.watch(CLIENT, empty_ack).wait()
    server.send(b"hello")
    pause(3.5)


@scenario(both(probe=(4, 6), response=(4, 6)))
def window_update_crosses_probe(net):
    """The peer reads, and so announces a larger window, while a probe is on its way: this is not the answer to the
    probe."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=4096)
    talk(client, server)
    fill_window(net, client)
    net.wire.delay = 0.06
    pause(0.5)
    net.wire.watch(CLIENT, empty_ack).wait(2)
    read(server, 1500)
    pause(3.5)
