"""What the pages say in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scenarios.report import sentences
from scenarios.report.figures import Figures
from scenarios.report.printed import read_printed

NBSP = "\u00a0"
SOME = Figures(
    people=100, served=60, mean_week=1.0, km_median=4.0, km_p90=9.0, coverage_min=0.5,
    coverage_max=0.7, coverage_spread=1.4, vials=10,
)  # fmt: skip


@pytest.fixture
def printed(campaign):
    """Figures of the campaign's plan."""
    return read_printed("result.json", campaign.result)


def test_a_plan_for_all_is_not_told_as_a_share(campaign):
    """`aux 100 personnes`, against `à 60 personnes sur les 100 (60 %)`."""
    everyone = sentences.in_brief(campaign.instance, replace(SOME, served=100))
    assert f"une première dose aux 100{NBSP}personnes qui en souhaitent une." in everyone
    part = sentences.in_brief(campaign.instance, SOME)
    assert f"à 60{NBSP}personnes sur les 100 qui en souhaitent une (60,0" in part


def test_the_proof_says_what_is_proven_or_that_nothing_is(printed):
    """With a bound, how far from the best; without, that nobody knows."""
    text = sentences.proof(replace(printed, cost=1000.0, bound=900.0, gap=0.1))
    assert "ne peut coûter moins de 900" in text
    assert "à 10\u202f% au plus" in text
    assert "Aucune borne" in sentences.proof(replace(printed, bound=None, gap=None))


def test_checkpoints_are_enumerated_as_one_speaks(campaign):
    """`4, 8 et 12 semaines`, `4 semaines`, `1 semaine`."""
    fairness = campaign.instance.fairness

    def said(*weeks):
        instance = replace(campaign.instance, fairness=replace(fairness, checkpoints=weeks))
        return sentences.prices_in_words(instance)

    assert "(contrôle après 4, 8 et 12 semaines)" in said(4, 8, 12)
    assert "(contrôle après 4 semaines)" in said(4)
    assert "(contrôle après 1 semaine)" in said(1)
    assert "contrôle" not in said()


def test_the_cheapest_plan_is_told_with_what_people_gain(printed):
    """Money, people, and the département served least."""
    ours = replace(printed, cost=50.0, kpis={**printed.kpis, "first_doses": 12, "coverage_min": 1})
    theirs = replace(printed, cost=100.0,
                     kpis={**printed.kpis, "first_doses": 10, "coverage_min": 0.5})  # fmt: skip
    text = sentences.cheapest("b", ours, "a", theirs)
    assert text.startswith("Le plan « b » coûte le moins : 50")
    assert "50\u202f% de moins que « a »" in text
    assert f"Il sert 2{NBSP}personnes de plus" in text
    assert "atteint 100\u202f% de couverture, contre 50,0\u202f%" in text


def test_the_best_bound_of_all_plans_counts(printed):
    """Bounds 80 and 90, cost 100: at most ten per cent from the best."""
    assert "10\u202f% au plus" in sentences.distance_to_best("b", 100.0, [80.0, 90.0])
    assert "Aucun de ces plans n’a de borne" in sentences.distance_to_best("b", 100.0, [])


def test_the_tail_is_named_as_an_assumption_only_where_there_is_one(campaign):
    """One-dose products leave no second dose to hope for."""
    products = campaign.instance.products
    one_dose = replace(
        campaign.instance, products=replace(products, doses_needed=products.doses_needed * 0 + 1)
    )
    both = [" ".join(sentences.not_proven(i)) for i in (campaign.instance, one_dose)]
    assert ["Après la dernière semaine" in text for text in both] == [True, False]
