# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of a run: SQLite, and CSV or JSON lines on request."""
import contextlib
import csv
import json
import sqlite3
import urllib.parse

from fleet.judge import Failed
from fleet.tasks import beside

# {table: {column: type}}; docs/fleet.md says what they mean.
TABLES = {
    "probers": {
        "point": "TEXT", "prober_address": "TEXT", "prober_port": "INTEGER", "peer_address": "TEXT", "peer_port": "INTEGER",
        "first": "REAL", "last": "REAL", "outcome": "TEXT", "idle_timeout_above": "REAL", "idle_timeout_below": "REAL",
        "probes": "INTEGER", "answered": "INTEGER", "unanswered": "INTEGER", "longest_run": "INTEGER",
        "idle_periods": "INTEGER", "longest_idle": "REAL", "keepidle": "INTEGER", "keepintvl": "INTEGER",
        "keepcnt": "INTEGER", "response_min": "REAL", "response_avg": "REAL", "response_max": "REAL"},
    "idle": {
        "point": "TEXT", "client_address": "TEXT", "client_port": "INTEGER", "server_address": "TEXT",
        "server_port": "INTEGER", "first": "REAL", "last": "REAL", "outcome": "TEXT", "survived": "REAL", "lost": "REAL",
        "probed_by": "TEXT", "keepidle": "INTEGER", "idle_limit": "TEXT", "idle_timeout_above": "REAL",
        "idle_timeout_below": "REAL"},
    "files": {
        "point": "TEXT", "path": "TEXT", "state": "TEXT", "message": "TEXT", "octets": "INTEGER", "packets": "INTEGER",
        "tcp_segments": "INTEGER", "first": "REAL", "last": "REAL"},
}
INDEXES = {"probers": ("prober_address", "peer_address", "outcome"), "idle": ("client_address", "server_address"),
           "files": ("state",)}
RESULTS = "results.sqlite"


def printable(text):
    """Paths may have octets that are no text."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if isinstance(text, str) else text


def write(path, rows):
    """`rows`: pairs of a table and {column: value}."""
    try:
        with beside(path) as part, contextlib.closing(sqlite3.connect(part)) as database:
            database.execute("PRAGMA synchronous = OFF")   # a broken file is never renamed
            for table, columns in TABLES.items():
                described = ", ".join("%s %s" % pair for pair in columns.items())
                database.execute("CREATE TABLE %s (%s)" % (table, described))
            for table, row in rows:
                columns = TABLES[table]
                database.execute("INSERT INTO %s VALUES (%s)" % (table, ", ".join("?" * len(columns))),
                                 [printable(row[column]) for column in columns])
            for table, columns in INDEXES.items():
                for column in columns:
                    database.execute("CREATE INDEX %s_by_%s ON %s (%s)" % (table, column, table, column))
            database.commit()
    except (sqlite3.Error, OSError) as error:
        raise Failed("%s: %s" % (path, error)) from error


def connect(path):
    """To read."""
    database = sqlite3.connect("file:%s?mode=ro" % urllib.parse.quote(path), uri=True)
    database.row_factory = sqlite3.Row
    return database


def export(path, table, target, kind):
    """`kind`: "csv" or "jsonl"."""
    with contextlib.closing(connect(path)) as database, beside(target) as part, \
            open(part, "w", encoding="utf-8", newline="") as file:
        rows = database.execute("SELECT * FROM %s" % table)
        if kind == "csv":
            writer = csv.writer(file)
            writer.writerow(TABLES[table])
            writer.writerows(rows)
        else:
            for row in rows:
                file.write(json.dumps(dict(row)) + "\n")
