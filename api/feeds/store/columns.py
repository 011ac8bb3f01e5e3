"""Rows of many centres as one array a column and centre: no loop over millions of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from sys import intern
from typing import Any, LiteralString, TypeAlias

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection
from psycopg.sql import SQL, Composed

Ints: TypeAlias = NDArray[np.int64]

_ARRAY_HEADER = 20
"""Bytes before the elements of a one-dimensional array in PostgreSQL's binary form."""
_POSTGRES_DAY = 10_957
"""PostgreSQL counts days and microseconds from 2000-01-01."""
SIZES: Mapping[str, int] = {"int2": 2, "int4": 4, "date": 4, "timestamptz": 8}


def aggregated(columns: Mapping[LiteralString, str], source: SQL, order: SQL) -> Composed:
    """Give the statement that collects each column (its type beside it) centre by centre."""
    return SQL(
        "SELECT centre_id, {} FROM (SELECT * FROM {} ORDER BY centre_id, {}) AS ordered"
        " GROUP BY centre_id ORDER BY centre_id"
    ).format(SQL(", ").join(_collected(*column) for column in columns.items()), source, order)


def _collected(name: LiteralString, kind: str) -> Composed:
    return SQL("string_agg({}, ',')" if kind == "text" else "array_agg({})").format(SQL(name))


def collect(
    connection: Connection[Any], statement: Composed, values: Sequence[object], kinds: Sequence[str]
) -> Iterator[tuple[int, list[Any]]]:
    """Run an aggregated statement: centre id, and its columns in the order of their types.

    Texts are lists, everything else arrays of int64; dates become days since 1970-01-01, instants
    whole seconds since then.
    """
    with connection.cursor(binary=True) as cursor:
        cursor.execute(statement, values)
        result = cursor.pgresult
        assert result is not None
        for row in range(result.ntuples):
            centre = result.get_value(row, 0)
            assert centre is not None
            yield (
                int.from_bytes(centre, "big"),
                [_column(result.get_value(row, i), kind) for i, kind in enumerate(kinds, 1)],
            )


def _column(raw: bytes | None, kind: str) -> Any:
    assert raw is not None
    if kind == "text":
        return [intern(text) for text in raw.decode().split(",")]
    size = SIZES[kind]
    cells = np.frombuffer(
        raw, dtype=[("length", ">i4"), ("value", f">i{size}")], offset=_ARRAY_HEADER
    )
    values: Ints = cells["value"].astype(np.int64)
    if kind == "date":
        return values + _POSTGRES_DAY
    if kind == "timestamptz":
        return values // 1_000_000 + _POSTGRES_DAY * 86_400
    return values
