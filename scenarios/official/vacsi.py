"""VAC-SI by age: who had a dose by a day, and who had one in the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from scenarios.official.cells import days, numbers, refuse_end_before
from scenarios.official.files import Source

ALL_AGES = "0"
"""Repeats the figures of all classes together; counting both would count everybody twice."""
SUFFIX = {"first dose": "dose1", "booster": "rappel"}
"""What a column's name ends in, by the scenario's measure."""
OLDEST_AGE = 120


def covered_on(source: Source, measure: str, day: date) -> Mapping[str, int]:
    """Persons of each age class who had the measured dose by the end of a day.

    Raises
    ------
    InputError
        Also when the file ends before that day. Before its first day nobody had any.
    """
    table = source.table
    when = days(table, "jour")
    table.refuse_repeats("clage_vacsi", "jour")
    persons = table.counts(f"n_cum_{SUFFIX[measure]}")
    refuse_end_before(source.name, when, day)
    known = {class_: 0 for class_ in table.text("clage_vacsi") if class_ != ALL_AGES}
    for row in np.flatnonzero(when == np.datetime64(day, "D")):
        class_ = table.columns["clage_vacsi"][row]
        if class_ != ALL_AGES:
            known[class_] = int(persons[row])
    return known


def totals(source: Source, measure: str) -> tuple[Mapping[str, int], Mapping[str, float]]:
    """Persons of each age class who had the measured dose in the end, and its population."""
    table = source.table
    table.refuse_repeats("clage_vacsi")
    ids = table.text("clage_vacsi")
    persons = table.counts(f"n_tot_{SUFFIX[measure]}")
    population = numbers(table, "pop", 0, 1e9)
    table.refuse_first(~(population > 0), lambda _: "pop is empty or 0")
    rows = [row for row, class_ in enumerate(ids) if class_ != ALL_AGES]
    had = {ids[row]: int(persons[row]) for row in rows}
    return had, {ids[row]: float(population[row]) for row in rows}


def share_of(
    ages: tuple[int, int], persons: Mapping[str, int], population: Mapping[str, float]
) -> float:
    """Part of an age range who had the dose; persons are spread evenly inside a VAC-SI class.

    VAC-SI names a class by its oldest age; the last one, 80, is open: it starts at 80.
    """
    had = people = 0.0
    youngest = 0
    by_age = sorted(population, key=int)
    for class_ in by_age:
        oldest = OLDEST_AGE if class_ == by_age[-1] else int(class_)
        shared = min(oldest, ages[1]) - max(youngest, ages[0]) + 1
        if shared > 0:
            part = shared / (oldest - youngest + 1)
            had += part * persons.get(class_, 0)
            people += part * population[class_]
        youngest = oldest + 1
    return min(1.0, had / people) if people else 0.0
