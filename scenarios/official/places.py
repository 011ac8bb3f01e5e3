"""Rows of the official list that are no centre the public can go to, rule by rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from allocator.tables import Table
from scenarios.figures import Dropped
from scenarios.official.cells import days
from scenarios.official.files import Source, rows_of

Bools = NDArray[np.bool_]
FLAGS = ("centre_fermeture", "reserve_professionels_sante")
"""True or false or not said: t, f or empty. The layout of January 2021 has neither column."""
LARGE = "Grand centre"
_FOREIGN = re.compile(r"99[A-Z]")
_STAFF_ONLY = re.compile(
    r"r[ée]serv[ée]e?s? (\w+ )?(aux|pour les) (professionnel|personnel)"
    r"|uniquement (aux|pour les) professionnels|professionnels de sant[ée] uniquement"
)
_SECURE_UNIT = re.compile(r"USMP|UHSI|UHSA")


def open_places(source: Source, first: date, last: date) -> tuple[Table, tuple[Dropped, ...]]:
    """Rows of places that the public can go to on some day between two, both included.

    A row left out is counted under the first rule that it breaks.
    """
    table = source.table
    table.refuse_repeats("gid")
    table.text("gid")
    left = np.ones(len(table), dtype=bool)
    dropped = list(source.dropped)
    for rule, wrong in _rules(table, first, last):
        dropped.append(Dropped(source.name, rule, int((left & wrong).sum())))
        left &= ~wrong
    twice = _given_twice(table, left)
    dropped.append(Dropped(source.name, "the same place under another gid", int(twice.sum())))
    return rows_of(table, np.flatnonzero(left & ~twice).tolist()), tuple(dropped)


def _rules(table: Table, first: date, last: date) -> Iterator[tuple[str, Bools]]:
    closed, staff = (_flag(table, column) for column in FLAGS)
    kinds, names = _cells(table, "centre_type"), _cells(table, "nom")
    said = [f"{a} {b}".lower() for a, b in zip(names, _cells(table, "rdv_modalites"), strict=True)]
    not_said = np.array([not cell for cell in _cells(table, FLAGS[1])])
    in_text = np.array([_STAFF_ONLY.search(text) is not None for text in said])
    opens = days(table, "date_ouverture", may_be_empty=True)
    closes = days(table, "date_fermeture", may_be_empty=True)
    insee = _cells(table, "com_insee")
    yield "foreign country", np.array([_FOREIGN.match(code) is not None for code in insee])
    yield "flagged closed", closed
    yield "for health professionals only", staff | (not_said & in_text)
    yield (
        "prison or secure unit",
        np.array([_SECURE_UNIT.search(kind) is not None for kind in kinds]),
    )
    yield "mobile team", _mobile(kinds, names)
    yield "closes before it opens", closes < opens
    yield "closed before the start", closes < np.datetime64(first, "D")
    yield "opens after the last week", opens > np.datetime64(last, "D")


def _mobile(kinds: list[str], names: list[str]) -> Bools:
    """Teams without a place of their own; some large centres send one out beside their work."""
    typed = np.array(["Equipe mobile" in kind for kind in kinds])
    named = np.array([re.search("[ée]quipe mobile", name.lower()) is not None for name in names])
    large = np.array([LARGE in kind for kind in kinds])
    mobile: Bools = (typed | named) & ~large
    return mobile


def _cells(table: Table, column: str) -> list[str]:
    """Cells of a column that the layout may not have."""
    return table.columns[column] if table.has(column) else [""] * len(table)


def _flag(table: Table, column: str) -> Bools:
    cells = _cells(table, column)
    for row, cell in enumerate(cells):
        if cell not in {"t", "f", ""}:
            raise table.refuse(row, f"{column} is not t or f: {cell!r}")
    return np.array([cell == "t" for cell in cells])


def _given_twice(table: Table, left: Bools) -> Bools:
    """Rows of a place (name, commune, street) that a row edited later describes too."""
    edited = _cells(table, "_edit_datemaj")
    columns = ("nom", "com_insee", "adr_num", "adr_voie")
    kept: dict[tuple[str, ...], int] = {}
    twice = np.zeros(len(table), dtype=bool)
    for row in np.flatnonzero(left):
        key = tuple(" ".join(table.columns[c][row].lower().split()) for c in columns)
        other = kept.get(key)
        if other is None:
            kept[key] = int(row)
        elif edited[row] > edited[other]:
            kept[key], twice[other] = int(row), True
        else:
            twice[row] = True
    return twice
