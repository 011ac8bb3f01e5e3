"""Reading the forms of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import Request

from api.exchange import bytes_of
from api.problems import MalformedRequest

MOST_BYTES = 500_000
"""A scenario of the longest kind, and how a form writes accents."""


async def form_of(request: Request) -> Mapping[str, str]:
    """Read the fields of a form, the last of each name.

    Raises
    ------
    MalformedRequest
        When it is none.
    """
    try:
        body = (await bytes_of(request, MOST_BYTES)).decode("ascii")
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=200))
    except (UnicodeDecodeError, ValueError):
        raise MalformedRequest("the body is no form") from None


def whole_in(form: Mapping[str, str], name: str, low: int, high: int) -> int:
    """Read a whole number of a form.

    Raises
    ------
    MalformedRequest
        Naming the field.
    """
    text = form.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise MalformedRequest(f"{name}: a whole number from {low} to {high}")
    return int(text)


def word_in(form: Mapping[str, str], name: str) -> str:
    """Read a word of a form, or raise MalformedRequest."""
    text = form.get(name, "").strip()
    if not text:
        raise MalformedRequest(f"{name} is missing")
    return text
