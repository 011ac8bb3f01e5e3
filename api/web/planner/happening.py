"""From a "what if" on a page to an event, its sentence, and the instance it makes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from api.planning.orders import PlanFolders
from api.problems import MalformedRequest
from api.settings import Settings
from api.web.planner.exchange import whole_in, word_in
from api.web.planner.shelf import EVENT
from scenarios.events import Closed, Event, Late, MoreDoses, MoreInjections, happen, name_instance
from scenarios.report.french import count, day

MOST = 10_000_000


def event_in(form: Mapping[str, str], told: Mapping[str, Any]) -> tuple[Event, str, str]:
    """Read an event of a form: itself, what it is in words, and a word for a name.

    Parameters
    ----------
    told
        What was prepared for the page of the plan: names of products and centres, the start.

    Raises
    ------
    MalformedRequest
        Naming the field that is missing or out of bounds.
    """
    kind = word_in(form, "kind")
    week = whole_in(form, "week", 0, int(told["weeks"]) - 1)
    when = f"semaine du {day(date.fromisoformat(told['start']) + timedelta(weeks=week))}"
    if kind == "late":
        product = _known(form, "product", told["products"])
        by = whole_in(form, "by_weeks", 1, 52)
        late = count(by, "semaine", "semaines")
        label = told["products"][product]
        return (
            Late(product, week, by),
            f"{label} : livraison de la {when} en retard de {late}",
            f"{product}-retard-{by}",
        )
    if kind == "doses":
        product = _known(form, "product", told["products"])
        doses, centre = whole_in(form, "more", 1, MOST), form.get("centre", "")
        where = f" à {told['centres'].get(centre, centre)}" if centre else ""
        words = f"{count(doses, 'dose', 'doses')} de plus de {told['products'][product]}{where}"
        return MoreDoses(product, week, doses, centre), f"{words}, {when}", f"{product}-plus"
    centre = _known(form, "centre", told["centres"])
    if kind == "injections":
        more = whole_in(form, "more", 1, MOST)
        words = f"{count(more, 'créneau', 'créneaux')} de plus à {told['centres'][centre]}"
        return MoreInjections(centre, week, more), f"{words}, {when}", "creneaux-plus"
    if kind == "closed":
        weeks = whole_in(form, "weeks", 1, 520)
        long = count(weeks, "semaine", "semaines")
        words = f"{told['centres'][centre]} fermé {long} à partir de la {when}"
        return Closed(centre, week, weeks), words, "fermeture"
    raise MalformedRequest("kind is unknown")


def _known(form: Mapping[str, str], name: str, known: Mapping[str, str]) -> str:
    value = word_in(form, name)
    if value not in known:
        raise MalformedRequest(f"{name} is not in this instance")
    return value


def free_name(settings: Settings, name: str, slug: str) -> str:
    """Name for what comes of a plan, which nothing has yet."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{name}-{slug}")[:90]
    taken = {path.name for path in settings.plans_folder.iterdir()}
    return next(n for i in range(1, len(taken) + 2)
                if (n := stem if i == 1 else f"{stem}-{i}") not in taken)  # fmt: skip


def write_event(folders: PlanFolders, new: PlanFolders, event: Event, sentence: str) -> None:
    """Write the instance after an event, and what happened beside it.

    Raises
    ------
    InputError
        When it cannot happen to this instance, or what is booked does not fit any more.
    """
    happen(event, folders.instance, new.instance)
    name_instance(new.instance, f"{folders.name} : {sentence}")
    told = {"of": folders.name, "sentence": sentence}
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    new.plan.with_name(EVENT).write_text(text, encoding="utf-8")
