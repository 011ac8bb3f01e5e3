"""What each column holds, read from the files of `held` and laid over the columns there are.

A file tells of people, of the staff, of the campaign and so on, table by table: how long rows are
kept, then the columns, below the word that says who can read them (`MEANS`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

import psycopg

Read = Literal["plain", "public", "hash", "tag", "sealed", "wrapped"]
READS: tuple[Read, ...] = get_args(Read)
MEANS: Mapping[Read, str] = {
    "plain": "whoever has the database",
    "public": "everybody: it is published",
    "hash": "nobody: it only confirms what somebody else has",
    "tag": "nobody; with the key of every key service, numbers can be tried out",
    "sealed": "the centre, with its private key",
    "wrapped": "whoever has a passphrase or the recovery kit of the centre",
}
"""Who reads a column, by the word of the list."""

FIRST = ("people", "staff")
"""Files that are told of before the others."""
BESIDE = "beside"
# Partitions repeat their table.
_COLUMNS = """SELECT nspname || '.' || relname, attname FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND NOT relispartition AND attnum > 0 AND NOT attisdropped
    AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg_%'
ORDER BY 1, attnum"""


@dataclass(frozen=True, slots=True)
class Holding:
    """A column.

    about
        People, staff, the campaign, or the machine.
    says
        What is in it.
    read
        Who can read it.
    kept
        How long.
    """

    table: str
    column: str
    about: str
    says: str
    read: Read
    kept: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Something that is kept outside the tables."""

    place: str
    holds: str
    kept: str


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a database holds.

    described
        Its columns, in the order of the list: people first.
    unknown
        Columns that it has and the list does not.
    missing
        Columns that the list has and it does not.
    """

    described: tuple[Holding, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    beside: tuple[Beside, ...]


def holdings_of(url: str) -> Holdings:
    """Tell what the tables of a database hold, whoever made them."""
    with psycopg.connect(url) as connection:
        there = {(str(t), str(c)) for t, c in connection.execute(_COLUMNS, prepare=False)}
    entries = {(e.table, e.column): e for name in _names() for e in _entries(name, _listed(name))}
    return Holdings(
        tuple(entry for key, entry in entries.items() if key in there),
        tuple(".".join(key) for key in sorted(there - entries.keys())),
        tuple(".".join(key) for key in sorted(entries.keys() - there)),
        tuple(Beside(**entry) for entry in _listed(BESIDE)[BESIDE]),
    )


def _names() -> list[str]:
    """Name the files about tables, those about people first."""
    names = {Path(entry.name).stem for entry in files("api.privacy").joinpath("held").iterdir()}
    return [*FIRST, *sorted(names - {*FIRST, BESIDE})]


def _listed(name: str) -> dict[str, Any]:
    text = files("api.privacy").joinpath("held", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _entries(about: str, listed: Mapping[str, Any]) -> Iterator[Holding]:
    for table, entry in listed.items():
        for read in READS:
            for column, says in entry.get(read, {}).items():
                yield Holding(table, column, about, says, read, entry["kept"])
