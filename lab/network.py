# SPDX-License-Identifier: GPL-2.0-or-later
"""Two hosts and the wire between them.

Each host is a network namespace without a name, so that the kernel removes it with this process, whatever ends it. The
wire is a thread of this process that carries Ethernet frames between the hosts and can lose, hold, copy and forge them.
Captures are taken at the hosts: what the wire loses was seen to leave, and never to arrive.
"""

import contextlib
import ctypes
import fcntl
import heapq
import itertools
import os
import selectors
import socket
import struct
import subprocess
import tempfile
import threading
import time

import counters
import packets
import stacks

CLIENT, SERVER = "client", "server"
OTHER = {CLIENT: SERVER, SERVER: CLIENT}
MAC = {CLIENT: "02:00:00:00:00:01", SERVER: "02:00:00:00:00:02"}
IPV4 = {CLIENT: "192.0.2.1", SERVER: "192.0.2.2"}
IPV6 = {CLIENT: "2001:db8::1", SERVER: "2001:db8::2"}
TUNNEL_IPV4 = {CLIENT: "198.51.100.1", SERVER: "198.51.100.2"}  # outer addresses; no host owns them
PORT = 20007

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
SOL_PACKET, PACKET_AUXDATA, PACKET_OUTGOING, TP_STATUS_VLAN_VALID = 263, 8, 4, 1 << 4
TUNSETIFF, IFF_TUN, IFF_TAP, IFF_NO_PI = 0x400454CA, 1, 2, 0x1000
TCP_USER_TIMEOUT, TCP_REPAIR = 18, 19

libc = ctypes.CDLL(None, use_errno=True)


def system_call(name, *arguments):
    if getattr(libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, name + ": " + os.strerror(error))


def namespace_of_thread():
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


@contextlib.contextmanager
def inside(namespace):
    """The calling thread, and what it starts, is in the namespace."""
    home = namespace_of_thread()
    try:
        system_call("setns", namespace, CLONE_NEWNET)
        yield
    finally:
        system_call("setns", home, CLONE_NEWNET)
        os.close(home)


def new_namespace():
    home = namespace_of_thread()
    try:
        system_call("unshare", CLONE_NEWNET)
        namespace = namespace_of_thread()
    finally:
        system_call("setns", home, CLONE_NEWNET)
        os.close(home)
    return namespace


def run(*command, text=None, pass_fds=()):
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          pass_fds=pass_fds, check=False)
    if done.returncode:
        raise RuntimeError("%s: %s" % (" ".join(command), done.stdout.strip()))


def write_sysctl(name, value):
    with open("/proc/sys/" + name.replace(".", "/"), "w") as file:
        file.write(str(value))


def packet_socket(device):
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    link.bind((device, 0))
    link.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    return link


def receive_frame(link):
    """The next frame from outside, or None for one that this host sent. The kernel hands a VLAN tag over beside it."""
    data, ancillary, _, address = link.recvmsg(65536, 256)
    if address[2] == PACKET_OUTGOING:
        return None
    for level, kind, content in ancillary:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, tci, tpid = struct.unpack("I12xHH", content[:20])
            if status & TP_STATUS_VLAN_VALID:
                data = data[:12] + struct.pack("!HH", tpid or 0x8100, tci) + data[12:]
    return data


class Loop(threading.Thread):
    """The thread that carries all frames of all wires."""

    def __init__(self):
        super().__init__(daemon=True)
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        self._selector.register(self._wake_read, selectors.EVENT_READ, lambda: os.read(self._wake_read, 4096))
        self._later, self._order, self._lock = [], itertools.count(), threading.Lock()

    def watch(self, descriptor, on_readable):
        self._selector.register(descriptor, selectors.EVENT_READ, on_readable)

    def call_later(self, delay, action):
        with self._lock:
            heapq.heappush(self._later, (time.monotonic() + delay, next(self._order), action))
        os.write(self._wake_write, b"!")

    def run(self):
        while True:
            with self._lock:
                wait = max(0, self._later[0][0] - time.monotonic()) if self._later else None
            for key, _ in self._selector.select(wait):
                try:
                    key.data()
                except OSError:
                    pass  # a link that is being taken down
            self._run_due()

    def _run_due(self):
        while True:
            with self._lock:
                if not self._later or self._later[0][0] > time.monotonic():
                    return
                action = heapq.heappop(self._later)[2]
            action()


