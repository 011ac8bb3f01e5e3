"""The booking desk of a worker: every operation, in groups that share a transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from api.booking.catalogue import Catalogue
from api.booking.confirm import confirm
from api.booking.ending import cancel, cancel_here, release
from api.booking.erasing import erase
from api.booking.fetch import fetch
from api.booking.hold import held_again, hold
from api.booking.move import move
from api.booking.pace import evened
from api.booking.problems import SlotGone
from api.booking.queue import GroupCommit
from api.booking.receipts import HoldReceipt, Receipt
from api.booking.reference import Reference
from api.booking.requests import ConfirmRequest, HoldRequest, MoveRequest, SealRequest
from api.booking.sealing_again import seal_again
from api.booking.slot import Channel
from api.booking.transaction import read, transact
from api.booking.trying import Trier
from api.booking.understanding import (
    cancel_order,
    confirm_order,
    hold_order,
    move_order,
    seal_order,
)
from api.context import Context
from api.problems import MalformedRequest

T = TypeVar("T")

WAITING = 512
"""Operations of a kind a worker takes at once; at 300 a second, less than two seconds' work."""


class BookingDesk:
    """What a worker does with bookings; methods raise the problems of docs/problems.md.

    `channel` tells who books, where capacity is kept for some: the caller has made sure of it.
    """

    def __init__(self, context: Context) -> None:
        self._reference = Reference(context.hot, context.clock)
        self._neutral = context.settings.duplicate_policy == "neutral"
        self._step_s = context.settings.answer_step_ms / 1000
        writes = Trier(context, self._reference, transact)
        self.holds = GroupCommit(writes, limit=WAITING)
        self.confirmations = GroupCommit(writes, limit=WAITING)
        self.changes = GroupCommit(writes, limit=WAITING)
        self.reads = GroupCommit(Trier(context, self._reference, read), limit=WAITING)

    @property
    def pressure(self) -> float:
        """How full the fullest queue of writing is: 0 is idle, 1 sends people away."""
        groups = (self.holds, self.confirmations, self.changes)
        return max(1 - group.places_left / group.limit for group in groups)

    async def close(self) -> None:
        """Answer what was taken, and stop."""
        for group in (self.holds, self.confirmations, self.changes, self.reads):
            await group.close()

    async def hold(
        self,
        key: UUID,
        secret_hash: bytes,
        request: HoldRequest,
        channel: Channel = "web",
        hold_for: timedelta | None = None,
    ) -> HoldReceipt:
        """Block the slots of a vaccination; `key` becomes the booking's id."""
        order = await self._understood(
            lambda catalogue: hold_order(catalogue, key, secret_hash, request, channel)
        )
        if hold_for is not None:
            order = replace(order, hold_for=hold_for)
        answer = await self.holds.ask(hold(order))
        if answer is None:
            answer = await self.reads.ask(held_again(order))
        assert isinstance(answer, HoldReceipt)
        return answer

    async def release(self, booking_id: UUID, secret_hash: bytes) -> None:
        """End a hold."""
        await self._evened(self.changes.ask(release(booking_id, secret_hash)), always=False)

    async def confirm(self, key: UUID, secret_hash: bytes, request: ConfirmRequest) -> Receipt:
        """Book what is held under this id."""
        order = confirm_order(key, secret_hash, request)
        answer = await self._evened(self.confirmations.ask(confirm(order)))
        assert isinstance(answer, Receipt)
        return answer

    async def fetch(self, booking_id: UUID, secret_hash: bytes) -> Receipt:
        """Read a booking."""
        answer = await self._evened(self.reads.ask(fetch(booking_id, secret_hash)), always=False)
        assert isinstance(answer, Receipt)
        return answer

    async def move(
        self,
        booking_id: UUID,
        secret_hash: bytes,
        key: UUID,
        request: MoveRequest,
        channel: Channel = "web",
    ) -> Receipt:
        """Move doses to other slots."""
        order = await self._understood(
            lambda catalogue: move_order(catalogue, booking_id, secret_hash, key, request, channel)
        )
        answer = await self._evened(self.changes.ask(move(order)))
        assert isinstance(answer, Receipt)
        return answer

    async def cancel(self, booking_id: UUID, secret_hash: bytes, key: UUID) -> Receipt:
        """Cancel the doses still to come."""
        order = cancel_order(booking_id, secret_hash, key)
        answer = await self._evened(self.changes.ask(cancel(order)))
        assert isinstance(answer, Receipt)
        return answer

    async def _evened(self, work: Awaitable[T], *, always: bool | None = None) -> T:
        """Give an answer when it tells nothing by its time.

        Reading and releasing go the same way for everybody, so that only refusals wait.
        """
        waits = self._neutral if always is None else always
        return await evened(work, self._step_s, always=waits)

    async def cancel_here(self, booking_id: UUID, centre_id: int) -> Receipt:
        """Cancel the doses still to come, for the staff of a centre one of them is at."""
        answer = await self.changes.ask(cancel_here(booking_id, centre_id))
        assert isinstance(answer, Receipt)
        return answer

    async def seal_again(
        self, booking_id: UUID, secret_hash: bytes, request: SealRequest
    ) -> Receipt:
        """Take identities sealed anew for doses whose centre is another now."""
        order = seal_order(booking_id, secret_hash, request)
        answer = await self._evened(self.changes.ask(seal_again(order)))
        assert isinstance(answer, Receipt)
        return answer

    async def erase(self, booking_id: UUID, secret_hash: bytes) -> None:
        """Cancel what is still to come, and remove every row of a booking."""
        await self._evened(self.changes.ask(erase(booking_id, secret_hash)))

    async def _understood(self, understand: Callable[[Catalogue], T]) -> T:
        try:
            return understand(await self._reference.current())
        except (MalformedRequest, SlotGone):
            # The code may be newer than the catalogue.
            return understand(await self._reference.renewed())


@asynccontextmanager
async def open_desk(context: Context) -> AsyncIterator[BookingDesk]:
    """Open the desk of a worker; at the end it answers everything it took."""
    desk = BookingDesk(context)
    try:
        yield desk
    finally:
        await desk.close()
