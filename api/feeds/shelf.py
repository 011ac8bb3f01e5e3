"""The folder everybody may read: files that change whole, with compressed ones beside them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path

import brotli

from api.feeds.replacing import replace_file

ENCODINGS = {".br": "br", ".gz": "gzip"}
"""Suffixes of compressed files, best first, with the name HTTP has for them."""
_LATER = timedelta(milliseconds=1)
_HEAD = b'{"generated_at":"%b","changed_at":"%b",'
_STAMP = "2021-05-31T08:00:00.000"
_HEAD_LENGTH = len(_HEAD % (2 * (f"{_STAMP}Z".encode(),)))


class Effort(Enum):
    """How hard to compress: gzip level and brotli quality."""

    QUICK = (1, 0)
    """When hundreds of files change each second."""
    GOOD = (6, 5)


@dataclass(slots=True)
class Shelf:
    """Writer of the public folder, which nobody else writes.

    root
        The folder.
    """

    root: Path
    _prints: dict[str, int] = field(default_factory=dict)
    _changed: dict[str, datetime] = field(default_factory=dict)

    def put(
        self, name: str, content: bytes, changed_at: datetime, *, now: datetime, effort: Effort
    ) -> None:
        """Write a JSON object with its two stamps in front, unless it says what it said before.

        Parameters
        ----------
        content
            The object, encoded, with at least one member.
        changed_at
            When what it says changed; the file's time, too.
        """
        self._put(name, content, changed_at, effort, now)

    def put_plain(self, name: str, content: bytes, changed_at: datetime, *, effort: Effort) -> None:
        """Write a file that has no room for stamps; its time says when it changed."""
        self._put(name, content, changed_at, effort, None)

    def notice(self, name: str, content: bytes, now: datetime) -> None:
        """Write a JSON object that says something new each second."""
        self._put(name, content, now, Effort.QUICK, now)

    def changed_at(self, name: str) -> datetime | None:
        """Tell when what a file says last changed; None for a file not written here."""
        return self._changed.get(name)

    def _put(
        self, name: str, content: bytes, changed_at: datetime, effort: Effort,
        stamped_at: datetime | None,
    ) -> None:  # fmt: skip
        known = self._prints.get(name)
        new = hash(content)  # 64 bits, of no use outside this process
        if new == known:
            return
        path = f"{self.root}/{name}"
        head_length = _HEAD_LENGTH - 1 if stamped_at else 0
        if known is None:
            # After a start nothing is known: what was there already has not changed just now.
            changed_at = _said_since(path, content, head_length) or changed_at
        else:
            # Changes reach us in another order than they were made in.
            changed_at = max(changed_at, self._changed[name] + _LATER)
        if stamped_at:
            content = _HEAD % (_stamp(stamped_at), _stamp(changed_at)) + content[1:]
        write_whole(path, content, changed_at, effort)
        self._prints[name] = new
        self._changed[name] = changed_at


def _stamp(moment: datetime) -> bytes:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[: len(_STAMP)].encode() + b"Z"


def _said_since(path: str, content: bytes, head_length: int) -> datetime | None:
    """Tell since when the file on disk says this; None when it says something else.

    Parameters
    ----------
    head_length
        Bytes of the stamps before what it says.
    """
    try:
        there = Path(path).read_bytes()
        since = Path(path).stat().st_mtime
    except FileNotFoundError:
        return None
    same = there[head_length:][1:] == content[1:]
    return datetime.fromtimestamp(since, UTC) if same else None


def write_whole(path: str, content: bytes, changed_at: datetime, effort: Effort) -> None:
    """Write a file and its compressed ones; whoever reads sees all of the old or of the new.

    The plain file comes last: a publisher killed in between writes all of them again, because
    what it finds plain is old.
    """
    moment = int(changed_at.timestamp() * 1e9)
    for suffix, body in _forms(content, effort):
        replace_file(path + suffix, body, moment)


def _forms(content: bytes, effort: Effort) -> Iterator[tuple[str, bytes]]:
    level, quality = effort.value
    # Windows of 64 kB are enough for these files, and much quicker to set up.
    yield ".br", brotli.compress(content, quality=quality, lgwin=16)
    yield ".gz", zlib.compress(content, level, wbits=16 + zlib.MAX_WBITS)
    yield "", content
