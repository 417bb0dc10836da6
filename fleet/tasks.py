# SPDX-License-Identifier: GPL-2.0-or-later
"""What workers do. Every result is a file that is written beside its place and renamed, so that it is whole or not there."""
import atexit
import contextlib
import json
import os
import resource
import signal
import subprocess
import tempfile
import uuid

from fleet.judge import Failed, Judge

CRASHES = (signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV, signal.SIGTRAP)

_judges = {}   # {(program, plugin): Judge}: one for each process, as making its home takes half a second


@contextlib.contextmanager
def beside(path):
    """A path to write to, which becomes `path` if nothing fails."""
    part = "%s.%s.part" % (path, uuid.uuid4().hex)
    try:
        yield part
        os.replace(part, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.remove(part)


def write_json(path, value):
    try:
        with beside(path) as part:
            with open(part, "w", encoding="utf-8") as file:
                json.dump(value, file)
    except OSError as error:
        raise Failed("%s: %s" % (path, error.strerror)) from error


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def make_folder(path):
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise Failed("%s: %s" % (path, error.strerror)) from error


def dealt_path(out, key):
    return os.path.join(out, "dealt", key)


def judged_path(out, key):
    return os.path.join(out, "judged", key + ".json")


def memory_of_machine():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def used_by_children(before):
    """Processor time and peak memory of this process's children, as far as they are waited for."""
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"seconds": round(now.ru_utime + now.ru_stime - before.ru_utime - before.ru_stime, 3),
            "user_seconds": round(now.ru_utime - before.ru_utime, 3),
            "peak_kb": now.ru_maxrss}


def deal(out, captures, program, partitions):
    """Deals captures, pairs of key and path. Returns of each what was read of it (fleet/map/deal.h, Account)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    make_folder(dealt_path(out, ""))
    accounts = []
    with contextlib.ExitStack() as stack:
        pairs = [(path, stack.enter_context(beside(dealt_path(out, key)))) for key, path in captures]
        while len(accounts) < len(pairs):
            accounts += deal_some(pairs[len(accounts):], program, partitions)
    used = used_by_children(before)
    for (key, _), account in zip(captures, accounts):
        account["used"] = {**used, "files": len(captures)}
        # A file that cannot be read now may be readable later, with the same size and time.
        if account["state"] != "unreadable":
            write_json(dealt_path(out, key) + ".json", account)
    return accounts


def deal_some(pairs, program, partitions):
    """The accounts of pairs of capture and output, up to the first capture that ends the program, or of all."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", errors="surrogateescape") as names:
        names.write("".join("%s\0%s\0" % pair for pair in pairs))
        names.flush()
        done = subprocess.run([program, "deal", names.name, str(partitions)], stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
    if done.returncode != 0 and -done.returncode not in CRASHES:
        raise Failed(done.stderr.strip() or "keepalive-map ended with code %d" % done.returncode)
    accounts = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0:
        # Wireshark's code for one of its many formats: the other captures must not suffer for it. Nobody reads the output.
        with open(pairs[len(accounts)][1], "wb"):
            accounts.append({"state": "corrupt", "message": "reading it ended with signal %d" % -done.returncode,
                             "frames": 0, "segments": 0, "deep_frames": 0, "first": 0, "last": 0, "shares": {}})
    return accounts


def judge(out, key, keys, partition, first, last, program, plugin, returns_rows=False):
    """Judges a partition of the dealt captures that `keys` name; the rows go to judged_path(out, key), or are returned."""
    if (program, plugin) not in _judges:
        _judges[program, plugin] = Judge(program, plugin)
        atexit.register(_judges[program, plugin].remove)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    tables = _judges[program, plugin].judge([dealt_path(out, each) for each in keys], partition, first, last)
    tables["used"] = used_by_children(before)
    if returns_rows:
        return tables
    write_json(judged_path(out, key), tables)
    return None


def remove_leftovers(out, dealt, judged):
    """What is of no use to a run that has these keys, and what a killed one left half written."""
    for folder, known in (("dealt", dealt), ("judged", judged)):
        place = os.path.join(out, folder)
        for name in os.listdir(place) if os.path.isdir(place) else ():
            if name.endswith(".part") or name.partition(".")[0] not in known:
                os.remove(os.path.join(place, name))
