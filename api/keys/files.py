"""Documents on disk: read with a clear message, written to new files only, all or none."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from allocator.errors import InputError
from api.protocol.keys import KeyOwner
from api.protocol.refusal import Refused

PRIVATE, PUBLIC = 0o600, 0o644
_Document = TypeVar("_Document")


@contextmanager
def blaming(path: str | Path) -> Iterator[None]:
    """Turn a refusal of the protocol into a mistake in this file."""
    try:
        yield
    except Refused as refusal:
        raise InputError(path, str(refusal)) from None


def read_document(path: Path, read: Callable[[bytes], _Document]) -> _Document:
    """Read a document.

    Raises
    ------
    InputError
        When there is none, or it is another document.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from None
    with blaming(path):
        return read(data)


def first_line(path: Path) -> str:
    """Read a passphrase or a code from the first line of a file.

    Raises
    ------
    InputError
        When there is no such file, or it is no text.
    """
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline().rstrip("\n")
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(path, "is no UTF-8 text") from None


def write_new(documents: Mapping[Path, tuple[bytes, int]]) -> None:
    """Write documents with their file modes, none where one is there already.

    Raises
    ------
    InputError
        When one exists or cannot be written; then none is left behind.
    """
    written: list[Path] = []
    try:
        for path, (data, mode) in documents.items():
            _write(path, data, mode)
            written.append(path)
    except InputError:
        for path in written:
            path.unlink()
        raise


def name_of(owner: KeyOwner) -> str:
    """Beginning of the names of a key's files: its centre and the start of its key id."""
    who = re.sub(r"[^\w.-]", "_", owner.centre or owner.role)
    return f"{who}-{owner.key_id.hex()[:8]}"


def _write(path: Path, data: bytes, mode: int) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise InputError(path, "exists already; nothing is written over") from None
    except OSError as error:
        raise InputError(path, f"cannot be written: {error.strerror}") from None
