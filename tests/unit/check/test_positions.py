"""What cannot be read in a plan's tables is refused by file and line."""

from __future__ import annotations

import pandas as pd
import pytest

from allocator.check.verdict import judge
from allocator.errors import InputError
from allocator.plan import COLUMNS
from tests.unit.check.plans import ROWS, campaign, plan_of


@pytest.mark.parametrize(
    ("name", "row", "rule"),
    [
        ("flows", ("c", "75", "x", 1), "unknown zone: 'c'"),
        ("flows", ("a", "7", "x", 1), "unknown class: '7'"),
        ("flows", ("a", "75", "", 1), "unknown centre: ''"),
        ("flows", ("a", "75", None, 1), "unknown centre"),
        ("flows", ("a", "75", "x", -1), "people is negative: -1"),
        ("first_doses", ("2A", "75", "x", "pfizer", 0, 1), "unknown department: '2A'"),
        ("second_doses", ("x", "astra", 0, 3, 1), "unknown product: 'astra'"),
        ("shipments", ("x", "pfizer", -1, 1), "week is negative: -1"),
        ("sessions", ("x", "2021-06-31", "pfizer", 1, 1), "day is not a date"),
        ("sessions", ("x", "20210607", "pfizer", 1, 1), "day is not a date"),
        ("sessions", ("x", "", "pfizer", 1, 1), "day is not a date"),
        ("sessions", ("x", "2021-06-07", "pfizer", 3, 1), "dose_rank is not 1 or 2: 3"),
        ("quotas", ("x", "pfizer", 0, "22", "*", 1), "unknown class: '*'"),
    ],
)
def test_a_wrong_cell_is_refused_by_its_line(instance, name, row, rule):
    """The row after the good ones is to blame, and the header is line 1."""
    with pytest.raises(InputError) as error:
        judge(instance, plan_of(**{name: [*ROWS[name], row]}))
    assert (error.value.file, error.value.line) == (f"{name}.csv", len(ROWS[name]) + 2)
    assert rule in error.value.rule


@pytest.mark.parametrize("value", [1.5, None, "ten"])
def test_people_in_parts_or_words_are_refused(instance, value):
    """Flows are whole people."""
    with pytest.raises(InputError, match="people must hold whole numbers"):
        judge(instance, plan_of(flows=[*ROWS["flows"], ("a", "18", "x", value)]))


def test_ids_that_look_like_numbers_stay_text(tmp_path):
    """`01` and `1` are two centres; a number is no id."""
    rows = [{"centre": name, "name": name, "department": "22", "lat": 0, "lon": 0,
             "opens_on": "2021-01-18"} for name in ("01", "1")]  # fmt: skip
    instance = campaign(
        tmp_path / "i",
        centres=rows,
        capacity=[{"centre": "1", "week": 0, "injections": 9}],
        deliveries=[{"week": 0, "product": "janssen", "doses": 5, "centre": "1"}],
        travel=None,
    )
    rows = {name: [] for name in ROWS}
    rows["flows"] = [("a", "18", "01", 1)]
    places = [v.where for v in judge(instance, plan_of(**rows)).violations]
    assert places == ["department 22, class 18, centre 01"]
    with pytest.raises(InputError, match="unknown centre: 1"):
        judge(instance, plan_of(**{**rows, "flows": [("a", "18", 1, 1)]}))


def test_categories_are_read_as_their_ids(instance):
    """A table with categorical columns says the same."""
    flows = pd.DataFrame(ROWS["flows"], columns=list(COLUMNS["flows"]))
    flows = flows.astype({"zone": "category", "class": "category", "centre": "category"})
    assert judge(instance, plan_of(flows=flows)).feasible
