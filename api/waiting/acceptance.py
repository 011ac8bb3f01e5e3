"""How likely an offer is accepted, and when: a life table of answered offers, with a prior.

Time since an offer was made is cut into steps. In step k, with n offers that entered it
unanswered (those that ended in it count half), a accepted and r refused in it, and a prior worth m
offers,

    accept[k] = (a + m * accept0[k]) / (n + m)        refuse[k] = (r + m * refuse0[k]) / (n + m)

are the chances that an offer unanswered so far is answered in this step. From S = 1 and A = 0,

    A += S * accept[k]        S *= 1 - accept[k] - refuse[k]

give, at each step's end, the chance A(t) that an offer is accepted within t and the chance S(t)
that it is unanswered at t; between the ends both are linear. The prior's own curves are
A0(t) = 0.05 t / (t + 12 min) and R0(t) = 0.05 t / (t + 12 min): one person in twenty accepts, half
of those who do within twelve minutes, as Covidliste saw it in 2021.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

Outcome: TypeAlias = Literal["accepted", "refused", "silent"]

EDGES_MIN = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0)
"""Ends of the steps; what comes later counts as the end of the last."""
PRIOR_OFFERS = 40.0
PRIOR_ACCEPTED = 0.05
PRIOR_REFUSED = 0.05
PRIOR_MEDIAN_MIN = 12.0
LOWEST_CHANCE = 0.01
"""However few accept, nobody is asked more than a hundred times for one place."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An offer that is over: after how many minutes, and how it ended."""

    after_min: float
    outcome: Outcome

    def __post_init__(self) -> None:
        if not self.after_min >= 0:
            raise ValueError("Must have after_min >= 0.")


@dataclass(frozen=True, slots=True)
class AcceptanceCurve:
    """Chances by time since an offer was made.

    accepted
        A at the ends of the steps, beginning with 0.
    unanswered
        S at the ends of the steps, beginning with 1.
    """

    accepted: tuple[float, ...]
    unanswered: tuple[float, ...]

    def chance(self, within_min: float) -> float:
        """Chance that a new offer is accepted within a time, never below `LOWEST_CHANCE`."""
        return max(LOWEST_CHANCE, _at(self.accepted, within_min))

    def chance_left(self, since_min: float, until_min: float) -> float:
        """Chance that an offer unanswered so far is accepted before its end."""
        if until_min <= since_min:
            return 0.0
        still = _at(self.accepted, until_min) - _at(self.accepted, since_min)
        return still / _at(self.unanswered, since_min)


def fitted(answers: Iterable[Answered]) -> AcceptanceCurve:
    """Fit the curve to offers that are over; without any, it is the prior's."""
    steps = len(EDGES_MIN) - 1
    entered, accepted, refused = [0.0] * steps, [0] * steps, [0] * steps
    for answer in answers:
        last = _step_of(answer.after_min)
        for k in range(last):
            entered[k] += 1
        entered[last] += 0.5 if answer.outcome == "silent" else 1
        accepted[last] += answer.outcome == "accepted"
        refused[last] += answer.outcome == "refused"
    curve_accepted, curve_unanswered = [0.0], [1.0]
    for k, (accept0, refuse0) in enumerate(_PRIOR):
        weight = entered[k] + PRIOR_OFFERS
        accept = (accepted[k] + PRIOR_OFFERS * accept0) / weight
        refuse = (refused[k] + PRIOR_OFFERS * refuse0) / weight
        still = curve_unanswered[-1]
        curve_accepted.append(curve_accepted[-1] + still * accept)
        curve_unanswered.append(still * (1 - accept - refuse))
    return AcceptanceCurve(tuple(curve_accepted), tuple(curve_unanswered))


def more_offers(places: int, expected: float, chance: float) -> int:
    """Tell how many offers more are needed for as many acceptances as there are places.

    Parameters
    ----------
    expected
        Acceptances still expected of the offers that are open.
    chance
        That one more is accepted, over 0.
    """
    missing = places - expected
    return max(0, math.ceil(missing / chance - 1e-9))


def _step_of(after_min: float) -> int:
    for k, end in enumerate(EDGES_MIN[1:-1]):
        if after_min < end:
            return k
    return len(EDGES_MIN) - 2


def _at(values: Sequence[float], minutes: float) -> float:
    minutes = min(minutes, EDGES_MIN[-1])
    k = _step_of(minutes)
    start, end = EDGES_MIN[k], EDGES_MIN[k + 1]
    part = (minutes - start) / (end - start)
    return values[k] + part * (values[k + 1] - values[k])


def _prior() -> tuple[tuple[float, float], ...]:
    """Chances of the prior, step by step, that an offer unanswered so far is answered."""
    steps = []
    for start, end in pairwise(t / (t + PRIOR_MEDIAN_MIN) for t in EDGES_MIN):
        unanswered = 1 - (PRIOR_ACCEPTED + PRIOR_REFUSED) * start
        answered = (end - start) / unanswered
        steps.append((PRIOR_ACCEPTED * answered, PRIOR_REFUSED * answered))
    return tuple(steps)


_PRIOR = _prior()
