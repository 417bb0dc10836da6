# SPDX-License-Identifier: GPL-2.0-or-later
"""A Dask cluster whose scheduler, workers and client are hosts of their own."""
import os
import signal
import time

import pytest

import fleet_under_test as under_test
import traffic
from fleet_under_test import ENVIRONMENT, assert_same, command, rows
from hosts import Hosts
from wireshark_home import NOBODY

pytestmark = [pytest.mark.long, pytest.mark.skipif(os.geteuid() != 0, reason="makes network namespaces")]


@pytest.fixture
def cluster():
    with Hosts("scheduler", "one", "two", "client") as hosts:
        hosts.start("scheduler", "dask-scheduler", "--host", hosts.addresses["scheduler"], "--port", "8786",
                    "--dashboard-address", hosts.addresses["scheduler"] + ":0", env=ENVIRONMENT)
        yield hosts


def start_worker(hosts, name, *as_user):
    return hosts.start(name, *as_user, "dask-worker", "tcp://%s:8786" % hosts.addresses["scheduler"], "--nthreads", "1",
                       "--no-nanny", "--no-dashboard", "--host", hosts.addresses[name], "--local-directory", "/tmp",
                       env=ENVIRONMENT)


def run(hosts, *options, code=0, workers=2):
    """As a user on the host "client", when the workers are there."""
    address = "tcp://%s:8786" % hosts.addresses["scheduler"]
    wait = "import distributed, sys; distributed.Client(sys.argv[1]).wait_for_workers(int(sys.argv[2]), timeout=120)"
    waiting = hosts.run("client", "/usr/bin/python3", "-c", wait, address, str(workers), env=ENVIRONMENT)
    assert waiting.returncode == 0, waiting.stderr
    done = hosts.run("client", *command("run", "--scheduler", address, *options), env=ENVIRONMENT)
    assert done.returncode == code, (done.stdout, done.stderr)
    return done


def test_shared_folders(tmp_path, cluster, host):
    for name in ("one", "two"):
        start_worker(cluster, name)
    expected = under_test.truth(tmp_path, host)
    run(cluster, "--out", tmp_path / "out", "--partitions", "4", *host)
    for table in expected:
        assert_same(rows(tmp_path / "out", table), expected[table])


def test_worker_that_cannot_read_a_file(tmp_path, cluster):
    """Another host's worker reads it instead."""
    captures = traffic.write(tmp_path / "captures", connections=32, files=4)
    expected = under_test.truth(tmp_path, captures)
    for place in (tmp_path, *(each for each in tmp_path.parents if each.name.startswith(("pytest-", "popen-")))):
        place.chmod(0o777)
    out = tmp_path / "out"
    for folder in (out, out / "dealt", out / "judged"):
        folder.mkdir()
        folder.chmod(0o777)
    for capture in captures:
        capture.chmod(0o600)
    start_worker(cluster, "one", "setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups")
    run(cluster, "--out", out, "--partitions", "1", *captures[:2], workers=1, code=1)
    assert not (out / "results.sqlite").exists()
    start_worker(cluster, "two")
    run(cluster, "--out", out, "--partitions", "1", *captures)
    for table in expected:
        assert_same(rows(out, table), expected[table])


def test_killed_host(tmp_path, cluster, host):
    workers = [start_worker(cluster, name) for name in ("one", "two")]
    expected = under_test.truth(tmp_path, host)
    pid = os.fork()
    if pid == 0:   # while the client works
        for _ in range(1200):
            if list((tmp_path / "out").glob("dealt/*.json")):
                os.kill(workers[0].pid, signal.SIGKILL)
                break
            time.sleep(0.1)
        os._exit(0)
    run(cluster, "--out", tmp_path / "out", "--partitions", "8", *host)
    os.waitpid(pid, 0)
    for table in expected:
        assert_same(rows(tmp_path / "out", table), expected[table])


def test_separate_folders(tmp_path, cluster):
    """Each host has its captures at the same place, and sees neither the other's nor what the other dealt."""
    place, out = tmp_path / "captures", tmp_path / "out"
    expected = []
    for folder in (place, out):
        folder.mkdir()
    for number, name in enumerate(("one", "two")):
        own = tmp_path / name
        captures = traffic.write(own / "captures", connections=48, files=3, seed=number)
        expected.append(under_test.truth(tmp_path, captures))
        (own / "out").mkdir()
        for what, where in (("captures", place), ("out", out)):
            assert cluster.run(name, "mount", "--bind", own / what, where).returncode == 0
        start_worker(cluster, name)
    run(cluster, "--separate", "--out", out, "--partitions", "2", place)
    for table in ("probers", "idle"):
        both = {row: sorted(expected[0][table].get(row, []) + expected[1][table].get(row, []))
                for row in {**expected[0][table], **expected[1][table]}}
        assert_same(rows(out, table), both)
    again = run(cluster, "--separate", "--out", out, "--partitions", "2", place)
    assert "Nothing was new" in again.stdout
