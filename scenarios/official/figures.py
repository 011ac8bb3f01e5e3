"""A scenario's figures, learnt from the official files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import numpy as np

from allocator.errors import InputError
from scenarios.changes import open_weeks
from scenarios.facts import doses_arriving, people_due, people_wanting, territory
from scenarios.figures import Dropped, Figures, Ints
from scenarios.geography.builtin import Geography, read_builtin
from scenarios.official import catalogue
from scenarios.official.allocations import measured
from scenarios.official.capacity import estimate, scaled, with_time_enough
from scenarios.official.centres import centres
from scenarios.official.communes import communes
from scenarios.official.files import newest, read
from scenarios.official.first_doses import first_doses
from scenarios.official.national import national_facts
from scenarios.official.places import open_places
from scenarios.official.population import COLUMNS, people_by_department
from scenarios.sites import Site
from scenarios.spec import Scenario


def from_official(scenario: Scenario, data: Path) -> Figures:
    """Learn everything from a folder of official files.

    National figures are scaled to the territory by its population; capacities are scaled to the
    whole nation's and then only those of the territory are kept.

    Raises
    ------
    InputError
        Naming the file that is missing, or file, line and the rule that a file breaks.
    """
    commune_list = read(newest(data, catalogue.COMMUNES))
    age_table = read(newest(data, catalogue.AGES))
    everywhere, repaired = communes(commune_list, read_builtin())
    bands = people_by_department(age_table)
    nation, left_out = _served(everywhere, bands, ())
    here = _served(everywhere, bands, scenario.regions)[0] if scenario.regions else nation
    by_band = {low: sum(bands[d][low] for d in set(nation.department)) for low in COLUMNS}
    facts, national = national_facts(scenario, data, by_band)
    sites, injections, places = _sites(scenario, data, everywhere, nation, facts.peak_injections)
    departments = sorted(set(here.department.tolist()))
    served = [j for j, site in enumerate(sites) if site.department in departments]
    if not served:
        raise InputError(catalogue.CENTRES.pattern, "no centre lies in the territory")
    share = float(here.population.sum() / nation.population.sum())
    waiting = _waiting(scenario, data, departments)
    return Figures(
        geography=here,
        sites=tuple(sites[j] for j in served),
        injections=np.repeat(injections[served, None], scenario.weeks, axis=1),
        wanted={d: people_wanting(scenario, facts, bands[d]) for d in departments},
        deliveries=doses_arriving(scenario, facts, share),
        due=people_due(scenario, facts, sum(waiting.values())),
        due_share=waiting,
        dropped=(*repaired, *left_out, *age_table.dropped, *places, *national),
    )


def _served(
    everywhere: Geography, bands: Mapping[str, Mapping[int, int]], regions: tuple[str, ...]
) -> tuple[Geography, tuple[Dropped, ...]]:
    """Communes of the territory whose département has known ages."""
    part, dropped = territory(everywhere, regions)
    known = np.isin(part.department, sorted(bands))
    people = int(part.population[~known].sum())
    rule = "collectivity without ages in the official table"
    return part.where(known), (*dropped, Dropped("geography", rule, int((~known).sum()), people))


def _sites(
    scenario: Scenario, data: Path, everywhere: Geography, nation: Geography, peak: int
) -> tuple[list[Site], Ints, tuple[Dropped, ...]]:
    """Centres of the nation, their weekly injections, and what the lists held besides."""
    start = scenario.start
    listed = read(newest(data, catalogue.CENTRES, not_after=start))
    allocated = measured(read(newest(data, catalogue.ALLOCATIONS)))
    last = scenario.monday(scenario.weeks) - timedelta(days=1)
    table, closed = open_places(listed, start, last)
    found, repaired = centres(table, everywhere, allocated.injections)
    served = set(nation.department)
    kept = [centre for centre in found if centre.site.department in served]
    if not kept:
        raise InputError(listed.name, f"no place is open to the public from {start} to {last}")
    sites = [centre.site for centre in kept]
    guess = estimate(kept, allocated.injections)
    is_open = open_weeks(scenario, sites)[:, : scenario.weeks]
    injections = scaled(guess.injections, is_open, peak)
    sites, stretched = with_time_enough(sites, injections)
    dropped = (
        *allocated.dropped,
        *closed,
        *repaired,
        Dropped(listed.name, "in a collectivity that is left out", len(found) - len(kept)),
        Dropped(listed.name, "no dose known: capacity by hours and town size",
                len(kept) - guess.measured),
        Dropped(listed.name, "hours too short for the doses: the usual ones are taken", stretched),
    )  # fmt: skip
    return sites, injections, dropped


def _waiting(scenario: Scenario, data: Path, departments: list[str]) -> dict[str, float]:
    """Part of all who wait for a second dose by département: that of recent first doses."""
    weeks = max(product.due_after_weeks for product in scenario.products)
    if weeks == 0:
        return dict.fromkeys(departments, 0.0)
    file = newest(data, catalogue.VACSI_DEPARTMENTS)
    given = first_doses(file, scenario.start, weeks)
    for department in departments:
        if department not in given:
            raise InputError(file.name, f"département {department!r} has no first doses")
    total = sum(given.values())
    return {d: given[d] / total if total else 0.0 for d in departments}
