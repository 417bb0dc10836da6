# SPDX-License-Identifier: GPL-2.0-or-later
"""The same situations for each stack that is not the kernel's. Most often it is the client and has keepalive on, and
the server is Linux."""

import socket

from network import CLIENT, SERVER, empty_ack
from scenario import (MANY, SCENARIOS, Scenario, both, exchange, fill_window, overfill_window, pause, read, talk,
                      wait_for_end)
from stacks import STACKS
from views import BOTH_ENDS, View

SOME = (1, MANY)
ANY = (0, MANY)
ANSWERED = both(probe=SOME, response=SOME)
SILENT_END = {CLIENT: {"probe": 4}, SERVER: {}}
RESET_AT_LAST = {CLIENT: {"probe": 4, "gave-up": 1}, SERVER: {}}
ANSWERED_THEN_RESET = {CLIENT: {"probe": (4, 7), "response": (1, 3), "gave-up": 1},
                       SERVER: {"probe": (1, 3), "response": (1, 3)}}
PERSIST = {"probe": ANY, "response": ANY, "zero-window-probe": SOME, "zero-window-ack": ANY}


def for_each_stack(comes_out, ends=(CLIENT,), views=BOTH_ENDS, views_of=None, **of_stack):
    """`comes_out` holds for all stacks but those that `of_stack` names, and `views` for all but those in `views_of`;
    `ends` are the ones that have the stack."""
    def register(play):
        for name, stack in STACKS.items():
            scenario = Scenario("%s_%s" % (name, play.__name__), play, of_stack.get(name, comes_out),
                                (views_of or {}).get(name, views), group=name, stacks=dict.fromkeys(ends, stack),
                                needs=stack.missing)
            SCENARIOS[scenario.name] = scenario
        return play
    return register


@for_each_stack(both(probe=(3, 5), response=(3, 5)))
def answered(net):
    """An idle connection; the peer answers every probe."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(8.5)


@for_each_stack(both(probe=(3, 5), response=(3, 5)), ends=(SERVER,))
def answers(net):
    """Linux probes, and the other stack answers."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(4.5)


@for_each_stack({CLIENT: {"probe": (3, 5), "response": (3, 5), "retransmission-ack": ANY},
                 SERVER: {"probe": (3, 5), "copy-of-probe": (3, 5), "response": (3, 5), "retransmission-ack": ANY}},
                ends=(SERVER,))
def answers_copies(net):
    """Linux probes, the network delivers each probe twice, and the other stack answers as it does."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(0.3)
    net.wire.twice(CLIENT, 0.15)
    pause(4.5)


@for_each_stack(both(probe=(2, 6), response=(2, 6)), views=(View(CLIENT, begins="idle"), View(SERVER, begins="idle")))
def begun_idle(net):
    """The peer answers every probe, and the capture begins while the connection is idle."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(0.5)
    net.mark("idle")
    pause(8)


@for_each_stack(SILENT_END, lwip=RESET_AT_LAST, uml=RESET_AT_LAST)
def dead(net):
    """The peer vanishes: KEEPCNT probes that nothing answers."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=4))
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    wait_for_end(client)
    pause(0.5)


@for_each_stack(SILENT_END, lwip=RESET_AT_LAST, uml=RESET_AT_LAST,
                views=(View(CLIENT, begins="idle"),),
                views_of={"gvisor": (View(CLIENT, begins="idle", undecidable=True),)})
def begun_idle_dead(net):
    """The peer vanishes, and the capture begins while the connection is idle."""
    client, server = net.connect(client=dict(idle=2, interval=2, count=4))
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    net.mark("idle")
    wait_for_end(client)
    pause(0.5)


@for_each_stack({CLIENT: {"probe": (4, 7), "response": (1, 3)}, SERVER: {"probe": (1, 3), "response": (1, 3)}},
                lwip=ANSWERED_THEN_RESET, uml=ANSWERED_THEN_RESET)
def answered_then_dead(net):
    """Answered probes, then the peer vanishes."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=4))
    talk(client, server)
    pause(5.3)
    net.wire.cut()
    wait_for_end(client)
    pause(0.5)


