"""A turn of the waiting list: offers that are over are closed, and free places offered."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import AsyncConnection

from api.booking.reference import Reference
from api.booking.service import BookingDesk
from api.context import Context
from api.waiting.acceptance import AcceptanceCurve, fitted
from api.waiting.centre import CentreTurn
from api.waiting.outcomes import settle
from api.waiting.store import entries, offers
from api.waiting.store.alone import alone

LEARNT_FROM = timedelta(days=30)
"""Offers older than this say nothing about the curve any more."""
LEARNT_EVERY = timedelta(minutes=1)
BUDGET_S = 2.0
"""A turn that has worked so long leaves the other centres to the next one."""


@dataclass(frozen=True, slots=True)
class TurnReport:
    """What a turn did: offers closed, places held, people told to stand by, centres looked at."""

    closed: int = 0
    reserved: int = 0
    standby: int = 0
    centres: int = 0


class OfferMaker:
    """Makes the offers of every centre, turn after turn.

    Parameters
    ----------
    context
        Resources of the worker.
    desk
        Its booking desk: every place offered as held is held there.
    """

    def __init__(self, context: Context, desk: BookingDesk) -> None:
        self._context = context
        self._desk = desk
        self._reference = Reference(context.hot, context.clock)
        self._learnt: tuple[datetime, AcceptanceCurve] | None = None
        self._last = 0

    async def turn(self) -> TurnReport:
        """Close and make offers; nothing when another worker is at it."""
        async with self._context.hot.connection() as connection, alone(connection) as mine:
            return await self._turn(connection) if mine else TurnReport()

    async def _turn(self, connection: AsyncConnection) -> TurnReport:
        now, until = self._context.clock(), time.monotonic() + BUDGET_S
        ended = await settle(connection, now)
        curve = await self._curve(connection, now)
        catalogue = await self._reference.current()
        opens = defaultdict(list)
        for offer in await offers.open_offers(connection):
            opens[offer.centre_id].append(offer)
        made: Counter[str] = Counter()
        looked_at = 0
        for centre_id in self._in_turn({*await entries.centres_waited_for(connection), *opens}):
            turn = CentreTurn(connection, self._desk, catalogue, curve, centre_id, now)
            await turn.run(opens[centre_id])
            made.update(turn.made)
            looked_at += 1
            self._last = centre_id
            if time.monotonic() > until:
                break
        return TurnReport(ended, made["reserved"], made["standby"], looked_at)

    def _in_turn(self, centres: Collection[int]) -> list[int]:
        """Order centres so that those left out last time come first."""
        return sorted(centres, key=lambda centre_id: (centre_id <= self._last, centre_id))

    async def _curve(self, connection: AsyncConnection, now: datetime) -> AcceptanceCurve:
        if self._learnt is None or now - self._learnt[0] >= LEARNT_EVERY:
            answers = await offers.answers_since(connection, now - LEARNT_FROM)
            self._learnt = now, fitted(answers)
        return self._learnt[1]
