"""The named scenarios hold the dates and figures of their year."""

from __future__ import annotations

import csv
import gzip
import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from scenarios.named import names, read_scenario
from scenarios.spec import Delay, FirstDosesStopped, Scenario

MAY = "france-2021-05-31"
HAUTS_DE_FRANCE, ILE_DE_FRANCE, BOURGOGNE_FRANCHE_COMTE = "32", "11", "27"


def first_weeks(scenario: Scenario, product: str, class_: str) -> list[date]:
    """Mondays of the horizon on which a first dose is allowed, as MODEL.md reads the dates."""
    opens_on = next(rule.opens_on for rule in scenario.classes if rule.id == class_)
    rules = [rule for rule in scenario.eligibility if rule.product == product]
    rules = [rule for rule in rules if rule.dose_rank == 1 and class_ in rule.classes]
    mondays = [scenario.monday(week) for week in range(scenario.weeks)]
    return [
        monday
        for monday in mondays
        if opens_on <= monday
        and any(r.from_date <= monday and (not r.to_date or r.to_date >= monday) for r in rules)
    ]


def intervals(scenario: Scenario) -> dict[str, tuple[int, int] | None]:
    """Days between both doses, by product."""
    return {product.id: product.interval_days for product in scenario.products}


def test_classes_open_by_age_in_spring():
    """75 on 18 January, 60 on 16 April, 50 on 10 May, all adults on 31 May 2021."""
    opened = {rule.ages[0]: rule.opens_on for rule in read_scenario(MAY).classes}
    assert opened == {
        75: date(2021, 1, 18), 60: date(2021, 4, 16), 50: date(2021, 5, 10), 18: date(2021, 5, 31),
    }  # fmt: skip


def test_intervals_are_those_of_their_day():
    """21-28 days in January, 28-42 in spring, 21-49 in summer; AstraZeneca 9 to 12 weeks."""
    assert intervals(read_scenario("shortage-2021-01")) == {
        "pfizer": (21, 28), "moderna": (21, 28),
    }  # fmt: skip
    spring = intervals(read_scenario("az-suspended"))
    assert spring["pfizer"] == spring["moderna"] == (28, 42)
    summer = intervals(read_scenario(MAY))
    assert summer["pfizer"] == summer["moderna"] == (21, 49)
    assert spring["astrazeneca"] == summer["astrazeneca"] == (9 * 7, 12 * 7)
    assert summer["janssen"] is None


def test_second_doses_fall_due_by_the_rule_under_which_the_first_was_given():
    """28 days until 13 April, 42 after; AstraZeneca's 12 weeks."""
    due = {name: {p.id: p.due_after_weeks for p in read_scenario(name).products}
           for name in ("shortage-2021-01", "az-suspended", MAY)}  # fmt: skip
    assert due["shortage-2021-01"] == {"pfizer": 4, "moderna": 4}
    assert due["az-suspended"] == {"pfizer": 4, "moderna": 4, "astrazeneca": 12, "janssen": 0}
    assert due[MAY] == {"pfizer": 6, "moderna": 6, "astrazeneca": 12, "janssen": 0}


def test_in_january_the_oldest_alone_are_served_and_three_regions_stop():
    """From 25 January, until bookings came back on 15 February."""
    scenario = read_scenario("shortage-2021-01")
    assert [rule.ages for rule in scenario.classes] == [(75, 120)]
    (stop,) = scenario.changes
    assert isinstance(stop, FirstDosesStopped)
    assert set(stop.regions) == {HAUTS_DE_FRANCE, ILE_DE_FRANCE, BOURGOGNE_FRANCHE_COMTE}
    assert [scenario.monday(week) for week in stop.weeks] == [
        date(2021, 1, 25), date(2021, 2, 1), date(2021, 2, 8),
    ]  # fmt: skip


def test_astrazeneca_is_suspended_for_a_week_and_then_given_from_55_on():
    """The week of 15 March has none; from 22 March those of 50 to 54 have none either."""
    scenario = read_scenario("az-suspended")
    mondays = [scenario.monday(week) for week in range(scenario.weeks)]
    assert mondays[:3] == [date(2021, 3, 8), date(2021, 3, 15), date(2021, 3, 22)]
    for class_ in ("70-74", "60-69", "55-59"):
        assert first_weeks(scenario, "astrazeneca", class_) == [mondays[0], *mondays[2:]]
    assert first_weeks(scenario, "astrazeneca", "50-54") == mondays[:1]
    assert first_weeks(scenario, "astrazeneca", "75-plus") == mondays[2:]


