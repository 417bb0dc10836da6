# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenarios: each says what it does and what must come out.

`comes_out` names, for each end, every label that its own capture must show and how often: a number, or a pair (at
least, at most). The run fails when it does not.
"""

import dataclasses
import fcntl
import socket
import struct
import termios
import time

from network import CLIENT, SERVER, data, empty_ack
from packets import ACK, RST
from views import BOTH_ENDS, View

SCENARIOS = {}
MANY = 10**6


@dataclasses.dataclass
class Scenario:
    name: str
    play: object
    comes_out: dict
    views: tuple = BOTH_ENDS
    link: str = "plain"             # plain, vlan, gre or ipip
    family: int = socket.AF_INET
    extra_captures: tuple = ()      # (end, device)
    group: str = "behaviour"
    needs: object = None            # says why the scenario cannot run here, or None

    @property
    def text(self):
        return " ".join(self.play.__doc__.split())


def scenario(comes_out, **more):
    def register(play):
        SCENARIOS[play.__name__] = Scenario(play.__name__, play, comes_out, **more)
        return play
    return register


def exchange(sender, receiver, octets=b"hello"):
    """The receiver has read what the sender sent."""
    sender.sendall(octets)
    read(receiver, len(octets))


def talk(a, b):
    exchange(a, b, b"hello")
    exchange(b, a, b"world")


def read(receiver, length):
    while length > 0:
        chunk = receiver.recv(min(length, 65536))
        if not chunk:
            raise ConnectionError("the peer closed")
        length -= len(chunk)


def wait_for_end(connection, seconds=90):
    """Blocks until the connection dies, and returns the error that the application gets."""
    connection.settimeout(seconds)
    try:
        while connection.recv(4096):
            pass
    except OSError as error:
        if error.errno is None:  # it is this socket's own time limit
            raise
        return error
    return None


def unsent_or_unacknowledged(sender):
    """SIOCOUTQ"""
    return struct.unpack("i", fcntl.ioctl(sender, termios.TIOCOUTQ, b"1234"))[0]


def overfill_window(sender, octets=6000):
    """More than a small receive buffer takes, so that the rest waits in the sender."""
    sender.setblocking(False)
    sender.send(bytes(octets))
    sender.setblocking(True)


def fill_window(net, sender, leave=0):
    """Exactly what the receiver's window takes, less `leave` octets, so that nothing waits in the sender."""
    pause(0.2)
    while net.wire.last[SERVER].window > leave:
        sender.sendall(bytes(net.wire.last[SERVER].window - leave))
        pause(0.2)
    if unsent_or_unacknowledged(sender):
        raise RuntimeError("the window was not filled exactly")


def close_with_reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def foreign_probe(net, octet=b"", label="probe", ttl=128):
    """A probe past the client's kernel, as other systems send it: without timestamps, perhaps with a garbage octet."""
    net.client.inject(net.wire, net.wire.last[CLIENT].end - 1, net.wire.last[SERVER].end, ACK, label, octet, ttl, 1026)


def foreign_give_up(net, ttl=128):
    net.client.inject(net.wire, net.wire.last[CLIENT].end, net.wire.last[SERVER].end, RST | ACK, "gave-up", b"", ttl)


def both(**labels):
    """Both ends' captures show the same."""
    labels = {name.replace("_", "-"): number for name, number in labels.items()}
    return {CLIENT: labels, SERVER: labels}


pause = time.sleep


# Answered, unanswered, and what ends a run.

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


# Both ends.

@scenario(both(probe=(6, 20), response=(6, 20)))
def both_ends(net):
    """Both ends probe, each at its own interval: 1 s and 3 s. A probe from the peer does not put one's own next probe
    off, for Linux answers it without taking it for a sign of life: the end with 3 s sends its probes all the same."""
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
    KEEPCNT probes although the server's probes reach it all the time: a probe of the peer is no sign of life to
    Linux."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=5), server=dict(idle=1, interval=1, count=30))
    talk(client, server)
    pause(0.3)
    net.wire.drop(CLIENT)
    wait_for_end(client)


@scenario({CLIENT: {"probe": (11, 13), "response": 5, "gave-up": 1}, SERVER: {"probe": 5}})
def one_way_loss_octet_probes(net):
    """All that the client sends is lost. The server's probes carry a garbage octet, and to Linux such a probe is a sign
    of life: the client's clock begins again. One more in the middle of its run begins the run again too."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=5))
    talk(client, server)
    pause(0.3)
    net.wire.drop(CLIENT)
    for silence in (1, 1, 1, 1, 4.5):
        pause(silence)
        last = net.wire.last[SERVER]
        net.server.inject(net.wire, last.end - 1, last.ack, ACK, "probe", b"\0", 128, 1026)
    wait_for_end(client)


# Half-closed.

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


# Windows.

@scenario({CLIENT: {"zero-window-probe": (4, MANY), "zero-window-ack": (3, MANY)},
           SERVER: {"zero-window-probe": (4, MANY), "zero-window-ack": (3, MANY)}})
def zero_window(net):
    """The receiver does not read, data waits and keepalive is on: zero-window probes, 0.2 s apart and doubling, and
    no keepalive probe, for Linux sends none while data waits."""
    client, _ = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=2048)
    overfill_window(client)
    pause(8)


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
    """The window is exactly full and nothing waits (SIOCOUTQ 0): keepalive probes, and answers with window 0. By
    their octets they could be zero-window probes; by their distance and the kernel's count they are not."""
    client, _ = net.connect(client=dict(idle=1, interval=1, count=3), receive_buffer=2048)
    fill_window(net, client)
    pause(5)


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


