"""Shadow prices as sentences in French that a planner can read aloud."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocator.certificate import no_prices
from allocator.instance import Objective
from allocator.read import read_instance
from allocator.shadow import shadow_prices
from tests.factories import write_instance


@pytest.fixture
def instance(tmp_path):
    """Return the hand-written instance: four weeks from 31 May 2021, a tail of seven."""
    return read_instance(write_instance(tmp_path))


def sentences(instance, **prices):
    """Sentences of these prices, dearest first."""
    return shadow_prices(instance, replace(no_prices(instance), **prices))["sentence"].tolist()


def at(shape, *cells):
    """Return zeros but for these cells."""
    values = np.zeros(shape)
    for *where, value in cells:
        values[tuple(where)] = value
    return values


def test_a_slot_is_told_with_its_place_its_week_and_what_it_is_worth(instance):
    """Mean weight (4.. see classes.csv) turns 11.2 points into weeks and kilometres."""
    people = instance.demand.sum(axis=0)
    weight = (instance.classes.weight * people).sum() / people.sum()
    weeks = f"{11.2 / weight:.2f}".rstrip("0").replace(".", ",")
    (text,) = sentences(instance, capacity=at((2, 11), (1, 1, 11.2)))
    assert text == (
        "Un créneau de plus au centre « Palais des congrès », semaine du 7 juin 2021, vaut 11,2 "
        f"points : autant que {weeks} semaines d’attente d’une personne ou 56 km de trajet."
    )


def test_a_dose_counts_in_its_week_and_in_all_later_ones(instance):
    """Row prices 1 in week 0 and 2 in week 1: a dose of week 0 is worth 3, of week 1 is worth 2."""
    frame = shadow_prices(
        instance, replace(no_prices(instance), pool=at((2, 11), (0, 0, 1.0), (0, 1, 2.0)))
    )
    assert frame["value"].tolist() == [3.0, 2.0]
    assert frame["week"].tolist() == [0, 1]
    assert frame["sentence"][0].startswith(
        "Une dose de plus du vaccin Comirnaty livrée au niveau national, semaine du 31 mai 2021, "
        "vaut 3 points"
    )


def test_a_week_of_the_tail_is_said_to_be_one(instance):
    """Week 4 comes after the last planned week."""
    (text,) = sentences(instance, capacity=at((2, 11), (0, 4, 1.0)))
    assert "semaine du 28 juin 2021 (en prolongation), vaut 1 point :" in text


def test_the_floor_is_told_at_the_end_of_the_week_before_its_checkpoint(instance):
    """Checkpoint 4 is the end of week 3, that of 21 June."""
    (text,) = sentences(instance, fairness=at((1, 2), (0, 0, 20.0)))
    assert text.startswith(
        "Une personne de moins exigée au plancher d’équité du département 22, à la fin de la "
        "semaine du 21 juin 2021, vaut 20 points"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.001, "moins de 0,01 point"), (1.9, "1,9 point"), (1234, "1\u202f234 points")],
)
def test_points_are_singular_below_two(value, text, instance):
    """French has the plural from two on; a trifle is not nothing."""
    (sentence,) = sentences(instance, capacity=at((2, 11), (0, 0, value)))
    assert f"vaut {text} :" in sentence


def test_prices_without_an_equivalent_say_so(instance):
    """With every other price at 0 there is nothing to compare with."""
    free = replace(instance, objective=Objective(unserved=0.0, week=0.0, km=0.0))
    (text,) = sentences(free, capacity=at((2, 11), (0, 0, 2.0)))
    assert text.endswith("vaut 2 points : sans équivalent aux prix de ce scénario.")


def test_a_person_served_who_would_not_have_been_is_named_first(instance):
    """Worth a tenth of a person or more: said in people."""
    (text,) = sentences(instance, capacity=at((2, 11), (0, 0, 600.0)))
    assert "personnes servies qui ne l’auraient jamais été ou" in text


def test_nothing_is_short_without_prices(instance):
    """No prices, no rows, but the columns are there."""
    frame = shadow_prices(instance, None)
    assert frame.empty
    assert list(frame.columns) == ["what", "where", "week", "value", "unit", "sentence"]
