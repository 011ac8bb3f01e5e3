"""The acceptance curve and the number of offers it asks for."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.waiting.acceptance import (
    EDGES_MIN,
    LOWEST_CHANCE,
    AcceptanceCurve,
    Answered,
    fitted,
    more_offers,
)

PRIOR = fitted([])
ANSWERS = st.lists(
    st.builds(
        Answered,
        st.floats(0, 200, allow_nan=False),
        st.sampled_from(["accepted", "refused", "silent"]),
    ),
    max_size=60,
)


def test_without_answers_the_curve_is_the_prior():
    """A0(t) = 0.05 t / (t + 12), at every end of a step."""
    for t in EDGES_MIN:
        assert _accepted(PRIOR, t) == pytest.approx(0.05 * t / (t + 12))
    assert PRIOR.unanswered[-1] == pytest.approx(1 - 0.1 * 120 / 132)


def test_between_the_ends_of_a_step_the_curve_is_straight():
    """Half way in time is half way in chance."""
    half = (_accepted(PRIOR, 15) + _accepted(PRIOR, 30)) / 2
    assert PRIOR.chance(22.5) == pytest.approx(half)


def test_a_step_by_hand():
    """One accepted in the first minute, one silent through it: the formula of the page."""
    curve = fitted([Answered(0.5, "accepted"), Answered(1.5, "silent")])
    first = 0.05 * (1 / 13)
    assert curve.accepted[1] == pytest.approx((1 + 40 * first) / 42)


def test_many_answers_outweigh_the_prior():
    """Three in ten accept after five minutes: the curve says so."""
    answers = [Answered(5, "accepted")] * 300 + [Answered(60, "silent")] * 700
    curve = fitted(answers)
    assert curve.chance(60) == pytest.approx(0.3, abs=0.02)
    assert curve.chance(3) < 0.02


def test_offers_that_ended_early_do_not_count_as_refused():
    """Censored ones leave the chance of the time they did not see alone."""
    short = fitted([Answered(2, "silent")] * 500)
    long = fitted([Answered(120, "silent")] * 500)
    assert short.chance(60) > 3 * long.chance(60)


def test_refusals_take_from_what_is_left():
    """Whoever refused cannot accept later."""
    assert fitted([Answered(1, "refused")] * 200).chance(60) < PRIOR.chance(60)


def test_the_chance_left_falls_to_nothing_at_the_end():
    """An offer that was silent for long is expected to stay so."""
    left = [PRIOR.chance_left(t, 30) for t in (0, 10, 20, 29)]
    assert left == sorted(left, reverse=True)
    assert left[0] == pytest.approx(_accepted(PRIOR, 30))
    assert PRIOR.chance_left(30, 30) == 0
    assert PRIOR.chance_left(31, 30) == 0


def test_a_chance_is_never_so_low_that_everybody_is_asked():
    """A hundred offers for one place at most."""
    hopeless = fitted([Answered(120, "silent")] * 5000)
    assert hopeless.chance(60) == LOWEST_CHANCE
    assert more_offers(1, 0, hopeless.chance(60)) == 100


@pytest.mark.parametrize(
    ("places", "expected", "chance", "offers"),
    [(1, 0, 0.05, 20), (1, 0.05, 0.05, 19), (2, 2.0, 0.05, 0), (1, 3.0, 0.5, 0), (3, 0.5, 1.0, 3),
     (0, 0, 0.5, 0)],
)  # fmt: skip
def test_as_many_more_offers_as_places_are_expected_to_be_left(places, expected, chance, offers):
    """ceil((places - expected) / chance), never less than none."""
    assert more_offers(places, expected, chance) == offers


@given(ANSWERS)
def test_whatever_was_answered_the_curves_are_chances(answers):
    """Between 0 and 1, accepted rises, unanswered falls, and together they are 1 at most."""
    curve = fitted(answers)
    assert list(curve.accepted) == sorted(curve.accepted)
    assert list(curve.unanswered) == sorted(curve.unanswered, reverse=True)
    for accepted, unanswered in zip(curve.accepted, curve.unanswered, strict=True):
        assert 0 <= accepted <= accepted + unanswered <= 1 + 1e-9
        assert unanswered > 0
    assert 0 <= curve.chance_left(7, 25) <= 1


@given(ANSWERS)
def test_one_more_acceptance_never_lowers_the_chance(answers):
    """Who learns that somebody accepted does not expect less."""
    before = _accepted(fitted(answers), 120)
    after = _accepted(fitted([*answers, Answered(0.5, "accepted")]), 120)
    assert after >= before - 1e-12


@pytest.mark.parametrize("minutes", [-1, math.nan])
def test_an_answer_comes_after_its_offer(minutes):
    """A broken clock is a mistake, not a fact."""
    with pytest.raises(ValueError, match="after_min"):
        Answered(minutes, "silent")


def _accepted(curve: AcceptanceCurve, minutes):
    return curve.accepted[EDGES_MIN.index(minutes)]
