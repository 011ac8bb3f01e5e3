"""The waiting list in a test: its desk, the worker that makes offers, and people who wait."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID, uuid4

from api.booking.receipts import Receipt
from api.booking.requests import ConfirmRequest, Sealing
from api.booking.service import BookingDesk
from api.waiting.forms import JoinRequest, WaitingStatus
from api.waiting.offering import OfferMaker
from api.waiting.service import WaitingList
from tests.booking import Hands, opened, tag_of, text
from tests.campaign import Campaign


@dataclass(frozen=True, slots=True)
class Room:
    """A running waiting list, whose turns are taken when the test says so."""

    desk: BookingDesk
    list: WaitingList
    maker: OfferMaker
    clock: Hands

    def somebody(self, name: str = "ana") -> Waiter:
        """Give somebody with an id and a secret of their own."""
        return Waiter(self, name)

    async def joined(self, *names: str, **what: object) -> list[Waiter]:
        """Have people join one after the other, a second apart."""
        people = []
        for name in names:
            people.append(self.somebody(name))
            await people[-1].join(**what)
            self.clock.go_on(seconds=1)
        return people


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody in the list."""

    room: Room
    name: str
    key: UUID = field(default_factory=uuid4)

    @property
    def secret_hash(self) -> bytes:
        """What the server keeps of their secret."""
        return sha256(self.key.bytes).digest()

    async def join(
        self,
        *,
        centres: Sequence[str] = ("paris",),
        products: Sequence[str] = ("pfizer",),
        class_: str = "75",
        department: str = "75",
    ) -> WaitingStatus:
        """Join."""
        request = JoinRequest(department, class_, list(centres), list(products))
        return await self.room.list.join(self.key, self.secret_hash, request)

    async def status(self) -> WaitingStatus:
        """Ask how they stand."""
        return await self.room.list.status(self.key, self.secret_hash)

    async def leave(self) -> None:
        """Leave."""
        await self.room.list.leave(self.key, self.secret_hash)

    async def claim(self) -> WaitingStatus:
        """Say yes to the offer they have."""
        offer = (await self.status()).offer
        assert offer is not None
        return await self.room.list.claim(self.key, offer.offer, self.secret_hash)

    async def refuse(self) -> WaitingStatus:
        """Say no to the offer they have."""
        offer = (await self.status()).offer
        assert offer is not None
        return await self.room.list.refuse(self.key, offer.offer, self.secret_hash)

    async def confirm(self, ranks: Sequence[int] = (1, 2)) -> Receipt:
        """Book what the offer they have holds."""
        offer = (await self.status()).offer
        assert offer is not None
        assert offer.booking is not None
        doses = [Sealing(rank, "key-1", text(b"sealed")) for rank in ranks]
        request = ConfirmRequest(tag_of(self.name), doses)
        return await self.room.desk.confirm(offer.booking, self.secret_hash, request)


@asynccontextmanager
async def open_room(campaign: Campaign, *, clock: Hands | None = None) -> AsyncIterator[Room]:
    """Open the list of a campaign, and the worker that makes its offers."""
    hands = clock or Hands()
    async with opened(campaign, clock=hands) as (context, desk):
        yield Room(desk, WaitingList(context, desk), OfferMaker(context, desk), hands)


def offers_of(campaign: Campaign) -> list[tuple[str, str]]:
    """Kind and state of every offer, in the order they were made."""
    rows = campaign.rows("SELECT kind, state FROM offer ORDER BY made_at, kind, offer_id")
    return [(str(row["kind"]), str(row["state"])) for row in rows]
