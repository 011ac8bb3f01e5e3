"""How an entry stands: its offer as the booking says, or why it has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

from api.booking.catalogue import Catalogue
from api.booking.reference import Reference
from api.context import Context
from api.waiting.forms import HeldDose, OfferedSlot, OfferNow, WaitingStatus
from api.waiting.outcomes import seen_now, without_offer
from api.waiting.people import Entry, Offer
from api.waiting.reasons import Offered, Reason, Situation, reasons
from api.waiting.store import entries, offers, places

ZONE = ZoneInfo("Europe/Paris")
"""Where a class opens at midnight."""
KEPT = timedelta(seconds=20)
"""What a centre offers is counted again after so long: many people ask for the same centres."""
POLL_S = {"waiting": 60, "standby": 15, "offered": 15, "served": 600, "left": 600}


class Teller:
    """Tells entries how they stand; one a worker, so that centres are counted once for many.

    Parameters
    ----------
    reference
        The worker's catalogue.
    """

    def __init__(self, context: Context, reference: Reference) -> None:
        self._context = context
        self._reference = reference
        self._counted: dict[int, tuple[datetime, Mapping[int, Offered]]] = {}

    async def tell(self, connection: AsyncConnection, entry: Entry) -> WaitingStatus:
        """Tell how an entry stands now, even if the worker has not closed its offer yet."""
        entry, offer = await self._as_it_is(connection, entry)
        catalogue = await self._reference.current()
        has_place = entry.state in {"offered", "served", "left"}
        return WaitingStatus(
            entry.entry_id, entry.state, entry.joined_at, entry.offers_made,
            await self._offer_now(connection, catalogue, offer) if offer else None,
            entry.offer_id if entry.state == "served" else None,
            [] if has_place else await self._reasons(connection, catalogue, entry),
            POLL_S[entry.state],
        )  # fmt: skip

    async def _as_it_is(
        self, connection: AsyncConnection, entry: Entry
    ) -> tuple[Entry, Offer | None]:
        """Give the entry and its open offer, as the hold behind it says."""
        if entry.offer_id is None or entry.offer_centre_id is None:
            return entry, None
        offer = await offers.read(connection, entry.offer_centre_id, entry.offer_id)
        if offer is None or offer.state != "open":
            return entry, None
        holds = await offers.holds_of(connection, [offer])
        now = self._context.clock()
        state = seen_now(offer, holds.get(offer.offer_id), now)
        if state == "open":
            return entry, offer
        return without_offer(entry, offer, state, now), None

    async def _offer_now(
        self, connection: AsyncConnection, catalogue: Catalogue, offer: Offer
    ) -> OfferNow | None:
        slot = await places.read_slot(connection, offer.centre_id, offer.slot_id)
        if slot is None:
            return None
        product = catalogue.product(slot.product_id).code
        centre = catalogue.centre_code(slot.centre_id)
        held = await places.held_for(connection, offer)
        first = OfferedSlot(centre, slot.slot_id, product, slot.starts_at, slot.ends_at)
        return OfferNow(
            offer.offer_id, offer.kind, first, offer.ends_at, offer.wants, offer.booking_id,
            [HeldDose(rank, centre, product, *facts) for rank, *facts in held],
        )  # fmt: skip

    async def _reasons(
        self, connection: AsyncConnection, catalogue: Catalogue, entry: Entry
    ) -> list[Reason]:
        now = self._context.clock()
        situation = Situation(
            entry.class_id, entry.products, await self._offered(connection, entry, now),
            await entries.people_before(connection, entry), entry.ready_at,
        )  # fmt: skip
        return reasons(situation, catalogue.rules, now.astimezone(ZONE).date(), now)

    async def _offered(
        self, connection: AsyncConnection, entry: Entry, now: datetime
    ) -> Mapping[int, Offered]:
        """First doses to come at the centres of an entry, by product."""
        doses: Counter[int] = Counter()
        free: Counter[int] = Counter()
        for centre_id in entry.centres:
            counted_at, found = self._counted.get(centre_id, (None, {}))
            if counted_at is None or now - counted_at >= KEPT:
                found = await places.offered_at(connection, centre_id, now)
                self._counted[centre_id] = now, found
            for product_id, offered in found.items():
                doses[product_id] += offered.doses
                free[product_id] += offered.free
        return {product_id: Offered(n, free[product_id]) for product_id, n in doses.items()}
