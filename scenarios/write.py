"""The tables of an instance folder, from a scenario and its figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from allocator.read import OPTIONAL_TABLES, SETTINGS, TABLES
from scenarios.figures import Figures, Ints
from scenarios.folder import Row, write_csv
from scenarios.spec import Scenario

INJECTIONS_PER_LINE_HOUR = 6
"""One vaccinator post gives a dose every ten minutes."""
USUAL_HOURS = 54.0
"""Opening hours of a week where none are known: nine to six, Monday to Saturday."""
PUBLISHED = ("open_days", "address", "postcode", "city", "phone", "opens_at", "closes_at", "lines")
"""Columns of centres.csv that only publishing needs."""


def write_instance(
    folder: Path,
    scenario: Scenario,
    figures: Figures,
    demand: Ints,
    injections: Ints,
    deliveries: Ints,
    booked: Ints,
) -> None:
    """Write every table.

    Parameters
    ----------
    demand
        Zones x classes, people.
    injections
        Centres x weeks.
    deliveries
        Products x weeks, doses of the national pool.
    booked
        Centres x products x weeks and tail weeks, people with a second dose.
    """
    (folder / SETTINGS).write_text(_settings(scenario), encoding="utf-8")
    tables = {
        "zones.csv": _zones(figures),
        "classes.csv": ((c.id, c.label, c.weight, c.opens_on) for c in scenario.classes),
        "demand.csv": _demand(scenario, figures, demand),
        "capacity.csv": _capacity(figures, injections),
        "products.csv": _products(scenario),
        "eligibility.csv": _eligibility(scenario),
        "deliveries.csv": _deliveries(scenario, deliveries),
    }
    for name, rows in tables.items():
        write_csv(folder / name, TABLES[name], rows)
    columns = (*TABLES["centres.csv"], *PUBLISHED)
    write_csv(folder / "centres.csv", columns, _centres(figures, injections))
    if booked.any():
        rows = _booked(scenario, figures, booked)
        write_csv(folder / "booked.csv", OPTIONAL_TABLES["booked.csv"], rows)


def _settings(scenario: Scenario) -> str:
    prices = "\n".join(f"{key} = {value!r}" for key, value in scenario.objective.items())
    return (
        f"# {scenario.purpose}\n"
        f'name = "{scenario.name}"\nstart = {scenario.start.isoformat()}\n'
        f"weeks = {scenario.weeks}\nseed = {scenario.seed}\n\n[objective]\n{prices}\n\n"
        f"[fairness]\nfloor = {scenario.floor!r}\nprice = {scenario.price!r}\n"
        f"checkpoints = {list(scenario.checkpoints)}\n"
    )


def _zones(figures: Figures) -> Iterator[Row]:
    g = figures.geography
    return zip(g.code, g.name, g.department, g.region, g.lat, g.lon, g.population, strict=True)


def _demand(scenario: Scenario, figures: Figures, demand: Ints) -> Iterator[Row]:
    for z, k in np.argwhere(demand):
        yield figures.geography.code[z], scenario.classes[k].id, demand[z, k]


def _capacity(figures: Figures, injections: Ints) -> Iterator[Row]:
    for j, t in np.argwhere(injections):
        yield figures.sites[j].id, t, injections[j, t]


def _centres(figures: Figures, injections: Ints) -> Iterator[Row]:
    for j, site in enumerate(figures.sites):
        per_line = (site.hours or USUAL_HOURS) * INJECTIONS_PER_LINE_HOUR
        lines = max(1, int(np.ceil(injections[j].max(initial=0) / per_line)))
        yield (
            site.id, site.name, site.department, site.lat, site.lon, site.opens_on,
            site.closes_on or "", site.open_days, site.address, site.postcode, site.city,
            site.phone, site.opens_at, site.closes_at, lines,
        )  # fmt: skip


def _products(scenario: Scenario) -> Iterator[Row]:
    for p in scenario.products:
        interval = p.interval_days or ("", "")
        yield p.id, p.label, p.doses_per_vial, p.doses_needed, *interval


def _eligibility(scenario: Scenario) -> Iterator[Row]:
    for rule in scenario.eligibility:
        for class_ in rule.classes or ("*",):
            yield rule.product, class_, rule.dose_rank, rule.from_date, rule.to_date or ""


def _deliveries(scenario: Scenario, deliveries: Ints) -> Iterator[Row]:
    for p, t in np.argwhere(deliveries):
        yield t, scenario.products[p].id, deliveries[p, t], ""


def _booked(scenario: Scenario, figures: Figures, booked: Ints) -> Iterator[Row]:
    for j, p, t in np.argwhere(booked):
        site = figures.sites[j]
        yield site.id, t, scenario.products[p].id, 2, site.department, "", booked[j, p, t]
