"""Signing on to the planner's pages: by identity provider, or with a token."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.context import ContextHere
from api.staff.signon.desk import PREFIX as PROVIDERS
from api.staff.signon.desk import desk_of
from api.staff.token_sessions import close_token_session, open_token_session
from api.web.planner.access import SIGN_IN, PageRoute, cookie_name
from api.web.planner.exchange import form_of
from api.web.planner.rendering import PREFIX, page

router = APIRouter(prefix=PREFIX, route_class=PageRoute, include_in_schema=False)


@router.get("/connexion")
async def sign_in_page(request: Request) -> Response:
    """Show the ways to sign on."""
    return _page(request, wrong=False)


@router.post("/connexion")
async def sign_in(request: Request, context: ContextHere) -> Response:
    """Exchange a token for a session; the token itself is kept nowhere."""
    desk_of(request).cookies.check_origin(request)
    token = (await form_of(request)).get("token", "").strip()
    async with context.hot.connection() as connection:
        secret = await open_token_session(connection, token, context.clock)
    if secret is None:
        return _page(request, wrong=True)
    response = RedirectResponse(f"{PREFIX}/scenarios", status_code=303)
    response.set_cookie(
        cookie_name(request), secret, path="/", httponly=True, samesite="strict",
        secure=desk_of(request).cookies.secure,
    )  # fmt: skip
    return response


@router.post("/deconnexion")
async def sign_out(request: Request, context: ContextHere) -> Response:
    """Close the session that a token opened."""
    desk_of(request).cookies.check_origin(request)
    name = cookie_name(request)
    if secret := request.cookies.get(name):
        async with context.hot.connection() as connection:
            await close_token_session(connection, secret, context.clock)
    response = RedirectResponse(SIGN_IN, status_code=303)
    response.delete_cookie(name, path="/")
    return response


def _page(request: Request, *, wrong: bool) -> Response:
    providers = [
        (provider.config.title, f"{PROVIDERS}/{quote(name)}")
        for name, provider in desk_of(request).providers.items()
    ]
    return page(
        request, "sign_in", status=422 if wrong else 200, wrong=wrong, providers=providers,
        planner=None,
    )  # fmt: skip
