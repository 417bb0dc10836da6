# SPDX-License-Identifier: GPL-2.0-or-later
"""Explanations of the engine, their tests and docs/rules.md belong together by name."""
import re

import capture_files
import pytest
import rules

MISTAKES = re.search(r"enum class Mistake[^{]*\{(.*?)\};", (rules.ENGINE / "record.h").read_text(encoding="utf-8"),
                     re.DOTALL).group(1)


def test_each_file_is_asked():
    assert rules.files() == set(rules.order())


@pytest.mark.parametrize("name", sorted(rules.files()))
def test_comment_has_all_parts(name):
    parts = rules.read(name).parts
    assert {"Told by", "Proof"} <= parts.keys() and {"Within", "Not told so"} & parts.keys(), parts.keys()


@pytest.mark.parametrize("name", sorted(rules.files()))
def test_has_a_test_file(name):
    assert (capture_files.TREE / "tests/engine" / ("test_%s.cpp" % name)).exists()


NAMES = re.findall(r"^ *(\w+) = \d", MISTAKES, re.MULTILINE)


@pytest.mark.parametrize("mistake", [name for name in NAMES if name != "None"])
def test_each_mistake_is_found_by_something(mistake):
    sources = list(rules.EXPLANATIONS.glob("*.cpp")) + [rules.ENGINE / "story.cpp"]
    assert any(re.search(r"\bMistake::%s\b" % mistake, path.read_text(encoding="utf-8")) for path in sources)


def test_the_page_says_what_the_engine_says():
    page = (capture_files.TREE / "docs/rules.md").read_text(encoding="utf-8")
    assert "<!-- rules -->\n%s\n<!-- end -->" % "\n".join(rules.lines()) in page, "run scripts/scoreboard.sh --docs"
