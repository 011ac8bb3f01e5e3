"""Staff access from the command line: one connection, and what a user may have mistyped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import psycopg

from allocator.errors import InputError
from api.database.address import ready_database
from api.settings import Settings
from api.staff.chain import Head, Verdict, verify
from api.staff.grants import ROLES, Grant
from api.staff.store.audit import read_all

T = TypeVar("T")


def at_work(settings: Settings, work: Callable[[psycopg.AsyncConnection], Awaitable[T]]) -> T:
    """Do something with a connection in autocommit.

    Raises
    ------
    InputError
        When there is no database of the newest schema.
    """

    async def connected(url: str) -> T:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            return await work(connection)

    with ready_database(settings) as url:
        return asyncio.run(connected(url))


def follow_audit(settings: Settings, witness: Head | None) -> Verdict:
    """Verify the chain of a database."""
    with ready_database(settings) as url, psycopg.connect(url, autocommit=True) as connection:
        return verify(read_all(connection), witness)


def grant_of(role: str, scope: str) -> Grant:
    """Read a role and its scope.

    Raises
    ------
    InputError
        When the role is none, or has no such scope.
    """
    known = {name: name for name in ROLES}
    if role not in known:
        raise InputError("--role", f"is one of {', '.join(ROLES)}, not {role}")
    try:
        return Grant(known[role], scope)
    except ValueError as error:
        raise InputError("--scope", str(error)) from None


def head_of(text: str) -> Head:
    """Read an entry as `audit verify` prints it.

    Raises
    ------
    InputError
        When it is not a number, a colon and a digest.
    """
    number, _, digest = text.partition(":")
    try:
        return Head(int(number), bytes.fromhex(digest))
    except ValueError:
        raise InputError("--witness", f"is NUMBER:DIGEST, not {text}") from None
