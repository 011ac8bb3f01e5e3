"""The workbook of a plan: the tables a planner sends to a prefect, in French."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from allocator.horizon import horizon_of
from allocator.instance import Instance
from allocator.outcome import RESULT
from allocator.plan import Plan
from scenarios.output import write_whole
from scenarios.report import sentences
from scenarios.report.french import monday
from scenarios.report.overview import PART_NAMES
from scenarios.report.positions import decisions_of
from scenarios.report.printed import Printed, read_printed
from scenarios.report.sheets import Cell, Column, Kind, Sheet, workbook_of
from scenarios.report.tally import Tally, ratio, tally_of

_CENTRE = (
    Column("Centre", Kind.TEXT, 12),
    Column("Nom du centre", Kind.TEXT, 42),
    Column("Département", Kind.TEXT, 12),
)
_WEEK = Column("Semaine du", Kind.DATE, 12)
_PRODUCT = Column("Vaccin", Kind.TEXT, 22)
_SHORT = {
    "capacity": "créneaux d’un centre",
    "pool": "livraisons nationales",
    "stock": "stock d’un centre",
    "fairness": "plancher d’équité",
}
"""What the prices are of."""


def write_workbook(path: Path, instance: Instance, plan: Plan, result: Mapping[str, Any]) -> None:
    """Write the workbook whole or not at all.

    Parameters
    ----------
    path
        File to write.
    instance, plan
        The planning problem and a plan of it.
    result
        What `result.json` says.

    Raises
    ------
    InputError
        When the plan is not one of this instance, a figure of `result` is missing, or no file can
        be written there.
    """
    write_whole(path, workbook_bytes(instance, plan, result))


def workbook_bytes(instance: Instance, plan: Plan, result: Mapping[str, Any]) -> bytes:
    """Make the workbook; parameters and errors as in `write_workbook`."""
    printed = read_printed(RESULT, result)
    tally = tally_of(instance, decisions_of(instance, plan))
    sheets = [
        _summary(instance, tally, printed),
        _departments(instance, tally),
        _classes(instance, tally),
        _doses(instance, tally),
        _sessions(instance, plan),
        _quotas(instance, plan),
        _shortages(instance, plan),
    ]
    title = f"{instance.name} – plan de vaccination"
    return workbook_of(sheets, {"title": title, "subject": sentences.period(instance)})


def _summary(instance: Instance, tally: Tally, printed: Printed) -> Sheet:
    columns = (
        Column("Chiffre", Kind.TEXT, 46),
        Column("Valeur", Kind.DECIMAL, 22),
        Column("Unité ou remarque", Kind.TEXT, 100),
    )
    rows: list[tuple[Cell, ...]] = [
        ("Scénario", instance.name, sentences.period(instance)),
        ("Taille", None, sentences.size(instance)),
        ("Méthode", sentences.METHODS.get(printed.method, printed.method), None),
        ("Fin du calcul", sentences.STATUSES.get(printed.status, printed.status), None),
        *_figures(tally, printed),
        ("Empreinte des données", None, f"SHA-256 {printed.input_sha256}"),
    ]
    rows += [("Prouvé", None, text) for text in sentences.proven()]
    rows += [("Non prouvé", None, text) for text in sentences.not_proven(instance)]
    return Sheet("Synthèse", columns, rows)


def _figures(tally: Tally, printed: Printed) -> Iterator[tuple[Cell, ...]]:
    kpis = printed.kpis
    second = int(tally.second_doses.sum())
    yield "Personnes qui souhaitent une première dose", kpis["people"], "personnes"
    yield "Premières doses", kpis["first_doses"], "doses"
    yield "Personnes jamais servies", kpis["unserved"], "personnes"
    yield "Secondes doses", second, "doses, prolongation comprise"
    yield "Secondes doses à temps", _percent(kpis["second_doses_on_time"]), "%"
    yield "Couverture du département le moins servi", _percent(kpis["coverage_min"]), "%"
    yield "Couverture du département le plus servi", _percent(kpis["coverage_max"]), "%"
    yield "Trajet médian", kpis["km_median"], "km"
    yield "Trajet de neuf personnes sur dix, au plus", kpis["km_p90"], "km"
    yield "Flacons expédiés", kpis["vials"], "flacons"
    yield "Doses restées dans des flacons ouverts", kpis["doses_wasted"], "doses"
    yield "Créneaux sans seconde dose possible", kpis["slots_unpaired"], "créneaux"
    yield "Coût du plan", printed.cost, "points"
    for key, name in PART_NAMES.items():
        yield f"dont {name}", printed.cost_parts[key], "points"
    yield "Borne inférieure démontrée", printed.bound, "points"
    yield "Écart certifié", None, sentences.proof(printed)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _departments(instance: Instance, tally: Tally) -> Sheet:
    columns = (
        Column("Département", Kind.TEXT, 13),
        Column("Personnes", Kind.WHOLE, 12),
        Column("Premières doses", Kind.WHOLE, 12),
        Column("Couverture", Kind.SHARE, 12),
        Column("Attente moyenne (semaines)", Kind.DECIMAL, 14),
    )
    given = tally.first.sum(axis=1)
    return Sheet(
        "Départements",
        columns,
        [
            (code, int(people), *_served(given[d], int(people)))
            for d, (code, people) in enumerate(
                zip(instance.departments, tally.department_people, strict=True)
            )
        ],
    )


def _classes(instance: Instance, tally: Tally) -> Sheet:
    columns = (
        Column("Département", Kind.TEXT, 13),
        Column("Classe de priorité", Kind.TEXT, 34),
        Column("Ouverte le", Kind.DATE, 12),
        Column("Personnes", Kind.WHOLE, 12),
        Column("Premières doses", Kind.WHOLE, 12),
        Column("Couverture", Kind.SHARE, 12),
        Column("Attente moyenne (semaines)", Kind.DECIMAL, 14),
    )
    return Sheet(
        "Couverture",
        columns,
        [
            (
                code, label, instance.classes.opens_on[k].item(), int(tally.people[d, k]),
                *_served(tally.first[d, k], int(tally.people[d, k])),
            )
            for d, code in enumerate(instance.departments)
            for k, label in enumerate(instance.classes.labels)
        ],
        frozen=2,
    )  # fmt: skip


def _served(by_week: Any, people: int) -> tuple[Cell, Cell, Cell]:
    """First doses, their share of people, and the mean week; empty where there is none."""
    given = int(by_week.sum())
    waited = float(ratio(by_week @ np.arange(len(by_week)), np.asarray(given)))
    return given, given / people if people else None, None if math.isnan(waited) else waited


def _doses(instance: Instance, tally: Tally) -> Sheet:
    columns = (
        *_CENTRE, _WEEK, _PRODUCT,
        Column("Flacons à livrer", Kind.WHOLE, 10),
        Column("Doses de ces flacons", Kind.WHOLE, 10),
        Column("Doses livrées directement", Kind.WHOLE, 12),
        Column("Premières doses", Kind.WHOLE, 10),
        Column("Secondes doses", Kind.WHOLE, 10),
        Column("Rendez-vous déjà pris", Kind.WHOLE, 12),
    )  # fmt: skip
    horizon = horizon_of(instance)
    counts = np.stack(
        [
            tally.vials,
            tally.vials * instance.products.doses_per_vial[:, None],
            horizon.earmarked,
            tally.first_doses,
            tally.second_doses,
            horizon.booked_doses,
        ],
        axis=-1,
    )
    # By centre, then week, then product: as a delivery note is read.
    by_week = counts.transpose(0, 2, 1, 3)
    names, mondays = _centre_cells(instance), _mondays(instance)
    labels = instance.products.labels
    rows = (
        (*names[j], mondays[week], labels[p], *by_week[j, week, p].tolist())
        for j, week, p in np.argwhere(by_week.any(axis=-1)).tolist()
    )
    return Sheet("Doses et flacons", columns, rows, frozen=2)


def _sessions(instance: Instance, plan: Plan) -> Sheet:
    columns = (
        *_CENTRE,
        Column("Jour", Kind.DATE, 12),
        _PRODUCT,
        Column("Dose", Kind.WHOLE, 8),
        Column("Créneaux", Kind.WHOLE, 10),
    )
    frame = plan["sessions"].sort_values(["centre", "day", "product", "dose_rank"], kind="stable")
    names = dict(zip(instance.centres.ids, _centre_cells(instance), strict=True))
    labels = dict(zip(instance.products.ids, instance.products.labels, strict=True))
    rows = (
        (*names[centre], date.fromisoformat(day), labels[product], rank, slots)
        for centre, day, product, rank, slots in _lines(frame)
    )
    return Sheet("Séances", columns, rows, frozen=2)


def _quotas(instance: Instance, plan: Plan) -> Sheet:
    columns = (
        *_CENTRE, _WEEK, _PRODUCT,
        Column("Département des personnes", Kind.TEXT, 14),
        Column("Classe de priorité", Kind.TEXT, 34),
        Column("Créneaux", Kind.WHOLE, 10),
    )  # fmt: skip
    keys = ["centre", "week", "product", "department", "class"]
    frame = plan["quotas"].sort_values(keys, kind="stable")
    names = dict(zip(instance.centres.ids, _centre_cells(instance), strict=True))
    labels = dict(zip(instance.products.ids, instance.products.labels, strict=True))
    classes = dict(zip(instance.classes.ids, instance.classes.labels, strict=True))
    mondays = _mondays(instance)
    rows = (
        (*names[centre], mondays[week], labels[product], department, classes[class_], slots)
        for centre, product, week, department, class_, slots in _lines(frame)
    )
    return Sheet("Quotas", columns, rows, frozen=2)


def _shortages(instance: Instance, plan: Plan) -> Sheet:
    columns = (
        Column("Ce que vaudrait une unité de plus", Kind.TEXT, 120),
        Column("Valeur (points)", Kind.DECIMAL, 12),
        _WEEK,
        Column("Contrainte", Kind.TEXT, 24),
        Column("Lieu ou vaccin", Kind.TEXT, 24),
    )
    frame = plan["prices"].sort_values("value", ascending=False, kind="stable")
    mondays = _mondays(instance)
    rows = (
        # A checkpoint comes at the end of the week before the one it is numbered by.
        (sentence, value, mondays[int(week) - (what == "fairness")], _SHORT[what], where)
        for what, where, week, value, _, sentence in _lines(frame)
    )
    return Sheet("Manques", columns, rows)


def _lines(frame: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of a table as plain Python values."""
    return zip(*(frame[name].tolist() for name in frame.columns), strict=True)


def _centre_cells(instance: Instance) -> list[tuple[str, str, str]]:
    """Id, name and département of each centre."""
    centres = instance.centres
    return [
        (id_, name, instance.departments[d])
        for id_, name, d in zip(centres.ids, centres.names, centres.department, strict=True)
    ]


def _mondays(instance: Instance) -> Sequence[date]:
    """Mondays of the weeks, the tail included."""
    weeks = horizon_of(instance).W
    return [monday(instance.start, week) for week in range(weeks)]
