"""Signing on by a provider, the session that follows, and leaving."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from api.booking.problems import Unavailable
from api.context import ContextHere
from api.exchange import answer, body_of
from api.openapi import Fragment, operation
from api.problems import MalformedRequest, NotFound
from api.staff.signon import attempts, forms, passkey_endpoints
from api.staff.signon.desk import BY_COOKIE, ORIGIN, PREFIX, DeskHere, SessionHere, tell_refusal
from api.staff.signon.oidc import Claims, Provider
from api.staff.signon.people import let_nobody_in, person_of, rules_of
from api.staff.signon.problems import ForeignOrigin, ProviderUnreachable, SignOnRefused
from api.staff.signon.rules import rules_for
from api.staff.signon.sessions import change_rule, close_session, open_session
from api.staff.signon.store import passkeys as passkey_store

router = APIRouter(tags=["sign-on"])
ProviderName = Annotated[str, Path()]

STRUCTS = (
    forms.SignOnWays, forms.SessionShown, forms.RuleChoice, forms.CeremonyOptions,
    forms.NewPasskey, forms.PasskeyAnswer, forms.PasskeyShown,
)  # fmt: skip
"""Bodies of this room, for the OpenAPI document."""

PAGE = re.compile(r"[a-z][a-z-]{0,31}")
PAGE_PARAMETER: Fragment = {
    "name": "page", "in": "query", "required": False,
    "schema": {"type": "string", "pattern": "^[a-z][a-z-]{0,31}$", "default": "centre"},
    "description": "page of this installation that is shown afterwards",
}  # fmt: skip


@router.get(PREFIX, **operation(status=200, gives=forms.SignOnWays))
async def ways(desk: DeskHere) -> Response:
    """Tell how the staff signs on here."""
    configs = [provider.config for provider in desk.providers.values()]
    shown = [forms.ProviderShown(config.name, config.title) for config in configs]
    return answer(forms.SignOnWays(shown, desk.party.works and bool(shown)))


@router.get(
    PREFIX + "/{provider}",
    **operation(
        status=303,
        parameters=(PAGE_PARAMETER,),
        problems=(NotFound, MalformedRequest, ProviderUnreachable, Unavailable),
    ),
)
async def depart(
    request: Request, context: ContextHere, desk: DeskHere, provider: ProviderName
) -> Response:
    """Send somebody to a provider."""
    page = request.query_params.get("page", "centre")
    if not PAGE.fullmatch(page):
        raise MalformedRequest("page: the name of a page")
    departure = await desk.provider(provider).departure()
    content = {**departure.flow, "provider": provider, "page": page}
    async with context.hot.connection() as connection:
        secret = await attempts.begin(connection, "provider", content, context.clock())
    response = _seen(departure.url)
    desk.cookies.keep_attempt(response, secret)
    return response


@router.get(
    PREFIX + "/{provider}/return",
    **operation(
        status=303, problems=(NotFound, SignOnRefused, ProviderUnreachable, Unavailable)
    ),
)  # fmt: skip
async def come_back(
    request: Request, context: ContextHere, desk: DeskHere, provider: ProviderName
) -> Response:
    """Take whoever comes back from a provider, if a rule lets them in."""
    known, now = desk.provider(provider), context.clock()
    async with context.hot.connection() as connection:
        secret = request.cookies.get(desk.cookies.attempt)
        flow = await attempts.take(connection, "provider", secret, now)
    if flow is None or flow["provider"] != provider:
        tell_refusal("provider", provider, "no sign-on under way")
        raise SignOnRefused
    claims = await _claims(known, flow, request)
    subject = str(claims["sub"])
    async with context.hot.connection() as connection:
        rules = await rules_for(connection, provider, claims, now)
        if not rules:
            await let_nobody_in(connection, known.config.issuer, subject)
            tell_refusal("provider", provider, "no rule")
            raise SignOnRefused
        person = await person_of(connection, known.config.issuer, subject, rules, now)
        _, opened = await open_session(connection, person, rules[0], "provider", desk.terms, now)
    response = _seen(f"{desk.cookies.public_url}/{flow['page']}")
    desk.cookies.keep_session(response, opened)
    desk.cookies.drop(response, desk.cookies.attempt)
    return response


@router.get(
    "/api/staff/session",
    dependencies=[BY_COOKIE],
    **operation(status=200, gives=forms.SessionShown, problems=(NotFound, Unavailable)),
)
async def read_session(context: ContextHere, desk: DeskHere, session: SessionHere) -> Response:
    """Tell somebody about their session."""
    async with context.hot.connection() as connection:
        rules = await rules_of(connection, session.person_id, context.clock(), desk.confirmed)
        kept = await passkey_store.read_of(connection, session.person_id)
    idle_s = int(desk.terms.idle.total_seconds())
    shown = [passkey_endpoints.shown(passkey) for passkey in kept]
    return answer(forms.SessionShown.of(session, idle_s, rules, shown))


@router.put(
    "/api/staff/session",
    dependencies=[BY_COOKIE],
    **operation(
        status=204,
        parameters=(ORIGIN,),
        takes=forms.RuleChoice,
        problems=(NotFound, MalformedRequest, ForeignOrigin, Unavailable),
    ),
)
async def choose(
    request: Request, context: ContextHere, desk: DeskHere, session: SessionHere
) -> Response:
    """Take another of one's grants."""
    wanted = await body_of(request, forms.RuleChoice)
    now = context.clock()
    async with context.hot.connection() as connection:
        held = await rules_of(connection, session.person_id, now, desk.confirmed)
        chosen = [rule for rule in held if rule.rule_id == wanted.rule]
        if not chosen:
            raise NotFound
        await change_rule(connection, session, chosen[0], now)
    return Response(status_code=204)


@router.delete(
    "/api/staff/session",
    dependencies=[BY_COOKIE],
    **operation(status=204, parameters=(ORIGIN,), problems=(NotFound, ForeignOrigin, Unavailable)),
)
async def leave(context: ContextHere, desk: DeskHere, session: SessionHere) -> Response:
    """Sign out."""
    async with context.hot.connection() as connection:
        await close_session(connection, session, context.clock())
    response = Response(status_code=204, headers={"Clear-Site-Data": '"cache"'})
    desk.cookies.drop(response, desk.cookies.session)
    return response


async def _claims(provider: Provider, flow: dict[str, str], request: Request) -> Claims:
    try:
        return await provider.claims(flow, dict(request.query_params))
    except (SignOnRefused, ProviderUnreachable) as problem:
        reason = type(problem.__cause__ or problem).__name__
        tell_refusal("provider", provider.config.name, reason)
        raise


def _seen(url: str) -> Response:
    return RedirectResponse(url, status_code=303, headers={"Cache-Control": "no-store"})
