# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes wrong is named, and costs no row and doubles none."""
import contextlib
import os
import pathlib
import signal
import sqlite3
import subprocess
import time

import pytest

import fleet_under_test as under_test
import packets
import traffic
from fleet import tasks
from fleet_under_test import MAP, PLUGIN, assert_same, fleet, rows, start
from wireshark_home import NOBODY


def states(out):
    with contextlib.closing(sqlite3.connect(out / "results.sqlite")) as database:
        return {os.path.basename(path): (state, packets_read) for path, state, packets_read in
                database.execute("SELECT path, state, packets FROM files")}


def as_normal_user(*folders):
    """Options to start a process that root's rights do not help."""
    if os.geteuid() != 0:
        return {}
    for folder in folders:
        for place in (folder, *folder.parents):
            if os.stat(place).st_uid == 0 and place != pathlib.Path("/") and place != pathlib.Path("/tmp"):
                place.chmod(0o777)
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def slow_map(folder):
    """keepalive-map that takes a second more for each call."""
    program = folder / "slow-map"
    program.write_text('#!/bin/sh\nsleep 1\nexec "%s" "$@"\n' % MAP)
    program.chmod(0o755)
    return {**under_test.ENVIRONMENT, "KEEPALIVE_MAP": str(program)}


def wait_until(happens, process):
    for _ in range(3600):
        found = happens()
        if found:
            return found
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise AssertionError("it did not happen within three minutes")


def children(parent):
    found = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(parent)], stdout=subprocess.PIPE, text=True, check=False)
    return [(int(line.split(None, 1)[0]), line) for line in found.stdout.splitlines()]


def busy_workers(client):
    return [worker for worker, line in children(client) if any("slow-map" in child for _, child in children(worker))]


@pytest.fixture
def small(tmp_path):
    return traffic.write(tmp_path / "small", connections=32, files=4)


def test_damaged_files(tmp_path):
    """Truncated, corrupt, empty, unreadable and none at all: all before the damage counts."""
    folder = tmp_path / "captures"
    whole = traffic.write(folder, connections=48, files=4)
    content = whole[0].read_bytes()
    whole[0].write_bytes(content[:-10])
    with whole[0].open("rb") as stream:
        link, before_damage = packets.read_capture(stream)
    prefix = tmp_path / "prefix.pcap"
    prefix.write_bytes(packets.capture_octets(link, before_damage))
    prefix.chmod(0o644)
    content = whole[2].read_bytes()
    whole[2].write_bytes(content + b"\x06\0\0\0\x03\0\0\0" + bytes(100))   # a block of 3 octets
    (folder / "none.pcap").write_bytes(b"")
    (folder / "notes.pcap").write_text("no capture\n" * 100)
    hidden = folder / "hidden.pcap"
    hidden.write_bytes(whole[1].read_bytes())
    hidden.chmod(0)

    out = tmp_path / "out"
    out.mkdir()
    done = fleet("run", "--out", out, "--partitions", "2", folder, code=3, **as_normal_user(out, folder))
    found = states(out)
    assert {name: state for name, (state, _) in found.items()} == {
        whole[0].name: "truncated", whole[1].name: "ok", whole[2].name: "corrupt", whole[3].name: "ok", "none.pcap": "empty",
        "notes.pcap": "not a capture", "hidden.pcap": "unreadable"}
    assert found[whole[0].name][1] == len(before_damage)
    for name in (whole[0].name, whole[2].name, "none.pcap", "notes.pcap", "hidden.pcap"):
        assert "%s (point %s)" % (folder / name, folder) in done.stderr
    whole[2].write_bytes(content)
    expected = under_test.truth(tmp_path, [prefix, *whole[1:]])
    for table in expected:
        assert_same(rows(out, table), expected[table])


def test_nothing_can_be_read(tmp_path):
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / "none.pcap").write_bytes(b"")
    done = fleet("run", "--out", tmp_path / "out", folder, code=1)
    assert "none of the 1 files has a packet that can be read" in done.stderr
    assert not (tmp_path / "out/results.sqlite").exists()


@pytest.mark.parametrize("places, message", [
    (["/nonexistent"], "there is no /nonexistent"), (["{empty}"], "there are no captures in {empty}"),
    (["--point", "xyzzy", "{small}"], "--point xyzzy does not match {small}/host_00000.pcap"),
    (["--scheduler", "tcp://127.0.0.1:1", "{small}"], "no Dask scheduler answers at tcp://127.0.0.1:1"),
])
def test_mistakes(tmp_path, small, places, message):
    (tmp_path / "empty").mkdir()
    names = {"small": small[0].parent, "empty": tmp_path / "empty"}
    done = fleet("run", "--out", tmp_path / "out", *(place.format(**names) for place in places), code=1)
    assert message.format(**names) in done.stderr
    assert "Traceback" not in done.stderr


def test_killed_worker(tmp_path, small):
    out = tmp_path / "out"
    expected = under_test.truth(tmp_path, small)
    process = start("run", "--out", out, "--workers", "2", "--partitions", "2", *small, env=slow_map(tmp_path))
    os.kill(wait_until(lambda: busy_workers(process.pid), process)[0], signal.SIGKILL)
    assert process.wait() == 0, process.communicate()
    process.communicate()
    for table in expected:
        assert_same(rows(out, table), expected[table])


