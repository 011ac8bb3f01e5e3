"""What this room asks of whoever stands behind a staff request; the staff room answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal, Protocol

from fastapi import Depends, Request
from psycopg import AsyncConnection

from api.capacity.store import Centre

Deed = Literal["read", "change"]


class Actor(Protocol):
    """Somebody of the staff, known by a token."""

    @property
    def name(self) -> str:
        """How records call them; not a person's name."""
        ...

    def may(self, deed: Deed, centre: Centre) -> bool:
        """Whether they may read or change the capacity of a centre."""
        ...

    async def record(
        self, connection: AsyncConnection, action: str, subject: str, detail: dict[str, object]
    ) -> None:
        """Write an entry of the audit, in the transaction of the change."""
        ...


ActorOf = Callable[[Request], Awaitable[Actor]]


async def actor_of(request: Request) -> Actor:
    """Find the actor of a request the way the application says (`app.state.actor_of`)."""
    find: ActorOf = request.app.state.actor_of
    return await find(request)


ActorHere = Annotated[Actor, Depends(actor_of)]
