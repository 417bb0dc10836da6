# SPDX-License-Identifier: GPL-2.0-or-later
"""What tshark and sharkd say of a capture, in one form: {frame: {field: value}}.

Times are whole nanoseconds, so that they compare exactly; a field that is only ever true is True.
"""
import dataclasses
import json
import pathlib
import re
import subprocess

PREFIX = "keepalive."
TABLE, TREE = "keepalive,streams", "keepalive,tree"
TABLES_BEGIN = "\n====="   # in tshark's output


def nanoseconds(text):
    seconds, _, fraction = text.partition(".")
    sign = -1 if seconds.startswith("-") else 1
    return int(seconds) * 10**9 + sign * int(fraction.ljust(9, "0")[:9] or 0)


def parsed(kind, text):
    """The value of a field of type `kind` as tshark or sharkd prints it."""
    if kind == "FT_RELATIVE_TIME":
        return nanoseconds(text)
    if kind in ("FT_BOOLEAN", "FT_NONE"):
        return text not in ("0", "False")
    if kind == "FT_STRING":
        return text
    return int(text, 0)


def tshark(home, capture, *arguments, **options):
    """tshark's standard output. It must not complain."""
    done = home.run(home.tshark, "-n", "-r", home.readable(capture), *arguments, **options)
    assert done.returncode == 0 and not done.stderr, "tshark %s on %s: %s" % (arguments, capture, done.stderr)
    return done.stdout


def rows(home, capture, fields, *arguments):
    return rows_and_tables(home, capture, fields, *arguments)[0]


