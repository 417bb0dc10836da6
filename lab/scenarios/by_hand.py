# SPDX-License-Identifier: GPL-2.0-or-later
"""What other stacks send, imitated segment by segment after their source (docs/stacks.md); the other end is Linux where
nothing else is said. What each segment is, is known because it was made."""

import socket

from network import CLIENT, SERVER
from packets import ACK, FIN, PSH, RST, SYN
from puppet import MSS, SACK_PERMITTED, Puppet, duplicate_sack
from scenario import both, pause, read, scenario
from stacks import ByHand
from views import BOTH_ENDS, View

FREEBSD, CYCLONE, PICO = ByHand("FreeBSD"), ByHand("CycloneTCP"), ByHand("picoTCP")
FREERTOS, NETX, SMOLTCP = ByHand("FreeRTOS+TCP"), ByHand("NetX Duo"), ByHand("smoltcp")
MONGOOSE, NUTTX, ILLUMOS, WINDOWS = ByHand("Mongoose"), ByHand("NuttX"), ByHand("illumos"), ByHand("Windows")
TEXT = b"anybody there?"


def by_hand(comes_out, stack, ends=(CLIENT,), views=BOTH_ENDS):
    return scenario(comes_out, views=views, group="by_hand", stacks=dict.fromkeys(ends, stack))


def meet(net, receive_buffer=None, server=None, options=MSS, **more):
    """A connection between an imitated client and Linux."""
    listener = net.listen(receive_buffer=receive_buffer)
    client = Puppet(net, net.client, **more)
    client.connect(options)
    far = listener.accept()[0]
    far.settimeout(60)
    far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    net.server.sockets.append(far)
    if server:
        net.server.keepalive(far, **server)
    client.listen(0.05)
    return client, far


def talk(client, server):
    client.send(b"hello")
    read(server, 5)
    server.sendall(b"world")
    client.listen(0.3)


def fill(client, octets=600):
    """Sends until the peer's window is 0."""
    client.listen(0.2)
    while client.heard.window:
        client.send(bytes(min(client.heard.window, octets)))
        client.listen(0.25)


def again(client, label=None):
    """The oldest octets that are not acknowledged once more."""
    client.segment(client.una, PSH | ACK, TEXT[:client.seq - client.una], label)


def probes(client, times, apart, **more):
    for _ in range(times):
        client.probe(**more)
        client.listen(apart)


def wait(client, seconds):
    client.listen(seconds)


# FreeBSD: keepalives are empty and at SND.UNA-1, whatever is in flight; persist probes are one octet at SND.UNA.

@by_hand(both(probe=5, response=5, zero_window_probe=2, zero_window_ack=2), FREEBSD)
def freebsd_zero_window(net):
    """The window is closed and data waits. Persist probes carry the next octet, 5 s and 10 s apart; between them, two
    seconds after anything was heard, come keepalives without an octet, one below."""
    client, _ = meet(net, receive_buffer=2048)
    fill(client)
    wait(client, 2)
    probes(client, 2, 1.5)
    client.segment(client.seq, PSH | ACK, b"q", "zero-window-probe")
    wait(client, 2)
    probes(client, 3, 2)
    client.segment(client.seq, PSH | ACK, b"q", "zero-window-probe")
    wait(client, 1)


@by_hand(both(probe=3, response=3, zero_window_probe=1, zero_window_ack=1), FREEBSD)
def freebsd_zero_window_peer_sends(net):
    """The window is closed and an octet waits. What the peer sends meanwhile is acknowledged with that octet's number,
    below which a keepalive begins; then three keepalives."""
    client, server = meet(net, receive_buffer=2048)
    fill(client)
    client.segment(client.seq, PSH | ACK, b"q", "zero-window-probe")
    wait(client, 1.5)
    server.sendall(TEXT)
    wait(client, 2)
    probes(client, 3, 1.5)


@by_hand(both(probe=2, response=2, zero_window_probe=3, zero_window_ack=3), FREEBSD,
         views=(View(CLIENT, begins="closed"), View(SERVER, begins="closed")))
