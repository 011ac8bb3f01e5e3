"""A centre's keys over HTTP, for its own staff alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Path, Request
from psycopg import AsyncConnection
from starlette.responses import Response

from api.booking.endpoints import BookingId
from api.capacity.desk import MissingIfMatch
from api.capacity.store import Centre
from api.context import Context, ContextHere
from api.exchange import MOST_BYTES, answer, body_of, bytes_of, path_id
from api.keyring import problems
from api.keyring.documents import read_document
from api.keyring.forms import Keys, KeyVersion, NewSeal, ToSealAgain
from api.keyring.sealing_again import Departed
from api.keyring.service import Keyring
from api.openapi import Fragment, operation
from api.problems import MalformedRequest, NotFound, TryAgain, Unavailable
from api.protocol.documents import SIGNED_KEY, SignedKey
from api.protocol.key_file import KEY, KeyFile
from api.staff.access import BEARER, StaffHere
from api.staff.actor import Actor
from api.staff.endpoints import CentreCode, DoseRank, centre_of

_KEY_NAME = re.compile(r"[0-9a-f]{32}")
KeyName = Annotated[str, Path(json_schema_extra={"pattern": f"^{_KEY_NAME.pattern}$"})]

router = APIRouter(prefix="/api/centres/{centre}", tags=["keys"], dependencies=[BEARER])

STRUCTS = (Keys, KeyVersion, NewSeal, ToSealAgain)
"""Bodies of this room, for the OpenAPI document."""

IF_MATCH: Fragment = {
    "name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"},
    "description": "version of the key file that the new one was made from; 0 for the first",
}  # fmt: skip
ANYWAY: Fragment = {
    "name": "anyway", "in": "query", "required": False,
    "schema": {"type": "string", "enum": ["true", "false"], "default": "false"},
}  # fmt: skip
_VERSION = re.compile(r'"?(\d{1,9})"?')
_ALWAYS = (NotFound, Unavailable)
_CHANGES = (*_ALWAYS, MalformedRequest, TryAgain)


def _document(described: Fragment, form: str) -> Fragment:
    """Say which document of the protocol the body is."""
    schema = {"type": "object", "required": ["format"], "properties": {"format": {"const": form}}}
    described["openapi_extra"]["requestBody"] = {
        "required": True,
        "description": f"document `{form}` (docs/protocol.md)",
        "content": {"application/json": {"schema": schema}},
    }
    return described


@router.get("/keys", **operation(status=200, gives=Keys, problems=_ALWAYS))
async def read(context: ContextHere, actor: StaffHere, centre: CentreCode) -> Response:
    """Read the keys of the centre: public ones with their signature, private ones wrapped."""
    async with _at_home(context, actor, centre) as (connection, place):
        return answer(await Keyring(connection, actor, place, context.clock()).every_key())


@router.put(
    "/keys/{key_id}/file",
    **_document(
        operation(
            status=200, gives=KeyVersion, parameters=(IF_MATCH,),
            problems=(
                *_CHANGES, MissingIfMatch, problems.NoAuthority, problems.KeyChanged,
                problems.KeyDestroyed,
            ),
        ),
        KEY,
    ),
)  # fmt: skip
async def keep(
    request: Request, context: ContextHere, actor: StaffHere, centre: CentreCode, key_id: KeyName
) -> Response:
    """Keep a private key, wrapped for each of its holders; one holder more is another version."""
    expected = _expected(request)
    file = read_document(await bytes_of(request, MOST_BYTES), KeyFile.from_json)
    async with _at_home(context, actor, centre) as (connection, place):
        keyring = Keyring(connection, actor, place, context.clock())
        return answer(await keyring.keep(key_id, file, expected))


@router.put(
    "/keys/{key_id}/signed",
    **_document(
        operation(
            status=200, gives=KeyVersion,
            problems=(
                *_CHANGES, problems.NoAuthority, problems.NotVouchedFor, problems.KeyDestroyed,
            ),
        ),
        SIGNED_KEY,
    ),
)  # fmt: skip
async def show(
    request: Request, context: ContextHere, actor: StaffHere, centre: CentreCode, key_id: KeyName
) -> Response:
    """Show everybody a public key that the campaign's authority signed."""
    signed = read_document(await bytes_of(request, MOST_BYTES), SignedKey.from_json)
    async with _at_home(context, actor, centre) as (connection, place):
        keyring = Keyring(connection, actor, place, context.clock())
        return answer(await keyring.show(key_id, signed))


@router.delete(
    "/keys/{key_id}",
    **operation(status=204, parameters=(ANYWAY,), problems=(*_CHANGES, problems.KeyInUse)),
)
async def destroy(
    request: Request, context: ContextHere, actor: StaffHere, centre: CentreCode, key_id: KeyName
) -> Response:
    """Destroy a key: what was sealed to it cannot be read any more.

    An older backup still has the wrapped key: its kit must be destroyed, its passphrase forgotten.
    """
    if _KEY_NAME.fullmatch(key_id) is None:
        raise NotFound
    anyway = request.query_params.get("anyway", "false")
    if anyway not in {"true", "false"}:
        raise MalformedRequest("anyway: true or false")
    async with _at_home(context, actor, centre) as (connection, place):
        keyring = Keyring(connection, actor, place, context.clock())
        await keyring.destroy(key_id, anyway=anyway == "true")
    return Response(status_code=204)


@router.get("/to-seal-again", **operation(status=200, gives=ToSealAgain, problems=_ALWAYS))
async def waiting(context: ContextHere, actor: StaffHere, centre: CentreCode) -> Response:
    """Read the doses that left this centre, and are sealed to its key still."""
    async with _at_home(context, actor, centre) as (connection, place):
        return answer(await Departed(connection, actor, place, context.clock()).waiting())


@router.put(
    "/to-seal-again/{booking}/{dose_rank}",
    **operation(status=204, takes=NewSeal, problems=(*_CHANGES, problems.WrongKey)),
)
async def seal_again(
    request: Request, context: ContextHere, actor: StaffHere, centre: CentreCode,
    booking: BookingId, dose_rank: DoseRank,
) -> Response:  # fmt: skip
    """Seal one of them to the key of the centre it is at now."""
    booking_id, seal = path_id(booking), await body_of(request, NewSeal)
    async with _at_home(context, actor, centre) as (connection, place):
        if dose_rank not in {"1", "2"}:
            raise NotFound
        departed = Departed(connection, actor, place, context.clock())
        await departed.seal(booking_id, int(dose_rank), seal)
    return Response(status_code=204)


@asynccontextmanager
async def _at_home(
    context: Context, actor: Actor, code: str
) -> AsyncIterator[tuple[AsyncConnection, Centre]]:
    """Open a centre to its own staff, and to nobody else."""
    async with context.hot.connection() as connection:
        place = await centre_of(connection, code)
        if not actor.works_at(place):
            raise NotFound
        yield connection, place


def _expected(request: Request) -> int:
    """Read If-Match: a version, with or without the quotes of an ETag."""
    if_match = request.headers.get("If-Match")
    if if_match is None:
        raise MissingIfMatch
    found = _VERSION.fullmatch(if_match.strip())
    if found is None:
        raise problems.KeyChanged
    return int(found[1])
