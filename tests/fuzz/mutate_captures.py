#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""mutate_captures.py PLUGIN SECONDS [--seed N] [--every-octet]: mutated captures through sharkd and tshark.

PLUGIN is a Debug build with -fsanitize=address,undefined (on Debian 11 without `address`, because its tshark does not start
with that library, whatever its plugins are): it checks the invariants of all records when a capture is closed,
and the sanitizers what it does meanwhile. Each capture goes through sharkd, frame by frame; one in eight also through
tshark in one pass and in two, and what these print without the plugin's own parts has to be what they print without the
plugin. With --every-octet it is not mutated captures but the smallest one, cut at every octet.

Wireshark itself crashes on some files; those on which it does not crash without the plugin, with the same options, are
findings. They are left in the folder that is printed, with what was said.
"""
import argparse
import collections
import io
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TREE / "scripts"), str(TREE / "lab"), str(TREE / "tests/captures")]

import packets  # noqa: E402  (needs the path)
import programs  # noqa: E402
import ways_to_print  # noqa: E402
from wireshark_home import WiresharkHome  # noqa: E402

OURS = ["-z", "keepalive,tree", "-z", "keepalive,streams"]
LATEST = (1 << 32) - 1
IEEE_802_11 = 105
SHARKD = os.environ.get("SHARKD", "sharkd")
IN_TSHARK_TOO = 8     # one capture in so many
MOST_FRAMES = 50      # of a capture that sharkd is asked for
PATIENCE = 300        # seconds for one capture in sharkd, under a sanitizer on a busy machine


# Mutations of a file's octets.

def wrong_octets(content, numbers):
    """As editcap -E does it, but in the headers of the file and of its packets too."""
    content = bytearray(content)
    for _ in range(numbers.randint(1, 1 + len(content) // 200)):
        content[numbers.randrange(24, len(content))] = numbers.randrange(256)
    return bytes(content)


def cut(content, numbers):
    return content[:numbers.randrange(24, len(content))]


def by_program(content, *command):
    """What a program makes of a file."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = os.path.join(folder, "before"), os.path.join(folder, "after")
        pathlib.Path(before).write_bytes(content)
        subprocess.run([*command, before, after], check=True, capture_output=True)
        return pathlib.Path(after).read_bytes()


