"""One transaction for many operations, each of which succeeds or fails alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.booking.store.finding import bring
from api.booking.store.writing import write
from api.booking.wants import Operation, Steps, Wants
from api.booking.world import World
from api.database.hot import HotConnection
from api.problems import Problem


async def read(
    connection: HotConnection, world: World, operations: Sequence[Operation]
) -> list[Any]:
    """Run operations that change nothing; give the answer or the problem of each."""
    batch = _Batch(world, operations)
    while wants := batch.wants():
        await bring(connection, world, wants, locked=False)
        batch.go_on()
    return batch.outcomes


async def transact(
    connection: HotConnection, world: World, operations: Sequence[Operation]
) -> list[Any]:
    """Run operations in one transaction; give the answer or the problem of each, once committed.

    Homes are looked up before the transaction begins: they never change.

    Raises
    ------
    StatementError
        When the database refused a statement: nothing was done, for any of them; the pool, which
        takes the connection back, rolls back what was begun.
    ConnectionLostError
        When it is not known whether anything was done.
    """
    batch = _Batch(world, operations)
    while wants := batch.wants():
        await bring(connection, world, wants, locked=world.begun or wants.locks)
        batch.go_on()
    if world.begun:
        await write(connection, world)
    batch.finish()
    return batch.outcomes


class _Batch:
    """Operations under way in one transaction, advanced together in their order."""

    def __init__(self, world: World, operations: Sequence[Operation]) -> None:
        self.outcomes: list[Any] = [None] * len(operations)
        self._world = world
        self._operations = operations
        self._asked: dict[int, Wants] = {}
        self._to_finish: list[int] = []
        self._steps: list[Steps] = [operation.start(world) for operation in operations]
        for index in range(len(operations)):
            self._advance(index)

    def wants(self) -> Wants | None:
        """Give what the operations ask for together; None when all have decided."""
        if not self._asked:
            return None
        together = Wants()
        for wants in self._asked.values():
            together.add(wants)
        return together

    def go_on(self) -> None:
        """Let those go on that asked for something, now that it is there."""
        asked, self._asked = self._asked, {}
        for index in asked:
            self._advance(index)

    def finish(self) -> None:
        """Let those answer that waited for the commit."""
        to_finish, self._to_finish = self._to_finish, []
        for index in to_finish:
            self._advance(index)

    def _advance(self, index: int) -> None:
        try:
            asked = next(self._steps[index])
        except StopIteration as done:
            self.outcomes[index] = done.value
        except Problem as problem:
            self.outcomes[index] = problem
            self._world.undo(self._operations[index].booking_id)
        else:
            if isinstance(asked, Wants):
                self._asked[index] = asked
            else:
                self._to_finish.append(index)
