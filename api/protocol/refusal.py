"""The one way in which the protocol says no."""

from __future__ import annotations


class Refused(ValueError):  # noqa: N818 - what the protocol does is refuse
    """Something does not hold: a key, a seal, a proof, a form.

    The message names the rule and never repeats what was given: it may be shown and logged.
    """
