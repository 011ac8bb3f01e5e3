"""The desk of sign-on of one application: its providers, its cookies, its terms."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import structlog
from fastapi import Depends, Request
from fastapi.security import APIKeyCookie

from api.context import ContextHere, context_here
from api.openapi import Fragment
from api.problems import NotFound
from api.settings import Settings
from api.staff.actor import Actor
from api.staff.signon.cookies import Cookies
from api.staff.signon.oidc import Provider
from api.staff.signon.passkeys import RelyingParty
from api.staff.signon.session import Session
from api.staff.signon.sessions import Terms, session_with

log = structlog.get_logger()
PREFIX = "/api/staff/sign-on"
BY_COOKIE = Depends(APIKeyCookie(name="__Host-creneau-session", scheme_name="session",
                                 auto_error=False))  # fmt: skip
"""Says in the OpenAPI document that an operation is for whoever signed on."""
ORIGIN: Fragment = {
    "name": "Origin", "in": "header", "required": True, "schema": {"type": "string"},
    "description": "of this installation: browsers send it",
}  # fmt: skip


class SignOnDesk:
    """What every sign-on of this application shares."""

    def __init__(self, settings: Settings) -> None:
        public_url = settings.public_url.rstrip("/")
        self.cookies = Cookies(public_url)
        self.terms = Terms.of(settings)
        self.confirmed = timedelta(days=settings.passkey_days)
        self.party = RelyingParty(self.cookies.host, self.cookies.origin)
        self.providers = {
            config.name: Provider(config, f"{public_url}{PREFIX}/{config.name}/return")
            for config in settings.identity_providers
        }

    def provider(self, name: str) -> Provider:
        """Find a provider, or raise NotFound."""
        if name not in self.providers:
            raise NotFound
        return self.providers[name]


def desk_of(request: Request) -> SignOnDesk:
    """Desk of the application that answers a request."""
    desk = request.app.state.sign_on
    assert isinstance(desk, SignOnDesk)
    return desk


DeskHere = Annotated[SignOnDesk, Depends(desk_of)]


async def session_in(request: Request) -> Session | None:
    """Find the session whose cookie a request brings; None when it brings none that opens.

    Raises
    ------
    ForeignOrigin
        When a change comes with a cookie, but from another site's page.
    """
    desk = desk_of(request)
    secret = request.cookies.get(desk.cookies.session)
    if not secret:
        return None
    desk.cookies.check_origin(request)
    context = context_here(request)
    async with context.hot.connection() as connection:
        return await session_with(connection, secret, desk.terms, context.clock())


async def session_cookie(request: Request) -> Actor | None:
    """Sign on with the cookie of a session: a way of `app.state.sign_ons`."""
    session = await session_in(request)
    return None if session is None else session.actor(context_here(request).clock)


async def session_of(request: Request, _context: ContextHere) -> Session:
    """Find the session of a request.

    Raises
    ------
    NotFound
        When there is none.
    """
    session = await session_in(request)
    if session is None:
        raise NotFound
    return session


SessionHere = Annotated[Session, Depends(session_of)]


def tell_refusal(way: str, name: str, reason: str) -> None:
    """Log that somebody was not let in, without who."""
    log.warning("sign_on_refused", way=way, provider=name, reason=reason)
