# SPDX-License-Identifier: GPL-2.0-or-later
"""The group "settings": what the wire shows of TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT, at real time.

The user-mode Linux has the same timers with HZ=100, so that they are late by up to 2.5 times as much.

The `options` in the truth files are what the sockets were given.
"""

from network import CLIENT
from scenario import MANY, SCENARIOS, Scenario, pause, talk, wait_for_end
from stacks import STACKS
from views import View

# KEEPIDLE, KEEPINTVL, KEEPCNT
DEAD = ((1, 1, 3), (1, 1, 10), (2, 1, 5), (3, 2, 4), (4, 30, 4), (5, 1, 10), (5, 3, 3), (7, 2, 9), (10, 2, 5),
        (10, 10, 3), (12, 7, 8), (15, 5, 4), (15, 15, 9), (20, 1, 10), (30, 1, 10), (30, 10, 5), (45, 15, 6),
        (60, 1, 10), (60, 10, 6), (60, 20, 5))
# ... and for how many seconds
ANSWERED = ((1, 1, 9, 8), (2, 5, 3, 33), (6, 2, 3, 40), (10, 3, 5, 64), (15, 15, 4, 95), (20, 5, 3, 125),
            (30, 10, 3, 160), (45, 1, 5, 195), (60, 10, 3, 195))
# ... and after how many seconds the peer vanishes
ANSWERED_THEN_DEAD = ((2, 1, 9, 9), (3, 7, 3, 30), (5, 2, 4, 23), (10, 5, 3, 46), (25, 4, 6, 85))
# ... and TCP_USER_TIMEOUT in milliseconds
USER_TIMEOUT = ((5, 2, 9, 11000), (10, 3, 9, 8000), (2, 1, 3, 30000))
# ... and after how many idle seconds SO_KEEPALIVE is switched on
LATE_ANSWERED = ((5, 1, 4, 8), (10, 1, 3, 14), (20, 5, 5, 31))
LATE_DEAD = ((3, 1, 5, 7), (30, 2, 5, 40))


def options(idle, interval, count):
    return dict(idle=idle, interval=interval, count=count)


def dead(idle, interval, count):
    def play(net):
        client, server = net.connect(client=options(idle, interval, count))
        talk(client, server)
        pause(0.3)
        net.wire.cut()
        wait_for_end(client, idle + interval * (count + 2) + 30)
    play.__doc__ = "KEEPIDLE %d s, KEEPINTVL %d s, KEEPCNT %d; the peer is dead." % (idle, interval, count)
    return play, {"probe": count, "gave-up": 1}


def answered(idle, interval, count, seconds):
    def play(net):
        client, server = net.connect(client=options(idle, interval, count))
        talk(client, server)
        pause(seconds)
    play.__doc__ = "KEEPIDLE %d s, KEEPINTVL %d s, KEEPCNT %d; every probe is answered." % (idle, interval, count)
    return play, {"probe": (3, MANY), "response": (3, MANY)}


def answered_then_dead(idle, interval, count, seconds):
    def play(net):
        client, server = net.connect(client=options(idle, interval, count))
        talk(client, server)
        pause(seconds)
        net.wire.cut()
        wait_for_end(client, 150)
    play.__doc__ = "KEEPIDLE %d s, KEEPINTVL %d s, KEEPCNT %d; the peer answers, and vanishes after %d s." % (
        idle, interval, count, seconds)
    return play, {"probe": (count + 2, MANY), "response": (2, MANY), "gave-up": 1}


def user_timeout(idle, interval, count, timeout):
    def play(net):
        client, server = net.connect(client=dict(options(idle, interval, count), user_timeout=timeout))
        talk(client, server)
        pause(0.3)
        net.wire.cut()
        wait_for_end(client)
    play.__doc__ = ("KEEPIDLE %d s, KEEPINTVL %d s, KEEPCNT %d, TCP_USER_TIMEOUT %g s, which replaces KEEPCNT; "
                    "the peer is dead.") % (idle, interval, count, timeout / 1000)
    return play, {"probe": (1, MANY), "gave-up": 1}


def late_answered(idle, interval, count, late):
    def play(net):
        client, server = net.connect()
        talk(client, server)
        pause(late)
        net.client.keepalive(client, **options(idle, interval, count))
        pause(idle * 2.8)
    play.__doc__ = ("KEEPIDLE %d s, KEEPINTVL %d s, KEEPCNT %d, switched on when the connection has been idle for "
                    "%d s; every probe is answered.") % (idle, interval, count, late)
    return play, {"probe": (2, MANY), "response": (2, MANY)}


def late_dead(idle, interval, count, late):
    def play(net):
        client, server = net.connect()
        talk(client, server)
        pause(0.3)
        net.wire.cut()
        pause(late)
        net.client.keepalive(client, **options(idle, interval, count))
        wait_for_end(client)
    play.__doc__ = ("KEEPIDLE %d s, KEEPINTVL %d s, KEEPCNT %d, switched on when the connection has been idle for "
                    "%d s; the peer is dead.") % (idle, interval, count, late)
    return play, {"probe": count, "gave-up": 1}


def both_ends(net):
    """The client has KEEPIDLE 5 s, the server 7 s; both are answered."""
    client, server = net.connect(client=options(5, 1, 3), server=options(7, 2, 4))
    talk(client, server)
    pause(40)


# Gaps of KEEPIDLE 24 s become 7200 s, gaps of KEEPINTVL 1 s become 75 s.
LINUX_DEFAULTS = {"keepidle": 7200, "keepintvl": 75, "keepcnt": 9}
TO_LINUX_DEFAULTS = ((20, 300), (0.9, 75))


def defaults_dead(net):
    """The Linux defaults, KEEPIDLE 7200 s, KEEPINTVL 75 s, KEEPCNT 9: two probes are answered, then the peer
    vanishes. Captured with 24 s, 1 s and 9."""
    client, server = net.connect(client=options(24, 1, 9))
    talk(client, server)
    pause(56)
    net.wire.cut()
    wait_for_end(client)
    net.client.options = LINUX_DEFAULTS


def defaults_answered(net):
    """The Linux defaults, KEEPIDLE 7200 s, KEEPINTVL 75 s, KEEPCNT 9: every probe is answered. Captured with 24 s, 1 s
    and 9."""
    client, server = net.connect(client=options(24, 1, 9))
    talk(client, server)
    pause(110)
    net.client.options = LINUX_DEFAULTS


def register():
    view = (View(CLIENT),)

    def add(name, play, expected, views=view, **more):
        SCENARIOS[name] = Scenario(name, play, {CLIENT: expected}, views, group="settings", **more)

    uml = STACKS["uml"]
    for kind, rows in ((dead, DEAD), (answered, ANSWERED), (answered_then_dead, ANSWERED_THEN_DEAD),
                       (user_timeout, USER_TIMEOUT), (late_answered, LATE_ANSWERED), (late_dead, LATE_DEAD)):
        for row in rows:
            name = "_".join([kind.__name__] + [str(number) for number in row[:3]])
            add(name, *kind(*row))
            if kind is not user_timeout:
                add("uml_" + name, *kind(*row), stacks={CLIENT: uml}, needs=uml.missing)
    add("both_ends_5_7", both_ends, {"probe": (8, MANY), "response": (8, MANY)})
    stretched = (View(CLIENT, stretch=TO_LINUX_DEFAULTS),)
    add("linux_defaults_dead", defaults_dead, {"probe": 11, "response": 2, "gave-up": 1}, stretched)
    add("linux_defaults_answered", defaults_answered, {"probe": (3, 4), "response": (3, 4)}, stretched)


register()
