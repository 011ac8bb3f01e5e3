"""Sheets of a workbook: typed columns, frozen headers, and text that stays text.

Names of centres come from files anybody may have written. A cell that begins with `=` would run in
the prefect's spreadsheet, so text is written as text only: never as a formula, a link or a number,
and marked so that editing the cell does not wake it either.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain, islice
from typing import Any

import xlsxwriter

MAX_ROWS = 1_048_575
"""Rows of a sheet below its header; longer tables go on in a further sheet."""
MAX_TEXT = 32_767
"""Characters a cell can hold."""
_WAKING = ("=", "+", "-", "@", "\t", "\r")
_INERT = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
}


class Kind(StrEnum):
    """What a column holds; the value is its number format."""

    TEXT = "@"
    DATE = "dd/mm/yyyy"
    WHOLE = "#,##0"
    DECIMAL = "#,##0.0"
    SHARE = "0.0%"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, what it holds, its width in characters."""

    header: str
    kind: Kind
    width: int


Cell = str | int | float | date | None
"""None leaves a cell empty."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the workbook; `frozen` columns on the left stay in sight."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    frozen: int = 1


def workbook_of(sheets: Iterable[Sheet], properties: Mapping[str, str]) -> bytes:
    """Write sheets into a workbook.

    Parameters
    ----------
    properties
        Of the document: `title`, `subject`...
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, _INERT) as book:
        book.set_properties(dict(properties))
        formats = _Formats.of(book)
        for sheet in sheets:
            for part in _parts(sheet):
                _write(book, formats, part)
    return content.getvalue()


@dataclass(frozen=True, slots=True)
class _Formats:
    """Formats of the workbook, made once."""

    header: Any
    asleep: Any
    by_kind: Mapping[Kind, Any]

    @classmethod
    def of(cls, book: Any) -> _Formats:
        header = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        asleep = book.add_format({"num_format": Kind.TEXT.value})
        asleep.set_quote_prefix()
        kinds = {kind: book.add_format({"num_format": kind.value}) for kind in Kind}
        return cls(book.add_format({**header, "bg_color": "#e8ecf0"}), asleep, kinds)


def _parts(sheet: Sheet) -> Iterator[Sheet]:
    """Cut a table that is longer than a sheet."""
    rows = iter(sheet.rows)
    first: Iterable[Sequence[Cell]] = islice(rows, MAX_ROWS)
    yield Sheet(sheet.name, sheet.columns, first, sheet.frozen)
    number = 2
    while (one := next(rows, None)) is not None:
        more = islice(chain([one], rows), MAX_ROWS)
        yield Sheet(f"{sheet.name} ({number})", sheet.columns, more, sheet.frozen)
        number += 1


def _write(book: Any, formats: _Formats, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.name)
    page.freeze_panes(1, sheet.frozen)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for i, column in enumerate(sheet.columns):
        page.set_column(i, i, column.width)
        page.write_string(0, i, column.header, formats.header)
    last = 0
    for last, row in enumerate(sheet.rows, start=1):
        for i, (cell, column) in enumerate(zip(row, sheet.columns, strict=True)):
            _write_cell(page, last, i, cell, column.kind, formats)
    page.autofilter(0, 0, last, len(sheet.columns) - 1)


def _write_cell(page: Any, row: int, i: int, cell: Cell, kind: Kind, formats: _Formats) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        style = formats.asleep if cell.startswith(_WAKING) else formats.by_kind[Kind.TEXT]
        page.write_string(row, i, cell[:MAX_TEXT], style)
    elif isinstance(cell, date):
        page.write_datetime(row, i, cell, formats.by_kind[kind])
    else:
        shown = Kind.WHOLE if isinstance(cell, int) else kind
        page.write_number(row, i, cell, formats.by_kind[shown])
