"""What can go wrong with keys; docs/problems.md explains each to whoever meets it."""

from __future__ import annotations

from api.problems import Problem


class NoAuthority(Problem):
    """Nobody can vouch for a key before the campaign's authority is installed."""

    status = 409
    slug = "no-authority"
    title = "The campaign's authority is not installed here yet"


class NotVouchedFor(Problem):
    """The signature of a key does not hold, or is for another centre or campaign."""

    status = 409
    slug = "not-vouched-for"
    title = "The campaign's authority did not sign this key for this centre"


class KeyChanged(Problem):
    """Somebody else let another holder in, or made the key first."""

    status = 412
    slug = "key-changed"
    title = "The key file has changed since it was read"


class KeyDestroyed(Problem):
    """A key that was destroyed never comes back."""

    status = 410
    slug = "key-destroyed"
    title = "This key was destroyed"


class KeyInUse(Problem):
    """Without the key, nobody could read who comes."""

    status = 409
    slug = "key-in-use"
    title = "Appointments still to come are sealed to this key"


class WrongKey(Problem):
    """What is sealed to another key, its centre cannot open."""

    status = 409
    slug = "wrong-key"
    title = "This is not a key of the centre the dose is at now"