# Octets sent again, and ACKs that come late.

@scenario({CLIENT: {"retransmission": 3, "retransmission-ack": (0, 3)},
           SERVER: {"retransmission": 3, "retransmission-ack": (0, 3)}})
def octet_lost(net):
    """Keystrokes that are lost and sent again: one octet at one below the sender's next number."""
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


# What a capture shows.

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
    """The capture begins while the connection is idle; the peer is dead, so all there is are probes and the RST."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=4))
    talk(client, server)
    pause(0.5)
    net.wire.cut()
    net.mark("idle")
    wait_for_end(client)


@scenario({CLIENT: {"probe": 4}, SERVER: {}}, views=(View(CLIENT, begins="idle"),))
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


@scenario(both(probe=(5, 6), response=(5, 6)),
          views=(View(CLIENT, begins="idle", only=CLIENT), View(SERVER, begins="idle", only=SERVER)))
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
    """The capture shows one direction only. The client sends data, is idle, and probes: there are no answers in the
    capture, and that is no dead peer."""
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


# Options set late.

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


# Numbers and options on the wire.

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


@scenario(both(probe=(200, 400), response=(200, 400)), views=(View(CLIENT),))
def many_connections(net):
    """200 connections at once, each with one or two probes."""
    listener = net.listen()
    for _ in range(200):
        net.connect(client=dict(idle=3, interval=1, count=3), listener=listener)
    pause(3.5)


# Probes of other systems, sent past the kernel in the client's name; the server's kernel is real.

@scenario(both(probe=5, response=5))
def windows_probes(net):
    """Probes as Windows sends them: one octet 0x00, no timestamps although they were negotiated, no PSH. Linux answers
    with a D-SACK."""
    client, server = net.connect()
    talk(client, server)
    for _ in range(5):
        pause(1.5)
        foreign_probe(net, b"\0")
    pause(0.3)


@scenario({CLIENT: {"probe": 10, "gave-up": 1}, SERVER: {}})
def windows_dead_peer(net):
    """As Windows: ten probes of one octet, a second apart, the first after 3 s, then RST."""
    net.client.sysctl("net.ipv4.tcp_timestamps", 0)
    client, server = net.connect()
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    pause(2.7)
    for _ in range(10):
        foreign_probe(net, b"\0")
        pause(1)
    foreign_give_up(net)
    pause(0.2)


@scenario({CLIENT: {"probe": 6, "gave-up": 1}, SERVER: {}})
def growing_intervals(net):
    """As Solaris and illumos: one octet, and intervals that double, 0.4 s to 6.4 s, until the RST."""
    client, server = net.connect()
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    pause(2)
    for number in range(6):
        foreign_probe(net, b"\0", ttl=64)
        pause(0.4 * 2 ** number)
    foreign_give_up(net, ttl=64)
    pause(0.2)


@scenario(both(probe=4, response=4))
def apple_probes(net):
    """As Apple's interface probes: no octet, no TCP options, and as soon as 0.3 s after data."""
    client, server = net.connect()
    for _ in range(4):
        talk(client, server)
        pause(0.3)
        foreign_probe(net, ttl=64)
        pause(0.6)


@scenario(both(probe=6, response=(2, 4)))
def probes_too_close(net):
    """Probes without octet 0.2 s apart: Linux answers at most every 0.5 s, so most stay unanswered although the peer
    lives."""
    client, server = net.connect()
    talk(client, server)
    pause(1)
    for _ in range(6):
        foreign_probe(net, ttl=64)
        pause(0.2)
    pause(0.3)


@scenario(both(probe=3, response=3))
def odd_octet(net):
    """Probes whose garbage octet is 0x79, and that acknowledge one octet less than was received, as an industrial
    controller sends them."""
    client, server = net.connect()
    talk(client, server)
    for _ in range(3):
        pause(1.2)
        net.client.inject(net.wire, net.wire.last[CLIENT].end - 1, net.wire.last[SERVER].end - 1, ACK, "probe", b"\x79",
                          30, 1026)
    pause(0.3)


# What is no keepalive at all.

@scenario(both(probe=0))
def application_heartbeats(net):
    """The application sends one octet every 0.7 s, and so the kernel, with KEEPIDLE 2 s, sends no probe."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    for _ in range(6):
        pause(0.7)
        exchange(client, server, b"\0")
    pause(0.5)
