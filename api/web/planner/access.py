"""Who sees the planner's pages: planners, signed on in any way the application knows."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from allocator.errors import InputError
from api.context import context_here
from api.problems import NotFound, Problem
from api.staff.access import actor_of
from api.staff.actor import Actor
from api.staff.signon.desk import desk_of
from api.staff.token_sessions import actor_in_session
from api.web.planner.rendering import PREFIX, error_page

SIGN_IN = f"{PREFIX}/connexion"
_COOKIE = "creneau-planner"


class NotSignedInError(Exception):
    """Nobody is behind a request; the page of sign-on comes first."""


def cookie_name(request: Request) -> str:
    """Name of the cookie of a session that a token opened."""
    # Browsers take `__Host-` from this very host and by https only: no neighbour can set it.
    return f"__Host-{_COOKIE}" if desk_of(request).cookies.secure else _COOKIE


async def planner_of(request: Request) -> Actor:
    """Find the planner behind a request; a change must come from a page of ours.

    Raises
    ------
    NotSignedInError
        When nobody is.
    NotFound
        When somebody is who is no planner.
    """
    desk_of(request).cookies.check_origin(request)
    actor = await _actor_in(request)
    if actor is None:
        raise NotSignedInError
    if actor.grant.role != "planner":
        raise NotFound("only planners have pages here")
    return actor


async def _actor_in(request: Request) -> Actor | None:
    try:
        return await actor_of(request)
    except NotFound:
        secret = request.cookies.get(cookie_name(request))
    if not secret:
        return None
    context = context_here(request)
    async with context.hot.connection() as connection:
        return await actor_in_session(connection, secret, context.clock)


async def national_planner_of(request: Request) -> Actor:
    """Find a planner who plans for the whole campaign."""
    planner = await planner_of(request)
    if not planner.publishes_plans:
        raise NotFound("only a planner for the whole campaign sees this page")
    return planner


PlannerHere = Annotated[Actor, Depends(planner_of)]
NationalHere = Annotated[Actor, Depends(national_planner_of)]


class PageRoute(APIRoute):
    """A route whose refusals are pages, not problem documents: a person reads them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler."""
        handle = super().get_route_handler()

        async def handle_page(request: Request) -> Response:
            try:
                return await handle(request)
            except NotSignedInError:
                return RedirectResponse(SIGN_IN, status_code=303)
            except Problem as problem:
                return error_page(request, problem.status, str(problem))
            except InputError as error:
                return error_page(request, 422, str(error))

        return handle_page