def freebsd_begun_in_zero_window(net):
    """The window is closed, data waits, and the capture begins with a persist probe."""
    client, _ = meet(net, receive_buffer=2048)
    fill(client)
    net.mark("closed")
    for silence in (2, 2):
        client.segment(client.seq, PSH | ACK, b"q", "zero-window-probe")
        wait(client, silence)
        client.probe()
        wait(client, 2)
    client.segment(client.seq, PSH | ACK, b"q", "zero-window-probe")
    wait(client, 1)


@by_hand({CLIENT: {"probe": 4, "zero-window-probe": 3, "zero-window-ack": 1, "gave-up": 1},
          SERVER: {"zero-window-probe": 1, "zero-window-ack": 1}}, FREEBSD)
def freebsd_zero_window_dead(net):
    """The window is closed, data waits, and the peer vanishes: persist probes and keepalives are sent on, until the
    keepalives' count is reached."""
    client, _ = meet(net, receive_buffer=2048)
    fill(client)
    client.segment(client.seq, PSH | ACK, b"q", "zero-window-probe")
    wait(client, 0.5)
    net.wire.cut()
    wait(client, 1.5)
    client.probe()
    wait(client, 1)
    client.probe()
    wait(client, 0.6)
    client.segment(client.seq, PSH | ACK, b"q", "zero-window-probe")
    wait(client, 0.4)
    probes(client, 2, 1)
    client.segment(client.seq, PSH | ACK, b"q", "zero-window-probe")
    client.give_up()
    wait(client, 0.3)


@by_hand({CLIENT: {"probe": 4, "gave-up": 1}, SERVER: {}}, FREEBSD)
def freebsd_data_in_flight_dead(net):
    """The peer vanishes and data is not acknowledged: keepalives at SND.UNA-1 between the retransmissions, and RST."""
    client, server = meet(net)
    talk(client, server)
    net.wire.cut()
    client.send(TEXT)
    wait(client, 1)
    again(client)
    wait(client, 0.7)
    client.probe(seq=client.una - 1)
    wait(client, 1)
    client.probe(seq=client.una - 1)
    wait(client, 0.3)
    again(client)
    wait(client, 0.7)
    client.probe(seq=client.una - 1)
    wait(client, 1)
    client.probe(seq=client.una - 1)
    wait(client, 1)
    client.give_up()
    wait(client, 0.3)


@by_hand({CLIENT: {"probe": 4, "response": 4}, SERVER: {"probe": 4, "response": 4}}, FREEBSD)
def freebsd_data_in_flight_answered(net):
    """The path drops data and lets ACKs pass, as a path does whose MTU is too small for the data: keepalives at
    SND.UNA-1 between the retransmissions are answered."""
    client, server = meet(net)
    talk(client, server)
    lost = net.wire.drop(CLIENT, lambda segment: bool(segment.payload))
    client.send(TEXT)
    wait(client, 1)
    again(client)
    wait(client, 1)
    client.probe(seq=client.una - 1)
    wait(client, 1)
    again(client)
    wait(client, 1)
    client.probe(seq=client.una - 1)
    wait(client, 2)
    client.probe(seq=client.una - 1)
    lost.end()
    wait(client, 0.5)
    again(client)
    read(server, len(TEXT))
    wait(client, 2)
    client.probe()
    wait(client, 0.5)


# CycloneTCP: what the peer sends does not put the keepalive off; zero-window probes and keepalives look alike; the last
# RST has no ACK flag.

@by_hand(both(probe=4, response=4), CYCLONE)
def cyclone_data_arrives(net):
    """Keepalives every 2 s, although the peer's data arrives every 0.7 s."""
    client, server = meet(net)
    talk(client, server)
    for _ in range(4):
        for _ in range(2):
            wait(client, 0.7)
            server.sendall(b"tick")
        wait(client, 0.6)
        client.probe()
    wait(client, 0.5)


@by_hand({CLIENT: {"probe": 4, "gave-up": 1}, SERVER: {}}, CYCLONE)
def cyclone_dead(net):
    """Four probes that nothing answers, and then a RST without ACK flag, its acknowledgement number 0."""
    client, server = meet(net)
    talk(client, server)
    net.wire.cut()
    wait(client, 1.7)
    probes(client, 4, 1)
    client.give_up(flags=RST, ack=0)
    wait(client, 0.2)


