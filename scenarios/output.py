"""A file the user asked for: refused before the work, written whole or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path

from allocator.errors import InputError


def refuse_bad_file(path: Path) -> None:
    """Raise InputError when no file can be written at this path."""
    if path.is_dir():
        raise InputError(path, "is a folder, where a file is to be written")
    if not path.parent.is_dir():
        raise InputError(path, "the folder of this file does not exist")
    _refuse_unwritable(path, path.parent)


def refuse_unwritable_folder(path: Path) -> None:
    """Raise InputError when no folder can be made at this path."""
    above = path.absolute()
    while not above.exists():
        above = above.parent
    if not above.is_dir():
        raise InputError(path, f"{above} is a file, so no folder can be made below it")
    _refuse_unwritable(path, above)


def _refuse_unwritable(path: Path, above: Path) -> None:
    """Try it: what the permissions say is not what every file system does."""
    try:
        tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=above).cleanup()
    except OSError as error:
        raise InputError(path, f"{above} cannot be written to: {error.strerror}") from None


def write_whole(path: Path, content: bytes) -> None:
    """Put a whole file in place; whatever stood there stays until the last moment.

    Raises
    ------
    InputError
        When no file can be written there.
    """
    refuse_bad_file(path)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as scratch:
            draft = Path(scratch) / path.name
            draft.write_bytes(content)
            draft.replace(path)
    except OSError as error:
        raise InputError(path, f"cannot be written: {error.strerror}") from None
