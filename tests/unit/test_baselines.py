"""Baselines on instances small enough to follow by hand."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.baselines import first_come, nearest, pro_rata
from allocator.baselines.nearest import nearest_centres
from allocator.baselines.queue import queue_of
from allocator.baselines.split import split_vials
from allocator.horizon import horizon_of
from allocator.read import read_instance
from tests import instances
from tests.factories import write_instance
from tests.instances import allowed, centre, class_, delivery, one_dose, people, weekly, zone

BASELINES = [pro_rata, first_come]


def read(folder, **tables):
    """Read an instance of one class, one one-dose product and no fairness, or what is given."""
    settings = {"weeks": tables.pop("weeks", 1), "fairness": {"checkpoints": []}}
    classes = tables.setdefault("classes", [class_("75")])
    usual = {
        "zones": [zone("a")],
        "centres": [centre("x")],
        "products": [one_dose()],
        "eligibility": [allowed("janssen", k["class"]) for k in classes],
    }
    return read_instance(write_instance(folder, settings=settings, **usual | tables))


def test_pro_rata_gives_each_departement_its_share_where_first_come_does_not(tmp_path):
    """Ten doses for ten people in each of two départements: 5 and 5, against 10 and 0."""
    instance = read_instance(instances.fairness_floor(tmp_path).folder)
    in_week_0 = {
        baseline: [
            (int(d), int(n)) for d, _, _, _, t, n in baseline(instance).first_doses if t == 0
        ]
        for baseline in BASELINES
    }
    assert in_week_0 == {pro_rata: [(0, 5), (1, 5)], first_come: [(0, 10)]}


@pytest.mark.parametrize("baseline", BASELINES)
def test_a_first_dose_is_given_only_with_its_second(baseline, tmp_path):
    """Twenty slots and doses for all, but ten second-dose slots in the tail: ten people."""
    instance = read_instance(instances.second_doses_in_the_tail(tmp_path).folder)
    decisions = baseline(instance)
    assert decisions.first_doses.tolist() == [[0, 0, 0, 0, 0, 10]]
    assert decisions.second_doses.tolist() == [[0, 0, 0, 3, 10]]


@pytest.mark.parametrize("baseline", BASELINES)
def test_a_second_dose_in_the_same_week_takes_two_slots_of_it(baseline, tmp_path):
    """An interval of 0 to 6 days and nine slots: four people get both doses."""
    instance = read(
        tmp_path,
        demand=[people("a", "75", 9)],
        capacity=weekly("x", 9),
        products=[instances.two_doses(days=(0, 6))],
        eligibility=[allowed("pfizer", "75"), allowed("pfizer", "*", rank=2)],
        deliveries=[delivery(0, "pfizer", 100)],
    )
    assert baseline(instance).second_doses.tolist() == [[0, 0, 0, 0, 4]]


@pytest.mark.parametrize("baseline", BASELINES)
def test_one_vial_serves_first_and_second_doses(baseline, tmp_path):
    """A vial of six, three weeks apart: three people, one vial, sent in the first week."""
    instance = read(
        tmp_path,
        weeks=4,
        demand=[people("a", "75", 5)],
        capacity=weekly("x", 9, 9, 9, 9),
        products=[instances.two_doses(doses_per_vial=6, days=(21, 21))],
        eligibility=[allowed("pfizer", "75"), allowed("pfizer", "*", rank=2)],
        deliveries=[delivery(0, "pfizer", 6)],
    )
    decisions = baseline(instance)
    assert decisions.first_doses[:, -1].sum() == 3
    assert decisions.shipments.tolist() == [[0, 0, 0, 1]]


@pytest.mark.parametrize("baseline", BASELINES)
def test_booked_people_keep_their_slots_and_vials(baseline, tmp_path):
    """Six of ten slots and doses are free in week 0, and six people take them."""
    instance = read_instance(instances.booked_people_come_first(tmp_path).folder)
    decisions = baseline(instance)
    assert decisions.first_doses[:, [4, 5]].tolist() == [[0, 6], [1, 6]]
    assert decisions.shipments[:, -1].tolist() == [10, 9]


@pytest.mark.parametrize("baseline", BASELINES)
def test_bookings_that_the_pool_cannot_serve_leave_nothing_for_others(baseline, tmp_path):
    """Five booked people and three doses: nobody else is served, and nothing breaks."""
    row = {"centre": "x", "week": 0, "product": "janssen", "dose_rank": 1, "people": 5}
    instance = read(
        tmp_path,
        demand=[people("a", "75", 5)],
        capacity=weekly("x", 20),
        deliveries=[delivery(0, "janssen", 3)],
        booked=[row],
    )
    decisions = baseline(instance)
    assert len(decisions.flows) == 0
    assert decisions.shipments.tolist() == [[0, 0, 0, 5]]


@pytest.mark.parametrize("baseline", BASELINES)
def test_earmarked_doses_are_used_without_a_shipment(baseline, tmp_path):
    """Two doses earmarked to x and ten to y serve two and four people; no vial is sent."""
    instance = read_instance(instances.earmarked_deliveries(tmp_path).folder)
    decisions = baseline(instance)
    assert decisions.flows.tolist() == [[0, 0, 0, 2], [0, 0, 1, 4]]
    assert len(decisions.shipments) == 0


def test_pro_rata_passes_over_a_departement_without_a_free_slot(tmp_path):
    """People of 29 have no centre at home: all doses go to 22, where they may go too."""
    instance = read(
        tmp_path,
        zones=[zone("a", "22"), zone("b", "29", lon=0.5)],
        demand=[people("a", "75", 4), people("b", "75", 4)],
        capacity=weekly("x", 20),
        deliveries=[delivery(0, "janssen", 8)],
    )
    assert pro_rata(instance).flows.tolist() == [[0, 0, 0, 4], [1, 0, 0, 4]]


def test_pro_rata_people_ask_at_home_before_they_drain_another_departement(tmp_path):
    """Three doses each: 22 leaves the nearer slots of 29 alone, and takes the dose 29 cannot."""
    instance = read(
        tmp_path,
        zones=[zone("a", "22"), zone("b", "29"), zone("c", "29", lon=0.1)],
        classes=[class_("75", weight=4), class_("18")],
        centres=[centre("x", "22", lon=0.2), centre("y", "29")],
        demand=[people("a", "75", 6), people("b", "18", 4), people("c", "18", 2)],
        capacity=[*weekly("x", 20), *weekly("y", 2)],
        deliveries=[delivery(0, "janssen", 6)],
    )
    assert pro_rata(instance).flows.tolist() == [[0, 0, 0, 4], [1, 1, 1, 2]]


def test_a_person_takes_the_nearest_centre_with_room(tmp_path):
    """The one slot of the near centre goes first, the rest drive to the far one."""
    instance = read(
        tmp_path,
        centres=[centre("far", lon=1.0), centre("near", lon=0.1)],
        demand=[people("a", "75", 3)],
        capacity=[*weekly("far", 5), *weekly("near", 1)],
        deliveries=[delivery(0, "janssen", 9)],
    )
    assert first_come(instance).flows.tolist() == [[0, 0, 0, 2], [0, 0, 1, 1]]


def test_a_class_waits_for_its_opening_date(tmp_path):
    """A class that opens on the second Monday is served in week 1, though slots were free."""
    instance = read(
        tmp_path,
        weeks=2,
        classes=[class_("18", opens_on="2021-06-07")],
        demand=[people("a", "18", 3)],
        capacity=weekly("x", 9, 9),
        deliveries=[delivery(0, "janssen", 9)],
    )
    assert first_come(instance).first_doses.tolist() == [[0, 0, 0, 0, 1, 3]]


def test_the_queue_goes_by_opening_date_then_weight_then_distance(tmp_path):
    """Earlier class first, then the heavier one, then the zone nearer to a centre."""
    classes = [class_("young"), class_("old", weight=4), class_("carers", 1, "2021-01-04")]
    instance = read(
        tmp_path,
        zones=[zone("far", lon=1.0), zone("near", lon=0.1)],
        classes=classes,
        demand=[people(z, k["class"], 1) for z in ("far", "near") for k in classes],
        capacity=weekly("x", 9),
        deliveries=[delivery(0, "janssen", 9)],
    )
    _, km = nearest_centres(instance, horizon_of(instance).usable)
    queue = queue_of(instance, km[:, 0])
    assert queue.class_.tolist() == [2, 2, 1, 1, 0, 0]
    assert queue.zone.tolist() == [1, 0, 1, 0, 1, 0]


def test_nearest_centres_follow_travel_and_leave_out_the_unusable(tmp_path, monkeypatch):
    """A row of `travel.csv` replaces the great circle; a centre that never opens is not offered."""
    tables = {
        "zones": [zone("a"), zone("b")],
        "centres": [centre("x", lon=0.1), centre("y", lon=0.2), centre("shut")],
        "demand": [people("a", "75", 1)],
        "capacity": [*weekly("x", 9), *weekly("y", 9)],
        "deliveries": [delivery(0, "janssen", 9)],
        "travel": [{"zone": "a", "centre": "y", "km": 1}],
    }
    instance = read(tmp_path, **tables)
    usable = horizon_of(instance).usable
    centres, km = nearest_centres(instance, usable)
    assert centres.tolist() == [[1, 0], [0, 1]]
    degree_km = 1.3 * 6371.0088 * np.pi / 180
    assert km == pytest.approx(np.array([[1, 0.1 * degree_km], [0.1, 0.2] * np.array(degree_km)]))
    monkeypatch.setattr(nearest, "LOOKED_AT", 1)
    assert nearest_centres(instance, usable)[0].tolist() == [[1], [0]]


def test_vials_are_split_by_largest_remainder():
    """Ten vials over 5, 3 and 1 people: quotas 5.56, 3.33 and 1.11, the odd one to the first."""
    assert split_vials(np.array([10]), np.array([5, 3, 1]))[:, 0].tolist() == [6, 3, 1]


def test_a_share_makes_up_for_what_it_missed():
    """One vial a week for 2 and 1 people: the second département gets the second vial."""
    assert split_vials(np.array([1, 2, 3]), np.array([2, 1])).tolist() == [[1, 1, 2], [0, 1, 1]]


def test_a_later_shortage_binds_the_earlier_weeks():
    """Vials already promised to week 2 cannot be split in week 0."""
    split = split_vials(np.array([9, 9, 4]), np.array([1, 1]))
    assert split.sum(axis=0).tolist() == [4, 4, 4]


def test_nobody_eligible_gets_no_vial():
    """Without eligible people the whole pool waits for next week."""
    assert split_vials(np.array([9]), np.array([0, 0])).tolist() == [[0], [0]]