@by_hand({CLIENT: {"probe": 5, "response": 2, "gave-up": 1}, SERVER: {"probe": 2, "response": 2}}, CYCLONE)
def cyclone_answered_then_dead(net):
    """Two probes are answered, three are not, and then comes a RST without ACK flag."""
    client, server = meet(net)
    talk(client, server)
    wait(client, 1.7)
    probes(client, 2, 2)
    net.wire.cut()
    probes(client, 3, 1)
    client.give_up(flags=RST, ack=0)
    wait(client, 0.2)


@by_hand(both(probe=3, response=3, zero_window_probe=3, zero_window_ack=3), CYCLONE)
def cyclone_zero_window(net):
    """The window is closed and data waits: the persist chain doubles from 1 s, and every 1.8 s comes a keepalive of
    the same octets."""
    client, _ = meet(net, receive_buffer=2048)
    fill(client)
    persist, keepalive = (1.0, 3.0, 7.0), (1.8, 3.6, 5.4)
    clock = 0.0
    for at in sorted(persist + keepalive):
        wait(client, at - clock)
        clock = at
        client.probe(label="probe" if at in keepalive else "zero-window-probe")
    wait(client, 0.5)


@by_hand({CLIENT: {"probe": 3}, SERVER: {}}, CYCLONE)
def cyclone_data_in_flight(net):
    """The peer vanishes, and keepalives at SND.UNA-1 come between the retransmissions of data."""
    client, server = meet(net)
    talk(client, server)
    net.wire.cut()
    client.send(TEXT)
    for silence in (0.5, 1, 2):
        wait(client, silence)
        again(client)
        wait(client, 1)
        client.probe(seq=client.una - 1)
    wait(client, 0.5)


# picoTCP: PSH and no octet, a clock of whole seconds that adds one, and no end.

@by_hand(both(probe=4, response=4), PICO)
def pico_answered(net):
    """Keepalives with PSH and without an octet, 3 s apart where 2 s were asked for."""
    client, server = meet(net)
    talk(client, server)
    wait(client, 2.7)
    probes(client, 4, 3, flags=PSH | ACK)


@by_hand({CLIENT: {"probe": 6}, SERVER: {}}, PICO)
def pico_dead(net):
    """Keepalives with PSH and without an octet that nothing answers; they go on past the count without end."""
    client, server = meet(net)
    talk(client, server)
    net.wire.cut()
    wait(client, 2.7)
    probes(client, 6, 1, flags=PSH | ACK)


@by_hand({CLIENT: {"probe": 4}, SERVER: {}}, PICO, views=(View(CLIENT, begins="idle"),))
def pico_last_probes(net):
    """The capture has the last four of a run of unanswered keepalives only, and no end. They carry PSH, as no ACK does."""
    client, server = meet(net)
    talk(client, server)
    net.wire.cut()
    net.mark("idle")
    wait(client, 2.7)
    probes(client, 4, 1, flags=PSH | ACK)


@by_hand({CLIENT: {"probe": 3}, SERVER: {}}, PICO)
def pico_data_in_flight(net):
    """The peer vanishes, and keepalives at SND.NXT-1 come between the retransmissions of data."""
    client, server = meet(net)
    talk(client, server)
    net.wire.cut()
    client.send(TEXT)
    for silence in (1, 1.5, 2):
        wait(client, silence)
        again(client)
        wait(client, 0.6)
        client.probe(flags=PSH | ACK)
    wait(client, 0.5)


# FreeRTOS+TCP: fixed settings, a silent end; after its FIN it answers late and at its FIN's number.

@by_hand({CLIENT: {"probe": 4}, SERVER: {}}, FREERTOS)
def freertos_dead(net):
    """The first keepalive after 2 s (20 s in life), three more 3 s apart, and silence."""
    client, server = meet(net)
    talk(client, server)
    net.wire.cut()
    wait(client, 1.7)
    probes(client, 4, 2.5)


@by_hand({CLIENT: {"probe": 5, "response": 5, "retransmission-ack": 5},
          SERVER: {"probe": 5, "response": 5, "retransmission-ack": 5}}, FREERTOS)
