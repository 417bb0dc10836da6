# SPDX-License-Identifier: GPL-2.0-or-later
"""Counts what tshark does: instructions by callgrind, memory by massif. The load of the machine does not matter."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TREE / "scripts"), str(TREE / "lab")]

from wireshark_home import WiresharkHome  # noqa: E402  (needs the path)


def build_fixed(directory):
    """The library that fixed.c makes, to be preloaded."""
    library = pathlib.Path(directory) / "fixed.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, TREE / "tests/bench/fixed.c", "-ldl"], check=True)
    library.chmod(0o755)
    return library


def valgrind(home, fixed, tool, command, environment=None, **options):
    environment = {**home.environment, "LD_PRELOAD": str(fixed), **(environment or {})}
    done = home.run("valgrind", *tool, *command, env=environment, **options)
    if done.returncode != 0:
        sys.exit("bench: %s failed: %s" % (" ".join(command), done.stderr[-1000:]))
    return done


def instructions(home, fixed, command, **options):
    """From the opening of the capture on. `options` are those of subprocess.run()."""
    done = valgrind(home, fixed, ["--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file=/dev/null"], command,
                    **options)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def heap(home, fixed, command):
    """Octets in use when the capture is closed. Wireshark's pools hand out octets of their own blocks unless told not to."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o777)   # valgrind runs as a normal user
        snapshot = pathlib.Path(directory) / "snapshot"
        valgrind(home, fixed, ["--tool=massif", "--depth=1", "--massif-out-file=/dev/null"], command,
                 {"WIRESHARK_DEBUG_WMEM_OVERRIDE": "simple", "BENCH_SNAPSHOT": str(snapshot)})
        return int(re.search(r"mem_heap_B=(\d+)", snapshot.read_text(encoding="utf-8")).group(1))


def user_time_and_memory(home, *arguments):
    """Seconds of processor time in user mode and peak memory in MiB of one tshark, as the operating system counts them."""
    process = home.start(home.tshark, *arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit("bench: tshark %s failed" % " ".join(arguments))
    return usage.ru_utime, usage.ru_maxrss / 1024


__all__ = ["TREE", "WiresharkHome", "build_fixed", "heap", "instructions", "user_time_and_memory"]
