"""INSEE's bands are read by département and must add up."""

from __future__ import annotations

import pytest

from allocator.errors import InputError
from scenarios.official.catalogue import AGES as DATASET
from scenarios.official.population import people_by_department
from tests.unit.scenarios.official.planted import AGES, source


def test_bands_are_keyed_by_their_youngest_age(tmp_path):
    """As `scenarios.ages` wants them, with départements as text."""
    people = people_by_department(source(tmp_path, DATASET, AGES))
    assert sorted(people) == ["22", "2A", "75", "76"]
    assert people["2A"] == {0: 10_000, 20: 10_000, 40: 12_000, 60: 8_000, 75: 5_000}


def test_bands_that_do_not_add_up_are_refused(tmp_path):
    """A shifted column is found before anybody is planned."""
    wrong = [AGES[0], {**AGES[1], "pop_total": 45_001}]
    rule = r"\.csv:3: the bands add up to 45000, pop_total is 45001"
    with pytest.raises(InputError, match=rule):
        people_by_department(source(tmp_path, DATASET, wrong))


def test_a_departement_given_twice_is_refused(tmp_path):
    """Its people would count twice, or the first half would be lost."""
    wrong = [AGES[0], {**AGES[0], "pop_0_19": 10_001, "pop_total": 45_001}]
    with pytest.raises(InputError, match=r"\.csv:3: repeated key \(departement='22'\)"):
        people_by_department(source(tmp_path, DATASET, wrong))
