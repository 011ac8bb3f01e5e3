"""Entries of the waiting list, and the offers they have, as their rows say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

EntryState: TypeAlias = Literal["waiting", "standby", "offered", "served", "left"]
OfferState: TypeAlias = Literal["open", "taken", "refused", "ended"]
Kind: TypeAlias = Literal["reserved", "standby"]
IN_THE_LIST: frozenset[EntryState] = frozenset({"waiting", "standby", "offered"})


class Turn(NamedTuple):
    """The order of the list: fewest offers so far, then whoever came first."""

    offers_made: int
    joined_at: datetime
    entry_id: UUID


class Groups(NamedTuple):
    """Who may have a dose.

    classes
        Classes the product is allowed to.
    rooms
        Classes and départements with room in the week's quotas; None when no quota binds.
    """

    classes: tuple[int, ...]
    rooms: tuple[tuple[int, str], ...] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of `waiting`."""

    entry_id: UUID
    secret_hash: bytes
    join_print: bytes
    department: str
    class_id: int
    products: tuple[int, ...]
    centres: tuple[int, ...]
    state: EntryState
    joined_at: datetime
    offers_made: int
    ready_at: datetime
    offer_centre_id: int | None
    offer_id: UUID | None
    changed_at: datetime

    @property
    def turn(self) -> Turn:
        """Its place in the order."""
        return Turn(self.offers_made, self.joined_at, self.entry_id)

    @property
    def in_the_list(self) -> bool:
        """Whether it is still waiting for a booking."""
        return self.state in IN_THE_LIST


@dataclass(frozen=True, slots=True)
class Offer:
    """A row of `offer`; `answered_at` of an open one says that a standby was answered yes."""

    centre_id: int
    offer_id: UUID
    entry_id: UUID
    booking_id: UUID | None
    slot_id: int
    state: OfferState
    kind: Kind
    made_at: datetime
    ends_at: datetime
    answered_at: datetime | None

    @property
    def wants(self) -> bool:
        """Whether it was answered yes and waits for a place."""
        return self.state == "open" and self.kind == "standby" and self.answered_at is not None
