# SPDX-License-Identifier: GPL-2.0-or-later
"""One end of a TCP connection that does nothing by itself: the scenario sends every segment, and says what it is."""

import select
import socket
import struct
import time

import packets
from network import IPV4, PORT, ethernet_header, receive_frame
from packets import ACK, FIN, PSH, RST, SYN

MSS = b"\x02\x04\x05\xb4"
SACK_PERMITTED = b"\x04\x02\x01\x01"


class Puppet:
    """`seq` and `ack` are what it sends next and expects next."""

    def __init__(self, net, end, ttl=64, window=8192, isn=1000000, identification=100, port=40000):
        self._net, self._end, self._link = net, end, end.new_link()
        self._here, self._there = (socket.inet_aton(IPV4[end.name]), port), (socket.inet_aton(IPV4[end.peer]), PORT)
        self.ttl, self.window, self.seq, self.ack, self.identification = ttl, window, isn, 0, identification
        self.una = isn
        self.heard = None  # the latest segment of the peer

    def segment(self, seq, flags, payload=b"", label=None, ack=None, options=b""):
        """Sends a segment as it is told; `label` is the truth about it."""
        self.identification += 1
        packet = packets.build_tcp_ipv4(self._here, self._there, seq, self.ack if ack is None else ack, flags,
                                        self.window, payload, self.ttl, self.identification, options)
        self._net.wire.injected[packet] = label
        self._link.send(ethernet_header(self._end.name) + packet)

    def connect(self, options=MSS):
        self.segment(self.seq, SYN, options=options)
        self.seq += 1
        self.listen(0.3)
        self.acknowledge()

    def accept(self, options=MSS):
        """Waits for a SYN, and takes its ports."""
        while not (self.heard and self.heard.flags & SYN):
            self.listen(0.01)
        self._here, self._there = self.heard.destination, self.heard.source
        self.segment(self.seq, SYN | ACK, options=options)
        self.seq += 1

    def acknowledge(self, **more):
        self.segment(self.seq, ACK, **more)

    def send(self, payload, **more):
        self.segment(self.seq, PSH | ACK, payload, **more)
        self.seq += len(payload)

    def finish(self):
        self.segment(self.seq, FIN | ACK)
        self.seq += 1

    def probe(self, octet=b"", flags=ACK, seq=None, label="probe", **more):
        """A keepalive; `seq` is SND.NXT-1 unless told otherwise."""
        self.segment(self.seq - 1 if seq is None else seq, flags, octet, label, **more)

    def give_up(self, flags=RST | ACK, **more):
        self.segment(self.seq, flags, label="gave-up", **more)

    def listen(self, seconds, acknowledge=True):
        """Hears what the peer sends meanwhile, and acknowledges its data."""
        until = time.monotonic() + seconds
        while True:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._link], [], [], left)[0]:
                return
            frame = receive_frame(self._link)
            segment = packets.parse_frame(frame) if frame else None
            if segment and segment.destination[0] == self._here[0]:
                self._hear(segment, acknowledge)

    def wait_for_probe(self):
        """Of the peer: a segment one below what is expected next."""
        self.heard = None
        while self.heard is None or self.heard.seq != (self.ack - 1) % packets.SEQUENCE_SPACE:
            self.listen(0.005)

    def _hear(self, segment, acknowledge):
        self.heard = segment
        if segment.flags & ACK:
            self.una = segment.ack
        news = self.ack == 0 or packets.sequence_difference(segment.end, self.ack) > 0
        if news:
            self.ack = segment.end
            if acknowledge and not segment.flags & SYN:
                self.acknowledge()


def duplicate_sack(seq):
    """The option by which one octet at `seq` is reported to have come again."""
    return b"\x01\x01\x05\x0a" + struct.pack("!II", seq % packets.SEQUENCE_SPACE, (seq + 1) % packets.SEQUENCE_SPACE)
