# SPDX-License-Identifier: GPL-2.0-or-later
"""The files: captures, their truth, and the table of all of them."""

import platform
import re
import subprocess
import textwrap

import yaml

import packets
import truth
import views

STOCK_MARKS = "tcp.analysis.keep_alive or tcp.analysis.keep_alive_ack"


class Written:
    """One capture file and its truth."""

    def __init__(self, play, view, link_type, frames, labels, answers, counted):
        self.scenario, self.view = play.scenario, view
        self.link_type, self.frames = link_type, frames
        self.labels, self.answers, self.counted = labels, answers, counted
        self.options = play.options
        self.lost = self._lost(play.found_forgotten)
        suffix = "" if view.device == "eth0" else "." + view.device
        self.name = "%s.%s%s" % (play.scenario.name, view.end, suffix)

    def _lost(self, found):
        """The frames of this end that found the connection forgotten."""
        again = views.copies(self.frames)
        return [number for number, frame in enumerate(self.frames, 1)
                if frame.segment and found.get(frame.segment.packet) == self.view.end and number not in again]

    def explain_marks(self):
        """Every frame that stock Wireshark marks as keep-alive, and that is none, must have a reason."""
        again = views.copies(self.frames)
        unexplained = []
        for number in self._stock_marks():
            if number in self.labels:
                continue
            if number in again:
                self.labels[number] = "copy"
            else:
                unexplained.append(number)
        if unexplained:
            raise truth.TruthError("%s: tshark marks frames %s, and nothing says what they are\n%s" % (
                self.name, unexplained, self._tshark(["-Y", "tcp"])))

    def _stock_marks(self):
        return [int(n) for n in self._tshark(["-Y", STOCK_MARKS, "-T", "fields", "-e", "frame.number"]).split()]

    def _tshark(self, options):
        done = subprocess.run(["tshark", "-n", "-r", "-", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              input=packets.capture_octets(self.link_type, self.frames), check=False)
        if done.returncode:
            raise truth.TruthError("tshark: " + done.stderr.decode())
        return done.stdout.decode()

    def write(self, directory):
        if self.scenario.group != "behaviour":
            directory = directory / self.scenario.group
        directory.mkdir(parents=True, exist_ok=True)
        (directory / (self.name + ".pcap")).write_bytes(packets.capture_octets(self.link_type, self.frames))
        (directory / (self.name + ".yaml")).write_text(self._yaml())

    def _yaml(self):
        lines = ["shows: >"] + textwrap.wrap(self.scenario.text + self._view_text(), 110, initial_indent="  ",
                                             subsequent_indent="  ")
        lines += ["scenario: " + self.scenario.name, "captured: " + self.view.end,
                  "kernel: Linux " + ".".join(platform.release().split(".")[:2]),
                  *self._stacks(),
                  "options: " + flow(self.options), "counters: " + flow(self.counted)]
        if self.view.undecidable:
            lines.append("undecidable: true")
        if self.scenario.quiet_from is not None:
            lines += ["quiet_from: %d" % self.scenario.quiet_from, "lost: " + flow(self.lost)]
        lines.append("frames:" if self.labels else "frames: {}")
        lines += ["  %d: %s" % item for item in sorted(self.labels.items())]
        # Which probe each response (or the peer's RST) answers.
        lines.append("answers:" if self.answers else "answers: {}")
        lines += ["  %d: %d" % item for item in self.answers.items()]
        return "\n".join(lines) + "\n"

    def _stacks(self):
        """What the TCP of an end is, where it is not the kernel's."""
        others = {end: stack.version() for end, stack in self.scenario.stacks.items()}
        return ["stacks: " + flow(others)] if others else []

    def _view_text(self):
        if self.view.undecidable:
            return " Nothing in this capture tells probes from responses."
        if self.view.stretch:
            return " The time stamps of this capture were rewritten: " + ", ".join(
                "gaps of %g s and more times %g" % rule for rule in self.view.stretch) + "."
        return ""


def flow(value):
    return yaml.safe_dump(value, default_flow_style=True, width=1000, sort_keys=False).strip()


def summary(written):
    """One line on what came out."""
    parts = []
    for each in written:
        found = ", ".join("%d %s" % (n, label) for label, n in truth.count(each.labels).items())
        parts.append("%s: %s" % (each.name.split(".", 1)[1], found or "nothing"))
    return "; ".join(parts)


def write_index(directory):
    """README.md of the captures, from the truth files that are there."""
    rows = {}
    for path in sorted(directory.rglob("*.yaml")):
        truth_file = yaml.safe_load(path.read_text())
        rows.setdefault(truth_file["scenario"], (truth_file["shows"].strip(), []))[1].append(
            path.relative_to(directory).with_suffix(".pcap").as_posix())
    lines = [INTRODUCTION, "| captures | what they show |", "|---|---|"]
    for scenario in sorted(rows, key=lambda name: (rows[name][1][0].count("/"), name)):
        text, files = rows[scenario]
        links = "<br>".join("[%s](%s)" % (re.sub(r"\.pcap$", "", file), file) for file in files)
        lines.append("| %s | %s |" % (links, text.replace("|", "\\|")))
    (directory / "README.md").write_text("\n".join(lines) + "\n")


INTRODUCTION = """# Captures from real kernels and other TCP stacks

`lab/run.py` makes these captures. The file beside each capture says what the capture shows, how the sockets were set, what
the kernel's counters said (TcpExtTCPKeepAlive, TcpExtTCPWinProbe), and what each frame is. A frame that it does not name is
not part of a keepalive exchange.

Both ends are Linux unless the file has a line `stacks`. In gvisor/ and lwip/, one end is the real stack of that name, and
the counters are those of hooks in it. In by_hand/, an end that `stacks` names is imitated: its segments were made as that
stack makes them. A user-mode Linux is another kernel, with HZ=100 and counters of its own. Every other end is Linux.
[docs/stacks.md](../docs/stacks.md) says how the stacks differ.

NAME.client was captured at the client, NAME.server at the server. What is lost on the way is only in one of them.

| label | the frame is |
|---|---|
| probe | a keepalive probe |
| response | the ACK that the peer's kernel sent because a probe arrived; `answers` says which |
| peer-reset | the RST that answers a probe |
| gave-up | the prober's RST after unanswered probes |
| zero-window-probe, zero-window-ack | a probe of the persist timer, and its answer |
| retransmission, retransmission-ack | one octet that is sent again; the ACK of it, or of a late or repeated segment |
| late-ack | an ACK that another segment has overtaken |
| copy-of-probe, copy-of-response, copy | the same frame, captured a second time |
| handshake | a segment of the connection's handshake |
"""