class Rule:
    """What the wire does to frames of one sender that match: lets them `pass`, `drop`s or `hold`s them."""

    def __init__(self, wire, sender, match, action, times):
        self._wire, self.sender, self.match, self.action, self.times = wire, sender, match, action, times
        self.count, self.held, self.on_match = 0, [], None
        self._changed = threading.Condition()

    def takes(self, frame, segment):
        if self.times is not None and self.count >= self.times or not self.match(segment):
            return False
        with self._changed:
            self.count += 1
            if self.action == "hold":
                self.held.append(frame)
            self._changed.notify_all()
        if self.on_match:
            self.on_match(frame)
        return self.action != "pass"

    def wait(self, count=1, timeout=60):
        """Blocks until that many frames have matched."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.count >= count, timeout):
                raise TimeoutError("%d of %d frames of the %s in %d s" % (self.count, count, self.sender, timeout))

    def end(self):
        self._wire.rules.remove(self)

    def release(self):
        """Lets the held frames go on, and ends the rule."""
        self.end()
        for frame in self.held:
            self._wire.deliver(OTHER[self.sender], frame)


def any_segment(_):
    return True


def empty_ack(segment):
    return segment.is_empty_ack


def data(segment):
    return bool(segment.payload)


def reset(segment):
    return bool(segment.flags & packets.RST)


class Device:
    """A device on the wire that forgets a connection after `limit` seconds without a packet, and then drops what `senders`
    send, or resets both ends. `pardon`: it takes the packet after so many dropped ones for a connection that it knows."""

    def __init__(self, wire, limit, action, senders, pardon):
        self._wire, self._limit, self._action, self._senders, self._pardon = wire, limit, action, senders, pardon
        self._last, self._dropped, self.has_forgotten = time.monotonic(), 0, False
        self._spoken, self._heard = set(), set()  # the ends that sent, and that received, something since it forgot
        self.found = {}  # the packet that found the connection forgotten: its sender

    def takes(self, sender, segment):
        now = time.monotonic()
        self.has_forgotten = self.has_forgotten or now - self._last > self._limit
        self._last = now
        if not self.has_forgotten:
            return False
        if sender not in self._spoken | self._heard:
            self.found[segment.packet] = sender
        self._spoken.add(sender)
        if sender not in self._senders:
            self._pass_to(OTHER[sender])
            return False
        if self._dropped == self._pardon:
            self.has_forgotten = False
            self.found.clear()  # it was not lost after all
            return False
        self._dropped += 1
        if self._action == "reset":
            self._wire.forge_resets()
        return True

    def _pass_to(self, receiver):
        """Whoever hears its peer has not lost the connection."""
        self._heard.add(receiver)
        self.found = {packet: sender for packet, sender in self.found.items() if sender != receiver}


class Wire:
    def __init__(self, loop, devices):
        self.rules, self.last, self.injected, self.delay = [], {}, {}, 0
        self.device = None
        self.ended = False
        self._loop, self._links = loop, {}
        for end, device in devices.items():
            self._links[end] = packet_socket(device)
            loop.watch(self._links[end], lambda end=end: self._arrived(end))

    def _arrived(self, sender):
        frame = receive_frame(self._links[sender])
        if frame is None:
            return
        segment = packets.parse_frame(frame)
        if segment:
            # A probe without an octet ends below SND.NXT: what is injected next goes by the highest.
            if sender not in self.last or (segment.end - self.last[sender].end) % 2**32 < 2**31:
                self.last[sender] = segment
            # A list, so that each rule sees (and counts) the frame up to the first that takes it.
            if any(rule.takes(frame, segment) for rule in list(self.rules) if rule.sender == sender):
                return
            if self.device and not self.ended and self.device.takes(sender, segment):
                return
        if self.delay:
            self._loop.call_later(self.delay, lambda: self.deliver(OTHER[sender], frame))
        else:
            self.deliver(OTHER[sender], frame)

    def deliver(self, receiver, frame):
        if not self.ended:
            self._links[receiver].send(frame)

    def _rule(self, sender, match, action, times):
        self.rules.append(Rule(self, sender, match, action, times))
        return self.rules[-1]

    def watch(self, sender, match=any_segment):
        return self._rule(sender, match, "pass", None)

    def drop(self, sender, match=any_segment, times=None):
        return self._rule(sender, match, "drop", times)

    def hold(self, sender, match=any_segment, times=None):
        return self._rule(sender, match, "hold", times)

    def twice(self, sender, after, match=any_segment, times=None):
        """Delivers a second copy of each frame, `after` seconds later."""
        rule = self._rule(sender, match, "pass", times)
        rule.on_match = lambda frame: self._loop.call_later(after, lambda: self.deliver(OTHER[sender], frame))
        return rule

    def cut(self):
        """Both directions lose everything from now on."""
        self.drop(CLIENT)
        self.drop(SERVER)

    def forget(self, limit, action, senders=(CLIENT, SERVER), pardon=None):
        """From now on there is a device that forgets silent connections."""
        self.device = Device(self, limit, action, senders, pardon)

    def forge_resets(self):
        """A device resets the connection, in each end's name to the other."""
        for receiver in (CLIENT, SERVER):
            self.forge(receiver, self.last[receiver].ack, 0, packets.RST, None, ttl=63)

    def mend(self):
        self.rules.clear()

    def forge(self, receiver, seq, ack, flags, label, payload=b"", ttl=64):
        """A device on the wire sends a segment in the name of the receiver's peer."""
        sample = self.last[OTHER[receiver]]
        packet = packets.build_tcp_ipv4(sample.source, sample.destination, seq, ack, flags, sample.window,
                                        payload, ttl)
        self.injected[packet] = label
        self.deliver(receiver, ethernet_header(OTHER[receiver]) + packet)


