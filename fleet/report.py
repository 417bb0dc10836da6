# SPDX-License-Identifier: GPL-2.0-or-later
"""report.html: what the results of a run say, in words and pictures, in one file that needs no network."""
import collections
import contextlib
import datetime
import os

import jinja2
import markupsafe

from fleet import pictures, results, stories, tasks
from fleet.judge import Failed

TEMPLATE = "report.html.jinja"
MOST_STORIES, MOST_PAIRS, MOST_ROWS, MOST_FILES = 8, 15, 25, 50
WHY_GONE = {"gave up": "{:,} gave up because nothing answered any more",
            "peer reset": "{:,} got a reset from a peer, or a device in between, that had forgotten the connection"}
GONE = tuple(WHY_GONE)


def plural(count, thing):
    return "{:,} {}{}".format(count, thing, "" if count == 1 else "s")


def moment(seconds):
    if seconds is None:
        return ""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def endpoint(address, port):
    return ("[%s]:%d" if ":" in address else "%s:%d") % (address, port)


class Results:
    """The questions that the page answers, asked of the results."""

    def __init__(self, database):
        self._database = database

    def one(self, query, *values):
        return self._database.execute(query, values).fetchone()[0]

    def rows(self, query, *values):
        return self._database.execute(query, values).fetchall()

    def span(self):
        return self._database.execute("SELECT min(first), max(last) FROM files").fetchone()

    def outcomes(self):
        return dict(self.rows("SELECT outcome, count(*) FROM probers GROUP BY outcome"))

    def worst_pairs(self):
        """By pair of hosts and port of the peer: those with the most probers that found their peer gone."""
        return self.rows("""
            SELECT prober_address, peer_address, peer_port, count(*) AS probers,
                   sum(outcome = 'gave up') AS gave_up, sum(outcome = 'peer reset') AS peer_reset,
                   max(idle_timeout_above) AS above, min(idle_timeout_below) AS below, max(last) AS last
            FROM probers GROUP BY prober_address, peer_address, peer_port HAVING gave_up + peer_reset > 0
            ORDER BY gave_up + peer_reset DESC, last DESC LIMIT ?""", MOST_PAIRS)

    def timeouts(self):
        """Suspected idle timeouts of paths, the most frequent first; those of a path differ by its connections alone."""
        return self.rows("""
            SELECT above, below, count(*) AS paths, sum(connections) AS connections, min(client_address) AS client,
                   min(server_address) AS server, min(server_port) AS port
            FROM (SELECT client_address, server_address, server_port, max(idle_timeout_above) AS above,
                         min(idle_timeout_below) AS below, count(*) AS connections
                  FROM idle WHERE idle_timeout_above IS NOT NULL GROUP BY client_address, server_address, server_port)
            WHERE above < below GROUP BY round(below, 0), round(above, 0) ORDER BY paths DESC, connections DESC LIMIT 10""")

    def silences(self):
        survived = [row[0] for row in self.rows("SELECT survived FROM idle WHERE survived IS NOT NULL")]
        lost = [row[0] for row in self.rows("SELECT lost FROM idle WHERE lost IS NOT NULL")]
        return survived, lost

    def settings(self):
        return self.rows("""
            SELECT keepidle, keepintvl, keepcnt, count(*) AS probers, sum(outcome IN ('gave up', 'peer reset')) AS gone
            FROM probers WHERE keepidle IS NOT NULL GROUP BY keepidle, keepintvl, keepcnt
            ORDER BY probers DESC LIMIT ?""", MOST_PAIRS)

    def too_late(self):
        """Probers whose first probe comes later than the shorter bound of the suspected timeout of their own path."""
        return self.one("""SELECT count(*) FROM probers WHERE keepidle IS NOT NULL AND idle_timeout_below IS NOT NULL
                           AND keepidle > idle_timeout_above""")

    def unprobed(self):
        """Connections that nobody probes, the longest silences first."""
        return self.rows("""
            SELECT * FROM idle WHERE probed_by = 'none'
            ORDER BY lost IS NULL, max(coalesce(lost, 0), coalesce(survived, 0)) DESC LIMIT ?""", MOST_ROWS)


