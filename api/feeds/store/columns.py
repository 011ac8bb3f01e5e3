"""Rows of many centres as one array a column: no loop over millions of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
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
    """Give the statement that collects the centre and each column (its type beside it)."""
    return SQL(
        "SELECT array_agg(centre_id), {} FROM (SELECT * FROM {} ORDER BY centre_id, {}) AS ordered"
    ).format(SQL(", ").join(_collected(*column) for column in columns.items()), source, order)


def _collected(name: LiteralString, kind: str) -> Composed:
    return SQL("string_agg({}, ',')" if kind == "text" else "array_agg({})").format(SQL(name))


def collect(
    connection: Connection[Any], statement: Composed, values: Sequence[object], kinds: Sequence[str]
) -> Iterator[tuple[int, list[Any]]]:
    """Run an aggregated statement: centre id, and its part of the columns, in their order.

    Texts are lists, everything else arrays of int64; dates become days since 1970-01-01, instants
    whole seconds since then.
    """
    with connection.cursor(binary=True) as cursor:
        cursor.execute(statement, values)
        result = cursor.pgresult
        assert result is not None
        ids, *columns = (
            _column(result.get_value(0, i), kind) for i, kind in enumerate(("int4", *kinds))
        )
    bounds = [0, *(np.flatnonzero(np.diff(ids)) + 1).tolist(), len(ids)]
    for first, after in pairwise(bounds):
        if first < after:
            yield int(ids[first]), [column[first:after] for column in columns]


def _column(raw: bytes | None, kind: str) -> Any:
    """Read a column; there is none when there are no rows."""
    if kind == "text":
        return [intern(text) for text in raw.decode().split(",")] if raw else []
    cells = np.frombuffer(
        raw or bytes(_ARRAY_HEADER),
        dtype=[("length", ">i4"), ("value", f">i{SIZES[kind]}")],
        offset=_ARRAY_HEADER,
    )
    values: Ints = cells["value"].astype(np.int64)
    if kind == "date":
        return values + _POSTGRES_DAY
    if kind == "timestamptz":
        return values // 1_000_000 + _POSTGRES_DAY * 86_400
    return values
