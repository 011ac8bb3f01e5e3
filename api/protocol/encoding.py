"""Bytes without doubt: what is hashed, signed or bound has one form, and text has one too."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from api.protocol.refusal import Refused

MOST_FIELD_BYTES = 0xFFFF
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f\u2028\u2029]")


def frame(label: str, *fields: bytes | str) -> bytes:
    """Join fields so that no two lists of fields give the same bytes.

    Parameters
    ----------
    label
        What the bytes are for, with its version; keeps one use apart from all others.
    fields
        Text is taken as UTF-8. Each stands behind its length, two bytes, big-endian.
    """
    parts = [text_bytes(label), *(f if isinstance(f, bytes) else text_bytes(f) for f in fields)]
    if any(len(part) > MOST_FIELD_BYTES for part in parts):
        raise Refused("a field is longer than 65535 bytes")
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def text_bytes(text: str) -> bytes:
    """UTF-8 of a text; a lone surrogate, which has none, is refused."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused("a text is not well-formed Unicode") from None


def plain_text(what: str, value: object, most: int, least: int = 1) -> str:
    """Return a text of `least` to `most` characters without control characters.

    Raises
    ------
    Refused
        When it is something else; `what` is named, the value is not.
    """
    if not isinstance(value, str):
        raise Refused(f"{what} is not a text")
    text_bytes(value)
    if _CONTROL.search(value):
        raise Refused(f"{what} has a control character")
    if not least <= len(value) <= most:
        raise Refused(f"{what} has {least} to {most} characters")
    return value


def to_base64url(data: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str, length: int | None = None) -> bytes:
    """Bytes of a base64url text without padding, in its one canonical form.

    Raises
    ------
    Refused
        When the text is not that form, or the bytes are not `length`.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refused("a value is not base64url") from None
    if to_base64url(data) != text:
        raise Refused("a value is not base64url in its canonical form")
    if length is not None and len(data) != length:
        raise Refused(f"a value is {len(data)} bytes, not {length}")
    return data


def to_json(members: Mapping[str, Any]) -> bytes:
    """Members in the order given, as UTF-8 without blanks: what `JSON.stringify` gives."""
    return text_bytes(json.dumps(members, ensure_ascii=False, separators=(",", ":")))


def json_object(data: bytes) -> dict[str, Any]:
    """Members of a JSON object, unless it is another document."""
    try:
        members = json.loads(data)
    except ValueError:
        raise Refused("not a JSON document") from None
    if not isinstance(members, dict):
        raise Refused("not a JSON object")
    return members


def from_json(data: bytes, keys: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Any]:
    """Members of a JSON object that has all of `keys`, some of `optional` and no others.

    Raises
    ------
    Refused
        When it is another document; what it holds is not repeated.
    """
    members, needed = json_object(data), set(keys)
    if missing := sorted(needed - set(members)):
        raise Refused(f"members are missing: {', '.join(missing)}")
    if set(members) - needed - set(optional):
        raise Refused("there is a member that is not known")
    return members


def text_of(members: Mapping[str, Any], key: str) -> str:
    """Text of a member."""
    value = members[key]
    if not isinstance(value, str):
        raise Refused(f"{key} is not a text")
    return value


def day_of(text: str) -> dt.date:
    """Day of a text `YYYY-MM-DD`, and of no other form."""
    try:
        if _DAY.fullmatch(text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise Refused("a date is no date, or not written YYYY-MM-DD")
