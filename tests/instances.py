"""Tiny named instances whose best plan can be found by hand; each docstring works it out.

Every function writes a folder and returns it with the parts of the smallest cost. All start on
Monday 31 May 2021; prices are unserved 100, week 1, km 0.2 unless the docstring says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.factories import Row, write_instance


@dataclass(frozen=True, slots=True)
class Known:
    """An instance folder and the parts of its smallest cost."""

    folder: Path
    unserved: float = 0.0
    week: float = 0.0
    km: float = 0.0
    fairness: float = 0.0

    @property
    def cost(self) -> float:
        """Smallest cost of any feasible plan."""
        return self.unserved + self.week + self.km + self.fairness


def zone(name: str, department: str = "22", lon: float = 0.0) -> Row:
    """Return a zone on the equator, where a degree of longitude is easy to count."""
    return {"zone": name, "name": f"Commune {name}", "department": department, "region": "53",
            "lat": 0, "lon": lon, "population": 100}  # fmt: skip


def centre(name: str, department: str = "22", lon: float = 0.0) -> Row:
    """Return a centre on the equator that never closes."""
    return {"centre": name, "name": f"Centre {name}", "department": department, "lat": 0,
            "lon": lon, "opens_on": "2021-01-18", "closes_on": ""}  # fmt: skip


def class_(name: str, weight: float = 1, opens_on: str = "2021-01-18") -> Row:
    """Return a priority class, open from before the start unless told."""
    return {"class": name, "label": f"Classe {name}", "weight": weight, "opens_on": opens_on}


def one_dose(name: str = "janssen", doses_per_vial: int = 1) -> Row:
    """Return a one-dose product."""
    return {"product": name, "label": name, "doses_per_vial": doses_per_vial, "doses_needed": 1}


def two_doses(
    name: str = "pfizer", doses_per_vial: int = 1, days: tuple[int, int] = (21, 28)
) -> Row:
    """Return a two-dose product with its interval in days."""
    return {"product": name, "label": name, "doses_per_vial": doses_per_vial, "doses_needed": 2,
            "interval_min_days": days[0], "interval_max_days": days[1]}  # fmt: skip


def allowed(product: str, class_: str, rank: int = 1, to_date: str = "") -> Row:
    """Return an eligibility row in force since before the start."""
    return {"product": product, "class": class_, "dose_rank": rank, "from_date": "2021-01-18",
            "to_date": to_date}  # fmt: skip


def people(zone: str, class_: str, people: int) -> Row:
    """Return a demand row."""
    return {"zone": zone, "class": class_, "people": people}


def weekly(centre: str, *injections: int) -> list[Row]:
    """Return the capacity rows of one centre, from week 0."""
    return [{"centre": centre, "week": w, "injections": n} for w, n in enumerate(injections)]


def delivery(week: int, product: str, doses: int, centre: str = "") -> Row:
    """Return a delivery, national unless it names a centre."""
    return {"week": week, "product": product, "doses": doses, "centre": centre}


def _write(folder: Path, weeks: int, checkpoints: tuple[int, ...] = (), **tables) -> Path:
    settings = {"weeks": weeks, "fairness": {"checkpoints": list(checkpoints)}}
    return write_instance(folder, settings=settings, **tables)


def one_zone_one_centre(folder: Path) -> Known:
    """Leave three of ten people unserved.

    One class of weight 2, one one-dose product, one week: seven slots and eight doses, so seven
    are served in week 0 and three are not: 3 x 2 x 100 = 600.
    """
    tables = {
        "zones": [zone("a")],
        "classes": [class_("75", weight=2)],
        "demand": [people("a", "75", 10)],
        "centres": [centre("x")],
        "capacity": weekly("x", 7),
        "products": [one_dose()],
        "eligibility": [allowed("janssen", "75")],
        "deliveries": [delivery(0, "janssen", 8)],
    }
    return Known(_write(folder, 1, **tables), unserved=600)


def heavier_class_first(folder: Path) -> Known:
    """Let the light class wait.

    Ten people of weight 4 and ten of weight 1, ten slots a week, doses for all. The heavy class
    goes first; the light one waits one week: 10 x 1 x 1 = 10 (the other order would cost 40).
    """
    tables = {
        "zones": [zone("a")],
        "classes": [class_("75", weight=4), class_("18", weight=1)],
        "demand": [people("a", "75", 10), people("a", "18", 10)],
        "centres": [centre("x")],
        "capacity": weekly("x", 10, 10),
        "products": [one_dose()],
        "eligibility": [allowed("janssen", "75"), allowed("janssen", "18")],
        "deliveries": [delivery(0, "janssen", 20)],
    }
    return Known(_write(folder, 2, **tables), week=10)


def two_centres_one_zone(folder: Path) -> Known:
    """Send six people 10 km further rather than let them wait.

    Centre x is 5 km away and y 15 km (`travel.csv`). Ten people, four slots at x in each of two
    weeks, six at y. Going to y costs a person 0.2 x 10 = 2 km points. Weight 5: a week of waiting
    costs 5. Four go to x and six to y in week 0: 6 x 2 = 12.
    """
    tables = {
        "zones": [zone("a")],
        "classes": [class_("75", weight=5)],
        "demand": [people("a", "75", 10)],
        "centres": [centre("x"), centre("y")],
        "capacity": [*weekly("x", 4, 4), *weekly("y", 6, 6)],
        "products": [one_dose()],
        "eligibility": [allowed("janssen", "75")],
        "deliveries": [delivery(0, "janssen", 10)],
        "travel": [
            {"zone": "a", "centre": "x", "km": 5},
            {"zone": "a", "centre": "y", "km": 15},
        ],
    }
    return Known(_write(folder, 2, **tables), km=12)


def second_doses_in_the_tail(folder: Path) -> Known:
    """Limit first doses by the second doses the tail can give.

    Two weeks of twenty and no slots, so that the tail has the mean, ten a week; doses in plenty.
    The second dose comes exactly three weeks after the first, so those of week 0 come in week 3,
    in the tail: ten of the twelve people are served and two are not, 2 x 100 = 200.
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
    }
    return Known(_write(folder, 2, **tables), unserved=200)


