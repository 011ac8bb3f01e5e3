"""What a centre publishes beside what the plan needs."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from scenarios.figures import Figures
from scenarios.geography.builtin import Geography
from scenarios.sites import Site
from scenarios.write import write_instance
from tests.unit.scenarios.tiny import tiny


def lines_written(folder, injections: int, **site) -> int:
    """Write one centre with these injections a week; return its number of lines."""
    scenario = tiny(folder / "library")
    place = Site("1", "Salle", "2A", "94", 41.9, 8.7, opens_on=date(2021, 1, 18), **site)
    geography = Geography(
        code=("2A004",), name=("Ajaccio",), department=np.array(["2A"]), region=np.array(["94"]),
        population=np.array([70]), lat=np.array([41.9]), lon=np.array([8.7]),
    )  # fmt: skip
    weekly = np.full((1, 4), injections)
    nothing = np.zeros((2, 4), dtype=int)
    figures = Figures(geography, (place,), weekly, {}, nothing, nothing, {"2A": 1.0}, ())
    demand = np.array([[3, 0]])
    write_instance(folder, scenario, figures, demand, weekly, nothing, np.zeros((1, 2, 9), int))
    header, row = (folder / "centres.csv").read_text(encoding="utf-8").splitlines()
    return int(dict(zip(header.split(","), row.split(","), strict=True))["lines"])


@pytest.mark.parametrize(
    ("injections", "hours", "lines"),
    [
        (324, 54.0, 1),  # 54 hours of six injections
        (325, 54.0, 2),
        (325, None, 2),  # unknown hours are the usual ones
        (325, 0.0, 2),
        (60, 10.0, 1),
        (61, 10.0, 2),
        (0, 54.0, 1),
    ],
)
def test_lines_follow_from_injections_and_opening_hours(tmp_path, injections, hours, lines):
    """One line gives a dose every ten minutes; a centre has one at least."""
    assert lines_written(tmp_path, injections, hours=hours) == lines


def test_dates_and_empty_cells_are_written_as_the_format_says(tmp_path):
    """ISO dates, nothing for a centre that does not close, no row where nobody wants a dose."""
    lines_written(tmp_path, 10, closes_on=None)
    assert "2021-01-18,,1-6," in (tmp_path / "centres.csv").read_text(encoding="utf-8")
    demand = (tmp_path / "demand.csv").read_text(encoding="utf-8")
    assert demand.splitlines() == ["zone,class,people", "2A004,75-plus,3"]
    products = (tmp_path / "products.csv").read_text(encoding="utf-8").splitlines()
    assert products[1:] == ["pfizer,Comirnaty,6,2,21,35", "janssen,Janssen,5,1,,"]
    assert not (tmp_path / "booked.csv").exists()