def ethernet_header(sender, ether_type=0x0800):
    def octets(mac):
        return bytes.fromhex(mac.replace(":", ""))
    return octets(MAC[OTHER[sender]]) + octets(MAC[sender]) + struct.pack("!H", ether_type)


class Capture:
    """A tcpdump with full frames and nanoseconds, into a file without a name."""

    def __init__(self, device, expression=""):
        self._file = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            ["tcpdump", "-i", device, "-Z", "root", "-n", "-U", "--immediate-mode", "--time-stamp-precision=nano",
             "-w", "-", *expression.split()],
            stdin=subprocess.DEVNULL, stdout=self._file, stderr=subprocess.PIPE, text=True)

    def wait_until_listening(self):
        # Releases before 4.99 say it in the same line, or a line later.
        for line in self._process.stderr:
            if "listening on" in line:
                return
        raise RuntimeError("tcpdump did not start")

    def stop(self):
        """(link type, frames)"""
        self._process.terminate()
        report = self._process.communicate(timeout=20)[1]
        if "0 packets dropped by kernel" not in report:
            raise RuntimeError("tcpdump lost packets: " + report)
        self._file.seek(0)
        return packets.read_capture(self._file)


class Encapsulation:
    """Makes a host's TCP travel inside VLAN tags, GRE or IP-in-IP, which not every kernel can do by itself."""

    def __init__(self, loop, end, kind):
        self._end, self._kind = end, kind
        self.device = "inner0"
        self._tap = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
        mode = (IFF_TAP if kind == "vlan" else IFF_TUN) | IFF_NO_PI
        fcntl.ioctl(self._tap, TUNSETIFF, struct.pack("16sH22x", self.device.encode(), mode))
        self._link = packet_socket("eth0")
        loop.watch(self._tap, self._outbound)
        loop.watch(self._link, self._inbound)

    def _outbound(self):
        inner = os.read(self._tap, 65536)
        if self._kind == "vlan":
            self._link.send(inner[:12] + struct.pack("!HH", 0x8100, 100) + inner[12:])
            return
        gre = struct.pack("!HH", 0, 0x0800) if self._kind == "gre" else b""
        protocol = packets.IPPROTO_GRE if self._kind == "gre" else packets.IPPROTO_IPIP
        source, destination = (socket.inet_aton(TUNNEL_IPV4[end]) for end in (self._end, OTHER[self._end]))
        outer = packets.build_ipv4(source, destination, protocol, gre + inner)
        self._link.send(ethernet_header(self._end) + outer)

    def _inbound(self):
        frame = receive_frame(self._link)
        if frame is None:
            return
        if self._kind == "vlan":
            os.write(self._tap, frame[:12] + frame[16:])
        else:
            os.write(self._tap, frame[14 + 20 + (4 if self._kind == "gre" else 0):])