def freertos_half_closed(net):
    """The imitated end has sent its FIN and answers Linux' keepalives 70 to 500 ms later, with its FIN's sequence
    number."""
    client, server = meet(net, server=dict(idle=1, interval=1, count=9))
    talk(client, server)
    client.finish()
    wait(client, 0.4)
    for late in (0.07, 0.2, 0.35, 0.5, 0.12):
        client.wait_for_probe()
        pause(late)
        client.segment(client.seq - 1, ACK, label="response")
    wait(client, 0.3)


@by_hand({CLIENT: {"probe": 3, "response": 3, "retransmission-ack": 3, "gave-up": 1},
          SERVER: {"probe": 3, "response": 3, "retransmission-ack": 3, "gave-up": 1}}, FREERTOS)
def freertos_half_closed_given_up(net):
    """The imitated end has sent its FIN and answers with its FIN's sequence number. To Linux, what is below its window
    is no sign of life: after KEEPCNT probes, each of them answered, it gives up."""
    client, server = meet(net, server=dict(idle=1, interval=1, count=3))
    talk(client, server)
    client.finish()
    wait(client, 0.4)
    for late in (0.07, 0.2, 0.12):
        client.wait_for_probe()
        pause(late)
        client.segment(client.seq - 1, ACK, label="response")
    wait(client, 1.5)


# NetX Duo: keepalives whatever is in flight, persist probes with an octet, a silent end.

@by_hand({CLIENT: {"probe": 5}, SERVER: {}}, NETX)
def netx_data_in_flight(net):
    """The peer vanishes, and keepalives at SND.NXT-1 come between the retransmissions of data."""
    client, server = meet(net)
    talk(client, server)
    net.wire.cut()
    client.send(TEXT)
    for silence, times in ((1, 1), (1, 2), (1, 2)):
        wait(client, silence)
        again(client)
        wait(client, 0.7)
        probes(client, times, 1)
    wait(client, 0.3)


@by_hand(both(probe=4, response=4, zero_window_probe=3, zero_window_ack=3), NETX)
def netx_zero_window(net):
    """The window is closed and data waits: persist probes with the next octet, 1 s apart and doubling, and keepalives
    without, one below."""
    client, _ = meet(net, receive_buffer=2048)
    fill(client)
    for silence, times in ((1, 1), (1, 1), (1, 2)):
        wait(client, silence)
        client.segment(client.seq, ACK, b"q", "zero-window-probe")
        wait(client, 1)
        probes(client, times, 1)


@by_hand({CLIENT: {"probe": 5}, SERVER: {}}, NETX)
def netx_dead(net):
    """Five keepalives that nothing answers, and silence."""
    client, server = meet(net)
    talk(client, server)
    net.wire.cut()
    wait(client, 1.7)
    probes(client, 5, 1)


# smoltcp: one octet 0x00, one interval for all.

@by_hand(both(probe=4, response=4), SMOLTCP)
def smoltcp_fin_wait2(net):
    """The imitated end has closed its half (FIN-WAIT-2), and its keepalives carry an octet 0x00 at its FIN's number."""
    client, server = meet(net, options=MSS + SACK_PERMITTED)
    talk(client, server)
    client.finish()
    wait(client, 1.2)
    probes(client, 4, 1.2, octet=b"\0")


@by_hand({CLIENT: {"probe": 3, "gave-up": 1}, SERVER: {}}, SMOLTCP)
def smoltcp_dead(net):
    """Three keepalives with an octet 0x00, one second apart, the first after a second of silence; then RST."""
    client, server = meet(net, options=MSS + SACK_PERMITTED)
    talk(client, server)
    net.wire.cut()
    wait(client, 0.7)
    probes(client, 3, 1, octet=b"\0")
    client.give_up()
    wait(client, 0.2)


@by_hand({CLIENT: {"probe": 5, "response": 2}, SERVER: {"probe": 5, "response": 5}}, SMOLTCP,
         views=(View(CLIENT, begins="silent"), View(SERVER, begins="silent")))
def smoltcp_peer_seen_late(net):
    """The capture begins while nothing answers, and the keepalives come less than a second apart, as zero-window probes
    do. Only when the peer answers again does the capture show its window, which was never closed."""
    client, server = meet(net, options=MSS + SACK_PERMITTED)
    talk(client, server)
    net.mark("silent")
    net.wire.drop(SERVER, times=3)
    wait(client, 0.4)
    probes(client, 5, 0.7, octet=b"\0")


