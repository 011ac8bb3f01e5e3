"""Every constraint family of MODEL.md is broken once on purpose, and nothing else is found then."""

from __future__ import annotations

import pandas as pd
import pytest

from allocator.check.verdict import judge
from allocator.check.violation import LISTED_PER_RULE
from tests.instances import class_, one_dose, two_doses
from tests.unit.check.plans import ROWS, TABLES, broken, campaign, changed, found, plan_of


def test_the_plan_made_by_hand_breaks_no_rule(instance):
    """The control for all tests below: unspoilt, the plan is feasible."""
    verdict = judge(instance, plan_of())
    assert verdict.violations == ()
    assert verdict.feasible


def test_an_empty_plan_breaks_no_rule(instance):
    """Nobody served is a plan, if a dear one."""
    verdict = judge(instance, plan_of(**{name: [] for name in ROWS}))
    assert verdict.feasible


def test_more_people_sent_than_live_there_break_the_demand(instance):
    """Constraint 1: ten people of class 75 live in a; eleven cannot leave it."""
    rows = changed("flows", ("a", "75", "x", 10), ("a", "75", "x", 10), ("a", "75", "x", 1))
    assert found(instance, "demand", **rows) == [("zone a, class 75", 1)]


def test_people_sent_without_a_dose_break_the_link(instance):
    """Constraint 2, one way: seven of b sent to y where five get a dose."""
    rows = changed("flows", ("b", "75", "y", 5), ("b", "75", "y", 7))
    assert found(instance, "link", **rows) == [("department 29, class 75, centre y", 2)]


def test_doses_for_people_of_another_departement_break_the_link(instance):
    """Constraint 2, both ways: the dose went to 29, the person came from 22."""
    rows = changed(
        "first_doses", ("22", "18", "y", "janssen", 0, 2), ("29", "18", "y", "janssen", 0, 2)
    )
    assert found(instance, "link", **rows) == [
        ("department 22, class 18, centre y", 2),
        ("department 29, class 18, centre y", 2),
    ]


def test_a_first_dose_without_its_second_is_found(instance):
    """Constraint 3: one of ten people has no second dose."""
    rows = changed("second_doses", ("x", "pfizer", 0, 4, 4), ("x", "pfizer", 0, 4, 3))
    assert found(instance, "second doses", **rows) == [("centre x, product pfizer, week 0", 1)]


def test_a_second_dose_at_another_centre_is_found_at_both(instance):
    """Constraint 3: first and second dose are given at the same centre."""
    rows = changed("second_doses", ("x", "pfizer", 0, 4, 4), ("y", "pfizer", 0, 4, 4))
    places = {where for where, _ in found(instance, "second doses", **rows)}
    assert places == {"centre x, product pfizer, week 0", "centre y, product pfizer, week 0"}


def test_a_second_dose_of_a_one_dose_product_is_found(instance):
    """Constraint 3: nothing is owed after a one-dose product."""
    rows = {"second_doses": [*ROWS["second_doses"], ("x", "janssen", 1, 4, 8)]}
    assert found(instance, "second doses", **rows) == [("centre x, product janssen, week 1", 8)]
    assert found(instance, "interval", **rows) == [("centre x, product janssen, weeks 1 to 4", 8)]


@pytest.mark.parametrize("week", [2, 5])
def test_a_second_dose_too_early_or_too_late_is_found(instance, week):
    """Constraint 3: 21 to 28 days are three or four weeks."""
    rows = changed("second_doses", ("x", "pfizer", 0, 4, 4), ("x", "pfizer", 0, week, 4))
    assert found(instance, "interval", **rows) == [
        (f"centre x, product pfizer, weeks 0 to {week}", 4)
    ]


def test_a_first_dose_too_many_for_the_week_breaks_the_capacity(tmp_path):
    """Constraint 4: ten first doses and nine injections."""
    rows = [dict(row) for row in TABLES["capacity"]]
    rows[0]["injections"] = 9
    instance = campaign(tmp_path / "i", capacity=rows)
    assert found(instance, "capacity") == [("centre x, week 0", 1)]


def test_second_doses_and_booked_people_count_in_the_capacity(tmp_path):
    """Constraint 4: five second doses, five booked, nine injections (the tail: 38 / 4, down)."""
    rows = [{**r, "injections": 2 + r["injections"]} if r["centre"] == "y" else r
            for r in TABLES["capacity"]]  # fmt: skip
    rows[7]["injections"] = 2
    booked = [{"centre": "y", "week": 4, "product": "pfizer", "dose_rank": 2, "people": 5}]
    instance = campaign(tmp_path / "i", capacity=rows, booked=booked)
    assert found(instance, "capacity") == [("centre y, week 4", 1)]


def test_vials_beyond_the_deliveries_break_the_pool(instance):
    """Constraint 5: a fifth vial of six in week 0 makes 30 doses where 24 came; later all is well.

    Cumulative deliveries are 36 from week 1 and 60 from week 3 on.
    """
    rows = changed("shipments", ("x", "pfizer", 0, 2), ("x", "pfizer", 0, 5))
    assert found(instance, "pool", **rows) == [("product pfizer, week 0", 6)]


def test_earmarked_doses_are_not_in_the_national_pool(instance):
    """Constraint 5: of 13 doses of janssen, ten are national, that is two vials."""
    rows = changed("shipments", ("x", "janssen", 1, 2), ("x", "janssen", 1, 3))
    assert ("product janssen, week 1", 5) in found(instance, "pool", **rows)


