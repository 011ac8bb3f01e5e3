"""Bookings, cancellations, cuts, new slots, quotas and time, at random: the files stay right."""

from __future__ import annotations

import random
from datetime import date, time, timedelta
from itertools import product as combinations

import pytest

from tests.campaign import CENTRES, CLASSES, DEPARTMENTS, MONDAY, PRODUCTS, RANKS
from tests.integration.feeds import recount
from tests.integration.feeds.bench import Bench


class Chance:
    """Random changes of a campaign, the same for the same seed."""

    def __init__(self, bench: Bench, seed: int) -> None:
        self.bench = bench
        self.draw = random.Random(seed)
        kinds = [(p, rank) for p, ranks in RANKS.items() for rank in ranks]
        self.places = list(combinations(CENTRES, kinds, range(12), (8, 9, 12, 17)))
        self.draw.shuffle(self.places)

    def new_slot(self) -> tuple[int, int]:
        """Add a slot somewhere, kept shares and a release near now included."""
        centre, (product, rank), offset, hour = self.places.pop()
        day = MONDAY + timedelta(days=offset + (24 if rank == 2 else 0))
        slot = self.bench.campaign.add_slot(
            centre, product, rank, day, time(hour, 5), capacity=self.draw.randrange(4),
            phone_kept=self.draw.randrange(2), standby_kept=self.draw.randrange(2),
            open_at=self.bench.now + timedelta(hours=self.draw.randrange(-50, 50)),
            minutes=self.draw.choice([30, 60]),
        )  # fmt: skip
        return centre, slot

    def new_quota(self) -> int:
        """Keep some first doses of a week for somebody."""
        centre, week = (
            self.draw.choice(list(CENTRES)),
            MONDAY + timedelta(weeks=self.draw.choice([0, 1])),
        )
        department = self.draw.choice(DEPARTMENTS)[0]
        product = self.draw.choice(list(PRODUCTS))
        opens = self.bench.now + timedelta(hours=self.draw.randrange(-20, 60))
        self.bench.campaign.rows(
            "DELETE FROM quota WHERE centre_id = %s AND product_id = %s AND week = %s"
            " AND department = %s", centre, PRODUCTS[product][0], week, department,
        )  # fmt: skip
        self.bench.campaign.add_quota(
            department, self.draw.choice(list(CLASSES)), self.draw.randrange(3), centre=centre,
            product=product, week=week, open_at=opens,
        )  # fmt: skip
        return centre

    def change(self) -> None:
        """Change one thing, as a booking, a cancellation or a publication would."""
        kind = self.draw.choice(["book", "book", "cancel", "cut", "slot", "quota", "phone"])
        if kind == "slot":
            centre, slot = self.new_slot()
            self.bench.change(centre, self.draw.choice([[], [slot]]))
            return
        if kind == "quota":
            self.bench.change(self.new_quota(), [])
            return
        slot = self.draw.choice(self.bench.campaign.rows("SELECT * FROM slot ORDER BY 1, 2"))
        change = {
            "book": "taken = least(taken + 1, capacity)",
            "cancel": "taken = greatest(taken - 1, 0)",
            "cut": "capacity = taken",
            "phone": "phone_kept = greatest(phone_kept - 1, 0)",
        }[kind]
        key = slot["centre_id"], slot["slot_id"]
        statements = [(f"UPDATE slot SET {change} WHERE centre_id = %s AND slot_id = %s", *key)]
        if slot["dose_rank"] == 1:
            statements.append(_quota_of(slot, self.draw.choice([1, -1])))
        self.bench.change(key[0], [key[1]], *statements)


def _quota_of(slot: dict, step: int) -> tuple:
    day: date = slot["day"]
    monday = day - timedelta(days=day.weekday())
    statement = (
        "UPDATE quota SET taken = greatest(taken + %s, 0)"
        " WHERE centre_id = %s AND product_id = %s AND week = %s"
    )
    return statement, step, slot["centre_id"], slot["product_id"], monday


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_files_equal_a_recount(bench, seed):
    """All that is shown can be booked, and all that can be booked is shown, after every turn."""
    chance = Chance(bench, seed)
    for _ in range(60):
        chance.new_slot()
    for _ in range(8):
        chance.new_quota()
    bench.publisher.start()
    bench.check()
    seen = set()
    for hours in (0, 0, 7, 0, 30, 0, 40, 0):
        for _ in range(chance.draw.randrange(1, 7)):
            chance.change()
        bench.turn(timedelta(hours=hours, seconds=3))
        bench.check()
        seen |= set(recount.shown(recount.read_tables(bench.campaign), bench.now))
    assert len(seen) > 10
