#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""count_tests.py JUNIT_FILE...: prints one line, `N passed, N failed` and, if any, `N skipped`; fails if a test did.

A file that is missing or broken counts as a failed test: its tests did not run to the end.
"""
import sys
import xml.etree.ElementTree


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("status") == "notrun":
        return "skipped"
    return "passed"


def main():
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in sys.argv[1:]:
        try:
            cases = list(xml.etree.ElementTree.parse(path).iter("testcase"))
        except (OSError, xml.etree.ElementTree.ParseError) as error:
            print("count_tests.py: %s: %s" % (path, error), file=sys.stderr)
            cases = []
        # A run without tests is no success.
        counts["failed"] += not cases
        for case in cases:
            counts[outcome(case)] += 1
    print(", ".join("%d %s" % (count, name) for name, count in counts.items() if count or name != "skipped"))
    sys.exit(1 if counts["failed"] else 0)


if __name__ == "__main__":
    main()