@for_each_stack(both(probe=1, peer_reset=1))
def peer_lost_state(net):
    """The peer knows nothing of the connection any more and answers the first probe with a RST."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(0.5)
    net.server.destroy_sockets()
    wait_for_end(client)
    pause(0.3)


@for_each_stack(both(probe=1, peer_reset=1), ends=(SERVER,))
def lost_state(net):
    """Linux probes; the other stack has been started anew and answers with a RST."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(0.5)
    net.server.destroy_sockets()
    wait_for_end(client)
    pause(0.3)


@for_each_stack(both(probe=(3, 12), response=(3, 12)))
def talk_between(net):
    """Idle periods with talk between them; the last word is the peer's in one, the prober's in the others."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    for idle in (2.6, 3.3):
        talk(server, client)
        pause(idle)
    talk(client, server)
    pause(2.4)
    talk(server, client)


@for_each_stack(both(probe=(3, 20), response=(3, 20)))
def both_ends(net):
    """Both ends probe, with the same KEEPIDLE."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=3), server=dict(idle=2, interval=1, count=3))
    talk(client, server)
    pause(9)


@for_each_stack(both(probe=(4, 20), response=(4, 20)))
def both_ends_peer_faster(net):
    """Both ends probe, Linux every second, the other stack with KEEPIDLE 3 s. A stack that takes Linux' probes for
    signs of life sends none of its own."""
    client, server = net.connect(client=dict(idle=3, interval=2, count=3), server=dict(idle=1, interval=1, count=3))
    talk(client, server)
    pause(8)


@for_each_stack(both(probe=(4, 20), response=(4, 20)))
def both_ends_peer_slower(net):
    """Both ends probe, the other stack every second, Linux with KEEPIDLE 3 s."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3), server=dict(idle=3, interval=2, count=3))
    talk(client, server)
    pause(8)


@for_each_stack({CLIENT: PERSIST, SERVER: PERSIST})
def zero_window(net):
    """The receiver does not read, data waits, and keepalive is on at the sender."""
    client, _ = net.connect(client=dict(idle=2, interval=1, count=9), receive_buffer=2048)
    overfill_window(client)
    pause(12)


@for_each_stack({CLIENT: {**PERSIST, "zero-window-probe": ANY}, SERVER: {**PERSIST, "zero-window-probe": ANY}},
                ends=(SERVER,), views_of={"lwip": (View(CLIENT),)})
def zero_window_of_receiver(net):
    """Linux' data waits before the other stack's closed window, and the other stack has keepalive on."""
    client, _ = net.connect(server=dict(idle=2, interval=1, count=9), receive_buffer=4096)
    client.setblocking(False)
    client.send(bytes(150000))
    client.setblocking(True)
    pause(9)


@for_each_stack({CLIENT: PERSIST, SERVER: PERSIST})
def zero_window_then_idle(net):
    """The window is closed and data waits; then the receiver reads, all is delivered, and the connection is idle."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=9), receive_buffer=2048)
    overfill_window(client)
    pause(5)
    read(server, 6000)
    pause(6.5)


@for_each_stack({CLIENT: PERSIST, SERVER: PERSIST},
                views=(View(CLIENT, begins="closed"), View(SERVER, begins="closed")))
def begun_in_zero_window(net):
    """The window is closed, data waits, and the capture begins then."""
    client, _ = net.connect(client=dict(idle=2, interval=1, count=9), receive_buffer=2048)
    overfill_window(client)
    pause(1)
    net.mark("closed")
    pause(10)


@for_each_stack(ANSWERED)
def full_window(net):
    """The window is exactly full and nothing waits: keepalive probes into a closed window."""
    client, _ = net.connect(client=dict(idle=2, interval=1, count=9), receive_buffer=2048)
    fill_window(net, client)
    pause(8)


