"""Merged tables of a scenario -> Scenario, every rule checked and every refusal with its line."""

from __future__ import annotations

from itertools import combinations

from scenarios.ages import BANDS, cuts_open_band
from scenarios.geography.builtin import REGIONS
from scenarios.keys import Keys
from scenarios.spec import (
    ClassRule,
    Delay,
    EligibilityRule,
    Facts,
    FirstDosesStopped,
    ProductRule,
    Scenario,
)

MAX_DOSES = 1_000_000_000
TOP_KEYS = (
    "purpose", "extends", "start", "weeks", "seed", "data", "regions", "centres", "measure",
    "objective", "fairness", "classes", "products", "eligibility", "facts", "without", "changes",
)  # fmt: skip
MEASURES = ("first dose", "booster")


def parse(name: str, keys: Keys) -> Scenario:
    """Validate the merged tables of a scenario.

    Raises
    ------
    InputError
        Naming the file, the key, its line and the broken rule.
    """
    keys.refuse_unknown(TOP_KEYS)
    start = keys.day("start")
    if start.weekday() != 0:
        raise keys.refuse("start", f"is not a Monday: {start.isoformat()} is a {start:%A}")
    weeks = keys.whole("weeks", 1, 104)
    keys.table("without").refuse_unknown(("classes", "products"))
    classes, products = _classes(keys), _products(keys)
    data = keys.choice("data", ("official", "facts"))
    objective, fairness = keys.table("objective"), keys.table("fairness")
    objective.refuse_unknown(("unserved", "week", "km"))
    fairness.refuse_unknown(("floor", "price", "every_weeks"))
    every = fairness.whole("every_weeks", 1, 104)
    return Scenario(
        name=name,
        purpose=keys.text("purpose"),
        start=start,
        weeks=weeks,
        seed=keys.whole("seed", 0, 2**31),
        data=data,
        measure=keys.choice("measure", MEASURES) if keys.has("measure") else MEASURES[0],
        regions=keys.names("regions", REGIONS),
        n_centres=keys.whole("centres", 1, 20_000) if data == "facts" else 0,
        objective={k: objective.number(k, 0, 1e9) for k in ("unserved", "week", "km")},
        floor=fairness.number("floor", 0, 1e9),
        price=fairness.number("price", 0, 1e9),
        checkpoints=tuple(range(every, weeks + 1, every)),
        classes=classes,
        products=products,
        eligibility=_eligibility(keys, classes, products),
        facts=_facts(keys, classes, products, weeks) if data == "facts" else None,
        changes=_changes(keys, products, weeks),
    )


def _classes(keys: Keys) -> tuple[ClassRule, ...]:
    table = keys.table("classes")
    left_out = keys.table("without").names("classes", table.values)
    found = tuple(_class(table, id_) for id_ in table.values if id_ not in left_out)
    if not found:
        raise keys.refuse("classes", "needs at least one class")
    for one, other in combinations(found, 2):
        if one.ages[0] <= other.ages[1] and other.ages[0] <= one.ages[1]:
            raise table.table(other.id).refuse("ages", f"overlap those of class {one.id}")
    return found


def _class(table: Keys, id_: str) -> ClassRule:
    row = table.table(id_)
    row.refuse_unknown(("label", "ages", "weight", "opens_on"))
    if id_ == "*" or not id_.strip():
        raise table.refuse(id_, "cannot name a class")
    ages = row.wholes("ages", 0, 120)
    if len(ages) != 2 or ages[0] > ages[1]:
        raise row.refuse("ages", f"is not [youngest, oldest]: {list(ages)}")
    span = (ages[0], ages[1])
    if cuts_open_band(span):
        raise row.refuse("ages", f"cut the band of 75 and over, without single ages: {list(ages)}")
    weight = row.number("weight", 0, 1e6)
    return ClassRule(id_, row.text("label"), span, weight, row.day("opens_on"))


def _products(keys: Keys) -> tuple[ProductRule, ...]:
    table = keys.table("products")
    left_out = keys.table("without").names("products", table.values)
    found = tuple(_product(table.table(id_), id_) for id_ in table.values if id_ not in left_out)
    if not found:
        raise keys.refuse("products", "needs at least one product")
    return found


def _product(row: Keys, id_: str) -> ProductRule:
    row.refuse_unknown(ProductRule.__slots__)
    needed = row.whole("doses_needed", 1, 2)
    return ProductRule(
        id=id_,
        label=row.text("label"),
        doses_per_vial=row.whole("doses_per_vial", 1, 1000),
        doses_needed=needed,
        interval_days=_interval(row) if needed == 2 else None,
        official_name=row.text("official_name"),
        vacsi_code=row.text("vacsi_code"),
        delivery_factor=row.whole("delivery_factor", 1, 10) if row.has("delivery_factor") else 1,
        due_after_weeks=row.whole("due_after_weeks", 1, 52) if needed == 2 else 0,
    )


