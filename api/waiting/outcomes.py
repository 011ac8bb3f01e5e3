"""What becomes of an offer, and of the entry that had it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from psycopg import AsyncConnection

from api.waiting.people import Entry, Offer, OfferState
from api.waiting.rules import PAUSE
from api.waiting.store import entries, offers
from api.waiting.store.offers import HoldState


def outcome_of(offer: Offer, hold: HoldState | None, now: datetime) -> OfferState:
    """Tell how an open offer stands: what became of its hold decides.

    A hold whose time is over keeps its place until the worker ends it; so does the offer.
    """
    if offer.kind == "standby":
        return "ended" if offer.ends_at <= now else "open"
    if hold is None or hold.state == "cancelled":
        return "ended"
    return "taken" if hold.state == "booked" else "open"


def seen_now(offer: Offer, hold: HoldState | None, now: datetime) -> OfferState:
    """Tell how an open offer stands for whoever has it: once its time is over, it is over."""
    state = outcome_of(offer, hold, now)
    return "ended" if state == "open" and offer.ends_at <= now else state


def closed(offer: Offer, state: OfferState, now: datetime, answered_at: datetime | None) -> Offer:
    """Give an offer that is over."""
    return replace(offer, state=state, ends_at=min(offer.ends_at, now), answered_at=answered_at)


def without_offer(entry: Entry, offer: Offer, state: OfferState, now: datetime) -> Entry:
    """Give an entry whose offer ended so: served, or waiting again.

    Whoever let a place that was held for them go by lets others come first for a while.
    """
    if entry.offer_id != offer.offer_id or entry.state not in {"standby", "offered"}:
        return entry
    if offer.kind == "standby":
        return replace(entry, state="waiting", changed_at=now)
    if state == "taken":
        return replace(entry, state="served", changed_at=now)
    return replace(entry, state="waiting", ready_at=now + PAUSE, changed_at=now)


async def settle(connection: AsyncConnection, now: datetime) -> int:
    """Close every offer that is over, and tell how many were; the worker calls it at each turn."""
    found = await offers.open_offers(connection)
    holds = await offers.holds_of(connection, found)
    ended = 0
    for offer in found:
        hold = holds.get(offer.booking_id) if offer.booking_id else None
        state = outcome_of(offer, hold, now)
        if state != "open":
            answered = hold.changed_at if hold and state == "taken" else offer.answered_at
            ended += await close(connection, offer, state, now, answered)
    return ended


async def close(
    connection: AsyncConnection,
    offer: Offer,
    state: OfferState,
    now: datetime,
    answered_at: datetime | None,
) -> bool:
    """Close an offer in a transaction of its own; false when somebody else did before."""
    async with connection.transaction():
        entry = await entries.read(connection, offer.entry_id, lock=True)
        found = await offers.read(connection, offer.centre_id, offer.offer_id, lock=True)
        if found is None or found.state != "open":
            return False
        await offers.change(connection, closed(found, state, now, answered_at))
        if entry is not None:
            await entries.change(connection, without_offer(entry, found, state, now))
    return True
