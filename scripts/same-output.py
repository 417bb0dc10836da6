#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether two builds of the plugin print the same: for a change that is to make it faster, and nothing else.

    scripts/same-output.py BEFORE.so AFTER.so [CAPTURE...]     without captures: all in pcaps/

The captures are joined to one, as most of the time would go into the starting of tshark.
"""
import concurrent.futures
import itertools
import os
import pathlib
import re
import subprocess
import sys

from wireshark_home import WiresharkHome

TREE = pathlib.Path(__file__).resolve().parents[1]
FIELDS = ["-T", "fields"] + [part for name in (
    "frame.number", "frame.protocols", "_ws.expert", "_ws.expert.message", "_ws.expert.severity", "_ws.expert.group",
    "_ws.col.Info", "keepalive", "keepalive.type", "keepalive.idle_time", "keepalive.unanswered", "keepalive.response_in",
    "keepalive.probe_seen", "keepalive.gave_up", "keepalive.mistaken") for part in ("-e", name)]

# With a protocol tree and without one, with one in which only some fields are of interest, and on each pass.
MODES = {
    "text": [],
    "text, two passes": ["-2"],
    "details": ["-V"],
    "details, two passes": ["-2", "-V"],
    "expert column": ["-o", 'gui.column.format:"No.","%m","Severity","%a","Info","%i","Info","%i"'],
    "expert column, with a tree": ["-o", 'gui.column.format:"No.","%m","Severity","%a","Info","%i"', "-Y", "frame"],
    "json": ["-2", "-T", "json"],
    "pdml": ["-T", "pdml"],
    "fields": FIELDS,
    "fields, two passes": ["-2", *FIELDS],
    "one field": ["-T", "fields", "-e", "keepalive.idle_time"],
    "one expert info": ["-T", "fields", "-e", "keepalive.probe_seen"],
    "filter by the protocol": ["-Y", "keepalive"],
    "filter by a field": ["-2", "-Y", "keepalive.response_in"],
    "filter by an expert info of ours": ["-Y", "keepalive.unanswered_run || keepalive.tcp_analysis_mistaken"],
    "filter by any expert info": ["-Y", "_ws.expert"],
    "filter by severity": ["-Y", "_ws.expert.severity == \"Warning\""],
    "filter of another protocol": ["-Y", "tcp.analysis.keep_alive"],
    "disabled": ["--disable-protocol", "keepalive", "-V"],
    "expert infos": ["-q", "-z", "expert"],
    "expert infos, two passes, with a tree": ["-2", "-q", "-z", "expert,note,tcp", "-Y", "tcp"],
    "protocols": ["-q", "-z", "io,phs"],
    "rate": ["-q", "-z", "io,stat,0,keepalive,keepalive.probe,MAX(keepalive.idle_time)keepalive.idle_time"],
    "overview": ["-q", "-z", "keepalive,tree"],
    "streams": ["-q", "-z", "keepalive,streams"],
    "streams, two passes": ["-2", "-q", "-z", "keepalive,streams"],
}


def join(home, captures):
    """One capture file of all."""
    joined = os.path.join(home.directory, "joined.pcapng")
    subprocess.run(["mergecap", "-a", "-w", joined, *captures], check=True)
    os.chmod(joined, 0o644)
    return joined


def printed(home, mode, path):
    done = home.run(home.tshark, "-n", "-r", path, *MODES[mode], text=False)
    # But for the first line of PDML, which has the time.
    return done.returncode, re.sub(rb"<pdml .*", b"", done.stdout), done.stderr


def difference(before, after):
    """The first line that is not the same."""
    for one, other in itertools.zip_longest(before.splitlines(), after.splitlines()):
        if one != other:
            return "%r\n%r" % (one, other)
    return "the exit status or standard error"


def main(before, after, *captures):
    captures = [os.path.abspath(each) for each in captures] or sorted(map(str, TREE.glob("pcaps/*.pcap")))
    different = octets = 0
    with WiresharkHome(before) as home_before, WiresharkHome(after) as home_after, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        path = join(home_before, captures)
        for mode, one, other in pool.map(lambda mode: (mode, printed(home_before, mode, path),
                                                       printed(home_after, mode, path)), MODES):
            octets += len(one[1])
            if one != other:
                different += 1
                print("different: %s\n%s" % (mode, difference(one[1], other[1])))
            elif one[0] != 0 or not one[1]:
                print("nothing printed: %s: %s" % (mode, one[2].decode(errors="replace").strip()))
    print("%d captures, %d ways to print them, %d octets of text: %d differ" %
          (len(captures), len(MODES), octets, different))
    return different == 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(0 if main(*sys.argv[1:]) else 1)
