"""A small campaign with everything a report shows, and its plan."""

from __future__ import annotations

import pytest

from tests.factories import write_instance
from tests.planned import Planned, planned

NASTY = '=1+1 <script>alert("x")</script> & l’hôtel'
"""Name of a centre that must stay text, whatever reads it."""


@pytest.fixture(scope="session")
def campaign(tmp_path_factory) -> Planned:
    """Two départements, two products, booked people, too few doses; one centre has a nasty name."""
    root = tmp_path_factory.mktemp("campaign")
    centres = [
        {"centre": "1", "name": NASTY, "department": "22", "lat": 48.31, "lon": -2.87,
         "opens_on": "2021-01-18", "closes_on": ""},
        {"centre": "2", "name": "Palais des congrès", "department": "2A", "lat": 41.92,
         "lon": 8.73, "opens_on": "2021-01-18", "closes_on": "2021-12-31"},
    ]  # fmt: skip
    booked = [
        {"centre": "2", "week": 0, "product": "pfizer", "dose_rank": 2, "department": "2A",
         "class": "", "people": 3},
    ]  # fmt: skip
    demand = [
        {"zone": "22001", "class": "75", "people": 10},
        {"zone": "22001", "class": "18", "people": 50},
        {"zone": "2A004", "class": "75", "people": 12},
    ]
    folder = write_instance(root / "instance", centres=centres, booked=booked, demand=demand)
    return planned(folder, root / "plan")