def readable_part(content):
    """sharkd 4.0 answers nothing at all to a file that ends within a packet."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = (pathlib.Path(folder, name) for name in ("before", "after"))
        before.write_bytes(content)
        subprocess.run(["editcap", before, after], check=False, capture_output=True)
        return after.read_bytes() if after.exists() else b""


def wrong_octets_of_packets(content, numbers):
    return by_program(content, "editcap", "-E", "%.3f" % numbers.choice([0.001, 0.01, 0.1]),
                      "--seed", str(numbers.randrange(1 << 31)))


def damaged_pcapng(content, numbers):
    return wrong_octets(by_program(content, "editcap", "-F", "pcapng"), numbers)


# Mutations of the frames, whatever the file's format. Each takes and returns (link type, frames).

def of_frames(change):
    def mutation(content, numbers):
        link_type, frames = packets.read_capture(io.BytesIO(content))
        return packets.capture_octets(*change(link_type, list(frames), numbers))
    return mutation


def snapped(link_type, frames, numbers):
    length = numbers.randint(14, 90)
    return link_type, [packets.Frame(frame.time, frame.data[:length]) for frame in frames]


def shuffled(link_type, frames, numbers):
    numbers.shuffle(frames)
    return link_type, frames


def backwards(link_type, frames, _):
    return link_type, frames[::-1]


def twice(link_type, frames, numbers):
    return link_type, [frame for frame in frames for _ in range(numbers.choice([1, 1, 2, 3]))]


def merged(link_type, frames, numbers):
    """With another capture of the same link type, from the same moment on."""
    other_type, others = packets.read_capture(io.BytesIO(numbers.choice(CAPTURES).read_bytes()))
    if other_type != link_type:
        raise ValueError("link types")
    later = frames[0].time - others[0].time
    frames += [packets.Frame(frame.time + later, frame.data) for frame in others]
    return link_type, sorted(frames, key=lambda frame: frame.time)


def at_any_time(link_type, frames, numbers):
    times = [0, LATEST * 10**9, numbers.randrange(LATEST) * 10**9]
    return link_type, [packets.Frame(numbers.choice(times + [frame.time] * 3), frame.data) for frame in frames]


def two_headers(link_type, frames, numbers):
    """Two packets in one frame of a wireless network (an A-MSDU)."""
    if link_type != packets.ETHERNET:
        raise ValueError("no Ethernet")
    header = b"\x88\x02\0\0" + b"\2\0\0\0\0\1" + b"\2\0\0\0\0\2" * 2 + b"\0\0" + b"\x80\0"   # QoS data; A-MSDU present
    aggregates = []
    while frames:
        taken, frames = frames[:2], frames[numbers.choice([1, 2]):]
        data = header
        for frame in taken:
            packet = b"\xaa\xaa\3\0\0\0" + frame.data[12:]
            data += frame.data[:12] + struct.pack("!H", len(packet)) + packet + b"\0" * (-(14 + len(packet)) % 4)
        aggregates.append(packets.Frame(taken[0].time, data))
    return IEEE_802_11, aggregates


# Files that are made, whatever was there before.

def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length


def times_of_64_bits(content, numbers):
    """As pcapng, in any unit of time."""
    link_type, frames = packets.read_capture(io.BytesIO(content))
    unit = struct.pack("<HHB3xI", 9, 1, numbers.choice([0, 3, 6, 9, 0x80, 0x8a, 0xbf]), 0)
    made = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    made += block(1, struct.pack("<HHI", link_type, 0, 262144) + unit)
    for frame in frames:
        at = numbers.choice([frame.time, frame.time // 10**9, numbers.getrandbits(64), 0, (1 << 63) - 1, 1 << 63,
                             (1 << 64) - 1])
        length = len(frame.data)
        made += block(6, struct.pack("<IIIII", 0, at >> 32, at & 0xffffffff, length, length) + frame.data)
    return made


def random_packets(_, numbers):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "random")
        subprocess.run(["randpkt", "-b", "200", "-c", "50", "-t", numbers.choice(["tcp", "ip", "eth"]), path], check=True,
                       capture_output=True)
        return pathlib.Path(path).read_bytes()


MUTATIONS = [wrong_octets, cut, wrong_octets_of_packets, damaged_pcapng, times_of_64_bits, random_packets] + [
    of_frames(each) for each in (snapped, shuffled, backwards, twice, merged, at_any_time, two_headers)]
CAPTURES = sorted((TREE / "pcaps").rglob("*.pcap"))


def mutated(capture, numbers):
    content = capture.read_bytes()
    for mutation in numbers.sample(MUTATIONS, numbers.choice([1, 1, 2, 3])):
        try:
            content = mutation(content, numbers)
        except Exception:  # what was done to it before left no capture for this one
            continue
    return content


def cut_at_every_octet():
    content = min(CAPTURES, key=lambda each: each.stat().st_size).read_bytes()
    for length in range(len(content) + 1):
        yield content[:length]


def mutated_captures(numbers, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield mutated(numbers.choice(CAPTURES), numbers)


def sanitizers(plugin):
    """Their libraries have to be there before the plugin, which needs them, is loaded."""
    content = pathlib.Path(plugin).read_bytes()
    paths = [subprocess.run(["gcc", "-print-file-name=" + name], capture_output=True, text=True, check=True).stdout.strip()
             for name in ("libasan.so", "libubsan.so") if name.encode() in content]
    return {"LD_PRELOAD": ":".join(paths), "ASAN_OPTIONS": "detect_leaks=0", "UBSAN_OPTIONS": "print_stacktrace=1"}


def has_crashed(done):
    return done.returncode < 0 or done.returncode > 2 or "Sanitizer" in done.stderr or "runtime error" in done.stderr


def readable(left_of, text):
    """None where Wireshark's own JSON is broken."""
    try:
        return left_of(text)
    except ValueError:
        return None


def give_up(*_):
    raise TimeoutError


