"""SQL that carries out a re-booking; everything it touches is locked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from psycopg import AsyncConnection

from api.capacity.rebooking.people import Booking, Dose, Outcome, Place, Verdict

_MOVE = (
    "UPDATE appointment SET slot_id = %s, day = %s, starts_at = %s, ends_at = %s,"
    " state = 'booked', takes_capacity = true, share = NULL"
    " WHERE centre_id = %s AND booking_id = %s AND dose_rank = %s"
)
_RELEASE = (
    "UPDATE appointment SET state = 'cancelled'"
    " WHERE centre_id = %s AND booking_id = %s AND dose_rank = %s"
)
_DISPLACE = (
    "UPDATE appointment SET state = 'displaced', takes_capacity = false, share = NULL"
    " WHERE centre_id = %s AND booking_id = %s AND dose_rank = %s"
)
_TAKE_OUT = (
    "DELETE FROM appointment USING unnest(%s::uuid[], %s::int2[]) AS gone (id, rank)"
    " WHERE centre_id = %s AND booking_id = id AND dose_rank = rank"
    " RETURNING booking_id, dose_rank, home_centre_id, key_id, sealed"
)
_PUT_IN = (
    "INSERT INTO appointment (centre_id, booking_id, dose_rank, slot_id, home_centre_id, state,"
    " day, starts_at, ends_at, key_id, sealed, to_seal_again, takes_capacity) VALUES (%s, %s, %s,"
    " %s, %s, 'booked', %s, %s, %s, %s, %s, NOT EXISTS (SELECT FROM centre_key mine"
    " WHERE mine.centre_id = %s AND mine.key_id = %s), true)"
)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A dose that gives up its place."""

    booking: Booking
    dose: Dose
    outcome: Outcome
    place: Place | None


def leaving(verdicts: Iterable[Verdict]) -> list[Leaving]:
    """List the doses that give up their place, with the new one if there is one."""
    return [
        Leaving(verdict.booking, dose, verdict.outcome, verdict.places.get(dose.dose_rank))
        for verdict in verdicts
        for dose in verdict.booking.doses
        if dose.dose_rank in verdict.freed
    ]


def slots_of(verdicts: Sequence[Verdict]) -> set[tuple[int, int]]:
    """Slots, with their centre, that give a place back or get one taken."""
    old = {(x.dose.centre_id, x.dose.slot_id) for x in leaving(verdicts) if x.dose.takes_a_place}
    new = {(p.centre_id, p.slot_id) for v in verdicts for p in v.places.values()}
    return old | new


async def free_places(connection: AsyncConnection, doses: Iterable[Leaving]) -> None:
    """Give places back to their slots; those out of a kept share go back to it."""
    freed: Counter[tuple[int, int]] = Counter()
    shares: Counter[tuple[int, int, str]] = Counter()
    for one in doses:
        if one.dose.takes_a_place:
            slot = one.dose.centre_id, one.dose.slot_id
            freed[slot] += 1
            shares[(*slot, one.dose.share or "")] += 1
    for centre_id in sorted({centre_id for centre_id, _ in freed}):
        slots = sorted(slot for c, slot in freed if c == centre_id)
        await connection.execute(
            "UPDATE slot SET taken = taken - n, phone_kept = phone_kept + phone,"
            " standby_kept = standby_kept + standby"
            " FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[])"
            " AS freed (id, n, phone, standby) WHERE centre_id = %s AND slot_id = id",
            (slots, [freed[centre_id, s] for s in slots],
             [shares[centre_id, s, "phone"] for s in slots],
             [shares[centre_id, s, "standby"] for s in slots], centre_id),
        )  # fmt: skip


def arrivals(verdicts: Iterable[Verdict]) -> dict[int, Counter[int]]:
    """Doses that come into each slot, by centre."""
    coming: dict[int, Counter[int]] = defaultdict(Counter)
    for verdict in verdicts:
        for place in verdict.places.values():
            coming[place.centre_id][place.slot_id] += 1
    return coming


