"""The same folder written by somebody else, and one with other numbers in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from tests.recount.campaign import rows_of

STRANGE_IDS = (
    "a b", "x,y", 'say "hi"', "Île-de-é", "日本語", "%25", "a;b", "k=v", "=1+1", "nan", "NA",
    "None", "1e5", "007", "-", "  lead", "tail ", "line\nbreak", "lone\rreturn", "O'Neil",
    "<b>", "a/b", "True", "🙂",
)  # fmt: skip
ID_COLUMNS = ("zone", "class", "centre", "product", "department")

Rows = list[dict[str, str]]


def rewrite(folder: Path, name: str, change: Callable[[Rows], Rows]) -> Path:
    """Change the rows of one table of an instance folder."""
    path = folder / f"{name}.csv"
    rows = rows_of(path)
    columns = list(rows[0])
    _write(path, columns, change(rows))
    return folder


def set_cells(folder: Path, name: str, **cells: object) -> Path:
    """Set columns of a table in every row."""
    values = {column.rstrip("_"): str(value) for column, value in cells.items()}
    return rewrite(folder, name, lambda rows: [row | values for row in rows])


def append(folder: Path, name: str, row: dict[str, str]) -> Path:
    """Add a row to a table."""
    return rewrite(folder, name, lambda rows: [*rows, row])


def set_key(folder: Path, key: str, value: object) -> Path:
    """Set a key of `instance.toml`, whatever its section."""
    path = folder / "instance.toml"
    text, found = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", path.read_text("utf-8"))
    assert found == 1
    path.write_text(text, encoding="utf-8")
    return folder


def by_another_hand(rng: np.random.Generator, folder: Path) -> Path:
    """Rename ids, shuffle rows and columns, add columns, quotes, a byte order mark and CRLF.

    The campaign stays the same, but for the order of départements and classes.
    """
    tables = {path.stem: rows_of(path) for path in sorted(folder.glob("*.csv"))}
    for column in ID_COLUMNS:
        _rename(rng, tables.values(), column)
    bom, line_end = rng.choice(["", "\ufeff"]), str(rng.choice(["\n", "\r\n"]))
    for name, rows in tables.items():
        if rows:
            columns = [*rows[0], "a note"]
            shuffled = [rows[i] | {"a note": 'x,"y"'} for i in rng.permutation(len(rows))]
            order = [columns[i] for i in rng.permutation(len(columns))]
            _write(folder / f"{name}.csv", order, shuffled, bom, line_end)
    settings = (folder / "instance.toml").read_text("utf-8")
    (folder / "instance.toml").write_text(bom + settings, encoding="utf-8", newline=line_end)
    return folder


def _rename(rng: np.random.Generator, tables: Sequence[Rows], column: str) -> None:
    """Give the ids of one column strange names, everywhere alike."""
    tables = list(tables)
    ids = {row[column] for rows in tables for row in rows if column in row} - {"", "*"}
    strange = [str(name) for name in rng.permutation(np.array(STRANGE_IDS, dtype=object))]
    known = {
        name: strange[i] if i < len(strange) else f"{name}*" for i, name in enumerate(sorted(ids))
    }
    for rows in tables:
        for row in rows:
            if column in row:
                row[column] = known.get(row[column], row[column])


def _write(path: Path, columns: list[str], rows: Rows, bom: str = "", line_end: str = "\n") -> None:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes((bom + out.getvalue()).encode())
