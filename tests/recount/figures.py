"""The cost of a plan and its key figures."""

from __future__ import annotations

from collections import Counter

from tests.recount.campaign import Campaign
from tests.recount.days import unpaired
from tests.recount.tables import Tables, summed


def cost_parts(it: Campaign, rows: Tables) -> dict[str, float]:
    """Price people unserved, weeks, kilometres and people missing from the floor."""
    price = it.objective
    unserved = sum(it.weight(k) * n for (_, k), n in it.people.items())
    unserved -= sum(it.weight(key[1]) * n for key, n in rows.first.items())
    week = sum(it.weight(key[1]) * key[4] * n for key, n in rows.first.items())
    km = sum((it.km(z, j) - it.near(z)) * n for (z, _, j), n in rows.flows.items())
    missing = 0.0
    for checkpoint in it.fairness["checkpoints"]:
        given = Counter[str]()
        for key, n in rows.first.items():
            given[key[0]] += n if key[4] < checkpoint else 0
        national = sum(given.values()) / sum(it.people.values())
        for d, people in people_by_department(it).items():
            missing += max(0.0, it.fairness["floor"] * national * people - given[d])
    return {
        "unserved": price["unserved"] * unserved,
        "week": price["week"] * week,
        "km": price["km"] * km,
        "fairness": it.fairness["price"] * missing,
    }


def people_by_department(it: Campaign) -> Counter[str]:
    people = Counter[str]()
    for (z, _), n in it.people.items():
        people[it.zones[z]["department"]] += n
    return people


def kpis(it: Campaign, rows: Tables) -> dict[str, float | int | None]:
    """Count what MODEL.md calls key figures, but for time, memory and the digest."""
    people, first = sum(it.people.values()), sum(rows.first.values())
    owed = Counter({key: n for key, n in summed(rows.first, 2, 3, 4).items() if key[1] in it.two})
    kept = Counter[tuple]()
    for (j, p, t, week), n in rows.second.items():
        low, high = it.gap(p) if p in it.two else (0, 0)
        kept[j, p, t] += n if low <= week - t <= high else 0
    on_time = sum(min(kept[key], n) for key, n in owed.items())
    by_day = Counter[tuple]()
    for (j, p, _, day), slots in rows.sessions.items():
        by_day[j, p, day] += slots
    return {
        "people": people,
        "first_doses": first,
        "unserved": people - first,
        "second_doses_on_time": on_time / sum(owed.values()) if sum(owed.values()) else 1.0,
        "km_median": _reached(it, rows, 0.5),
        "km_p90": _reached(it, rows, 0.9),
        **_coverage(it, rows),
        "vials": sum(rows.vials.values()),
        "doses_wasted": sum(-n % it.vial(p) for (_, p, _), n in by_day.items()),
        "slots_unpaired": sum(
            unpaired(it, rows.sessions, j, p) for j in it.centres for p in it.two
        ),
    }


def _reached(it: Campaign, rows: Tables, share: float) -> float | None:
    """Smallest distance that this share of the people do not exceed."""
    trips = sorted((it.km(z, j), n) for (z, _, j), n in rows.flows.items() if n)
    wanted = share * sum(n for _, n in trips)
    so_far = 0
    for km, n in trips:
        so_far += n
        if so_far >= wanted:
            return km
    return None


def _coverage(it: Campaign, rows: Tables) -> dict[str, float | None]:
    people = {d: n for d, n in people_by_department(it).items() if n}
    given = Counter[str]()
    for key, n in rows.first.items():
        given[key[0]] += n if key[4] < it.T else 0
    cover = {d: given[d] / n for d, n in people.items()}
    everybody = sum(people.values())
    mean = sum(cover[d] * n for d, n in people.items()) / everybody
    apart = sum(people[a] * people[b] * abs(cover[a] - cover[b]) for a in people for b in people)
    low, high = min(cover.values()), max(cover.values())
    return {
        "coverage_min": low,
        "coverage_max": high,
        "coverage_spread": high / low if low else None,
        "coverage_gini": apart / (2 * everybody**2 * mean) if mean else 0.0,
    }
