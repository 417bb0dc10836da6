#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether Wireshark's own tests pass with the plugin as without it.

    scripts/wireshark-tests.py PLUGIN.so SOURCE     SOURCE: Wireshark's unpacked source, of the release that is installed

The programs under test are the installed ones. Those that are not installed are skipped, and so are their tests.
Prints each test that ends differently, and how many there were of each kind.
"""
import collections
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

from wireshark_home import NOBODY, WiresharkHome

PROGRAMS = ["capinfos", "captype", "dftest", "dumpcap", "editcap", "mergecap", "randpkt", "rawshark", "reordercap", "sharkd",
            "text2pcap", "tshark", "wireshark"]
# Wireshark 4.0 asks unittest for a list that Python 3.11 and pytest no longer have; pytest counts the failures itself.
GONE = "result.errors + result.failures"


def folder_of_programs(folder):
    folder.mkdir()
    for name in PROGRAMS:
        program = shutil.which(name)
        if program:
            (folder / name).symlink_to(program)
    extcap = subprocess.run(["tshark", "-G", "folders"], capture_output=True, text=True, check=True).stdout
    extcap = [line.split(":", 1)[1].strip() for line in extcap.splitlines() if line.startswith("Extcap path")]
    (folder / "extcap").symlink_to(extcap[0])


def copy_tests(source, folder):
    """The tests write beside themselves, and read files of the source that are theirs."""
    shutil.copytree(source, folder, symlinks=True)
    helper = folder / "test" / "subprocesstest.py"
    helper.write_text(helper.read_text(encoding="utf-8").replace(GONE, "[]"), encoding="utf-8")
    folder_of_programs(folder / "installed")
    if os.geteuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def results(home, source):
    """How each test ended."""
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        folder = pathlib.Path(place, "source")
        copy_tests(source, folder)
        done = home.run("/usr/bin/python3", "-m", "pytest", "-q", "-n", str(os.cpu_count()), "--program-path", "installed",
                        "--skip-missing-programs", "all", "--junitxml", "results.xml", "test", cwd=folder)
        if not (folder / "results.xml").exists():
            sys.exit(done.stdout + done.stderr)
        ends = {}
        for case in xml.etree.ElementTree.parse(folder / "results.xml").getroot().iter("testcase"):
            kinds = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
            ends[case.get("classname") + "." + case.get("name")] = kinds[0] if kinds else "passed"
        return ends


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    plugin, source = sys.argv[1:]
    ends = []
    for which in (None, plugin):
        with WiresharkHome(which) as home:
            ends.append(results(home, source))
        print("with the plugin:   " if which else "without the plugin:",
              ", ".join("%d %s" % (number, end) for end, number in sorted(collections.Counter(ends[-1].values()).items())))
    different = [name for name in sorted(ends[0].keys() | ends[1].keys()) if ends[0].get(name) != ends[1].get(name)]
    for name in different:
        print("%s: %s without the plugin, %s with it" % (name, ends[0].get(name), ends[1].get(name)))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
