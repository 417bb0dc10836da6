# SPDX-License-Identifier: GPL-2.0-or-later
"""print_scoreboard.py [--docs]: prints the scoreboard and every frame that is wrong; fails if the score is not perfect.

With --docs it also fills what is measured or generated into docs/fields.md, rules.md, accuracy.md and capture-filter.md,
where it stands between `<!-- NAME -->` and `<!-- end -->`.
"""
import pathlib
import re
import sys
import tempfile

import capture_files
import capture_filter
import oracle
import programs
import rules
import scoreboard
import under_test

DOCS = capture_files.TREE / "docs"


def fill(document, **sections):
    """Replaces the lines of each section."""
    path = DOCS / document
    text = path.read_text(encoding="utf-8")
    for name, lines in sections.items():
        pattern = re.compile(r"(<!-- %s -->\n).*?(<!-- end -->)" % name, re.DOTALL)
        text, count = pattern.subn(lambda match: match.group(1) + "\n".join(lines) + "\n" + match.group(2), text)
        assert count == 1, "%s has no section %s" % (path, name)
    path.write_text(text, encoding="utf-8")


def field_lines(home):
    """docs/fields.md's table: every field that is not an expert info, as registered."""
    lines = ["| field | name | type | meaning |", "|---|---|---|---|"]
    for _, name, abbreviation, kind, _, _, _, blurb in registered(home):
        if kind != "FT_NONE":
            lines.append("| `%s` | %s | %s | %s |" % (abbreviation, name, kind, blurb))
    return lines


def value_lines(home):
    """The names that the values of some fields have."""
    return ["| field | value | name |", "|---|---:|---|"] + [
        "| `%s` | %d | %s |" % (field, value, name) for (field, value), name in programs.value_names(home).items()]


def expert_lines(home):
    lines = ["| filter | text |", "|---|---|"]
    lines += ["| `%s` | %s |" % (abbreviation, name) for _, name, abbreviation, kind, *_ in registered(home)
              if kind == "FT_NONE"]
    return lines


def registered(home):
    rows = (line.split("\t") for line in home.run(home.tshark, "-G", "fields", check=True).stdout.splitlines())
    return [row for row in rows if row[0] == "F" and row[2].startswith(programs.PREFIX)]


def summary(captures, outputs):
    labels = [label for capture in captures for label in capture.labels.values()]
    segments = sum(len(outputs[capture]["segments"]) for capture in captures)
    return ["%d captures, %d segments, %d probes, %d responses." % (
        len(captures), segments, labels.count("probe"), labels.count("response"))]


def filter_lines():
    """How much of the traffic each capture loses by the filter that suits its link."""
    named = capture_filter.expressions()
    totals = {}
    with tempfile.TemporaryDirectory() as directory:
        for capture in under_test.CAPTURES:
            variant = capture_filter.variant_for(capture)
            output = pathlib.Path(directory) / "filtered.pcap"
            kept = set(capture_filter.apply(named[variant], capture.path, output))
            total = totals.setdefault(variant, [0, 0, 0, 0, 0])
            for number, frame in enumerate(capture_filter.frames_of(capture.path), start=1):
                for column, amount in enumerate((1, len(frame.data))):
                    total[1 + column] += amount
                    total[3 + column] += amount if number in kept else 0
            total[0] += 1
    lines = ["| filter | captures | frames | kept | octets | kept |", "|---|---:|---:|---:|---:|---:|"]
    for variant, (captures, frames, octets, kept_frames, kept_octets) in sorted(totals.items()):
        lines.append("| %s | %d | %d | %d (%.0f %%) | %d | %d (%.0f %%) |" % (
            variant, captures, frames, kept_frames, 100 * kept_frames / frames,
            octets, kept_octets, 100 * kept_octets / octets))
    return lines


def main():
    with under_test.home_with_plugin() as home, tempfile.TemporaryDirectory() as directory, \
            programs.Sharkd(home, under_test.SHARKD) as sharkd:
        shared, fields = under_test.Shared(directory), programs.keepalive_fields(home)
        outputs = under_test.Outputs(home, fields, shared, under_test.SharkdSays(sharkd, fields, shared))
        outputs.all_at_once()
        fields, values, experts = field_lines(home), value_lines(home), expert_lines(home)
    scores = scoreboard.score(under_test.CAPTURES, outputs)
    table = scoreboard.table(scores)
    print("\n".join(scoreboard.wrong_frames(scores)))
    print("\n".join(summary(under_test.CAPTURES, outputs) + table))
    if "--docs" in sys.argv[1:]:
        fill("fields.md", fields=fields, values=values, experts=experts)
        fill("rules.md", rules=rules.lines())
        fill("accuracy.md", captures=summary(under_test.CAPTURES, outputs), scoreboard=table)
        fill("capture-filter.md", filters=filter_lines())
    undecidable = {(capture.name, frame) for capture in under_test.CAPTURES
                   for frame in oracle.undecided_in_one_pass(outputs[capture]["segments"])}
    sys.exit(1 if scoreboard.failures(scores, undecidable) else 0)


if __name__ == "__main__":
    main()
