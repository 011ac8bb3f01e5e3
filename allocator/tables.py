"""A CSV table read strictly: every cell is what its column promises, or the line is named."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from allocator.errors import InputError


class _Reader(Protocol):
    """What a csv reader offers: rows, and the line it has reached."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


MAX_COUNT = 1_000_000_000
_COUNT = re.compile(r"([0-9]{1,10})(\.0+)?")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NO_DATE = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of one CSV file, column by column, with the line each row came from."""

    file: str
    columns: Mapping[str, list[str]]
    lines: list[int]

    def __len__(self) -> int:
        return len(self.lines)

    def has(self, column: str) -> bool:
        """Whether the file has this column."""
        return column in self.columns

    def refuse(self, row: int, rule: str) -> InputError:
        """Build the error that blames one row."""
        return InputError(self.file, rule, self.lines[row])

    def refuse_first(self, wrong: NDArray[np.bool_], rule: Callable[[int], str]) -> None:
        """Raise for the first row marked wrong, if there is one."""
        rows = np.flatnonzero(wrong)
        if len(rows):
            raise self.refuse(int(rows[0]), rule(int(rows[0])))

    def text(self, column: str, *, may_be_empty: bool = False) -> list[str]:
        """Cells as text; empty ones are refused unless the model allows them."""
        cells = self.columns[column]
        if not may_be_empty:
            for row, cell in enumerate(cells):
                if not cell.strip():
                    raise self.refuse(row, f"{column} is empty")
        return cells

    def counts(self, column: str) -> NDArray[np.int64]:
        """Cells as whole numbers, 0 to a thousand million."""
        cells = self.columns[column]
        values = np.empty(len(cells), dtype=np.int64)
        for row, cell in enumerate(cells):
            match = _COUNT.fullmatch(cell)
            if match is None:
                raise self.refuse(row, self._why_no_count(column, cell))
            values[row] = int(match[1])
        self.refuse_first(values > MAX_COUNT, lambda r: f"{column} is over {MAX_COUNT}: {cells[r]}")
        return values

    @staticmethod
    def _why_no_count(column: str, cell: str) -> str:
        if not cell.strip():
            return f"{column} is empty"
        if cell.lower() in {"nan", "inf", "-inf", "na", "null", "none"}:
            return f"{column} is not a number: {cell!r}"
        if _NUMBER.fullmatch(cell) is None:
            return f"{column} is not a whole number: {cell!r}"
        if float(cell) < 0:
            return f"{column} is negative: {cell}"
        if float(cell) > MAX_COUNT:
            return f"{column} is over {MAX_COUNT}: {cell}"
        return f"{column} is not a whole number: {cell}"

    def numbers(self, column: str, low: float, high: float) -> NDArray[np.float64]:
        """Cells as finite numbers between low and high, both included."""
        cells = self.columns[column]
        values = np.empty(len(cells))
        for row, cell in enumerate(cells):
            if _NUMBER.fullmatch(cell) is None:
                what = "empty" if not cell.strip() else f"not a number: {cell!r}"
                raise self.refuse(row, f"{column} is {what}")
            values[row] = float(cell)
        outside = ~((values >= low) & (values <= high))
        self.refuse_first(outside, lambda r: f"{column} is outside {low:g}..{high:g}: {cells[r]}")
        return values

    def dates(self, column: str, *, may_be_empty: bool = False) -> NDArray[np.datetime64]:
        """Cells as ISO dates; NaT where empty and allowed."""
        cells = self.columns[column]
        known: dict[str, np.datetime64] = {}
        values = np.full(len(cells), NO_DATE, dtype="datetime64[D]")
        for row, cell in enumerate(cells):
            if cell not in known:
                known[cell] = self._date(row, column, cell, may_be_empty)
            values[row] = known[cell]
        return values

    def _date(self, row: int, column: str, cell: str, may_be_empty: bool) -> np.datetime64:
        if not cell.strip():
            if may_be_empty:
                return NO_DATE
            raise self.refuse(row, f"{column} is empty")
        day = iso_date(cell)
        if day is None:
            raise self.refuse(row, f"{column} is not a date like 2021-05-31: {cell!r}")
        return np.datetime64(day, "D")

    def codes(
        self,
        column: str,
        ids: Mapping[str, int],
        *,
        empty: int | None = None,
        star: int | None = None,
    ) -> NDArray[np.int64]:
        """Cells as positions in a list of known ids; an unknown id is refused."""
        values = np.empty(len(self), dtype=np.int64)
        for row, cell in enumerate(self.columns[column]):
            position = ids.get(cell)
            if position is None:
                if cell == "" and empty is not None:
                    position = empty
                elif cell == "*" and star is not None:
                    position = star
                else:
                    what = f"unknown {column}: {cell!r}" if cell.strip() else f"{column} is empty"
                    raise self.refuse(row, what)
            values[row] = position
        return values

    def refuse_repeats(self, *columns: str, counts: tuple[str, ...] = ()) -> None:
        """Raise when two rows share the key of these columns; counts are compared as numbers."""
        seen: dict[tuple[str | int, ...], int] = {}
        texts = [self.columns[c] for c in columns]
        numbers = [self.counts(c).tolist() for c in counts]
        for row, key in enumerate(zip(*texts, *numbers, strict=True)):
            first = seen.setdefault(key, row)
            if first != row:
                names = (*columns, *counts)
                named = ", ".join(f"{c}={v!r}" for c, v in zip(names, key, strict=True))
                rule = f"repeated key ({named}), first on line {self.lines[first]}"
                raise self.refuse(row, rule)


def iso_date(text: str) -> date | None:
    """Read a date like 2021-05-31, and no other spelling of ISO 8601; None when it is none."""
    if _DATE.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_text(path: Path) -> str:
    """Read a UTF-8 file (a byte order mark is accepted), naming the line of a bad byte.

    Raises
    ------
    InputError
        For a file that is missing, cannot be read or is not UTF-8.
    """
    if not path.is_file():
        raise InputError(path.name, f"file is missing in {path.parent}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(path.name, f"cannot be read: {error.strerror}") from None
    return decoded(path.name, data)


def decoded(file: str, data: bytes, encoding: str = "utf-8-sig") -> str:
    """Turn the bytes of a file into text, naming the line of a byte that does not fit."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        bad = data[error.start]
        name = encoding.removesuffix("-sig").upper()
        raise InputError(file, f"not {name}: byte 0x{bad:02x}", line) from None


