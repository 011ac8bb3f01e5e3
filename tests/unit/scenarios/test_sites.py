"""Centres stand where people live, on a coast of seven communes."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from scenarios.geography.builtin import Geography
from scenarios.sites import RING_KM, Site, choose_sites, distances_km


def coast(people: list[int], departments: list[str] | None = None) -> Geography:
    """Return communes on the equator, a tenth of a degree (11 km) apart."""
    n = len(people)
    return Geography(
        code=tuple(f"{i:05d}" for i in range(n)),
        name=tuple(f"Commune {i}" for i in range(n)),
        department=np.array(departments or ["22"] * n),
        region=np.array(["53"] * n),
        population=np.array(people),
        lat=np.zeros(n),
        lon=np.arange(n) / 10,
    )


def test_a_degree_of_the_equator_is_111_km():
    """The circumference of a sphere of 6371.0088 km, divided by 360."""
    km = distances_km(np.zeros(1), np.zeros(1), np.array([0.0, 90.0]), np.array([1.0, 0.0]))
    assert km[0].tolist() == pytest.approx([111.1951, 10_007.557], rel=1e-6)


def test_every_large_town_has_a_centre_first():
    """One for each 40,000 people; what is left over goes where the way gets shortest."""
    sites, _ = choose_sites(coast([90_000, 10, 10, 10, 10, 500, 500]), 3)
    assert [site.commune for site in sites] == ["00000", "00000", "00005"]


def test_without_a_town_the_middle_of_the_people_gets_the_centre():
    """From there everybody's way is shortest."""
    sites, served = choose_sites(coast([100, 100, 100, 100, 100]), 1)
    assert [site.commune for site in sites] == ["00002"]
    assert served.tolist() == [500]


def test_every_departement_has_a_centre():
    """Also one with few people; the others go by population."""
    geography = coast([1000, 1000, 10], ["22", "22", "2A"])
    sites, served = choose_sites(geography, 3)
    assert sorted(site.department for site in sites) == ["22", "22", "2A"]
    assert served.sum() == 2010


def test_people_belong_to_their_nearest_centre():
    """Communes 0 and 1 to the first, 3 and 4 to the second; centres of one place share."""
    sites, served = choose_sites(coast([50_000, 300, 0, 200, 50_000]), 2)
    assert [site.commune for site in sites] == ["00000", "00004"]
    assert served.tolist() == [50_300, 50_200]
    sites, served = choose_sites(coast([90_001, 0]), 2)
    assert [site.commune for site in sites] == ["00000", "00000"]
    assert sorted(served.tolist()) == [45_000, 45_001]


def test_further_centres_of_a_commune_stand_around_the_first():
    """On a ring, evenly, each with its own id and name."""
    sites, _ = choose_sites(coast([200_000]), 4)
    lat, lon = np.array([s.lat for s in sites]), np.array([s.lon for s in sites])
    km = distances_km(lat, lon, lat, lon)
    assert km[0, 1:].tolist() == pytest.approx([RING_KM] * 3, rel=0.01)
    assert km[1, 2] == pytest.approx(km[2, 3], rel=0.01) == pytest.approx(km[1, 3], rel=0.01)
    assert [site.id for site in sites] == ["00000-1", "00000-2", "00000-3", "00000-4"]
    assert len({site.name for site in sites}) == 4


def test_a_centre_is_open_from_its_opening_to_its_closing_day():
    """A week counts as soon as one of its days does."""
    site = Site("1", "x", "22", "53", 0, 0, opens_on=date(2021, 6, 6), closes_on=date(2021, 6, 14))
    mondays = [date(2021, 5, 31) + timedelta(weeks=week) for week in range(4)]
    open_in = [site.is_open(monday, monday + timedelta(days=6)) for monday in mondays]
    assert open_in == [True, True, True, False]
    assert not site.is_open(date(2021, 5, 24), date(2021, 5, 30))
