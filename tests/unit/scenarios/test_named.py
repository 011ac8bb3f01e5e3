"""Scenarios are found by name, extend one another, and are refused with the line to blame."""

from __future__ import annotations

from datetime import date

import pytest

from allocator.errors import InputError
from scenarios.named import LIBRARY, names, read_scenario, read_text_of
from tests.unit.scenarios.tiny import TINY, line_of, write_library


def refusal(library, name="own") -> str:
    """Return the message with which a scenario is refused."""
    with pytest.raises(InputError) as error:
        read_scenario(name, library)
    return str(error.value)


def test_names_are_the_files_of_the_library_in_order(tmp_path):
    """Other files are not scenarios."""
    write_library(tmp_path, b=TINY, a=TINY)
    (tmp_path / "README.md").write_text("words")
    assert names(tmp_path) == ["a", "b"]


def test_a_scenario_lays_its_keys_over_those_it_extends(tmp_path):
    """Tables are merged key by key; values and lists replace those below."""
    own = (
        'extends = "base"\npurpose = "Other."\n[products.pfizer]\ninterval_days = [42, 42]\n'
        "[facts.deliveries]\njanssen = [1, 2, 3, 4]\n"
    )
    scenario = read_scenario("own", write_library(tmp_path, base=TINY, own=own))
    base = read_scenario("base", tmp_path)
    assert scenario.name == "own"
    assert scenario.purpose == "Other."
    assert scenario.products[0].interval_days == (42, 42)
    assert scenario.products[0].label == base.products[0].label
    assert scenario.products[1] == base.products[1]
    assert scenario.eligibility == base.eligibility
    assert scenario.facts is not None
    assert base.facts is not None
    assert scenario.facts.deliveries["janssen"] == (1, 2, 3, 4)
    assert scenario.facts.deliveries["pfizer"] == base.facts.deliveries["pfizer"]


def test_a_list_of_rows_replaces_the_one_below(tmp_path):
    """Eligibility is given whole or not at all."""
    own = (
        'extends = "base"\n'
        '[[eligibility]]\nproduct = "pfizer"\ndose_rank = 2\nfrom_date = 2021-01-18\n'
    )
    scenario = read_scenario("own", write_library(tmp_path, base=TINY, own=own))
    assert [(rule.product, rule.dose_rank) for rule in scenario.eligibility] == [("pfizer", 2)]


def test_extensions_go_through_several_files(tmp_path):
    """The nearest one wins."""
    library = write_library(
        tmp_path,
        base=TINY,
        middle='extends = "base"\nseed = 8\nweeks = 3\n',
        own='extends = "middle"\nweeks = 2\n',
    )
    scenario = read_scenario("own", library)
    assert (scenario.seed, scenario.weeks, scenario.start) == (8, 2, date(2021, 5, 31))


def test_an_unknown_name_is_refused_with_the_known_ones(tmp_path):
    """No path leads out of the library."""
    library = write_library(tmp_path / "library", a=TINY, b=TINY)
    write_library(tmp_path, outside=TINY)
    assert refusal(library, "c") == "scenario: 'c' is unknown (known: a, b)"
    assert refusal(library, "../outside") == "scenario: '../outside' is unknown (known: a, b)"


def test_a_circle_of_extensions_is_refused_where_it_closes(tmp_path):
    """By the line of the last link, with the whole way round."""
    library = write_library(
        tmp_path, own='\nextends = "b"\n', b='extends = "c"\n', c='\n\nextends = "own"\n'
    )
    assert refusal(library) == "c.toml:3: extends leads back to itself: own -> b -> c -> own"


def test_a_scenario_that_extends_itself_is_a_circle(tmp_path):
    """Of one link."""
    library = write_library(tmp_path, own='extends = "own"\n')
    assert refusal(library) == "own.toml:1: extends leads back to itself: own -> own"


def test_extending_what_is_not_there_is_refused(tmp_path):
    """An unknown name, or no name at all."""
    library = write_library(tmp_path, own='\nextends = "base"\n')
    assert refusal(library) == "own.toml:2: extends is not one of own: 'base'"
    write_library(tmp_path, own="extends = 3\n")
    assert refusal(library) == "own.toml:1: extends is not a line of text: 3"


def test_a_misspelt_key_is_refused_in_the_file_that_has_it(tmp_path):
    """Also when that is the file below."""
    library = write_library(tmp_path, base=TINY + "\n[fact]\n", own='extends = "base"\n')
    assert refusal(library).startswith(
        f"base.toml:{line_of(TINY + '[fact]', '[fact]') + 1}: fact is unknown here (known: "
    )


def test_a_broken_rule_is_blamed_on_the_file_that_breaks_it(tmp_path):
    """A value of the file below, and one laid over it."""
    base = TINY.replace("weight = 2", 'weight = "much"')
    library = write_library(tmp_path, base=base, own='extends = "base"\n')
    line = line_of(base, 'weight = "much"')
    assert refusal(library) == f"base.toml:{line}: classes.50-74.weight is not a number: 'much'"
    write_library(tmp_path, base=TINY, own='extends = "base"\n\nstart = 2021-06-01\n')
    assert refusal(library) == "own.toml:3: start is not a Monday: 2021-06-01 is a Tuesday"


def test_what_is_not_toml_is_refused_with_its_line(tmp_path):
    """A broken assignment, and bytes that are no text."""
    library = write_library(tmp_path, own="a = 1\nb = \n")
    assert refusal(library).startswith("own.toml:2: not TOML: ")
    (tmp_path / "own.toml").write_bytes(b"a = 1\nb = '\xff'\n")
    assert refusal(library) == "own.toml:2: not UTF-8: byte 0xff"


@pytest.mark.parametrize("name", names())
def test_every_scenario_of_the_library_is_valid(name):
    """Each with a one-line purpose of its own, by default prices, from a Monday on."""
    scenario = read_scenario(name)
    assert scenario.name == name
    assert scenario.purpose.endswith(".")
    assert len(scenario.purpose) < 100
    assert scenario.objective == {"unserved": 100, "week": 1, "km": 0.2}
    assert (scenario.floor, scenario.price) == (0.95, 20)
    assert scenario.checkpoints == tuple(range(4, scenario.weeks + 1, 4))


def test_the_library_has_the_scenarios_of_2021():
    """And no two with the same purpose."""
    expected = {
        "france-2021-05-31", "france-builtin", "bretagne", "shortage-2021-01", "moderna-slip",
        "az-suspended", "moderna-leaves-centres", "booster-2021-11",
    }  # fmt: skip
    assert expected <= set(names(LIBRARY))
    purposes = {read_scenario(name).purpose for name in names()}
    assert len(purposes) == len(names())


def test_a_text_outside_the_library_may_extend_it():
    """Its name may be that of the one it extends; a broken rule names its own file and line."""
    text = 'extends = "bretagne"\npurpose = "Ours."\nweeks = 6\n'
    scenario = read_text_of("bretagne", text, "scenario.toml")
    assert (scenario.name, scenario.weeks, scenario.regions) == ("bretagne", 6, ("53",))
    with pytest.raises(InputError, match=r"^scenario\.toml:3: weeks is outside 1\.\.104: 600$"):
        read_text_of("mine", text.replace("6", "600"), "scenario.toml")
    with pytest.raises(InputError, match=r"^scenario\.toml:1: extends is not one of .*: 'mine'$"):
        read_text_of("mine", 'extends = "mine"', "scenario.toml")
