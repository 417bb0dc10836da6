# SPDX-License-Identifier: GPL-2.0-or-later
"""What happened to a few connections, packet by packet: taken out of what was dealt, and judged in two passes."""
import os
import tempfile

from fleet import tasks
from fleet.judge import Failed, Judge

FIELDS = ("frame.time_epoch", "tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "tcp.flags.reset", "keepalive.type",
          "keepalive.unanswered", "keepalive.quiet_time")
PROBE, GAVE_UP = "1", "4"
MOST_FRAMES = 400       # drawn of a connection
BEFORE_DEATH = 6        # as many times the longest idle time is shown


def frames_of(judge, out, judgement, row):
    """Dicts of FIELDS, of the connection of a row of probers."""
    connection = "%s %d %s %d" % (row["prober_address"], row["prober_port"], row["peer_address"], row["peer_port"])
    files = [tasks.dealt_path(out, key) for key in judgement["keys"]]
    with tempfile.NamedTemporaryFile(suffix=".pcapng") as capture:
        judge.extract(files, judgement["partition"], judgement["first"], judgement["last"], connection, capture)
        return judge.fields(capture.name, FIELDS)


def kind_of(frame):
    if frame["keepalive.type"] == PROBE:
        return "unanswered" if frame["keepalive.unanswered"] else "answered"
    if frame["keepalive.type"] == GAVE_UP:
        return "gave up"
    return "reset" if frame["tcp.flags.reset"] in ("1", "True") else "traffic"


def story(frames, row):
    """([(seconds before the end, kind, end)], [(begin, end) of silences]) of a connection, as pictures.py has it."""
    prober = (row["prober_address"], str(row["prober_port"]))
    ours = [frame for frame in frames if row["first"] - 0.001 <= float(frame["frame.time_epoch"]) <= row["last"] + 0.001]
    if not ours:
        return [], []
    end = max(float(frame["frame.time_epoch"]) for frame in ours)
    shown = max(BEFORE_DEATH * (row["longest_idle"] or 0), 10)
    points, silences = [], []
    for frame in ours:
        time = float(frame["frame.time_epoch"]) - end
        if time < -shown:
            continue
        sender = (frame["ip.src"] or frame["ipv6.src"], frame["tcp.srcport"])
        points.append((time, kind_of(frame), 0 if sender == prober else 1))
        if frame["keepalive.quiet_time"]:
            silences.append((max(time - float(frame["keepalive.quiet_time"]), -shown), time))
    return points[-MOST_FRAMES:], silences[-MOST_FRAMES:]


def worst(database, out, program, plugin, most):
    """[(row, frames, silences)] of up to `most` connections that died, one for each of the worst pairs of hosts."""
    path = os.path.join(out, "judgements.json")
    if not os.path.exists(path):
        return []
    judgements = tasks.read_json(path)
    query = """SELECT min(rowid) AS number, * FROM probers WHERE outcome IN ('gave up', 'peer reset')
               GROUP BY prober_address, peer_address ORDER BY idle_timeout_below IS NULL, count(*) DESC, number LIMIT ?"""
    rows = database.execute(query, (most,)).fetchall()
    judge = Judge(program, plugin)
    try:
        result = []
        for row in rows:
            try:
                points, silences = story(frames_of(judge, out, judgement_of(judgements, row["number"]), row), row)
            except Failed:
                continue   # what was dealt is gone: the tables say all the same what they say
            if points:
                result.append((row, points, silences))
        return result
    finally:
        judge.remove()


def judgement_of(judgements, number):
    """Which judgement the prober of row `number` (from 1) came from: rows are written in the order of the judgements."""
    for judgement in judgements:
        number -= judgement["probers"]
        if number <= 0:
            return judgement
    raise Failed("the results are of another run")