def test_a_dose_given_before_its_vial_arrives_breaks_the_stock(instance):
    """Constraint 6: two vials hold 12 of the 16 doses given by week 3."""
    rows = changed("shipments", ("x", "pfizer", 3, 1))
    assert found(instance, "stock", **rows) == [
        ("centre x, product pfizer, week 3", 4),
        ("centre x, product pfizer, week 4", 2),
        ("centre x, product pfizer, week 5", 2),
        ("centre x, product pfizer, week 6", 2),
        ("centre x, product pfizer, week 7", 2),
    ]


def test_earmarked_doses_serve_their_centre_only(tmp_path):
    """Constraint 6: with the three doses earmarked to x, the two given at y have no stock."""
    rows = [{**row, "centre": "x"} if row["centre"] else row for row in TABLES["deliveries"]]
    instance = campaign(tmp_path / "i", deliveries=rows)
    assert ("centre y, product janssen, week 0", 2) in found(instance, "stock")


def test_booked_people_take_from_the_stock(tmp_path):
    """Constraint 6: three doses earmarked to y, two given, two booked."""
    booked = [{"centre": "y", "week": 2, "product": "janssen", "dose_rank": 1, "people": 2}]
    instance = campaign(tmp_path / "i", booked=booked)
    assert found(instance, "stock")[0] == ("centre y, product janssen, week 2", 1)


def test_a_product_not_allowed_to_a_class_is_found(instance):
    """Constraint 7: no rule gives pfizer to class 18."""
    rows = changed(
        "first_doses", ("22", "18", "x", "janssen", 1, 8), ("22", "18", "x", "pfizer", 1, 8)
    )
    assert found(instance, "eligibility", **rows) == [
        ("class 18, product pfizer, first dose in week 1", 8)
    ]


def test_a_dose_before_the_class_opens_is_found(tmp_path):
    """Constraint 7: the class opens on the Tuesday of week 0, so its first week is week 1."""
    classes = [class_("75", 4, "2021-06-01"), class_("18", 1)]
    instance = campaign(tmp_path / "i", classes=classes)
    assert found(instance, "eligibility") == [
        ("class 75, product pfizer, first dose in week 0", 10)
    ]


def test_second_doses_follow_the_rule_of_the_last_week_in_the_tail(tmp_path):
    """Constraint 7: a rule ending before week 3 forbids second doses in week 3 and in the tail."""
    rules = [{**row, "to_date": "2021-06-20"} if row["dose_rank"] == 2 else row
             for row in TABLES["eligibility"]]  # fmt: skip
    instance = campaign(tmp_path / "i", eligibility=rules)
    assert found(instance, "eligibility") == [
        ("product pfizer, second dose in week 3", 6),
        ("product pfizer, second dose in week 4", 9),
    ]


def test_a_first_dose_in_the_tail_is_found(instance):
    """Constraint 7: first doses are given in weeks 0 to 3 only."""
    rows = changed(
        "first_doses", ("22", "18", "x", "janssen", 1, 8), ("22", "18", "x", "janssen", 4, 8)
    )
    assert found(instance, "eligibility", **rows) == [
        ("class 18, product janssen, first dose in week 4", 8)
    ]


def test_weeks_beyond_the_tail_are_found(instance):
    """Weeks 0 to 7 exist; a shipment in week 8 belongs to no week of the model."""
    rows = changed("shipments", ("y", "pfizer", 4, 1), ("y", "pfizer", 8, 1))
    assert found(instance, "horizon", **rows) == [("shipments:6", 1)]


def test_a_closed_week_has_no_capacity_although_the_file_gives_some(tmp_path):
    """Constraint 4 and opening: y closes on the Sunday of week 0, so week 1 has nothing."""
    centres = [TABLES["centres"][0], {**TABLES["centres"][1], "closes_on": "2021-06-06"}]
    instance = campaign(tmp_path / "i", centres=centres)
    assert found(instance, "capacity") == [("centre y, week 1", 5), ("centre y, week 4", 5)]


def test_rows_of_one_key_count_together(instance):
    """A row split in two says the same."""
    rows = changed("flows", ("a", "75", "x", 10), ("a", "75", "x", 4), ("a", "75", "x", 6))
    assert judge(instance, plan_of(**rows)).feasible


def test_many_violations_of_a_rule_are_summed_up_after_a_thousand(instance):
    """All are counted, a thousand listed."""
    n = LISTED_PER_RULE + 5
    shipments = pd.DataFrame(
        {"centre": ["x"] * n, "product": ["pfizer"] * n, "week": [99] * n, "vials": [1] * n}
    )
    verdict = judge(instance, plan_of(shipments=shipments))
    listed = [v for v in verdict.violations if v.rule == "horizon"]
    assert len(listed) == LISTED_PER_RULE + 1
    assert (listed[-1].where, listed[-1].amount) == ("and 5 more", 5)


def test_huge_counts_do_not_wrap_around_into_feasible_ones(tmp_path):
    """Ten times a thousand million vials of as many doses are more than 64 bits can count."""
    instance = campaign(
        tmp_path / "i", products=[two_doses("pfizer", 10**9), one_dose("janssen", 5)]
    )
    rows = {"shipments": [("x", "pfizer", 0, 10**9)] * 10}
    assert {"pool"} <= broken(judge(instance, plan_of(**rows)))
