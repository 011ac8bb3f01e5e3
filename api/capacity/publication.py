"""What one centre is to offer: the plain data that planning and the centre's own hand both give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeVar

from api.capacity.slots import Ints

Whole = TypeVar("Whole", int, Ints)
RANKS = (1, 2)


@dataclass(frozen=True, slots=True)
class Session:
    """Slots of one day, product and dose rank."""

    day: date
    product_id: int
    dose_rank: int
    slots: int

    def __post_init__(self) -> None:
        if self.dose_rank not in RANKS:
            raise ValueError("Must have dose_rank 1 or 2.")
        if self.slots < 0:
            raise ValueError("Must have slots >= 0.")


@dataclass(frozen=True, slots=True)
class QuotaPart:
    """First doses of a product and week (its Monday) meant for one département and class."""

    product_id: int
    week: date
    department: str
    class_id: int
    slots: int

    def __post_init__(self) -> None:
        if self.week.weekday() != 0:
            raise ValueError("Must have a Monday as week.")
        if self.slots < 0:
            raise ValueError("Must have slots >= 0.")


@dataclass(frozen=True, slots=True)
class Counted:
    """People a plan knew to be booked, so that its sessions come on top of them.

    `department` is empty and `class_id` 0 where the plan did not know them.
    """

    product_id: int
    week: date
    dose_rank: int
    department: str
    class_id: int
    people: int


@dataclass(frozen=True, slots=True)
class Shares:
    """Parts of every slot kept for the telephone and for the waiting list, and until when.

    phone, standby
        Shares, 0 to 1.
    release_days
        Days before the slot's day (for quotas: before the week's Monday) on which what is left
        opens to everybody.
    """

    phone: float = 0.15
    standby: float = 0.05
    release_days: int = 3

    def __post_init__(self) -> None:
        if not (self.phone >= 0 and self.standby >= 0 and self.phone + self.standby <= 1):
            raise ValueError("Must have phone and standby shares >= 0 that sum to 1 at most.")
        if self.release_days < 0:
            raise ValueError("Must have release_days >= 0.")


@dataclass(frozen=True, slots=True)
class Publication:
    """One centre's part of a publication.

    from_day, to_day
        Days it speaks for, both included (no `to_day`: all that follow); a day without sessions
        offers nothing.
    sessions
        In any order, one a (day, product, dose rank).
    product_ids
        Products it speaks for; None for all.
    quotas
        None leaves the centre's quotas alone.
    counted
        Bookings that `sessions` do not contain.
    days_bind
        Each day's number binds by itself. Otherwise the week's does: what was booked on a day
        since the plan was made may come off another day of the week.
    rebook
        Move the bookings for which there is no room; otherwise they stand.
    """

    centre_id: int
    source: str
    from_day: date
    sessions: tuple[Session, ...]
    to_day: date | None = None
    product_ids: frozenset[int] | None = None
    quotas: tuple[QuotaPart, ...] | None = None
    counted: tuple[Counted, ...] = ()
    shares: Shares = Shares()
    days_bind: bool = False
    rebook: bool = False

    def __post_init__(self) -> None:
        keys = sorted((s.day, s.product_id, s.dose_rank) for s in self.sessions)
        if any(one == other for one, other in pairwise(keys)):
            raise ValueError("Must have one session a day, product and dose rank.")
        last = date.max if self.to_day is None else self.to_day
        if keys and not (self.from_day <= keys[0][0] and keys[-1][0] <= last):
            raise ValueError("Must have sessions between from_day and to_day.")
        if self.product_ids is not None and not {key[1] for key in keys} <= self.product_ids:
            raise ValueError("Must have sessions of its products only.")


def schedule_id(product_id: Whole, dose_rank: Whole) -> Whole:
    """Return the number a schedule has at every centre; `product_of` and `rank_of` undo it."""
    return 2 * (product_id - 1) + dose_rank


def product_of(schedule: Whole) -> Whole:
    """Return the product of a schedule."""
    return (schedule + 1) // 2


def rank_of(schedule: Whole) -> Whole:
    """Return the dose rank of a schedule."""
    return 2 - schedule % 2