async def take_places(connection: AsyncConnection, coming: Mapping[int, Mapping[int, int]]) -> None:
    """Take places in slots; the kept shares give way where nothing else is free."""
    for centre_id, slots in sorted(coming.items()):
        await connection.execute(
            "UPDATE slot SET taken = taken + n, phone_kept = least(phone_kept, capacity - taken"
            " - n), standby_kept = least(standby_kept, greatest(0, capacity - taken - n"
            " - phone_kept)) FROM unnest(%s::int[], %s::int[]) AS coming (id, n)"
            " WHERE centre_id = %s AND slot_id = id",
            (list(slots), list(slots.values()), centre_id),
        )


async def move_appointments(connection: AsyncConnection, doses: Iterable[Leaving]) -> None:
    """Write where each dose is now; one that changes centre waits to be sealed again."""
    here: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    away: dict[int, list[Leaving]] = defaultdict(list)
    for one in doses:
        key = (one.dose.centre_id, one.booking.booking_id, one.dose.dose_rank)
        if one.place is None:
            here[_RELEASE if one.outcome is Outcome.RELEASED else _DISPLACE].append(key)
        elif one.place.centre_id == one.dose.centre_id:
            here[_MOVE].append((one.place.slot_id, *_times(one.place), *key))
        else:
            away[one.dose.centre_id].append(one)
    async with connection.cursor() as cursor:
        for statement, rows in here.items():
            await cursor.executemany(statement, rows)
    for centre_id, leaving_away in sorted(away.items()):
        await _carry_over(connection, centre_id, leaving_away)


async def _carry_over(
    connection: AsyncConnection, centre_id: int, doses: Sequence[Leaving]
) -> None:
    """Move rows to other centres, their content still sealed as it was.

    It waits to be sealed again, unless the dose comes back to the centre whose key it is.
    """
    places = {(one.booking.booking_id, one.dose.dose_rank): one.place for one in doses}
    ids, ranks = ([key[i] for key in places] for i in (0, 1))
    cursor = await connection.execute(_TAKE_OUT, (ids, ranks, centre_id))
    rows = []
    async for booking_id, rank, home, key_id, sealed in cursor:
        place = places[booking_id, rank]
        assert place is not None
        rows.append((place.centre_id, booking_id, rank, place.slot_id, home, *_times(place),
                     key_id, sealed, place.centre_id, key_id))  # fmt: skip
    async with connection.cursor() as writer:
        await writer.executemany(_PUT_IN, rows)


def _times(place: Place) -> tuple[date, datetime, datetime]:
    starts_at, ends_at = (datetime.fromtimestamp(s, UTC) for s in (place.starts_at, place.ends_at))
    return place.day, starts_at, ends_at


async def rewrite_bookings(
    connection: AsyncConnection, verdicts: Iterable[Verdict], now: datetime,
    quota_weeks: Mapping[UUID, date | None],
) -> None:  # fmt: skip
    """Write the slots of the doses and the quota week, and count the change.

    Parameters
    ----------
    quota_weeks
        The new week by booking id, of the bookings for which it changes.
    """
    by_home: dict[int, list[tuple[object, ...]]] = defaultdict(list)
    for verdict in verdicts:
        booking = verdict.booking
        first, second = (verdict.places.get(rank) for rank in (1, 2))
        state = "cancelled" if verdict.outcome is Outcome.RELEASED else booking.state
        week = quota_weeks.get(booking.booking_id, booking.quota_week)
        by_home[booking.home_centre_id].append(
            (state, week, now, *_slot(first), *_slot(second), booking.home_centre_id,
             booking.booking_id)
        )  # fmt: skip
    async with connection.cursor() as cursor:
        for _, rows in sorted(by_home.items()):
            await cursor.executemany(
                "UPDATE booking SET state = %s, quota_week = %s, changed_at = %s,"
                " first_centre_id = coalesce(%s, first_centre_id),"
                " first_slot_id = coalesce(%s, first_slot_id),"
                " second_centre_id = coalesce(%s, second_centre_id),"
                " second_slot_id = coalesce(%s, second_slot_id), version = version + 1,"
                " expires_at = NULL WHERE centre_id = %s AND booking_id = %s",
                rows,
            )


def _slot(place: Place | None) -> tuple[int | None, int | None]:
    return (None, None) if place is None else (place.centre_id, place.slot_id)
