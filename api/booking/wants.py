"""What operations ask a transaction for, and how they are written down."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from api.booking.rows import GuardKey
from api.booking.world import World


@dataclass(slots=True)
class Wants:
    """Rows to be found (and, in a transaction, locked); the fields stand in the order of locks.

    homes
        Bookings whose home is asked for; read, not locked.
    guards, new_homes
        Rows to be made unless they are there: guards with their booking, homes with their centre.
    bookings
        (home, booking).
    slots
        (centre, slot).
    quotas
        (centre, slot, department, class): the quota a first dose in that slot would use.
    appointments
        (centre, booking).
    answers
        (idempotency key, route).
    """

    homes: set[UUID] = field(default_factory=set)
    guards: dict[GuardKey, UUID] = field(default_factory=dict)
    new_homes: dict[UUID, int] = field(default_factory=dict)
    bookings: set[tuple[int, UUID]] = field(default_factory=set)
    slots: set[tuple[int, int]] = field(default_factory=set)
    quotas: set[tuple[int, int, str, int]] = field(default_factory=set)
    appointments: set[tuple[int, UUID]] = field(default_factory=set)
    answers: set[tuple[UUID, str]] = field(default_factory=set)

    @property
    def locks(self) -> bool:
        """Whether anything but the homes of bookings is asked for."""
        return any((self.guards, self.new_homes, self.bookings, self.slots, self.quotas,
                    self.appointments, self.answers))  # fmt: skip

    def add(self, other: Wants) -> None:
        """Ask for what another asks for, too."""
        self.homes |= other.homes
        self.guards |= other.guards
        self.new_homes |= other.new_homes
        self.bookings |= other.bookings
        self.slots |= other.slots
        self.quotas |= other.quotas
        self.appointments |= other.appointments
        self.answers |= other.answers


class Written:
    """Asked for last, by an operation whose answer needs what writing gives back."""


Steps: TypeAlias = Generator[Wants | Written, None, Any]
"""An operation under way: yields what it asks for, decides, returns its answer.

It changes nothing before it has everything it needs, so that a refusal leaves no trace."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One request inside a transaction that several may share.

    booking_id
        What it is about.
    start
        Begins it in a transaction; called anew for every try.
    tag
        The person, where one is named.
    """

    booking_id: UUID
    start: Callable[[World], Steps]
    tag: bytes | None = None

    @property
    def keys(self) -> set[bytes]:
        """What no two operations of one transaction may share."""
        return {self.booking_id.bytes, self.tag or self.booking_id.bytes}
