"""What is shown can be booked: every window, by the booking service itself, and then it is gone."""

from __future__ import annotations

import asyncio
import random
from datetime import date, timedelta

import pytest

from api.booking.problems import QuotaExhausted, SlotFull
from api.problems import Problem
from tests.booking import Hands, Visitor, opened
from tests.campaign import CENTRES, CLASSES, DEPARTMENTS, MONDAY
from tests.integration.feeds import public
from tests.integration.feeds.test_random_changes import Chance

NUMBERS = {code: centre for centre, (code, _) in CENTRES.items()}
HOMES = dict(CENTRES.values())
ANYBODY = [(department, class_) for department, _, _ in DEPARTMENTS for class_ in CLASSES]


def partners(windows: dict, key: tuple[str, int], index: dict) -> list[tuple[str, int]]:
    """Second doses that a page would offer with a first one: from the files alone."""
    product, _, day, *_ = windows[key]
    [entry] = [p for p in index["products"] if p["product"] == product]
    intervals = [i for i in entry["intervals"] if date.fromisoformat(i["from_date"]) <= day]
    span = intervals[-1]["min_days"], intervals[-1]["max_days"]
    return [
        other for other, row in windows.items()
        if row[:2] == (product, 2) and HOMES[other[0]] == HOMES[key[0]]
        and span[0] <= (row[2] - day).days <= span[1]
    ]  # fmt: skip


def place(key: tuple[str, int]) -> tuple[int, int]:
    return NUMBERS[key[0]], key[1]


async def first_of(desk, people, *places, **choice) -> Visitor | None:
    """Hold places for the first of some people who may have them; None when nobody may."""
    for department, class_ in people:
        visitor = Visitor(desk, name=f"{random.random()}")
        try:
            await visitor.hold(*places, department=department, class_=class_, **choice)
        except Problem:
            continue
        return visitor
    return None


async def try_all(bench, desk, windows: dict) -> int:
    """Hold every window that is shown, and let it go again; give how many there were."""
    index = public.read(bench.folder, "availability/index.json")
    today = bench.now.date()
    for key, (product, rank, day, *_) in windows.items():
        if product == "janssen":
            ways = [((place(key),), {})]
        elif rank == 1:
            ways = [((place(key), place(other)), {}) for other in partners(windows, key, index)]
        else:
            firsts = [k for k, row in windows.items() if row[1] == 1 and row[0] == product]
            ways = [
                ((place(first), place(key)), {})
                for first in firsts if key in partners(windows, first, index)
            ]  # fmt: skip
            earlier = [today - timedelta(days=n) for n in range(60)]
            ways += [
                ((place(key),), {"first": (product, on)})
                for on in earlier if 21 <= (day - on).days <= 49
            ]  # fmt: skip
        for places, choice in ways:
            visitor = await first_of(desk, ANYBODY, *places, **choice)
            if visitor is not None:
                await visitor.release()
                break
        else:
            pytest.fail(f"{key} is shown and cannot be booked: {windows[key]}")
    return len(windows)


@pytest.mark.parametrize("seed", [100, 101])
def test_every_window_that_is_shown_can_be_booked(bench, seed):
    """By somebody, as a whole vaccination, with what the files say and nothing else."""
    chance = Chance(bench, seed)
    for _ in range(70):
        chance.new_slot()
    for _ in range(6):
        chance.new_quota()
    bench.publisher.start()

    async def all_of_them() -> int:
        async with opened(bench.campaign, clock=Hands(bench.now)) as (_, desk):
            return await try_all(bench, desk, public.all_windows(bench.folder))

    assert asyncio.run(all_of_them()) > 15


def test_the_files_follow_the_booking_service(bench):
    """Bookings and cancellations at random, two weeks of quotas: equal after every turn."""
    bench.campaign.fill_week(capacity=4)
    bench.campaign.add_quota("75", "75", 5)
    bench.campaign.add_quota("93", "50", 3)
    bench.publisher.start()
    chance = random.Random(7)

    async def live() -> tuple[int, int]:
        booked: list[Visitor] = []
        refused = 0
        async with opened(bench.campaign, clock=Hands(bench.now)) as (_, desk):
            index = public.read(bench.folder, "availability/index.json")
            for _ in range(10):
                for _ in range(6):
                    windows = public.all_windows(bench.folder)
                    firsts = [k for k, row in windows.items() if row[:2] == ("pfizer", 1)]
                    first = chance.choice(firsts)
                    second = chance.choice(partners(windows, first, index))
                    visitor = Visitor(desk, name=f"{chance.random()}")
                    try:
                        await visitor.book(place(first), place(second))
                    except (QuotaExhausted, SlotFull):
                        refused += 1
                        continue
                    booked.append(visitor)
                for _ in range(3):
                    if booked:
                        await booked.pop(chance.randrange(len(booked))).cancel()
                bench.turn()
                bench.check()
        return len(booked), refused

    booked, refused = asyncio.run(live())
    assert booked > 5
    assert refused > 0
    assert MONDAY in {row[2] for row in public.all_windows(bench.folder).values()}
