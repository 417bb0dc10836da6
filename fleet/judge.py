# SPDX-License-Identifier: GPL-2.0-or-later
"""The judge: one pass of tshark with the plugin over one partition of a capture point, from a pipe."""
import array
import bisect
import collections
import contextlib
import itertools
import re
import subprocess
import tempfile

import tshark_table
from wireshark_home import WiresharkHome

# The columns of results.py, by the titles of tshark's tables.
PROBERS = {"Newest outcome": "outcome", "Prober (address:port)": "prober", "Peer (address:port)": "peer",
           "Suspected idle timeout (s)": "idle_timeout", "Probes": "probes", "Answered": "answered",
           "Unanswered": "unanswered", "Longest run": "longest_run", "Idle periods": "idle_periods",
           "Longest idle (s)": "longest_idle", "KEEPIDLE (s)": "keepidle", "KEEPINTVL (s)": "keepintvl",
           "KEEPCNT": "keepcnt", "Response min (s)": "response_min", "Response avg (s)": "response_avg",
           "Response max (s)": "response_max"}
IDLE = {"Client (address:port)": "client", "Server (address:port)": "server", "Outcome": "outcome",
        "Longest survived (s)": "survived", "Lost after (s)": "lost", "Probed by": "probed_by", "KEEPIDLE (s)": "keepidle",
        "Idle limit": "idle_limit", "Suspected idle timeout (s)": "idle_timeout"}
ENDPOINTS = ("prober", "peer", "client", "server")
WHOLE_NUMBERS = ("probes", "answered", "unanswered", "longest_run", "idle_periods", "keepidle", "keepintvl", "keepcnt")
NUMBERS = ("longest_idle", "survived", "lost", "response_min", "response_avg", "response_max")

CONVERSATION = re.compile(r"(\S+)\s+<->\s+(\S+)\s.*\s(\d+\.\d+)\s+(\d+\.\d+)\s*$")


def said(complaints):
    """The first lines: where something is amiss, tshark may say so of hundreds of files, and Dask takes no long errors."""
    complaints.seek(0)
    return "".join(itertools.islice(complaints, 3)).strip()


class Failed(Exception):
    """A stage said that it failed; the text is what it said."""


def split_endpoint(text):
    """("192.0.2.1", 80) of 192.0.2.1:80, [2001:db8::1]:80 or, as Wireshark's own tables have it, 2001:db8::1:80."""
    address, _, port = text.rpartition(":")
    return address.strip("[]"), int(port)


def parse_cells(cells):
    """{column: text} of a row of tshark's, in the types and columns of the results."""
    row = {}
    for column, text in cells.items():
        if column in ENDPOINTS:
            row[column + "_address"], row[column + "_port"] = split_endpoint(text)
        elif column == "idle_timeout":
            above, _, below = text.partition(" to ")
            row["idle_timeout_above"] = float(above) if below else None
            row["idle_timeout_below"] = float(below) if below else None
        elif column in WHOLE_NUMBERS:
            row[column] = int(text) if text else None
        elif column in NUMBERS:
            row[column] = float(text) if text else None
        else:
            row[column] = text
    return row


def nanoseconds(text):
    """Of seconds with decimals, exactly."""
    whole, _, fraction = text.partition(".")
    return int(whole) * 10**9 + int(fraction[:9].ljust(9, "0"))


class Lives:
    """When each connection (tcp.stream) was first and last seen, from tshark's table of conversations.

    That table has no stream numbers, but streams are numbered in the order of their first packets.
    """

    def __init__(self, wanted):
        self._wanted = wanted                           # pairs of endpoints that anybody will ask for
        self._starts = array.array("q")                 # of all connections: of a scan there are a million
        self._lives = collections.defaultdict(list)     # {pair: [(start, end)]}

    @staticmethod
    def pair(one, other):
        return (one, other) if one <= other else (other, one)

    def take(self, line):
        found = CONVERSATION.match(line)
        if not found:
            return
        start, duration = nanoseconds(found.group(3)), nanoseconds(found.group(4))
        self._starts.append(start)
        pair = self.pair(split_endpoint(found.group(1)), split_endpoint(found.group(2)))
        if pair in self._wanted:
            self._lives[pair].append((start, start + duration))

    def finish(self):
        self._starts = array.array("q", sorted(self._starts))

    def of(self, pair, stream):
        """(first, last) in ns since the capture began; (None, None) if tshark did not say."""
        def distance(life):
            first_rank = bisect.bisect_left(self._starts, life[0])
            last_rank = bisect.bisect_right(self._starts, life[0]) - 1
            return max(first_rank - stream, stream - last_rank, 0)
        return min(self._lives.get(pair, ()), key=distance, default=(None, None))


