#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""mutate_captures.py PLUGIN SECONDS [--seed N]: mutated captures through tshark in one pass and in two, with PLUGIN.

PLUGIN is a Debug build with -fsanitize=address,undefined: it checks the invariants of all records when a capture is closed,
and the sanitizers what it does meanwhile. Wireshark itself crashes on some files; those that it does not crash on without
the plugin, with the same options, are findings. They are left in the folder that is printed, with what was said.
"""
import argparse
import io
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TREE / "scripts"), str(TREE / "lab")]

import packets  # noqa: E402  (needs the path)
from wireshark_home import WiresharkHome  # noqa: E402

OURS = ["-z", "keepalive,tree", "-z", "keepalive,streams"]
LATEST = (1 << 32) - 1


def wrong_octets(content, numbers):
    """As editcap -E does it, but in the headers of the file and of its packets too."""
    content = bytearray(content)
    for _ in range(numbers.randint(1, 1 + len(content) // 200)):
        content[numbers.randrange(24, len(content))] = numbers.randrange(256)
    return bytes(content)


def cut(content, numbers):
    return content[:numbers.randrange(24, len(content))]


def of_frames(change):
    """A mutation of the frames, whatever the file's format."""
    def mutation(content, numbers):
        link_type, frames = packets.read_capture(io.BytesIO(content))
        return packets.capture_octets(link_type, change(list(frames), numbers))
    return mutation


def snapped(frames, numbers):
    length = numbers.randint(14, 90)
    return [packets.Frame(frame.time, frame.data[:length]) for frame in frames]


def shuffled(frames, numbers):
    numbers.shuffle(frames)
    return frames


def backwards(frames, _):
    return frames[::-1]


def twice(frames, numbers):
    return [frame for frame in frames for _ in range(numbers.choice([1, 1, 2, 3]))]


def at_any_time(frames, numbers):
    times = [0, LATEST * 10**9, numbers.randrange(LATEST) * 10**9]
    return [packets.Frame(numbers.choice(times + [frame.time] * 3), frame.data) for frame in frames]


MUTATIONS = [wrong_octets, cut] + [of_frames(each) for each in (snapped, shuffled, backwards, twice, at_any_time)]


def mutated(capture, numbers):
    content = capture.read_bytes()
    for mutation in numbers.sample(MUTATIONS, numbers.choice([1, 1, 2, 3])):
        try:
            content = mutation(content, numbers)
        except Exception:  # what was done to it before left no capture for this one
            continue
    return content


def preloaded(names):
    paths = [subprocess.run(["gcc", "-print-file-name=" + name], capture_output=True, text=True).stdout.strip()
             for name in names]
    return {"LD_PRELOAD": ":".join(paths), "ASAN_OPTIONS": "detect_leaks=0", "UBSAN_OPTIONS": "print_stacktrace=1"}


def has_crashed(done):
    return done.returncode < 0 or done.returncode > 2 or "Sanitizer" in done.stderr or "runtime error" in done.stderr


def main():
    options = argparse.ArgumentParser()
    options.add_argument("plugin")
    options.add_argument("seconds", type=int)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    given = options.parse_args()
    print("seed", given.seed, flush=True)
    numbers = random.Random(given.seed)
    captures = sorted((TREE / "pcaps").rglob("*.pcap*"))
    captures = [each for each in captures if each.suffix in (".pcap", ".pcapng")]
    found = pathlib.Path(tempfile.mkdtemp(prefix="findings-"))
    os.chmod(found, 0o755)
    end, count, runs, findings = time.monotonic() + given.seconds, 0, 0, 0
    with WiresharkHome(given.plugin) as home, WiresharkHome(None) as bare:
        environment = {**home.environment, **preloaded(["libasan.so", "libubsan.so"])}
        while time.monotonic() < end:
            path = found / "mutated.pcap"
            path.write_bytes(mutated(numbers.choice(captures), numbers))
            path.chmod(0o644)
            count += 1
            for arguments in (["-V", *OURS], ["-2", "-V", *OURS]):
                runs += 1
                done = home.run(home.tshark, "-n", "-r", str(path), *arguments, env=environment, errors="replace")
                if not has_crashed(done):
                    continue
                stock = bare.run(bare.tshark, "-n", "-r", str(path), *arguments[:-len(OURS)], errors="replace")
                if has_crashed(stock):
                    continue
                findings += 1
                shutil.copy(path, found / ("%d.pcap" % count))
                (found / ("%d.txt" % count)).write_text("%s\n%s" % (arguments, done.stderr))
    print("%d mutated captures, %d runs of tshark, %d findings%s" % (
        count, runs, findings, " in %s" % found if findings else ""))
    if not findings:
        shutil.rmtree(found)
    return findings != 0


if __name__ == "__main__":
    sys.exit(main())