def rows_and_tables(home, capture, fields, *arguments):
    """[{field: text}] of each frame, and what tshark prints after them for -z in `arguments`."""
    columns = [word for field in fields for word in ("-e", field)]
    output = tshark(home, capture, *arguments, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", *columns)
    lines, begin, tables = output.partition(TABLES_BEGIN)
    return [dict(zip(fields, line.split("\t"))) for line in lines.splitlines()], begin + tables


def keepalive_fields(home):
    """{name: type} of all that the plugin registers, expert infos included."""
    fields = {}
    for line in home.run(home.tshark, "-G", "fields", check=True).stdout.splitlines():
        column = line.split("\t")
        if column[0] == "F" and column[2].startswith(PREFIX):
            fields[column[2]] = column[3]
    return fields


def value_names(home):
    """{(field, value): name} of the values that the plugin gives names to, in their order."""
    rows = (line.split("\t") for line in home.run(home.tshark, "-G", "values", check=True).stdout.splitlines())
    return {(row[1], int(row[2], 0)): row[3] for row in rows if row[0] == "V" and row[1].startswith(PREFIX)}


def keepalive_frames(rows_of_frames, fields):
    """{frame: {field: value}} of the rows that have the field keepalive."""
    return {int(row["frame.number"]): {name: parsed(kind, row[name]) for name, kind in fields.items() if row[name]}
            for row in rows_of_frames if row["keepalive"]}


def in_one_pass(home, capture, fields, *options):
    """Starting tshark takes most of its time, so that one run says all there is to say in one pass: the frames with
    keepalive fields, the TCP segments, the time of the last frame, and both tables."""
    columns = [*SEGMENT_FIELDS, "keepalive", *fields]
    shown, tables = rows_and_tables(home, capture, columns, *options, "-z", TABLE, "-z", TREE)
    return (keepalive_frames(shown, fields), *segments(home, capture, shown), tables)


def in_two_passes(home, capture, fields, *options):
    """The frames with keepalive fields, and both tables."""
    shown, tables = rows_and_tables(home, capture, ["frame.number", "keepalive", *fields], *options, "-2", "-Y", "keepalive",
                                    "-z", TABLE, "-z", TREE)
    return keepalive_frames(shown, fields), tables


class Sharkd:
    """A sharkd, with one capture loaded after the other."""

    LOADS = 50   # sharkd keeps 11 MB of each capture that it has had loaded, with the plugin or without

    def __init__(self, home, sharkd):
        self._home = home
        self._sharkd = sharkd
        # Before 3.6 its requests were no JSON-RPC.
        self._is_old = home.release < (3, 6)
        self._process = None
        self._loads = 0

    def load(self, capture, quiet_from=60):
        if self._loads % self.LOADS == 0:
            self.close()
            self._process = subprocess.Popen([self._sharkd, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                             stderr=subprocess.DEVNULL, text=True, cwd=self._home.directory,
                                             env=self._home.environment, **self._home.as_normal_user())
        self._loads += 1
        if quiet_from is not None:   # the preference is the plugin's
            self.request("setconf", name="keepalive.quiet_from", value=str(quiet_from))
        self.request("load", file=str(self._home.readable(capture)))

    def request(self, method, **parameters):
        request = {"req": method, **parameters}
        if not self._is_old:
            request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        while line == "\n":
            line = self._process.stdout.readline()
        assert line, "sharkd died of %s" % request
        reply = json.loads(line)
        assert "error" not in reply and not reply.get("err"), "sharkd answers %s with %s" % (request, reply)
        return reply.get("result", reply)

    def frames(self):
        """How many the capture has."""
        return self.request("status")["frames"]

    def tree(self, frame):
        return self.request("frame", frame=frame, proto="yes" if self._is_old else True)["tree"]

    def frame(self, number, fields):
        """{field: value} of those of `fields` that a frame has."""
        found = {}
        for node in nodes(self.tree(number)):
            match = re.match(r"([\w.]+)(?: == (.*))?$", node.get("f", ""), re.DOTALL)
            if match and match.group(1) in fields:
                text = (match.group(2) or "True").strip('"')
                found[match.group(1)] = parsed(fields[match.group(1)], text)
        return found

    def tables(self):
        """What Statistics > TCP Keep-Alive shows."""
        return self.request("tap", tap0="nstat:" + TABLE, tap1="stat:" + TREE.partition(",")[0])["taps"]

    def conversations(self):
        """As in Statistics > Conversations and > Endpoints."""
        return self.request("tap", tap0="conv:TCP Keep-Alive", tap1="endpt:TCP Keep-Alive")["taps"]

    def resident(self):
        """KiB of memory that it has."""
        status = pathlib.Path("/proc/%d/status" % self._process.pid).read_text(encoding="ascii")
        return int(re.search(r"^VmRSS:\s*(\d+)", status, re.MULTILINE).group(1))

    def close(self):
        if self._process is not None:
            self._process.stdin.close()
            self._process.stdout.close()
            self._process.wait(timeout=30)
            self._process = None

    def kill(self):
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


def nodes(tree):
    for node in tree:
        yield node
        yield from nodes(node.get("n", []))


@dataclasses.dataclass(frozen=True)
class Segment:
    """A TCP segment as Wireshark's TCP dissector shows it, without anything of the plugin."""
    frame: int
    time: int          # nanoseconds
    stream: int
    sender: str
    seq: int
    ack: int
    length: int
    flags: int
    octets: bytes
    window: int
    ttl: int
    network_id: str    # IP identification and options that tell a copy from a repetition
    marks: frozenset   # "keep_alive", "keep_alive_ack": what tcp.analysis calls it
    sack: tuple = None  # the first SACK block

    FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10

    def has(self, flags):
        return self.flags & flags != 0


MARKS = ["keep_alive", "keep_alive_ack"]
SEGMENT_FIELDS = ["frame.number", "frame.time_epoch", "frame.protocols", "tcp.stream", "ip.src", "ipv6.src", "tcp.srcport",
                  "tcp.seq_raw", "tcp.ack_raw", "tcp.len", "tcp.flags", "tcp.window_size_value", "ip.id", "ip.ttl",
                  "ipv6.hlim", "tcp.options.timestamp.tsval", "tcp.options.timestamp.tsecr", "tcp.payload",
                  "tcp.options.sack_le", "tcp.options.sack_re", *("tcp.analysis." + mark for mark in MARKS)]


def segments(home, capture, frames):
    """The TCP segments in rows of SEGMENT_FIELDS, in the capture's order, and the time of its last frame.

    test_unchanged.py has that these fields are the same without the plugin."""
    end = max(nanoseconds(row["frame.time_epoch"]) for row in frames)
    headers = [row for row in frames if row["tcp.len"] and "icmp" not in row["frame.protocols"]]
    if any(row["tcp.len"] != "0" and not row["tcp.payload"] for row in headers):
        add_payloads(home, capture, headers)
    return [segment(row) for row in headers], end


def add_payloads(home, capture, headers):
    """What tcp.analysis takes for a keepalive is shown without its payload."""
    unanalysed = rows(home, capture, ["frame.number", "tcp.payload"], "-o", "tcp.analyze_sequence_numbers:FALSE",
                      "-o", "tcp.desegment_tcp_streams:FALSE")
    payload_of = {row["frame.number"]: row["tcp.payload"] for row in unanalysed}
    for row in headers:
        row["tcp.payload"] = payload_of[row["frame.number"]]


def innermost(text):
    return text.split(",")[-1]


def segment(row):
    stamps = (row["tcp.options.timestamp.tsval"], row["tcp.options.timestamp.tsecr"])
    marks = frozenset(mark for mark in MARKS if row["tcp.analysis." + mark])
    return Segment(frame=int(row["frame.number"]), time=nanoseconds(row["frame.time_epoch"]),
                   stream=int(row["tcp.stream"]),
                   sender="%s:%s" % (innermost(row["ip.src"] or row["ipv6.src"]), row["tcp.srcport"]),
                   seq=int(row["tcp.seq_raw"]), ack=int(row["tcp.ack_raw"]), length=int(row["tcp.len"]),
                   flags=int(row["tcp.flags"], 16), octets=bytes.fromhex(row["tcp.payload"].replace(":", "")),
                   window=int(row["tcp.window_size_value"]),
                   ttl=int(innermost(row["ip.ttl"] or row["ipv6.hlim"])),
                   network_id="/".join((innermost(row["ip.id"]),) + stamps), marks=marks, sack=first_block(row))


def first_block(row):
    edges = [row["tcp.options.sack_le"], row["tcp.options.sack_re"]]
    return tuple(int(edge.split(",")[0]) for edge in edges) if all(edges) else None
