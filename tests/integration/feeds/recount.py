"""What the public files should say, counted again from the tables: slowly, slot by slot, in words.

Nothing here is shared with the publisher. `shown` pairs every first dose with every second one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.campaign import Campaign

Key = tuple[str, int]
"""Code of a centre and number of a slot."""


@dataclass(frozen=True)
class Shown:
    """A slot that can be booked, and how many places it has for the web."""

    centre: str
    slot: int
    department: str
    product: str
    dose_rank: int
    day: date
    starts_at: datetime
    free: int
    alone: bool


@dataclass(frozen=True)
class Tables:
    """The rows that matter, as dictionaries."""

    slots: list[dict]
    quotas: list[dict]
    intervals: list[dict]
    eligibility: list[dict]
    classes: list[dict]


def read_tables(campaign: Campaign) -> Tables:
    """Read them as they are committed."""
    return Tables(
        campaign.rows(
            "SELECT s.*, c.code AS centre, c.department, p.code AS product, p.doses_needed"
            " FROM slot s JOIN centre c USING (centre_id) JOIN product p USING (product_id)"
        ),
        campaign.rows("SELECT * FROM quota"),
        campaign.rows("SELECT * FROM dose_interval ORDER BY from_date"),
        campaign.rows("SELECT * FROM eligibility"),
        campaign.rows("SELECT * FROM priority_class"),
    )


def shown(tables: Tables, now: datetime) -> dict[Key, Shown]:
    """Slots that the web can book as a whole vaccination inside one département, or alone."""
    free = {(s["centre"], s["slot_id"]): free_of(tables, s, now) for s in tables.slots}
    by_key = {
        (s["centre"], s["slot_id"]): s for s in tables.slots if free[s["centre"], s["slot_id"]]
    }
    return {
        key: Shown(
            slot["centre"], slot["slot_id"], slot["department"], slot["product"],
            slot["dose_rank"], slot["day"], slot["starts_at"], free[key],
            is_alone(tables, slot, now.date()),
        )
        for key, slot in by_key.items()
        if is_whole(tables, slot, by_key.values(), now)
    }  # fmt: skip


def free_of(tables: Tables, slot: dict, now: datetime) -> int:
    """Places somebody on the web may have, were it for this slot alone."""
    if slot["starts_at"] <= now:
        return 0
    left = slot["capacity"] - slot["taken"]
    if now < slot["open_at"]:
        left -= slot["phone_kept"] + slot["standby_kept"]
    classes = allowed_classes(tables, slot)
    if not classes:
        return 0
    rows = quotas_of(tables, slot)
    if any(row["open_at"] > now for row in rows):
        mine = [row for row in rows if row["class_id"] in classes]
        room = [max(0, row["slots"] - row["taken"]) for row in mine]
        if all(row["open_at"] > now for row in mine):
            left = min(left, sum(room))
    return max(0, left)


def quotas_of(tables: Tables, slot: dict) -> list[dict]:
    """Quota rows of a first dose's centre, product and week."""
    monday = slot["day"] - timedelta(days=slot["day"].weekday())
    if slot["dose_rank"] == 2:
        return []
    return [
        row for row in tables.quotas
        if (row["centre_id"], row["product_id"], row["week"])
        == (slot["centre_id"], slot["product_id"], monday)
    ]  # fmt: skip


def allowed_classes(tables: Tables, slot: dict) -> set[int]:
    """Classes that may have it on its day; 0 stands for everybody (second doses)."""
    opened = {c["class_id"] for c in tables.classes if c["opens_on"] <= slot["day"]} | {0}
    return {
        row["class_id"] for row in tables.eligibility
        if row["product_id"] == slot["product_id"] and row["dose_rank"] == slot["dose_rank"]
        and row["from_date"] <= slot["day"] and (row["to_date"] or date.max) >= slot["day"]
    } & opened  # fmt: skip


def interval_of(tables: Tables, product_id: int, day: date) -> tuple[int, int] | None:
    """Shortest and longest interval of a first dose on a day."""
    rows = [r for r in tables.intervals if r["product_id"] == product_id and r["from_date"] <= day]
    return (rows[-1]["min_days"], rows[-1]["max_days"]) if rows else None


def fits(tables: Tables, first: dict, second: dict) -> bool:
    """Tell whether two free slots of one département make a pair."""
    if (first["department"], first["product_id"]) != (second["department"], second["product_id"]):
        return False
    span = interval_of(tables, first["product_id"], first["day"])
    return span is not None and span[0] <= (second["day"] - first["day"]).days <= span[1]


def is_alone(tables: Tables, slot: dict, today: date) -> bool:
    """Tell whether somebody who had a first dose elsewhere, by today, may have this second one."""
    if slot["dose_rank"] == 1:
        return False
    for days_ago in range(200):
        day = today - timedelta(days=days_ago)
        span = interval_of(tables, slot["product_id"], day)
        if span and span[0] <= (slot["day"] - day).days <= span[1]:
            return True
    return False


def is_whole(tables: Tables, slot: dict, others: list[dict], now: datetime) -> bool:
    """Tell whether a free slot can be booked: alone, or with another free one."""
    if slot["doses_needed"] == 1 or is_alone(tables, slot, now.date()):
        return True
    if slot["dose_rank"] == 1:
        return any(o["dose_rank"] == 2 and fits(tables, slot, o) for o in others)
    return any(o["dose_rank"] == 1 and fits(tables, o, slot) for o in others)


def counts(tables: Tables, now: datetime) -> dict[str, Counter]:
    """Places by (product, rank, day) of each centre; a week's quotas cap each of its days."""
    totals: dict[str, Counter] = defaultdict(Counter)
    example: dict[tuple, dict] = {}
    for key, slot in shown(tables, now).items():
        cell = (slot.product, slot.dose_rank, slot.day)
        totals[slot.centre][cell] += slot.free
        example[slot.centre, cell] = next(
            s for s in tables.slots if (s["centre"], s["slot_id"]) == key
        )
    for centre, cells in totals.items():
        for cell in cells:
            slot = {**example[centre, cell], "capacity": 10**9, "phone_kept": 0}
            cells[cell] = min(cells[cell], free_of(tables, slot | {"standby_kept": 0}, now))
    return totals
