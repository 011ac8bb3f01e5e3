"""Figures of a territory from national facts and the built-in geography: needs no file."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from allocator.errors import InputError
from scenarios.ages import people_of
from scenarios.figures import Dropped, Figures, Ints
from scenarios.geography.builtin import Geography, read_builtin
from scenarios.sites import choose_sites
from scenarios.spec import Facts, Scenario

LEAST_INJECTIONS = 120
"""A centre that opens at all gives this many a week: two mornings of one line."""
PACIFIC = ("986", "987", "988")
"""Collectivities with a campaign and deliveries of their own."""


def from_facts(scenario: Scenario, facts: Facts) -> Figures:
    """Scale national facts to the territory by its share of the population."""
    geography, dropped = territory(read_builtin(), scenario.regions)
    departments = sorted(set(geography.department))
    if scenario.n_centres < len(departments):
        rule = f"centres is {scenario.n_centres}: {len(departments)} départements need one each"
        raise InputError(f"{scenario.name}.toml", rule)
    sites, served = choose_sites(geography, scenario.n_centres)
    nation = sum(facts.people_by_band.values())
    share = min(1.0, float(geography.population.sum()) / nation)
    weekly = np.maximum(
        LEAST_INJECTIONS,
        np.rint(facts.peak_injections * share * served / served.sum()).astype(np.int64),
    )
    people = {d: float(geography.population[geography.department == d].sum()) for d in departments}
    return Figures(
        geography=geography,
        sites=tuple(sites),
        injections=np.repeat(weekly[:, None], scenario.weeks, axis=1),
        wanted={
            d: people_wanting(
                scenario, facts, {low: m * n / nation for low, m in facts.people_by_band.items()}
            )
            for d, n in people.items()
        },
        deliveries=doses_arriving(scenario, facts, share),
        due=people_due(scenario, facts, share),
        due_share={d: n / sum(people.values()) for d, n in people.items()},
        dropped=dropped,
    )


def territory(
    geography: Geography, regions: tuple[str, ...]
) -> tuple[Geography, tuple[Dropped, ...]]:
    """Inhabited communes of the regions asked for, and the people left out."""
    inhabited = geography.population > 0
    served = ~np.isin(geography.region, PACIFIC)
    dropped = [Dropped("geography", "no inhabitant", int((~inhabited).sum()))]
    if not regions:
        people = int(geography.population[inhabited & ~served].sum())
        rows = int((inhabited & ~served).sum())
        dropped.append(Dropped("geography", "Pacific collectivity", rows, people))
        return geography.where(inhabited & served), tuple(dropped)
    return geography.where(inhabited & np.isin(geography.region, regions)), tuple(dropped[:1])


def people_wanting(scenario: Scenario, facts: Facts, by_band: Mapping[int, float]) -> Ints:
    """People of every class, out of those of each age band, who want a dose and have none yet."""
    people = [
        people_of(rule.ages, by_band)
        * max(0.0, facts.willing[rule.id] - facts.had_first_dose[rule.id])
        for rule in scenario.classes
    ]
    return np.rint(people).astype(np.int64)


def doses_arriving(scenario: Scenario, facts: Facts, share: float) -> Ints:
    """Doses by product and week for a share of the nation, in whole vials; stock is in week 0."""
    rows = []
    for product in scenario.products:
        doses = np.array(facts.deliveries[product.id], dtype=np.float64)
        doses[0] += facts.stock.get(product.id, 0)
        vial = product.doses_per_vial
        so_far = np.floor(doses.cumsum() * product.delivery_factor * share / vial)
        rows.append(np.diff(so_far, prepend=0.0) * vial)
    return np.array(rows).astype(np.int64)


def people_due(scenario: Scenario, facts: Facts, share: float) -> Ints:
    """People of a share of the nation by product and the week their second dose falls due.

    The weeks go on through the tail: a long interval reaches there from before the start.
    """
    weeks = scenario.weeks + scenario.tail_weeks
    due = np.zeros((len(scenario.products), weeks), dtype=np.int64)
    for p, product in enumerate(scenario.products):
        before = facts.first_doses_before.get(product.id, ())
        for week, people in enumerate(before, -len(before)):
            when = week + product.due_after_weeks
            if 0 <= when < weeks:
                due[p, when] += round(people * share)
    return due
