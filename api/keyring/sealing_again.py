"""Doses that left a centre: its page opens them, and seals them to the centre they are at now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection

from api.booking.understanding import decoded
from api.capacity.retry import Overtaken, in_transaction
from api.capacity.store import Centre
from api.keyring.forms import DoseToSeal, NewSeal, ToSealAgain
from api.keyring.problems import WrongKey
from api.keyring.store import seals as store
from api.problems import NotFound
from api.staff.actor import Actor
from api.staff.day import text_of
from api.staff.store.day import read_bookings
from api.staff.store.doses import count_change, lock_booking


@dataclass(frozen=True, slots=True)
class Departed:
    """Doses sealed to the keys of one centre that are at others now, and one of its staff."""

    connection: AsyncConnection
    actor: Actor
    centre: Centre
    now: datetime

    async def waiting(self) -> ToSealAgain:
        """Read the doses that wait to be sealed again; reading is in the audit."""
        connection, centre_id = self.connection, self.centre.centre_id
        await self.actor.record(connection, "seals.read", self.centre.code, {})
        keys = await store.keys_of(connection, centre_id)
        today = self.now.astimezone(self.centre.opening.zone).date()
        doses = await store.waiting_doses(connection, centre_id, keys, today)
        facts = await read_bookings(connection, {(dose.home, dose.booking_id) for dose in doses})
        codes = await store.centre_codes(connection, {dose.centre_id for dose in doses})
        return ToSealAgain([
            DoseToSeal(dose.booking_id, dose.dose_rank, text_of(facts[dose.booking_id].tag),
                       dose.key_id, text_of(dose.sealed) or "", codes[dose.centre_id])
            for dose in doses
            if dose.booking_id in facts
        ])  # fmt: skip

    async def seal(self, booking_id: UUID, dose_rank: int, seal: NewSeal) -> None:
        """Put a new seal to one of them.

        Raises
        ------
        NotFound
            When it does not wait, or not for this centre.
        WrongKey
            When the centre it is at now has no such key.
        """
        sealed = decoded("sealed", seal.sealed)

        async def work() -> None:
            await self._seal(booking_id, dose_rank, seal.key_id, sealed)

        await in_transaction(self.connection, work)

    async def _seal(self, booking_id: UUID, dose_rank: int, key_id: str, sealed: bytes) -> None:
        connection, centre_id = self.connection, self.centre.centre_id
        keys = await store.keys_of(connection, centre_id)
        dose = await store.waiting_dose(connection, centre_id, keys, booking_id, dose_rank)
        if dose is None:
            raise NotFound
        if not await store.opens(connection, dose.centre_id, key_id):
            raise WrongKey
        await lock_booking(connection, dose.home, booking_id)
        if not await store.seal(connection, dose, key_id, sealed):
            raise Overtaken
        await count_change(connection, dose.home, booking_id, self.now)
        subject = f"{self.centre.code} {booking_id} dose {dose_rank}"
        await self.actor.record(connection, "seal.again", subject, {"key_id": key_id})