# Mongoose: one interval, three of them missed, a silent end.

@by_hand({CLIENT: {"probe": 5, "response": 2}, SERVER: {"probe": 2, "response": 2}}, MONGOOSE)
def mongoose_answered_then_dead(net):
    """Two keepalives are answered, then three at the same distance are not, and silence."""
    client, server = meet(net)
    talk(client, server)
    wait(client, 1.2)
    probes(client, 2, 1.5)
    net.wire.cut()
    probes(client, 3, 1.5)


# NuttX: zero-window probe and keepalive are the same empty segment.

@by_hand(both(probe=3, response=3), NUTTX)
def nuttx_full_window(net):
    """The window is closed and nothing waits: keepalives 2 s apart."""
    client, _ = meet(net, receive_buffer=2048)
    fill(client)
    wait(client, 1.8)
    probes(client, 3, 2)


@by_hand({CLIENT: {"probe": 4}, SERVER: {}}, NUTTX)
def nuttx_dead(net):
    """The first keepalive after 2 s, three more 1 s apart, and silence."""
    client, server = meet(net)
    talk(client, server)
    net.wire.cut()
    wait(client, 1.7)
    probes(client, 4, 1)


# illumos: one octet 0x00 at SND.UNA-1, and distances that double.

@by_hand(both(probe=4, response=4), ILLUMOS)
def illumos_answered(net):
    """Keepalives of one octet 0x00, each answered."""
    client, server = meet(net, options=MSS + SACK_PERMITTED)
    talk(client, server)
    wait(client, 1.7)
    probes(client, 4, 2, octet=b"\0")


@by_hand({CLIENT: {"probe": 8, "response": 2}, SERVER: {"probe": 2, "response": 2}}, ILLUMOS)
def illumos_answers_late(net):
    """One keepalive is answered, six are lost, 0.2 s apart and doubling, the next is answered, and then the distance
    is as at first."""
    client, server = meet(net, options=MSS + SACK_PERMITTED)
    talk(client, server)
    wait(client, 1.7)
    client.probe(b"\0")
    wait(client, 2)
    net.wire.drop(CLIENT, times=6)
    for number in range(5):
        client.probe(b"\0")
        wait(client, 0.2 * 2 ** number)
    client.probe(b"\0")
    wait(client, 2)
    client.probe(b"\0")
    wait(client, 2)


# Windows: one octet, mostly 0x00, without PSH.

@by_hand(both(probe=8, response=8), WINDOWS, ends=(CLIENT, SERVER))
def windows_cross(net):
    """Both ends are Windows and their keepalives of one octet cross on the way; each answers with a D-SACK."""
    client = Puppet(net, net.client, ttl=128)
    server = Puppet(net, net.server, ttl=128, isn=5000000, identification=9000)
    client.segment(client.seq, SYN, options=MSS + SACK_PERMITTED)
    client.seq += 1
    server.accept(MSS + SACK_PERMITTED)
    client.listen(0.1)
    client.acknowledge()
    for sender, receiver, text in ((client, server, b"hello"), (server, client, b"world")):
        sender.send(text)
        receiver.listen(0.05)
        sender.listen(0.05)
    for _ in range(4):
        pause(1.5)
        client.probe(b"\0")
        server.probe(b"\0")
        client.wait_for_probe()
        server.wait_for_probe()
        client.acknowledge(label="response", options=duplicate_sack(client.ack - 1))
        server.acknowledge(label="response", options=duplicate_sack(server.ack - 1))
    pause(0.3)


@by_hand({CLIENT: {"probe": 3, "retransmission": (0, 3)}, SERVER: {}}, WINDOWS)
def windows_data_in_flight(net):
    """The peer vanishes; between the retransmissions of data come keepalives of one octet 0x00 at SND.UNA-1."""
    client, server = meet(net, options=MSS + SACK_PERMITTED, ttl=128)
    talk(client, server)
    net.wire.cut()
    client.send(TEXT)
    for silence in (0.3, 0.6, 1.2):
        wait(client, silence)
        again(client)
        wait(client, 0.5)
        client.probe(b"\0", seq=client.una - 1)
    wait(client, 0.5)


