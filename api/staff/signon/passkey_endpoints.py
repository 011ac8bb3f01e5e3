"""Making a passkey, signing on by one, removing one."""

from __future__ import annotations

from secrets import token_bytes
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.booking.problems import Unavailable
from api.context import ContextHere
from api.exchange import answer, body_of, path_id
from api.openapi import operation
from api.problems import MalformedRequest, NotFound
from api.staff.signon import attempts, forms
from api.staff.signon.desk import (
    BY_COOKIE,
    ORIGIN,
    PREFIX,
    DeskHere,
    SessionHere,
    SignOnDesk,
    tell_refusal,
)
from api.staff.signon.passkey import Passkey
from api.staff.signon.passkeys import credential_id, packed, unpacked
from api.staff.signon.people import rules_of
from api.staff.signon.problems import ForeignOrigin, SignOnRefused
from api.staff.signon.sessions import open_session
from api.staff.signon.store import passkeys as store

router = APIRouter(tags=["sign-on"])
PasskeyId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]
CHALLENGE_BYTES = 32
_SESSION = (NotFound, ForeignOrigin, Unavailable)


def shown(passkey: Passkey) -> forms.PasskeyShown:
    """Show a passkey to whom it belongs."""
    return forms.PasskeyShown(passkey.passkey_id, passkey.label, passkey.made_at, passkey.used_at)


@router.post(
    "/api/staff/passkeys/options",
    dependencies=[BY_COOKIE],
    **operation(
        status=200,
        gives=forms.CeremonyOptions,
        parameters=(ORIGIN,),
        problems=(*_SESSION, SignOnRefused),
    ),
)
async def begin_making(context: ContextHere, desk: DeskHere, session: SessionHere) -> Response:
    """Ask for a passkey of whoever signed on by a provider: a passkey makes no other."""
    if session.way != "provider":
        raise SignOnRefused("a passkey is made in a session that a provider opened")
    _check_works(desk)
    challenge = token_bytes(CHALLENGE_BYTES)
    content = {"challenge": packed(challenge), "session": str(session.session_id)}
    async with context.hot.connection() as connection:
        known = await store.read_of(connection, session.person_id)
        secret = await attempts.begin(connection, "register", content, context.clock())
    options = desk.party.registration(session.person_id, str(session.grant), known, challenge)
    response = answer(forms.CeremonyOptions(options))
    desk.cookies.keep_attempt(response, secret)
    return response


@router.post(
    "/api/staff/passkeys",
    dependencies=[BY_COOKIE],
    **operation(
        status=201,
        parameters=(ORIGIN,),
        takes=forms.NewPasskey,
        gives=forms.PasskeyShown,
        problems=(*_SESSION, MalformedRequest, SignOnRefused),
    ),
)
async def make(
    request: Request, context: ContextHere, desk: DeskHere, session: SessionHere
) -> Response:
    """Keep a new passkey."""
    wanted, now = await body_of(request, forms.NewPasskey), context.clock()
    async with context.hot.connection() as connection:
        secret = request.cookies.get(desk.cookies.attempt)
        begun = await attempts.take(connection, "register", secret, now)
        if begun is None or begun["session"] != str(session.session_id):
            raise SignOnRefused
        passkey = desk.party.made(
            wanted.credential, unpacked(begun["challenge"]), session.person_id, wanted.label, now
        )
        async with connection.transaction():
            if not await store.insert(connection, passkey):
                raise SignOnRefused
            actor = session.actor(context.clock)
            await actor.record(connection, "passkey.make", str(passkey.passkey_id), {})
    response = answer(shown(passkey), status=201)
    desk.cookies.drop(response, desk.cookies.attempt)
    return response


@router.delete(
    "/api/staff/passkeys/{passkey}",
    dependencies=[BY_COOKIE],
    **operation(status=204, parameters=(ORIGIN,), problems=_SESSION),
)
async def remove(context: ContextHere, session: SessionHere, passkey: PasskeyId) -> Response:
    """Forget one of one's passkeys."""
    passkey_id = path_id(passkey)
    async with context.hot.connection() as connection, connection.transaction():
        if not await store.remove(connection, passkey_id, session.person_id):
            raise NotFound
        actor = session.actor(context.clock)
        await actor.record(connection, "passkey.remove", str(passkey_id), {})
    return Response(status_code=204)


@router.post(
    PREFIX + "/passkey/options",
    **operation(
        status=200,
        gives=forms.CeremonyOptions,
        parameters=(ORIGIN,),
        problems=(NotFound, ForeignOrigin, Unavailable),
    ),
)
async def begin_sign_on(request: Request, context: ContextHere, desk: DeskHere) -> Response:
    """Ask for a signature by any passkey of this installation."""
    desk.cookies.check_origin(request)
    _check_works(desk)
    challenge = token_bytes(CHALLENGE_BYTES)
    content = {"challenge": packed(challenge)}
    async with context.hot.connection() as connection:
        secret = await attempts.begin(connection, "passkey", content, context.clock())
    response = answer(forms.CeremonyOptions(desk.party.authentication(challenge)))
    desk.cookies.keep_attempt(response, secret)
    return response


@router.post(
    PREFIX + "/passkey",
    **operation(
        status=204,
        parameters=(ORIGIN,),
        takes=forms.PasskeyAnswer,
        problems=(NotFound, MalformedRequest, ForeignOrigin, SignOnRefused, Unavailable),
    ),
)
async def sign_on(request: Request, context: ContextHere, desk: DeskHere) -> Response:
    """Open a session by a passkey, with what the provider last said of its person."""
    desk.cookies.check_origin(request)
    _check_works(desk)
    said, now = (await body_of(request, forms.PasskeyAnswer)).credential, context.clock()
    async with context.hot.connection() as connection:
        secret = request.cookies.get(desk.cookies.attempt)
        begun = await attempts.take(connection, "passkey", secret, now)
        passkey = await store.find(connection, credential_id(said))
        if begun is None or passkey is None:
            tell_refusal("passkey", "", "no sign-on under way, or an unknown passkey")
            raise SignOnRefused
        count = desk.party.signed(said, unpacked(begun["challenge"]), passkey)
        rules = await rules_of(connection, passkey.person_id, now, desk.confirmed)
        rules = [rule for rule in rules if rule.provider in desk.providers]
        async with connection.transaction():
            if not rules or not await store.use(connection, passkey, count, now):
                tell_refusal("passkey", "", "no rule, or a copied authenticator")
                raise SignOnRefused
            _, opened = await open_session(
                connection, passkey.person_id, rules[0], "passkey", desk.terms, now
            )
    response = Response(status_code=204, headers={"Cache-Control": "no-store"})
    desk.cookies.keep_session(response, opened)
    desk.cookies.drop(response, desk.cookies.attempt)
    return response


def _check_works(desk: SignOnDesk) -> None:
    """Raise NotFound where nobody can have a passkey."""
    if not (desk.party.works and desk.providers):
        raise NotFound
