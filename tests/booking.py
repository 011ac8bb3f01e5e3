"""Booking from a test: a desk on a test's database, a clock that is set, people with ids and tags.

Tests are plain functions that hand a coroutine to `asyncio.run`.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from api.booking.receipts import HoldReceipt, Receipt
from api.booking.requests import (
    Choice,
    ConfirmRequest,
    FirstDose,
    HoldRequest,
    MoveRequest,
    NewChoice,
    Sealing,
    SealRequest,
)
from api.booking.service import BookingDesk, open_desk
from api.booking.slot import Channel
from api.context import Context, open_context
from api.settings import Settings
from tests.campaign import CENTRES, NOW, Campaign

Place = tuple[int, int]
"""Centre and slot."""


@dataclass(slots=True)
class Hands:
    """A clock whose hands are set by the test."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def go_on(self, **time: float) -> None:
        """Let time pass: minutes=11, say."""
        self.now += timedelta(**time)


def text(raw: bytes) -> str:
    """Bytes as they travel: base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def tag_of(name: str) -> str:
    """Return a person's tag."""
    return text(sha256(name.encode()).digest())


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the desk, with a booking id and a secret of their own."""

    desk: BookingDesk
    name: str = "ana"
    key: UUID = field(default_factory=uuid4)
    secret: bytes = field(default_factory=lambda: uuid4().bytes * 2)

    @property
    def secret_hash(self) -> bytes:
        """What the server keeps of the secret."""
        return sha256(self.secret).digest()

    async def hold(
        self,
        *places: Place,
        department: str = "75",
        class_: str = "75",
        channel: Channel = "web",
        first: tuple[str, date] | None = None,
    ) -> HoldReceipt:
        """Hold places; `first` is a first dose elsewhere, product and day."""
        request = HoldRequest(
            department, class_, _choices(places), FirstDose(*first) if first else None
        )
        return await self.desk.hold(self.key, self.secret_hash, request, channel)

    async def confirm(self, ranks: Sequence[int] = (1, 2), *, sealed: bytes = b"sealed") -> Receipt:
        """Confirm for the person of this name."""
        doses = [Sealing(rank, "key-1", text(sealed)) for rank in ranks]
        request = ConfirmRequest(tag_of(self.name), doses)
        return await self.desk.confirm(self.key, self.secret_hash, request)

    async def book(self, *places: Place, ranks: Sequence[int] = (1, 2), **who: str) -> Receipt:
        """Hold and confirm."""
        await self.hold(*places, **who)
        return await self.confirm(ranks)

    async def fetch(self) -> Receipt:
        """Read the booking."""
        return await self.desk.fetch(self.key, self.secret_hash)

    async def release(self) -> None:
        """End the hold."""
        await self.desk.release(self.key, self.secret_hash)

    async def cancel(self, key: UUID | None = None) -> Receipt:
        """Cancel the booking."""
        return await self.desk.cancel(self.key, self.secret_hash, key or uuid4())

    async def seal_again(
        self, ranks: Sequence[int] = (1, 2), *, key_id: str = "key-3", sealed: bytes = b"again"
    ) -> Receipt:
        """Seal doses to another key."""
        request = SealRequest([Sealing(rank, key_id, text(sealed)) for rank in ranks])
        return await self.desk.seal_again(self.key, self.secret_hash, request)

    async def erase(self) -> None:
        """Erase the booking."""
        await self.desk.erase(self.key, self.secret_hash)

    async def move(
        self,
        *places: Place,
        key: UUID | None = None,
        seal: bool = False,
        channel: Channel = "web",
    ) -> Receipt:
        """Move the booking to places, sealed anew or not."""
        new = [
            NewChoice(c.centre, c.slot, "key-2" if seal else None, text(b"anew") if seal else None)
            for c in _choices(places)
        ]
        request = MoveRequest(new)
        return await self.desk.move(self.key, self.secret_hash, key or uuid4(), request, channel)


def _choices(places: Sequence[Place]) -> list[Choice]:
    return [Choice(CENTRES[centre][0], slot) for centre, slot in places]


@asynccontextmanager
async def opened(
    campaign: Campaign, *, clock: Hands | None = None, **settings: object
) -> AsyncIterator[tuple[Context, BookingDesk]]:
    """Open a worker's resources and desk on a campaign; answers leave as soon as they are there."""
    given = Settings(**{"database_url": campaign.url, "answer_step_ms": 0} | settings)
    async with open_context(given, clock or Hands()) as context, open_desk(context) as desk:
        yield context, desk


def free_counts(campaign: Campaign) -> dict[Place, int]:
    """Places left by slot, whoever they are kept for."""
    rows = campaign.rows("SELECT centre_id, slot_id, capacity - taken AS free FROM slot")
    return {(row["centre_id"], row["slot_id"]): row["free"] for row in rows}
