"""A scenario becomes an instance folder that the allocator reads, with bookings that fit."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from allocator.bookings import refuse_unfit_bookings
from allocator.errors import InputError
from allocator.horizon import horizon_of
from allocator.instance import Instance
from allocator.read import read_instance
from scenarios.build import BuildReport, build_scenario
from scenarios.geography.builtin import read_builtin
from tests.unit.scenarios.tiny import changed, write_library

STOP = '\n[[changes]]\nkind = "first doses stopped"\nregions = ["94"]\nweeks = {}\n'
DELAY = '\n[[changes]]\nkind = "delay"\nproduct = "janssen"\nweeks = [3]\nby_weeks = 2\n'


def built(folder: Path, *changes: tuple[str, str], more: str = "") -> tuple[Instance, BuildReport]:
    """Build the tiny scenario, with some text of it changed."""
    library = write_library(folder / "library", tiny=changed(*changes) + more)
    report = build_scenario("tiny", folder / "instance", library=library)
    instance = read_instance(folder / "instance")
    refuse_unfit_bookings(instance, horizon_of(instance))
    return instance, report


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """Rows of one table of the instance just built."""
    with (folder / "instance" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_instance_is_the_scenario(tmp_path):
    """Calendar, prices, classes, products and rules as they are written."""
    instance, report = built(tmp_path, ("km = 0.2", "km = 0.123456789012"))
    assert (instance.name, instance.weeks, instance.seed) == ("tiny", 4, 7)
    assert instance.start.isoformat() == "2021-05-31"
    assert instance.objective.km == 0.123456789012
    assert instance.fairness.checkpoints == (2, 4)
    assert instance.classes.ids == ("75-plus", "50-74")
    assert instance.classes.weight.tolist() == [4, 2]
    assert instance.products.doses_needed.tolist() == [2, 1]
    assert rows(tmp_path, "eligibility.csv") == [
        {"product": p, "class": k, "dose_rank": r, "from_date": a, "to_date": b}
        for p, k, r, a, b in (
            ("pfizer", "75-plus", "1", "2021-01-18", ""),
            ("pfizer", "50-74", "1", "2021-01-18", ""),
            ("pfizer", "*", "2", "2021-01-18", ""),
            ("janssen", "75-plus", "1", "2021-04-23", "2021-06-20"),
        )
    ]
    assert (report.scenario, report.folder) == ("tiny", str(tmp_path / "instance"))


def test_the_report_counts_what_was_written(tmp_path):
    """Table by table."""
    instance, report = built(tmp_path)
    assert report.zones == len(instance.zones.ids)
    assert report.centres == len(instance.centres.ids) == 4
    assert report.people == instance.demand.sum()
    assert report.injections == instance.injections.sum()
    assert report.doses == instance.deliveries.doses.sum()
    assert report.booked == instance.booked.people.sum()
    assert report.as_json()["people"] == report.people
    inhabited = read_builtin().population[read_builtin().region == "94"]
    assert report.zones == (inhabited > 0).sum()
    assert [(d.rule, d.people) for d in report.dropped] == [("no inhabitant", 0)]


def test_people_are_spread_over_the_communes_by_population(tmp_path):
    """To one person, and in the class as the shares say."""
    instance, _ = built(tmp_path)
    for d in range(2):
        here = instance.zones.department == d
        population = instance.zones.population[here]
        for k in range(2):
            demand = instance.demand[here, k]
            exact = population * (demand.sum() / population.sum())
            assert np.abs(demand - exact).max() < 1


def test_second_doses_due_in_the_tail_are_booked_there(tmp_path):
    """Six weeks of first doses before the start: two of them are due after the fourth week."""
    instance, report = built(tmp_path)
    by_week = np.bincount(instance.booked.week, weights=instance.booked.people, minlength=9)
    assert (by_week[:6] > 0).all()
    assert by_week[6:].sum() == 0
    assert by_week[5] / by_week[4] == pytest.approx(14 / 13, rel=0.01)
    assert (report.booked_late, report.not_booked) == (0, 0)
    assert set(instance.booked.dose_rank.tolist()) == {2}


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [("doses_per_vial = 6", "doses_per_vial = 1000")],
        [("pfizer = 500_000\n", ""), ("[3_000_000, 3_000_000, 3_000_000, 3_000_000]",
                                     "[500_000, 700_000, 0, 3_000_000]")],
        [("peak_injections = 4_000_000", "peak_injections = 900_000")],
        [("centres = 4", "centres = 300"), ("peak_injections = 4_000_000", "peak_injections = 1")],
        [("weeks = 4", "weeks = 2")],
        [("weeks = 4", "weeks = 1"), ("every_weeks = 2", "every_weeks = 1")],
    ],
    ids=["plenty", "crates", "late doses", "no room", "tiny centres", "two weeks", "one week"],
)  # fmt: skip
def test_bookings_fit_whatever_is_short(tmp_path, changes):
    """Vials, doses, room or weeks; all people due are booked or counted."""
    instance, report = built(tmp_path, *changes)
    horizon = horizon_of(instance)
    population = read_builtin().population[read_builtin().region == "94"].sum()
    due = 6_900_000 * population / 67_000_000
    assert report.booked + report.not_booked == pytest.approx(due, abs=10)
    assert (horizon.room >= 0).all()
    booked = horizon.booked_doses.sum(axis=1)
    assert (booked <= np.maximum(0.9 * horizon.injections, 0)).all()


def test_where_first_doses_stop_only_booked_people_are_served(tmp_path):
    """In those weeks the injections are the bookings; in the others they are as before."""
    instance, report = built(tmp_path, more=STOP.format("[1, 2]"))
    plain, _ = built(tmp_path / "plain")
    horizon = horizon_of(instance)
    booked = horizon.booked_doses.sum(axis=1)
    assert (horizon.room[:, 1:3] == 0).all()
    assert booked[:, 1:3].sum() > 0
    assert instance.injections[:, [0, 3]].tolist() == plain.injections[:, [0, 3]].tolist()
    assert report.not_booked == 0


def test_a_stop_in_the_last_weeks_leaves_room_for_those_booked_in_the_tail(tmp_path):
    """The tail has the mean of the last four weeks, three of which hold bookings alone."""
    instance, _ = built(tmp_path, more=STOP.format("[1, 2, 3]"))
    tail = horizon_of(instance)
    assert tail.booked_doses[:, :, 4:].sum() > 0
    assert (tail.room >= 0).all()


def test_a_stop_of_every_week_leaves_nothing_to_book_in_the_tail(tmp_path):
    """All that is sure of the tail's capacity is nothing; those due there are not booked."""
    instance, report = built(tmp_path, more=STOP.format("[0, 1, 2, 3]"))
    assert horizon_of(instance).booked_doses[:, :, 4:].sum() == 0
    assert report.not_booked == pytest.approx(report.booked * 27 / 42, rel=0.01)


