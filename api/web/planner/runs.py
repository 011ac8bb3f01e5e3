"""Runs: ordered, watched while bound and plan close in on each other, ended early on demand."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.context import Context, ContextHere
from api.exchange import answer, path_id
from api.planning.access import EnqueueSolutionHere, Planner
from api.planning.endpoints import SOLVING
from api.planning.orders import PlanFolders, SolutionOrder, SolutionState
from api.problems import MalformedRequest
from api.web.planner.access import NationalHere, PageRoute
from api.web.planner.exchange import form_of
from api.web.planner.rendering import PREFIX, page

router = APIRouter(prefix=PREFIX, route_class=PageRoute, include_in_schema=False)


async def order_run(
    context: Context, planner: Planner, enqueue: EnqueueSolutionHere, order: SolutionOrder
) -> UUID:
    """Order a solution, and give its id."""
    key = uuid4()
    queued = SolutionState(key, order.plan, "queued")
    await SOLVING.place(context, planner, enqueue, key, order, order.plan, queued)
    return key


def run_address(key: UUID, beside: str = "") -> str:
    """Address of the page of a run; `beside` is the plan to compare with in the end."""
    query = f"?{urlencode({'avec': beside})}" if beside else ""
    return f"{PREFIX}/calculs/{key}{query}"


@router.post("/scenarios/{name}/calcul")
async def run(
    request: Request, context: ContextHere, planner: NationalHere, enqueue: EnqueueSolutionHere,
    name: str,
) -> Response:  # fmt: skip
    """Order the solution of a scenario."""
    PlanFolders.to_solve(context.settings, name)
    form = await form_of(request)
    try:
        gap = float(form.get("gap", "0.1").replace(",", ".")) / 100
    except ValueError:
        raise MalformedRequest("gap: a number of per cent") from None
    if not 0 <= gap <= 1:
        raise MalformedRequest("gap: 0 to 100 per cent")
    key = await order_run(context, planner, enqueue, SolutionOrder(name, gap=gap))
    return RedirectResponse(run_address(key), status_code=303)


@router.get("/calculs/{run_id}")
async def run_page(
    request: Request, context: ContextHere, planner: NationalHere, run_id: str
) -> Response:
    """Show how far a run is, and go on to its plan when there is one."""
    state = await SOLVING.read(context, path_id(run_id))
    beside = request.query_params.get("avec", "")
    if beside:
        PlanFolders.named(context.settings, beside)
    following = _following(state.plan, beside)
    if state.status == "done":
        return RedirectResponse(following, status_code=303)
    return page(request, "run", planner=planner, state=state, following=following, beside=beside,
                here=run_address(state.solution, beside))  # fmt: skip


@router.get("/calculs/{run_id}/etat")
async def run_state(context: ContextHere, _planner: NationalHere, run_id: str) -> Response:
    """Tell a page how far its run is."""
    return answer(await SOLVING.read(context, path_id(run_id)))


@router.post("/calculs/{run_id}/arreter")
async def stop(
    request: Request, context: ContextHere, planner: NationalHere, run_id: str
) -> Response:
    """End a run early; the best plan so far is kept."""
    key = path_id(run_id)
    state = await SOLVING.read(context, key)
    await SOLVING.stop(context, planner, key, state.plan)
    beside = (await form_of(request)).get("avec", "")
    return RedirectResponse(run_address(key, beside), status_code=303)


def _following(plan: str, beside: str) -> str:
    if not beside:
        return f"{PREFIX}/plans/{plan}"
    return f"{PREFIX}/comparaison?{urlencode([('plan', beside), ('plan', plan)])}"
