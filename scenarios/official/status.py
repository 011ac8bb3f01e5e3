"""Which official files are here: every data set Créneau knows, with its copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from allocator.errors import InputError
from scenarios.official.catalogue import ALL, DataSet
from scenarios.official.files import OfficialFile, copies, read, read_json


@dataclass(frozen=True, slots=True)
class FileStatus:
    """One copy of a data set, or a data set without one.

    `rows` counts table rows, départements or outlines; `problem` says why there is no count.
    """

    pattern: str
    publisher: str
    title: str
    licence: str
    present: bool
    file: str | None = None
    date: str | None = None
    rows: int | None = None
    problem: str | None = None


def status_of(folder: Path) -> list[FileStatus]:
    """List all known data sets with the copies found in a folder, newest first."""
    return [row for dataset in ALL for row in _rows(folder, dataset)]


def _rows(folder: Path, dataset: DataSet) -> Iterator[FileStatus]:
    about = (dataset.pattern, dataset.publisher, dataset.title, dataset.licence)
    found = copies(folder, dataset)
    if not found:
        yield FileStatus(*about, present=False)
    for file in reversed(found):
        rows, problem = _count(file)
        dated = file.dated or None
        yield FileStatus(*about, True, file.name, dated, rows, problem)


def _count(file: OfficialFile) -> tuple[int | None, str | None]:
    try:
        if file.dataset.columns:
            source = read(file)
            return len(source.table) + sum(dropped.rows for dropped in source.dropped), None
        content = read_json(file)
        outlines = content.get("features")
        named = [value for value in content.values() if isinstance(value, dict)]
        return len(outlines if isinstance(outlines, list) else named), None
    except InputError as error:
        return None, str(error)
