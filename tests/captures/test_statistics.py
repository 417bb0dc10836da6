# SPDX-License-Identifier: GPL-2.0-or-later
"""The table -z keepalive,streams and the overview -z keepalive,tree say of each capture what its truth says, and the
same in one pass of tshark, in two, and in sharkd, however often it is asked."""
import collections
import collections.abc
import pathlib
import re
import struct
import subprocess

import pytest

import capture_files
import oracle
import programs
import tshark_table
import under_test

SECONDS = ["Longest idle (s)", "Response min (s)", "Response avg (s)", "Response max (s)"]
SETTINGS = ["KEEPIDLE (s)", "KEEPINTVL (s)", "KEEPCNT"]
COUNTS = ["Probes", "Answered", "Unanswered", "Longest run", "Idle periods"]

# One for each outcome: tshark -q, which prints no frames, would take long on all captures.
QUIET = ["answered.client", "application_closes_in_mid_run.client", "begun_idle_live_peer.client",
         "begun_idle_dead_peer_no_end.client", "both_ends.client", "copied_on_wire.client", "dead_peer.client",
         "peer_lost_state.client", "silent_firewall.client", "talk_between_probes.client", "zero_window.client"]


def rows_of_tshark(output):
    """[{column: text}] of the tables in tshark's output."""
    return list(tshark_table.rows(output.splitlines()))


def counts_of_tshark(output):
    """{path: count} of the overview in tshark's output."""
    counts, parent = {}, ""
    for line in output.splitlines():
        match = re.match(r"( ?)([^\s|][^|]*?) {2,}(\d+)\s", line)  # no row of the other table
        if match and match.group(1):
            counts[parent + " > " + match.group(2)] = int(match.group(3))
        elif match:
            parent = match.group(2)
            counts[parent] = int(match.group(3))
    return counts


def tables_of_sharkd(taps):
    taps = {tap["type"]: tap for tap in taps}
    names = [field["c"] for field in taps["nstat"]["fields"]]
    rows = [dict(zip(names, (str(cell).strip() for cell in row))) for row in taps["nstat"]["tables"][0]["i"]]
    counts = {}
    for node in taps["stats"]["stats"]:
        counts[node["name"]] = node["count"]
        counts.update({"%s > %s" % (node["name"], child["name"]): child["count"] for child in node.get("sub", [])})
    return rows, counts


def tables_of_tshark(output):
    return rows_of_tshark(output), counts_of_tshark(output)


class Tables(collections.abc.Mapping):
    """{name of a capture: both tables in sharkd}"""

    def __init__(self, sharkd_says):
        self._sharkd_says = sharkd_says
        self._captures = {capture.name: capture for capture in under_test.CAPTURES}

    def __getitem__(self, name):
        first, again = map(tables_of_sharkd, self._sharkd_says[self._captures[name]]["tables"])
        assert first == again, "%s: differs when asked again" % name
        return first

    def __iter__(self):
        return iter(self._captures)

    def __len__(self):
        return len(self._captures)


@pytest.fixture(scope="session")
def in_sharkd(sharkd_says):
    return Tables(sharkd_says)


def captures_named(*names):
    return [capture for capture in under_test.CAPTURES if capture.name in names]


class Prober:
    """What the truth and the fields that follow from it say of one end's probes."""

    def __init__(self, probes, segments, capture):
        self.probes = [fields for _, fields in probes]
        self._last, self._last_fields = probes[-1]
        self._segments = segments
        self._labels = capture.labels

    def all(self, name):
        return [fields["keepalive." + name] for fields in self.probes if "keepalive." + name in fields]

    def counts(self):
        return {"Probes": len(self.probes), "Answered": len(self.all("response_in")),
                "Unanswered": len(self.all("unanswered")), "Longest run": max(self.all("run_length"), default=0),
                "Idle periods": self.all("idle_probes").count(1)}

    def spans(self):
        """In nanoseconds; None is blank."""
        responses = self.all("response_time")
        mean = sum(responses) / len(responses) if responses else None
        return dict(zip(SECONDS, [max(self.all("idle_time"), default=None), min(responses, default=None), mean,
                                  max(responses, default=None)]))

    def outcome(self):
        """What ended the idle period of the last probe: the next segment that belongs to no exchange, or none did. But
        where the prober gave up, that is what ended it, whatever came in between and was not heard."""
        answered = "keepalive.response_in" in self._last_fields
        if any(segment.frame > self._last.frame and segment.sender == self._last.sender and
               self._labels.get(segment.frame) == "gave-up" for segment in self._segments):
            return "gave up"
        response = next((segment for segment in self._segments
                         if segment.frame == self._last_fields.get("keepalive.response_in")), None)
        for segment in self._segments:
            label = self._labels.get(segment.frame)
            if segment.frame <= self._last.frame or label in ("probe", "response") or (label or "").startswith("copy"):
                continue
            if oracle.is_like_response(segment, label, response):
                continue
            if label == "peer-reset" and segment.sender != self._last.sender:
                return "peer reset"
            if segment.has(segment.RST):
                return "reset"
            return "closed" if segment.has(segment.FIN) else "traffic resumed"
        if answered:
            return "answered"
        unanswered = "keepalive.unanswered" in self._last_fields
        return "unanswered until the capture ended" if unanswered else "capture ended"


