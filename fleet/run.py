# SPDX-License-Identifier: GPL-2.0-or-later
"""One run: deals what is not dealt yet, judges what is not judged yet, and writes the results."""
import collections
import contextlib
import dataclasses
import fcntl
import hashlib
import logging
import os
import sys
import tempfile

import distributed

from fleet import captures, results, tasks
from fleet.judge import Failed
from fleet.progress import Progress, in_units

NAME = os.environ.get("KEEPALIVE_FLEET_NAME", "fleet.sh")

FORMAT = 1   # of what is kept; another one makes all results anew

# A partition is judged by one process, in its memory; measured (docs/fleet.md): octets.
OF_A_JUDGE, OF_A_SEGMENT = 150e6, 700
SELDOM_NEEDED = 1e9
OCTETS_OF_A_PARTITION = 125e6   # of captures, where nobody says how many partitions there are to be
FEWEST_PARTITIONS, MOST_PARTITIONS = 4, 1024
FILES_OF_A_TASK, OCTETS_OF_A_TASK = 64, 64e6
PATIENCE = 75 * 10**9           # ns that the plugin waits for an answer where it knows no interval

DAMAGED = 3   # exit code


@dataclasses.dataclass
class Options:
    places: list
    out: str
    program: str       # keepalive-map
    plugin: str        # keepalive.so
    point: str = None
    workers: int = 1
    scheduler: str = None
    separate: bool = False   # each worker's host has captures of its own, and keeps what it deals
    partitions: int = None
    formats: tuple = ()   # of "csv" and "jsonl"


@dataclasses.dataclass(frozen=True)
class Judgement:
    """One partition of one point, to be judged."""
    key: str
    point: str
    keys: tuple       # of the captures that have a share in it, in the order of their paths
    partition: int
    first: int
    last: int
    segments: int
    host: str = ""    # that has the captures


@dataclasses.dataclass(frozen=True)
class Dealing:
    """Captures of one task."""
    key: str
    captures: tuple


def batches(found):
    """Starting the map takes as long as reading a few MB, so that small captures go together."""
    batch = []
    for capture in found:
        if batch and batch[0].host != capture.host:
            yield tuple(batch)
            batch = []
        batch.append(capture)
        if len(batch) == FILES_OF_A_TASK or sum(each.size for each in batch) >= OCTETS_OF_A_TASK:
            yield tuple(batch)
            batch = []
    if batch:
        yield tuple(batch)


class Lock:
    """One run at a time writes into a folder."""

    def __init__(self, out):
        self._file = open(os.path.join(out, "lock"), "w", encoding="ascii")

    def __enter__(self):
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed("another run is writing there") from None
        return self

    def __exit__(self, *exception):
        self._file.close()


def is_running(out):
    try:
        with Lock(out):
            return False
    except (Failed, OSError):
        return os.path.exists(os.path.join(out, "lock"))


def choose_partitions(wanted, out, octets):
    """What was chosen once stays, as another number makes all work anew."""
    path = os.path.join(out, "fleet.json")
    kept = tasks.read_json(path) if os.path.exists(path) else {}
    number = wanted or kept.get("partitions")
    if not number:
        number = FEWEST_PARTITIONS
        while number < MOST_PARTITIONS and number * OCTETS_OF_A_PARTITION < octets:
            number *= 2
    if kept.get("partitions") != number:
        tasks.write_json(path, {"partitions": number})
    return number


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def plan_point(point, dealt, plugin_digest, host=""):
    """The Judgements of a point. `dealt`: pairs of key and account, in the order of the captures' paths."""
    timed = [account for _, account in dealt if account["frames"]]
    if not timed:
        return []
    end = max(account["last"] for account in timed)
    shares = collections.defaultdict(list)
    for key, account in dealt:
        for partition, share in account["shares"].items():
            shares[int(partition)].append((key, *share))
    judgements = []
    for partition, parts in sorted(shares.items()):
        keys = tuple(part[0] for part in parts)
        first, last = min(part[2] for part in parts), max(part[3] for part in parts)
        # No wait in a partition is longer than from its first segment to its last, or PATIENCE. What comes that long after
        # the last one changes nothing, so that a later file leaves the partition as it is.
        until = min(end, last + max(PATIENCE, last - first))
        key = captures.content_key(FORMAT, plugin_digest, point, partition, first, until, *keys)
        judgements.append(Judgement(key, point, keys, partition, first, until, sum(part[1] for part in parts), host))
    return judgements


