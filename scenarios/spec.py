"""A named scenario: what happened or might happen, as data, before it becomes an instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from scenarios.keys import Keys

MAX_DOSES = 1_000_000_000
TOP_KEYS = (
    "purpose", "extends", "start", "weeks", "seed", "data", "regions", "centres", "measure",
    "objective", "fairness", "classes", "products", "eligibility", "facts", "without", "changes",
)  # fmt: skip
MEASURES = ("first dose", "booster")


@dataclass(frozen=True, slots=True)
class ClassRule:
    """One priority class: an age range (both ends included), its weight and its opening."""

    id: str
    label: str
    ages: tuple[int, int]
    weight: float
    opens_on: date


@dataclass(frozen=True, slots=True)
class ProductRule:
    """One product; `due_after_weeks` is when second doses of earlier first doses fall due."""

    id: str
    label: str
    doses_per_vial: int
    doses_needed: int
    interval_days: tuple[int, int] | None
    official_name: str
    vacsi_code: str
    delivery_factor: int
    due_after_weeks: int


@dataclass(frozen=True, slots=True)
class EligibilityRule:
    """One dated rule; classes are empty for rank 2, which is pooled."""

    product: str
    classes: tuple[str, ...]
    dose_rank: int
    from_date: date
    to_date: date | None


@dataclass(frozen=True, slots=True)
class Delay:
    """Deliveries of a product in some weeks arrive later; past the horizon they are lost."""

    product: str
    weeks: tuple[int, ...]
    by_weeks: int


@dataclass(frozen=True, slots=True)
class FirstDosesStopped:
    """Centres of some regions give booked doses only in some weeks."""

    regions: tuple[str, ...]
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """National figures that replace the official files, scaled to the territory by population.

    `people_by_band` is keyed by the lower age of INSEE's five bands; shares are of people of a
    class; `deliveries` and `first_doses_before` are doses by week, the latter ending just before
    the start.
    """

    people_by_band: Mapping[int, int]
    had_first_dose: Mapping[str, float]
    willing: Mapping[str, float]
    peak_injections: int
    stock: Mapping[str, int]
    deliveries: Mapping[str, tuple[int, ...]]
    first_doses_before: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything that `scenarios.build` needs, validated."""

    name: str
    purpose: str
    start: date
    weeks: int
    seed: int
    data: str
    measure: str
    regions: tuple[str, ...]
    n_centres: int
    objective: Mapping[str, float]
    floor: float
    price: float
    checkpoints: tuple[int, ...]
    classes: tuple[ClassRule, ...]
    products: tuple[ProductRule, ...]
    eligibility: tuple[EligibilityRule, ...]
    facts: Facts | None
    changes: tuple[Delay | FirstDosesStopped, ...]

    def monday(self, week: int) -> date:
        """First day of a week, which may lie before the start."""
        return self.start + timedelta(weeks=week)


def parse(name: str, keys: Keys) -> Scenario:
    """Validate the merged tables of a scenario.

    Raises
    ------
    InputError
        Naming the file, the key and the broken rule.
    """
    keys.refuse_unknown(TOP_KEYS)
    start = keys.day("start")
    if start.weekday() != 0:
        raise keys.refuse("start", f"is not a Monday: {start.isoformat()} is a {start:%A}")
    weeks = keys.whole("weeks", 1, 104)
    left_out = keys.table("without")
    left_out.refuse_unknown(("classes", "products"))
    classes = _classes(keys.table("classes"), left_out.texts("classes"))
    products = _products(keys.table("products"), left_out.texts("products"))
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
        regions=keys.texts("regions"),
        n_centres=keys.whole("centres", 1, 20_000) if data == "facts" else 0,
        objective={k: objective.number(k, 0, 1e9) for k in ("unserved", "week", "km")},
        floor=fairness.number("floor", 0, 1e9),
        price=fairness.number("price", 0, 1e9),
        checkpoints=tuple(range(every, weeks + 1, every)),
        classes=classes,
        products=products,
        eligibility=_eligibility(keys, classes, products),
        facts=_facts(keys.table("facts"), classes, products, weeks) if data == "facts" else None,
        changes=_changes(keys, products, weeks),
    )


def _classes(keys: Keys, left_out: tuple[str, ...]) -> tuple[ClassRule, ...]:
    found = []
    for id_ in keys.values:
        row = keys.table(id_)
        row.refuse_unknown(("label", "ages", "weight", "opens_on"))
        ages = row.wholes("ages", 0, 120)
        if len(ages) != 2 or ages[0] > ages[1]:
            raise row.refuse("ages", f"is not [youngest, oldest]: {list(ages)}")
        if id_ not in left_out:
            weight = row.number("weight", 0, 1e6)
            rule = ClassRule(id_, row.text("label"), ages, weight, row.day("opens_on"))
            found.append(rule)
    if not found:
        raise keys.refuse("classes", "needs at least one class")
    return tuple(found)


