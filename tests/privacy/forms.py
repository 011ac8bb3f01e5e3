"""Every form a text may take on its way into a file, a log or a memory."""

from __future__ import annotations

import json
import unicodedata
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""Bytes; whatever is shorter is found by chance."""
CHARSETS = ("utf-8", "utf-16-le", "utf-16-be", "latin-1")


def forms_of(text: str) -> dict[bytes, str]:
    """Give the byte strings by which a text is found, each with the name of its form."""
    found: dict[bytes, str] = {}
    for spelling, spelt in _spellings(text):
        for form, raw in _forms(spelt):
            if len(raw) >= SHORTEST:
                found.setdefault(raw, f"{spelling} {form}")
    return found


def forms_of_bytes(raw: bytes) -> dict[bytes, str]:
    """Give the byte strings by which a binary secret is found."""
    return {form: name for name, form in _wrapped(raw) if len(form) >= SHORTEST}


def _spellings(text: str) -> Iterator[tuple[str, str]]:
    cases = {"as is": text, "lower": text.lower(), "upper": text.upper()}
    for name, spelt in cases.items():
        yield name, spelt
        yield f"{name} NFD", unicodedata.normalize("NFD", spelt)
        plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
        yield f"{name} without accents", plain


def _forms(text: str) -> Iterator[tuple[str, bytes]]:
    for charset in CHARSETS:
        for direction, read in (("", text), (" reversed", text[::-1])):
            try:
                raw = read.encode(charset)
            except UnicodeEncodeError:
                continue
            for name, form in _wrapped(raw):
                yield f"{charset}{direction} {name}", form
    escaped = json.dumps(text)[1:-1]
    yield "JSON", escaped.encode()
    yield "JSON upper", _upper_escapes(escaped).encode()
    yield "JSON twice", json.dumps(escaped)[1:-1].encode()
    yield "ASCII repr", ascii(text)[1:-1].encode()


def _wrapped(raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield "raw", raw
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    yield "repr", repr(raw)[2:-1].encode()
    yield "percent", quote(raw, safe="").encode()
    yield "percent lower", _lower_percents(quote(raw, safe="")).encode()
    yield "percent plus", quote_plus(raw, safe="@+.").encode()
    yield "percent twice", quote(quote(raw, safe=""), safe="").encode()
    for shift in range(3):
        for name, encode in (("base64", b64encode), ("base64url", urlsafe_b64encode)):
            yield f"{name} at {shift}", _inside(encode, raw, shift)


def _inside(encode: object, raw: bytes, shift: int) -> bytes:
    """Encode with so many bytes before it; only the characters that no neighbour changes."""
    assert callable(encode)
    encoded: bytes = encode(bytes(shift) + raw + bytes(3))
    return encoded[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6]


def _upper_escapes(escaped: str) -> str:
    parts = escaped.split("\\u")
    return parts[0] + "".join("\\u" + part[:4].upper() + part[4:] for part in parts[1:])


def _lower_percents(quoted: str) -> str:
    parts = quoted.split("%")
    return parts[0] + "".join("%" + part[:2].lower() + part[2:] for part in parts[1:])
