# SPDX-License-Identifier: GPL-2.0-or-later
"""The captures in pcaps/, or in the folder KEEPALIVE_PCAPS, and the truth beside them."""
import dataclasses
import os
import pathlib
import re

import yaml

TREE = pathlib.Path(__file__).resolve().parents[2]
PCAPS = pathlib.Path(os.environ.get("KEEPALIVE_PCAPS", TREE / "pcaps"))


def values(names):
    """{name: value} of one of the lists in the engine's names.h."""
    text = (TREE / "plugin/engine/names.h").read_text(encoding="utf-8")
    (listed,) = re.findall(names + r"\{\s*nullptr,(.*?)\};", text, re.DOTALL)
    return {name: value for value, name in enumerate(re.findall(r'"(.*?)"', listed), start=1)}


MISTAKES = values("kMistakeNames")
# What keepalive.mistaken says of a frame that tcp.analysis marks and that has this label.
MISTAKEN = {label: MISTAKES[name] for label, name in {
    "zero-window-probe": "Zero-window probe",
    "retransmission": "Retransmission",
    "late-ack": "Late or reordered ACK",
    "copy": "Copy of another frame",
    "copy-of-probe": "Copy of another frame",
    "copy-of-response": "Copy of another frame",
    "zero-window-ack": "ACK of a zero-window probe, of a retransmission or of a copy",
    "retransmission-ack": "ACK of a zero-window probe, of a retransmission or of a copy",
    "handshake": "Handshake",
}.items()}
TYPES = {name.lower().replace(" ", "-"): value for name, value in values("kTypeNames").items()}


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
