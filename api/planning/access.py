"""What this room asks of whoever orders a publication; the staff room answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol
from uuid import UUID

from fastapi import Depends, Request
from psycopg import AsyncConnection


class Planner(Protocol):
    """Somebody of the staff, who may or may not publish plans."""

    @property
    def publishes_plans(self) -> bool:
        """Whether they may publish a plan for the whole campaign."""
        ...

    async def record(
        self, connection: AsyncConnection, action: str, subject: str, detail: dict[str, object]
    ) -> None:
        """Write an entry of the audit, in the transaction of the order."""
        ...


Enqueue = Callable[[UUID], Awaitable[None]]
"""Has a worker carry out an order; twice the same id makes one job."""


async def planner_of(request: Request) -> Planner:
    """Find who sent a request the way the application says (`app.state.actor_of`)."""
    find: Callable[[Request], Awaitable[Planner]] = request.app.state.actor_of
    return await find(request)


async def enqueue_of(request: Request) -> Enqueue:
    """Return the application's way to the worker (`app.state.enqueue_publication`)."""
    enqueue: Enqueue = request.app.state.enqueue_publication
    return enqueue


async def enqueue_solution_of(request: Request) -> Enqueue:
    """Return the application's way to the worker (`app.state.enqueue_solution`)."""
    enqueue: Enqueue = request.app.state.enqueue_solution
    return enqueue


PlannerHere = Annotated[Planner, Depends(planner_of)]
EnqueueHere = Annotated[Enqueue, Depends(enqueue_of)]
EnqueueSolutionHere = Annotated[Enqueue, Depends(enqueue_solution_of)]