def _products(keys: Keys, left_out: tuple[str, ...]) -> tuple[ProductRule, ...]:
    found = []
    for id_ in keys.values:
        row = keys.table(id_)
        row.refuse_unknown(ProductRule.__slots__)
        needed = row.whole("doses_needed", 1, 2)
        interval = row.wholes("interval_days", 0, 3650) if needed == 2 else None
        if interval is not None and (len(interval) != 2 or interval[0] > interval[1]):
            raise row.refuse("interval_days", f"is not [shortest, longest]: {list(interval)}")
        if id_ not in left_out:
            found.append(
                ProductRule(
                    id=id_,
                    label=row.text("label"),
                    doses_per_vial=row.whole("doses_per_vial", 1, 1000),
                    doses_needed=needed,
                    interval_days=(interval[0], interval[1]) if interval else None,
                    official_name=row.text("official_name"),
                    vacsi_code=row.text("vacsi_code"),
                    delivery_factor=(
                        row.whole("delivery_factor", 1, 10) if row.has("delivery_factor") else 1
                    ),
                    due_after_weeks=row.whole("due_after_weeks", 1, 52) if needed == 2 else 0,
                )
            )
    if not found:
        raise keys.refuse("products", "needs at least one product")
    return tuple(found)


def _eligibility(
    keys: Keys, classes: tuple[ClassRule, ...], products: tuple[ProductRule, ...]
) -> tuple[EligibilityRule, ...]:
    class_ids, product_ids = [c.id for c in classes], [p.id for p in products]
    declared = keys.table("classes").values
    found = []
    for row in keys.tables("eligibility"):
        row.refuse_unknown(("product", "classes", "dose_rank", "from_date", "to_date"))
        product = row.choice("product", tuple(keys.table("products").values))
        rank = row.whole("dose_rank", 1, 2)
        named = row.texts("classes")
        for id_ in named:
            if id_ not in declared:
                raise row.refuse("classes", f"holds an unknown class: {id_!r}")
        if rank == 2 and named:
            raise row.refuse("classes", "is given for dose_rank 2, which is pooled")
        first = row.day("from_date")
        last = row.day("to_date") if row.has("to_date") else None
        if last is not None and last < first:
            raise row.refuse("to_date", f"is before from_date: {last}")
        allowed = [] if rank == 2 else [id_ for id_ in named or class_ids if id_ in class_ids]
        if product in product_ids and (allowed or rank == 2):
            found.append(EligibilityRule(product, tuple(allowed), rank, first, last))
    return tuple(found)


def _facts(
    keys: Keys, classes: tuple[ClassRule, ...], products: tuple[ProductRule, ...], weeks: int
) -> Facts:
    keys.refuse_unknown(Facts.__slots__)
    bands, shares = keys.table("people_by_band"), ("had_first_dose", "willing")
    had, willing = ({c.id: keys.table(name).number(c.id, 0, 1) for c in classes} for name in shares)
    stock, arriving = keys.table("stock"), keys.table("deliveries")
    before = keys.table("first_doses_before")
    deliveries = {}
    for product in products:
        doses = arriving.wholes(product.id, 0, MAX_DOSES)
        if len(doses) < weeks:
            raise arriving.refuse(product.id, f"has {len(doses)} weeks where {weeks} are needed")
        deliveries[product.id] = doses[:weeks]
    return Facts(
        people_by_band={low: bands.whole(str(low), 0, MAX_DOSES) for low in (0, 20, 40, 60, 75)},
        had_first_dose=had,
        willing=willing,
        peak_injections=keys.whole("peak_injections", 1, MAX_DOSES),
        stock={p.id: stock.whole(p.id, 0, MAX_DOSES) for p in products if stock.has(p.id)},
        deliveries=deliveries,
        first_doses_before={
            p.id: before.wholes(p.id, 0, MAX_DOSES)
            for p in products
            if p.doses_needed == 2 and before.has(p.id)
        },
    )


def _changes(
    keys: Keys, products: tuple[ProductRule, ...], weeks: int
) -> tuple[Delay | FirstDosesStopped, ...]:
    found: list[Delay | FirstDosesStopped] = []
    for row in keys.tables("changes"):
        kind = row.choice("kind", ("delay", "first doses stopped"))
        during = row.wholes("weeks", 0, weeks - 1)
        if kind == "delay":
            row.refuse_unknown(("kind", "product", "weeks", "by_weeks"))
            product = row.choice("product", tuple(p.id for p in products))
            found.append(Delay(product, during, row.whole("by_weeks", 1, 52)))
        else:
            row.refuse_unknown(("kind", "regions", "weeks"))
            found.append(FirstDosesStopped(row.texts("regions"), during))
    return tuple(found)
