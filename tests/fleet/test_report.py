# SPDX-License-Identifier: GPL-2.0-or-later
"""report.html as a browser shows it."""
import contextlib
import html.parser
import os
import random
import re
import shutil
import subprocess

import pytest

from fleet import report, results
from fleet_under_test import TREE, fleet

BROWSER = shutil.which("chromium")
HOSTILE = "/captures/<script>document.title = 'taken'</script>$x^2$&amp;\"'"
PICTURES = {"Timelines of connections that died", "Silences survived and lost by length", "Worst pairs",
            "Keepalive settings in use"}


class Page(html.parser.HTMLParser):
    """What is in the page that a reader can see: its text, its pictures, and whatever could run or load something."""

    def __init__(self, source):
        super().__init__()
        self.text, self.pictures, self.active = "", set(), []
        self._is_hidden = False
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self._is_hidden = tag in ("style", "title", "metadata")
        if tag == "svg":
            self.pictures.add(attributes.get("aria-label"))
        if tag in ("script", "iframe", "object", "img", "link") or any(name.startswith("on") for name in attributes):
            self.active.append((tag, attributes))
        for name in ("href", "xlink:href", "src"):
            if not attributes.get(name, "#").startswith("#"):
                self.active.append((tag, attributes))

    def handle_endtag(self, tag):
        self._is_hidden = False

    def handle_data(self, data):
        if not self._is_hidden:
            self.text += data


def shown(path, tmp_path):
    """The page as the browser has it when it is loaded; fails for anything that the browser complains of."""
    home = tmp_path / "browser"
    done = subprocess.run([BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
                           "--user-data-dir=%s" % home, "--virtual-time-budget=1000", "--dump-dom", "file://%s" % path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert not re.findall(r".*:CONSOLE.*", done.stderr)
    return Page(done.stdout)


def made_rows(connections):
    chance = random.Random(7)
    yield "files", {"point": HOSTILE, "path": HOSTILE + "/a.pcap", "state": "truncated", "message": "<b>cut</b> short",
                    "octets": 1000, "packets": connections * 10, "tcp_segments": connections * 10, "first": 1.7e9,
                    "last": 1.7e9 + 86400}
    for number in range(connections):
        client, server = "10.1.%d.%d" % (number % 50, number % 7), "192.0.2.%d" % (number % 11)
        survived, lost = chance.uniform(60, 340), chance.uniform(355, 4000)
        dies = chance.random() < 0.3
        common = {"point": HOSTILE, "first": 1.7e9 + number % 80000, "last": 1.7e9 + number % 80000 + 4000,
                  "idle_timeout_above": 349.0 if dies else None, "idle_timeout_below": 355.0 if dies else None}
        yield "probers", {
            **common, "prober_address": client, "prober_port": 1024 + number % 60000, "peer_address": server,
            "peer_port": 443, "outcome": chance.choice(report.GONE) if dies else "answered", "probes": 9, "answered": 4,
            "unanswered": 5 if dies else 0, "longest_run": 5, "idle_periods": 2, "longest_idle": 7200.5,
            "keepidle": chance.choice((60, 300, 7200)), "keepintvl": 75, "keepcnt": 9 if dies else None,
            "response_min": 0.001, "response_avg": 0.002, "response_max": 0.003}
        yield "idle", {
            **common, "client_address": client, "client_port": 1024 + number % 60000, "server_address": server,
            "server_port": 443, "outcome": "lost: no answer" if dies else "survived", "survived": survived, "idle_limit": "",
            "lost": lost if dies else None, "probed_by": "client" if number % 2 else "none", "keepidle": None}


@pytest.mark.skipif(BROWSER is None, reason="there is no chromium")
@pytest.mark.parametrize("connections", [1000, pytest.param(100_000, marks=pytest.mark.long)])
def test_many_connections(tmp_path, connections):
    results.write(str(tmp_path / results.RESULTS), made_rows(connections))
    report.write(str(tmp_path), "", "")
    path = tmp_path / "report.html"
    assert path.stat().st_size < 400_000   # it does not grow with the connections
    page = shown(path, tmp_path)
    assert page.pictures == PICTURES - {"Timelines of connections that died"}
    assert not page.active
    assert "of {:,} ends that send keepalive probes found the peer gone".format(connections) in page.text
    assert "between 5.82 min and 5.92 min" in page.text
    # Names from captures are text.
    assert HOSTILE in page.text
    assert "<b>cut</b> short" in page.text


@pytest.fixture(scope="module")
def out(tmp_path_factory, host):
    out = tmp_path_factory.mktemp("report") / "out"
    fleet("run", "--out", out, "--partitions", "4", *host)
    return out


@pytest.mark.skipif(BROWSER is None, reason="there is no chromium")
def test_host(tmp_path, out):
    fleet("report", "--out", out)
    page = shown(out / "report.html", tmp_path)
    assert page.pictures == PICTURES
    assert not page.active
    with contextlib.closing(results.connect(str(out / results.RESULTS))) as database:
        gone = database.execute("SELECT count(*) FROM probers WHERE outcome IN ('gave up', 'peer reset')").fetchone()[0]
    assert gone > 20
    assert "%d of 196 ends that send keepalive probes found the peer gone" % gone in page.text
    assert re.search(r"10\.\d+\.\d+\.\d+:\d+ to 192\.0\.2\.\d+:\d+ \(gave up\)", page.text)


def test_no_results(tmp_path):
    assert "there are no results in %s" % tmp_path in fleet("report", "--out", tmp_path, code=1).stderr


@pytest.mark.long
def test_single_capture(tmp_path):
    """scripts/report.sh"""
    done = subprocess.run([TREE / "scripts/report.sh", TREE / "pcaps/silent_firewall.client.pcap", tmp_path / "page.html"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    page = Page((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert "The one end that sends keepalive probes found the peer gone: 1 gave up" in page.text
    assert "idle for longer than something between 1.03 s and 4.03 s" in page.text
