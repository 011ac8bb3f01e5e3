"""Putting a finished file in the place of an older one, without waiting for the disk.

A rename over a file makes ext4 write its content out first, which costs a busy folder seconds.
These files are written anew after a crash, so nothing has to be on the disk: where the system can
exchange two names in one step, that is done instead, and the old file removed afterwards.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_HERE = -100
"""AT_FDCWD: names are taken as they are."""
_EXCHANGE = 2
"""RENAME_EXCHANGE."""


def _renameat2() -> ctypes._NamedFuncPointer | None:
    return getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)


_RENAME = _renameat2()


def put_in_place(finished: str, path: str) -> None:
    """Give a file another name, replacing what has that name; readers see one or the other."""
    if _exchanged(finished, path):
        Path(finished).unlink()
    else:
        Path(finished).replace(path)


def _exchanged(finished: str, path: str) -> bool:
    if _RENAME is None:
        return False
    names = os.fsencode(finished), os.fsencode(path)
    return bool(_RENAME(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)
