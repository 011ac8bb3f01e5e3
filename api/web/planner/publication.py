"""Pages of publication: what the week would change, and doing it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.context import ContextHere
from api.exchange import answer, converted, path_id
from api.planning.access import EnqueueHere
from api.planning.endpoints import PUBLISHING
from api.planning.orders import PlanFolders, PublicationOrder, PublicationState
from api.planning.rehearsed import Rehearsal
from api.web.planner import store
from api.web.planner.access import NationalHere, PageRoute
from api.web.planner.apart import prepared
from api.web.planner.exchange import form_of
from api.web.planner.rendering import PREFIX, page
from api.web.planner.shelf import shelf

router = APIRouter(prefix=PREFIX, route_class=PageRoute, include_in_schema=False)
LISTED = 200


@router.get("/publication")
async def publication_page(
    request: Request, context: ContextHere, planner: NationalHere
) -> Response:
    """Choose a plan; once one is chosen, show what publishing it would change."""
    asked = {name: value for name, value in request.query_params.items() if name != "lang"}
    order, told = None, None
    if asked.get("plan"):
        order = _order_in(asked)
        PlanFolders.named(context.settings, order.plan)
        content = await prepared(context.settings, "rehearsal", msgspec.json.encode(order).decode())
        told = msgspec.json.decode(content, type=Rehearsal)
    async with context.hot.connection() as connection:
        last = await store.last_publication(connection)
    return page(
        request, "publication", planner=planner, order=order, told=told, last=last, listed=LISTED,
        defaults=PublicationOrder("-"),
        plans=[one for one in shelf(context.settings) if one.result],
    )  # fmt: skip


@router.post("/publication")
async def publish(
    request: Request, context: ContextHere, planner: NationalHere, enqueue: EnqueueHere
) -> Response:
    """Order the publication of a plan."""
    order = _order_in(await form_of(request))
    PlanFolders.named(context.settings, order.plan)
    key = uuid4()
    queued = PublicationState(key, order.plan, "queued")
    await PUBLISHING.place(context, planner, enqueue, key, order, order.plan, queued)
    return RedirectResponse(f"{PREFIX}/publications/{key}", status_code=303)


@router.get("/publications/{publication}")
async def published_page(
    request: Request, context: ContextHere, planner: NationalHere, publication: str
) -> Response:
    """Show where a publication stands."""
    state = await PUBLISHING.read(context, path_id(publication))
    return page(request, "published", planner=planner, state=state)


@router.get("/publications/{publication}/etat")
async def published_state(
    context: ContextHere, _planner: NationalHere, publication: str
) -> Response:
    """Tell a page where its publication stands."""
    state = await PUBLISHING.read(context, path_id(publication))
    return answer(msgspec.structs.replace(state, summary=None))


def _order_in(form: Mapping[str, str]) -> PublicationOrder:
    """Read an order of a form: shares are typed in per cent, an empty field is the default.

    Raises
    ------
    MalformedRequest
        Naming the place that is wrong.
    """
    cells: dict[str, object] = {name: value for name, value in form.items() if value}
    for name in ("phone_share", "standby_share"):
        if name in cells:
            try:
                cells[name] = float(str(cells[name]).replace(",", ".")) / 100
            except ValueError:
                cells[name] = -1.0
    cells["rebook"] = "rebook" in cells
    order = converted(cells, PublicationOrder)
    order.options()
    return order
