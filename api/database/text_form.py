"""Values in PostgreSQL's text form, there and back: what the hot path sends and reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

Plain: TypeAlias = str | int | bool | bytes | date | datetime | UUID | None


def cell(value: Plain) -> bytes | None:
    """Return a value as a parameter; None is null."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return b"\\x" + value.hex().encode()
    return str(value).encode()


def array(values: Iterable[Plain]) -> bytes:
    """Return an array as a parameter."""
    return ("{" + ",".join(map(_element, values)) + "}").encode()


def arrays(values: Iterable[Iterable[int]]) -> bytes:
    """Return an array of texts, each an array of whole numbers."""
    inner = ('"{' + ",".join(map(str, numbers)) + '}"' for numbers in values)
    return ("{" + ",".join(inner) + "}").encode()


def _element(value: Plain) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, datetime):
        return f'"{value}"'
    return str(value)


def read_text(raw: bytes) -> str:
    """Read text."""
    return raw.decode()


def read_bool(raw: bytes) -> bool:
    """Read a boolean."""
    return raw == b"t"


def read_bytes(raw: bytes) -> bytes:
    """Read a bytea."""
    return bytes.fromhex(raw[2:].decode())


def read_uuid(raw: bytes) -> UUID:
    """Read a uuid."""
    return UUID(raw.decode())


def read_date(raw: bytes) -> date:
    """Read a date of our calendar."""
    return date.fromisoformat(raw.decode())


def read_instant(raw: bytes) -> datetime:
    """Read a timestamp with time zone, in the session's time zone, UTC."""
    return datetime.fromisoformat(raw.decode())
