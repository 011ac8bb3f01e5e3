"""Pages of plans: the result, its exports, what if, and plans side by side."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from allocator.errors import InputError
from allocator.outcome import read_result
from api.context import ContextHere
from api.planning.access import EnqueueSolutionHere
from api.planning.orders import PlanFolders, SolutionOrder
from api.problems import MalformedRequest, NotFound
from api.settings import Settings
from api.web.planner.access import NationalHere, PageRoute
from api.web.planner.apart import kept, prepared
from api.web.planner.exchange import form_of
from api.web.planner.happening import event_in, free_name, write_event
from api.web.planner.rendering import PREFIX, page, trusted
from api.web.planner.runs import order_run, run_address
from api.web.planner.shelf import shelf, shelved

router = APIRouter(prefix=PREFIX, route_class=PageRoute, include_in_schema=False)
EXPORTS = {
    "xlsx": ("workbook", (), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("tables", ("csv",), "application/zip"),
    "parquet": ("tables", ("parquet",), "application/zip"),
}
"""What is prepared for each kind of export, and its media type."""


@router.get("/plans/{name}")
async def result_page(
    request: Request, context: ContextHere, planner: NationalHere, name: str
) -> Response:
    """Show a plan: what it gives to whom, where, when, and what is short."""
    folders = PlanFolders.named(context.settings, name)
    told = await _told(context.settings, folders)
    start = date.fromisoformat(told["start"])
    return page(
        request, "result", planner=planner, name=name, told=told,
        sections={anchor: section | {"html": trusted(section["html"])}
                  for anchor, section in told["sections"].items()},
        layers={layer: trusted(html) for layer, html in told["layers"].items()},
        mondays=[start + timedelta(weeks=week) for week in range(told["weeks"])],
        result=read_result(folders.plan), scenario=shelved(context.settings, name),
        others=_solved(context.settings, name),
    )  # fmt: skip


async def _told(settings: Settings, folders: PlanFolders) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(await kept(settings, folders, "result"))
    return told


def _solved(settings: Settings, name: str) -> list[str]:
    """Names of the other plans there are."""
    return [other.name for other in shelf(settings) if other.result and other.name != name]


@router.get("/plans/{name}/carte")
async def map_layers(context: ContextHere, _planner: NationalHere, name: str) -> Response:
    """Give the points of the map."""
    told = await _told(context.settings, PlanFolders.named(context.settings, name))
    body = json.dumps(told["map"], ensure_ascii=False).encode()
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get("/plans/{name}/export/{kind}")
async def export(context: ContextHere, _planner: NationalHere, name: str, kind: str) -> Response:
    """Give a plan as a workbook, or all of its tables."""
    folders = PlanFolders.named(context.settings, name)
    if kind not in EXPORTS:
        raise NotFound
    what, more, media = EXPORTS[kind]
    content = await kept(context.settings, folders, what, *more)
    file = f"{name}.xlsx" if kind == "xlsx" else f"{name}-{kind}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media, headers=headers)


@router.post("/plans/{name}/et-si")
async def what_if(
    request: Request, context: ContextHere, planner: NationalHere, enqueue: EnqueueSolutionHere,
    name: str,
) -> Response:  # fmt: skip
    """Let something happen to a plan's instance, plan again, and compare in the end."""
    folders = PlanFolders.named(context.settings, name)
    form: Mapping[str, str] = await form_of(request)
    told = await _told(context.settings, folders)
    event, sentence, slug = event_in(form, told)
    new = PlanFolders.called(context.settings, free_name(context.settings, name, slug))
    try:
        await asyncio.to_thread(write_event, folders, new, event, sentence)
    except InputError as error:
        raise MalformedRequest(re.sub(r"^event: ", "", str(error))) from None
    earlier = name if read_result(folders.plan).get("bound") is not None else None
    order = SolutionOrder(new.name, earlier=earlier)
    key = await order_run(context, planner, enqueue, order)
    return RedirectResponse(run_address(key, name), status_code=303)


@router.get("/comparaison")
async def comparison_page(
    request: Request, context: ContextHere, planner: NationalHere
) -> Response:
    """Show plans side by side."""
    names = list(dict.fromkeys(request.query_params.getlist("plan")))[:8]
    for name in names:
        PlanFolders.named(context.settings, name)
    sections: list[tuple[str, str, str]] = []
    if len(names) >= 2:
        sections = json.loads(await prepared(context.settings, "comparison", *names))
    return page(
        request, "comparison", planner=planner, names=names,
        plans=[one for one in shelf(context.settings) if one.result],
        sections=[(anchor, title, trusted(html)) for anchor, title, html in sections],
    )  # fmt: skip
