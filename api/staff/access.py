"""From a request to whoever of the staff is behind it.

Whoever is not let in gets the answer of an address that is not there, so that nothing can be
probed: without a token, with an old one, with one of another place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Protocol

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

from api.context import context_here
from api.problems import NotFound
from api.staff.actor import Actor
from api.staff.tokens import actor_with

BEARER = Depends(HTTPBearer(scheme_name="staff", auto_error=False))
"""Says in the OpenAPI document that a router is for the staff."""


class SignOn(Protocol):
    """A way to sign on: tokens are one, an identity provider (OIDC) can be another."""

    async def __call__(self, request: Request) -> Actor | None:
        """Give whoever sent a request; None when they are not known in this way."""


async def bearer_token(request: Request) -> Actor | None:
    """Sign on with `Authorization: Bearer <token>`."""
    scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
    if scheme.lower() != "bearer" or not token:
        return None
    context = context_here(request)
    async with context.hot.connection() as connection:
        return await actor_with(connection, token, context.clock)


async def actor_of(request: Request) -> Actor:
    """Find the actor of a request, in one of the ways of `app.state.sign_ons`.

    Raises
    ------
    NotFound
        When nobody of the staff sent it.
    """
    ways: Sequence[SignOn] = request.app.state.sign_ons
    for sign_on in ways:
        if (actor := await sign_on(request)) is not None:
            return actor
    raise NotFound


StaffHere = Annotated[Actor, Depends(actor_of)]
