"""An instance folder written whole or not at all."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from allocator.errors import InputError
from allocator.read import INSTANCE_FILES, SETTINGS

Row = Sequence[object]


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Row]) -> int:
    """Write one table and return its number of rows."""
    n = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(header)
        for row in rows:
            table.writerow(row)
            n += 1
    return n


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """Give a folder to fill, and put it in the place of `out` once everything is there.

    Raises
    ------
    InputError
        When `out` holds anything but an instance (somebody's files are never removed), or cannot
        be written.
    """
    out = out.resolve()
    _refuse_foreign(out)
    filling = _beside(out)
    try:
        yield filling
        filling.chmod(0o755)
        _swap(filling, out)
    finally:
        shutil.rmtree(filling, ignore_errors=True)


def _beside(out: Path) -> Path:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise InputError(out, f"cannot be written: {error.strerror}") from None


def _swap(filled: Path, out: Path) -> None:
    """Rename, with whatever stood there put back should the last step fail."""
    if not out.exists():
        filled.rename(out)
        return
    aside = _beside(out) / out.name
    out.rename(aside)
    try:
        filled.rename(out)
    except BaseException:
        aside.rename(out)
        raise
    finally:
        shutil.rmtree(aside.parent)


def _refuse_foreign(out: Path) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise InputError(out, "this is a file: an instance is a folder")
    found = sorted(path.name for path in out.iterdir())
    strangers = [name for name in found if name not in INSTANCE_FILES]
    if strangers or (found and SETTINGS not in found):
        what = f"holds {strangers[0]!r}" if strangers else f"has no {SETTINGS}"
        raise InputError(out, f"this folder is not an instance ({what}), so it is not replaced")
