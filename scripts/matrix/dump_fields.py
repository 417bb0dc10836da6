#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""dump_fields.py DIRECTORY FILE: every keepalive.* field of every frame of the captures there, as JSON in FILE.

With it come the fields' own names and types, and the fields of tcp.analysis that say "keep-alive", so that
report.py can tell a difference of ours from one that Wireshark has itself.
"""
import concurrent.futures
import json
import os
import subprocess
import sys

WIRESHARKS_OWN = ["tcp.stream", "tcp.analysis.keep_alive", "tcp.analysis.keep_alive_ack"]
SEPARATOR = "\x1f"   # in no value


def tshark(*arguments):
    # TZ: absolute times, if any, are the same everywhere
    return subprocess.run(["tshark", *arguments], check=True, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "TZ": "UTC"}).stdout


def registered_fields():
    """{name: [type, title, blurb]}; the protocol itself is one of them: its value is the summary line."""
    fields = {"keepalive": ["FT_PROTOCOL", "", ""]}
    for line in tshark("-G", "fields").splitlines():
        column = line.split("\t")
        if column[0] == "F" and column[2].startswith("keepalive."):
            fields[column[2]] = [column[3], column[1], column[7]]
    return fields


def value(text, kind):
    """Releases differ in how they print some types, which is not a difference of ours."""
    if kind == "FT_BOOLEAN":
        return {"True": "1", "False": "0"}.get(text, text)
    if kind == "FT_UINT8" and text.startswith("0x"):
        return hex(int(text, 16))   # eight digits until 3.6
    return text


def frames(capture, fields):
    """{frame: {field: value}} of the frames that have any of the fields, all that is known of them: two passes."""
    names = list(fields) + WIRESHARKS_OWN
    columns = [word for name in ["frame.number"] + names for word in ("-e", name)]
    shown = "keepalive or " + " or ".join(WIRESHARKS_OWN[1:])
    output = tshark("-n", "-r", capture, "-2", "-Y", shown, "-T", "fields",
                    "-E", "separator=" + SEPARATOR, "-E", "aggregator=|", *columns)
    found = {}
    for line in output.split("\n")[:-1]:
        number, *texts = line.split(SEPARATOR)
        found[number] = {name: value(text, fields.get(name, [""])[0])
                         for name, text in zip(names, texts) if text}
    return found


def main():
    directory, file = sys.argv[1:]
    fields = registered_fields()
    names = sorted(name for name in os.listdir(directory) if name.endswith((".pcap", ".pcapng", ".pcap.gz")))
    # Starting tshark takes most of the time, so several at once.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        paths = [os.path.join(directory, name) for name in names]
        captures = dict(zip(names, pool.map(lambda path: frames(path, fields), paths)))
    with open(file, "w", encoding="utf-8") as output:
        json.dump({"fields": fields, "captures": captures}, output, indent=1)


if __name__ == "__main__":
    main()