def findings(found):
    """Sentences, the worst news first."""
    outcomes = found.outcomes()
    probers = sum(outcomes.values())
    gone = sum(outcomes.get(outcome, 0) for outcome in GONE)
    lost = found.one("SELECT count(*) FROM idle WHERE lost IS NOT NULL")
    unprobed_lost = found.one("SELECT count(*) FROM idle WHERE lost IS NOT NULL AND probed_by = 'none'")
    sentences = []
    if gone:
        who = "The one end that sends keepalive probes"
        if probers > 1:
            who = "{:,} of {:,} ends that send keepalive probes".format(gone, probers)
        parts = [text.format(outcomes[outcome]) for outcome, text in WHY_GONE.items() if outcomes.get(outcome)]
        sentences.append("%s found the peer gone: %s." % (who, ", and ".join(parts)))
    elif probers:
        sentences.append("%s keepalive probes, and none found its peer gone." % (
            "One end sends" if probers == 1 else "{:,} ends send".format(probers)))
    else:
        sentences.append("Nobody sends keepalive probes in these captures.")
    pairs = found.worst_pairs()
    if pairs and pairs[0]["gave_up"] + pairs[0]["peer_reset"] > 1:
        worst = pairs[0]
        sentences.append("The worst pair of hosts is {} and {}: {:,} of {:,} probers found their peer gone.".format(
            worst["prober_address"], endpoint(worst["peer_address"], worst["peer_port"]),
            worst["gave_up"] + worst["peer_reset"], worst["probers"]))
    timeouts = found.timeouts()
    for timeout in timeouts[:3]:
        sentences.append("{} {} that a device in between forgets connections that are idle for longer than something "
                         "between {} and {}: for example from {} to {}.".format(
                             plural(timeout["paths"], "path"), "suggests" if timeout["paths"] == 1 else "suggest",
                             pictures.span(timeout["above"]), pictures.span(timeout["below"]), timeout["client"],
                             endpoint(timeout["server"], timeout["port"])))
    # Silences may be too short for the table of idle connections.
    for pair in () if timeouts else pairs[:3]:
        if pair["above"] is not None and pair["above"] < pair["below"]:
            sentences.append("Between {} and {}, a device seems to forget connections that are idle for longer than "
                             "something between {} and {}.".format(
                                 pair["prober_address"], endpoint(pair["peer_address"], pair["peer_port"]),
                                 pictures.span(pair["above"]), pictures.span(pair["below"])))
    too_late = found.too_late()
    if too_late:
        who = "One prober has" if too_late == 1 else "{:,} probers have".format(too_late)
        sentences.append(who + " a TCP_KEEPIDLE that is longer than a silence that was survived on the same path, and a "
                         "longer silence was not: a shorter TCP_KEEPIDLE may keep these connections.")
    if lost:
        sentences.append("%s lost in a silence%s." % (
            "One connection was" if lost == 1 else "{:,} connections were".format(lost),
            "; %s probed by nobody" % ("{:,} of them were".format(unprobed_lost)) if unprobed_lost else ""))
    return sentences


def drawn(found, told):
    """{name of a picture: SVG}; what there is nothing of is not drawn."""
    svg = {}
    if told:
        svg["timelines"] = pictures.timelines([
            ("%s to %s (%s)" % (endpoint(row["prober_address"], row["prober_port"]),
                                endpoint(row["peer_address"], row["peer_port"]), row["outcome"]), points, silences)
            for row, points, silences in told])
    survived, lost = found.silences()
    if survived or lost:
        svg["silences"] = pictures.silences(survived, lost, [(row["above"], row["below"]) for row in found.timeouts()])
    settings = found.settings()
    if settings:
        def name(row):
            return "idle %s, interval %s, count %s" % tuple(
                "not seen" if value is None else value
                for value in (row["keepidle"], row["keepintvl"], row["keepcnt"]))
        svg["settings"] = pictures.bars([(name(row), [row["probers"] - row["gone"], row["gone"]]) for row in settings],
                                        "probers", {"peer there": pictures.BLUE, "peer gone": pictures.RED},
                                        "Keepalive settings in use")
    pairs = found.worst_pairs()
    if pairs:
        svg["pairs"] = pictures.bars(
            [("%s to %s" % (row["prober_address"], endpoint(row["peer_address"], row["peer_port"])),
              [row["gave_up"], row["peer_reset"]]) for row in pairs],
            "probers that found their peer gone", {"gave up": pictures.ORANGE, "peer reset": pictures.RED}, "Worst pairs")
    return {which: markupsafe.Markup(text) for which, text in svg.items()}


def render(database, told):
    found = Results(database)
    first, last = found.span()
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(os.path.dirname(os.path.abspath(__file__))),
                                     autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(span=pictures.span, moment=moment)
    environment.globals["endpoint"] = endpoint
    return environment.get_template(TEMPLATE).render(
        first=first, last=last, findings=findings(found), svg=drawn(found, told),
        points=found.rows("SELECT point, count(*) AS files, sum(packets) AS packets, min(first) AS first, max(last) AS last "
                          "FROM files GROUP BY point ORDER BY point LIMIT ?", MOST_FILES),
        all_points=found.one("SELECT count(DISTINCT point) FROM files"),
        files=found.one("SELECT count(*) FROM files"), packets=found.one("SELECT coalesce(sum(packets), 0) FROM files"),
        damaged=found.rows("SELECT * FROM files WHERE state != 'ok' ORDER BY path LIMIT ?", MOST_FILES),
        all_damaged=found.one("SELECT count(*) FROM files WHERE state != 'ok'"),
        outcomes=collections.Counter(found.outcomes()).most_common(), pairs=found.worst_pairs(), unprobed=found.unprobed())


def write(out, program, plugin):
    """Writes report.html into `out`; its path."""
    source = os.path.join(out, results.RESULTS)
    if not os.path.exists(source):
        raise Failed("there are no results in %s: `run` makes them" % out)
    target = os.path.join(out, "report.html")
    try:
        with contextlib.closing(results.connect(source)) as database:
            told = stories.worst(database, out, program, plugin, MOST_STORIES)
            with tasks.beside(target) as part:
                with open(part, "w", encoding="utf-8") as page:
                    page.write(render(database, told))
    except OSError as error:
        raise Failed("%s: %s" % (target, error.strerror)) from error
    return target