def test_a_delivery_that_is_late_is_not_there_in_time(tmp_path):
    """Janssen's of week 3 would come after the last week."""
    _, report = built(tmp_path, more=DELAY)
    _, in_time = built(tmp_path / "plain")
    lost = in_time.doses - report.doses
    assert lost == pytest.approx(50_000 * 347_597 / 67_000_000, abs=10)
    weeks = [row["week"] for row in rows(tmp_path, "deliveries.csv") if row["product"] == "janssen"]
    assert weeks == ["0"]


def test_lines_are_enough_for_the_fullest_week(tmp_path):
    """Six injections an hour and line, 54 hours a week."""
    instance, _ = built(tmp_path)
    lines = np.array([int(row["lines"]) for row in rows(tmp_path, "centres.csv")])
    fullest = instance.injections.max(axis=1)
    assert (lines * 54 * 6 >= fullest).all()
    assert ((lines - 1) * 54 * 6 < fullest).all()


def test_without_bookings_there_is_no_table_of_them(tmp_path):
    """The file is optional."""
    built(tmp_path, ("[facts.first_doses_before]\n", "[facts.first_doses_before]\n#"))
    assert not (tmp_path / "instance" / "booked.csv").exists()


def test_the_same_scenario_gives_the_same_bytes(tmp_path):
    """Twice from nothing: bretagne, with all its centres and bookings."""
    for name in "ab":
        build_scenario("bretagne", tmp_path / name)
    files = {path.name for path in (tmp_path / "a").iterdir()}
    assert files == {path.name for path in (tmp_path / "b").iterdir()}
    assert {"booked.csv", "instance.toml"} < files
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_bretagne_is_one_region_with_its_people_and_centres(tmp_path):
    """Four départements, about 1,200 communes, 80 centres, twelve weeks."""
    report = build_scenario("bretagne", tmp_path / "instance")
    instance = read_instance(tmp_path / "instance")
    refuse_unfit_bookings(instance, horizon_of(instance))
    assert instance.departments == ("22", "29", "35", "56")
    assert report.zones == len(instance.zones.ids) == 1208
    assert (report.centres, instance.weeks) == (80, 12)
    assert report.people == pytest.approx(1_190_000, rel=0.01)
    assert report.booked > 700_000


def test_france_needs_no_file(tmp_path):
    """2,600 centres, 35,005 communes and arrondissements, everybody's second dose."""
    report = build_scenario("france-builtin", tmp_path / "instance")
    assert (report.zones, report.centres) == (35_005, 2_600)
    assert report.people == pytest.approx(23_850_000, rel=0.01)
    assert report.booked == pytest.approx(14_780_000, rel=0.01)


def test_an_official_scenario_without_its_files_is_refused(tmp_path):
    """Nothing is written."""
    for data in (None, tmp_path / "nowhere"):
        with pytest.raises(InputError, match="the folder of official files is missing"):
            build_scenario("france-2021-05-31", tmp_path / "instance", data)
    assert list(tmp_path.iterdir()) == []


def test_what_no_instance_could_be_is_not_written(tmp_path):
    """Nobody wants a dose: the allocator would refuse it, so the folder never appears."""
    with pytest.raises(InputError, match=r"demand.csv.*the table is empty"):
        built(tmp_path, ("75-plus = 0.9", "75-plus = 0"), ("50-74 = 0.9", "50-74 = 0"))
    assert [path.name for path in tmp_path.iterdir()] == ["library"]
