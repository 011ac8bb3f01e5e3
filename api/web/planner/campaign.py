"""The live campaign: booked against plan, centres in trouble, the waiting list, no-shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.context import ContextHere
from api.web.planner import store
from api.web.planner.access import PageRoute, PlannerHere
from api.web.planner.rendering import PREFIX, page
from api.web.planner.store import CentreSum

router = APIRouter(prefix=PREFIX, route_class=PageRoute, include_in_schema=False)
FULL, EMPTY, MISSED = 0.98, 0.2, 0.15
"""From which share of booked doses a centre is full, under which it is empty, and from which share
of no-shows somebody should look."""
LEAST_DOSES = 30
"""Fewer doses say nothing."""
LISTED = 60


@dataclass(frozen=True, slots=True)
class Trouble:
    """A centre somebody should look at.

    kinds
        `displaced`, `full`, `empty`, `missed`: why, the worst first.
    """

    centre: CentreSum
    kinds: tuple[str, ...]


@router.get("/campagne")
async def campaign_page(request: Request, context: ContextHere, planner: PlannerHere) -> Response:
    """Show the campaign as it is now, of the planner's region."""
    now = context.clock()
    async with context.hot.connection() as connection:
        live = await store.read_live(connection, planner.grant.scope, now.date())
        last = await store.last_publication(connection)
    troubles = in_trouble(live.centres)
    return page(
        request, "campaign", planner=planner, live=live, troubles=troubles[:LISTED],
        n_troubles=len(troubles), last=last, now=now,
        planned=sum(centre.planned for centre in live.centres),
        booked=sum(centre.booked for centre in live.centres),
        waiting=sum(row.waiting for row in live.waiting),
        missed=sum(centre.missed for centre in live.centres),
        known=sum(centre.missed + centre.given for centre in live.centres),
        displaced=sum(centre.displaced for centre in live.centres),
    )  # fmt: skip


def in_trouble(centres: Sequence[CentreSum]) -> list[Trouble]:
    """Find the centres somebody should look at, those with displaced people first."""
    found = [Trouble(centre, kinds) for centre in centres if (kinds := tuple(_kinds(centre)))]
    return sorted(found, key=lambda t: (-t.centre.displaced, -len(t.kinds), -t.centre.planned))


def _kinds(centre: CentreSum) -> Iterator[str]:
    if centre.displaced:
        yield "displaced"
    if centre.planned >= LEAST_DOSES and centre.filled is not None:
        if centre.filled >= FULL:
            yield "full"
        elif centre.filled < EMPTY:
            yield "empty"
    known = centre.missed + centre.given
    if known >= LEAST_DOSES and centre.missed_share is not None and centre.missed_share >= MISSED:
        yield "missed"
