# SPDX-License-Identifier: GPL-2.0-or-later
"""The command: scripts/fleet.sh, or keepalive-fleet where the package is installed."""
import argparse
import os
import re
import signal
import sys

from fleet import run as runs
from fleet import tasks
from fleet.captures import NoCaptures
from fleet.judge import Failed
from fleet.progress import describe

NAME = runs.NAME
DEFAULT_OUT = "keepalive-fleet"


def pattern(text):
    try:
        return re.compile(text).pattern
    except re.error as error:
        raise argparse.ArgumentTypeError("not a regular expression: %s" % error) from error


def count(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("not a number from 1 on: %s" % text)
    return int(text)


def parse():
    parser = argparse.ArgumentParser(prog=NAME, description="Judges the captures of a fleet as one: docs/fleet.md.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="map, judge, and write the results; started again, it goes on")
    run.add_argument("--out", metavar="DIR", default=DEFAULT_OUT, help="where all is kept (%(default)s)")
    run.add_argument("--point", metavar="PATTERN", type=pattern,
                     help="what a capture point is: a regular expression, whose first group or whole match in the path "
                          "names it; without it, the folder of the file")
    run.add_argument("--workers", metavar="N", type=count, default=len(os.sched_getaffinity(0)),
                     help="processes on this machine (%(default)s)")
    run.add_argument("--scheduler", metavar="ADDRESS", help="a running Dask scheduler, such as tcp://host:8786, instead")
    run.add_argument("--separate", action="store_true",
                     help="the places and the DIR are folders of each worker's host: a point's captures are on one host")
    run.add_argument("--partitions", metavar="N", type=count,
                     help="in how many parts a point is judged; chosen by size if not said")
    run.add_argument("--csv", dest="formats", action="append_const", const="csv", help="write CSV files too")
    run.add_argument("--jsonl", dest="formats", action="append_const", const="jsonl", help="write JSON lines too")
    run.add_argument("places", metavar="CAPTURE_OR_FOLDER", nargs="+")
    status = commands.add_parser("status", help="how far a run is, or got")
    status.add_argument("--out", metavar="DIR", default=DEFAULT_OUT, help="as for run (%(default)s)")
    report = commands.add_parser("report", help="write report.html, a page with the findings of the last run")
    report.add_argument("--out", metavar="DIR", default=DEFAULT_OUT, help="as for run (%(default)s)")
    arguments = parser.parse_args()
    if arguments.command == "run" and arguments.separate and not arguments.scheduler:
        parser.error("--separate needs --scheduler")
    return arguments


def run(arguments):
    return runs.run(runs.Options(
        places=arguments.places, out=os.path.abspath(arguments.out), point=arguments.point, workers=arguments.workers,
        scheduler=arguments.scheduler, separate=arguments.separate, partitions=arguments.partitions,
        formats=tuple(arguments.formats or ()),
        program=os.environ["KEEPALIVE_MAP"], plugin=os.environ["KEEPALIVE_PLUGIN"]))


def status(arguments):
    try:
        state = tasks.read_json(os.path.join(arguments.out, "progress.json"))
    except FileNotFoundError:
        raise Failed("there was no run with --out %s" % arguments.out) from None
    print(describe(state))
    if runs.is_running(arguments.out):
        print("It is running, as process %d." % state["pid"])
    else:
        print("It is not running.")
    return 0


def report(arguments):
    from fleet import report as reports   # matplotlib takes a second to load
    print(reports.write(os.path.abspath(arguments.out), os.environ["KEEPALIVE_MAP"], os.environ["KEEPALIVE_PLUGIN"]))
    return 0


def interrupted(_number, _frame):
    raise KeyboardInterrupt


def main():
    arguments = parse()
    signal.signal(signal.SIGTERM, interrupted)
    try:
        code = {"run": run, "status": status, "report": report}[arguments.command](arguments)
    except NoCaptures as error:
        sys.exit("%s: %s" % (NAME, error))
    except Failed as error:
        sys.exit("%s: %s%s" % (NAME, error, ". What is done is kept: the same command goes on from there"
                               if arguments.command == "run" else ""))
    except KeyboardInterrupt:
        sys.exit("%s: stopped. What is done is kept: the same command goes on from there" % NAME)
    sys.exit(code)


if __name__ == "__main__":
    main()
