"""VAC-SI says by age who had a dose by a day and in the end; all ages together count nowhere."""

from __future__ import annotations

from datetime import date

import pytest

from allocator.errors import InputError
from scenarios.official.catalogue import VACSI_AGES, VACSI_TOTALS
from scenarios.official.vacsi import covered_on, share_of, totals
from tests.unit.scenarios.official.planted import source

DAYS = [
    {"clage_vacsi": class_, "jour": f"2021-05-{day}", "n_cum_dose1": n * day, "n_cum_rappel": n}
    for class_, n in (("49", 10), ("80", 1), ("0", 11))
    for day in (29, 30)
]
TOTALS = [
    {"clage_vacsi": class_, "n_tot_dose1": n, "n_tot_rappel": n // 2, "pop": population}
    for class_, n, population in (
        ("49", 800, 1000.0),
        ("59", 300, 400.5),
        ("80", 90, 100.0),
        ("0", 1190, 2),
    )
]


def test_all_ages_together_are_never_counted(tmp_path):
    """Class 0 repeats the others."""
    assert covered_on(source(tmp_path, VACSI_AGES, DAYS), "first dose", date(2021, 5, 30)) == {
        "49": 300,
        "80": 30,
    }
    persons, population = totals(source(tmp_path, VACSI_TOTALS, TOTALS), "first dose")
    assert persons == {"49": 800, "59": 300, "80": 90}
    assert population == {"49": 1000.0, "59": 400.5, "80": 100.0}


def test_the_measure_chooses_the_column(tmp_path):
    """A booster campaign asks who had a booster."""
    day = date(2021, 5, 29)
    assert covered_on(source(tmp_path, VACSI_AGES, DAYS), "booster", day) == {"49": 10, "80": 1}
    assert totals(source(tmp_path, VACSI_TOTALS, TOTALS), "booster")[0]["49"] == 400


def test_before_the_first_day_nobody_had_a_dose(tmp_path):
    """The campaign of 27 December 2020 started from nothing."""
    found = covered_on(source(tmp_path, VACSI_AGES, DAYS), "first dose", date(2020, 12, 26))
    assert found == {"49": 0, "80": 0}


def test_a_file_that_ends_too_early_is_refused(tmp_path):
    """Coverage of a day that is not there is not that of the last one."""
    with pytest.raises(InputError, match="ends on 2021-05-30, before 2021-05-31"):
        covered_on(source(tmp_path, VACSI_AGES, DAYS), "first dose", date(2021, 5, 31))


@pytest.mark.parametrize(
    ("ages", "share"),
    [
        ((0, 49), 0.8),
        ((25, 49), 0.8),  # half of a class: its people are spread evenly
        ((50, 59), 0.5),
        ((45, 54), (5 * 16 + 5 * 20) / (5 * 20 + 5 * 40)),
        ((60, 120), 0.9),
        ((0, 120), (800 + 200 + 90) / (1000 + 400 + 100)),
    ],
)
def test_shares_of_an_age_range_weigh_its_classes(ages, share):
    """Classes named 49, 59 and 80 are those of 0 to 49, 50 to 59 and 60 and over."""
    persons = {"49": 800, "59": 200, "80": 90}
    population = {"49": 1000.0, "59": 400.0, "80": 100.0}
    assert share_of(ages, persons, population) == pytest.approx(share)


def test_more_persons_than_population_count_as_all(tmp_path):
    """Estimates of the population may be below the persons counted."""
    assert share_of((0, 49), {"49": 110}, {"49": 100.0}) == 1.0


@pytest.mark.parametrize(
    ("change", "rule"),
    [({"pop": ""}, "pop is empty or 0"), ({"pop": "0"}, "pop is empty or 0"),
     ({"clage_vacsi": "49"}, "repeated key")],
)  # fmt: skip
def test_a_bad_total_is_refused_with_its_line(tmp_path, change, rule):
    """Shares need a population."""
    with pytest.raises(InputError, match=rf"\.csv:3: {rule}"):
        totals(source(tmp_path, VACSI_TOTALS, [TOTALS[0], {**TOTALS[1], **change}]), "first dose")