def second_doses_need_a_slot(folder: Path) -> Known:
    """Share the slots of a week between both ranks.

    Four weeks of ten slots, second doses exactly three weeks later, doses in plenty, 35 people of
    weight 1. The first doses of weeks 0 and 3 share the ten slots of week 3, so thirty people are
    served at most: ten each in weeks 0, 1 and 2, whose waiting is 10 x 1 + 10 x 2 = 30, and five
    are unserved, 500.
    """
    tables = {
        "zones": [zone("a")],
        "classes": [class_("75")],
        "demand": [people("a", "75", 35)],
        "centres": [centre("x")],
        "capacity": weekly("x", 10, 10, 10, 10),
        "products": [two_doses(days=(21, 21))],
        "eligibility": [allowed("pfizer", "75"), allowed("pfizer", "*", rank=2)],
        "deliveries": [delivery(0, "pfizer", 100)],
    }
    return Known(_write(folder, 4, **tables), unserved=500, week=30)


def whole_vials_two_centres(folder: Path) -> Known:
    """Drive three people to the one vial there is, as it cannot be split.

    Ten people of weight 1 live at centre x, three of weight 4 at centre y, 10 km away. One vial of
    ten doses comes in each of two weeks. Sent to x, it can serve the three, who drive 10 km
    (3 x 0.2 x 10 = 6), and seven at home; three wait for the second vial, 3 x 1 = 3. Sent to y, it
    would make ten wait (10); the three waiting at home would cost 12. If a vial could be split, no
    one would drive.
    """
    tables = {
        "zones": [zone("a"), zone("b")],
        "classes": [class_("75", weight=4), class_("18", weight=1)],
        "demand": [people("a", "18", 10), people("b", "75", 3)],
        "centres": [centre("x"), centre("y")],
        "capacity": [*weekly("x", 20, 20), *weekly("y", 20, 20)],
        "products": [one_dose(doses_per_vial=10)],
        "eligibility": [allowed("janssen", "75"), allowed("janssen", "18")],
        "deliveries": [delivery(0, "janssen", 10), delivery(1, "janssen", 10)],
        "travel": [
            {"zone": "a", "centre": "x", "km": 0},
            {"zone": "a", "centre": "y", "km": 10},
            {"zone": "b", "centre": "x", "km": 10},
            {"zone": "b", "centre": "y", "km": 0},
        ],
    }
    return Known(_write(folder, 2, **tables), week=3, km=6)