class Run:
    def __init__(self, home, bare, folder):
        self._home, self._bare, self._folder = home, bare, folder
        self._sharkd = self._new_sharkd()
        self._fields = programs.keepalive_fields(home)
        self.count = collections.Counter()
        self._before = b""

    def _new_sharkd(self):
        return programs.Sharkd(self._home, SHARKD)

    def find(self, content, what):
        self.count["findings"] += 1
        name = "%d" % self.count["captures"]
        (self._folder / (name + ".pcap")).write_bytes(content)
        (self._folder / (name + ".txt")).write_text(what, encoding="utf-8")

    def written(self, content):
        path = self._folder / "mutated.pcap"
        path.write_bytes(content)
        path.chmod(0o644)
        return str(path)

    def check(self, content, numbers):
        self.count["captures"] += 1
        self._in_sharkd(content, numbers)
        if self.count["captures"] % IN_TSHARK_TOO == 0:
            self._in_tshark(content)
            self._compare(content, numbers)
        self._before = content

    def _in_sharkd(self, content, numbers):
        path = self.written(readable_part(content))
        self.count["loads of sharkd"] += 1
        signal.alarm(PATIENCE)
        try:
            self._sharkd.load(path)
            frames = list(range(1, self._sharkd.frames() + 1))
            for frame in numbers.sample(frames, min(len(frames), MOST_FRAMES)):
                self._sharkd.frame(frame, self._fields)
            if frames:
                self._sharkd.tables()
                self._sharkd.conversations()
        except (AssertionError, OSError, TimeoutError) as problem:
            if "sharkd answers" in str(problem):
                return   # no capture any more
            self._died(content, problem)
        finally:
            signal.alarm(0)

    def _died(self, content, problem):
        """Of this capture, or when it closed the one before. The sanitizer's text is what tshark says of the same."""
        self._sharkd.kill()
        self._sharkd = self._new_sharkd()
        if not any([self._in_tshark(each) for each in (self._before, content)]) and not self._stock_dies(content):
            self.find(content, "sharkd: %r" % problem)

    def _stock_dies(self, content):
        with programs.Sharkd(self._bare, SHARKD) as stock:
            try:
                stock.load(self.written(content), quiet_from=None)
                for frame in range(1, stock.frames() + 1):
                    stock.tree(frame)
            except (AssertionError, OSError) as problem:
                return "sharkd answers" not in str(problem)
        return False

    def _in_tshark(self, content):
        """Whether it was a finding."""
        path = self.written(content)
        for arguments in (["-V"], ["-2", "-V"]):
            self.count["runs of tshark"] += 1
            done = self._home.run(self._home.tshark, "-n", "-r", path, *arguments, *OURS, errors="replace")
            if has_crashed(done):
                stock = self._bare.run(self._bare.tshark, "-n", "-r", path, *arguments, errors="replace")
                if not has_crashed(stock):
                    self.find(content, "%s\n%s" % (arguments, done.stderr))
                    return True
        return False

    def _compare(self, content, numbers):
        path = self.written(content)
        way = numbers.choice(list(ways_to_print.WAYS))
        arguments, left_of = ways_to_print.WAYS[way]
        arguments = numbers.choice([[], ["-2"]]) + arguments
        self.count["comparisons with and without the plugin"] += 1
        # Twice, as Wireshark itself does not print the same of some mutated frames each time.
        if all(self._differs(path, arguments, left_of) for _ in range(2)):
            self.find(content, "%s is not the same without the plugin" % arguments)

    def _differs(self, path, arguments, left_of):
        ours, stock = (home.run(home.tshark, "-n", "-r", path, *arguments, errors="replace")
                       for home in (self._home, self._bare))
        return ours.returncode != stock.returncode or readable(left_of, ours.stdout) != readable(left_of, stock.stdout)

    def end(self):
        self._sharkd.close()


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("plugin")
    options.add_argument("seconds", type=int)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    options.add_argument("--every-octet", action="store_true")
    given = options.parse_args()
    print("seed", given.seed, flush=True)
    numbers = random.Random(given.seed)
    signal.signal(signal.SIGALRM, give_up)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="findings-"))
    folder.chmod(0o755)
    with WiresharkHome(given.plugin) as home, WiresharkHome(None) as bare:
        home.environment.update(sanitizers(given.plugin))
        run = Run(home, bare, folder)
        for content in cut_at_every_octet() if given.every_octet else mutated_captures(numbers, given.seconds):
            run.check(content, numbers)
        run.end()
    findings = run.count["findings"]
    print(", ".join("%d %s" % (number, what) for what, number in run.count.items()) + (
        " in %s" % folder if findings else ", no findings"))
    if not findings:
        shutil.rmtree(folder)
    return findings != 0


if __name__ == "__main__":
    sys.exit(main())
