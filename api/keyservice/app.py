"""The application: blind evaluation with proof, and the public keys it is checked against.

It logs nothing, keeps no point and no address, and knows of a caller only what a day's count needs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Lifespan

from api.keyservice.key_file import CampaignKey
from api.keyservice.limits import DailyCounts, neighbourhood
from api.keyservice.problems import (
    FORBIDDEN,
    MALFORMED,
    TOO_LARGE,
    TOO_MANY,
    UNKNOWN,
    answer_problem,
)
from api.protocol.encoding import to_base64url
from api.protocol.grant import verified_grant
from api.protocol.refusal import Refused
from api.protocol.ristretto import SUITE
from api.protocol.tag import Question, answer_to_json
from api.protocol.voprf import Evaluation, KeyPair, evaluate

MOST_BODY_BYTES = 64 * 1024
MOST_BATCH_POINTS = 256
"""Points in one request; the pages of a centre send as many requests as they need."""
MOST_INLINE_POINTS = 4
"""A larger batch is evaluated in a thread, so that it does not make others wait."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator decides.

    points_per_address, points_per_centre
        Evaluations a day; a centre shows its grant.
    behind_proxy
        Whether the caller's address is the last one in `X-Forwarded-For`.
    origins
        Where pages may come from that ask this service.
    """

    points_per_address: int = 300
    points_per_centre: int = 10_000
    behind_proxy: bool = False
    origins: tuple[str, ...] = ("*",)


@dataclass(frozen=True, slots=True)
class _Service:
    """State of the application, in its `state.service`."""

    keys: Mapping[str, tuple[CampaignKey, KeyPair]]
    rules: Rules
    counts: DailyCounts
    clock: Callable[[], datetime]


def create_app(
    keys: Sequence[CampaignKey],
    rules: Rules = Rules(),
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    lifespan: Lifespan[Starlette] | None = None,
) -> Starlette:
    """Build the application for some campaigns."""
    cors = Middleware(
        CORSMiddleware, allow_origins=list(rules.origins), allow_methods=["GET", "POST"],
        allow_headers=["authorization"], max_age=86_400,
    )  # fmt: skip
    app = Starlette(
        routes=[
            Route("/v1/keys/{campaign}", _public_key, methods=["GET"]),
            Route("/v1/evaluate", _evaluate, methods=["POST"]),
            Route("/health", _health, methods=["GET"]),
        ],
        middleware=[cors],
        exception_handlers={HTTPException: answer_problem},
        lifespan=lifespan,
    )
    pairs = {key.campaign: (key, key.pair) for key in keys}
    app.state.service = _Service(pairs, rules, DailyCounts(clock), clock)
    return app


async def _health(_: Request) -> Response:
    return JSONResponse({"ok": True}, headers={"Cache-Control": "no-store"})


async def _public_key(request: Request) -> Response:
    campaign = request.path_params["campaign"]
    _, pair = _key_of(request.app.state.service, campaign)
    members = {"campaign": campaign, "suite": SUITE.decode(),
               "public_key": to_base64url(pair.public)}  # fmt: skip
    return JSONResponse(members, headers={"Cache-Control": "max-age=300"})


async def _evaluate(request: Request) -> Response:
    service: _Service = request.app.state.service
    try:
        question = Question.from_json(await _body(request))
    except Refused as refusal:
        raise HTTPException(MALFORMED, str(refusal)) from None
    if not 1 <= len(question.points) <= MOST_BATCH_POINTS:
        raise HTTPException(MALFORMED, f"a request has 1 to {MOST_BATCH_POINTS} points")
    key, pair = _key_of(service, question.campaign)
    _count(request, service, key, len(question.points))
    try:
        answer = await _answer(pair, question.points)
    except Refused as refusal:
        raise HTTPException(MALFORMED, str(refusal)) from None
    return Response(answer_to_json(answer), media_type="application/json",
                    headers={"Cache-Control": "no-store"})  # fmt: skip


async def _answer(pair: KeyPair, points: Sequence[bytes]) -> Evaluation:
    if len(points) <= MOST_INLINE_POINTS:
        return evaluate(pair, points)
    return await asyncio.to_thread(evaluate, pair, points)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            raise HTTPException(TOO_LARGE)
    return bytes(body)


def _key_of(service: _Service, campaign: str) -> tuple[CampaignKey, KeyPair]:
    found = service.keys.get(campaign)
    if found is None:
        raise HTTPException(UNKNOWN)
    return found


def _count(request: Request, service: _Service, key: CampaignKey, points: int) -> None:
    """Count what is asked for against the centre's grant or the caller's address."""
    rules = service.rules
    who, most = f"address {_address(request, rules)}", rules.points_per_address
    if header := request.headers.get("authorization"):
        who, most = f"centre {_granted_centre(header, service, key)}", rules.points_per_centre
    if not service.counts.take(who, points, most):
        retry = {"Retry-After": str(service.counts.seconds_left())}
        raise HTTPException(TOO_MANY, headers=retry)


def _granted_centre(header: str, service: _Service, key: CampaignKey) -> str:
    scheme, _, token = header.partition(" ")
    today = service.clock().date()
    try:
        if scheme.lower() != "bearer" or not key.authority:
            raise Refused("no grant can be shown here")
        grant = verified_grant(token, key.authority, campaign=key.campaign, on=today)
    except Refused:
        raise HTTPException(FORBIDDEN) from None
    return f"{grant.campaign} {grant.centre}"


def _address(request: Request, rules: Rules) -> str:
    forwarded = request.headers.get("x-forwarded-for", "")
    if rules.behind_proxy and forwarded:
        return neighbourhood(forwarded.rpartition(",")[2].strip())
    return neighbourhood(request.client.host if request.client else "")
