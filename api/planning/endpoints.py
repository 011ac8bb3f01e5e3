"""The planner's orders over HTTP: publish a plan, and see how far that is."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.context import ContextHere
from api.exchange import answer, body_of, idempotency_key, path_id
from api.openapi import IDEMPOTENCY_KEY, operation
from api.planning import jobs_store
from api.planning.access import EnqueueHere, PlannerHere
from api.planning.jobs_store import Ordered
from api.planning.orders import PlanFolders, PublicationOrder, PublicationState
from api.problems import (
    KeyReused,
    MalformedRequest,
    MissingIdempotencyKey,
    NotFound,
    Unavailable,
)

STRUCTS = (PublicationOrder, PublicationState)
"""Bodies of this room, for the OpenAPI document."""
PublicationId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]

router = APIRouter(prefix="/api/planning", tags=["planning"])


@router.post(
    "/publications",
    **operation(
        status=202,
        takes=PublicationOrder,
        gives=PublicationState,
        parameters=(IDEMPOTENCY_KEY,),
        problems=(MalformedRequest, MissingIdempotencyKey, KeyReused, NotFound, Unavailable),
    ),
)
async def order(
    request: Request, context: ContextHere, planner: PlannerHere, enqueue: EnqueueHere
) -> Response:
    """Have a plan published; the key becomes the publication's id.

    The plan lies in the folder of plans, under its name, with its instance beside it.
    """
    if not planner.publishes_plans:
        raise NotFound
    key, wanted = idempotency_key(request), await body_of(request, PublicationOrder)
    wanted.options()
    PlanFolders.named(context.settings, wanted.plan)
    told = msgspec.to_builtins(wanted)
    state = PublicationState(key, wanted.plan, "queued")
    ordered = Ordered(sha256(msgspec.json.encode(told)).digest(), told, msgspec.to_builtins(state))
    async with context.hot.connection() as connection, connection.transaction():
        if await jobs_store.add(connection, key, ordered, context.clock()):
            await planner.record(connection, "plan.publish", wanted.plan, told)
        else:
            known = await jobs_store.read(connection, key)
            assert known is not None
            if known.print != ordered.print:
                raise KeyReused
            state = msgspec.convert(known.state, PublicationState)
    if state.status == "queued":
        # After the commit: a worker must find the order. Sent again, it is one job all the same.
        await enqueue(key)
    return answer(state, status=202)


@router.get(
    "/publications/{publication}",
    **operation(status=200, gives=PublicationState, problems=(NotFound, Unavailable)),
)
async def read(context: ContextHere, planner: PlannerHere, publication: PublicationId) -> Response:
    """Read where a publication stands; for a day after it was ordered."""
    if not planner.publishes_plans:
        raise NotFound
    async with context.hot.connection() as connection:
        known = await jobs_store.read(connection, path_id(publication))
    if known is None:
        raise NotFound
    return answer(msgspec.convert(known.state, PublicationState))
