"""A centre's capacity in the hands of its staff: who may, which version, and what it becomes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import uuid4

from psycopg import AsyncConnection

from api.capacity import service, store
from api.capacity.access import Actor, Deed
from api.capacity.hand import Hand
from api.capacity.publication import Publication, Shares
from api.capacity.service import Published
from api.capacity.store import Centre, Latest, OfferedDay
from api.context import Context
from api.problems import MalformedRequest, NotFound, Problem


class MissingIfMatch(Problem):
    """A change does not say which version it was made from."""

    status: ClassVar[int] = 428
    slug: ClassVar[str] = "missing-if-match"
    title: ClassVar[str] = "Say in If-Match which version this change was made from"


class PastDay(Problem):
    """What is over cannot be offered differently."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "past-day"
    title: ClassVar[str] = "Days before today cannot be changed"


@dataclass(frozen=True, slots=True)
class Desk:
    """One centre and one member of its staff.

    codes
        Of products, by id.
    """

    connection: AsyncConnection
    actor: Actor
    centre: Centre
    latest: Latest
    codes: dict[int, str]
    now: datetime

    @property
    def today(self) -> date:
        """The day it is at the centre."""
        return self.now.astimezone(self.centre.opening.zone).date()

    @property
    def product_ids(self) -> dict[str, int]:
        """Ids of products, by code."""
        return {code: product_id for product_id, code in self.codes.items()}

    def product(self, code: str) -> int:
        """Id of a product, or MalformedRequest."""
        if code not in self.product_ids:
            raise MalformedRequest("product is not a product of the campaign")
        return self.product_ids[code]

    async def days(self, from_day: date, to_day: date | None) -> list[OfferedDay]:
        """Read what the centre offers on some days."""
        return await store.read_days(self.connection, self.centre.centre_id, from_day, to_day)

    def hand(self, from_day: date, to_day: date | None) -> Hand:
        """Lay hand on some days.

        Raises
        ------
        PastDay
            When one of them is over.
        MalformedRequest
            When they end before they begin.
        """
        if to_day is not None and to_day < from_day:
            raise MalformedRequest("the last day is before the first")
        if from_day < self.today:
            raise PastDay
        return Hand(
            self.centre.centre_id, f"hand of {self.actor.name}", from_day, to_day,
            self.latest.shares or Shares(),
        )  # fmt: skip

    async def publish(
        self, publication: Publication, action: str, detail: dict[str, object],
        *, lines: int | None = None,
    ) -> Published:  # fmt: skip
        """Publish a change to the version the caller saw, with its entry in the audit."""

        async def then(connection: AsyncConnection, published: Published) -> None:
            if lines is not None:
                await store.set_lines(connection, self.centre.centre_id, lines)
            told = {**detail, "version": published.number}
            await self.actor.record(connection, action, self.centre.code, told)

        campaign = await service.Campaign.read(self.connection)
        return await service.publish(
            self.connection, publication, campaign, uuid4(), self.now,
            expected=self.latest.number, then=then,
        )  # fmt: skip


@asynccontextmanager
async def open_desk(
    context: Context,
    actor: Actor,
    code: str,
    deed: Deed,
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[Desk]:
    """Open a centre to somebody who may do this there.

    Parameters
    ----------
    headers
        Of a change, which needs If-Match.

    Raises
    ------
    NotFound
        When there is no such centre, or it is not theirs.
    MissingIfMatch, CapacityChanged
        When a change names no version, or an old one.
    """
    async with context.hot.connection() as connection:
        centre = await store.find_centre(connection, code)
        if centre is None or not actor.may(deed, centre):
            raise NotFound
        latest = await store.latest(connection, centre.centre_id)
        if deed == "change":
            if_match = (headers or {}).get("If-Match")
            if if_match is None:
                raise MissingIfMatch
            if etag(latest.number) not in _tags(if_match):
                raise service.CapacityChanged
        codes = await store.product_codes(connection)
        yield Desk(connection, actor, centre, latest, codes, context.clock())


def etag(number: int) -> str:
    """Strong ETag of a version."""
    return f'"{number}"'


def _tags(if_match: str) -> Iterable[str]:
    return {tag.strip() for tag in if_match.split(",")}