@contextlib.contextmanager
def cluster(options):
    """A Dask client: of the cluster that is named, or of one on this machine."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with contextlib.ExitStack() as stack:
        # Of its own, as Dask speaks of what a run that was killed has left in the usual one.
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="keepalive-fleet-"))
        try:
            if options.scheduler:
                client = stack.enter_context(distributed.Client(options.scheduler, timeout=20, set_as_default=False))
            else:
                local = stack.enter_context(distributed.LocalCluster(
                    n_workers=options.workers, threads_per_worker=1, processes=True, host="127.0.0.1", memory_limit=0,
                    dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL, local_directory=scratch))
                client = stack.enter_context(distributed.Client(local, set_as_default=False))
        except OSError as error:
            raise Failed("no Dask scheduler answers at %s: %s" % (options.scheduler, error)) from error
        yield client


def on_worker(function, *arguments):
    """The result of a task, and the address of the worker that had it."""
    return distributed.get_worker().address, function(*arguments)


class Run:
    """What is known of the captures, and what is still to do."""

    def __init__(self, options, found, partitions, progress):
        self._options, self._progress = options, progress
        self._hosts = {}       # {host that has captures of its own: its workers}
        self.captures, self._partitions = found, partitions
        self._plugin = digest(options.plugin)
        self.accounts = {}     # {capture: account}
        self.judgements = []
        self._left = collections.Counter(capture.point for capture in found)   # not dealt yet
        self._of_point = collections.defaultdict(list)
        for capture in found:
            self._of_point[capture.point].append(capture)
        self._memory = None    # of a worker, once it is asked for
        self._tried = collections.defaultdict(set)   # {capture: workers that could not read it}

    def key(self, capture):
        return capture.key(FORMAT, self._partitions)

    def take_what_is_there(self):
        """What an earlier run has dealt and judged; returns what is left to do: (captures, judgements)."""
        to_deal, to_judge = [], []
        for capture in self.captures:
            path = tasks.dealt_path(self._options.out, self.key(capture))
            if os.path.exists(path + ".json") and (capture.host or os.path.exists(path)):
                to_judge += self._take_account(capture, tasks.read_json(path + ".json"))
            else:
                to_deal.append(capture)
        self._progress.is_working = True
        return to_deal, to_judge

    def _take_account(self, capture, account):
        """Returns the judgements that can be made now, and were not made before."""
        self.accounts[capture] = account
        progress = self._progress
        progress.files += 1
        progress.octets += capture.size
        progress.packets += account["frames"]
        progress.segments += account["segments"]
        progress.damaged += account["state"] != "ok"
        self._left[capture.point] -= 1
        return [] if self._left[capture.point] else self._plan(capture.point)

    def _plan(self, point):
        dealt = [(self.key(each), self.accounts[each]) for each in self._of_point[point]]
        planned = plan_point(point, dealt, self._plugin, self._of_point[point][0].host)
        self.judgements += planned
        self._progress.all_partitions += len(planned)
        left = []
        for judgement in planned:
            if os.path.exists(tasks.judged_path(self._options.out, judgement.key)):
                self._take_judged(judgement)
            else:
                left.append(judgement)
        return left

    def _take_judged(self, judgement):
        self._progress.partitions += 1
        self._progress.judged += judgement.segments

    def work(self, client, to_deal, to_judge):
        """Raises Failed when a task has failed; what is done by then stays."""
        futures = {}
        if self._options.separate:
            self._hosts = workers_by_host(client)
        queue = distributed.as_completed(loop=client.loop)

        def submit(what, name, *arguments, **others):
            future = client.submit(on_worker, *arguments, key="%s-%s" % (name, what.key), pure=False, **others)
            futures[future.key] = what, future
            queue.add(future)

        def deal(batch, **others):
            name = captures.content_key(*(self.key(capture) for capture in batch), len(self._tried[batch[0]]))
            submit(Dealing(name, batch), "deal", tasks.deal, self._options.out,
                   [(self.key(each), each.path) for each in batch], self._options.program, self._partitions,
                   **(others or self._where(batch[0].host)))

        def judge(judgements):
            for each in judgements:
                self._warn_of_memory(client, each)
                submit(each, "judge", tasks.judge, self._options.out, each.key, each.keys, each.partition, each.first,
                       each.last, self._options.program, self._options.plugin, bool(each.host), priority=1,
                       **self._where(each.host))

        for batch in batches(to_deal):
            deal(batch)
        judge(to_judge)
        for future in queue if futures else ():
            what = futures.pop(future.key)[0]
            if future.status != "finished":
                raise Failed(reason(future, what))
            worker, result = future.result()
            if isinstance(what, Judgement):
                if what.host:
                    tasks.write_json(tasks.judged_path(self._options.out, what.key), result)
                self._take_judged(what)
                continue
            for capture, account in zip(what.captures, result):
                if capture.host and account["state"] != "unreadable":
                    tasks.write_json(tasks.dealt_path(self._options.out, self.key(capture)) + ".json", account)
                if account["state"] == "unreadable" and (others := self._others(client, capture, worker)):
                    deal((capture,), workers=others, allow_other_workers=False)
                else:
                    judge(self._take_account(capture, account))

    def _where(self, host):
        """Options for a task that only one host can do."""
        if not host:
            return {}
        if host not in self._hosts:
            raise Failed("no worker is left on %s, which has captures of its own" % host)
        return {"workers": self._hosts[host], "allow_other_workers": False}

    def _others(self, client, capture, worker):
        """Workers that have not tried to read the capture yet: another host may be allowed to."""
        if capture.host:
            return []
        self._tried[capture].add(worker)
        return sorted(set(client.scheduler_info()["workers"]) - self._tried[capture])

    def _warn_of_memory(self, client, judgement):
        if needed_memory(judgement) > SELDOM_NEEDED:
            if self._memory is None:
                self._memory = memory_of_a_worker(client)
            if needed_memory(judgement) > self._memory:
                warn(too_big(judgement, self._memory))

    def finish(self):
        """To be called when all is judged, in whatever order."""
        self.judgements.sort(key=lambda each: (each.point, each.partition))

    def rows(self):
        """For results.write()."""
        for capture in self.captures:
            account = self.accounts[capture]
            yield "files", {"point": capture.point, "path": capture.path, "state": account["state"],
                            "message": account["message"], "octets": capture.size, "packets": account["frames"],
                            "tcp_segments": account["segments"],
                            "first": in_seconds(account, "first"), "last": in_seconds(account, "last")}
        for judgement in self.judgements:
            tables = tasks.read_json(tasks.judged_path(self._options.out, judgement.key))
            for table in ("probers", "idle"):
                for row in tables[table]:
                    yield table, {"point": judgement.point, **row}

    def account_of_judgements(self):
        """Where the rows of the results come from, in their order."""
        return [{**dataclasses.asdict(each),
                 "probers": len(tasks.read_json(tasks.judged_path(self._options.out, each.key))["probers"])}
                for each in self.judgements]

    def key_of_results(self):
        files = [(each.path, each.point, each.size, self.accounts[each]["state"]) for each in self.captures]
        return captures.content_key(FORMAT, *files, *(each.key for each in self.judgements))

    def known(self):
        """For tasks.remove_leftovers()."""
        return {self.key(capture) for capture in self.captures}, {judgement.key for judgement in self.judgements}


def in_seconds(account, which):
    return account[which] / 1e9 if account["frames"] else None


def reason(future, what):
    """Why a task failed, for a user."""
    error = future.exception()
    if isinstance(error, Failed):
        return str(error)
    subject = what.captures[0].path if isinstance(what, Dealing) else "partition %d of %s" % (what.partition, what.point)
    if isinstance(error, distributed.KilledWorker):
        return "%s: the worker was killed each time it was tried, perhaps for its memory" % subject
    return "%s: %s" % (subject, error or future.status)


def warn(text):
    print("%s: %s" % (NAME, text), file=sys.stderr, flush=True)


def workers_by_host(client):
    hosts = collections.defaultdict(list)
    for address in sorted(client.scheduler_info()["workers"]):
        hosts[address.rpartition("/")[2].rpartition(":")[0].strip("[]")].append(address)
    return dict(hosts)


def needed_memory(judgement):
    return OF_A_JUDGE + OF_A_SEGMENT * judgement.segments


def too_big(judgement, memory):
    return ("partition {} of {} has {:,} TCP segments and needs about {} of memory; a worker has {}. More partitions "
            "(--partitions) help unless it is the traffic of two hosts alone").format(
                judgement.partition, results.printable(judgement.point), judgement.segments,
                in_units(needed_memory(judgement)), in_units(memory))


def memory_of_a_worker(client):
    """Octets, where a worker has most."""
    machines = client.run(tasks.memory_of_machine)
    hosts = workers_by_host(client).values()
    return max((machines[workers[0]] / len(workers) for workers in hosts if workers[0] in machines), default=0)


def find_on_workers(client, options):
    """The captures that each worker's host has of its own."""
    found = []
    for host, workers in sorted(workers_by_host(client).items()):
        try:
            found += client.run(captures.find, options.places, options.point, host, workers=workers[:1])[workers[0]]
        except captures.NoCaptures as error:
            raise captures.NoCaptures("%s: %s" % (host, error)) from error
    if not found:
        raise Failed("the scheduler has no workers")
    return found