@by_hand({CLIENT: {"probe": 3}, SERVER: {}}, WINDOWS)
def windows_fin_in_flight(net):
    """The peer vanishes, the FIN is not acknowledged, and keepalives of one octet 0x00 at SND.UNA-1 go on between its
    retransmissions."""
    client, server = meet(net, options=MSS + SACK_PERMITTED, ttl=128)
    talk(client, server)
    net.wire.cut()
    client.finish()
    for silence in (0.3, 0.6, 1.2):
        wait(client, silence)
        client.segment(client.una, FIN | ACK)
        wait(client, 0.5)
        client.probe(b"\0", seq=client.una - 1)
    wait(client, 0.5)


@by_hand(both(probe=4, response=4), WINDOWS)
def windows_right_after_data(net):
    """Keepalives of one octet 0x00 that was not in the data, milliseconds after data was acknowledged, as one does
    who has just switched them on; the D-SACK of the answer proves them."""
    client, server = meet(net, options=MSS + SACK_PERMITTED, ttl=128)
    for late in (0.001, 0.003, 0.006, 0.009):
        talk(client, server)
        wait(client, 0.5)
        client.send(b"hello")
        read(server, 5)
        server.sendall(b"world")
        client.listen(0.003)
        pause(late)
        client.probe(b"\0")
        wait(client, 0.8)


@by_hand({CLIENT: {"probe": 2}, SERVER: {}}, WINDOWS, views=(View(CLIENT, begins="idle", only=CLIENT),))
def windows_two_one_way(net):
    """The capture begins idle and has one direction only: two keepalives of one octet 0x00 and no more."""
    client, server = meet(net, options=MSS + SACK_PERMITTED, ttl=128)
    talk(client, server)
    net.wire.cut()
    net.mark("idle")
    wait(client, 1.5)
    probes(client, 2, 1, octet=b"\0")


@by_hand({CLIENT: {"probe": 2}, SERVER: {}}, FREEBSD,
         views=(View(CLIENT, begins="idle", only=CLIENT, undecidable=True),))
def two_one_way(net):
    """The capture begins idle and has one direction only: two keepalives without octet and no more."""
    client, server = meet(net)
    talk(client, server)
    net.wire.cut()
    net.mark("idle")
    wait(client, 1.5)
    probes(client, 2, 1)


@by_hand({CLIENT: {"probe": 3}, SERVER: {}}, FREEBSD, views=(View(CLIENT, begins="idle"),))
def last_probes_then_fin_acknowledged(net):
    """The capture has the last three of a run of unanswered keepalives only; then the path is mended, the prober
    closes, and the peer acknowledges its FIN."""
    client, server = meet(net)
    talk(client, server)
    net.wire.cut()
    net.mark("idle")
    wait(client, 1.5)
    probes(client, 3, 1)
    net.wire.mend()
    client.finish()
    wait(client, 0.4)


@by_hand({CLIENT: {"probe": 3}, SERVER: {}}, FREEBSD, views=(View(CLIENT, begins="idle"),))
def last_probes_then_data_acknowledged(net):
    """The capture has the last three of a run of unanswered keepalives only; then the path is mended, and the prober
    sends data, which is acknowledged."""
    client, server = meet(net)
    talk(client, server)
    net.wire.cut()
    net.mark("idle")
    wait(client, 1.5)
    probes(client, 3, 1)
    net.wire.mend()
    client.send(TEXT)
    read(server, len(TEXT))
    wait(client, 0.4)


@by_hand(both(probe=2, response=2), FREEBSD)
def syn_ack_again(net):
    """Linux sends its SYN-ACK three times, with the same IP identification, because a SYN comes again 5 ms after the
    first and the last ACK of the handshake is late. These are not copies. Then keepalives."""
    listener = net.listen()
    client = Puppet(net, net.client)
    client.segment(client.seq, SYN, options=MSS)
    client.seq += 1
    pause(0.005)
    client.segment(client.seq - 1, SYN, options=MSS, ack=0)
    pause(1.5)
    client.listen(0.05)
    client.acknowledge()
    server = listener.accept()[0]
    net.server.sockets.append(server)
    talk(client, server)
    wait(client, 1.5)
    probes(client, 2, 1.5)
