"""The documents on privacy name tests that exist, and each claim names one."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

DOCUMENTS = ("privacy.md", "threat-model.md", "dpia.md", "asvs.md", "protocol.md")
NAMED = re.compile(r"`(tests/[\w./-]+\.py)(?:::(\w+))?`")
CHAPTERS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13,
    14: 9, 15: 13, 16: 16, 17: 7,
}  # fmt: skip
"""Requirements of levels 1 and 2 in each chapter of ASVS 5.0.0: 253 of its 345."""
STATUSES = {"met", "partly", "operator", "not met", "n/a"}


def text_of(name: str) -> str:
    """Read a document."""
    return (CHECKOUT / "docs" / name).read_text(encoding="utf-8")


@cache
def names_in(path: Path) -> frozenset[str]:
    """Names of the tests in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    )


def missing_in(text: str) -> list[str]:
    """List tests that a text names and that are not there."""
    missing = []
    for file, name in NAMED.findall(text):
        path = CHECKOUT / file
        if not path.is_file() or (name and name not in names_in(path)):
            missing.append(f"{file}::{name}")
    return missing


def rows_of(text: str, heading: str) -> list[list[str]]:
    """Cells of the tables below a heading."""
    part = text.partition(heading)[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if re.match(r"\| *\**\d", line)]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_test_that_is_named_exists(name):
    """A renamed or removed test is noticed by whoever renames it."""
    text = text_of(name)
    assert NAMED.search(text)
    assert missing_in(text) == []


def test_a_test_that_does_not_exist_is_noticed():
    """The positive control: a file that is not there, and a name that is not in its file."""
    text = "`tests/privacy/test_none.py` `tests/privacy/test_documents.py::test_none`"
    assert len(missing_in(text)) == 2


def test_every_claim_has_a_mechanism_and_a_test():
    """No claim rests on the words of its page."""
    claims = rows_of(text_of("privacy.md"), "## Claims")
    assert [int(cells[0]) for cells in claims] == list(range(1, len(claims) + 1))
    assert len(claims) > 15
    for _, claim, mechanism, tests in claims:
        assert claim
        assert mechanism
        assert NAMED.search(tests), claim


def test_the_asvs_table_has_every_requirement_of_levels_1_and_2():
    """Each once, in the order of the standard, with a status and a word on how or why not."""
    rows = re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+) \|$", text_of("asvs.md"), re.MULTILINE)
    numbers = [tuple(map(int, number.split("."))) for number, _ in rows]
    assert numbers == sorted(set(numbers))
    counted = {chapter: sum(n[0] == chapter for n in numbers) for chapter in CHAPTERS}
    assert counted == CHAPTERS
    cells = [[cell.strip() for cell in rest.split("|")] for _, rest in rows]
    assert sum(cell[0] == "1" for cell in cells) == 70
    for level, requirement, status, what, _test in cells:
        assert level in ("1", "2")
        assert requirement
        assert status in STATUSES
        assert what
