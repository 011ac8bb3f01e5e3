"""The hot path's connection: many statements a trip, each answered, and what breaks it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.database.engine import hot_pool
from api.database.hot import (
    ConnectionLostError,
    HotConnection,
    Statement,
    StatementError,
    on_some_connection,
)
from api.database.text_form import (
    array,
    arrays,
    cell,
    read_bool,
    read_bytes,
    read_date,
    read_instant,
    read_text,
    read_uuid,
)

ONE = Statement("one", "SELECT $1::int + 1, $2::text", (int, read_text))
FAILS = Statement("fails", "SELECT 1 / $1::int", (int,))
NO_TABLE = Statement("no_table", "SELECT 1 FROM nothing_there")
BEGIN, ROLLBACK = Statement("begin", "BEGIN"), Statement("rollback", "ROLLBACK")
KILL = Statement("kill", "SELECT pg_terminate_backend(pg_backend_pid())")


@asynccontextmanager
async def pool_of(url, size=2):
    """Open a pool as a worker does."""
    pool = hot_pool(url, lock_timeout_ms=1000, application="creneau-hot", size=size)
    async with pool:
        yield pool


def on_connection(url, work):
    """Run `work(connection)`."""

    async def main():
        async with pool_of(url) as pool, pool.connection() as connection:
            return await work(connection)

    return asyncio.run(main())


def test_every_statement_of_a_trip_is_answered_in_its_place(module_database_url):
    """Also those that give no rows, and null."""

    async def work(connection):
        return await connection.trip(
            [(BEGIN, ()), (ONE, (b"1", b"a")), (ONE, (b"2", None)), (ROLLBACK, ())]
        )

    assert on_connection(module_database_url, work) == [[], [(2, "a")], [(3, None)], []]


def test_a_trip_of_more_than_any_buffer_holds_comes_back_whole(module_database_url):
    """Sending and receiving take turns."""
    long = b"x" * 50_000

    async def work(connection):
        return await connection.trip([(ONE, (b"1", long))] * 200)

    assert on_connection(module_database_url, work) == [[(2, long.decode())]] * 200


def test_a_refused_statement_is_named_and_the_connection_stays_good(module_database_url):
    """Those after it are not run; the next trip is none the wiser."""

    async def work(connection):
        with pytest.raises(StatementError) as refused:
            await connection.trip([(ONE, (b"1", b"a")), (FAILS, (b"0",)), (ONE, (b"1", b"a"))])
        return refused.value, await connection.trip([(FAILS, (b"1",)), (ONE, (b"1", b"a"))])

    error, after = on_connection(module_database_url, work)
    assert (error.statement, error.sqlstate) == ("fails", "22012")
    assert after == [[(1,)], [(2, "a")]]


def test_what_is_prepared_outlives_a_rollback_of_other_work(module_database_url):
    """The staff's requests run by psycopg on the same connections; some are rolled back."""

    async def work(connection):
        await connection.trip([(ONE, (b"1", b"x"))])
        for _ in range(10):
            await connection.execute("SELECT 1")
        async with connection.transaction():
            await connection.execute("SELECT 1")
            raise psycopg.Rollback
        await connection.execute("SELECT 1")
        return await connection.trip([(ONE, (b"1", b"x"))])

    assert on_connection(module_database_url, work) == [[(2, "x")]]


def test_a_statement_that_cannot_be_prepared_is_named(module_database_url):
    """And what would have been prepared after it is prepared later."""

    async def work(connection):
        for _ in range(2):
            with pytest.raises(StatementError) as refused:
                await connection.trip([(NO_TABLE, ()), (ONE, (b"1", b"a"))])
            assert (refused.value.statement, refused.value.sqlstate) == ("no_table", "42P01")
        return await connection.trip([(ONE, (b"1", b"a"))])

    assert on_connection(module_database_url, work) == [[(2, "a")]]


def test_a_server_that_goes_away_is_a_lost_connection(module_database_url):
    """In the middle of a trip, and ever after."""

    async def work(connection):
        for _ in range(2):
            with pytest.raises(ConnectionLostError):
                await connection.trip([(ONE, (b"1", b"a")), (KILL, ()), (ONE, (b"1", b"a"))])
        return connection.closed

    assert on_connection(module_database_url, work)


def test_a_server_that_does_not_answer_is_given_up(module_database_url, monkeypatch):
    """No request waits for ever."""
    monkeypatch.setattr("api.database.hot.TRIP_S", 0.1)
    sleeps = Statement("sleeps", "SELECT pg_sleep(30)")

    async def work(connection):
        with pytest.raises(ConnectionLostError):
            await connection.trip([(sleeps, ())])
        return connection.closed

    assert on_connection(module_database_url, work)


def test_a_trip_that_is_cancelled_closes_its_connection(module_database_url):
    """Its answers must not be taken for those of the next."""
    sleeps = Statement("sleeps", "SELECT pg_sleep(30)")

    async def work(connection):
        task = asyncio.create_task(connection.trip([(sleeps, ())]))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return connection.closed

    assert on_connection(module_database_url, work)


def test_work_is_done_on_another_connection_when_all_were_lost(module_database_url):
    """As after a restart of the server."""

    async def main():
        async with pool_of(module_database_url, size=3) as pool:
            await asyncio.gather(*(on_some_connection(pool, ask) for _ in range(12)))
            with psycopg.connect(module_database_url, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE application_name = 'creneau-hot' AND datname = current_database()"
                )
            return await on_some_connection(pool, ask)

    async def ask(connection: HotConnection):
        return await connection.trip([(ONE, (b"1", b"a"))])

    assert asyncio.run(main()) == [[(2, "a")]]


TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
COLUMNS = {
    "text": (TEXT, read_text),
    "int": (st.integers(-(2**31), 2**31 - 1), int),
    "boolean": (st.booleans(), read_bool),
    "bytea": (st.binary(), read_bytes),
    "uuid": (st.uuids(), read_uuid),
    "date": (st.dates(date(1900, 1, 1)), read_date),
    "timestamptz": (
        st.integers(-(2**51), 2**51).map(lambda us: datetime.fromtimestamp(us / 2**20, UTC)),
        read_instant,
    ),
}


@pytest.mark.parametrize("kind", COLUMNS)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_what_is_written_is_what_is_read(module_database_url, kind, data):
    """Every kind of value, alone, in an array and as null; quotes and backslashes included."""
    values, read = COLUMNS[kind]
    rows = data.draw(st.lists(st.none() | values, max_size=5))
    alone = Statement(f"cell_{kind}", f"SELECT $1::{kind}", (read,))
    many = Statement(f"array_{kind}", f"SELECT * FROM unnest($1::{kind}[])", (read,))

    async def work(connection):
        return await connection.trip(
            [(many, (array(rows),)), *((alone, (cell(row),)) for row in rows)]
        )

    together, *one_by_one = on_connection(module_database_url, work)
    assert [value for (value,) in together] == rows
    assert [value for [(value,)] in one_by_one] == rows


def test_arrays_in_an_array_come_back_apart(module_database_url):
    """Of different lengths, empty ones included."""
    many = Statement("arrays", "SELECT d::int[]::text FROM unnest($1::text[]) AS d", (read_text,))

    async def work(connection):
        return await connection.trip([(many, (arrays([[1, 2], [], [3]]),))])

    assert on_connection(module_database_url, work) == [[("{1,2}",), ("{}",), ("{3}",)]]


def test_an_id_is_a_uuid_whichever_way_it_comes():
    """Read as it is written."""
    one = UUID(int=7)
    assert read_uuid(cell(one)) == one
