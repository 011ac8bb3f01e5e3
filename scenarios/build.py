"""Scenario -> instance folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from allocator.errors import InputError
from allocator.read import SETTINGS
from scenarios.apportion import apportion
from scenarios.bookings import Bookings, book
from scenarios.facts import from_facts
from scenarios.figures import Dropped, Figures, Ints
from scenarios.folder import Row, replacing, write_csv
from scenarios.named import LIBRARY, read_scenario
from scenarios.spec import Delay, FirstDosesStopped, Scenario

INJECTIONS_PER_LINE_HOUR = 6
"""One vaccinator post gives a dose every ten minutes."""


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
    scenario = read_scenario(name, library)
    figures = _figures(scenario, data)
    deliveries = _delayed(scenario, figures.deliveries)
    injections = _in_open_weeks(scenario, figures)
    vials = [product.doses_per_vial for product in scenario.products]
    booked = book(figures.due, figures.due_share, figures.sites, injections, deliveries, vials)
    injections = _stopped(scenario, figures, injections, booked)
    demand = _demand(scenario, figures)
    with replacing(out) as folder:
        _write(folder, scenario, figures, demand, injections, deliveries, booked)
    return BuildReport(
        scenario=name,
        folder=str(out),
        zones=len(figures.geography),
        people=int(demand.sum()),
        centres=len(figures.sites),
        injections=int(injections.sum()),
        doses=int(deliveries.sum()),
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


def _delayed(scenario: Scenario, deliveries: Ints) -> Ints:
    moved = deliveries.copy()
    ids = [product.id for product in scenario.products]
    for change in scenario.changes:
        if isinstance(change, Delay):
            p = ids.index(change.product)
            for week in change.weeks:
                moved[p, week] -= deliveries[p, week]
                if week + change.by_weeks < scenario.weeks:
                    moved[p, week + change.by_weeks] += deliveries[p, week]
    return moved


def _in_open_weeks(scenario: Scenario, figures: Figures) -> Ints:
    injections = figures.injections.copy()
    for week in range(scenario.weeks):
        monday = scenario.monday(week)
        for j, site in enumerate(figures.sites):
            if not site.is_open(monday, monday + timedelta(days=6)):
                injections[j, week] = 0
    return injections


def _stopped(scenario: Scenario, figures: Figures, injections: Ints, booked: Bookings) -> Ints:
    left = injections.copy()
    for change in scenario.changes:
        if isinstance(change, FirstDosesStopped):
            here = [j for j, site in enumerate(figures.sites) if site.region in change.regions]
            for week in change.weeks:
                left[here, week] = booked.people[here, :, week].sum(axis=1)
    return left


def _demand(scenario: Scenario, figures: Figures) -> Ints:
    geography = figures.geography
    demand = np.zeros((len(geography), len(scenario.classes)), dtype=np.int64)
    for department, people in figures.wanted.items():
        here = np.flatnonzero(geography.department == department)
        for k, n in enumerate(people):
            demand[here, k] = apportion(int(n), geography.population[here])
    return demand


def _write(
    folder: Path,
    scenario: Scenario,
    figures: Figures,
    demand: Ints,
    injections: Ints,
    deliveries: Ints,
    booked: Bookings,
) -> None:
    (folder / SETTINGS).write_text(_settings(scenario), encoding="utf-8")
    g = figures.geography
    write_csv(
        folder / "zones.csv",
        ("zone", "name", "department", "region", "lat", "lon", "population"),
        zip(g.code, g.name, g.department, g.region, g.lat, g.lon, g.population, strict=True),
    )
    ids = [rule.id for rule in scenario.classes]
    write_csv(
        folder / "classes.csv",
        ("class", "label", "weight", "opens_on"),
        ((c.id, c.label, f"{c.weight:g}", c.opens_on) for c in scenario.classes),
    )
    write_csv(
        folder / "demand.csv",
        ("zone", "class", "people"),
        ((g.code[z], ids[k], demand[z, k]) for z, k in np.argwhere(demand)),
    )
    _write_centres(folder, figures, injections)
    _write_products(folder, scenario, deliveries)
    products = [product.id for product in scenario.products]
    rows = (
        (figures.sites[j].id, t, products[p], 2, figures.sites[j].department, "", n)
        for j, p, t in np.argwhere(booked.people)
        if (n := booked.people[j, p, t])
    )
    header = ("centre", "week", "product", "dose_rank", "department", "class", "people")
    if booked.people.any():
        write_csv(folder / "booked.csv", header, rows)


def _settings(scenario: Scenario) -> str:
    prices = "\n".join(f"{key} = {value:g}" for key, value in scenario.objective.items())
    return (
        f"# {scenario.purpose}\n"
        f'name = "{scenario.name}"\nstart = {scenario.start.isoformat()}\n'
        f"weeks = {scenario.weeks}\nseed = {scenario.seed}\n\n[objective]\n{prices}\n\n"
        f"[fairness]\nfloor = {scenario.floor:g}\nprice = {scenario.price:g}\n"
        f"checkpoints = {list(scenario.checkpoints)}\n"
    )


def _write_centres(folder: Path, figures: Figures, injections: Ints) -> None:
    write_csv(
        folder / "centres.csv",
        (
            "centre", "name", "department", "lat", "lon", "opens_on", "closes_on", "open_days",
            "address", "postcode", "city", "phone", "opens_at", "closes_at", "lines",
        ),
        _centre_rows(figures, injections),
    )  # fmt: skip
    write_csv(
        folder / "capacity.csv",
        ("centre", "week", "injections"),
        ((figures.sites[j].id, t, injections[j, t]) for j, t in np.argwhere(injections)),
    )


def _centre_rows(figures: Figures, injections: Ints) -> Iterator[Row]:
    for j, site in enumerate(figures.sites):
        per_line = max(1.0, (site.hours or 0.0) * INJECTIONS_PER_LINE_HOUR)
        lines = max(1, int(np.ceil(injections[j].max(initial=0) / per_line)))
        yield (
            site.id, site.name, site.department, site.lat, site.lon, site.opens_on,
            site.closes_on or "", site.open_days, site.address, site.postcode, site.city,
            site.phone, site.opens_at, site.closes_at, lines,
        )  # fmt: skip


def _write_products(folder: Path, scenario: Scenario, deliveries: Ints) -> None:
    write_csv(
        folder / "products.csv",
        (
            "product", "label", "doses_per_vial", "doses_needed",
            "interval_min_days", "interval_max_days",
        ),
        (
            (p.id, p.label, p.doses_per_vial, p.doses_needed, *(p.interval_days or ("", "")))
            for p in scenario.products
        ),
    )  # fmt: skip
    write_csv(
        folder / "eligibility.csv",
        ("product", "class", "dose_rank", "from_date", "to_date"),
        (
            (rule.product, class_, rule.dose_rank, rule.from_date, rule.to_date or "")
            for rule in scenario.eligibility
            for class_ in rule.classes or ("*",)
        ),
    )
    ids: Mapping[int, str] = {p: product.id for p, product in enumerate(scenario.products)}
    write_csv(
        folder / "deliveries.csv",
        ("week", "product", "doses", "centre"),
        ((t, ids[p], deliveries[p, t], "") for p, t in np.argwhere(deliveries)),
    )
