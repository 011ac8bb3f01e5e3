"""A plan: the decisions of MODEL.md as tables with text ids, and the folder they live in."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from allocator.errors import InputError
from allocator.outcome import RESULT
from allocator.tables import MAX_COUNT, read_table

PlanFormat = Literal["csv", "parquet"]

COLUMNS: dict[str, tuple[str, ...]] = {
    "flows": ("zone", "class", "centre", "people"),
    "first_doses": ("department", "class", "centre", "product", "week", "people"),
    "second_doses": ("centre", "product", "first_week", "week", "people"),
    "shipments": ("centre", "product", "week", "vials"),
    "sessions": ("centre", "day", "product", "dose_rank", "slots"),
    "quotas": ("centre", "product", "week", "department", "class", "slots"),
    "prices": ("what", "where", "week", "value", "unit", "sentence"),
    "certificate": ("row_kind", "keys", "value"),
}
"""Tables of a plan folder and their columns, in order. `day` is an ISO date."""

COUNTS = ("people", "vials", "slots", "week", "first_week", "dose_rank")
REPORT = "report.html"
CHANGES = "changes.csv"
"""What a re-plan changed of the plan before; other plans have none."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The tables of a plan folder, by name; ids are text, counts are int64."""

    tables: Mapping[str, pd.DataFrame]

    def __post_init__(self) -> None:
        for name, columns in COLUMNS.items():
            found = tuple(self.tables[name].columns)
            if found != columns:
                raise ValueError(f"{name} must have the columns {columns}, not {found}.")

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]


def write_plan(
    folder: Path, plan: Plan, summarise: Callable[[], Mapping[str, Any]],
    extra: Mapping[str, bytes] | None = None, *, format_: PlanFormat = "csv",
) -> None:  # fmt: skip
    """Write a plan folder whole or not at all; an earlier plan in its place is replaced.

    `summarise` gives `result.json`; it is called last, so that it can tell the time all took.
    `extra` are further files by name, such as the report.

    Raises
    ------
    InputError
        When `folder` exists and is not a plan (nothing of the user's is overwritten), or cannot be
        written.
    """
    extra = extra or {}
    folder = folder.resolve()
    refuse_foreign_folder(folder, extra)
    try:
        _write_whole(folder, plan, summarise, extra, format_)
    except OSError as error:
        raise InputError(folder, f"cannot be written: {error.strerror or error}") from None


def _write_whole(
    folder: Path, plan: Plan, summarise: Callable[[], Mapping[str, Any]],
    extra: Mapping[str, bytes], format_: PlanFormat,
) -> None:  # fmt: skip
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
        draft = Path(scratch) / "plan"
        draft.mkdir()
        for name in COLUMNS:
            if format_ == "csv":
                (draft / f"{name}.csv").write_text(_csv(plan[name]), encoding="utf-8", newline="")
            else:
                plan[name].to_parquet(draft / f"{name}.parquet", index=False)
        for name, content in extra.items():
            (draft / name).write_bytes(content)
        text = json.dumps(summarise(), ensure_ascii=False, indent=2, allow_nan=False)
        (draft / RESULT).write_text(text + "\n", encoding="utf-8")
        if folder.exists():
            shutil.move(folder, Path(scratch) / "replaced")
        shutil.move(draft, folder)


def _csv(table: pd.DataFrame) -> str:
    """Table as CSV text."""
    text = table.to_csv(index=False, lineterminator="\n")
    if "\r" in text:  # which Python quotes only where a line ends in it, and nobody reads unquoted
        text = table.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    return text


def refuse_foreign_folder(folder: Path, extra: Collection[str] = ()) -> None:
    """Raise InputError when a path holds anything but a plan: replacing it would lose that.

    `extra` are names of further files that a new plan would put there.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(folder, "is a file, where a plan folder is to be written")
    names = sorted(path.name for path in folder.iterdir())
    tables = {f"{name}.{ending}" for name in COLUMNS for ending in get_args(PlanFormat)}
    strangers = [n for n in names if n not in {RESULT, REPORT, CHANGES, *tables, *extra}]
    if strangers or (names and RESULT not in names):
        what = f"holds {strangers[0]!r}" if strangers else f"has no {RESULT}"
        raise InputError(folder, f"is not a plan folder ({what}); it is left untouched")


def read_plan(folder: Path) -> Plan:
    """Read the tables of a plan folder, CSV or Parquet.

    Raises
    ------
    InputError
        For a missing folder, table or column, or a cell that is not what its column promises.
    """
    if not folder.is_dir():
        raise InputError(folder, "the plan folder does not exist")
    return Plan({name: read_plan_table(folder, name) for name in COLUMNS})


def read_plan_table(folder: Path, name: str) -> pd.DataFrame:
    """Read one table of a plan folder, as `read_plan` does.

    Raises
    ------
    InputError
        For a missing table or column, or a cell that is not what its column promises.
    """
    columns = COLUMNS[name]
    parquet = folder / f"{name}.parquet"
    if parquet.is_file():
        return _read_parquet(parquet, columns)
    table = read_table(folder / f"{name}.csv", columns, may_be_empty=True)
    frame: dict[str, Any] = {}
    for column in columns:
        if column == "value":
            frame[column] = table.numbers(column, -1e300, 1e300)
        elif column in COUNTS:
            frame[column] = table.counts(column)
        else:
            frame[column] = pd.Series(table.columns[column], dtype="str")
    return pd.DataFrame(frame)


def _read_parquet(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise InputError(path.name, f"not Parquet: {error}") from None
    for column in columns:
        if column not in frame.columns:
            raise InputError(path.name, f"column {column!r} is missing")
        if column == "value" or column in COUNTS:
            frame[column] = _numbers(path.name, column, frame[column])
        else:
            frame[column] = frame[column].astype("str")
    return frame[list(columns)]


def _numbers(file: str, column: str, cells: pd.Series[Any]) -> pd.Series[Any]:
    """Cells of a Parquet column as finite numbers, or as counts where the column counts."""
    if cells.empty:  # without a cell there is no telling what its writer meant to write
        return cells.astype("float64" if column == "value" else "int64")
    is_number = pd.api.types.is_numeric_dtype(cells.dtype)
    if not is_number or pd.api.types.is_bool_dtype(cells.dtype):
        raise InputError(file, f"{column} does not hold numbers, but {cells.dtype}")
    values = cells.astype("float64")
    if not np.isfinite(values).all():
        raise InputError(file, f"{column} holds an empty cell, or one that is not finite")
    if column == "value":
        return values
    if ((values < 0) | (values % 1 != 0) | (values > MAX_COUNT)).any():
        raise InputError(
            file, f"{column} holds a count that is not whole, or outside 0..{MAX_COUNT}"
        )
    return values.astype("int64")
