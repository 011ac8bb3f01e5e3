"""What can go wrong with the waiting list; docs/problems.md explains each."""

from __future__ import annotations

from api.problems import Problem


class OfferOver(Problem):
    """The offer was taken, refused, or came to its end."""

    status = 410
    slug = "offer-over"
    title = "This offer is over"


class TooLate(Problem):
    """Nobody could come any more, or it is not today."""

    status = 409
    slug = "too-late"
    title = "Leftovers are for people who come today, in half an hour at the earliest"