def run(options):
    """Returns the exit code."""
    options.places = list(map(os.path.abspath, options.places))
    with contextlib.ExitStack() as stack:
        client = None
        if options.separate:
            client = stack.enter_context(cluster(options))
        found = find_on_workers(client, options) if client else captures.find(options.places, options.point)
        try:
            for folder in ("dealt", "judged"):
                os.makedirs(os.path.join(options.out, folder), exist_ok=True)
            stack.enter_context(Lock(options.out))
            return run_locked(options, found, client)
        except OSError as error:
            raise Failed("%s: %s" % (error.filename or options.out, error.strerror or error)) from error


def run_locked(options, found, client):
    """`client`: of the cluster, or None if it is not started yet."""
    octets = sum(capture.size for capture in found)
    partitions = choose_partitions(options.partitions, options.out, octets)
    target = os.path.join(options.out, results.RESULTS)
    kept = os.path.join(options.out, "progress.json")
    with Progress(kept, options.workers, len(found), octets) as progress:
        this = Run(options, found, partitions, progress)
        to_deal, to_judge = this.take_what_is_there()
        if to_deal or to_judge:
            with cluster(options) if client is None else contextlib.nullcontext(client) as running:
                this.work(running, to_deal, to_judge)
    if not any(account["frames"] for account in this.accounts.values()):
        name_damaged(this)
        raise Failed("none of the %d files has a packet that can be read" % len(found))
    this.finish()
    key = this.key_of_results()
    is_new = not os.path.exists(target) or read_key(options.out) != key
    if is_new:
        results.write(target, this.rows())
        tasks.write_json(os.path.join(options.out, "judgements.json"), this.account_of_judgements())
        tasks.write_json(os.path.join(options.out, "results.json"), {"key": key})
    tasks.remove_leftovers(options.out, *this.known())
    if client is not None:
        for workers in workers_by_host(client).values():
            client.run(tasks.remove_leftovers, options.out, *this.known(), workers=workers[:1])
    for kind in options.formats:
        for table in results.TABLES:
            results.export(target, table, os.path.join(options.out, "%s.%s" % (table, kind)), kind)
    print(summary(this, target, is_new), flush=True)
    return DAMAGED if name_damaged(this) else 0


