"""A plan folder and its instance as one publication for each centre."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from allocator.errors import InputError
from allocator.instance import ANY, Instance
from allocator.plan import RESULT, read_plan_table, read_result
from allocator.read import read_instance
from allocator.tables import iso_date
from api.capacity.publication import Counted, Publication, QuotaPart, Session, Shares
from api.planning.reference import Reference, reference_of
from api.planning.store import ANY_CLASS, Ids

WEEK = timedelta(days=7)
_SESSIONS, _QUOTAS = "sessions", "quotas"


@dataclass(frozen=True, slots=True)
class PlanToPublish:
    """What publishing takes from the two folders; every id in the tables is of the instance.

    source
        Names the plan in the record of publications.
    """

    instance: Instance
    reference: Reference
    sessions: pd.DataFrame
    quotas: pd.DataFrame
    source: str


def read_plan_to_publish(instance_folder: Path, plan_folder: Path) -> PlanToPublish:
    """Read and check both folders.

    Raises
    ------
    InputError
        For a folder that breaks a rule, or a plan made from another instance.
    """
    instance = read_instance(instance_folder)
    result = read_result(plan_folder)
    if result.get("input_sha256") != instance.input_sha256:
        raise InputError(
            plan_folder / RESULT,
            f"input_sha256 is not that of {instance_folder}: the plan was made from another "
            "instance, or the instance has changed since",
        )
    sessions = read_plan_table(plan_folder, _SESSIONS)
    quotas = read_plan_table(plan_folder, _QUOTAS)
    for name, table in ((_SESSIONS, sessions), (_QUOTAS, quotas)):
        _refuse_unknown(name, table, "centre", instance.centres.ids)
        _refuse_unknown(name, table, "product", instance.products.ids)
    _refuse_unknown(_QUOTAS, quotas, "department", instance.departments)
    _refuse_unknown(_QUOTAS, quotas, "class", instance.classes.ids)
    _refuse_repeats(_SESSIONS, sessions, ["centre", "day", "product", "dose_rank"])
    _refuse_repeats(_QUOTAS, quotas, ["centre", "product", "week", "department", "class"])
    _refuse_wrong_ranks(sessions)
    sessions = sessions.assign(day=_dates(sessions["day"], instance.start))
    source = f"plan {plan_folder.resolve().name} of {instance.name} {instance.start}"
    return PlanToPublish(
        instance, reference_of(instance, instance_folder), sessions, quotas, source
    )


def _refuse_unknown(name: str, table: pd.DataFrame, column: str, known: tuple[str, ...]) -> None:
    unknown = table.loc[~table[column].isin(known), column]
    if len(unknown):
        raise InputError(name, f"{column} {unknown.iloc[0]!r} is not in the instance")


def _refuse_repeats(name: str, table: pd.DataFrame, key: list[str]) -> None:
    repeated = table[table.duplicated(key)]
    if len(repeated):
        named = ", ".join(f"{column}={repeated[column].iloc[0]!r}" for column in key)
        raise InputError(name, f"repeated key ({named})")


def _refuse_wrong_ranks(sessions: pd.DataFrame) -> None:
    wrong = sessions.loc[~sessions["dose_rank"].isin([1, 2]), "dose_rank"]
    if len(wrong):
        raise InputError(_SESSIONS, f"dose_rank is not 1 or 2: {wrong.iloc[0]}")


def _dates(cells: pd.Series[str], start: date) -> list[date]:
    known: dict[str, date] = {}
    for cell in cells.unique():
        day = iso_date(cell)
        if day is None:
            raise InputError(_SESSIONS, f"day is not a date like 2021-05-31: {cell!r}")
        if day < start:
            raise InputError(_SESSIONS, f"day {cell} is before the start of the instance, {start}")
        known[cell] = day
    return [known[cell] for cell in cells]


def publications(
    plan: PlanToPublish, ids: Ids, shares: Shares, *, weeks: int | None, rebook: bool
) -> Iterator[Publication]:
    """One publication for each centre of the instance, in its order.

    Parameters
    ----------
    weeks
        First doses of the first weeks only, with the second doses these can need; None for all.
    """
    sessions = _sessions(plan, ids, weeks)
    quotas = _quotas(plan, ids, weeks)
    counted = _counted(plan.instance, ids)
    for code in plan.instance.centres.ids:
        yield Publication(
            centre_id=ids.centres[code],
            source=plan.source,
            from_day=plan.instance.start,
            sessions=tuple(sessions.get(code, ())),
            quotas=tuple(quotas.get(code, ())),
            counted=tuple(counted.get(code, ())),
            shares=shares,
            rebook=rebook,
        )


def _sessions(plan: PlanToPublish, ids: Ids, weeks: int | None) -> dict[str, list[Session]]:
    products = plan.instance.products
    reach = dict(zip(products.ids, products.interval_max_days.tolist(), strict=True))
    last = None if weeks is None else plan.instance.start + weeks * WEEK
    found: dict[str, list[Session]] = defaultdict(list)
    for row in plan.sessions.itertuples(index=False):
        code, day, product, rank, slots = row
        end = date.max if last is None else last + timedelta(days=reach[product] * (rank - 1))
        if slots and day < end:
            found[code].append(Session(day, ids.products[product], rank, slots))
    return found


def _quotas(plan: PlanToPublish, ids: Ids, weeks: int | None) -> dict[str, list[QuotaPart]]:
    found: dict[str, list[QuotaPart]] = defaultdict(list)
    for row in plan.quotas.itertuples(index=False):
        code, product, week, department, class_, slots = row
        if slots and (weeks is None or week < weeks):
            monday = plan.instance.start + week * WEEK
            found[code].append(
                QuotaPart(ids.products[product], monday, department, ids.classes[class_], slots)
            )
    return found


def _counted(instance: Instance, ids: Ids) -> Mapping[str, list[Counted]]:
    """People the plan knew to be booked, by centre."""
    booked = instance.booked
    found: dict[str, list[Counted]] = defaultdict(list)
    for i in np.flatnonzero(booked.people).tolist():
        department, class_ = int(booked.department[i]), int(booked.class_[i])
        found[instance.centres.ids[booked.centre[i]]].append(
            Counted(
                product_id=ids.products[instance.products.ids[booked.product[i]]],
                week=instance.start + int(booked.week[i]) * WEEK,
                dose_rank=int(booked.dose_rank[i]),
                department="" if department == ANY else instance.departments[department],
                class_id=ANY_CLASS if class_ == ANY else ids.classes[instance.classes.ids[class_]],
                people=int(booked.people[i]),
            )
        )
    return found
