"""Pages of scenarios: the list, the form, the text, copies."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from allocator.errors import InputError
from api.context import Context, ContextHere
from api.planning.orders import PlanFolders
from api.planning.scenario_folders import library_names, read_text, write_text
from api.problems import MalformedRequest, NotFound
from api.web.planner.access import NationalHere, PageRoute
from api.web.planner.exchange import form_of, word_in
from api.web.planner.rendering import PREFIX, page
from api.web.planner.scenario_form import FIELDS, shown_fields, with_fields
from api.web.planner.shelf import shelf, shelved

router = APIRouter(prefix=PREFIX, route_class=PageRoute, include_in_schema=False)


@router.get("")
async def home() -> Response:
    """Go to the first page."""
    return RedirectResponse(f"{PREFIX}/scenarios", status_code=303)


@router.get("/scenarios")
async def list_page(request: Request, context: ContextHere, planner: NationalHere) -> Response:
    """List the scenarios of this installation, and those of the library."""
    return _list(request, context, planner)


def _list(
    request: Request, context: Context, planner: NationalHere, wrong: str = "", name: str = ""
) -> Response:
    return page(
        request, "scenarios", status=422 if wrong else 200, planner=planner, wrong=wrong,
        name=name, scenarios=shelf(context.settings), library=library_names(),
    )  # fmt: skip


@router.post("/scenarios")
async def copy(request: Request, context: ContextHere, planner: NationalHere) -> Response:
    """Make a scenario of one that is here, or of the library's."""
    form = await form_of(request)
    of, name = word_in(form, "of"), form.get("name", "").strip()
    try:
        folders = PlanFolders.called(context.settings, name)
    except NotFound:
        return _list(request, context, planner, "name", name)
    if folders.plan.parent.exists():
        return _list(request, context, planner, "taken", name)
    write_text(folders, _text_of(context, of))
    return RedirectResponse(f"{PREFIX}/scenarios/{name}", status_code=303)


def _text_of(context: Context, of: str) -> str:
    """Text a copy begins with: that of one here, or one that extends the library's."""
    kind, _, name = of.partition(":")
    if kind == "library" and name in library_names():
        return f'extends = "{name}"\npurpose = "{name}"\n'
    text = read_text(PlanFolders.to_solve(context.settings, name))
    if text is None:
        raise MalformedRequest("this instance was not built of a scenario")
    return text.text


@router.get("/scenarios/{name}")
async def edit_page(
    request: Request, context: ContextHere, planner: NationalHere, name: str
) -> Response:
    """Show a scenario as a form, and as the text it is."""
    folders = PlanFolders.to_solve(context.settings, name)
    text = read_text(folders)
    if text is None:
        raise NotFound("this instance was not built of a scenario")
    return _edit(request, context, planner, name, text.text, None)


@router.post("/scenarios/{name}")
async def edit(
    request: Request, context: ContextHere, planner: NationalHere, name: str
) -> Response:
    """Keep a scenario that holds; show where it does not."""
    folders = PlanFolders.to_solve(context.settings, name)
    before = read_text(folders)
    if before is None:
        raise NotFound("this instance was not built of a scenario")
    form = await form_of(request)
    text = form.get("text", "").replace("\r\n", "\n")
    try:
        if form.get("as") == "form":
            text = before.text
            text = with_fields(text, form)
        write_text(folders, text)
    except InputError as error:
        return _edit(request, context, planner, name, text, error, form)
    return RedirectResponse(f"{PREFIX}/scenarios/{name}?kept=1", status_code=303)


def _edit(
    request: Request, context: Context, planner: NationalHere, name: str, text: str,
    error: InputError | None, form: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    try:
        shown = shown_fields(text)
    except InputError as unread:
        error = error or unread
        shown = {field.name: "" for field in FIELDS}
    if form is not None and form.get("as") == "form":
        shown |= {name: value for name, value in form.items() if name in shown}
    return page(
        request, "scenario", status=422 if error else 200, planner=planner, text=text,
        scenario=shelved(context.settings, name), fields=FIELDS, shown=shown, error=error,
        wrong_field=_field_of(error), kept=request.query_params.get("kept") == "1",
    )  # fmt: skip


def _field_of(error: InputError | None) -> str:
    """Name the field a refusal speaks of: rules begin with their key."""
    said = error.rule.split(" ", 1)[0] if error else ""
    return said if said in {field.name for field in FIELDS} else ""
