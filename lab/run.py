#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes captures of TCP keepalives, between real Linux sockets or with another TCP stack, with the truth beside each.

Everything lives in namespaces without names and files without names, below one process: the kernel removes all of it
when that process ends, however it ends.
"""

import argparse
import concurrent.futures
import ctypes
import os
import pathlib
import shutil
import signal
import sys
import threading
import traceback

sys.dont_write_bytecode = True  # leave nothing behind

# pylint: disable=wrong-import-position
import counters
import network
import report
import truth
import views
from scenario import MANY, SCENARIOS
from scenarios import at_random  # and all others, which register themselves

CLONE_NEWPID = 0x20000000
PR_SET_PDEATHSIG = 1
TOOLS = ("ip", "ethtool", "iptables", "tcpdump", "tshark")
START_APART = 0.02  # seconds; timers that all expire at once would wait for each other
QUICK = ("answered", "dead_peer")
SITUATIONS = 40  # side by side; of more, the labels would suffer


def main():
    arguments = parse_arguments()
    if arguments.list:
        for scenario in SCENARIOS.values():
            print("%-10s %-36s %s" % (scenario.group, scenario.name, scenario.text))
        return 0
    chosen = choose(arguments)
    require_root_and_tools()
    return run_contained(lambda: make(chosen, None if arguments.check else arguments.output))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="SCENARIO",
                        help="scenarios or groups (behaviour, settings, gvisor, lwip, uml, by_hand, silence); the default "
                             "is all of behaviour")
    parser.add_argument("--list", action="store_true", help="tell what there is, and do nothing")
    parser.add_argument("--check", action="store_true", help="run two quick scenarios, verify them, write nothing")
    parser.add_argument("--random", metavar="SEED", type=int,
                        help="run %d situations that are drawn from this number; needs --output" % SITUATIONS)
    parser.add_argument("--output", metavar="DIR", type=pathlib.Path, help="where the captures go (default: pcaps/)")
    arguments = parser.parse_args()
    if arguments.random is not None and (arguments.names or arguments.check or arguments.output is None):
        parser.error("--random needs --output, and nothing else")
    arguments.output = arguments.output or pathlib.Path(__file__).resolve().parent.parent / "pcaps"
    return arguments


def choose(arguments):
    if arguments.random is not None:
        return at_random.drawn(arguments.random, SITUATIONS)
    names = QUICK if arguments.check else arguments.names or ["behaviour"]
    groups = {scenario.group for scenario in SCENARIOS.values()}
    unknown = [name for name in names if name not in SCENARIOS and name not in groups]
    if unknown:
        sys.exit("lab: no scenario %s (see --list)" % ", ".join(unknown))
    return [s for s in SCENARIOS.values() if s.name in names or s.group in names]


def require_root_and_tools():
    if os.geteuid() != 0:
        sys.exit("lab: only root may make network namespaces")
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        sys.exit("lab: not found: %s; install iproute2 ethtool iptables tcpdump tshark" % ", ".join(missing))


def run_contained(work):
    """Runs `work` as the first process of a PID namespace: no child outlives it."""
    network.system_call("unshare", CLONE_NEWPID | network.CLONE_NEWNET)
    child = os.fork()
    if child:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda number, _: os.kill(child, number))
        status = os.waitpid(child, 0)[1]
        return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupted)
    status = 1
    try:
        status = work()
    except Exception:  # whatever it is, it is told, and this process ends
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def interrupted(number, _):
    os.write(2, b"\nlab: interrupted, nothing written\n")
    os._exit(128 + number)


class Play:
    """One scenario being run."""

    def __init__(self, scenario, number, loop):
        self.scenario, self.number, self.error = scenario, number, None
        self.net = network.Network(number, loop, scenario.link, scenario.family, scenario.stacks)
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start_captures(self):
        for end in self.net.ends.values():
            end.start_capture("eth0")
        for end, device in self.scenario.extra_captures:
            self.net.ends[end].start_capture(device, device)

    def wait_until_listening(self):
        for end in self.net.ends.values():
            for capture in end.captures.values():
                capture.wait_until_listening()

    def _run(self):
        try:
            network.time.sleep(self.number * START_APART)
            self.scenario.play(self.net)
            self._finish()
        except Exception as error:  # told with the scenario's name, after the others
            self.error = "".join(traceback.format_exception(type(error), error, error.__traceback__))

    def _finish(self):
        self.net.wire.ended = True
        for end in self.net.ends.values():
            end.destroy_sockets()
        network.time.sleep(0.2)
        self.totals = {name: end.counted() for name, end in self.net.ends.items()}
        self.link_types, self.frames = {}, {}
        for name, end in self.net.ends.items():
            for device, capture in end.captures.items():
                self.link_types[name, device], self.frames[name, device] = capture.stop()
        device = self.net.wire.device
        self.found_forgotten = device.found if device else {}
        self.options = {name: end.options for name, end in self.net.ends.items()}
        self.address = {name: network.socket.inet_pton(end.family, end.address) for name, end in self.net.ends.items()}

    def verified(self, movements):
        """The views of this scenario, when counters and captures agree and what must come out did."""
        moved = {name: end.movements(movements) for name, end in self.net.ends.items()}
        hooks = {name for name, end in self.net.ends.items() if end.has_hooks}
        main = {name: self.frames[name, "eth0"] for name in self.net.ends}
        labels = truth.Labels(self.address, main, moved, self.net.wire.injected, hooks)
        truth.check_against_counters(labels, self.totals)
        self._check_what_comes_out(labels)
        recording = views.Recording(self.link_types, self.frames, self.net.marks, moved, labels)
        written = [report.Written(self, view, *views.cut(view, recording)) for view in self.scenario.views]
        return [each for each in written if each.frames]  # a capture may begin after all is over

    def _check_what_comes_out(self, labels):
        for end, expected in self.scenario.comes_out.items():
            found = truth.count(labels.at[end])
            for label in sorted(set(expected) | set(found)):
                least, most = pair(expected.get(label, 0))
                if not least <= found.get(label, 0) <= most:
                    raise truth.TruthError("%s: %d %s, expected %s" % (
                        end, found.get(label, 0), label, in_words(least, most)))


def pair(number):
    return number if isinstance(number, tuple) else (number, number)


def in_words(least, most):
    if least == most:
        return str(least)
    return "at least %d" % least if most == MANY else "%d to %d" % (least, most)


def make(chosen, output):
    runnable = []
    for scenario in chosen:
        reason = scenario.needs and scenario.needs()
        if reason:
            print("%-36s skipped: %s" % (scenario.name, reason))
        else:
            runnable.append(scenario)
    plays, movements = play_all(runnable)
    return report_all(plays, movements, output)


def play_all(chosen):
    network.write_sysctl("net.ipv6.conf.all.disable_ipv6", 1)
    network.write_sysctl("net.ipv6.conf.default.disable_ipv6", 1)
    loop = network.Loop()
    plays = [Play(scenario, number, loop) for number, scenario in enumerate(chosen)]
    for play in plays:
        play.start_captures()
    for play in plays:
        play.wait_until_listening()
    # The poller is forked before there is any thread.
    poller = counters.Poller([end.counters for play in plays for end in play.net.ends.values()])
    loop.start()
    for play in plays:
        play.thread.start()
    for play in plays:
        play.thread.join()
    return plays, poller.stop()


def report_all(plays, movements, output):
    # tshark has the longest part in it, and runs beside this thread.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda play: judge(play, movements), plays))
    failed = 0
    for play, (written, problem) in zip(plays, results):
        failed += problem is not None
        print("%-36s %s" % (play.scenario.name, "FAILED: " + problem if problem else report.summary(written)))
    files = [each for written, problem in results if not problem for each in written]
    if output and files:
        # From here on an interrupt would leave half of the files.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        for each in files:
            each.write(output)
        report.write_index(output)
    print("%d passed, %d failed" % (len(plays) - failed, failed))
    return 1 if failed else 0


def judge(play, movements):
    """(what is to be written, what is wrong)"""
    if play.error:
        return [], play.error
    try:
        written = play.verified(movements)
        for each in written:
            each.explain_marks()
    except truth.TruthError as error:
        return [], str(error)
    return written, None


if __name__ == "__main__":
    sys.exit(main())