def test_messenger_rna_reaches_younger_ages_as_spring_goes_on():
    """70 from 27 March, 60 from 16 April, 50 from 10 May: the first Mondays after."""
    scenario = read_scenario("az-suspended")
    begun = {class_: first_weeks(scenario, product, class_)[0]
             for product in ("pfizer", "moderna")
             for class_ in ("75-plus", "70-74", "60-69", "55-59", "50-54")}  # fmt: skip
    assert begun == {
        "75-plus": date(2021, 3, 8), "70-74": date(2021, 3, 29), "60-69": date(2021, 4, 19),
        "55-59": date(2021, 5, 10), "50-54": date(2021, 5, 10),
    }  # fmt: skip


def test_moderna_leaves_the_centres_on_27_may():
    """First doses in the week of 24 May only; second doses go on; others as on 31 May."""
    scenario = read_scenario("moderna-leaves-centres")
    for rule in scenario.classes:
        weeks = first_weeks(scenario, "moderna", rule.id)
        assert weeks == ([] if rule.id == "18-49" else [date(2021, 5, 24)])
    second = [r for r in scenario.eligibility if r.product == "moderna" and r.dose_rank == 2]
    assert [rule.to_date for rule in second] == [None]
    may = read_scenario(MAY)
    for product in ("pfizer", "astrazeneca", "janssen"):
        assert [r for r in scenario.eligibility if r.product == product] == [
            r for r in may.eligibility if r.product == product
        ]


def test_a_slip_changes_nothing_but_one_delivery():
    """So that both plans can be compared."""
    slip, may = read_scenario("moderna-slip"), read_scenario(MAY)
    assert slip.changes == (Delay("moderna", (3,), 2),)
    assert slip.monday(3) == date(2021, 6, 21)
    same = ("start", "weeks", "seed", "classes", "products", "eligibility", "objective")
    assert [getattr(slip, key) for key in same] == [getattr(may, key) for key in same]
    assert may.changes == ()


def test_boosters_are_one_dose_products():
    """Moderna's is half a dose, and not for those under 30."""
    scenario = read_scenario("booster-2021-11")
    assert scenario.measure == "booster"
    assert [(p.id, p.doses_needed, p.doses_per_vial, p.delivery_factor)
            for p in scenario.products] == [("pfizer", 1, 6, 1), ("moderna", 1, 20, 2)]  # fmt: skip
    assert first_weeks(scenario, "pfizer", "18-29")
    assert first_weeks(scenario, "moderna", "18-29") == []


def csv_rows(name: str, delimiter: str = ";", encoding: str = "utf-8") -> Iterator[dict[str, str]]:
    """Rows of an official file."""
    path = Path(os.environ["CRENEAU_DATA"]) / name
    data = path.read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode(encoding)
    yield from csv.DictReader(text.splitlines(), delimiter=delimiter)