@for_each_stack({CLIENT: {**PERSIST, "gave-up": (0, 1)}, SERVER: PERSIST})
def zero_window_peer_dies(net):
    """The window is closed, data waits, and the peer vanishes."""
    client, _ = net.connect(client=dict(idle=2, interval=1, count=4), receive_buffer=2048)
    overfill_window(client)
    pause(1.5)
    net.wire.cut()
    pause(11)


@for_each_stack({CLIENT: {"probe": ANY, "gave-up": (0, 1), "retransmission": ANY}, SERVER: {}})
def data_in_flight(net):
    """The peer vanishes, and data that the client sends is not acknowledged any more."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=6))
    talk(client, server)
    pause(0.3)
    net.wire.cut()
    client.sendall(b"anybody there?")
    pause(10)


@for_each_stack({CLIENT: {"probe": ANY, "response": ANY, "gave-up": (0, 1)},
                 SERVER: {"probe": ANY, "response": ANY}})
def data_lost_for_a_while(net):
    """Data and all that repeats it is lost for 6 s; then it arrives, and the connection is idle."""
    client, server = net.connect(client=dict(idle=2, interval=1, count=9))
    talk(client, server)
    pause(0.3)
    lost = net.wire.drop(CLIENT, lambda segment: len(segment.payload) > 1)
    client.sendall(b"anybody there?")
    pause(6)
    lost.end()
    read(server, 14)
    pause(5)


@for_each_stack({CLIENT: {"probe": ANY, "response": ANY}, SERVER: {"probe": ANY, "response": ANY}})
def fin_wait2(net):
    """The client has closed its half, and has keepalive on."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    client.shutdown(socket.SHUT_WR)
    pause(4.5)


@for_each_stack({CLIENT: {"probe": ANY, "response": ANY}, SERVER: {"probe": ANY, "response": ANY}})
def close_wait(net):
    """The server has closed its half, and the client has keepalive on."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=3))
    talk(client, server)
    server.shutdown(socket.SHUT_WR)
    pause(4.5)


@for_each_stack(ANSWERED)
def peer_probes_after_fin(net):
    """The client, which has the other stack, has closed its half; Linux (CLOSE_WAIT) probes."""
    client, server = net.connect(server=dict(idle=1, interval=1, count=3))
    talk(client, server)
    client.shutdown(socket.SHUT_WR)
    pause(4.5)


@for_each_stack(ANSWERED)
def peer_probes_before_fin(net):
    """Linux has closed its half (FIN_WAIT2) and probes; the client has the other stack."""
    client, server = net.connect(server=dict(idle=1, interval=1, count=3))
    talk(client, server)
    server.shutdown(socket.SHUT_WR)
    pause(4.5)


@for_each_stack(ANSWERED, views=(View(CLIENT, begins="late"), View(SERVER, begins="late")))
def last_probes_then_data(net):
    """The capture has the last probes only, and then the prober sends data."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=9))
    talk(client, server)
    seen = net.wire.watch(CLIENT, empty_ack)
    seen.wait(2)
    pause(0.2)
    net.mark("late")
    seen.wait(4)
    pause(0.3)
    exchange(client, server)
    pause(0.3)


@for_each_stack({CLIENT: {"probe": SOME, "response": ANY}, SERVER: {"probe": ANY, "response": ANY}},
                views=(View(CLIENT, begins="late"),))
def last_probes_then_fin(net):
    """The peer has vanished; the capture has the last probes only, and then the prober closes."""
    client, server = net.connect(client=dict(idle=1, interval=1, count=9))
    talk(client, server)
    net.wire.cut()
    seen = net.wire.watch(CLIENT, empty_ack)
    net.wire.rules.insert(0, net.wire.rules.pop())
    seen.wait(2)
    pause(0.2)
    net.mark("late")
    seen.wait(4)
    pause(0.3)
    client.shutdown(socket.SHUT_WR)
    pause(2)
