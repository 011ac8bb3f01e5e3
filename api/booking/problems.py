"""What can go wrong with a booking; docs/problems.md explains each to whoever meets it."""

from __future__ import annotations

from api import problems
from api.problems import Problem

Unavailable = problems.Unavailable
"""A problem of every room, which ends a booking's requests like its own do."""


class SlotGone(Problem):
    """The slot was withdrawn, has begun, or never was."""

    status = 409
    slug = "slot-gone"
    title = "This slot is not offered, or not any more"


class SlotFull(Problem):
    """Nothing is left in the slot for this channel."""

    status = 409
    slug = "slot-full"
    title = "Nothing is left in this slot"


class QuotaExhausted(Problem):
    """The week's first doses for this département and class are sold."""

    status = 409
    slug = "quota-exhausted"
    title = "What this centre keeps for this département and class is sold for the week"


class WrongDoses(Problem):
    """Half a pair, two products, or doses of the wrong rank."""

    status = 409
    slug = "wrong-doses"
    title = "These doses do not make a whole vaccination"


class WrongInterval(Problem):
    """The second dose is too early or too late after the first."""

    status = 409
    slug = "wrong-interval"
    title = "The second dose lies outside the interval of this product"


class NotEligible(Problem):
    """The class is not open, or the product is not for it, on the day of the slot."""

    status = 409
    slug = "not-eligible"
    title = "This product is not open to this class on that day"


class HoldExpired(Problem):
    """The hold ended, by time or by release; its slots are no longer blocked."""

    status = 410
    slug = "hold-expired"
    title = "This hold has ended, nothing is blocked any more"


class AlreadyBooked(Problem):
    """The person has a live booking of this dose rank (duplicate policy `reject`)."""

    status = 409
    slug = "already-booked"
    title = "This person has a booking already"


class AlreadyConfirmed(Problem):
    """What was held is booked: it can be cancelled, not released."""

    status = 409
    slug = "already-confirmed"
    title = "This booking is confirmed, it can be cancelled but not released"


class NotLive(Problem):
    """Only a confirmed booking can be moved or cancelled."""

    status = 409
    slug = "booking-not-live"
    title = "This booking is not confirmed, or was cancelled"


class DoseSettled(Problem):
    """A dose that was given, missed or cancelled stays where it is."""

    status = 409
    slug = "dose-settled"
    title = "This dose was given, missed or cancelled and cannot be moved"
