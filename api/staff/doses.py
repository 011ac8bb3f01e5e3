"""At the desk: somebody arrives, has been vaccinated, or did not come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from api.booking.problems import AlreadyBooked
from api.booking.rows import DoseState
from api.capacity.retry import Overtaken, in_transaction
from api.capacity.store import Centre
from api.problems import NotFound, Problem
from api.staff.actor import Actor
from api.staff.store import doses as store
from api.staff.store.doses import Dose

Marked = Literal["booked", "arrived", "fulfilled", "noshow"]
"""States the desk gives; `booked` takes a mistake back."""
NEXT: dict[str, frozenset[Marked]] = {
    "booked": frozenset({"arrived", "fulfilled", "noshow"}),
    "arrived": frozenset({"booked", "fulfilled", "noshow"}),
    "fulfilled": frozenset({"arrived"}),
    "noshow": frozenset({"booked", "arrived"}),
}


class WrongDoseState(Problem):
    """A dose cannot go from the state it has to the one asked for."""

    status = 409
    slug = "wrong-dose-state"
    title = "This dose cannot go from the state it is in to that one"


class TooEarly(Problem):
    """Nobody arrives before the day, or stays away before the time."""

    status = 409
    slug = "too-early"
    title = "The day or the time of this dose has not come yet"


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The state a dose is in now."""

    state: Marked


class MarkedDose(msgspec.Struct, frozen=True):
    """A dose and its state."""

    booking: UUID
    dose_rank: int
    state: DoseState


@dataclass(frozen=True, slots=True)
class Marking:
    """A dose of a centre that is to have another state.

    Somebody who did not come is free to book this dose again; should they arrive after all, it
    must not be booked elsewhere meanwhile.
    """

    connection: AsyncConnection
    actor: Actor
    centre: Centre
    booking_id: UUID
    dose_rank: int
    state: Marked
    now: dt.datetime

    async def carry_out(self) -> MarkedDose:
        """Mark the dose, with its entry in the audit; one that is so already stays as it is.

        Raises
        ------
        NotFound
            When the centre expects no such dose.
        WrongDoseState, TooEarly, AlreadyBooked
            When it cannot have this state, or not yet, or not any more.
        """
        return await in_transaction(self.connection, self._run)

    async def _run(self) -> MarkedDose:
        connection, centre_id = self.connection, self.centre.centre_id
        dose = await store.find(connection, centre_id, self.booking_id, self.dose_rank)
        if dose is None:
            raise NotFound
        if dose.state != self.state:
            self._check(dose)
            await self._shift_guard(dose)
            await store.lock_booking(connection, dose.home, self.booking_id)
            if not await store.mark(connection, dose, self.state):
                raise Overtaken
            await store.count_change(connection, dose.home, self.booking_id, self.now)
            subject = f"{self.centre.code} {self.booking_id} dose {self.dose_rank}"
            detail: dict[str, object] = {"from": dose.state, "to": self.state}
            await self.actor.record(connection, "dose.mark", subject, detail)
        return MarkedDose(self.booking_id, self.dose_rank, self.state)

    def _check(self, dose: Dose) -> None:
        if dose.state not in NEXT or self.state not in NEXT[dose.state]:
            raise WrongDoseState
        today = self.now.astimezone(self.centre.opening.zone).date()
        if dose.day > today or (self.state == "noshow" and dose.starts_at > self.now):
            raise TooEarly

    async def _shift_guard(self, dose: Dose) -> None:
        if self.state == "noshow":
            await store.let_go(self.connection, dose)
        elif dose.state == "noshow" and not await store.hold_again(self.connection, dose):
            raise AlreadyBooked