def expected_probers(capture, output):
    """{(stream, sender): Prober}."""
    streams, probes = collections.defaultdict(list), collections.defaultdict(list)
    for segment in output["segments"]:
        streams[segment.stream].append(segment)
        fields = output["expected"].get(segment.frame, {})
        if capture.labels.get(segment.frame) == "probe":
            probes[segment.stream, segment.sender].append((segment, fields))
    return {key: Prober(found, streams[key[0]], capture) for key, found in probes.items()}


def key_of(row):
    return int(row["Stream"]), row["Prober (address:port)"].replace("[", "").replace("]", "")


def differences(row, prober):
    want = {name: str(count) for name, count in prober.counts().items()}
    want["Newest outcome"] = prober.outcome()
    wrong = ["%s is %s, expected %s" % (name, row[name], text) for name, text in want.items() if row[name] != text]
    for name, span in prober.spans().items():
        shown = float(row[name]) * 10**9 if row[name] else None
        accuracy = 10**6 if name == "Longest idle (s)" else 10**3
        if (span is None) != (shown is None) or (span is not None and abs(shown - span) > accuracy):
            wrong.append("%s is %s, expected %s" % (name, shown, span))
    return wrong


def test_table_says_what_the_truth_says(capture, outputs, in_sharkd):
    expected = expected_probers(capture, outputs[capture])
    rows, _ = in_sharkd[capture.name]
    assert [key_of(row) for row in sorted(rows, key=key_of)] == sorted(expected)
    for row in rows:
        wrong = differences(row, expected[key_of(row)])
        assert not wrong, "stream %s, %s: %s" % (key_of(row) + ("; ".join(wrong),))


def test_deaths_come_first(home, sharkd, tmp_path):
    """In a capture with the connections of several."""
    paths = [home.readable(each.path) for each in captures_named("answered.client", "dead_peer.client",
                                                                 "peer_lost_state.client", "silent_firewall.client")]
    merged = tmp_path / "merged.pcap"
    subprocess.run(["mergecap", "-F", "nsecpcap", "-w", merged, *paths], check=True)
    merged = pathlib.Path(home.readable(merged))
    sharkd.load(merged)
    rows, _ = tables_of_sharkd(sharkd.tables())
    assert [row["Newest outcome"] for row in rows] == ["gave up", "gave up", "peer reset", "answered"]
    assert rows == tables_of_sharkd(sharkd.tables())[0]
    for passes in ([], ["-2"]):
        assert rows_of_tshark(programs.tshark(home, merged, "-q", *passes, "-z", programs.TABLE)) == rows


def test_settings_are_the_newest_of_the_fields(capture, outputs, in_sharkd):
    fields_of_frames = outputs[capture]["two passes"]
    newest = collections.defaultdict(dict)
    for segment in outputs[capture]["segments"]:
        fields = fields_of_frames.get(segment.frame, {})
        if fields.get("keepalive.type") in (1, 4):
            for name, column in zip(("keepidle", "keepintvl", "keepcnt"), SETTINGS):
                if "keepalive." + name in fields:
                    value = fields["keepalive." + name] // (1 if name == "keepcnt" else 10**9)
                    newest[segment.stream, segment.sender][column] = str(value)
    for row in in_sharkd[capture.name][0]:
        assert {name: row[name] for name in SETTINGS if row[name]} == newest[key_of(row)]


