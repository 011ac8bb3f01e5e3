"""What `data status` and `scenario build` print: plain lines, of which no terminal cuts a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from scenarios.build import BuildReport
from scenarios.official.status import FileStatus


def status_lines(folder: Path, files: Sequence[FileStatus]) -> Iterator[str]:
    """Give the data sets one by one, each with its copies below it."""
    there = "" if folder.is_dir() else " (there is no such folder)"
    yield f"folder {folder}{there}"
    for (title, publisher, licence), copies in groupby(
        files, key=lambda file: (file.title, file.publisher, file.licence)
    ):
        yield f"\n{title}\n  {publisher} - {licence}"
        for copy in copies:
            if not copy.present:
                yield f"  {'missing':>10}                  {copy.pattern}"
            elif copy.problem is not None:
                yield f"  {copy.date or '':>10}  {'not usable':>16}  {copy.problem}"
            else:
                yield f"  {copy.date or '':>10}  {copy.rows or 0:>11,} rows  {copy.file}"


def build_lines(report: BuildReport) -> Iterator[str]:
    """Say what was built and, source by source, what was left out or repaired, and why."""
    yield f"{report.scenario} -> {report.folder}"
    late = f", {report.booked_late:,} of them late" if report.booked_late else ""
    yield f"{report.zones:>12,} communes"
    yield f"{report.people:>12,} people who want a dose"
    yield f"{report.centres:>12,} centres"
    yield f"{report.injections:>12,} injections they can give"
    yield f"{report.doses:>12,} doses arriving, stock included"
    yield f"{report.booked:>12,} people booked for a second dose{late}"
    yield f"{report.not_booked:>12,} people due for one and not booked: no dose or no room"
    if report.dropped:
        yield "\n        rows       people  left out, repaired or counted"
    for source, rows in groupby(report.dropped, key=lambda dropped: dropped.source):
        yield f"{source}"
        for row in rows:
            people = f"{row.people:,}" if row.people else ""
            yield f"{row.rows:>12,} {people:>12}  {row.rule}"
