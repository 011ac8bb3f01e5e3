"""Reading requests and writing answers with msgspec: a fraction of what models cost."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from hashlib import blake2b, sha256
from typing import TypeVar
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.problems import MalformedRequest, MissingIdempotencyKey, NotFound

T = TypeVar("T")

MOST_BYTES = 65_536
"""No body of these operations is longer."""
SECRET = re.compile(r"[A-Za-z0-9_-]{43}=?")


async def body_of(request: Request, kind: type[T]) -> T:
    """Read a JSON body.

    Raises
    ------
    MalformedRequest
        Naming the place that is wrong, never the value.
    """
    return decoded(await bytes_of(request, MOST_BYTES), kind)


async def bytes_of(request: Request, most: int) -> bytes:
    """Read a body of a limited length, or raise MalformedRequest."""
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > most:
            raise MalformedRequest(f"the body is longer than {most} bytes")
    return bytes(parts)


def decoded(body: bytes, kind: type[T]) -> T:
    """Decode JSON as `body_of` does."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise _malformed(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise MalformedRequest("the body is not JSON") from None


def converted(cells: object, kind: type[T]) -> T:
    """Turn a table whose cells are text into what JSON would have given."""
    try:
        return msgspec.convert(cells, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _malformed(error) from None


def _malformed(error: msgspec.ValidationError) -> MalformedRequest:
    place = str(error).partition(" - at `$")[2].strip("`.") or "the body"
    return MalformedRequest(f"wrong or missing: {place}")


def idempotency_key(request: Request) -> UUID:
    """Read the Idempotency-Key header, a UUID with or without the quotes of its draft.

    Raises
    ------
    MissingIdempotencyKey
        When there is none.
    """
    try:
        return UUID(request.headers["Idempotency-Key"].strip('"'))
    except (KeyError, ValueError):
        raise MissingIdempotencyKey from None


def secret_hash(request: Request) -> bytes:
    """Digest of the Manage-Secret header: all the server ever keeps of it.

    Raises
    ------
    MalformedRequest
        When it is not 32 bytes in base64url; what it opens is not looked at before.
    """
    secret = request.headers.get("Manage-Secret", "")
    if not SECRET.fullmatch(secret):
        raise MalformedRequest("Manage-Secret: 32 bytes in base64url")
    return sha256(urlsafe_b64decode(secret[:43] + "=")).digest()


def path_id(text: str) -> UUID:
    """Read an id that stands in the address.

    Raises
    ------
    NotFound
        When it is none: nothing can be there.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def answer(
    content: msgspec.Struct, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with JSON that nobody keeps."""
    return Response(
        msgspec.json.encode(content),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def tagged_answer(request: Request, content: msgspec.Struct) -> Response:
    """Answer a read with JSON and its ETag, or with 304 where the caller has it already."""
    body = msgspec.json.encode(content)
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"Cache-Control": "private, no-cache", "ETag": etag}
    if _names(request.headers.get("If-None-Match", ""), etag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def _names(header: str, etag: str) -> bool:
    """Tell whether If-None-Match names the tag, strong or weak."""
    named = {part.strip().removeprefix("W/") for part in header.split(",")}
    return etag in named or "*" in named
