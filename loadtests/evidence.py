"""Evidence for the verdict: the database counted again, the files read, the sealed opened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import psycopg

from loadtests.journeys.sealing import opens
from loadtests.record import Booked, Record
from loadtests.recount import Recount, recount_on


class PlacedPair(NamedTuple):
    """An acknowledged pair by numbers."""

    booking_id: str
    centre: int
    first: int
    second: int


def counted_again(database: str, record: Record) -> Recount:
    """Hold the record against a database in which nobody books at this moment."""
    with psycopg.connect(database) as connection:
        may_not_be = [*record.refused, *record.given_back]
        confirmed = _by_number(connection, record.confirmed.values())
        return recount_on(connection, confirmed, may_not_be)


def unopened(database: str, record: Record, secret: bytes, public: bytes, campaign: str) -> int:
    """Count acknowledged doses whose sealed identity is not the one that was sent."""
    sent = {s.booking_id: s for s in record.sealings if s.booking_id in record.confirmed}
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "SELECT booking_id::text, sealed FROM appointment WHERE booking_id = ANY(%s::uuid[])",
            (list(sent),),
        )
        return sum(
            sealed is None or not opens(sealed, secret, public, campaign, sent[booking_id])
            for booking_id, sealed in rows
        )


def _by_number(connection: psycopg.Connection, confirmed: Iterable[Booked]) -> list[PlacedPair]:
    ids: dict[str, int] = dict(connection.execute("SELECT code, centre_id FROM centre").fetchall())
    return [
        PlacedPair(pair.booking_id, ids[pair.centre], pair.first, pair.second) for pair in confirmed
    ]
