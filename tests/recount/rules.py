"""The rules of MODEL.md, and by how much a plan breaks them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from tests.recount.campaign import NO_CENTRE, Campaign
from tests.recount.tables import Tables, summed

Broken = Iterator[tuple[str, int]]
"""A rule and by how many people, doses, vials' doses or slots it is broken somewhere."""


def broken(it: Campaign, rows: Tables) -> Broken:
    """Yield every rule once or more, with 0 where it is kept."""
    yield "horizon", rows.outside
    for key, sent in summed(rows.flows, 0, 1).items():
        yield "demand", max(0, sent - it.people[key])
    home = Counter[tuple]()
    for (z, k, j), sent in rows.flows.items():
        home[it.zones[z]["department"], k, j] += sent
    yield "link", _differences(home, summed(rows.first, 0, 1, 2))
    yield from _second_doses(it, rows)
    yield from _goods(it, rows)
    for (_, k, _, p, week), people in rows.first.items():
        yield "eligibility", 0 if it.allows(p, k, 1, week) else people
    for (_, p, _, week), people in rows.second.items():
        yield "eligibility", 0 if it.allows(p, "*", 2, week) else people
    yield from _days(it, rows)
    yield "quotas", _differences(rows.quotas, rows.first)


def _second_doses(it: Campaign, rows: Tables) -> Broken:
    owed = Counter({key: n for key, n in summed(rows.first, 2, 3, 4).items() if key[1] in it.two})
    yield "second doses", _differences(summed(rows.second, 0, 1, 2), owed)
    for (_, p, first, week), people in rows.second.items():
        low, high = it.gap(p) if p in it.two else (0, 0)
        yield "interval", 0 if low <= week - first <= high else people


def _goods(it: Campaign, rows: Tables) -> Broken:
    used = _doses(rows) + it.booked
    for j in it.centres:
        for week in range(it.W):
            taken = sum(used[j, p, week] for p in it.products)
            yield "capacity", max(0, taken - it.injections(j, week))
    for p in it.products:
        pool = 0
        stock = dict.fromkeys(it.centres, 0)
        for week in range(it.W):
            pool += it.delivered(p, NO_CENTRE, week)
            for j in it.centres:
                sent = rows.vials[j, p, week] * it.vial(p)
                pool -= sent
                stock[j] += sent + it.delivered(p, j, week) - used[j, p, week]
                yield "stock", max(0, -stock[j])
            yield "pool", max(0, -pool)


def _days(it: Campaign, rows: Tables) -> Broken:
    by_week = Counter[tuple]()
    by_day = Counter[tuple]()
    for (j, p, rank, day), slots in rows.sessions.items():
        by_week[j, p, rank, day // 7] += slots
        by_day[j, day] += slots
    due = Counter[tuple]()
    for (j, p, week), people in summed(rows.first, 2, 3, 4).items():
        due[j, p, 1, week] += people
    for (j, p, week), people in summed(rows.second, 0, 1, 3).items():
        due[j, p, 2, week] += people
    yield "sessions", _differences(by_week, due)
    for (j, day), slots in by_day.items():
        opened = it.open_days(j, day // 7)
        if it.start + timedelta(days=day) not in opened:
            yield "open days", slots
        else:
            limit = -(-it.injections(j, day // 7) // len(opened))
            yield "day limit", max(0, slots - limit)


def _doses(rows: Tables) -> Counter[tuple]:
    """Doses of both ranks by centre, product and week."""
    return summed(rows.first, 2, 3, 4) + summed(rows.second, 0, 1, 3)


def _differences(one: Counter[tuple], other: Counter[tuple]) -> int:
    return sum(abs(one[key] - other[key]) for key in {*one, *other})
