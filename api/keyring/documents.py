"""Documents of the protocol, as requests carry them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from api.problems import MalformedRequest
from api.protocol.keys import KeyOwner
from api.protocol.refusal import Refused

T = TypeVar("T")


def read_document(body: bytes, read: Callable[[bytes], T]) -> T:
    """Read a document.

    Raises
    ------
    MalformedRequest
        With the rule it breaks; nothing of it is repeated.
    """
    try:
        return read(body)
    except Refused as refusal:
        raise MalformedRequest(str(refusal)) from None
    except RecursionError:
        raise MalformedRequest("the body is nested too deeply") from None


def check_named(owner: KeyOwner, centre: str, key_id: str) -> None:
    """Refuse the document of another key than the address names.

    Raises
    ------
    MalformedRequest
        When it is another centre's, or another key.
    """
    if owner.centre != centre:
        raise MalformedRequest("the document is of another centre than the address")
    if owner.key_id.hex() != key_id:
        raise MalformedRequest("the document is of another key than the address")
