"""A centre's week is measured by its appointments, and by its doses where those are credible."""

from __future__ import annotations

import pytest

from allocator.errors import InputError
from scenarios.official.allocations import measured
from scenarios.official.catalogue import ALLOCATIONS
from tests.unit.scenarios.official.planted import counted, source


def rows(*weeks: tuple[str, int, int], monday: str = "2021-08-16"):
    """Rows of (centre, doses, appointments)."""
    return [
        {"id_centre": id_, "date_debut_semaine": monday, "doses_allouees": doses, "rdv_pris": taken}
        for id_, doses, taken in weeks
    ]


@pytest.mark.parametrize(
    ("doses", "taken", "injections"),
    [
        (1200, 1000, 1200),  # as expected of it
        (1000, 1200, 1200),  # more appointments than doses: stock carried over
        (0, 700, 700),  # no dose allocated
        (9000, 1000, 2000),  # what lies there counts up to twice the appointments
        (20_000, 15_000, 20_000),  # the largest week that is no depot
        (20_001, 15_000, 15_000),  # a depot
        (273_000, 30_690, 30_690),
    ],
)
def test_the_credible_larger_of_doses_and_appointments_is_taken(tmp_path, doses, taken, injections):
    """Depots over 20,000 doses count by their appointments, stock up to twice of them."""
    found = measured(source(tmp_path, ALLOCATIONS, rows(("8", doses, taken))))
    assert found.injections == {"8": injections}


def test_the_best_of_a_centres_weeks_is_taken(tmp_path):
    """Capacity is what a centre can do, not what August asked of it."""
    two = [*rows(("8", 500, 400), ("9", 60, 50)), *rows(("8", 900, 800), monday="2021-08-23")]
    assert measured(source(tmp_path, ALLOCATIONS, two)).injections == {"8": 900, "9": 60}


def test_a_centre_without_any_appointment_is_not_measured(tmp_path):
    """Nothing given is no capacity to plan with: it is estimated like an unknown one."""
    found = measured(source(tmp_path, ALLOCATIONS, rows(("8", 0, 0), ("9", 60, 50))))
    assert found.injections == {"9": 60}


def test_what_was_set_aside_is_counted(tmp_path):
    """Depots, empty allocations and stock, each with its rule."""
    table = rows(("1", 273_000, 30_690), ("2", 0, 700), ("3", 9000, 1000), ("4", 60, 50))
    found = measured(source(tmp_path, ALLOCATIONS, [*table, table[3]]))
    assert counted(found.dropped) == {
        "repeats an earlier row": 1,
        "over 20,000 doses, a depot: appointments count alone": 1,
        "no dose allocated: appointments count alone": 1,
        "doses over twice the appointments: counted up to that": 1,
    }


@pytest.mark.parametrize(
    ("second", "rule"),
    [
        (("9", -5, 50), "doses_allouees is negative: -5"),
        (("8", 60, 50), "repeated key"),
        (("", 60, 50), "id_centre is empty"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path, second, rule):
    """Two rows of one centre and week contradict each other, doses are not owed."""
    table = rows(("8", 61, 50), second)
    with pytest.raises(InputError, match=rf"allocations-vs-rdv_2021-05-16\.csv:3: {rule}"):
        measured(source(tmp_path, ALLOCATIONS, table))
