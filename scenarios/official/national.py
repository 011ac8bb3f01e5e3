"""National figures of a scenario, learnt from the official files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from scenarios.figures import Dropped
from scenarios.official import catalogue
from scenarios.official.deliveries import Deliveries, deliveries
from scenarios.official.files import newest, read
from scenarios.official.injections import Injections, injections
from scenarios.official.stocks import MAX_AGE, stock_on_hand
from scenarios.official.vacsi import covered_on, share_of, totals
from scenarios.spec import Facts, ProductRule, Scenario


def national_facts(
    scenario: Scenario, data: Path, people_by_band: Mapping[int, int]
) -> tuple[Facts, tuple[Dropped, ...]]:
    """Read coverage, injections, deliveries and stock as `scenarios.facts` understands them."""
    given_source = read(newest(data, catalogue.VACSI_VACCINES))
    arriving_source = read(newest(data, catalogue.DELIVERIES))
    given, arriving = injections(given_source), deliveries(arriving_source)
    had, willing, dropped = _coverage(scenario, data)
    stock, stock_dropped = _stock(scenario, data, given, arriving)
    names = [product.official_name for product in scenario.products]
    start, weeks = scenario.start, scenario.weeks
    facts = Facts(
        people_by_band=people_by_band,
        had_first_dose=had,
        willing=willing,
        peak_injections=given.peak(start, weeks),
        stock=stock,
        deliveries={
            p.id: arriving.weekly(p.official_name, start, weeks) for p in scenario.products
        },
        first_doses_before={
            p.id: given.first_doses_before(p.vacsi_code, start, p.due_after_weeks)
            for p in scenario.products
            if p.doses_needed == 2
        },
    )
    return facts, (
        *given_source.dropped,
        *arriving_source.dropped,
        arriving.others(names, start, weeks),
        *dropped,
        *stock_dropped,
    )


def _coverage(
    scenario: Scenario, data: Path
) -> tuple[dict[str, float], dict[str, float], tuple[Dropped, ...]]:
    """Shares of every class who had the measured dose before the start, and in the end."""
    by_day = read(newest(data, catalogue.VACSI_AGES))
    in_the_end = read(newest(data, catalogue.VACSI_TOTALS))
    before = covered_on(by_day, scenario.measure, scenario.start - timedelta(days=1))
    ever, population = totals(in_the_end, scenario.measure)
    had = {rule.id: share_of(rule.ages, before, population) for rule in scenario.classes}
    willing = {rule.id: share_of(rule.ages, ever, population) for rule in scenario.classes}
    return had, willing, (*by_day.dropped, *in_the_end.dropped)


def _stock(
    scenario: Scenario, data: Path, given: Injections, arriving: Deliveries
) -> tuple[dict[str, int], tuple[Dropped, ...]]:
    """Doses on hand by product: published ones, else those delivered and not yet given."""
    source = read(newest(data, catalogue.STOCKS))
    published = stock_on_hand(source, scenario.start)
    if published is not None:
        stock = {p.id: published.get(p.official_name, 0) for p in scenario.products}
        return stock, source.dropped

    def left(product: ProductRule) -> int:
        received = arriving.before(product.official_name, scenario.start)
        return max(0, received - given.before(product.vacsi_code, scenario.start))

    rule = (
        f"no stock published in the {MAX_AGE.days} days before the start: "
        "doses delivered less doses given are taken"
    )
    estimated = Dropped(source.name, rule, len(scenario.products))
    return {p.id: left(p) for p in scenario.products}, (*source.dropped, estimated)
