"""How the waiting room opens, paces and closes by itself: what one second makes of the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api.queue.lot import PLACES

SETTLED = timedelta(seconds=2)
"""Machines tell their arrivals once a second: what is younger is not yet counted."""
FULL, EASY = 0.5, 0.2
"""Share of the booking queues' places taken, above and below which the pace changes."""
SLOWER, FASTER = 0.9, 1.05
LEAST_RATE = 1.0
CALM_S = 10.0
"""The room closes when nobody has waited for so long."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Tickets given out from an instant on, for as long as `width`."""

    begins_at: datetime
    tickets: int
    width: timedelta = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Load:
    """What the machines did since the last look, by the second.

    asked, served
        Requests for places that came, and that were answered.
    pressure
        Fullest booking queue: 0 is idle, 1 sends people away.
    """

    asked: float
    served: float
    pressure: float


@dataclass(frozen=True, slots=True)
class Crowd:
    """The waiting room at an instant.

    is_open
        Whether people need a ticket whose turn has come.
    rate
        People a second that are let through: learned from what the booking queues bear.
    admitted_until
        Whoever came before has their turn.
    early, early_place
        Tickets on the closed list of the opening, and the place below which they have their turn.
    calm_s
        Since when nobody waits.
    """

    is_open: bool
    rate: float
    admitted_until: datetime
    early: int = 0
    early_place: int = PLACES
    calm_s: float = 0.0

    @property
    def early_waiting(self) -> float:
        """Those of the list whose turn has not come: the lot spreads them evenly."""
        return self.early * (1 - self.early_place / PLACES)


@dataclass(frozen=True, slots=True)
class Step:
    """A crowd a moment later, how many had their turn, and how many have not."""

    crowd: Crowd
    admitted: float
    waiting: float


def paced(rate: float, load: Load, *, waited_for: bool) -> float:
    """Learn the rate: slower when the queues fill, faster while they are easy and it is needed."""
    if load.pressure >= FULL:
        return max(LEAST_RATE, min(rate, SLOWER * max(load.served, LEAST_RATE)))
    needed = waited_for or load.asked > SLOWER * rate
    return rate * FASTER if load.pressure <= EASY and needed else rate


def step(crowd: Crowd, buckets: Sequence[Bucket], load: Load, now: datetime, dt: float) -> Step:
    """Let a moment pass.

    Parameters
    ----------
    buckets
        Tickets given out and not yet passed, oldest first.
    dt
        Seconds since the last step.
    """
    waiting = _count(buckets, crowd.admitted_until) + crowd.early_waiting
    rate = paced(crowd.rate, load, waited_for=crowd.is_open and waiting > 0)
    if not crowd.is_open:
        is_open = load.asked > rate or load.pressure >= FULL
        return Step(replace(crowd, is_open=is_open, rate=rate, admitted_until=now - SETTLED,
                            calm_s=0.0), 0.0, 0.0)  # fmt: skip
    room = rate * dt
    from_list = min(room, crowd.early_waiting)
    crowd = _let_early_in(crowd, from_list)
    until, passed = crowd.admitted_until, 0.0
    if room > from_list:
        until, passed = _passed(buckets, until, room - from_list, now - SETTLED)
    left = waiting - from_list - passed
    calm = left < 1 and load.asked <= rate and load.pressure < FULL
    calm_s = crowd.calm_s + dt if calm else 0.0
    after = replace(crowd, rate=rate, admitted_until=until, calm_s=calm_s,
                    is_open=calm_s < CALM_S)  # fmt: skip
    return Step(after, from_list + passed, left)


def _let_early_in(crowd: Crowd, number: float) -> Crowd:
    if number <= 0:
        return crowd
    further = crowd.early_place + round(number / crowd.early * PLACES)
    done = crowd.early_waiting - number < 0.5
    return replace(crowd, early_place=PLACES if done else min(PLACES, further))


def _passed(
    buckets: Sequence[Bucket], since: datetime, room: float, latest: datetime
) -> tuple[datetime, float]:
    """Until when arrivals have their turn, and how many those are."""
    passed = 0.0
    for bucket in buckets:
        begins, ends = max(bucket.begins_at, since), bucket.begins_at + bucket.width
        if ends <= since:
            continue
        tickets = _part(bucket, since)
        if ends > latest or (tickets > 0 and passed + tickets > room):
            share = max(0.0, (room - passed) / tickets) if tickets > 0 else 1.0
            until = begins + min(1.0, share) * (ends - begins)
            until = max(since, min(until, latest))
            return until, passed + tickets - _part(bucket, until)
        passed += tickets
    return max(since, latest), passed


def _part(bucket: Bucket, since: datetime) -> float:
    """Tickets of a bucket from an instant on: they came evenly."""
    gone = (since - bucket.begins_at) / bucket.width
    return bucket.tickets * (1 - min(1.0, max(0.0, gone)))


def _count(buckets: Sequence[Bucket], since: datetime) -> float:
    return sum(_part(bucket, since) for bucket in buckets)