def _interval(row: Keys) -> tuple[int, int]:
    days = row.wholes("interval_days", 0, 364)
    if len(days) != 2 or days[0] > days[1]:
        raise row.refuse("interval_days", f"is not [shortest, longest]: {list(days)}")
    if -(-days[0] // 7) > days[1] // 7:
        raise row.refuse("interval_days", f"holds no whole week: {list(days)}")
    return days[0], days[1]


def _eligibility(
    keys: Keys, classes: tuple[ClassRule, ...], products: tuple[ProductRule, ...]
) -> tuple[EligibilityRule, ...]:
    needed = {product.id: product.doses_needed for product in products}
    kept = [rule.id for rule in classes]
    found = []
    seen = set()
    for row in keys.tables("eligibility"):
        rule = _rule(row, keys)
        allowed = tuple(id_ for id_ in rule.classes or kept if id_ in kept)
        if rule.product not in needed or (rule.dose_rank == 1 and not allowed):
            continue
        if rule.dose_rank > needed[rule.product]:
            raise row.refuse("dose_rank", f"is 2, but {rule.product} needs one dose")
        for id_ in allowed if rule.dose_rank == 1 else ("*",):
            key = (rule.product, id_, rule.dose_rank, rule.from_date)
            if key in seen:
                raise row.refuse("from_date", f"repeats a row of {rule.product} and class {id_}")
            seen.add(key)
        classes_ = allowed if rule.dose_rank == 1 else ()
        found.append(
            EligibilityRule(rule.product, classes_, rule.dose_rank, rule.from_date, rule.to_date)
        )
    for id_, doses in needed.items():
        if doses == 2 and not any(r.product == id_ and r.dose_rank == 2 for r in found):
            raise keys.refuse("eligibility", f"has no row of dose_rank 2 for {id_}, of two doses")
    return tuple(found)


def _rule(row: Keys, keys: Keys) -> EligibilityRule:
    """One row as written, also of classes and products that are left out."""
    row.refuse_unknown(("product", "classes", "dose_rank", "from_date", "to_date"))
    product = row.choice("product", keys.table("products").values)
    rank = row.whole("dose_rank", 1, 2)
    named = row.names("classes", keys.table("classes").values)
    if rank == 2 and row.has("classes"):
        raise row.refuse("classes", "is given for dose_rank 2, which is pooled")
    first = row.day("from_date")
    last = row.day("to_date") if row.has("to_date") else None
    if last is not None and last < first:
        raise row.refuse("to_date", f"is before from_date: {last}")
    return EligibilityRule(product, named, rank, first, last)


def _facts(
    keys: Keys, classes: tuple[ClassRule, ...], products: tuple[ProductRule, ...], weeks: int
) -> Facts:
    facts = keys.table("facts")
    facts.refuse_unknown(Facts.__slots__)
    class_ids, product_ids = keys.table("classes").values, keys.table("products").values
    bands, had, willing, stock, arriving, before = (
        facts.table(name)
        for name in (
            "people_by_band", "had_first_dose", "willing",
            "stock", "deliveries", "first_doses_before",
        )
    )  # fmt: skip
    bands.refuse_unknown(str(low) for low in BANDS)
    for table, known in (
        (had, class_ids), (willing, class_ids),
        (stock, product_ids), (arriving, product_ids), (before, product_ids),
    ):  # fmt: skip
        table.refuse_unknown(known)
    two_doses = [p.id for p in products if p.doses_needed == 2 and before.has(p.id)]
    return Facts(
        people_by_band={low: bands.whole(str(low), 0, MAX_DOSES) for low in BANDS},
        had_first_dose={c.id: had.number(c.id, 0, 1) for c in classes},
        willing={c.id: willing.number(c.id, 0, 1) for c in classes},
        peak_injections=facts.whole("peak_injections", 1, MAX_DOSES),
        stock={p.id: stock.whole(p.id, 0, MAX_DOSES) for p in products if stock.has(p.id)},
        deliveries={p.id: _weekly(arriving, p.id, weeks) for p in products},
        first_doses_before={id_: before.wholes(id_, 0, MAX_DOSES) for id_ in two_doses},
    )


def _weekly(arriving: Keys, product: str, weeks: int) -> tuple[int, ...]:
    doses = arriving.wholes(product, 0, MAX_DOSES)
    if len(doses) < weeks:
        raise arriving.refuse(product, f"has {len(doses)} weeks where {weeks} are needed")
    return doses[:weeks]


def _changes(
    keys: Keys, products: tuple[ProductRule, ...], weeks: int
) -> tuple[Delay | FirstDosesStopped, ...]:
    found: list[Delay | FirstDosesStopped] = []
    delayed = set()
    for row in keys.tables("changes"):
        if row.choice("kind", ("delay", "first doses stopped")) == "delay":
            change = _delay(row, products, weeks)
            for week in change.weeks:
                if (change.product, week) in delayed:
                    raise row.refuse("weeks", f"delays {change.product} of week {week} twice")
                delayed.add((change.product, week))
            found.append(change)
        else:
            row.refuse_unknown(("kind", "regions", "weeks"))
            regions = row.names("regions", REGIONS)
            if not regions:
                raise row.refuse("regions", "names no region")
            found.append(FirstDosesStopped(regions, _weeks(row, 0, weeks)))
    return tuple(found)


def _delay(row: Keys, products: tuple[ProductRule, ...], weeks: int) -> Delay:
    row.refuse_unknown(("kind", "product", "weeks", "by_weeks"))
    product = row.choice("product", (p.id for p in products))
    # The delivery of week 0 holds the stock on hand, which cannot be late.
    return Delay(product, _weeks(row, 1, weeks), row.whole("by_weeks", 1, 52))


def _weeks(row: Keys, first: int, weeks: int) -> tuple[int, ...]:
    during = row.wholes("weeks", first, weeks - 1)
    if not during:
        raise row.refuse("weeks", "names no week")
    return during
