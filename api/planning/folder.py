"""A plan folder and its instance as one publication for each centre."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from allocator.errors import InputError
from allocator.instance import ANY, Instance
from allocator.outcome import RESULT, read_result
from allocator.plan import read_plan_table
from allocator.read import read_instance
from allocator.tables import iso_date
from api.capacity.publication import RANKS, Counted, Publication, QuotaPart, Session
from api.planning.orders import PLAN, Options
from api.planning.reference import Reference, reference_of
from api.planning.store import ANY_CLASS, Ids

WEEK = timedelta(days=7)


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
    sessions = _PlanTable(plan_folder, "sessions")
    quotas = _PlanTable(plan_folder, "quotas")
    for table in (sessions, quotas):
        table.refuse_unknown("centre", instance.centres.ids)
        table.refuse_unknown("product", instance.products.ids)
    quotas.refuse_unknown("department", instance.departments)
    quotas.refuse_unknown("class", instance.classes.ids)
    quotas.refuse_repeats("centre", "product", "week", "department", "class")
    sessions.refuse_unknown("dose_rank", RANKS)
    sessions.refuse_repeats("centre", "day", "product", "dose_rank")
    days = sessions.days_from(instance.start)
    named = plan_folder.resolve()
    name = named.parent.name if named.name == PLAN else named.name
    source = f"plan {name} of {instance.name} {instance.start}"
    return PlanToPublish(
        instance, reference_of(instance, instance_folder), sessions.rows.assign(day=days),
        quotas.rows, source,
    )  # fmt: skip


class _PlanTable:
    """A table of a plan folder, whose rows are checked against the instance."""

    def __init__(self, folder: Path, name: str) -> None:
        self.rows = read_plan_table(folder, name)
        parquet = folder / f"{name}.parquet"
        self._file = parquet if parquet.is_file() else parquet.with_suffix(".csv")

    def refuse_unknown(self, column: str, known: Collection[object]) -> None:
        unknown = self.rows.loc[~self.rows[column].isin(known), column]
        if len(unknown):
            raise InputError(self._file, f"{column} '{unknown.iloc[0]}' is not in the instance")

    def refuse_repeats(self, *key: str) -> None:
        repeated = self.rows[self.rows.duplicated(list(key))]
        if len(repeated):
            named = ", ".join(f"{column}={repeated[column].iloc[0]!r}" for column in key)
            raise InputError(self._file, f"repeated key ({named})")

    def days_from(self, start: date) -> list[date]:
        """Read the column `day`; no day may be before the start."""
        known: dict[str, date] = {}
        for cell in self.rows["day"].unique():
            day = iso_date(cell)
            if day is None:
                raise InputError(self._file, f"day is not a date like 2021-05-31: {cell!r}")
            if day < start:
                raise InputError(self._file, f"day {cell} is before the instance's {start}")
            known[cell] = day
        return [known[cell] for cell in self.rows["day"]]


def publications(plan: PlanToPublish, ids: Ids, options: Options) -> Iterator[Publication]:
    """Give one publication for each centre of the instance, in its order."""
    sessions = _sessions(plan, ids, options.weeks)
    quotas = _quotas(plan, ids, options.weeks)
    counted = _counted(plan.instance, ids)
    for code in plan.instance.centres.ids:
        yield Publication(
            centre_id=ids.centres[code],
            source=plan.source,
            from_day=plan.instance.start,
            sessions=tuple(sessions.get(code, ())),
            quotas=tuple(quotas.get(code, ())),
            counted=tuple(counted.get(code, ())),
            shares=options.shares,
            rebook=options.rebook,
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
