"""Scenario -> instance folder."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from allocator.bookings import refuse_unfit_bookings
from allocator.errors import InputError
from allocator.horizon import horizon_of, with_tail
from allocator.read import read_instance
from scenarios.apportion import apportion
from scenarios.bookings import Bookings, book
from scenarios.changes import delayed, open_weeks, stopped_weeks
from scenarios.facts import from_facts
from scenarios.figures import Dropped, Figures, Ints
from scenarios.folder import replacing
from scenarios.named import LIBRARY, read_scenario
from scenarios.spec import Scenario
from scenarios.write import write_instance


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What was built, and what the sources held that it leaves out."""

    scenario: str
    folder: str
    zones: int
    people: int
    centres: int
    injections: int
    doses: int
    booked: int
    booked_late: int
    not_booked: int
    dropped: tuple[Dropped, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values for `--json`."""
        return asdict(self)


def build_scenario(
    name: str, out: Path, data: Path | None = None, library: Path = LIBRARY
) -> BuildReport:
    """Build a named scenario into an instance folder, whole or not at all.

    Parameters
    ----------
    out
        Folder to write; an instance already there is replaced, anything else is refused.
    data
        Folder of the official files, for the scenarios that need them.

    Raises
    ------
    InputError
        For an unknown scenario, a missing or broken official file, or a folder in the way.
    """
    return build(read_scenario(name, library), out, data)


def build(scenario: Scenario, out: Path, data: Path | None = None) -> BuildReport:
    """Build a scenario that was read, as `build_scenario` does."""
    figures = _figures(scenario, data)
    supply = delayed(scenario, figures.deliveries)
    injections, booked = _booked(scenario, figures, supply)
    demand = _demand(scenario, figures)
    with replacing(out) as folder:
        write_instance(folder, scenario, figures, demand, injections, supply, booked.people)
        instance = read_instance(folder)
        refuse_unfit_bookings(instance, horizon_of(instance))
    return BuildReport(
        scenario=scenario.name,
        folder=str(out),
        zones=len(figures.geography),
        people=int(demand.sum()),
        centres=len(figures.sites),
        injections=int(injections.sum()),
        doses=int(supply.sum()),
        booked=int(booked.people.sum()),
        booked_late=booked.late,
        not_booked=booked.not_booked,
        dropped=tuple(d for d in figures.dropped if d.rows),
    )


def _figures(scenario: Scenario, data: Path | None) -> Figures:
    if scenario.facts is not None:
        return from_facts(scenario, scenario.facts)
    from scenarios.official.figures import from_official  # noqa: PLC0415 - pandas takes its time

    if data is None or not data.is_dir():
        rule = f"the folder of official files is missing; scenario {scenario.name!r} needs it"
        raise InputError(data or "CRENEAU_DATA", rule)
    return from_official(scenario, data)


def _booked(scenario: Scenario, figures: Figures, supply: Ints) -> tuple[Ints, Bookings]:
    """Injections by centre and week, and who of them is booked, here and in the tail."""
    weeks, tail = scenario.weeks, scenario.tail_weeks
    is_open = open_weeks(scenario, figures.sites)
    stopped = stopped_weeks(scenario, figures.sites)
    injections = figures.injections * is_open[:, :weeks]
    # The tail's capacity is a mean of the last weeks; a stop may leave nothing but bookings there.
    sure = with_tail(np.where(stopped, 0, injections), tail)[:, weeks:]
    g = figures.geography
    booked = book(
        figures.due,
        figures.due_share,
        dict(zip(g.department.tolist(), g.region.tolist(), strict=True)),
        figures.sites,
        np.hstack([injections, sure]) * is_open,
        with_tail(supply, tail),
        [product.doses_per_vial for product in scenario.products],
    )
    return np.where(stopped, booked.people[:, :, :weeks].sum(axis=1), injections), booked


def _demand(scenario: Scenario, figures: Figures) -> Ints:
    geography = figures.geography
    demand = np.zeros((len(geography), len(scenario.classes)), dtype=np.int64)
    for department, people in figures.wanted.items():
        here = np.flatnonzero(geography.department == department)
        for k, n in enumerate(people):
            demand[here, k] = apportion(int(n), geography.population[here])
    return demand
