"""The pages say what the program does: commands, files, columns and keys."""

from __future__ import annotations

import re

import pytest

from allocator.outcome import RESULT, read_result
from allocator.plan import COLUMNS, REPORT
from allocator.read import OPTIONAL_TABLES, SETTINGS, TABLES
from scenarios.planning import Order, run_plan
from tests.conftest import CHECKOUT
from tests.contract.commands import every_command
from tests.factories import write_instance

FORMATS = CHECKOUT / "docs" / "data-formats.md"
NOT_READ = {"address", "postcode", "city", "phone", "opens_at", "closes_at", "lines"}
"""Columns of centres.csv that are for publishing: the planner ignores them."""


def sections():
    """Documented names by file: the first cells of the tables below each heading."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in FORMATS.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"#+ `?([\w.]+)", line):
            heading = match[1]
            found[heading] = []
        elif match := re.match(r"\| `([\w.]+)` \|", line):
            found[heading].append(match[1])
    return found


def pages():
    """README and every page of docs, as one text."""
    paths = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@pytest.mark.parametrize("command", sorted(every_command()))
def test_every_command_is_in_the_readme_or_the_docs(command):
    """A command that nobody can read about does not exist."""
    assert re.search(rf"\bcreneau {command}\b", pages())


@pytest.mark.parametrize(("file", "columns"), sorted({**TABLES, **OPTIONAL_TABLES}.items()))
def test_the_columns_of_the_instance_are_documented(file, columns):
    """What the reader asks for is what the page lists, in the page's order or any other."""
    optional = {"open_days", *NOT_READ} if file == "centres.csv" else set()
    documented = sections()[file]
    assert set(documented) == set(columns) | optional
    assert len(documented) == len(set(documented))


@pytest.mark.parametrize(("table", "columns"), sorted(COLUMNS.items()))
def test_the_columns_of_the_plan_are_documented_in_their_order(table, columns):
    """Each table of a plan is listed column by column."""
    assert tuple(sections()[table]) == columns


def test_the_keys_of_the_settings_are_documented(tmp_path):
    """Each key the page lists is asked for: without it, the instance is refused by its name."""
    settings = (write_instance(tmp_path / "i") / SETTINGS).read_text(encoding="utf-8")
    for key in sections()[SETTINGS]:
        assert re.search(rf"^{key.rpartition('.')[2]} = ", settings, re.MULTILINE), key


def test_the_keys_of_the_result_are_documented_and_no_others(tmp_path):
    """What a plan says of itself is what the page lists, key figures included."""
    run_plan(Order(write_instance(tmp_path / "i"), tmp_path / "p"))
    result = read_result(tmp_path / "p")
    assert sections()[RESULT] == [*result, *result["kpis"]]


def test_every_file_of_a_plan_has_its_heading(tmp_path):
    """No file appears in a plan folder that the page does not explain."""
    run_plan(Order(write_instance(tmp_path / "i"), tmp_path / "p"))
    written = {path.name.removesuffix(".csv") for path in (tmp_path / "p").iterdir()}
    assert written == {RESULT, REPORT, *COLUMNS}
    assert written <= set(sections())
