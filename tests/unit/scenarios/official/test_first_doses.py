"""First doses by département over some weeks come out of running totals."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from allocator.errors import InputError
from scenarios.official.catalogue import VACSI_DEPARTMENTS
from scenarios.official.files import newest
from scenarios.official.first_doses import first_doses
from tests.unit.scenarios.official.planted import plant

START = date(2021, 5, 31)


def planted(tmp_path, content):
    """Plant the file with this content and return it."""
    plant(tmp_path, "vacsi-dep-premieres-doses_2023-05.json.gz", json.dumps(content))
    return newest(tmp_path, VACSI_DEPARTMENTS)


def figures(first: date, *totals: int):
    """Return running totals from a day on."""
    days = [(first + timedelta(days=n)).isoformat() for n in range(len(totals))]
    return {"dates": days, "n_dose1_cumsum": list(totals), "n_dose1_cumsum_pop": 80.0}


def test_weeks_are_differences_of_running_totals(tmp_path):
    """Day of the start excluded; 2A stays text; a département without figures is passed over."""
    first = START - timedelta(days=15)
    content = {
        "departements": ["22", "2A", "978"],
        "22": figures(first, *range(100, 117)),
        "2A": figures(first, *range(0, 34, 2)),
    }
    assert first_doses(planted(tmp_path, content), START, 1) == {"22": 7, "2A": 14}


def test_before_the_first_day_there_were_none(tmp_path):
    """All doses since the beginning then fall into the weeks asked for."""
    content = {"22": figures(START - timedelta(days=3), 5, 6, 9, 12)}
    assert first_doses(planted(tmp_path, content), START, 12) == {"22": 9}


def test_a_file_that_ends_too_early_is_refused(tmp_path):
    """The département is named."""
    content = {"22": figures(START - timedelta(days=3), 5, 6)}
    with pytest.raises(InputError, match="département 22 ends on 2021-05-29, before 2021-05-30"):
        first_doses(planted(tmp_path, content), START, 1)


@pytest.mark.parametrize(
    "content",
    [
        {"22": {"dates": ["2021-05-30"]}},
        {"22": {"dates": ["2021-05-30"], "n_dose1_cumsum": [1, 2]}},
        {"22": {"dates": ["2021-05-01", "2021-05-30"], "n_dose1_cumsum": [1, 2]}},
        {"22": {"dates": ["2021-05-30"], "n_dose1_cumsum": [None]}},
        {"22": [1, 2]},
        {"22": {"dates": [], "n_dose1_cumsum": []}},
    ],
)
def test_another_form_is_refused(tmp_path, content):
    """Missing keys, ragged lists, gaps in the days, empty cells."""
    with pytest.raises(InputError, match=r"\.json\.gz: not first doses by département"):
        first_doses(planted(tmp_path, content), START, 1)
