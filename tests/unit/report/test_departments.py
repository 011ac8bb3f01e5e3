"""A département bears its French name only where France has it."""

from __future__ import annotations

import csv
import gzip
import json
from importlib.resources import files

import numpy as np
import pytest

from allocator.errors import InputError
from allocator.read import read_instance
from scenarios.official.place import data_folder
from scenarios.report.boundaries import read_boundaries
from scenarios.report.departments import department_names
from tests import instances
from tests.factories import write_instance

MAINLAND = "departements-version-simplifiee.geojson"
WITH_OVERSEAS = "departements-avec-outre-mer.geojson"
SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 0]]]


def geojson(path, *features):
    """Write outlines as the official files have them: code, name, geometry."""
    rows = [
        {"properties": {"code": code, "nom": name}, "geometry": geometry}
        for code, name, geometry in features
    ]
    content = json.dumps({"features": rows}).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def test_departements_where_france_has_them_are_named(tmp_path):
    """Allineuc and Ajaccio lie in 22 and 2A."""
    instance = read_instance(write_instance(tmp_path))
    assert department_names(instance) == {"22": "Côtes-d'Armor", "2A": "Corse-du-Sud"}


def test_a_made_up_departement_that_borrows_a_code_is_not_named(tmp_path):
    """The hand-solvable instances lie on the equator, with the codes 22 and 29."""
    instance = read_instance(instances.fairness_floor(tmp_path).folder)
    assert instance.departments == ("22", "29")
    assert department_names(instance) == {}


def test_outlines_are_read_for_the_named_departements_only(tmp_path):
    """Polygons and multipolygons; the second file fills in what the first has not."""
    geojson(
        tmp_path / MAINLAND,
        ("22", "Côtes-d'Armor", {"type": "Polygon", "coordinates": SQUARE}),
        ("29", "Finistère", {"type": "Polygon", "coordinates": SQUARE}),
    )
    geojson(
        tmp_path / f"{WITH_OVERSEAS}.gz",
        ("974", "La Réunion", {"type": "MultiPolygon", "coordinates": [SQUARE, SQUARE]}),
    )
    boundaries = read_boundaries(tmp_path, {"22": "Côtes-d'Armor", "974": "La Réunion"})
    assert {code: len(rings) for code, rings in boundaries.rings.items()} == {"22": 1, "974": 2}
    assert boundaries.label("22") == "Côtes-d'Armor (22)"
    assert boundaries.label("99") == "99"


@pytest.mark.parametrize("folder", [None, "nowhere"])
def test_without_official_files_there_are_names_and_no_outlines(folder, tmp_path):
    """No folder, or one that is not there: the map goes without."""
    path = None if folder is None else tmp_path / folder
    boundaries = read_boundaries(path, {"22": "Côtes-d'Armor"})
    assert boundaries.rings == {}
    assert boundaries.label("22") == "Côtes-d'Armor (22)"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"no gzip", "cannot be read"),
        (gzip.compress(b"[1"), "not JSON"),
        (gzip.compress(b"{}"), "not GeoJSON of départements"),
        (gzip.compress(b'{"features": [{"properties": {"code": "22"}, "geometry": {}}]}'),
         "not GeoJSON of départements"),
    ],
    ids=["no gzip", "no JSON", "no features", "no geometry"],
)  # fmt: skip
def test_a_file_that_holds_no_outlines_is_refused(content, why, tmp_path):
    """A broken official file is named, not passed over."""
    (tmp_path / f"{MAINLAND}.gz").write_bytes(content)
    with pytest.raises(InputError, match=rf"^{MAINLAND}\.gz(:1)?: {why}"):
        read_boundaries(tmp_path, {"22": "Côtes-d'Armor"})


@pytest.mark.data
def test_the_official_outlines_lie_where_the_table_says_the_towns_are():
    """Every named département of the mainland and of the five regions overseas has one."""
    table = files("scenarios.report").joinpath("departments.csv").read_text(encoding="utf-8")
    towns = {row["code"]: row for row in csv.DictReader(table.splitlines())}
    names = {code: row["name"] for code, row in towns.items()}
    boundaries = read_boundaries(data_folder(), names)
    assert len(boundaries.rings) >= 101
    for code, rings in boundaries.rings.items():
        points = np.concatenate(rings)
        town = (float(towns[code]["lon"]), float(towns[code]["lat"]))
        assert (points.min(axis=0) - 0.1 <= town).all(), code
        assert (town <= points.max(axis=0) + 0.1).all(), code
