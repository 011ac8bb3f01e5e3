"""Why an entry has had no offer yet: never nothing, never an excuse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import msgspec

from api.capacity.rebooking.rules import Rules

ReasonCode: TypeAlias = Literal[
    "class-not-open", "no-product-allowed", "no-dose", "all-taken", "bookable", "after-an-offer",
    "people-before", "next",
]  # fmt: skip
MOST_COUNTED = 500
"""Whoever has more people before them is told that there are at least so many."""


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """One reason, as a code for programs and a sentence for people.

    on
        The day or instant from which it does not hold any more, if that is known.
    people
        How many wait before.
    at_least
        Whether there may be more of them.
    """

    reason: ReasonCode
    sentence: str
    on: dt.date | None = None
    people: int | None = None
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """First doses of a product at some centres, still to come.

    doses
        All of them.
    free
        Those anybody may book now.
    """

    doses: int
    free: int


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides about an entry.

    products
        Accepted products.
    offered
        By product, at the accepted centres.
    people_before
        Who wait for one of these products at one of these centres and come first.
    ready_at
        When the next offer may be made.
    """

    class_id: int
    products: tuple[int, ...]
    offered: Mapping[int, Offered]
    people_before: int
    ready_at: dt.datetime


def reasons(situation: Situation, rules: Rules, today: dt.date, now: dt.datetime) -> list[Reason]:
    """Explain why there is no offer; at least one reason, the hardest first."""
    return [*_rules_against(situation, rules, today), *_places_against(situation, now)]


def _rules_against(situation: Situation, rules: Rules, today: dt.date) -> Iterator[Reason]:
    opens_on = rules.opens_on.get(situation.class_id)
    if opens_on is None or opens_on > today:
        when = "n'est pas encore fixée" if opens_on is None else f"est le {opens_on:%d/%m/%Y}"
        sentence = f"Votre tranche n'est pas encore ouverte : la date d'ouverture {when}."
        yield Reason("class-not-open", sentence, on=opens_on)
    day = max(today, opens_on or today)
    if not any(rules.allows(p, situation.class_id, 1, day) for p in situation.products):
        sentence = "Aucun des vaccins que vous acceptez n'est autorisé pour votre tranche."
        yield Reason("no-product-allowed", sentence)


def _places_against(situation: Situation, now: dt.datetime) -> Iterator[Reason]:
    mine = [situation.offered[p] for p in situation.products if p in situation.offered]
    doses, free = sum(o.doses for o in mine), sum(o.free for o in mine)
    if doses == 0:
        sentence = "Aucune dose des vaccins que vous acceptez n'est prévue dans ces centres."
        yield Reason("no-dose", sentence)
    elif free == 0:
        sentence = "Toutes les doses prévues dans ces centres sont prises ou réservées."
        yield Reason("all-taken", sentence)
    else:
        sentence = "Des créneaux sont libres dans ces centres : réservez sans attendre."
        yield Reason("bookable", sentence)
    if situation.ready_at > now:
        sentence = "Vous venez d'avoir une proposition : d'autres passent d'abord."
        yield Reason("after-an-offer", sentence)
    if situation.people_before == 0:
        yield Reason("next", "Vous êtes en tête de la liste dans ces centres.")
    else:
        yield _people(situation.people_before)


def _people(people: int) -> Reason:
    many = people >= MOST_COUNTED
    who = "personne attend" if people == 1 else "personnes attendent"
    count = f"Au moins {MOST_COUNTED}" if many else str(people)
    sentence = f"{count} {who} avant vous dans ces centres."
    return Reason("people-before", sentence, people=min(people, MOST_COUNTED), at_least=many)