class End:
    """One host: a namespace with one interface, its counters, and the options its sockets were given."""

    has_hooks = False
    stack = None

    def __init__(self, name):
        self.name, self.peer = name, OTHER[name]
        self.namespace = new_namespace()
        self.options, self.sockets, self.captures = {}, [], {}
        with inside(self.namespace):
            self.counters = counters.open_counters()

    def counted(self):
        """{counter: number}"""
        return counters.read_counters(self.counters)

    def movements(self, polled):
        """When its counters moved, from what the poller noted of each namespace."""
        return polled.get(self.counters, [])

    def configure(self, loop, kind, family):
        with inside(self.namespace):
            if family == socket.AF_INET:
                write_sysctl("net.ipv6.conf.all.disable_ipv6", 1)
            # Segmentation and checksums left to the device would show frames that no wire ever carries.
            run("ethtool", "-K", "eth0", "tx", "off", "tso", "off", "gso", "off", "gro", "off")
            device = "eth0"
            commands = ["link set lo up", "link set eth0 addrgenmode none",
                        "link set eth0 address %s up" % MAC[self.name]]
            if kind != "plain":
                device = Encapsulation(loop, self.name, kind).device
                commands.append("link set %s mtu 1400 %s up" % (
                    device, "address " + MAC[self.name] if kind == "vlan" else ""))
            if family == socket.AF_INET6:
                commands.append("addr add %s/64 dev %s nodad" % (IPV6[self.name], device))
            else:
                commands.append("addr add %s/24 dev %s" % (IPV4[self.name], device))
            if kind in ("plain", "vlan"):
                peer = (IPV6 if family == socket.AF_INET6 else IPV4)[self.peer]
                commands.append("neigh add %s lladdr %s dev %s nud permanent" % (peer, MAC[self.peer], device))
            run("ip", "-batch", "-", text="\n".join(commands) + "\n")
        self.address = (IPV6 if family == socket.AF_INET6 else IPV4)[self.name]
        self.family = family

    def start_capture(self, name, device="eth0", expression=""):
        with inside(self.namespace):
            self.captures[name] = Capture(device, expression)

    def sysctl(self, name, value):
        with inside(self.namespace):
            write_sysctl(name, value)

    def iptables(self, *arguments):
        with inside(self.namespace):
            run("iptables", "-w", *arguments)

    def flush_iptables(self):
        self.iptables("-F")

    def socket(self, protocol=0, port=None):
        with inside(self.namespace):
            made = socket.socket(self.family, socket.SOCK_STREAM, protocol)
        made.settimeout(60)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # An urgent answer tells more than one put off: no Nagle in any scenario.
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if port is not None:
            made.bind((self.address, port))
        self.sockets.append(made)
        return made

    def keepalive(self, connection, idle=None, interval=None, count=None, user_timeout=None, off=False):
        """Sets and records SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT (s, s) and TCP_USER_TIMEOUT (ms)."""
        for name, option, value in (("keepidle", socket.TCP_KEEPIDLE, idle),
                                    ("keepintvl", socket.TCP_KEEPINTVL, interval),
                                    ("keepcnt", socket.TCP_KEEPCNT, count),
                                    ("user_timeout_ms", TCP_USER_TIMEOUT, user_timeout)):
            if value is not None:
                connection.setsockopt(socket.IPPROTO_TCP, option, value)
                self.options[name] = value
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 0 if off else 1)

    def inject(self, wire, seq, ack, flags, label, payload=b"", ttl=64, window=0):
        """Sends a segment past the kernel, as another operating system with this address would."""
        sample = wire.last[self.name]
        packet = packets.build_tcp_ipv4(sample.source, sample.destination, seq, ack, flags, window, payload, ttl,
                                        identification=next(INJECTED_IDENTIFICATION))
        wire.injected[packet] = label
        with inside(self.namespace):
            with packet_socket("eth0") as link:
                link.send(ethernet_header(self.name) + packet)

    def destroy_sockets(self):
        """Forgets all connections without a word on the wire, as a power cut does."""
        for each in self.sockets:
            with contextlib.suppress(OSError):  # closed by the scenario, or Multipath TCP, which has no repair mode
                each.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 0)
                each.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
            each.close()
        self.sockets = []


