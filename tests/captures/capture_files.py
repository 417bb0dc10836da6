# SPDX-License-Identifier: GPL-2.0-or-later
"""The captures in pcaps/, or in the folder KEEPALIVE_PCAPS, and the truth beside them."""
import dataclasses
import os
import pathlib

import yaml

TREE = pathlib.Path(__file__).resolve().parents[2]
PCAPS = pathlib.Path(os.environ.get("KEEPALIVE_PCAPS", TREE / "pcaps"))

# What keepalive.mistaken says of a frame that tcp.analysis marks and that has this label.
MISTAKEN = {
    "zero-window-probe": 1,
    "retransmission": 2,
    "late-ack": 3,
    "copy": 4,
    "copy-of-probe": 4,
    "copy-of-response": 4,
    "zero-window-ack": 5,
    "retransmission-ack": 5,
    "handshake": 6,
}
TYPES = {"probe": 1, "response": 2, "peer-reset": 3, "gave-up": 4}


# The preference keepalive.quiet_from, in seconds, if nobody sets it.
QUIET_FROM = 60


@dataclasses.dataclass(frozen=True)
class Capture:
    """`labels` names the frames that matter; `answers` gives for a response or peer reset the probe it answers;
    `lost` names the frames that found the connection forgotten, or is None where the laboratory did not look.
    `quiet_from` is the preference, in seconds, that the capture is to be read with."""
    name: str
    path: pathlib.Path
    options: dict
    labels: dict
    answers: dict
    lost: frozenset = None
    quiet_from: int = QUIET_FROM

    @property
    def preferences(self):
        return () if self.quiet_from == QUIET_FROM else ("-o", "keepalive.quiet_from:%d" % self.quiet_from)

    def frames_labelled(self, *labels):
        return {frame for frame, label in self.labels.items() if label in labels}


def read_capture(path):
    truth = yaml.safe_load(path.with_suffix(".yaml").read_text(encoding="utf-8"))
    name = str(path.relative_to(PCAPS).with_suffix(""))
    answers = truth.get("answers") or {}
    if truth.get("undecidable"):  # then nothing must be claimed
        truth["frames"], answers = {}, {}
    # Where the capture does not show the probe, nothing tells its response from any other ACK.
    labels = {frame: label for frame, label in (truth["frames"] or {}).items()
              if label not in ("response", "peer-reset") or frame in answers}
    lost = frozenset(truth["lost"]) if "lost" in truth else None
    return Capture(name, path, truth.get("options") or {}, labels, answers, lost, truth.get("quiet_from", QUIET_FROM))


def all_captures():
    return [read_capture(path) for path in sorted(PCAPS.rglob("*.pcap"))]
