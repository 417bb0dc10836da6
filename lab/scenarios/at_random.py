# SPDX-License-Identifier: GPL-2.0-or-later
"""Situations that nobody thought of: stacks, options and what happens are drawn from a seed. The same seed draws the same
situations; what timers make of them differs a little each time."""

import random
import socket

import packets
from network import CLIENT, OTHER, SERVER, any_segment, empty_ack
from scenario import Scenario, close_with_reset, pause
from stacks import STACKS
from views import View

SECONDS = 35           # that a situation takes, about
QUEUE = 6000           # octets that no stack refuses while they wait to be acknowledged
DELAYS = (0, 0, 0.002, 0.02, 0.08, 0.2)
CLOSING = 2048         # a receive buffer that is soon full
LAST = ("forget", "reset")  # nothing comes after these


def drawn(seed, count):
    return [Situation(random.Random("%d/%d" % (seed, number))).scenario("random_%d_%02d" % (seed, number))
            for number in range(1, count + 1)]


class Situation:
    """Two ends, and steps [(method of Conversation, *arguments)], all drawn before anything is played."""

    def __init__(self, draw):
        self._draw = draw
        self._stacks = {CLIENT: self._stack((None, None, "gvisor", "gvisor", "lwip", "uml")),
                        SERVER: self._stack((None, None, None, "gvisor", "lwip", "uml"))}
        self._options = {CLIENT: self._keepalive(0.9), SERVER: self._keepalive(0.4)}
        self._receive_buffer = CLOSING if draw.random() < 0.4 else None
        self._steps = self._draw_steps()
        self._views = tuple(self._view(end) for end in (CLIENT, SERVER))
        self.__doc__ = "%s; %s." % (", ".join("%s %s" % item for item in self._options.items()),
                                    ", ".join(" ".join(map(str, step)) for step in self._steps))

    def scenario(self, name):
        stacks = {end: stack for end, stack in self._stacks.items() if stack}
        return Scenario(name, self, {}, self._views, group="random", stacks=stacks,
                        needs=lambda: next(filter(None, (stack.missing() for stack in stacks.values())), None))

    def __call__(self, net):
        client, server = net.connect(self._options[CLIENT], self._options[SERVER], receive_buffer=self._receive_buffer)
        net.marks["beginning"] = 0  # of a connection that ends before
        try:
            conversation = Conversation(net, {CLIENT: client, SERVER: server})
            for name, *arguments in self._steps:
                getattr(conversation, name)(*arguments)
        except OSError:  # the connection has ended
            pause(1)

    def _stack(self, names):
        name = self._draw.choice(names)
        return STACKS[name] if name else None

    def _keepalive(self, likely):
        if self._draw.random() > likely:
            return None
        return {"idle": self._draw.randint(1, 4), "interval": self._draw.randint(1, 3), "count": self._draw.randint(2, 6)}

    def _view(self, end):
        draw = self._draw.random()
        return View(end, begins="beginning" if draw < 0.2 else None, only=self._draw.choice((CLIENT, SERVER))
                    if 0.2 < draw < 0.3 else None, mirrored=0.3 < draw < 0.35)

    def _draw_steps(self):
        draw, left, steps = self._draw, SECONDS, [("delay", self._draw.choice(DELAYS)), ("send", CLIENT, 5)]
        begins = draw.uniform(0, SECONDS / 2)
        while left > 0:
            seconds = round(draw.choice((draw.uniform(0, 0.3), draw.uniform(0.3, 2), draw.uniform(2, 9))), 3)
            steps.append(("wait", seconds))
            left -= seconds
            if SECONDS - left > begins:
                steps.append(("begin",))
                begins = SECONDS * 2
            steps.append(self._draw_step(left < SECONDS / 2))
            if steps[-1][0] in LAST:
                break
        return steps

    def _draw_step(self, late):
        draw, end = self._draw, self._draw.choice((CLIENT, SERVER))
        size = draw.choice((1, 5, 100, 1400, 3000))
        steps = [("send", end, size)] * 4 + [("send", CLIENT, QUEUE)] * (2 if self._receive_buffer else 0)
        steps += [("read", end)] * (4 if end == SERVER else 2)
        steps += [("lose", end, draw.choice(("any", "empty", "data")), draw.randint(1, 3))] * 2
        steps += [("delay", draw.choice(DELAYS)), ("cut", end), ("cut_both",), ("mend",), ("mend",)]
        steps += [("repeat", end, round(draw.uniform(0.0005, 0.3), 4), draw.randint(1, 3)),
                  ("hold_back", end, round(draw.uniform(0.01, 0.5), 3))]
        if late:
            steps += [("close_half", end)] + [(draw.choice(("forget", "reset")), end)] * (draw.random() < 0.2)
        return draw.choice(steps)


class Conversation:
    """What can happen to a connection."""

    MATCH = {"any": any_segment, "empty": empty_ack, "data": lambda segment: len(segment.payload) > 1}

    def __init__(self, net, sockets):
        self._net, self._sockets = net, sockets
        pause(0.5)
        # What an end has acknowledged tells what the other has got rid of, and what waits there to be read.
        self._first = {end: net.wire.last[OTHER[end]].ack for end in sockets}
        self._sent, self._read = {CLIENT: 0, SERVER: 0}, {CLIENT: 0, SERVER: 0}

    def _acknowledged(self, sender):
        number = packets.sequence_difference(self._net.wire.last[OTHER[sender]].ack, self._first[sender])
        return min(max(number, 0), self._sent[sender])

    wait = staticmethod(pause)

    def begin(self):
        self._net.mark("beginning")

    def send(self, sender, octets):
        octets = min(octets, QUEUE - self._sent[sender] + self._acknowledged(sender))
        if octets > 0:
            self._sockets[sender].sendall(bytes(octets))
            self._sent[sender] += octets

    def read(self, reader):
        octets = self._acknowledged(OTHER[reader]) - self._read[reader]
        while octets > 0:
            got = len(self._sockets[reader].recv(octets))
            self._read[reader] += got
            octets = octets - got if got else 0

    def delay(self, seconds):
        self._net.wire.delay = seconds

    def lose(self, sender, which, times):
        self._net.wire.drop(sender, self.MATCH[which], times)

    def cut(self, sender):
        self._net.wire.drop(sender)

    def cut_both(self):
        self._net.wire.cut()

    def mend(self):
        self._net.wire.mend()

    def repeat(self, sender, after, times):
        self._net.wire.twice(sender, after, times=times)

    def hold_back(self, sender, seconds):
        """The next frame, until others have overtaken it."""
        wire = self._net.wire
        rule = wire.hold(sender, times=1)
        pause(seconds)
        if rule in wire.rules:
            rule.release()

    def close_half(self, end):
        self._sockets[end].shutdown(socket.SHUT_WR)

    def forget(self, end):
        self._net.ends[end].destroy_sockets()
        pause(4)

    def reset(self, end):
        close_with_reset(self._sockets[end])
        pause(1)