def parse_tables(lines):
    """({"probers": rows, "idle": rows}, [lines of the conversations]); a row keeps its stream."""
    tables = {"probers": [], "idle": []}
    conversations = []

    def without_conversations():
        for line in lines:
            if "<->" in line:
                conversations.append(line)
            else:
                yield line

    for cells in tshark_table.rows(without_conversations()):
        table, columns = ("probers", PROBERS) if "Prober (address:port)" in cells else ("idle", IDLE)
        row = parse_cells({column: cells[title] for title, column in columns.items()})
        row["stream"] = int(cells["Stream"])
        tables[table].append(row)
    return tables, conversations


def pair_of(row):
    ends = [(row[end + "_address"], row[end + "_port"]) for end in ENDPOINTS if end + "_address" in row]
    return Lives.pair(*ends)


def add_lives(tables, conversations, began):
    """`began`: when the capture did, in ns since 1970."""
    rows = tables["probers"] + tables["idle"]
    lives = Lives({pair_of(row) for row in rows})
    for line in conversations:
        lives.take(line)
    lives.finish()
    for row in rows:
        first, last = lives.of(pair_of(row), row.pop("stream"))
        row["first"] = None if first is None else (began + first) / 1e9
        row["last"] = None if last is None else (began + last) / 1e9


class Judge:
    """tshark with this plugin, in a home of its own: what a user's Wireshark is set to has no part in the results."""

    def __init__(self, program, plugin):
        self._program = program
        self._home = WiresharkHome(plugin)
        self.release = ".".join(map(str, self._home.release))

    def judge(self, files, partition, first, last):
        """{"probers": rows, "idle": rows} of a partition of dealt files; `first` and `last` of the whole point, in ns."""
        options = ["-n", "-q", "-r", "-", "-z", "keepalive,streams", "-z", "keepalive,idle", "-z", "conv,tcp"]
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            self._feed_tshark(["feed", partition, first, last], files, options, output)
            output.seek(0)
            tables, conversations = parse_tables(output)
        add_lives(tables, conversations, first)
        return tables

    def _feed_tshark(self, command, files, options, output):
        """Raises Failed if either of the two ends badly."""
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints:
            with self._start_feed(command, files, complaints) as feed:
                tshark = self._home.start(self._home.tshark, *options, stdin=feed.stdout, stdout=output, stderr=complaints)
                feed.stdout.close()
                with tshark:
                    tshark.wait()
                feed.wait()
            if feed.returncode != 0 or tshark.returncode != 0:
                raise Failed(said(complaints) or "tshark ended with code %d" % tshark.returncode)

    @contextlib.contextmanager
    def _start_feed(self, command, files, complaints, output=subprocess.PIPE):
        name, *words = command
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", errors="surrogateescape") as names:
            names.write("".join(file + "\0" for file in files))
            names.flush()
            with subprocess.Popen([self._program, name, names.name, *map(str, words)], stdin=subprocess.DEVNULL,
                                  stdout=output, stderr=complaints) as feed:
                yield feed

    def extract(self, files, partition, first, last, connection, output):
        """Writes what judge() would see of one connection, `ADDRESS PORT ADDRESS PORT`, to a file."""
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints:
            with self._start_feed(["feed", partition, first, last, connection], files, complaints, output) as feed:
                feed.wait()
            if feed.returncode != 0:
                raise Failed(said(complaints))

    def fields(self, capture, names):
        """[{name: text}] of each TCP segment of a capture, in two passes."""
        columns = [word for name in names for word in ("-e", name)]
        done = self._home.run(self._home.tshark, "-n", "-2", "-r", self._home.readable(capture), "-Y", "tcp", "-T", "fields",
                              "-E", "occurrence=l", *columns)
        if done.returncode != 0:
            raise Failed(done.stderr.strip())
        return [dict(zip(names, line.split("\t"))) for line in done.stdout.splitlines()]

    def remove(self):
        self._home.remove()
