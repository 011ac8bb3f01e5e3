"""What everybody is shown, read over HTTP and held against the tables."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPSConnection
from typing import TypeVar
from urllib.parse import urlsplit

from loadtests.journeys.files import (
    CentreCounts,
    CentreFile,
    DepartmentFile,
    Index,
    PublisherFile,
    centre_path,
    department_path,
    index_path,
    read,
)
from loadtests.journeys.readers import COMPRESSED
from loadtests.light_wire import plain
from loadtests.shown import Cells, counts_in_tables

T = TypeVar("T")
SETTLED_S = 15.0
"""How long files and tables are given to agree, once nobody books any more."""
LISTED = 3


class PublicFiles:
    """The public files of an installation, in the form people are sent, over one connection."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.netloc, timeout=30)

    def read(self, path: str, form: type[T]) -> T:
        """Read a file.

        Raises
        ------
        LookupError
            When it is not there.
        """
        self._connection.request("GET", path, headers=COMPRESSED)
        answer = self._connection.getresponse()
        body = plain(answer.read(), answer.getheader("Content-Encoding"))
        if answer.status != 200:
            raise LookupError(f"{path}: {answer.status}")
        return read(body, form)

    def counts(self) -> dict[str, dict[str, Cells]]:
        """Read the places of every centre; without those that show nothing."""
        found: dict[str, dict[str, Cells]] = {}
        for entry in self.read(index_path(), Index).departments:
            file = self.read(department_path(entry.department), DepartmentFile)
            centres = {c.centre: cells for c in file.centres if (cells := _cells(c))}
            if centres:
                found[entry.department] = centres
        return found

    def checked_at(self) -> datetime:
        """Tell until when all of it is known to be true."""
        return self.read("/availability/publisher.json", PublisherFile).checked_at

    def windows(self, centre: str) -> Cells:
        """Add up the windows of a centre's own file, by product, rank and day."""
        cells: Cells = Counter()
        for columns in self.read(centre_path(centre), CentreFile).windows:
            days = (d for d, n in zip(columns.days, columns.per_day, strict=True) for _ in range(n))
            for day, free in zip(days, columns.free, strict=True):
                cells[columns.product, columns.dose_rank, day] += free
        return cells

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def differences(url: str, database: str) -> list[str]:
    """Hold the files against the tables until they agree; say what still differs.

    Parameters
    ----------
    database
        In which nobody books at this moment; holds may end in it.
    """
    files = PublicFiles(url)
    try:
        _until(lambda began: files.checked_at() > began)
        until = time.monotonic() + SETTLED_S
        while found := list(_differences(files, database)):
            if time.monotonic() > until:
                break
            time.sleep(0.5)
    finally:
        files.close()
    return found


def _until(holds: Callable[[datetime], bool]) -> None:
    began, until = datetime.now(UTC), time.monotonic() + SETTLED_S
    while not holds(began) and time.monotonic() < until:
        time.sleep(0.1)


def _differences(files: PublicFiles, database: str) -> Iterator[str]:
    tables, shown = counts_in_tables(database, datetime.now(UTC)), files.counts()
    for department in tables.keys() | shown.keys():
        of_tables, of_files = tables.get(department, {}), shown.get(department, {})
        for centre in of_tables.keys() | of_files.keys():
            there, here = of_tables.get(centre, Counter()), of_files.get(centre, Counter())
            if there != here:
                yield f"centre {centre}: {here.total()} places shown, {there.total()} in the tables"
            elif not _fits(files.windows(centre), here):
                yield f"centre {centre}: its windows are not what its département's file counts"


def _fits(windows: Cells, counts: Cells) -> bool:
    """Tell whether windows have room for what is counted; quotas may let through less of a day."""
    return windows.keys() == counts.keys() and all(windows[cell] >= n for cell, n in counts.items())


def _cells(centre: CentreCounts) -> Cells:
    cells: Cells = Counter()
    for row in centre.counts:
        for offset, free in enumerate(row.free):
            cells[row.product, row.dose_rank, row.first_day + timedelta(days=offset)] += free
    return +cells
