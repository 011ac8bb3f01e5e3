"""`creneau site`: lines where they bring most, certified by solving again."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from allocator.ascent.model import model_of
from allocator.carry import Earlier
from allocator.lp import search_integer
from allocator.places import places_of_centres, with_line
from allocator.plan import write_plan
from allocator.read import read_instance
from allocator.site import site
from allocator.solve import solve
from api.cli import main
from tests.factories import random_instance, write_instance

TINY = {"zones": 4, "classes": 2, "centres": 3, "products": 2, "weeks": 4, "people": 60}


@pytest.fixture
def two_towns(tmp_path):
    """Two towns of 80 people, too far apart to travel, each with a centre of 10 injections a week.

    Doses are there for all. In the north everybody counts four times as much as in the south, so
    a line in the north is worth most, and it makes no odds that both are equally short of slots.
    """
    towns = (("north", "59", 50.0, 4), ("south", "64", 43.0, 1))
    return write_instance(
        tmp_path / "instance",
        zones=[{"zone": z, "name": z, "department": d, "region": "x", "lat": lat, "lon": 2.0,
                "population": 90} for z, d, lat, _ in towns],
        classes=[{"class": z, "label": z, "weight": w, "opens_on": "2021-01-18"}
                 for z, _, _, w in towns],
        demand=[{"zone": z, "class": z, "people": 80} for z, *_ in towns],
        centres=[{"centre": z, "name": z, "department": d, "lat": lat, "lon": 2.0,
                  "opens_on": "2021-01-18", "closes_on": ""} for z, d, lat, _ in towns],
        capacity=[{"centre": z, "week": w, "injections": 10} for z, *_ in towns
                  for w in range(4)],
        products=[{"product": "janssen", "label": "x", "doses_per_vial": 5, "doses_needed": 1,
                   "interval_min_days": "", "interval_max_days": ""}],
        eligibility=[{"product": "janssen", "class": z, "dose_rank": 1, "from_date": "2021-01-01",
                      "to_date": ""} for z, *_ in towns],
        deliveries=[{"week": 0, "product": "janssen", "doses": 500, "centre": ""}],
        settings={
            "objective": {"km": 2}, "fairness": {"floor": 0.0, "price": 20, "checkpoints": []},
        },
    )  # fmt: skip


def planned(folder):
    """Plan an instance."""
    instance = read_instance(folder)
    return Earlier(instance, solve(instance, gap=1e-6, time_limit=5).plan)


def test_the_line_goes_where_the_weight_is(two_towns):
    """Ten injections a week more serve 40 people of weight 4 who would not have been served.

    Each gains 400 less 4 a week waited: four weeks of 10 give 10 x 4 x (400 - 6) = 15,760 when
    served in weeks 0 to 3, and none of the lines moves anybody else.
    """
    earlier = planned(two_towns)
    found = site(earlier, lines=1, injections=10, places=places_of_centres(earlier.instance))
    assert [line.place.id for line in found.lines] == ["north"]
    assert found.gain == pytest.approx(15_760)
    assert found.people == 40
    assert found.least <= found.gain <= found.most


def test_lines_beyond_use_are_not_proposed(two_towns):
    """With 40 more injections a week everybody in both towns is served by the second line."""
    earlier = planned(two_towns)
    found = site(earlier, lines=6, injections=40, places=places_of_centres(earlier.instance))
    assert len(found.lines) < 6
    assert found.people == 80


@pytest.mark.parametrize("seed", range(6))
def test_the_gain_of_the_best_plans_lies_between_the_bounds(seed, tmp_path):
    """The best plans are HiGHS's, in whole numbers, before and after."""
    folder = random_instance(np.random.default_rng(seed), tmp_path / "i", **TINY)
    earlier = planned(folder)
    places = places_of_centres(earlier.instance)
    found = site(earlier, lines=1, injections=20, places=places)
    after = earlier.instance
    for line in found.lines:
        after = with_line(after, line.place, 20)
    best = [search_integer(model_of(i), 20).objective for i in (earlier.instance, after)]
    slack = 1e-6 * (1.0 + abs(best[0]))
    assert found.least - slack <= best[0] - best[1] <= found.most + slack
    assert found.least - slack <= found.gain <= found.most + slack


def test_the_command_reads_a_list_of_places(two_towns, tmp_path, monkeypatch, capsys):
    """A place that is no centre yet is told as one to open; a bad list is refused by its line."""
    write_plan(tmp_path / "plan", planned(two_towns).plan, dict)
    places = tmp_path / "places.csv"
    places.write_text("place,name,department,lat,lon\nhall,Salle,59,50.0,2.0\n", "utf-8")
    told = []
    for rows in (places.read_text("utf-8"), "place,name,department,lat,lon\nhall,Salle,75,50,2\n"):
        places.write_text(rows, "utf-8")
        monkeypatch.setattr(sys, "argv", [
            "creneau", "site", str(two_towns), str(tmp_path / "plan"), "--lines", "1",
            "--injections", "10", "--candidates", str(places), "--json",
        ])  # fmt: skip
        with pytest.raises(SystemExit) as ended:
            main()
        told.append((ended.value.code, *capsys.readouterr()))
    status, out, _ = told[0]
    assert status == 0
    proposed = json.loads(out)
    assert [(line["place"], line["is_new"]) for line in proposed["lines"]] == [("hall", True)]
    assert proposed["people"] == 40
    assert proposed["gain_at_least"] <= proposed["gain"] <= proposed["gain_at_most"]
    status, _, err = told[1]
    assert status == 2
    assert "places.csv:2: unknown department: '75'" in err
