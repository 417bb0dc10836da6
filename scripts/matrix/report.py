#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""report.py RESULTS SUITE...: the table of the matrix, from RESULTS/SUITE/ as build-and-test.sh leaves it.

Compares what each release says about each frame with what the first of them says. A difference in keepalive.missed or
keepalive.mistaken where tcp.analysis itself differs is Wireshark's: it is listed, and is no failure.
Exits 1 if a step failed or is missing, or if releases differ.
"""
import json
import os
import sys

OF_WIRESHARK = {"tcp.stream", "tcp.analysis.keep_alive", "tcp.analysis.keep_alive_ack"}
FOLLOWS_WIRESHARK = {"keepalive.missed", "keepalive.mistaken"}
PACKAGE_STEPS = ("archive", "package", "lintian", "apt-install", "as-user", "as-root", "removed")


def read(directory, name):
    try:
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


def differences(reference, other):
    """Of the other release: ([difference of ours], [difference of Wireshark's]), each a line."""
    ours, wiresharks = [], []
    for name in sorted(set(reference["fields"]) | set(other["fields"])):
        there, here = reference["fields"].get(name), other["fields"].get(name)
        if there != here:
            ours.append(f"field {name}: {here} instead of {there}")
    for capture in sorted(set(reference["captures"]) | set(other["captures"])):
        there, here = reference["captures"].get(capture, {}), other["captures"].get(capture, {})
        for frame in sorted(set(there) | set(here), key=int):
            of_frame = frame_differences(there.get(frame, {}), here.get(frame, {}))
            explained = OF_WIRESHARK & of_frame.keys()
            for field, (old, new) in sorted(of_frame.items()):
                line = f"{capture} frame {frame}: {field} is {new!r} instead of {old!r}"
                its_own = field in OF_WIRESHARK or (explained and field in FOLLOWS_WIRESHARK)
                (wiresharks if its_own else ours).append(line)
    return ours, wiresharks


def frame_differences(there, here):
    return {name: (there.get(name), here.get(name))
            for name in there.keys() | here.keys() if there.get(name) != here.get(name)}


def print_table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def main():
    results, *suites = sys.argv[1:]
    rows = [["suite", "Wireshark", "compiler", "built", "loaded", "tests", "package", "differences", "seconds"]]
    reference = None
    notes, failed = [], False
    for suite in suites:
        directory = os.path.join(results, suite)
        steps = dict(line.split(" ", 1) for line in read(directory, "steps").splitlines())
        state = {name: step.split()[0] for name, step in steps.items()}
        fields = read(directory, "fields.json")
        found = "-"
        if fields:
            fields = json.loads(fields)
            reference = reference or (suite, fields)
            ours, wiresharks = differences(reference[1], fields)
            found = str(len(ours) or "none")
            if not any(fields["captures"].values()):
                found, failed = "nothing to compare", True
            notes += [f"{suite}, not {reference[0]}: {line}" for line in ours[:20]]
            notes += [f"{suite}, not {reference[0]}, Wireshark's own: {line}" for line in wiresharks[:20]]
            failed |= bool(ours)
        failed |= "uninstall" not in state or "failed" in state.values()
        of_package = [state[name] for name in PACKAGE_STEPS if name in state]
        seconds = " ".join(f"{name} {step.split()[1]}" for name, step in steps.items())
        package = "failed" if "failed" in of_package else (of_package or ["-"])[-1]
        rows.append([suite, read(directory, "wireshark"), read(directory, "compiler"), state.get("build", "-"),
                     state.get("loaded", "-"), tests(directory, state), package, found, seconds])
    print_table(rows)
    for note in notes:
        print(note)
    sys.exit(failed)


def tests(directory, state):
    """The count that scripts/test.sh ends with."""
    lines = read(directory, "tests.log").splitlines()
    return lines[-1] if lines and " passed" in lines[-1] else state.get("tests", "-")


if __name__ == "__main__":
    main()
