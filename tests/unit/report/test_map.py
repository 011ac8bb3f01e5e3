"""Maps: places inside the sheet, areas true, far territories in insets."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest

from allocator.read import read_instance
from scenarios.report.boundaries import Boundaries
from scenarios.report.frames import WIDTH_PX, sheet_of
from scenarios.report.map import Canvas
from scenarios.report.palette import scale_of
from tests import instances
from tests.factories import ROWS, write_instance

OVERSEAS = {"zone": "97411", "name": "Saint-Denis", "department": "974", "region": "04",
            "lat": -20.88, "lon": 55.45, "population": 150}  # fmt: skip
PLAIN = Boundaries({}, {})


@pytest.fixture
def instance(tmp_path):
    """Allineuc, Ajaccio and Saint-Denis de La Réunion."""
    return read_instance(write_instance(tmp_path, zones=[*ROWS["zones"], OVERSEAS]))


def test_a_far_territory_has_a_frame_of_its_own(instance):
    """La Réunion is no part of the main frame, which metropolitan France fills."""
    sheet = sheet_of(instance, Boundaries({}, {"974": "La Réunion"}))
    assert sheet.of_department == (0, 0, 1)
    assert sheet.frames[1].title == "La Réunion (974)"


def test_every_place_lies_inside_its_frame(instance):
    """Communes and centres alike."""
    sheet = sheet_of(instance, PLAIN)
    for places in (instance.zones, instance.centres):
        at = sheet.place(places.department, places.lat, places.lon)
        for (x, y), d in zip(at, places.department, strict=True):
            frame = sheet.frames[sheet.of_department[d]]
            assert frame.left <= x <= frame.left + frame.width
            assert frame.top <= y <= frame.top + frame.height
    assert sheet.frames[0].width == WIDTH_PX


def test_north_is_up_and_east_is_right(instance):
    """Brittany is north-west of Corsica."""
    zones = instance.zones
    brittany, corsica, _ = sheet_of(instance, PLAIN).place(zones.department, zones.lat, zones.lon)
    assert brittany[0] < corsica[0]
    assert brittany[1] < corsica[1]


def test_a_lone_place_still_makes_a_map(tmp_path):
    """One commune with its centre in the same spot: no division by nothing."""
    instance = read_instance(instances.one_zone_one_centre(tmp_path).folder)
    sheet = sheet_of(instance, PLAIN)
    zones = instance.zones
    assert np.isfinite(sheet.place(zones.department, zones.lat, zones.lon)).all()


def test_communes_are_one_picture_inside_the_page(instance):
    """A PNG in the page, with words for those who do not see it."""
    canvas = Canvas(instance, PLAIN, sheet_of(instance, PLAIN))
    html = canvas.communes(
        np.array([1.0, np.nan, 7.0]), np.arange(3), scale_of((5.0,)), 'trois "communes"'
    )
    assert 'alt="trois &quot;communes&quot;"' in html
    data = re.fullmatch(r'<img .* src="data:image/png;base64,(.*)">', html)
    assert data is not None
    assert base64.b64decode(data[1]).startswith(b"\x89PNG")


def test_a_centre_that_gives_nothing_is_not_drawn_and_areas_follow_doses(instance):
    """Doses 9 and 0: one circle; doses 9 and 1: radii three to one."""
    canvas = Canvas(instance, PLAIN, sheet_of(instance, PLAIN))
    scale, load = scale_of((0.5,)), np.array([0.1, 0.9])

    def radii(doses):
        svg = canvas.centres(np.array(doses), load, ["<a>", "b"], scale, "carte")
        assert "<a>" not in svg
        return [float(r) for r in re.findall(r'<circle [^>]*r="([\d.]+)"', svg)]

    assert len(radii([9, 0])) == 1
    large, small = radii([900, 100])
    assert large == pytest.approx(3 * small, abs=0.2)


def test_outlines_are_drawn_where_they_are_known(instance):
    """A path appears with the rings of a département, and none without."""
    ring = np.array([[-3.0, 48.0], [-2.0, 48.0], [-2.0, 48.6], [-3.0, 48.0]])
    with_ring = Boundaries({"22": (ring,)}, {"22": "Côtes-d'Armor"})
    drawn = [
        Canvas(instance, b, sheet_of(instance, b)).centres(
            np.array([1, 1]), np.array([0.5, 0.5]), ["a", "b"], scale_of((0.5,)), ""
        )
        for b in (with_ring, PLAIN)
    ]
    assert ["<path" in svg for svg in drawn] == [True, False]
