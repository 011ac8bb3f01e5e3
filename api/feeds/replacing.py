"""Putting a new content in the place of a file, whole, without waiting for the disk.

Making a file and renaming it over another one costs a busy disk a millisecond or more: space is
found and freed, and ext4 writes the content out first. Here every file has a hidden spare. It is
filled and then exchanged with the file in one step, so that the old content becomes the spare of
the next time. A spare that somebody is still reading is left to its reader, and a new one is made.
Nothing has to reach the disk: after a crash these files are written again.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
from collections.abc import Callable
from pathlib import Path

SPARE = ".spare"
_HERE = -100
"""AT_FDCWD: names are taken as they are."""
_EXCHANGE = 2
"""RENAME_EXCHANGE."""


def replace_file(path: str, body: bytes, moment_ns: int) -> None:
    """Give a file a new content and time; whoever reads sees all of the old or of the new.

    Parameters
    ----------
    moment_ns
        Its time of modification, nanoseconds since 1970-01-01, UTC.
    """
    folder, _, name = path.rpartition("/")
    spare = f"{folder}/.{name}{SPARE}"
    file = _open_spare(spare)
    try:
        view = memoryview(body)
        while view:
            view = view[os.write(file, view) :]
        os.ftruncate(file, len(body))
        os.utime(file, ns=(moment_ns, moment_ns))
    finally:
        os.close(file)
    if not _exchange(spare, path):
        Path(spare).replace(path)
        os.close(_new(spare))  # the next time will be under load, this one is a start


def _open_spare(spare: str) -> int:
    try:
        file = os.open(spare, os.O_WRONLY)
    except FileNotFoundError:
        return _new(spare)
    if _nobody_reads(file):
        return file
    os.close(file)
    Path(spare).unlink()
    return _new(spare)


def _new(spare: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(spare, flags, 0o644)
    except FileNotFoundError:
        Path(spare).parent.mkdir(parents=True, exist_ok=True)
        return os.open(spare, flags, 0o644)


def _nobody_reads(file: int) -> bool:
    """Tell whether the file is open here only: the system grants a write lease on no other."""
    try:
        # Were it opened while we hold the lease, we would be told, by a signal that means nothing.
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except (AttributeError, OSError):  # not on this system, not on this disk, or somebody reads
        return False
    return True


def _renameat2() -> Callable[[int, bytes, int, bytes, int], int] | None:
    return getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)


_RENAME = _renameat2()


def _exchange(one: str, other: str) -> bool:
    """Exchange two names in one step; tell whether that could be done."""
    if _RENAME is None:
        return False
    return _RENAME(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0