def test_overview_says_what_the_truth_says(capture, outputs, in_sharkd):
    frames = outputs[capture]["expected"].values()
    _, counts = in_sharkd[capture.name]
    types = collections.Counter(fields.get("keepalive.type") for fields in frames)
    missed = [fields["keepalive.type"] for fields in frames if "keepalive.missed" in fields]
    probes = [fields for fields in frames if fields.get("keepalive.type") == 1]
    intervals = sum(1 for fields in probes if "keepalive.interval" in fields)
    assert {name: counts[name] for name in ("Probes", "Peer responses", "Peer resets", "Gave up")} == {
        "Probes": types[1], "Peer responses": types[2], "Peer resets": types[3], "Gave up": types[4]}
    assert counts["Probes > Answered"] == sum(1 for fields in probes if "keepalive.response_in" in fields)
    assert counts["Probes > Unanswered"] == sum(1 for fields in probes if "keepalive.unanswered" in fields)
    undecided = [fields for fields in probes if not {"keepalive.response_in", "keepalive.unanswered"} & fields.keys()]
    assert counts["Probes > Undecided"] == len(undecided)
    assert counts["Missed by tcp.analysis"] == len(missed)
    assert counts.get("Missed by tcp.analysis > Probes", 0) == missed.count(1)
    assert counts["Mistaken by tcp.analysis"] == sum(1 for fields in frames if "keepalive.mistaken" in fields)
    assert counts["Time between probes (s)"] == intervals
    assert counts["Time until the response (us)"] == counts["Probes > Answered"]
    assert counts["Senders of probes"] == types[1]


def test_answered_unanswered_and_undecided_are_all_probes(capture, in_sharkd):
    rows, counts = in_sharkd[capture.name]
    for fate in ("Answered", "Unanswered"):
        assert counts["Probes > " + fate] == sum(int(row[fate]) for row in rows)
    undecided = sum(int(row["Probes"]) - int(row["Answered"]) - int(row["Unanswered"]) for row in rows)
    assert counts["Probes > Undecided"] == undecided
    assert sum(counts["Probes > " + fate] for fate in ("Answered", "Unanswered", "Undecided")) == counts["Probes"]


def test_parts_of_the_overview_add_up(capture, in_sharkd):
    _, counts = in_sharkd[capture.name]
    for name, count in counts.items():
        if " > " not in name and name not in ("Probes", "Peer responses", "Peer resets", "Gave up"):
            parts = sum(part for path, part in counts.items() if path.startswith(name + " > "))
            assert parts == count, name


def test_ranges_are_called_as_people_say(in_sharkd):
    _, counts = in_sharkd["answered.client"]
    names = [path.split(" > ")[1] for path in counts if path.startswith("Time until the response (us) > ")]
    assert names == ["under 0.1 ms", "0.1 to 1 ms", "1 to 10 ms", "10 to 100 ms", "0.1 to 1 s", "1 s and more"]


def test_tshark_says_the_same_in_one_pass(capture, outputs, in_sharkd):
    """Although later frames complete what was tapped, and not all of those are tapped themselves."""
    assert tables_of_tshark(outputs[capture]["tables"]) == in_sharkd[capture.name]


@pytest.mark.parametrize("one", under_test.IN_TSHARK_TOO, ids=lambda capture: capture.name)
def test_tshark_says_the_same_in_two_passes(one, outputs, in_sharkd):
    _, tables = outputs.in_tshark_too(one)
    assert tables_of_tshark(tables) == in_sharkd[one.name]


@pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one pass", "two passes"])
@pytest.mark.parametrize("one", captures_named(*QUIET), ids=lambda capture: capture.name)
def test_tshark_that_prints_no_frames_says_the_same(home, in_sharkd, one, passes):
    output = programs.tshark(home, one.path, "-q", *passes, "-z", programs.TABLE, "-z", programs.TREE)
    assert tables_of_tshark(output) == in_sharkd[one.name]


def test_every_outcome_is_tested(in_sharkd):
    outcomes = {row["Newest outcome"] for rows, _ in in_sharkd.values() for row in rows}
    assert outcomes == {"answered", "traffic resumed", "peer reset", "gave up", "closed", "reset", "capture ended"}