def fairness_floor(folder: Path) -> Known:
    """Pay for fairness with waiting.

    Ten people of weight 2 in Côtes-d'Armor (22) and ten of weight 1 in Finistère (29), ten doses
    a week, checkpoint after week 1 with floor 1 and price 20: coverage there should be equal, that
    is five first doses each in week 0. Each dose moved from 22 to 29 costs one point of waiting
    (2 - 1) and saves 20 while 29 is below the floor. So five and five:
    5 x 2 + 5 x 1 = 15 of waiting and no one missing (all ten to 22 would cost 10 + 100).
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
    settings = {
        "weeks": 2,
        "objective": {"km": 0},
        "fairness": {"floor": 1.0, "price": 20, "checkpoints": [1]},
    }
    return Known(write_instance(folder, settings=settings, **tables), week=15)


def booked_people_come_first(folder: Path) -> Known:
    """Leave booked people their slots and doses.

    Ten slots and ten doses in week 0 and week 1; four people are booked in week 0 and three in
    week 1. Twelve people of weight 1 want a dose: 6 in week 0, and 6 of the 7 left in week 1
    wait: 6 x 1 = 6.
    """
    booking = {"centre": "x", "product": "janssen", "dose_rank": 1}
    tables = {
        "zones": [zone("a")],
        "classes": [class_("75")],
        "demand": [people("a", "75", 12)],
        "centres": [centre("x")],
        "capacity": weekly("x", 10, 10),
        "products": [one_dose()],
        "eligibility": [allowed("janssen", "75")],
        "deliveries": [delivery(0, "janssen", 10), delivery(1, "janssen", 10)],
        "booked": [{**booking, "week": 0, "people": 4}, {**booking, "week": 1, "people": 3}],
    }
    return Known(_write(folder, 2, **tables), week=6)


def earmarked_deliveries(folder: Path) -> Known:
    """Go where the earmarked doses are.

    Six people, all at centre x. No dose is national: two are earmarked to x and ten to y, 20 km
    away. Two are served at x, and four drive 20 km: 4 x 0.2 x 20 = 16 (unserved costs 100 each).
    """
    tables = {
        "zones": [zone("a")],
        "classes": [class_("75")],
        "demand": [people("a", "75", 6)],
        "centres": [centre("x"), centre("y")],
        "capacity": [*weekly("x", 20), *weekly("y", 20)],
        "products": [one_dose()],
        "eligibility": [allowed("janssen", "75")],
        "deliveries": [delivery(0, "janssen", 2, "x"), delivery(0, "janssen", 10, "y")],
        "travel": [
            {"zone": "a", "centre": "x", "km": 0},
            {"zone": "a", "centre": "y", "km": 20},
        ],
    }
    return Known(_write(folder, 1, **tables), km=16)


NAMED: dict[str, Callable[[Path], Known]] = {
    function.__name__: function
    for function in (
        one_zone_one_centre,
        heavier_class_first,
        two_centres_one_zone,
        second_doses_in_the_tail,
        second_doses_need_a_slot,
        whole_vials_two_centres,
        fairness_floor,
        booked_people_come_first,
        earmarked_deliveries,
    )
}
"""The instances above, by name."""
