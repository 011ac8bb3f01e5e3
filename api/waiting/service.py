"""The waiting list as people meet it: join, ask, say yes or no, leave."""

from __future__ import annotations

from dataclasses import replace
from hmac import compare_digest
from uuid import UUID

from psycopg import AsyncConnection

from api.booking.catalogue import Catalogue
from api.booking.reference import Reference
from api.booking.service import BookingDesk
from api.context import Context
from api.problems import KeyReused, MalformedRequest, NotFound
from api.waiting.forms import JoinRequest, WaitingStatus
from api.waiting.joining import new_entry
from api.waiting.outcomes import close, seen_now
from api.waiting.people import Entry, Offer
from api.waiting.problems import OfferOver
from api.waiting.rules import NOTICE
from api.waiting.status import Teller
from api.waiting.store import entries, offers, places


class WaitingList:
    """One worker's desk of the waiting list.

    Parameters
    ----------
    desk
        Its booking desk, which holds what offers hold.
    """

    def __init__(self, context: Context, desk: BookingDesk) -> None:
        self._context = context
        self._desk = desk
        self._reference = Reference(context.hot, context.clock)
        self._teller = Teller(context, self._reference)

    async def catalogue(self) -> Catalogue:
        """Give the campaign's codes and rules."""
        return await self._reference.current()

    async def join(self, entry_id: UUID, secret_hash: bytes, request: JoinRequest) -> WaitingStatus:
        """Join; sent again, it answers with the entry as it stands.

        Raises
        ------
        KeyReused
            When the id came with another request.
        MalformedRequest
            When the campaign has no such département, class, centre or product.
        """
        wanted = await self._understood(entry_id, secret_hash, request)
        async with self._context.hot.connection() as connection:
            async with connection.transaction():
                is_new = await entries.add(connection, wanted)
            entry = wanted if is_new else await entries.read(connection, entry_id)
            assert entry is not None
            if not compare_digest(entry.join_print, wanted.join_print):
                raise KeyReused
            return await self._teller.tell(connection, entry)

    async def status(self, entry_id: UUID, secret_hash: bytes) -> WaitingStatus:
        """Tell how an entry stands: its offer, or why there is none."""
        async with self._context.hot.connection() as connection:
            entry = await _own(connection, entry_id, secret_hash)
            return await self._teller.tell(connection, entry)

    async def leave(self, entry_id: UUID, secret_hash: bytes) -> None:
        """Leave, refusing what is offered; leaving again changes nothing.

        Raises
        ------
        AlreadyConfirmed
            When an offer has become a booking: that is for cancelling, not for leaving.
        """
        async with self._context.hot.connection() as connection:
            entry = await _own(connection, entry_id, secret_hash)
        await self._refuse(entry)
        async with self._context.hot.connection() as connection, connection.transaction():
            entry = await _own(connection, entry_id, secret_hash, lock=True)
            if entry.in_the_list:
                gone = replace(entry, state="left", changed_at=self._context.clock())
                await entries.change(connection, gone)

    async def claim(self, entry_id: UUID, offer_id: UUID, secret_hash: bytes) -> WaitingStatus:
        """Say yes to a standby offer: the next place is held for whoever comes first in order.

        A reserved offer is held already, and taken by confirming its booking.
        """
        async with self._context.hot.connection() as connection:
            async with connection.transaction():
                entry = await _own(connection, entry_id, secret_hash, lock=True)
                offer = await self._open_offer(connection, entry, offer_id)
                if offer.kind == "standby" and offer.answered_at is None:
                    await offers.change(connection, await self._wanted(connection, offer))
            return await self._teller.tell(connection, entry)

    async def _wanted(self, connection: AsyncConnection, offer: Offer) -> Offer:
        """Give a standby offer that was answered yes: it stays open while anybody can come."""
        slot = await places.read_slot(connection, offer.centre_id, offer.slot_id)
        ends_at = offer.ends_at if slot is None else slot.starts_at - NOTICE
        return replace(offer, answered_at=self._context.clock(), ends_at=ends_at)

    async def refuse(self, entry_id: UUID, offer_id: UUID, secret_hash: bytes) -> WaitingStatus:
        """Say no to an offer, and go on waiting; what it held is free again at once."""
        async with self._context.hot.connection() as connection:
            entry = await _own(connection, entry_id, secret_hash)
            await self._open_offer(connection, entry, offer_id)
        await self._refuse(entry)
        async with self._context.hot.connection() as connection:
            entry = await _own(connection, entry_id, secret_hash)
            return await self._teller.tell(connection, entry)

    async def _open_offer(self, connection: AsyncConnection, entry: Entry, offer_id: UUID) -> Offer:
        """Give the offer an entry has.

        Raises
        ------
        NotFound
            When it is not theirs.
        OfferOver
            When it is over.
        """
        if entry.offer_centre_id is None or entry.offer_id != offer_id:
            raise NotFound
        offer = await offers.read(connection, entry.offer_centre_id, offer_id)
        if offer is None:
            raise NotFound
        holds = await offers.holds_of(connection, [offer])
        now = self._context.clock()
        if offer.state != "open" or seen_now(offer, holds.get(offer_id), now) != "open":
            raise OfferOver
        return offer

    async def _refuse(self, entry: Entry) -> None:
        """Refuse the offer an entry has, if it has one.

        No connection is kept while the booking desk works: it needs one of the same pool.
        """
        if entry.offer_id is None or entry.offer_centre_id is None:
            return
        async with self._context.hot.connection() as connection:
            offer = await offers.read(connection, entry.offer_centre_id, entry.offer_id)
        if offer is None or offer.state != "open":
            return
        if offer.booking_id is not None:
            await self._desk.release(offer.booking_id, entry.secret_hash)
        now = self._context.clock()
        async with self._context.hot.connection() as connection:
            await close(connection, offer, "refused", now, now)

    async def _understood(self, entry_id: UUID, secret_hash: bytes, request: JoinRequest) -> Entry:
        now = self._context.clock()
        try:
            catalogue = await self._reference.current()
            return new_entry(catalogue, entry_id, secret_hash, request, now)
        except MalformedRequest:
            # The code may be newer than the catalogue.
            catalogue = await self._reference.renewed()
            return new_entry(catalogue, entry_id, secret_hash, request, now)


async def _own(
    connection: AsyncConnection, entry_id: UUID, secret_hash: bytes, *, lock: bool = False
) -> Entry:
    """Find an entry for whoever has its secret.

    Raises
    ------
    NotFound
        When there is none, and likewise when the secret is another.
    """
    entry = await entries.read(connection, entry_id, lock=lock)
    if entry is None or not compare_digest(entry.secret_hash, secret_hash):
        raise NotFound
    return entry