def read_table(
    path: Path,
    required: tuple[str, ...],
    optional: tuple[str, ...] = (),
    *,
    may_be_empty: bool = False,
) -> Table:
    """Read the named columns of a CSV file with a header; other columns are ignored.

    Raises
    ------
    InputError
        For a missing file or column, a wrong encoding, a ragged row or an empty table.
    """
    return parse_table(path.name, read_text(path), required, optional, may_be_empty=may_be_empty)


def parse_table(
    file: str,
    text: str,
    required: tuple[str, ...],
    optional: tuple[str, ...] = (),
    *,
    delimiter: str = ",",
    may_be_empty: bool = False,
) -> Table:
    """Read the named columns of CSV text, as `read_table` does."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return _columns(file, reader, required, optional, may_be_empty)
    except csv.Error as error:
        raise InputError(file, f"not CSV: {error}", reader.line_num) from None


def _columns(
    file: str,
    reader: _Reader,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    may_be_empty: bool,
) -> Table:
    header = next(reader, None)
    if not header:
        raise InputError(file, "the header is missing: the file is empty", 1)
    for name in required:
        if name not in header:
            raise InputError(file, f"column {name!r} is missing (found: {', '.join(header)})", 1)
    wanted = [name for name in (*required, *optional) if name in header]
    for name in wanted:
        if header.count(name) > 1:
            raise InputError(file, f"column {name!r} appears twice", 1)
    rows: list[list[str]] = []
    lines: list[int] = []
    before = reader.line_num
    for row in reader:
        if row:
            if len(row) != len(header):
                rule = f"{len(row)} cells where the header has {len(header)}"
                raise InputError(file, rule, before + 1)
            rows.append(row)
            lines.append(before + 1)
        before = reader.line_num
    if not rows and not may_be_empty:
        raise InputError(file, "the table is empty", 1)
    columns = {n: [row[i] for row in rows] for n, i in ((n, header.index(n)) for n in wanted)}
    return Table(file, columns, lines)
