#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""export_captures.py DIRECTORY CAPTURE_OR_FOLDER...: each TCP connection of the captures as a packet script.

Lines are labelled with the number of their frame. A capture is read once: its scripts stay until it changes.
"""
import concurrent.futures
import os
import pathlib
import sys

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TREE / "tests/captures"), str(TREE / "scripts")]

import programs  # noqa: E402  (needs the path)
from wireshark_home import WiresharkHome  # noqa: E402

ENDINGS = (".pcap", ".pcapng", ".cap", ".dmp")
FLAGS = ((programs.Segment.SYN, "S"), (programs.Segment.FIN, "F"), (programs.Segment.RST, "R"), (programs.Segment.PSH, "P"),
         (programs.Segment.ACK, "."))
MARKS = (("keep_alive", "keepalive"), ("keep_alive_ack", "ack"))


def captures(paths):
    for path in map(pathlib.Path, paths):
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.suffix in ENDINGS)
        else:
            yield path


def as_line(segment, first_sender):
    flags = "".join(letter for bit, letter in FLAGS if segment.has(bit)) or "-"
    words = ["%d:" % segment.frame, "%d.%09d" % divmod(segment.time, 10**9), "A" if segment.sender == first_sender else "B",
             flags, "%d(%d)" % (segment.seq, segment.length), "ack %d" % segment.ack, "win %d" % segment.window]
    identification, value, echo = segment.network_id.split("/")
    if value:
        words.append("ts %s/%s" % (value, echo))
    if identification and int(identification, 0):
        words.append("id %s" % identification)
    words.append("ttl %d" % segment.ttl)
    if segment.octets and len(segment.octets) == segment.length:
        words.append("octet %d" % segment.octets[-1])
    if segment.sack:
        words.append("sack %d-%d" % segment.sack)
    words += ["mark " + name for mark, name in MARKS if mark in segment.marks]
    return "  ".join(words) + "\n"


def export(home, capture, directory):
    done = directory / "done"
    if done.exists() and done.stat().st_mtime >= capture.stat().st_mtime:
        return
    directory.mkdir(parents=True, exist_ok=True)
    senders, scripts = {}, {}
    frames = programs.rows(home, capture, programs.SEGMENT_FIELDS)
    for segment in programs.segments(home, capture, frames)[0]:
        first_sender = senders.setdefault(segment.stream, segment.sender)
        scripts.setdefault(segment.stream, []).append(as_line(segment, first_sender))
    for stream, lines in scripts.items():
        (directory / ("%d.script" % stream)).write_text("".join(lines), encoding="utf-8")
    done.touch()


def main():
    target = pathlib.Path(sys.argv[1])
    found = list(captures(sys.argv[2:]))
    with WiresharkHome(None, os.environ.get("TSHARK", "tshark")) as home:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            folders = [target / str(capture.resolve()).lstrip("/").replace("/", "_") for capture in found]
            for failure in pool.map(lambda pair: attempt(home, *pair), zip(found, folders)):
                if failure:
                    print(failure, file=sys.stderr)
    for folder in folders:
        for script in sorted(folder.glob("*.script")):
            print(script)


def attempt(home, capture, directory):
    """What tshark complains of in the capture, if anything; the others are exported all the same."""
    try:
        export(home, capture, directory)
    except AssertionError as error:
        return str(error)
    return None


if __name__ == "__main__":
    main()
