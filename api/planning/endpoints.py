"""The planner's orders over HTTP: solve an instance, publish a plan, and see how far that is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.context import ContextHere
from api.exchange import answer, body_of, idempotency_key, path_id
from api.openapi import IDEMPOTENCY_KEY, operation
from api.planning.access import EnqueueHere, EnqueueSolutionHere, PlannerHere
from api.planning.jobs_store import PUBLICATIONS, SOLUTIONS
from api.planning.ordering import OrderBook
from api.planning.orders import (
    PlanFolders,
    PublicationOrder,
    PublicationState,
    SolutionOrder,
    SolutionProgress,
    SolutionState,
)
from api.problems import (
    KeyReused,
    MalformedRequest,
    MissingIdempotencyKey,
    NotFound,
    Unavailable,
)

STRUCTS = (PublicationOrder, PublicationState, SolutionOrder, SolutionProgress, SolutionState)
"""Bodies of this room, for the OpenAPI document."""
PublicationId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]
SolutionId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]

router = APIRouter(prefix="/api/planning", tags=["planning"])

PUBLISHING = OrderBook(PUBLICATIONS, "plan.publish", PublicationState)
SOLVING = OrderBook(SOLUTIONS, "plan.solve", SolutionState)
_ORDER_PROBLEMS = (MalformedRequest, MissingIdempotencyKey, KeyReused, NotFound, Unavailable)


@router.post(
    "/publications",
    **operation(
        status=202,
        takes=PublicationOrder,
        gives=PublicationState,
        parameters=(IDEMPOTENCY_KEY,),
        problems=_ORDER_PROBLEMS,
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
    queued = PublicationState(key, wanted.plan, "queued")
    state = await PUBLISHING.place(context, planner, enqueue, key, wanted, wanted.plan, queued)
    return answer(state, status=202)


@router.get(
    "/publications/{publication}",
    **operation(status=200, gives=PublicationState, problems=(NotFound, Unavailable)),
)
async def read(context: ContextHere, planner: PlannerHere, publication: PublicationId) -> Response:
    """Read where a publication stands; for a day after it was ordered."""
    if not planner.publishes_plans:
        raise NotFound
    return answer(await PUBLISHING.read(context, path_id(publication)))


@router.post(
    "/solutions",
    **operation(
        status=202,
        takes=SolutionOrder,
        gives=SolutionState,
        parameters=(IDEMPOTENCY_KEY,),
        problems=_ORDER_PROBLEMS,
    ),
)
async def order_solution(
    request: Request, context: ContextHere, planner: PlannerHere, enqueue: EnqueueSolutionHere
) -> Response:
    """Have an instance solved; its plan is written beside it, in place of an older one."""
    if not planner.publishes_plans:
        raise NotFound
    key, wanted = idempotency_key(request), await body_of(request, SolutionOrder)
    PlanFolders.to_solve(context.settings, wanted.plan)
    if wanted.earlier is not None:
        PlanFolders.named(context.settings, wanted.earlier)
    queued = SolutionState(key, wanted.plan, "queued")
    state = await SOLVING.place(context, planner, enqueue, key, wanted, wanted.plan, queued)
    return answer(state, status=202)


@router.get(
    "/solutions/{solution}",
    **operation(status=200, gives=SolutionState, problems=(NotFound, Unavailable)),
)
async def read_solution(
    context: ContextHere, planner: PlannerHere, solution: SolutionId
) -> Response:
    """Read where a solution stands; for a day after it was ordered."""
    if not planner.publishes_plans:
        raise NotFound
    return answer(await SOLVING.read(context, path_id(solution)))


@router.delete(
    "/solutions/{solution}",
    **operation(status=202, gives=SolutionState, problems=(NotFound, Unavailable)),
)
async def stop_solution(
    context: ContextHere, planner: PlannerHere, solution: SolutionId
) -> Response:
    """Stop searching early: the best plan so far is kept, and the solution ends as done."""
    if not planner.publishes_plans:
        raise NotFound
    key = path_id(solution)
    state = await SOLVING.read(context, key)
    await SOLVING.stop(context, planner, key, state.plan)
    return answer(state, status=202)
