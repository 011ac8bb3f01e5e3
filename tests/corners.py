"""Named instances of rules that are easily misread; like `tests.instances`, each worked out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.factories import write_instance
from tests.instances import (
    Known,
    allowed,
    centre,
    class_,
    delivery,
    one_dose,
    people,
    two_doses,
    weekly,
    zone,
)


def _write(folder: Path, weeks: int, **tables) -> Path:
    return write_instance(
        folder, settings={"weeks": weeks, "fairness": {"checkpoints": []}}, **tables
    )


def floor_not_worth_its_price(folder: Path) -> Known:
    """Pay for the floor rather than keep it.

    Ten people of weight 2 in 22 and ten of weight 1 in 29, ten doses a week, floor 1 after week 1
    at 0.5 a person. All ten first doses go to 22: the ten of 29 wait, 10 x 1 = 10, and half of the
    ten doses are missing there, 5 x 0.5 = 2.5. Each dose given to 29 instead would cost one point
    of waiting more (2 - 1) and save 0.5.
    """
    tables = {
        "zones": [zone("a", "22"), zone("b", "29")],
        "classes": [class_("75", weight=2), class_("18", weight=1)],
        "demand": [people("a", "75", 10), people("b", "18", 10)],
        "centres": [centre("x", "22"), centre("y", "29")],
        "capacity": [*weekly("x", 20, 20), *weekly("y", 20, 20)],
        "products": [one_dose()],
        "eligibility": [allowed("janssen", "75"), allowed("janssen", "18")],
        "deliveries": [delivery(0, "janssen", 10), delivery(1, "janssen", 10)],
    }
    fairness = {"floor": 1.0, "price": 0.5, "checkpoints": [1]}
    settings = {"weeks": 2, "objective": {"km": 0}, "fairness": fairness}
    return Known(write_instance(folder, settings=settings, **tables), week=10, fairness=2.5)


def product_suspended(folder: Path) -> Known:
    """Wait while the only product is suspended.

    Ten people of weight 1 and ten doses, four in week 0 and six in week 1. The product may be
    given until Sunday 6 June and again from Monday 14 June, so not in week 1: four in week 0, and
    six wait for week 2, 6 x 2 = 12.
    """
    tables = {
        "zones": [zone("a")],
        "classes": [class_("75")],
        "demand": [people("a", "75", 10)],
        "centres": [centre("x")],
        "capacity": weekly("x", 10, 10, 10),
        "products": [one_dose("az")],
        "eligibility": [
            allowed("az", "75", to_date="2021-06-06"),
            {**allowed("az", "75"), "from_date": "2021-06-14"},
        ],
        "deliveries": [delivery(0, "az", 4), delivery(1, "az", 6)],
    }
    return Known(_write(folder, 3, **tables), week=12)


def dates_read_by_the_week(folder: Path) -> Known:
    """Open a centre by the week's Sunday, a class by its Monday.

    The centre opens on the Sunday of week 0 and has the whole week's ten injections. Class 75 has
    long been open: its five people come in week 0. Class 18 opens on the Tuesday of week 0, after
    its Monday: five people wait one week, 5 x 1 = 5.
    """
    tables = {
        "zones": [zone("a")],
        "classes": [class_("75"), class_("18", opens_on="2021-06-01")],
        "demand": [people("a", "75", 5), people("a", "18", 5)],
        "centres": [{**centre("x"), "opens_on": "2021-06-06"}],
        "capacity": weekly("x", 10, 10),
        "products": [one_dose()],
        "eligibility": [allowed("janssen", "75"), allowed("janssen", "18")],
        "deliveries": [delivery(0, "janssen", 10)],
    }
    return Known(_write(folder, 2, **tables), week=5)


def both_doses_in_one_week(folder: Path) -> Known:
    """Give both doses in one week when the interval starts at no days.

    One week and no tail (0 to 6 days hold no week but 0): ten slots are five people's two doses,
    so three of eight are unserved, 3 x 100 = 300.
    """
    tables = {
        "zones": [zone("a")],
        "classes": [class_("75")],
        "demand": [people("a", "75", 8)],
        "centres": [centre("x")],
        "capacity": weekly("x", 10),
        "products": [two_doses(days=(0, 6))],
        "eligibility": [allowed("pfizer", "75"), allowed("pfizer", "*", rank=2)],
        "deliveries": [delivery(0, "pfizer", 100)],
    }
    return Known(_write(folder, 1, **tables), unserved=300)


def second_doses_booked_in_the_tail(folder: Path) -> Known:
    """Leave slots of the tail to people booked there.

    As `second_doses_in_the_tail`: twenty slots in week 0, so ten a week in the tail, where the
    second doses come exactly three weeks later. Four second doses are booked in that week, six
    slots are left, and six of twelve people are served: 6 x 100 = 600.
    """
    tables = {
        "zones": [zone("a")],
        "classes": [class_("75")],
        "demand": [people("a", "75", 12)],
        "centres": [centre("x")],
        "capacity": weekly("x", 20, 0),
        "products": [two_doses(days=(21, 21))],
        "eligibility": [allowed("pfizer", "75"), allowed("pfizer", "*", rank=2)],
        "deliveries": [delivery(0, "pfizer", 100)],
        "booked": [{"centre": "x", "week": 3, "product": "pfizer", "dose_rank": 2, "people": 4}],
    }
    return Known(_write(folder, 2, **tables), unserved=600)


def near_is_where_doses_are_given(folder: Path) -> Known:
    """Count kilometres from the nearest centre that has an injection at all.

    Centre x stands at the door and never injects anybody. The nearest usable one is y, 10 km away,
    with four slots; z is 30 km away. Six people: four go to y for nothing, two drive 20 km more
    than to y, 2 x 0.2 x 20 = 8.
    """
    tables = {
        "zones": [zone("a")],
        "classes": [class_("75")],
        "demand": [people("a", "75", 6)],
        "centres": [centre("x"), centre("y"), centre("z")],
        "capacity": [*weekly("x", 0), *weekly("y", 4), *weekly("z", 10)],
        "products": [one_dose()],
        "eligibility": [allowed("janssen", "75")],
        "deliveries": [delivery(0, "janssen", 10)],
        "travel": [
            {"zone": "a", "centre": "y", "km": 10},
            {"zone": "a", "centre": "z", "km": 30},
        ],
    }
    return Known(_write(folder, 1, **tables), km=8)


def no_class_may_have_it(folder: Path) -> Known:
    """Serve nobody where nothing is allowed: every plan costs 6 x 100 = 600, and so does the bound.

    The only rule is that of second doses.
    """
    tables = {
        "zones": [zone("a")],
        "classes": [class_("75")],
        "demand": [people("a", "75", 6)],
        "centres": [centre("x")],
        "capacity": weekly("x", 10),
        "products": [two_doses(days=(0, 6))],
        "eligibility": [allowed("pfizer", "*", rank=2)],
        "deliveries": [delivery(0, "pfizer", 100)],
    }
    return Known(_write(folder, 1, **tables), unserved=600)


CORNERS: dict[str, Callable[[Path], Known]] = {
    function.__name__: function
    for function in (
        floor_not_worth_its_price,
        product_suspended,
        dates_read_by_the_week,
        both_doses_in_one_week,
        second_doses_booked_in_the_tail,
        near_is_where_doses_are_given,
        no_class_may_have_it,
    )
}
"""The instances above, by name."""
