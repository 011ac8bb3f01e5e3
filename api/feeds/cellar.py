"""Public files in the memory of a worker, looked at on the disk ten times a second at most."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

from api.feeds.shelf import ENCODINGS

Headers: TypeAlias = list[tuple[bytes, bytes]]

CHECK_S = 0.1
"""A file in memory is not asked for on the disk more often than this."""
MOST_BYTES = 64 << 20
"""Memory a worker gives to the public files; those that nobody asks for leave first."""
_TYPES = {
    "json": b"application/json",
    "ndjson": b"application/fhir+ndjson",
    "csv": b"text/csv; charset=utf-8",
    "$bulk-publish": b"application/json",
    "metadata": b"application/fhir+json",
}
"""By what follows the last dot of a name, or its last slash."""
_LIVE = ("availability/", "keys/", "queue/")
_ABSENT = (0, 0)


@dataclass(slots=True)
class Entry:
    """One form of a file, as it is sent.

    tag
        Strong entity tag of exactly these bytes, quoted.
    headers
        Of the whole answer; `kept` are those of one that says nothing has changed.
    identity
        What the file system says of it; another one means another file.
    checked
        When that was last asked, on the monotonic clock, seconds.
    """

    body: bytes
    tag: bytes
    headers: Headers
    kept: Headers
    identity: tuple[int, int]
    checked: float


class Cellar:
    """The public folder as a worker reads it.

    Parameters
    ----------
    folder
        The public folder; files may appear in it at any time.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = str(folder)
        self._most_bytes = most_bytes
        self._bytes = 0
        self._entries: OrderedDict[tuple[str, str], Entry] = OrderedDict()

    def find(self, name: str, suffixes: tuple[str, ...]) -> Entry | None:
        """Give the first form of a file that is there; None when none is.

        Parameters
        ----------
        suffixes
            Suffixes of the forms the reader takes, best first.
        """
        for suffix in suffixes:
            if (entry := self._fresh(name, suffix)) is not None:
                return entry
        return None

    def _fresh(self, name: str, suffix: str) -> Entry | None:
        key = name, suffix
        entry = self._entries.get(key)
        now = time.monotonic()
        if entry is not None and now - entry.checked < CHECK_S:
            return entry
        identity = _identity(f"{self._folder}/{name}{suffix}")
        if entry is not None and entry.identity == identity:
            entry.checked = now
            self._entries.move_to_end(key)
            return entry
        if entry is not None:
            self._forget(key)
        if identity == _ABSENT:
            return None
        try:
            fresh = _read(self._folder, name, suffix, identity, now)
        except FileNotFoundError:
            return None
        self._keep(key, fresh)
        return fresh

    def _keep(self, key: tuple[str, str], entry: Entry) -> None:
        self._entries[key] = entry
        self._bytes += len(entry.body)
        while self._bytes > self._most_bytes and len(self._entries) > 1:
            self._forget(next(iter(self._entries)))

    def _forget(self, key: tuple[str, str]) -> None:
        self._bytes -= len(self._entries.pop(key).body)


def _identity(path: str) -> tuple[int, int]:
    try:
        found = Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return _ABSENT
    return found.st_ino, found.st_ctime_ns


def _read(folder: str, name: str, suffix: str, identity: tuple[int, int], now: float) -> Entry:
    path = Path(f"{folder}/{name}{suffix}")
    body = path.read_bytes()
    tag = b'"%b"' % blake2b(body, digest_size=12).hexdigest().encode()
    max_age = 1 if name.startswith(_LIVE) else 60
    kept = [
        (b"etag", tag),
        (b"last-modified", formatdate(path.stat().st_mtime, usegmt=True).encode()),
        (b"cache-control", b"max-age=%d" % max_age),
        (b"vary", b"accept-encoding"),
        (b"access-control-allow-origin", b"*"),
    ]
    headers = [
        *kept,
        (b"content-type", _TYPES[re.split("[./]", name)[-1]]),
        (b"content-length", b"%d" % len(body)),
    ]
    if suffix:
        headers.append((b"content-encoding", ENCODINGS[suffix].encode()))
    return Entry(body, tag, headers, kept, identity, now)


@lru_cache(maxsize=256)
def accepted(header: bytes) -> tuple[str, ...]:
    """Suffixes of the forms that an `Accept-Encoding` takes, best first; plain is always last."""
    weights: dict[str, float] = {}
    for part in header.decode("latin-1").lower().split(","):
        name, _, parameter = part.partition(";")
        weights[name.strip()] = _weight(parameter)
    taken = (
        suffix for suffix, name in ENCODINGS.items() if weights.get(name, weights.get("*", 0.0)) > 0
    )
    return (*taken, "")


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