class ForeignEnd(End):
    """A host whose TCP is not the kernel's; the kernel in its namespace has no address and is silent."""

    has_hooks = True

    def __init__(self, name, stack):
        super().__init__(name)
        self.stack = stack

    def new_link(self):
        with inside(self.namespace):
            return packet_socket("eth0")

    def configure(self, loop, kind, family):
        if kind != "plain" or family != socket.AF_INET:
            raise ValueError("other stacks have plain links and IPv4")
        self.address, self.family = IPV4[self.name], family
        with inside(self.namespace):
            write_sysctl("net.ipv6.conf.all.disable_ipv6", 1)
            run("ethtool", "-K", "eth0", "tx", "off", "tso", "off", "gso", "off", "gro", "off")
            run("ip", "link", "set", "eth0", "addrgenmode", "none", "address", MAC[self.name], "up")

    def destroy_sockets(self):
        pass

    def counted(self):
        return dict.fromkeys(counters.NAMES, 0)

    def movements(self, polled):
        return []


class StackEnd(ForeignEnd):
    """A host that is a program with a TCP stack in it."""

    def __init__(self, name, stack):
        super().__init__(name, stack)
        self.has_hooks = not stack.is_linux

    def configure(self, loop, kind, family):
        super().configure(loop, kind, family)
        self._host = stacks.Host(self.stack, [IPV4[self.name], MAC[self.name], IPV4[self.peer], MAC[self.peer]],
                                 self.new_link)

    def socket(self, protocol=0, port=None):
        made = self._host.socket()
        if port is not None:
            made.bind((self.address, port))
        return made

    def destroy_sockets(self):
        self._host.forget()

    def counted(self):
        told = [name for name, _, _ in self._host.told()]
        return {name: told.count(name) for name in counters.NAMES}

    def movements(self, polled):
        return [counters.Movement(name, 1, before, after) for name, before, after in self._host.told()]


def new_end(name, stack):
    if stack is None:
        return End(name)
    return (ForeignEnd if isinstance(stack, stacks.ByHand) else StackEnd)(name, stack)


INJECTED_IDENTIFICATION = itertools.count(0x7000)


class Network:
    """A client, a server, and the wire between them."""

    def __init__(self, number, loop, kind="plain", family=socket.AF_INET, other_stacks=None):
        self.ends = {name: new_end(name, (other_stacks or {}).get(name)) for name in (CLIENT, SERVER)}
        self.client, self.server = self.ends[CLIENT], self.ends[SERVER]
        self.kind, self.family = kind, family
        self.devices = {name: "w%d%s" % (number, name[0]) for name in self.ends}
        for name, end in self.ends.items():
            run("ip", "link", "add", self.devices[name], "type", "veth", "peer", "name", "eth0",
                "netns", "/proc/self/fd/%d" % end.namespace, pass_fds=[end.namespace])
            run("ethtool", "-K", self.devices[name], "gro", "off")
            run("ip", "link", "set", self.devices[name], "up")
            end.configure(loop, kind, family)
        self.wire = Wire(loop, self.devices)
        self.marks = {}

    def listen(self, port=PORT, protocol=0, receive_buffer=None):
        listener = self.server.socket(protocol, port)
        if receive_buffer:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        listener.listen(512)
        return listener

    def connect(self, client=None, server=None, client_port=None, protocol=0, receive_buffer=None, listener=None,
                near=None):
        """A connection, as the client's and the server's socket; `client` and `server` are their keepalive options."""
        listener = listener or self.listen(PORT, protocol, receive_buffer)
        near = near or self.client.socket(protocol, client_port)
        near.connect((self.server.address, listener.getsockname()[1]))
        far = listener.accept()[0]
        far.settimeout(60)
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.sockets.append(far)
        if client is not None:
            self.client.keepalive(near, **client)
        if server is not None:
            self.server.keepalive(far, **server)
        return near, far

    def mark(self, name):
        """A moment at which another capture may begin."""
        self.marks[name] = time.time_ns()
