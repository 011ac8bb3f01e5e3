"""A scenario as a form: what is typed goes into the text, and nothing else of it changes."""

from __future__ import annotations

import pytest

from allocator.errors import InputError
from api.planning.orders import SCENARIO
from api.web.planner.scenario_form import FIELDS, shown_fields, with_fields
from scenarios.named import read_text_of

TEXT = """# why
extends = "bretagne"
purpose = "Ours." # said by us
weeks = 6

[fairness]
floor = 0.9
"""


def test_the_fields_show_what_the_scenario_extends():
    """Its own values first; nothing is shown as none."""
    shown = shown_fields(TEXT)
    assert set(shown) == {field.name for field in FIELDS}
    assert (shown["weeks"], shown["fairness.floor"]) == ("6", "0.9")
    assert (shown["start"], shown["regions"], shown["centres"]) == ("2021-05-31", "53", "80")


def test_nothing_typed_changes_nothing():
    """Not a byte, comments included."""
    assert with_fields(TEXT, shown_fields(TEXT)) == TEXT


def test_only_the_lines_of_what_was_typed_change():
    """A key it has is replaced, a new one stands before the tables, one of a new table after."""
    typed = {"weeks": "8", "start": "2021-06-07", "objective.km": "0,3", "regions": "53, 52"}
    text = with_fields(TEXT, shown_fields(TEXT) | typed)
    for kept in ("# why\n", 'purpose = "Ours." # said by us\n', "floor = 0.9\n"):
        assert kept in text
    scenario = read_text_of("ours", text, SCENARIO)
    assert (scenario.weeks, scenario.start.isoformat()) == (8, "2021-06-07")
    assert scenario.objective["km"] == pytest.approx(0.3)
    assert scenario.regions == ("53", "52")


@pytest.mark.parametrize(
    ("name", "typed", "rule"),
    [
        ("weeks", "many", "weeks is not a whole number: 'many'"),
        ("start", "2021-06-08", "start is not a Monday: 2021-06-08 is a Tuesday"),
        ("fairness.floor", "-1", r"fairness\.floor is outside 0\.\.1e\+09: -1"),
        ("purpose", "", "purpose is not a line of text: ''"),
    ],
)
def test_what_cannot_be_is_refused_by_the_rules_of_scenarios(name, typed, rule):
    """With the line it was put on."""
    text = with_fields(TEXT, shown_fields(TEXT) | {name: typed})
    with pytest.raises(InputError, match=rf"^scenario\.toml:\d+: {rule}$"):
        read_text_of("ours", text, SCENARIO)


def test_a_text_that_is_no_toml_says_where():
    """Before any field is looked at."""
    with pytest.raises(InputError, match=r"^scenario\.toml:2: not TOML"):
        with_fields("weeks = 6\n=", {"weeks": "7"})
