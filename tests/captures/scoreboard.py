# SPDX-License-Identifier: GPL-2.0-or-later
"""How right keepalive.* and tcp.analysis are, frame by frame, against what the kernels counted.

precision: of the frames that are marked, how many rightly; recall: of the frames that should be, how many are.
"""
import dataclasses

from capture_files import MISTAKEN

OURS = ["keepalive.probe", "keepalive.response", "keepalive.mistaken", "keepalive.missed", "keepalive.wakes",
        "keepalive.quiet_time", "keepalive.lost_while_quiet"]
STOCK = ["tcp.analysis.keep_alive", "tcp.analysis.keep_alive_ack"]
PASSES = ["one pass", "two passes"]


@dataclasses.dataclass
class Score:
    """Counts over all captures; `wrong` and `absent` name frames as (capture, frame, what)."""
    right: int = 0
    wrong: list = dataclasses.field(default_factory=list)
    absent: list = dataclasses.field(default_factory=list)

    def add(self, capture, wanted, got):
        """`wanted` and `got`: {frame: value}. A frame with another value is both wrong and absent."""
        self.right += sum(1 for frame in wanted if got.get(frame) == wanted[frame])
        self.wrong += [(capture, frame, value) for frame, value in sorted(got.items()) if wanted.get(frame) != value]
        self.absent += [(capture, frame, value) for frame, value in sorted(wanted.items()) if got.get(frame) != value]

    @property
    def precision(self):
        marked = self.right + len(self.wrong)
        return self.right / marked if marked else 1.0

    @property
    def recall(self):
        wanted = self.right + len(self.absent)
        return self.right / wanted if wanted else 1.0


def wanted(capture, segments, expected):
    """{filter: {frame: value}}: what each would show if it were always right."""
    probes = capture.frames_labelled("probe")
    responses = capture.frames_labelled("response")
    marked = {segment.frame: segment.marks for segment in segments if segment.marks}
    stock = marked_by_stock(segments)
    return {
        "keepalive.probe": dict.fromkeys(probes, True),
        "keepalive.response": dict.fromkeys(responses, True),
        "keepalive.mistaken": {frame: MISTAKEN[capture.labels[frame]] for frame in marked
                               if frame not in probes | responses},
        "keepalive.missed": {**dict.fromkeys(probes - stock["tcp.analysis.keep_alive"].keys(), True),
                             **dict.fromkeys(responses - stock["tcp.analysis.keep_alive_ack"].keys(), True)},
        "keepalive.wakes": shown(expected, "keepalive.wakes"),
        "keepalive.quiet_time": shown(expected, "keepalive.quiet_time"),
        "keepalive.lost_while_quiet": lost(capture, expected),
        "tcp.analysis.keep_alive": dict.fromkeys(probes, True),
        "tcp.analysis.keep_alive_ack": dict.fromkeys(responses, True),
    }


def lost(capture, expected):
    """What the laboratory did to the connection, where it did; else what follows from the kernel's truth."""
    return shown(expected, "keepalive.lost_while_quiet") if capture.lost is None else dict.fromkeys(capture.lost, True)


def marked_by_stock(segments):
    return {name: {segment.frame: True for segment in segments if name.rpartition(".")[2] in segment.marks}
            for name in STOCK}


def shown(frames, name):
    return {frame: values[name] for frame, values in frames.items() if name in values}


def score(captures, outputs):
    """{(filter, passes): Score}. tcp.analysis is the same in one pass and in two."""
    scores = {}
    for capture in captures:
        output = outputs[capture]
        right = wanted(capture, output["segments"], output["expected"])
        for passes in PASSES:
            for name in OURS:
                if (name, passes) == ("keepalive.lost_while_quiet", "one pass"):
                    continue  # what comes later tells
                scores.setdefault((name, passes), Score()).add(capture.name, right[name], shown(output[passes], name))
        for name, got in marked_by_stock(output["segments"]).items():
            scores.setdefault((name, ""), Score()).add(capture.name, right[name], got)
    return scores


def table(scores):
    """Lines of Markdown."""
    lines = ["| filter | passes | right | wrong | missed | precision | recall |", "|---|---|---:|---:|---:|---:|---:|"]
    for (name, passes), result in scores.items():
        lines.append("| `%s` | %s | %d | %d | %d | %.3f | %.3f |" % (
            name, passes or "any", result.right, len(result.wrong), len(result.absent), result.precision, result.recall))
    return lines


def wrong_frames(scores):
    """A line for each filter, capture and kind of error, with every frame that is not as the kernel says."""
    frames = {}
    for (name, passes), result in scores.items():
        subject = name + (" (%s)" % passes if passes else "")
        for verb, wrong in (("marks", result.wrong), ("misses", result.absent)):
            for capture, frame, value in wrong:
                text = str(frame) if value is True else "%d as %s" % (frame, value)
                frames.setdefault((subject, verb, capture), []).append(text)
    return ["%s %s in %s: %s" % (subject, verb, capture, ", ".join(texts))
            for (subject, verb, capture), texts in frames.items()]


def failures(scores, undecidable):
    """Lines of wrong_frames() that must not be. In one pass, `undecidable` frames may be missed: {(capture, frame)}."""
    ours = {key: result for key, result in scores.items() if key[0] in OURS}
    for (_, passes), result in ours.items():
        if passes == "one pass":
            result.absent = [each for each in result.absent if each[:2] not in undecidable]
    return wrong_frames(ours)
