"""Small official files, planted in a folder: one place, one week, a France of nine communes."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from scenarios.geography.builtin import Geography
from scenarios.official.catalogue import CENTRES, DAYS, DataSet
from scenarios.official.files import Source, newest, read

Row = Mapping[str, object]
START = date(2021, 5, 31)
PLACE: Row = {
    "gid": "1",
    "nom": "Salle des fêtes",
    "xy_precis": "0.99",
    "adr_num": "3",
    "adr_voie": "Rue de la Mairie",
    "com_cp": "22000",
    "com_insee": "22278",
    "com_nom": "Saint-Brieuc",
    "lat_coor1": "48.515",
    "long_coor1": "-2.765",
    "date_ouverture": "2021-01-18",
    "date_fermeture": "",
    "rdv_tel": "+33296000000",
    "rdv_modalites": "",
    **dict.fromkeys(DAYS[:5], "9:00-17:00"),
    **dict.fromkeys(DAYS[5:], "fermé"),
    "_edit_datemaj": "2021-05-14 10:00:00",
    "centre_fermeture": "f",
    "reserve_professionels_sante": "",
    "centre_type": "{}",
}


def text(rows: Sequence[Row], delimiter: str = ";") -> str:
    """Rows as a table with a header."""
    stream = io.StringIO()
    table = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return stream.getvalue()


def plant(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    """Write a file, compressed when its name says so."""
    folder.mkdir(parents=True, exist_ok=True)
    data = content.encode(encoding) if isinstance(content, str) else content
    path = folder / name
    path.write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
    return path


def source(
    folder: Path, dataset: DataSet, rows: Sequence[Row], dated: str = "2021-05-16"
) -> Source:
    """Plant rows as the only copy of a data set and read it."""
    plant(folder, dataset.pattern.replace("<date>", dated), text(rows))
    return read(newest(folder, dataset))


def places(folder: Path, *changes: Row) -> Source:
    """Read a list of places that differ from PLACE in these cells; gids count from 1."""
    rows = [{**PLACE, "gid": str(i), **change} for i, change in enumerate(changes, 1)]
    return source(folder, CENTRES, rows)


def geography() -> Geography:
    """Communes of COMMUNES that have a point there, the collectivities not among them."""
    rows = [row for row in COMMUNES if row["latitude"]]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return Geography(
        code=tuple(columns["code_insee"]),
        name=tuple(columns["nom"]),
        department=np.array(columns["departement"]),
        region=np.array(columns["region"]),
        population=np.array(columns["population_municipale"]),
        lat=np.array(columns["latitude"]),
        lon=np.array(columns["longitude"]),
    )


def counted(dropped: Sequence) -> dict[str, int]:
    """Rows by rule, of rules that met any."""
    return {item.rule: item.rows for item in dropped if item.rows}


def plant_france(folder: Path, start: date = START) -> Path:
    """Plant every file that `from_official` reads, around a start date.

    Four départements in four regions. Three centres: two in Saint-Brieuc, of which one was
    measured, and one in Ajaccio.
    """
    plant(folder, "communes-population-coordonnees_cog2021.csv.gz", text(COMMUNES, ","))
    plant(folder, "estim-pop-dep-age_2021.csv", text(AGES, ","))
    plant(folder, f"centres-vaccination_{start}.csv.gz", text(PLACES))
    plant(folder, "allocations-vs-rdv_2021-08-16.csv", text(ALLOCATIONS, ","), "cp1252")
    sundays = [start + timedelta(days=6 + 7 * week) for week in range(4)]
    flux = [{"date_fin_semaine": f"{day:%d/%m/%Y}", "type_de_vaccin": product, "nb_doses": doses}
            for day in sundays for product, doses in DELIVERED.items()]  # fmt: skip
    plant(folder, "flux-total-nat_2023-04.csv", text(flux), "cp1252")
    day = start - timedelta(days=4)
    stock = [{**STOCK, "type_de_vaccin": product, "nb_doses": doses, "date": day}
             for product, doses in (("Pfizer", 600), ("Moderna", 100))]  # fmt: skip
    plant(folder, "stocks-es-par-es_2021-08-27.csv.gz", text(stock, ","), "cp1252")
    _plant_vacsi(folder, [start + timedelta(days=n) for n in range(-84, 28)])
    return folder


def _plant_vacsi(folder: Path, days: Sequence[date]) -> None:
    ages = [
        {"clage_vacsi": class_, "jour": day, "n_cum_dose1": 10 * n, "n_cum_rappel": n}
        for class_ in ("17", "49", "59", "74", "80", "0")
        for n, day in enumerate(days)
    ]
    plant(folder, "vacsi-a-fra_2023-05.csv.gz", text(ages))
    totals = [{"clage_vacsi": class_, "n_tot_dose1": 8000, "n_tot_rappel": 6000, "pop": 10_000.5}
              for class_ in ("17", "49", "59", "74", "80", "0")]  # fmt: skip
    plant(folder, "vacsi-tot-a-fra_2023-05.csv", text(totals))
    given = [{"vaccin": vaccine, "jour": day, "n_dose1": 10 * share, "n_dose2": 5 * share,
              "n_dose3": 0, "n_dose4": 0}
             for vaccine, share in (("1", 2), ("2", 1), ("3", 1), ("4", 0), ("0", 4))
             for day in days]  # fmt: skip
    plant(folder, "vacsi-v-fra_2023-05.csv.gz", text(given))
    iso = [day.isoformat() for day in days]
    running = {d: {"dates": iso, "n_dose1_cumsum": [n * share for n in range(len(days))]}
               for d, share in (("22", 3), ("2A", 1), ("75", 0), ("76", 0))}  # fmt: skip
    content = json.dumps({"departements": [*running, "978"], **running})
    plant(folder, "vacsi-dep-premieres-doses_2023-05.json.gz", content)


def _commune(code: str, name: str, department: str, region: str, people: object, *point: object,
             kind: str = "commune-actuelle") -> Row:  # fmt: skip
    lat, lon = point or ("", "")
    return {
        "code_insee": code, "nom": name, "type": kind, "departement": department,
        "region": region, "population_municipale": people, "latitude": lat, "longitude": lon,
    }  # fmt: skip


DISTRICT = "arrondissement-municipal"
COMMUNES = [
    _commune("22278", "Saint-Brieuc", "22", "53", 44_000, 48.5149, -2.7654),
    _commune("22001", "Allineuc", "22", "53", 600, 48.31, -2.87),
    _commune("2A004", "Ajaccio", "2A", "94", 70_000, 41.93, 8.74),
    _commune("75056", "Paris", "75", "11", 30_000, 48.86, 2.34),
    _commune("75101", "Paris 1er Arrondissement", "75", "11", 16_000, 48.86, 2.33, kind=DISTRICT),
    _commune("75102", "Paris 2e Arrondissement", "75", "11", 14_000, 48.87, 2.34, kind=DISTRICT),
    _commune("76095", "Bihorel", "76", "28", 8_264),
    _commune("97801", "Saint-Martin", "", "", 32_489),
    _commune("98818", "Nouméa", "", "", 94_285),
    _commune("98901", "Île de Clipperton", "", "", ""),
]
AGES = [
    {"departement": department, "pop_0_19": 10_000, "pop_20_39": 10_000, "pop_40_59": 12_000,
     "pop_60_74": 8_000, "pop_75_plus": 5_000, "pop_total": 45_000}
    for department in ("22", "2A", "75", "76")
]  # fmt: skip
AJACCIO: Row = {"com_insee": "2A004", "com_nom": "Ajaccio", "lat_coor1": "41.92",
                "long_coor1": "8.73"}  # fmt: skip
PLACES = [
    {**PLACE, "gid": "1"},
    {**PLACE, "gid": "2", "nom": "Gymnase", **dict.fromkeys(DAYS[:5], "9h-12h")},
    {**PLACE, "gid": "3", "nom": "Palais des congrès", **AJACCIO},
    {**PLACE, "gid": "4", "nom": "Nouméa", "com_insee": "98818", "lat_coor1": "-22.27",
     "long_coor1": "166.45"},
]  # fmt: skip
ALLOCATIONS = [
    {"id_centre": "1", "date_debut_semaine": "2021-08-16", "nom_centre": "Salle des fêtes",
     "doses_allouees": 1200, "rdv_pris": 1000},
    {"id_centre": "3", "date_debut_semaine": "2021-08-16", "nom_centre": "Palais des congrès",
     "doses_allouees": 600, "rdv_pris": 800},
]  # fmt: skip
DELIVERED = {"Pfizer": 1200, "Moderna": 200, "AstraZeneca": 500, "Janssen": 50, "Sanofi": 10}
STOCK: Row = {"code_departement": "22", "libelle_pui": "PUI du CH de Saint-Brieuc", "finess": ""}