@pytest.mark.data
def test_a_booster_class_opens_when_half_of_it_may_have_one():
    """Six months after full vaccination from 1 September on, five from 27 November."""
    complete: dict[int, dict[date, int]] = defaultdict(dict)
    for row in csv_rows("vacsi-a-fra_2023-05.csv.gz"):
        day = date.fromisoformat(row["jour"])
        complete[int(row["clage_vacsi"])][day] = int(row["n_cum_complet"])
    for rule in read_scenario("booster-2021-11").classes:
        oldest = [c for c in complete if rule.ages[0] <= c <= rule.ages[1]]
        by_day = {day: sum(complete[c][day] for c in oldest) for day in complete[oldest[0]]}
        half = by_day[date(2021, 10, 31)] / 2
        median = min(day for day, people in by_day.items() if people >= half)
        six = months_after(median, 6)
        law = date(2021, 11, 27)
        assert rule.opens_on == (six if six < law else max(law, months_after(median, 5))), rule.id


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month."""
    year, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + year, month=month + 1)


@pytest.mark.data
def test_the_national_figures_are_those_of_the_files():
    """Deliveries, stock, first doses, shares: counted again from the files, to the last digit."""
    scenario = read_scenario("france-builtin")
    facts = scenario.facts
    assert facts is not None
    start, weeks = scenario.start, scenario.weeks
    by_name = {p.official_name: p.id for p in scenario.products}
    arriving = {p: [0] * weeks for p in by_name.values()}
    for row in csv_rows("flux-total-nat_2023-04.csv", encoding="cp1252"):
        ends_on = datetime.strptime(row["date_fin_semaine"], "%d/%m/%Y")  # noqa: DTZ007
        week = (ends_on.date() - start).days // 7
        if row["type_de_vaccin"] in by_name and 0 <= week < weeks:
            arriving[by_name[row["type_de_vaccin"]]][week] += int(row["nb_doses"])
    assert {p: tuple(doses) for p, doses in arriving.items()} == facts.deliveries
    stock: dict[str, int] = defaultdict(int)
    for row in csv_rows("stocks-es-par-es_2021-01-22_2021-08-27.csv.gz", ",", "cp1252"):
        if row["date"] == "2021-05-27":
            stock[by_name[row["type_de_vaccin"]]] += int(row["nb_doses"])
    assert stock == facts.stock
    ages = list(csv_rows("estim-pop-dep-age_2021.csv", ","))
    columns = {0: "pop_0_19", 20: "pop_20_39", 40: "pop_40_59", 60: "pop_60_74", 75: "pop_75_plus"}
    assert facts.people_by_band == {
        low: sum(int(row[column]) for row in ages) for low, column in columns.items()
    }


@pytest.mark.data
def test_the_national_doses_are_those_of_vac_si():
    """First doses before the start by product, and the largest week inside the horizon."""
    scenario = read_scenario("france-builtin")
    facts = scenario.facts
    assert facts is not None
    first: dict[tuple[str, int], int] = defaultdict(int)
    given: dict[int, int] = defaultdict(int)
    for row in csv_rows("vacsi-v-fra_2023-05.csv.gz"):
        week = (date.fromisoformat(row["jour"]) - scenario.start).days // 7
        first[row["vaccin"], week] += int(row["n_dose1"])
        if row["vaccin"] == "0":
            given[week] += int(row["n_dose1"]) + int(row["n_dose2"])
    for product in scenario.products:
        if product.doses_needed == 2:
            before = tuple(first[product.vacsi_code, week]
                           for week in range(-product.due_after_weeks, 0))  # fmt: skip
            assert facts.first_doses_before[product.id] == before
    assert facts.peak_injections == max(given[week] for week in range(scenario.weeks))


@pytest.mark.data
def test_the_national_shares_are_those_of_vac_si():
    """First doses the day before the start, and in the end, per person of the age class."""
    scenario = read_scenario("france-builtin")
    facts = scenario.facts
    assert facts is not None
    day = (scenario.start - timedelta(days=1)).isoformat()
    had = {int(row["clage_vacsi"]): int(row["n_cum_dose1"])
           for row in csv_rows("vacsi-a-fra_2023-05.csv.gz") if row["jour"] == day}  # fmt: skip
    in_the_end = {int(row["clage_vacsi"]): (int(row["n_tot_dose1"]), float(row["pop"]))
                  for row in csv_rows("vacsi-tot-a-fra_2023-05.csv")}  # fmt: skip
    for rule in scenario.classes:
        oldest = [c for c in had if rule.ages[0] <= c <= rule.ages[1]]
        people = sum(in_the_end[c][1] for c in oldest)
        assert facts.had_first_dose[rule.id] == round(sum(had[c] for c in oldest) / people, 3)
        assert facts.willing[rule.id] == round(sum(in_the_end[c][0] for c in oldest) / people, 3)


def test_scenarios_of_the_files_start_when_their_files_do():
    """Every Monday between the first list of centres and the last known delivery."""
    for name in names():
        scenario = read_scenario(name)
        assert date(2021, 1, 15) <= scenario.start
        assert scenario.monday(scenario.weeks) <= date(2022, 1, 31)
