"""A publication's quotas laid over those that are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from api.capacity.publication import Publication
from api.capacity.windows import release

Key = tuple[int, date, str, int]
"""Product, Monday, département, class."""


@dataclass(frozen=True, slots=True)
class Quota:
    """A row of the quota table; `open_at` in seconds of UTC."""

    key: Key
    slots: int
    taken: int
    open_at: int


@dataclass(frozen=True, slots=True)
class QuotaChanges:
    """Rows to write and rows to remove, and how many of each kind there are."""

    written: tuple[Quota, ...]
    removed: tuple[Key, ...]
    counts: Mapping[str, int]


def merge_quotas(
    publication: Publication, existing: Sequence[Quota], zone: ZoneInfo
) -> QuotaChanges:
    """Give each quota its plan's doses on top of the bookings the plan counted.

    What was booked since the plan was made has used the plan's doses, as for slots. A quota the
    plan does not know goes away, or holds no more than what is booked under it.
    """
    before = {quota.key: quota for quota in existing}
    wanted: Counter[Key] = Counter()
    for part in publication.quotas or ():
        wanted[part.product_id, part.week, part.department, part.class_id] = part.slots
    for row in publication.counted:
        key = (row.product_id, row.week, row.department, row.class_id)
        if row.dose_rank == 1 and key in before:
            wanted[key] += min(row.people, before[key].taken)
    counts: Counter[str] = Counter()
    written: list[Quota] = []
    removed: list[Key] = []
    for key in sorted(before.keys() | wanted.keys()):
        old = before.get(key)
        opens = release(key[1], publication.shares.release_days, zone)
        taken = old.taken if old else 0
        new = Quota(key, max(wanted[key], taken), taken, opens)
        kind = _kind(old, new)
        counts[kind] += 1
        if old and new.slots == 0:
            removed.append(key)
        elif new not in {old, Quota(key, 0, 0, opens)}:
            written.append(new)
    del counts["unchanged"]
    return QuotaChanges(tuple(written), tuple(removed), dict(counts))


def _kind(old: Quota | None, new: Quota) -> str:
    slots = old.slots if old else 0
    if slots == new.slots:
        return "unchanged" if old in {None, new} else "release"
    if not slots:
        return "added"
    if not new.slots:
        return "removed"
    return "raised" if new.slots > slots else "lowered"


def key_lists(keys: Sequence[Key]) -> list[list[int | date | str]]:
    """Columns of keys, as SQL takes them."""
    return [[key[i] for key in keys] for i in range(4)]
