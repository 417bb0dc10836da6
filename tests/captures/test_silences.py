# SPDX-License-Identifier: GPL-2.0-or-later
"""Silences of many connections: the filters for known limits, and the table of idle connections."""
import re
import socket
import sys

import pytest

import capture_files
import programs
import tshark_table

sys.path.insert(0, str(capture_files.TREE / "lab"))

import packets  # noqa: E402  (needs the path)

CONNECTIONS, PROBES = 500, 6
SECOND, MILLISECOND = 10**9, 10**6
ETHERNET = bytes.fromhex("020000000002020000000001") + b"\x08\x00"
CLIENT, SERVER = socket.inet_aton("192.0.2.1"), socket.inet_aton("192.0.2.2")
PROFILE = capture_files.TREE / "profiles/TCP Keep-Alive/dfilters"


def limit_filters():
    """The profile's named filters for a silence of so many seconds: {seconds: filter}."""
    return {int(seconds): expression for seconds, expression
            in re.findall(r'^"[^"]* (\d+) s or longer \([^"]*" (.+)$', PROFILE.read_text(encoding="utf-8"), re.MULTILINE)}


def probed_every(seconds, path):
    """Writes connections whose client probes so often, each probe answered after a millisecond; one more packet a second
    later, so that nothing is open when the capture ends."""
    frames = []
    for number in range(CONNECTIONS):
        client, server = (CLIENT, 20000 + number), (SERVER, 443)
        begin = (1000 + number) * SECOND // 10

        def add(time, source, destination, seq, ack, payload=b""):
            packet = packets.build_tcp_ipv4(source, destination, seq, ack, packets.ACK, 500, payload)
            frames.append(packets.Frame(time, ETHERNET + packet))

        add(begin, client, server, 1000, 5000, b"hello")
        add(begin + MILLISECOND, server, client, 5000, 1005)
        for probe in range(1, PROBES + 1):
            time = begin + probe * seconds * SECOND
            add(time, client, server, 1004, 5000)
            add(time + MILLISECOND, server, client, 5000, 1005)
    frames.sort(key=lambda frame: frame.time)
    path.write_bytes(packets.capture_octets(packets.ETHERNET, frames))
    path.chmod(0o644)
    return path


@pytest.fixture(scope="module")
def captures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("silences")
    return {seconds: probed_every(seconds, folder / ("%d.pcap" % seconds)) for seconds in (60, 400)}


def hits(home, capture, expression, *options):
    return programs.tshark(home, capture, *options, "-Y", expression, "-T", "fields", "-e", "tcp.stream").split()


@pytest.mark.parametrize("limit", [240, 350])
def test_only_probes_slower_than_the_limit_exceed_it(home, captures, limit):
    for expression, options in ((limit_filters()[limit], ()),
                                ("keepalive.idle_limit_exceeded", ("-o", "keepalive.idle_limit:%d" % limit))):
        assert hits(home, captures[60], expression, *options) == []
        found = hits(home, captures[400], expression, *options)
        assert len(set(found)) == CONNECTIONS and len(found) == CONNECTIONS * PROBES


def idle_rows(home, capture, *options):
    return list(tshark_table.rows(programs.tshark(home, capture, "-q", "-z", "keepalive,idle", *options).splitlines()))


def test_the_table_has_who_was_silent(home, captures):
    assert idle_rows(home, captures[60]) == []
    for passes in ((), ("-2",)):
        rows = idle_rows(home, captures[400], "-o", "keepalive.idle_limit:350", *passes)
        assert len(rows) == CONNECTIONS
        assert {(row["Outcome"], row["Longest survived (s)"], row["Lost after (s)"], row["Probed by"], row["Idle limit"])
                for row in rows} == {("survived", "399.999", "", "client", "survived beyond")}


@pytest.mark.parametrize("name, outcome, probed_by, verdict", [
    ("data_is_reset", "lost: reset", "none", "lost beyond"),
    ("data_is_dropped", "lost: no answer", "none", "lost beyond"),
    ("survived", "survived", "none", "survived beyond"),
    ("keepalive_slower_than_limit", "lost: no answer", "client", "lost beyond"),
    ("heartbeat_faster_than_limit", "survived", "none", "never reached"),
])
def test_the_table_says_what_came_of_it(home, name, outcome, probed_by, verdict):
    capture = capture_files.PCAPS / "silence" / (name + ".client.pcap")
    row, = idle_rows(home, capture, "-o", "keepalive.quiet_from:3", "-o", "keepalive.idle_limit:4")
    assert (row["Outcome"], row["Probed by"], row["Idle limit"]) == (outcome, probed_by, verdict)
    assert row["Server (address:port)"].endswith(":20007")