def read_key(out):
    try:
        return tasks.read_json(os.path.join(out, "results.json"))["key"]
    except (OSError, ValueError, KeyError):
        return None


def summary(this, target, is_new):
    packets = sum(account["frames"] for account in this.accounts.values())
    points = len({capture.point for capture in this.captures})
    with contextlib.closing(results.connect(target)) as database:
        probers, dead, idle, lost = (database.execute(query).fetchone()[0] for query in (
            "SELECT count(*) FROM probers", "SELECT count(*) FROM probers WHERE outcome IN ('gave up', 'peer reset')",
            "SELECT count(*) FROM idle", "SELECT count(*) FROM idle WHERE lost IS NOT NULL"))
    text = ("{:,} packets in {:,} file(s) of {:,} capture point(s).\n"
            "Probers: {:,}, of which {:,} found their peer gone. Idle connections: {:,}, of which {:,} were lost.\n"
            "{} {}")
    return text.format(packets, len(this.captures), points, probers, dead, idle, lost,
                       "Results:" if is_new else "Nothing was new. Results:", target)


def name_damaged(this):
    """Names them; how many there are."""
    damaged = [(each, this.accounts[each]) for each in this.captures if this.accounts[each]["state"] != "ok"]
    for capture, account in damaged:
        path, point = results.printable(capture.path), results.printable(capture.point)
        warn("{} (point {}): {} after {:,} packets: {}".format(
            path, point, account["state"], account["frames"], account["message"]))
    return len(damaged)
