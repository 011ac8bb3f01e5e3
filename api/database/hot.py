"""The hot path's connection: many statements in one round trip, with little work for each.

psycopg's own pipeline costs some 40 µs of Python a statement; here it is a tenth of that, and
locking one centre a statement makes many of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from psycopg import AsyncConnection, OperationalError
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.rows import AsyncRowFactory, TupleRow, tuple_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

T = TypeVar("T")

TRIES = 3
TRIP_S = 10.0
"""A round trip that takes longer has lost its server (every wait for a lock ends sooner)."""

Row: TypeAlias = tuple[Any, ...]
Value: TypeAlias = bytes | None
"""A parameter in PostgreSQL's text form."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement prepared once a connection.

    name
        Its name; one name always stands for one text.
    sql
        Its text; parameters are `$1`, `$2`...
    columns
        How each column of its rows is read from PostgreSQL's text form.
    """

    name: str
    sql: str
    columns: tuple[Callable[[bytes], Any], ...] = ()


Call: TypeAlias = tuple[Statement, Sequence[Value]]


class StatementError(Exception):
    """The database refused a statement; those after it in the same trip were not run."""

    def __init__(self, statement: str, sqlstate: str, message: str) -> None:
        super().__init__(f"{statement}: {sqlstate} {message}")
        self.statement = statement
        self.sqlstate = sqlstate


class ConnectionLostError(Exception):
    """The server went away; whether a commit on its way was carried out is not known."""


class HotConnection(AsyncConnection[TupleRow]):
    """A connection, in autocommit, that takes statements many at a time."""

    def __init__(self, pgconn: PGconn, row_factory: AsyncRowFactory[TupleRow] = tuple_row) -> None:
        super().__init__(pgconn, row_factory)
        self._known: set[str] = set()

    async def trip(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Run the statements in one round trip; give the rows of each.

        Raises
        ------
        StatementError
            When one was refused; a transaction it stood in must be rolled back.
        ConnectionLostError
            When the connection broke or was given up; it is closed.
        """
        try:
            async with asyncio.timeout(TRIP_S):
                results = await self._exchange(calls)
        except (OperationalError, TimeoutError) as error:
            await self.close()
            raise ConnectionLostError(type(error).__name__) from error
        except BaseException:
            # Answers still on their way would be taken for those of the next trip.
            await self.close()
            raise
        for (statement, _), result in zip(calls, results, strict=True):
            if result.status == ExecStatus.FATAL_ERROR:
                self._refuse(statement, result)
        return [
            _rows(statement, result) for (statement, _), result in zip(calls, results, strict=True)
        ]

    def _refuse(self, statement: Statement, result: PGresult) -> None:
        sqlstate = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
        message = (result.error_field(DiagnosticField.MESSAGE_PRIMARY) or b"").decode()
        raise StatementError(statement.name, sqlstate, message)

    async def _exchange(self, calls: Sequence[Call]) -> list[PGresult]:
        connection = self.pgconn
        preparing = self._send(calls)
        connection.pipeline_sync()
        while connection.flush():
            await self._ready(to_write=True)
            connection.consume_input()
        results = await self._results()
        connection.exit_pipeline_mode()
        return self._of_calls(results, preparing)

    def _send(self, calls: Sequence[Call]) -> list[str | None]:
        """Send preparations and statements; tell for each the name prepared, or None."""
        connection = self.pgconn
        preparing: list[str | None] = []
        sent = set(self._known)
        connection.enter_pipeline_mode()
        for statement, values in calls:
            name = statement.name.encode()
            if statement.name not in sent:
                connection.send_prepare(name, statement.sql.encode())
                sent.add(statement.name)
                preparing.append(statement.name)
            connection.send_query_prepared(name, values)
            preparing.append(None)
        return preparing

    def _of_calls(self, results: list[PGresult], preparing: list[str | None]) -> list[PGresult]:
        """Leave out the answers to preparations, unless one failed in its statement's place."""
        answers: list[PGresult] = []
        refused: PGresult | None = None
        for result, name in zip(results, preparing, strict=True):
            if name is None:
                answers.append(refused or result)
                refused = None
            elif result.status == ExecStatus.COMMAND_OK:
                self._known.add(name)
            elif result.status == ExecStatus.FATAL_ERROR:
                refused = result
        return answers

    async def _results(self) -> list[PGresult]:
        connection = self.pgconn
        results: list[PGresult] = []
        while True:
            while connection.is_busy():
                await self._ready()
                connection.consume_input()
            result = connection.get_result()
            if result is not None and result.status == ExecStatus.PIPELINE_SYNC:
                return results
            if result is not None:
                results.append(result)
            if connection.status == ConnStatus.BAD:
                raise OperationalError("the server closed the connection")

    async def _ready(self, *, to_write: bool = False) -> None:
        """Wait until the socket can be read (or written)."""
        loop = asyncio.get_running_loop()
        ready = loop.create_future()

        def wake() -> None:
            if not ready.done():
                ready.set_result(None)

        socket = self.pgconn.socket
        loop.add_reader(socket, wake)
        if to_write:
            loop.add_writer(socket, wake)
        try:
            await ready
        finally:
            loop.remove_reader(socket)
            if to_write:
                loop.remove_writer(socket)


async def on_some_connection(
    pool: AsyncConnectionPool[HotConnection], work: Callable[[HotConnection], Awaitable[T]]
) -> T:
    """Do what changes nothing on a connection of the pool; on another if that one was lost.

    Raises
    ------
    ConnectionLostError
        When there is no server to connect to.
    """
    for _ in range(TRIES):
        try:
            async with pool.connection() as connection:
                return await work(connection)
        except PoolTimeout as error:
            raise ConnectionLostError("no connection to be had") from error
        except ConnectionLostError:
            # The others in the pool were lost with it.
            await pool.check()
    raise ConnectionLostError("lost again and again")


def _rows(statement: Statement, result: PGresult) -> list[Row]:
    columns = tuple(enumerate(statement.columns))
    get = result.get_value
    return [
        tuple(
            None if (cell := get(row, column)) is None else read(cell) for column, read in columns
        )
        for row in range(result.ntuples)
    ]
