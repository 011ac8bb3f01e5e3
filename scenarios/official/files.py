"""Official files found in a folder and read into strict tables."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from allocator.errors import InputError
from allocator.tables import Table, decoded, iso_date, parse_table
from scenarios.figures import Dropped
from scenarios.official.catalogue import DataSet

_DATE = r"[0-9]{4}(?:-[0-9]{2}){0,2}"


@dataclass(frozen=True, slots=True)
class OfficialFile:
    """One copy of a data set; `dated` is the last date in its name, as written there."""

    dataset: DataSet
    path: Path
    dated: str

    @property
    def name(self) -> str:
        """File name, as messages and reports give it."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class Source:
    """A file read: its table, and what reading it left out."""

    name: str
    table: Table
    dropped: tuple[Dropped, ...]


def copies(folder: Path, dataset: DataSet) -> list[OfficialFile]:
    """List the copies of a data set in a folder, oldest first."""
    before, _, after = dataset.pattern.partition("<date>")
    # A file that covers a span has both ends in its name; the last one says how new it is.
    dates = rf"(?:{_DATE}_)*(?P<dated>{_DATE})" if after else "(?P<dated>)"
    form = re.compile(rf"{re.escape(before)}{dates}{re.escape(after)}(\.gz)?")
    found = [
        OfficialFile(dataset, path, match["dated"])
        for path in (folder.iterdir() if folder.is_dir() else ())
        if (match := form.fullmatch(path.name)) and path.is_file()
    ]
    return sorted(found, key=lambda file: (file.dated, file.name))


def newest(folder: Path, dataset: DataSet, not_after: date | None = None) -> OfficialFile:
    """Newest copy of a data set, or the newest one not after a day.

    Raises
    ------
    InputError
        When the folder has no such file.
    """
    found = copies(folder, dataset)
    if not found:
        raise InputError(folder, f"no file {dataset.pattern} ({dataset.publisher})")
    if not_after is not None:
        days = [_day(file) for file in found]
        found = [file for file, day in zip(found, days, strict=True) if day <= not_after]
        if not found:
            rule = f"no file {dataset.pattern} is dated {not_after} or earlier"
            raise InputError(folder, f"{rule} (the oldest is of {min(days)})")
    return found[-1]


def _day(file: OfficialFile) -> date:
    day = iso_date(file.dated)
    if day is None:
        raise InputError(file.name, f"the name holds no full date: {file.dated!r}")
    return day


def read(file: OfficialFile) -> Source:
    """Read the columns of a table; rows that repeat an earlier one word for word are left out.

    Raises
    ------
    InputError
        For a file that is not what its data set promises.
    """
    text = _text(file.path, file.dataset.encoding)
    header = text.partition("\n")[0]
    delimiter = max(";,", key=header.count)
    required, optional = file.dataset.columns, file.dataset.optional
    table = parse_table(file.name, text, required, optional, delimiter=delimiter)
    cells = list(zip(*table.columns.values(), strict=True))
    first = dict(zip(reversed(cells), reversed(range(len(cells))), strict=True))
    unique = [row for row, key in enumerate(cells) if first[key] == row]
    repeats = len(table) - len(unique)
    dropped = (Dropped(file.name, "repeats an earlier row", repeats),) if repeats else ()
    return Source(file.name, rows_of(table, unique) if repeats else table, dropped)


def rows_of(table: Table, rows: list[int]) -> Table:
    """Only these rows of a table, each still knowing its line."""
    columns = {name: [cells[row] for row in rows] for name, cells in table.columns.items()}
    return Table(table.file, columns, [table.lines[row] for row in rows])


def read_json(file: OfficialFile) -> dict[str, Any]:
    """Read a JSON file that holds one object."""
    try:
        content = json.loads(_text(file.path, "utf-8-sig"))
    except json.JSONDecodeError as error:
        raise InputError(file.name, f"not JSON: {error.msg}", error.lineno) from None
    if not isinstance(content, dict):
        raise InputError(file.name, "not one JSON object")
    return content


def _text(path: Path, encoding: str) -> str:
    try:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(path.name, f"cannot be read: {error}") from None
    if encoding != "utf-8-sig":
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass  # as published: accents in one byte, which are no UTF-8
    return decoded(path.name, data, encoding)
