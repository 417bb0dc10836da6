#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""mutate.py [--jobs N] [FILE...]: which conditions and limits of the engine no test guards.

Changes one thing at a time in plugin/engine/explanations/, timers.h and spacing.cpp, or in the files named: a limit is
halved or doubled, a comparison is turned round, "and" becomes "or", a "not" is left out. Then it runs the engine's packet
scripts. Prints each change that no test notices, and fails if there is one. Uses all processors, or N of them.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
ENGINE = TREE / "plugin/engine"
COMPILER = [os.environ.get("CXX", "g++"), "-std=c++17", "-O0"]
TURNED = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&", "!": ""}
OPERATOR = re.compile(r" (<=|>=|<|>|==|!=|&&|\|\|) |(?<![\w)])(!)(?=\w)")
LIMIT = re.compile(r"(?<=constexpr Nanoseconds )(k\w+) = (.+)(?=;)|(?<=constexpr std::int32_t )(k\w+) = (.+)(?=;)")
TIMEOUT = 60  # seconds; a change may make a loop endless


def mutants(text):
    """(line number, what the line becomes, the whole text then)"""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        code = line.split("//")[0]
        changed = []
        for match in LIMIT.finditer(code):
            name, value = (each for each in match.groups() if each)
            for factor in (" / 2", " * 2"):
                changed.append(line[:match.start()] + "%s = (%s)%s" % (name, value, factor) + line[match.end():])
        if "#include" not in code and "operator" not in code and "template" not in code:
            for match in OPERATOR.finditer(code):
                group = 1 if match.group(1) else 2
                changed.append(line[:match.start(group)] + TURNED[match.group(group)] + line[match.end(group):])
        for each in changed:
            yield number + 1, each.strip(), "".join(lines[:number] + [each] + lines[number + 1:])


class Workshop:
    """The compiled tests and engine, in which one file at a time is replaced."""

    def __init__(self, directory):
        self._directory = pathlib.Path(directory)
        scripts = [path for path in sorted((TREE / "tests/engine").glob("*.cpp")) if path.stem != "test_steps"]
        tests = self._directory / "tests.cpp"
        tests.write_text("".join('#include "%s"\n' % path for path in scripts), encoding="utf-8")
        self._tests = self._directory / "tests.o"
        self._compile(tests, self._tests, ["-I", str(TREE / "plugin"), "-I", str(TREE / "tests/engine")])
        self._sources = sorted(ENGINE.glob("*.cpp")) + sorted(ENGINE.glob("*/*.cpp"))
        self._objects = {path: self._directory / (path.stem + ".o") for path in self._sources}
        for source, output in self._objects.items():
            self._compile(source, output, ["-I", str(source.parent)])

    @staticmethod
    def _compile(source, output, options=()):
        subprocess.run([*COMPILER, *options, "-c", str(source), "-o", str(output)], check=True, capture_output=True)

    def is_noticed(self, path, text):
        """By a test, or by the compiler."""
        with tempfile.TemporaryDirectory(dir=self._directory) as place:
            objects = dict(self._objects)
            try:
                if path.suffix == ".h":
                    self._replace_header(path, text, pathlib.Path(place), objects)
                else:
                    source = pathlib.Path(place) / path.name
                    source.write_text(text.replace('#include "', '#include "%s/' % path.parent), encoding="utf-8")
                    objects[path] = source.with_suffix(".o")
                    self._compile(source, objects[path])
                program = pathlib.Path(place) / "tests"
                subprocess.run([*COMPILER, str(self._tests), *map(str, objects.values()), "-lgtest", "-lgtest_main",
                                "-lpthread", "-o", str(program)], check=True, capture_output=True)
                return subprocess.run([str(program), "--gtest_fail_fast"], timeout=TIMEOUT, check=False,
                                      capture_output=True).returncode != 0
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
                return True

    def _replace_header(self, path, text, place, objects):
        """In all files, as other headers include it, too; its guard keeps the original out."""
        header = place / path.name
        header.write_text(text.replace('#include "', '#include "%s/' % path.parent), encoding="utf-8")
        for source in self._sources:
            objects[source] = place / (source.stem + ".o")
            self._compile(source, objects[source], ["-include", str(header)])


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*", type=lambda name: pathlib.Path(name).resolve())
    options = parser.parse_args()
    paths = options.files or [*sorted((ENGINE / "explanations").glob("*.cpp")), ENGINE / "timers.h", ENGINE / "spacing.cpp"]
    with tempfile.TemporaryDirectory() as directory:
        workshop = Workshop(directory)
        work = [(path, *mutant) for path in paths for mutant in mutants(path.read_text(encoding="utf-8"))]
        for path in paths:  # or else every change is noticed
            if workshop.is_noticed(path, path.read_text(encoding="utf-8")):
                sys.exit("The tests fail without any change, with %s put in its place." % path.name)
        survivors = 0
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            results = pool.map(lambda one: workshop.is_noticed(one[0], one[3]), work)
            for (path, number, line, _), noticed in zip(work, results):
                if not noticed:
                    survivors += 1
                    print("%s:%d: %s" % (path.relative_to(TREE), number, line), flush=True)
    print("%d changes, %d that no test notices" % (len(work), survivors))
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
