"""`explain --confirm`: the price of a row against the cost of one unit more and one less."""

from __future__ import annotations

import numpy as np
import pytest

from allocator import explain
from allocator.errors import InputError
from allocator.explain import explain_plan
from allocator.plan import read_plan, write_plan
from allocator.read import read_instance
from allocator.solve import solve
from tests import instances
from tests.factories import random_instance, write_instance
from tests.instances import (
    allowed,
    centre,
    class_,
    delivery,
    one_dose,
    people,
    weekly,
    zone,
)

SEEDS = (2, 3, 6, 10, 17, 19, 26, 36, 46)


def explained(folder, *, confirm=20, method="optimal"):
    """Solve an instance folder, write the plan beside it and explain it."""
    plan = solve(read_instance(folder), method=method).plan
    write_plan(folder.parent / "p", plan, dict)
    return explain_plan(folder, folder.parent / "p", top=20, confirm=confirm)


def found(rows, what):
    """Values, gains of one unit more and losses of one unit less, by place and week."""
    return {
        (row["where"], row["week"]): (row["value"], row["one_more"], row["one_less"])
        for row in rows
        if row["what"] == what
    }


def test_a_slot_that_serves_one_person_more_is_worth_one_person(tmp_path):
    """Seven slots for ten people of weight 2 at 100 each: both differences are 200."""
    rows = explained(instances.one_zone_one_centre(tmp_path / "i").folder)
    assert found(rows, "capacity") == {("x", 0): (200, 200, 200)}


def test_an_earmarked_dose_is_worth_the_way_it_saves(tmp_path):
    """A third dose at x keeps one person from driving 20 km (4), a second one less sends one."""
    rows = explained(instances.earmarked_deliveries(tmp_path / "i").folder)
    assert found(rows, "stock")["x janssen", 0] == pytest.approx((4, 4, 4))


def test_one_person_fewer_required_is_worth_her_price(tmp_path):
    """Nobody of 29 can be served, so that 10 x 1 x 5 / 10 = 5 people are missing at 20 each.

    Waiting costs 100 more a person than the fine, so that nobody waits for fairness. Each person
    waived saves 20 and each one asked for again costs 20.
    """
    tables = {
        "zones": [zone("a", "22"), zone("b", "29")],
        "classes": [class_("75"), class_("18", opens_on="2030-01-01")],
        "demand": [people("a", "75", 5), people("b", "18", 5)],
        "centres": [centre("x", "22")],
        "capacity": weekly("x", 20),
        "products": [one_dose()],
        "eligibility": [allowed("janssen", "75"), allowed("janssen", "18")],
        "deliveries": [delivery(0, "janssen", 20)],
    }
    settings = {"weeks": 1, "fairness": {"floor": 1, "price": 20, "checkpoints": [1]}}
    rows = explained(write_instance(tmp_path / "i", settings=settings, **tables))
    assert found(rows, "fairness") == {("29", 1): pytest.approx((20, 20, 20))}


def test_what_booked_people_need_cannot_be_taken_away(tmp_path):
    """Four booked and one dose left for twelve people: the first dose less is theirs to lose.

    Five doses came, one of which is free, so one less can be spared; with four there is no plan.
    """
    folder = instances.booked_people_come_first(tmp_path / "i").folder
    five = [delivery(0, "janssen", 5), delivery(1, "janssen", 3)]
    booked_alone = [delivery(0, "janssen", 4), delivery(1, "janssen", 3)]
    settings = {"weeks": 2, "fairness": {"checkpoints": []}}
    tables = {
        "zones": [zone("a")],
        "classes": [class_("75")],
        "demand": [people("a", "75", 12)],
        "centres": [centre("x")],
        "capacity": weekly("x", 10, 10),
        "products": [one_dose()],
        "eligibility": [allowed("janssen", "75")],
        "booked": (folder / "booked.csv").read_text(encoding="utf-8"),
    }
    spare = write_instance(tmp_path / "a" / "i", settings=settings, **tables, deliveries=five)
    none = write_instance(
        tmp_path / "b" / "i", settings=settings, **tables, deliveries=booked_alone
    )
    assert found(explained(spare), "pool")["janssen", 0] == (100, 100, 100)
    assert found(explained(none), "pool")["janssen", 0] == (100, 100, None)


