# SPDX-License-Identifier: GPL-2.0-or-later
"""What docs/rules.md says, from plugin/engine/explanations/: the comment that each explanation begins with, in the order in
which they are asked, and the limits of its file."""
import dataclasses
import re

import capture_files

ENGINE = capture_files.TREE / "plugin/engine"
EXPLANATIONS = ENGINE / "explanations"
PARTS = {"Told by": "Recognised by", "Within": "Time", "Not told so": "But not", "Proof": "Proof"}   # as the page calls them
# A comment and the constant below it or on its left.
CONSTANT = re.compile(r"((?:^// .*\n)*)^constexpr (?:Nanoseconds|std::int32_t) (k\w+) = ([^;]+);(?: +// (.*))?$",
                      re.MULTILINE)


@dataclasses.dataclass
class Explanation:
    name: str      # of its function and its file
    title: str
    what: str
    parts: dict    # {part: text}
    limits: list   # (constant, value, why)


def order():
    """The names in the order of explanation.cpp, before which copies are told."""
    table = (EXPLANATIONS / "explanation.cpp").read_text(encoding="utf-8").split("kInThisOrder{{")[1].split("}};")[0]
    return list(dict.fromkeys(["copy", *re.findall(r"\{(\w+), at\(", table)]))


def files():
    return {path.stem for path in EXPLANATIONS.glob("*.cpp")} - {"explanation"}


def plain(comment):
    return " ".join(line[3:] for line in comment.strip().splitlines())


def as_text(value):
    """50 * kMillisecond reads 50 ms."""
    value = re.sub(r" \* k(Milli)?[sS]econd", lambda match: " ms" if match.group(1) else " s", value)
    return {"kSecond": "1 s", "kAtOnce / kMillisecond": "kAtOnce"}.get(value, value + " ms" if value.isdigit() else value)


def constants(path):
    """{name: (value, why)}; constants without a comment share the one above."""
    found, why = {}, ""
    for comment, name, value, beside in CONSTANT.findall(path.read_text(encoding="utf-8")):
        why = plain(comment) or (beside and beside[0].upper() + beside[1:] + ".") or why
        found[name] = as_text(value), why
    return found


def shared():
    return constants(ENGINE / "timers.h")


def limit_lines(limits):
    return ["| limit | | why |", "|---|---:|---|"] + ["| `%s` | %s | %s |" % limit for limit in limits] + [""]


def read(name):
    path = EXPLANATIONS / (name + ".cpp")
    text = path.read_text(encoding="utf-8")
    comment = re.search(r"((?:^// .*\n)+)^Finding %s\(const Scene&" % name, text, re.MULTILINE).group(1)
    heads = re.split(r"^// (%s): " % "|".join(PARTS), comment, flags=re.MULTILINE)
    title, what = plain(heads[0]).split(": ", 1)
    parts = {part: plain("// " + rest) for part, rest in zip(heads[1::2], heads[2::2])}
    limits = [(each, *value) for each, value in constants(path).items()]
    limits += [(each, value, "[shared](#shared-limits)") for each, (value, _) in shared().items()
               if re.search(r"\b%s\b" % each, text)]
    return Explanation(name, title, what, parts, limits)


def lines():
    result = []
    for name in order():
        explanation = read(name)
        result += ["## %s" % explanation.title, "", explanation.what[0].upper() + explanation.what[1:], ""]
        result += ["- *%s:* %s" % (PARTS[part], text) for part, text in explanation.parts.items()]
        result.append("")
        if explanation.limits:
            result += limit_lines(explanation.limits)
        result += ["`plugin/engine/explanations/%s.cpp`, `tests/engine/test_%s.cpp`" % (name, name), ""]
    return result + ["## Shared limits", ""] + limit_lines((each, *value) for each, value in shared().items())
