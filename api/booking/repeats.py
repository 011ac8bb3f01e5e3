"""Requests that come twice: the stored answer of the first is given again."""

from __future__ import annotations

from hmac import compare_digest

import msgspec

from api.booking.orders import ChangeOrder
from api.booking.receipts import Receipt
from api.booking.world import StoredAnswer, World
from api.problems import KeyReused

OK = 200


def answer_again(world: World, order: ChangeOrder, route: str) -> Receipt | None:
    """Give the answer the key was given before; None when it is new.

    Raises
    ------
    KeyReused
        When the key came with another request.
    """
    stored = world.answers.get((order.key, route))
    if stored is None:
        return None
    if not compare_digest(stored.print, order.print):
        raise KeyReused
    return msgspec.json.decode(stored.answer, type=Receipt)


def remember(world: World, order: ChangeOrder, route: str, answer: Receipt) -> None:
    """Store the answer to a key, in the transaction that makes it true."""
    world.changes.answers.append(
        StoredAnswer(order.key, route, order.print, OK, msgspec.json.encode(answer).decode())
    )
