"""Plans side by side: the same figures in JSON, on a terminal and on a page."""

from __future__ import annotations

import io
import json
import re
import shutil

import pytest
from rich.console import Console

from allocator.errors import InputError
from allocator.outcome import RESULT
from scenarios.report.comparison import (
    compare_plans,
    comparison_html,
    comparison_table,
    share_an_instance,
)
from scenarios.report.printed import KPIS
from tests import instances
from tests.planned import planned

METHODS = ("first-come", "pro-rata", "optimal")


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    """Three plans of one instance, in which planning is worth something (`fairness_floor`)."""
    root = tmp_path_factory.mktemp("plans")
    folder = instances.fairness_floor(root / "instance").folder
    return [planned(folder, root / method, method).folder for method in METHODS]


def printed(rows, width: int) -> str:
    """Return what a terminal of this width shows."""
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=False).print(comparison_table(rows))
    return out.getvalue()


def test_a_row_has_the_promised_keys_and_the_printed_figures(plans):
    """`name`, `cost`, `gap`, `kpis`, in the order given, fit for JSON."""
    rows = compare_plans(plans)
    assert [list(row) for row in rows] == [["name", "cost", "gap", "kpis"]] * 3
    assert [row["name"] for row in rows] == list(METHODS)
    for row, plan in zip(rows, plans, strict=True):
        result = json.loads((plan / RESULT).read_text(encoding="utf-8"))
        assert (row["cost"], row["gap"]) == (result["cost"], result["gap"])
        assert row["kpis"] == result["kpis"]
        assert set(row["kpis"]) == set(KPIS)
    assert rows[0]["cost"] == 110  # all ten doses of week 0 to one département
    assert rows[2]["cost"] == 15
    assert json.loads(json.dumps(rows)) == rows


def test_plans_of_one_name_go_by_their_paths(plans, tmp_path):
    """Two folders called `optimal` are told apart."""
    twin = shutil.copytree(plans[2], tmp_path / "optimal")
    names = [row["name"] for row in compare_plans([plans[2], twin])]
    assert names == [str(plans[2]), str(twin)]


def test_a_plan_given_twice_is_numbered(plans):
    """No two columns go by one name."""
    names = [row["name"] for row in compare_plans([plans[0], plans[1], plans[0]])]
    assert names == [f"{plans[0]} (1)", "pro-rata", f"{plans[0]} (2)"]


def test_plans_of_different_instances_are_known_to_be_so(plans, tmp_path):
    """Their costs do not compare, and the page says so instead of naming a winner."""
    other = planned(instances.one_zone_one_centre(tmp_path / "i").folder, tmp_path / "other")
    assert share_an_instance(plans)
    assert not share_an_instance([plans[0], other.folder])
    page = comparison_html([plans[0], other.folder])
    assert "leurs coûts ne se comparent pas" in page
    assert "coûte le moins" not in page


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_figure_is_cut_and_no_line_is_wider_than_the_terminal(width, plans):
    """Plans that do not fit beside each other stand below each other."""
    row = compare_plans(plans)[0]
    rows = [{**row, "name": f"plan-{i}", "cost": 123_456_000.0 + i} for i in range(9)]
    text = printed(rows, width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for row in rows:
        assert text.count(row["name"]) == 1
        assert text.count(f"{row['cost']:,.2f}") == 1
    assert text.count("certified gap") == {40: 9, 80: 3, 120: 2}[width]


def test_the_best_of_each_line_is_marked(plans):
    """Bold where a plan does best, and nowhere when all do the same."""
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True, color_system="standard")
    console.print(comparison_table(compare_plans(plans)))
    lines = {re.sub(r"\x1b\[[0-9;]*m", "", line)[:20].strip(): line
             for line in out.getvalue().splitlines()}  # fmt: skip
    assert re.search(r"\x1b\[1m *15\.00", lines["cost"])
    assert "\x1b[1m" not in lines["people served"]


def test_a_name_with_brackets_is_shown_as_it_is(plans):
    """Rich markup in a folder's name is text."""
    row = {**compare_plans(plans)[0], "name": "[red]plan[/red]"}
    assert "[red]plan[/red]" in printed([row], 80)


def test_the_page_names_the_cheapest_plan_and_how_far_it_can_be_from_the_best(plans):
    """15 points against 110; the page stands alone."""
    page = comparison_html(plans)
    assert "Le plan «\u00a0optimal\u00a0» coûte le moins\u00a0: 15" in page
    assert "86\u202f% de moins que «\u00a0first-come\u00a0»" in page
    assert page.count('<svg role="img"') == 3
    assert "<script" not in page
    assert not re.search(r"https?://", page)


def test_a_folder_name_cannot_write_into_the_page(plans, tmp_path):
    """A tag in the name of a folder is text on the page."""
    evil = shutil.copytree(plans[0], tmp_path / "<b onclick=x>")
    page = comparison_html([evil, plans[1]])
    assert "<b onclick" not in page
    assert "&lt;b onclick=x&gt;" in page


def test_one_plan_alone_compares_with_itself(plans):
    """No winner over another, and no failure."""
    page = comparison_html(plans[2:])
    assert "de moins que" not in page


def test_more_plans_than_colours_stand_in_a_table(plans):
    """Nine lines in eight colours would lie; the figures do not."""
    page = comparison_html(plans * 3)
    assert page.count('<svg role="img"') == 2
    assert "Personnes servies, en cumul" in page


def test_a_folder_that_is_no_plan_is_named(plans, tmp_path):
    """Nothing is compared when one of them cannot be."""
    with pytest.raises(InputError, match=r"result\.json: file is missing; is this a plan folder"):
        compare_plans([*plans, tmp_path])
    with pytest.raises(InputError, match="no plan folder is given"):
        compare_plans([])


def test_a_plan_without_its_table_is_named(plans, tmp_path):
    """The page needs the first doses by week."""
    broken = shutil.copytree(plans[0], tmp_path / "broken")
    (broken / "first_doses.csv").unlink()
    with pytest.raises(InputError, match=r"first_doses\.csv"):
        comparison_html([broken])
