"""Whether a process lives, and whether it can do its work."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from fastapi import APIRouter
from psycopg import Error
from starlette.responses import Response

from api.context import Context, ContextHere
from api.database.migrate import newest
from api.exchange import answer
from api.feeds.documents import PublisherFile
from api.feeds.names import PUBLISHER
from api.openapi import operation

DATABASE_S = 1.0
FRESH_S = 5.0
"""Files are written every second; when they are older than this, the publisher is gone."""

router = APIRouter(tags=["operation"])


class Health(msgspec.Struct, frozen=True):
    """The process lives."""

    status: Literal["ok"] = "ok"


class Readiness(msgspec.Struct, frozen=True):
    """Whether the process can do its work, and what keeps it from it.

    files_age_s
        Since when the public files may not be true any more; null when there are none.
    """

    ready: bool
    database: Literal["ok", "unreachable"]
    schema: Literal["ok", "old", "unknown"]
    files: Literal["ok", "old", "missing"]
    files_age_s: float | None


STRUCTS = (Health, Readiness)
"""Bodies of this room, for the OpenAPI document."""


@router.get("/health", **operation(status=200, gives=Health))
async def health() -> Response:
    """Tell that the process lives; nothing else is looked at."""
    return answer(Health())


@router.get(
    "/ready", **operation(status=200, gives=Readiness, others={503: "something is missing"})
)
async def ready(context: ContextHere) -> Response:
    """Tell whether the database answers with the newest schema, and the files are fresh."""
    found = await look(context)
    return answer(found, status=200 if found.ready else 503)


async def look(context: Context) -> Readiness:
    """Look at everything the process needs."""
    schema: Literal["ok", "old", "unknown"] = "unknown"
    database: Literal["ok", "unreachable"] = "ok"
    try:
        schema = "ok" if await _schema_of(context) == newest_schema() else "old"
    except (Error, TimeoutError):
        database = "unreachable"
    age = files_age_s(context.settings.public_folder, context.clock())
    files: Literal["ok", "old", "missing"] = "ok"
    if age is None:
        files = "missing"
    elif age > FRESH_S:
        files = "old"
    is_ready = (database, schema, files) == ("ok", "ok", "ok")
    return Readiness(is_ready, database, schema, files, age)


async def _schema_of(context: Context) -> str | None:
    async with asyncio.timeout(DATABASE_S), context.hot.connection() as connection:
        found = await connection.execute("SELECT version_num FROM alembic_version")
        row = await found.fetchone()
    return row[0] if row else None


@cache
def newest_schema() -> str:
    """Newest migration; it cannot change while the process lives."""
    return newest()


def files_age_s(public_folder: Path, now: datetime) -> float | None:
    """Seconds since the public files were last known to be true; None when there are none."""
    try:
        said = msgspec.json.decode((public_folder / PUBLISHER).read_bytes(), type=PublisherFile)
    except (OSError, msgspec.DecodeError):
        return None
    return max(0.0, (now - said.checked_at).total_seconds())
