"""A centre's capacity over HTTP: read it, put it, close a day, change lines, cut a product.

Changes name the version they were made from (`If-Match`), so that nobody's change is lost.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import PlainTextResponse, Response

from api.capacity import forms
from api.capacity.access import ActorHere
from api.capacity.desk import Desk, MissingIfMatch, PastDay, etag, open_desk
from api.capacity.service import CapacityChanged, Published
from api.context import ContextHere
from api.exchange import answer, body_of, bytes_of
from api.openapi import SCHEMAS, Fragment, operation
from api.problems import MalformedRequest, NotFound, TryAgain, Unavailable

CentreCode = Annotated[str, Path(alias="centre")]
FromDay = Annotated[date | None, Query(alias="from")]
ToDay = Annotated[date | None, Query(alias="to")]
MOST_BYTES = 1_000_000
"""Of a table of days."""

STRUCTS = (forms.Capacity, forms.CapacityTable, forms.Changed, forms.Closure, forms.Cut,
           forms.LinesChange)  # fmt: skip
"""Bodies of this room, for the OpenAPI document."""

IF_MATCH: Fragment = {
    "name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"},
    "description": "the ETag of the capacity that the change was made from",
}  # fmt: skip
_ALWAYS = (NotFound, MalformedRequest, Unavailable)


def _change(takes: type[msgspec.Struct] | None) -> Fragment:
    return operation(
        status=200, takes=takes, gives=forms.Changed, parameters=(IF_MATCH,),
        problems=(*_ALWAYS, TryAgain, PastDay, CapacityChanged, MissingIfMatch),
    )  # fmt: skip


router = APIRouter(prefix="/api/centres/{centre}", tags=["capacity"])


def _also_csv(described: Fragment) -> Fragment:
    """Say that a table may be sent as CSV, too."""
    described["openapi_extra"]["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": f"{SCHEMAS}CapacityTable"}},
            forms.CSV_TYPE: {"schema": {"type": "string"}},
        },
    }
    return described


def _csv_given(described: Fragment) -> Fragment:
    """Say that the answer may be CSV, too."""
    described["responses"][200]["content"][forms.CSV_TYPE] = {"schema": {"type": "string"}}
    return described


@router.get(
    "/capacity", **_csv_given(operation(status=200, gives=forms.Capacity, problems=_ALWAYS))
)
async def read(
    context: ContextHere, actor: ActorHere, code: CentreCode, request: Request,
    from_day: FromDay = None, to_day: ToDay = None,
) -> Response:  # fmt: skip
    """Read what a centre offers from a day on (today), as JSON or, if asked for, CSV."""
    async with open_desk(context, actor, code, "read") as desk:
        days = forms.offered(await desk.days(from_day or desk.today, to_day), desk.codes)
    version = desk.latest.number
    headers = {"ETag": etag(version), "Cache-Control": "no-store", "Vary": "Accept"}
    if forms.CSV_TYPE in request.headers.get("accept", ""):
        return PlainTextResponse(forms.csv_text(days), headers=headers, media_type=forms.CSV_TYPE)
    return answer(forms.Capacity(code, version, days), headers=headers)


@router.put("/capacity", **_also_csv(_change(None)))
async def put(
    context: ContextHere, actor: ActorHere, code: CentreCode, request: Request,
    from_day: FromDay = None, to_day: ToDay = None,
) -> Response:  # fmt: skip
    """Offer exactly this from a day to another (the first and last in the table).

    Days in between without a row offer nothing; whoever was booked there is re-booked.
    """
    body = await bytes_of(request, MOST_BYTES)
    table = forms.read_table(body, request.headers.get("content-type", ""))
    async with open_desk(context, actor, code, "change", request.headers) as desk:
        sessions = forms.sessions_of(table.days, desk.product_ids)
        first, last = _range([s.day for s in sessions], from_day, to_day)
        if any(not first <= s.day <= last for s in sessions):
            raise MalformedRequest("a day of the table is outside from and to")
        publication = desk.hand(first, last).offer(sessions)
        detail: dict[str, object] = {"from": first.isoformat(), "to": last.isoformat()}
        return _changed(desk, await desk.publish(publication, "capacity.put", detail))


def _range(days: list[date], from_day: date | None, to_day: date | None) -> tuple[date, date]:
    first = from_day or min(days, default=None)
    last = to_day or max(days, default=None)
    if first is None or last is None:
        raise MalformedRequest("an empty table needs from and to")
    return first, last


@router.post("/closures", **_change(forms.Closure))
async def close(
    context: ContextHere, actor: ActorHere, code: CentreCode, request: Request
) -> Response:
    """Close a day; whoever was booked on it is re-booked."""
    form = await body_of(request, forms.Closure)
    async with open_desk(context, actor, code, "change", request.headers) as desk:
        publication = desk.hand(form.day, form.day).offer(())
        detail: dict[str, object] = {"day": form.day.isoformat()}
        return _changed(desk, await desk.publish(publication, "capacity.close", detail))


@router.put("/lines", **_change(forms.LinesChange))
async def change_lines(
    context: ContextHere, actor: ActorHere, code: CentreCode, request: Request
) -> Response:
    """Have more or fewer people vaccinate at once: what is offered grows or shrinks with them."""
    form = await body_of(request, forms.LinesChange)
    async with open_desk(context, actor, code, "change", request.headers) as desk:
        hand = desk.hand(form.from_day, form.to_day)
        days = await desk.days(form.from_day, form.to_day)
        publication = hand.scale(days, desk.centre.lines, form.lines)
        detail = _range_detail(form.from_day, form.to_day) | {"lines": form.lines}
        lasting = form.lines if form.to_day is None else None
        published = await desk.publish(publication, "capacity.lines", detail, lines=lasting)
        return _changed(desk, published)


@router.post("/cuts", **_change(forms.Cut))
async def cut(
    context: ContextHere, actor: ActorHere, code: CentreCode, request: Request
) -> Response:
    """Cut a product; whoever was booked for what is no longer there is re-booked."""
    form = await body_of(request, forms.Cut)
    async with open_desk(context, actor, code, "change", request.headers) as desk:
        hand = desk.hand(form.from_day, form.to_day)
        days = await desk.days(form.from_day, form.to_day)
        publication = hand.cut(days, desk.product(form.product), form.part)
        detail = _range_detail(form.from_day, form.to_day)
        detail |= {"product": form.product, "keep": form.keep}
        return _changed(desk, await desk.publish(publication, "capacity.cut", detail))


def _range_detail(from_day: date, to_day: date | None) -> dict[str, object]:
    return {"from": from_day.isoformat(), "to": None if to_day is None else to_day.isoformat()}


def _changed(desk: Desk, published: Published) -> Response:
    changes = published.changes
    told = None if changes is None else changes.record(is_first=False)
    return answer(
        forms.Changed(desk.centre.code, published.number, told),
        headers={"ETag": etag(published.number)},
    )