@pytest.mark.parametrize("how", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_killed_client(tmp_path, small, how):
    """Started again it goes on: what is dealt is not dealt again."""
    out = tmp_path / "out"
    process = start("run", "--out", out, "--workers", "1", "--partitions", "2", *small, env=slow_map(tmp_path))

    def dealt():
        return {path: path.stat().st_mtime_ns for path in (out / "dealt").glob("*.json")}

    before = wait_until(dealt, process)
    workers = busy_workers(process.pid)
    process.send_signal(how)
    if how == signal.SIGKILL:   # as where memory or the power ends
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
    process.wait()
    said = process.communicate()[1]
    assert ("the same command goes on" in said) == (how == signal.SIGTERM)
    assert "Traceback" not in said
    assert not (out / "results.sqlite").exists()
    done = fleet("run", "--out", out, "--workers", "1", *small)
    assert all("; mapped " in line for line in done.stderr.splitlines()), done.stderr
    assert before.items() <= dealt().items()
    assert not list(out.rglob("*.part"))
    expected = under_test.truth(tmp_path, small)
    for table in expected:
        assert_same(rows(out, table), expected[table])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's tshark runs as somebody else")
def test_temporary_files_where_only_root_may_enter(tmp_path, small):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    fleet("run", "--out", tmp_path / "out", *small, env={**under_test.ENVIRONMENT, "TMPDIR": str(private)})
    assert len(states(tmp_path / "out")) == len(small)
    assert not list(private.iterdir())


@pytest.mark.long
@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")
def test_full_disk(tmp_path, small):
    """Nothing is written that is not whole; with more room the same command goes on."""
    out, kept = tmp_path / "out", tmp_path / "kept"
    out.mkdir()
    kept.mkdir()
    run = " ".join(map(str, under_test.command("run", "--out", out, *small)))
    script = ("mount -t tmpfs -o size=%s tmpfs {out} && ({run}; echo exit $?; ls {out}; mount -o remount,size=100m {out};"
              "{run} && cp {out}/results.sqlite {kept})" % "64k").format(out=out, run=run, kept=kept)
    done = subprocess.run(["unshare", "--mount", "sh", "-c", script], env=under_test.ENVIRONMENT, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert "exit 1\n" in done.stdout
    assert "No space left on device" in done.stderr
    assert "results.sqlite" not in done.stdout.partition("exit 1\n")[2].partition("packets in")[0]
    expected = under_test.truth(tmp_path, small)
    for table in expected:
        assert_same(rows(kept, table), expected[table])


def test_capture_that_crashes_the_map(tmp_path, small):
    """Wireshark reads many formats; a file that ends the program is corrupt, and the others are read."""
    program = tmp_path / "crashing-map"
    program.write_text("#!/bin/bash\n"
                       "tr '\\0' '\\n' < $2 > $2.lines; first=$(sed -n 1p $2.lines)\n"
                       "case $first in *00001.pcap) kill -SEGV $$ ;; esac\n"
                       "n=$(grep -n 00001.pcap$ $2.lines | cut -d: -f1)\n"
                       "[ -z \"$n\" ] || { head -n $((n - 1)) $2.lines | tr '\\n' '\\0' > $2.some\n"
                       "  %s deal $2.some $3; kill -SEGV $$; }\n"
                       "exec %s \"$@\"\n" % (MAP, MAP))
    program.chmod(0o755)
    out = tmp_path / "out"
    (out / "dealt").mkdir(parents=True)
    accounts = tasks.deal(str(out), [("key%d" % number, str(path)) for number, path in enumerate(small)], str(program), 2)
    assert [account["state"] for account in accounts] == ["ok", "corrupt", "ok", "ok"]
    assert "signal 11" in accounts[1]["message"]
    assert all(accounts[number]["segments"] > 0 for number in (0, 2, 3))


@pytest.mark.long
def test_partition_that_tshark_cannot_judge(tmp_path, small):
    """A dealt file is damaged behind the driver's back: no results, and what is wrong is said."""
    out = tmp_path / "out"
    fleet("run", "--out", out, "--partitions", "1", *small)
    (out / "results.sqlite").unlink()
    for path in (out / "judged").iterdir():
        path.unlink()
    path = next(path for path in (out / "dealt").iterdir() if not path.name.endswith(".json"))
    path.write_bytes(path.read_bytes()[:-40])
    done = fleet("run", "--out", out, *small, code=1)
    assert "%s: is not complete" % path in done.stderr
    assert not (out / "results.sqlite").exists()


@pytest.mark.long
def test_two_runs_at_once(tmp_path, small):
    out = tmp_path / "out"
    process = start("run", "--out", out, *small, env=slow_map(tmp_path))
    wait_until(lambda: busy_workers(process.pid), process)
    assert "another run is writing there" in fleet("run", "--out", out, *small, code=1).stderr
    assert "It is running" in fleet("status", "--out", out).stdout
    assert process.wait() == 0
    process.communicate()
    assert "It is not running" in fleet("status", "--out", out).stdout


assert PLUGIN.exists() and MAP.exists(), "scripts/test.sh builds them"