def drawn(tmp_path, seed):
    """Write a random instance."""
    rng = np.random.default_rng(seed)
    return random_instance(rng, tmp_path / f"{seed}" / "i", zones=5, centres=3, people=150)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_price_lies_between_its_two_differences(tmp_path, seed):
    """On random instances: one unit more saves at most the price, one less costs at least it."""
    for row in explained(drawn(tmp_path, seed)):
        assert -1e-6 <= row["one_more"] <= row["value"] + 1e-6
        assert row["one_less"] is None or row["one_less"] >= row["value"] - 1e-6


def test_the_random_instances_price_every_kind_of_row(tmp_path):
    """The control of the test above."""
    rows = [row for seed in SEEDS for row in explained(drawn(tmp_path, seed), confirm=0)]
    assert {row["what"] for row in rows} == {"capacity", "pool", "stock", "fairness"}


def test_prices_climbed_again_are_near_those_solved_again(tmp_path, monkeypatch):
    """Large instances are not solved by HiGHS; on a small one both ways tell the same story."""
    folder = instances.one_zone_one_centre(tmp_path / "i").folder
    monkeypatch.setattr(explain, "EXACT_COLUMNS", 0)
    value, more, less = found(explained(folder), "capacity")["x", 0]
    assert (more, less) == pytest.approx((value, value), rel=0.02)


def test_ids_with_spaces_are_told_apart(tmp_path):
    """`a b c` is the product `b c` at `a`, as there is no centre `a b`."""
    tables = {
        "zones": [zone("z")],
        "classes": [class_("75")],
        "demand": [people("z", "75", 6)],
        "centres": [centre("a")],
        "capacity": weekly("a", 20),
        "products": [one_dose("c"), one_dose("b c")],
        "eligibility": [allowed("b c", "75")],
        "deliveries": [delivery(0, "b c", 2, "a"), delivery(0, "c", 2, "a")],
    }
    settings = {"weeks": 1, "fairness": {"checkpoints": []}}
    rows = explained(write_instance(tmp_path / "i", settings=settings, **tables))
    assert found(rows, "stock") == {("a b c", 0): (100, 100, 100)}


def test_a_plan_without_prices_has_nothing_to_explain(tmp_path):
    """Baselines have none."""
    assert explained(instances.one_zone_one_centre(tmp_path / "i").folder, method="pro-rata") == []


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"where": "nowhere"}, "prices: the instance has no 'nowhere'"),
        ({"week": 9}, "prices: week 9 is outside 0..0"),
        ({"what": "luck"}, "prices: unknown what: 'luck'"),
        ({"what": "fairness", "where": "22"}, "prices: the instance has no 0"),
        ({"what": "stock"}, "prices: the instance has no centre and product 'x'"),
    ],
)
def test_a_price_of_no_row_is_refused(tmp_path, cells, message):
    """Somebody wrote into the table."""
    folder = instances.one_zone_one_centre(tmp_path / "i").folder
    explained(folder, confirm=0)
    plan = read_plan(tmp_path / "p")
    prices = plan["prices"].head(1).assign(**cells)
    prices.to_csv(tmp_path / "p" / "prices.csv", index=False)
    with pytest.raises(InputError) as error:
        explain_plan(folder, tmp_path / "p", top=1, confirm=1)
    assert str(error.value) == message


def test_prices_without_a_certificate_cannot_be_confirmed(tmp_path):
    """The certificate is what the second solve starts from."""
    folder = instances.one_zone_one_centre(tmp_path / "i").folder
    explained(folder, confirm=0)
    (tmp_path / "p" / "certificate.csv").write_text("row_kind,keys,value\n", encoding="utf-8")
    with pytest.raises(InputError, match="certificate: is empty"):
        explain_plan(folder, tmp_path / "p", top=1, confirm=1)
