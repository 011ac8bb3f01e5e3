"""The nearest places for a booking that lost some: same centre first, then by distance."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import date

from api.capacity.rebooking.people import Booking, Dose, Loss, Outcome, Place, Verdict
from api.capacity.rebooking.rules import Rules
from api.capacity.rebooking.supply import Supply

Days = dict[int, date]
"""A day for each rank."""


async def settle_loss(loss: Loss, supplies: AsyncIterator[Supply], rules: Rules) -> Verdict:
    """Find new places at the nearest centre that has them, and take them.

    At each centre, the doses that keep their slot are left alone if the others find a day that
    fits them; otherwise the whole booking moves there. A dose changes its product for nobody: that
    is the person's own decision.

    Returns
    -------
    Without any place: a first dose takes its second with it, a second leaves its first alone.
    """
    booking = loss.booking
    if booking.state == "held":
        # Nothing is promised yet; the form answers that its time is over.
        return Verdict(booking, Outcome.RELEASED, {}, frozenset(d.dose_rank for d in booking.doses))
    async for supply in supplies:
        for ranks in _ways(loss):
            if (days := _best_days(booking, ranks, supply, rules)) is not None:
                return Verdict(booking, Outcome.MOVED, _take(booking, days, supply), ranks)
    return Verdict(booking, Outcome.DISPLACED, {}, _without_place(loss))


def _ways(loss: Loss) -> Iterator[frozenset[int]]:
    """Ranks to move: those that lost their slot, else all that can still be moved."""
    yield loss.ranks
    movable = frozenset(d.dose_rank for d in loss.booking.doses if not d.is_fixed)
    if movable != loss.ranks:
        yield movable


def _without_place(loss: Loss) -> frozenset[int]:
    second = loss.booking.dose(2)
    if 1 in loss.ranks and second is not None:
        return frozenset({1, 2})
    return loss.ranks


def _best_days(
    booking: Booking, ranks: frozenset[int], supply: Supply, rules: Rules
) -> Days | None:
    """Choose the days with the smallest change in all, in days; ties go to the earlier first."""
    first, second = booking.dose(1), booking.dose(2)
    best: Days | None = None
    least = date.max.toordinal()
    for on in _firsts(booking, first, 1 in ranks, supply, rules):
        moved_first = _apart(on, first) if first and 1 in ranks else 0
        if moved_first >= least:
            break
        follow = _second(booking, second, 2 in ranks, on, supply, rules)
        if second is not None and follow is None:
            continue
        moved = moved_first + (_apart(follow, second) if follow and second else 0)
        if moved < least:
            days = {1: on, 2: follow}
            best = {rank: day for rank, day in days.items() if rank in ranks and day is not None}
            least = moved
    return best


def _firsts(
    booking: Booking, first: Dose | None, moves: bool, supply: Supply, rules: Rules
) -> Iterator[date]:
    """Days of the first dose to try, the nearest first; one that stays has its own."""
    if first is None:
        if booking.first_elsewhere_on is not None:
            yield booking.first_elsewhere_on
    elif not moves:
        yield first.day
    else:
        for day in supply.days_near(1, first.day):
            if rules.allows(booking.product_id, booking.class_id, 1, day):
                yield day


def _second(
    booking: Booking, second: Dose | None, moves: bool, first_on: date, supply: Supply, rules: Rules
) -> date | None:
    """Day of the second dose nearest to the old one that fits the first; None when none does."""
    interval = rules.interval(booking.product_id, first_on)
    if second is None or interval is None:
        return None
    fewest, most = interval

    def fits(day: date) -> bool:
        return fewest <= (day - first_on).days <= most

    if not moves:
        return second.day if fits(second.day) else None
    for day in supply.days_near(2, second.day):
        if fits(day) and rules.allows(booking.product_id, booking.class_id, 2, day):
            return day
    return None


def _apart(day: date, dose: Dose) -> int:
    return abs((day - dose.day).days)


def _take(booking: Booking, days: Days, supply: Supply) -> dict[int, Place]:
    places = {}
    for rank, day in days.items():
        dose = booking.dose(rank)
        assert dose is not None
        places[rank] = supply.place_on(rank, day, dose.starts_at)
        supply.take(rank, places[rank])
    return places
