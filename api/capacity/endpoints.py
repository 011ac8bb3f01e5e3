"""A centre's capacity over HTTP: read it, put it, close a day, change lines, cut a product.

Changes name the version they were made from (`If-Match`), so that nobody's change is lost.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.capacity import forms
from api.capacity.access import ActorHere
from api.capacity.desk import Desk, etag, open_desk
from api.capacity.service import Published
from api.context import ContextHere
from api.problems import MalformedRequest

CentreCode = Annotated[str, Path(alias="centre", min_length=1, max_length=100)]
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=200)]
FromDay = Annotated[date | None, Query(alias="from")]
ToDay = Annotated[date | None, Query(alias="to")]
MOST_BYTES = 1_000_000
_READ: dict[int | str, dict[str, Any]] = {
    404: {"description": "No such centre, or not yours"},
    422: {"description": "Malformed"},
}
_CHANGE: dict[int | str, dict[str, Any]] = {
    **_READ,
    409: {"description": "A day is over, or others were faster; nothing was done"},
    412: {"description": "The capacity has changed since it was read"},
    428: {"description": "If-Match is missing"},
}
_TABLE = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": forms.CapacityForm.model_json_schema()},
            "text/csv": {"schema": {"type": "string"}},
        },
    }
}

router = APIRouter(prefix="/api/centres/{centre}", tags=["capacity"])


@router.get("/capacity", responses=_READ)
async def read(
    context: ContextHere, actor: ActorHere, code: CentreCode, request: Request,
    from_day: FromDay = None, to_day: ToDay = None,
) -> Response:  # fmt: skip
    """Read what a centre offers from a day on (today), as JSON or, if asked for, CSV."""
    async with open_desk(context, actor, code, "read") as desk:
        days = forms.offered(await desk.days(from_day or desk.today, to_day), desk.codes)
    headers = {"ETag": etag(desk.latest.number), "Cache-Control": "no-store", "Vary": "Accept"}
    if forms.CSV_TYPE in request.headers.get("accept", ""):
        return PlainTextResponse(forms.csv_text(days), headers=headers, media_type=forms.CSV_TYPE)
    answer = forms.CapacityAnswer(centre=code, version=desk.latest.number, days=days)
    return Response(answer.model_dump_json(), headers=headers, media_type="application/json")


@router.put("/capacity", responses=_CHANGE, openapi_extra=_TABLE)
async def put(
    context: ContextHere, actor: ActorHere, code: CentreCode, request: Request,
    if_match: IfMatch = None, from_day: FromDay = None, to_day: ToDay = None,
) -> forms.ChangeAnswer:  # fmt: skip
    """Offer exactly this from a day to another (the first and last in the table).

    Days in between without a row offer nothing; whoever was booked there is re-booked.
    """
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise MalformedRequest("the table is too long")
    form = forms.read_capacity(body, request.headers.get("content-type", ""))
    async with open_desk(context, actor, code, "change", if_match) as desk:
        sessions = forms.sessions_of(form.days, desk.product_ids)
        first, last = _range([s.day for s in sessions], from_day, to_day)
        if any(not first <= s.day <= last for s in sessions):
            raise MalformedRequest("a day of the table is outside from and to")
        publication = desk.hand(first, last).offer(sessions)
        detail: dict[str, object] = {"from": first.isoformat(), "to": last.isoformat()}
        return _answer(desk, await desk.publish(publication, "capacity.put", detail))


def _range(days: list[date], from_day: date | None, to_day: date | None) -> tuple[date, date]:
    first = from_day or min(days, default=None)
    last = to_day or max(days, default=None)
    if first is None or last is None:
        raise MalformedRequest("an empty table needs from and to")
    return first, last


@router.post("/closures", responses=_CHANGE)
async def close(
    context: ContextHere, actor: ActorHere, code: CentreCode, form: forms.ClosureForm,
    if_match: IfMatch = None,
) -> forms.ChangeAnswer:  # fmt: skip
    """Close a day; whoever was booked on it is re-booked."""
    async with open_desk(context, actor, code, "change", if_match) as desk:
        publication = desk.hand(form.day, form.day).offer(())
        detail: dict[str, object] = {"day": form.day.isoformat()}
        return _answer(desk, await desk.publish(publication, "capacity.close", detail))


@router.put("/lines", responses=_CHANGE)
async def change_lines(
    context: ContextHere, actor: ActorHere, code: CentreCode, form: forms.LinesForm,
    if_match: IfMatch = None,
) -> forms.ChangeAnswer:  # fmt: skip
    """Have more or fewer people vaccinate at once: what is offered grows or shrinks with them."""
    async with open_desk(context, actor, code, "change", if_match) as desk:
        hand = desk.hand(form.from_day, form.to_day)
        days = await desk.days(form.from_day, form.to_day)
        publication = hand.scale(days, desk.centre.lines, form.lines)
        lasting = form.lines if form.to_day is None else None
        published = await desk.publish(
            publication, "capacity.lines", form.model_dump(mode="json"), lines=lasting
        )
        return _answer(desk, published)


@router.post("/cuts", responses=_CHANGE)
async def cut(
    context: ContextHere, actor: ActorHere, code: CentreCode, form: forms.CutForm,
    if_match: IfMatch = None,
) -> forms.ChangeAnswer:  # fmt: skip
    """Cut a product; whoever was booked for what is no longer there is re-booked."""
    async with open_desk(context, actor, code, "change", if_match) as desk:
        hand = desk.hand(form.from_day, form.to_day)
        days = await desk.days(form.from_day, form.to_day)
        publication = hand.cut(days, desk.product(form.product), Fraction(form.keep))
        published = await desk.publish(publication, "capacity.cut", form.model_dump(mode="json"))
        return _answer(desk, published)


def _answer(desk: Desk, published: Published) -> forms.ChangeAnswer:
    changes = published.changes
    return forms.ChangeAnswer(
        centre=desk.centre.code, version=published.number,
        changes=None if changes is None else changes.record(is_first=False),
    )  # fmt: skip
