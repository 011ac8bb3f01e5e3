"""`creneau frontier`: what a floor of coverage costs, and the smallest that is fair enough."""

from __future__ import annotations

import json
import sys

import pytest

from allocator.frontier import frontier
from allocator.read import read_instance
from api.cli import main
from tests.factories import write_instance


@pytest.fixture
def uneven(tmp_path):
    """One département is beside the only centre with slots enough for half; the other is far off.

    Without a floor all 40 slots go to the near one: kilometres cost, and nothing speaks for the
    others. Both have 40 people, so with a floor of 1 each gets 20.
    """
    zones = [
        {"zone": z, "name": z, "department": d, "region": "53", "lat": lat, "lon": -2.8,
         "population": 50}
        for z, d, lat in (("near", "22", 48.3), ("far", "56", 47.6))
    ]  # fmt: skip
    return write_instance(
        tmp_path / "instance",
        settings={"fairness": {"floor": 0.5, "price": 300, "checkpoints": [4]}},
        zones=zones,
        classes=[{"class": "75", "label": "x", "weight": 1, "opens_on": "2021-01-18"}],
        demand=[{"zone": z, "class": "75", "people": 40} for z in ("near", "far")],
        centres=[{"centre": "1", "name": "x", "department": "22", "lat": 48.3, "lon": -2.8,
                  "opens_on": "2021-01-18", "closes_on": ""}],
        capacity=[{"centre": "1", "week": w, "injections": 10} for w in range(4)],
        products=[{"product": "janssen", "label": "x", "doses_per_vial": 5, "doses_needed": 1,
                   "interval_min_days": "", "interval_max_days": ""}],
        eligibility=[{"product": "janssen", "class": "75", "dose_rank": 1,
                      "from_date": "2021-01-01", "to_date": ""}],
        deliveries=[{"week": 0, "product": "janssen", "doses": 100, "centre": ""}],
    )  # fmt: skip


def test_the_floor_shares_out_what_is_short(uneven):
    """Both zones have the same nearest centre, so extra kilometres are none and the floor is free.

    Under floor f the less covered département has at least f x 20 people, as far as whole people
    allow, and exactly 40 are served under every floor.
    """
    drawn = frontier(read_instance(uneven), floors=[0.5, 1.0], gap=1e-6)
    assert {p.floor for p in drawn.points} >= {0.0, 0.5, 1.0}
    assert all(p.people == 40 for p in drawn.points)
    assert all(p.coverage_min >= p.floor * 0.5 - 1e-9 for p in drawn.points)
    assert all(p.people_lost == 0 and p.missing == 0 for p in drawn.points)
    top = drawn.points[-1]
    assert top.spread == 1.0
    assert drawn.smallest is not None
    assert drawn.smallest.spread <= 1.05
    assert drawn.smallest == min(
        (p for p in drawn.points if p.spread is not None and p.spread <= 1.05),
        key=lambda p: p.floor,
    )


def test_the_command_tells_the_points_and_the_smallest_floor(uneven, monkeypatch, capsys):
    """As a table and as JSON."""
    for more in ([], ["--json"]):
        arguments = ["frontier", str(uneven), "--floor", "0.5", "--floor", "1", "--gap", "1e-6"]
        monkeypatch.setattr(sys, "argv", ["creneau", *arguments, *more])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
    *table, as_json = capsys.readouterr().out.splitlines()
    told = json.loads(as_json)
    assert told["spread"] == 1.05
    assert [p["floor"] for p in told["points"]] == sorted(p["floor"] for p in told["points"])
    assert table[-1].startswith(f"floor {told['smallest']['floor']:.3f} is the smallest found")


def test_without_a_checkpoint_there_is_nothing_to_draw(uneven, monkeypatch, capsys):
    """A floor counts at checkpoints only."""
    settings = uneven / "instance.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("checkpoints = [4]", "checkpoints = []")
    )
    monkeypatch.setattr(sys, "argv", ["creneau", "frontier", str(uneven)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "fairness.checkpoints is empty" in capsys.readouterr().err
