"""Open places become centres with a point, a commune, a life and a calendar."""

from __future__ import annotations

from datetime import date

import pytest

from allocator.errors import InputError
from scenarios.official.catalogue import DAYS
from scenarios.official.centres import centres
from tests.unit.scenarios.official.planted import AJACCIO, counted, geography, places

CLOSED = dict.fromkeys(DAYS, "fermé")


def placed(tmp_path, *changes, at_work=()):
    """Centres of these places, and what was left out or repaired."""
    found, dropped = centres(places(tmp_path, *changes).table, geography(), at_work)
    return found, counted(dropped)


def test_a_place_becomes_a_centre(tmp_path):
    """Everything the list says about it is kept, and its commune gives département and region."""
    (centre,), dropped = placed(
        tmp_path, {"date_fermeture": "2021-12-31", "nom": "Salle\n des fêtes"}
    )
    site = centre.site
    assert (site.id, site.name, site.department, site.region) == (
        "1",
        "Salle des fêtes",
        "22",
        "53",
    )
    assert (site.lat, site.lon, site.commune) == (48.515, -2.765, "22278")
    assert (site.opens_on, site.closes_on) == (date(2021, 1, 18), date(2021, 12, 31))
    assert (site.open_days, site.hours, site.opens_at, site.closes_at) == (
        "1-5",
        40,
        "09:00",
        "17:00",
    )
    assert (site.address, site.postcode) == ("3 Rue de la Mairie", "22000")
    assert (site.city, site.phone) == ("Saint-Brieuc", "+33296000000")
    assert (centre.town_people, centre.is_large, centre.hours) == (44_000, False, 40)
    assert dropped == {}


@pytest.mark.parametrize("point", [("", ""), ("48.5", ""), ("0", "0"), ("0.000244", "-0.000021")])
def test_a_place_without_a_point_stands_in_the_middle_of_its_commune(tmp_path, point):
    """Missing, half missing, zero and nearly zero."""
    (centre,), dropped = placed(
        tmp_path, dict(zip(("lat_coor1", "long_coor1"), point, strict=True))
    )
    assert (centre.site.lat, centre.site.lon) == (48.5149, -2.7654)
    assert dropped == {"no coordinates: put in the middle of its commune": 1}


@pytest.mark.parametrize(
    ("lat", "score", "moved"),
    [
        ("48.80", "0.77", True),  # 32 km away, geocoded vaguely
        ("48.80", "", True),
        ("48.80", "0.99", False),  # a commune of Guyane can be that large
        ("48.60", "0.77", False),  # 9 km away
        ("51.00", "0.99", True),  # no commune is that large
    ],
)
def test_a_point_far_from_its_commune_is_believed_only_when_precise(tmp_path, lat, score, moved):
    """Within 20 km always, within 100 km when the geocoding was precise, beyond never."""
    (centre,), dropped = placed(tmp_path, {"lat_coor1": lat, "xy_precis": score})
    rule = "coordinates far from its commune: put in the middle of it"
    assert dropped == ({rule: 1} if moved else {})
    assert centre.site.lat == (48.5149 if moved else float(lat))


@pytest.mark.parametrize("code", ["", "22000"])
def test_an_unknown_commune_gives_way_to_the_nearest_one(tmp_path, code):
    """Empty, or a postal code in its place."""
    (centre,), dropped = placed(tmp_path, {**AJACCIO, "com_insee": code})
    assert (centre.site.department, centre.site.commune) == ("2A", "2A004")
    assert dropped == {"unknown commune: the nearest one is taken": 1}


def test_a_place_that_nothing_locates_is_left_out(tmp_path):
    """Neither a point nor a commune."""
    nowhere = {"com_insee": "", "lat_coor1": "", "long_coor1": ""}
    found, dropped = placed(tmp_path, nowhere, {})
    assert [centre.site.id for centre in found] == ["2"]
    assert dropped == {"no coordinates and no known commune": 1}


def test_a_place_closed_all_week_stays_only_if_it_is_known_to_give_doses(tmp_path):
    """The allocations know better than the list; its calendar is the usual one."""
    found, dropped = placed(tmp_path, CLOSED, {**CLOSED, "nom": "CH"}, at_work=["2"])
    assert [centre.site.id for centre in found] == ["2"]
    assert (found[0].site.open_days, found[0].site.hours, found[0].hours) == ("1-6", 54, None)
    assert dropped == {
        "closed on all seven days, and no dose known": 1,
        "no readable opening hours: the usual ones are taken": 1,
    }


def test_missing_dates_and_hours_are_filled_in_and_counted(tmp_path):
    """Open since 18 January, nine to six, Monday to Saturday."""
    silent = {**dict.fromkeys(DAYS, "à préciser"), "date_ouverture": ""}
    (centre,), dropped = placed(tmp_path, silent)
    site = centre.site
    assert (site.opens_on, site.open_days, site.opens_at) == (date(2021, 1, 18), "1-6", "09:00")
    assert centre.hours is None
    assert dropped == {
        "no opening date: open since the campaign began": 1,
        "no readable opening hours: the usual ones are taken": 1,
    }


def test_a_large_centre_is_known_by_its_type(tmp_path):
    """Its doses follow other rules than its town's size."""
    (centre,), _ = placed(tmp_path, {"centre_type": '{"Grand centre","Sécurité Civile"}'})
    assert centre.is_large


def test_a_place_without_a_name_is_called_by_its_number(tmp_path):
    """A name is needed on every page that shows it."""
    (centre,), _ = placed(tmp_path, {"nom": ""})
    assert centre.site.name == "Centre 1"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"lat_coor1": "48,5"}, "lat_coor1 is not a number: '48,5'"),
        ({"long_coor1": "482.7"}, "long_coor1 is outside -180..180: 482.7"),
        ({"xy_precis": "9"}, "xy_precis is outside 0..1: 9"),
    ],
)
def test_a_number_that_is_none_is_refused_with_its_line(tmp_path, change, rule):
    """A point outside the world is no defect to repair."""
    with pytest.raises(InputError, match=rf"\.csv:2: {rule}"):
        placed(tmp_path, change)