def test_a_later_frame_of_anything_tells_that_the_last_probe_is_unanswered(home, sharkd, tmp_path):
    """The connection's last frame is its last probe, and the capture goes on for longer than an interval."""
    (capture,) = captures_named("dead_peer.client")
    copy = pathlib.Path(home.readable(without_last_frame(capture.path, tmp_path)))
    sharkd.load(copy)
    rows, counts = tables_of_sharkd(sharkd.tables())
    (row,) = rows
    assert (row["Probes"], row["Unanswered"], row["Newest outcome"]) == ("3", "3", "unanswered until the capture ended")
    for passes in ([], ["-2"]):
        output = programs.tshark(home, copy, "-q", *passes, "-z", programs.TABLE, "-z", programs.TREE)
        assert tables_of_tshark(output) == (rows, counts)


def without_last_frame(path, folder):
    """A copy of a capture that has, in place of its last frame, one of no protocol a minute later."""
    octets = path.read_bytes()
    order = "<" if octets[0] in (0xd4, 0x4d) else ">"
    starts, at = [], 24
    while at < len(octets):
        starts.append(at)
        at += 16 + struct.unpack_from(order + "I", octets, at + 8)[0]
    seconds, = struct.unpack_from(order + "I", octets, starts[-1])
    empty = struct.pack(order + "IIII", seconds + 60, 0, 60, 60) + bytes(60)
    copy = folder / "cut.pcap"
    copy.write_bytes(octets[:starts[-1]] + empty)
    return copy


def test_idle_timeout_is_suspected_where_there_is_one(in_sharkd):
    """A firewall there forgets connections after 2.5 s."""
    (row,), _ = in_sharkd["silent_firewall.client"]
    survived, lost = map(float, row["Suspected idle timeout (s)"].split(" to "))
    assert survived < 2.5 < lost


def test_no_idle_timeout_is_suspected_elsewhere(in_sharkd):
    suspected = {name for name, (rows, _) in in_sharkd.items() for row in rows if row["Suspected idle timeout (s)"]}
    assert suspected == {"silent_firewall.client"}


def test_filter_chooses_what_is_counted(home, in_sharkd):
    (capture,) = captures_named("both_ends.client")
    _, second = in_sharkd[capture.name][0]
    sender = second["Prober (address:port)"].split(":")[1]
    output = programs.tshark(home, capture.path, "-q", "-z", "%s,tcp.srcport == %s" % (programs.TABLE, sender))
    assert rows_of_tshark(output) == [second]


def test_two_tables_count_nothing_twice(home):
    (capture,) = captures_named("both_ends.client")
    output = programs.tshark(home, capture.path, "-q", "-z", programs.TABLE, "-z", programs.TABLE)
    assert [row["Probes"] for row in rows_of_tshark(output)] == ["9", "3"] * 2


def test_conversations_and_endpoints_count_the_exchange(capture, outputs, sharkd_says):
    packets = collections.Counter(segment.stream for segment in outputs[capture]["segments"]
                                  if capture.labels.get(segment.frame) in capture_files.TYPES)
    taps = sharkd_says[capture]["conversations"]
    conversations, = (tap["convs"] for tap in taps if tap["type"] == "conv")
    endpoints, = (tap["hosts"] for tap in taps if tap["type"] == "host")
    assert sorted(each["rxf"] + each["txf"] for each in conversations) == sorted(packets.values())
    assert sum(each["txf"] for each in endpoints) == sum(each["rxf"] for each in endpoints) == sum(packets.values())


@pytest.mark.parametrize("one", captures_named("answered.client", "ipv6.client"), ids=lambda capture: capture.name)
def test_filter_of_a_conversation_finds_it(home, sharkd, one):
    sharkd.load(one.path)
    (tap,) = sharkd.request("tap", tap0="conv:TCP Keep-Alive")["taps"]
    (conversation,) = tap["convs"]
    found = programs.rows(home, one.path, ["frame.number"], "-Y", "keepalive.type && " + conversation["filter"])
    assert [int(row["frame.number"]) for row in found] == sorted(one.frames_labelled(*capture_files.TYPES))


def test_listener_in_lua_of_the_documentation(home, tmp_path):
    text = (capture_files.TREE / "docs/statistics.md").read_text(encoding="utf-8")
    script = tmp_path / "gave_up.lua"
    script.write_text(re.search(r"```lua\n(.*?)```", text, re.DOTALL).group(1), encoding="utf-8")
    (capture,) = captures_named("dead_peer.client")
    output = programs.tshark(home, capture.path, "-q", "-X", "lua_script:%s" % home.readable(script))
    assert output.split() == ["192.0.2.2", "1", "given", "up", "3", "probes"]
