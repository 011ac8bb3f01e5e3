"""People and doses are conserved on their way from a scenario into an instance."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.bookings import refuse_unfit_bookings
from allocator.horizon import horizon_of
from allocator.read import read_instance
from scenarios.apportion import apportion, apportion_within
from scenarios.bookings import BOOKABLE_SHARE, book
from scenarios.build import build_scenario
from scenarios.facts import doses_arriving, people_due
from scenarios.sites import Site
from tests.unit.scenarios.tiny import changed, tiny, write_library

WEIGHTS = st.lists(
    st.one_of(st.integers(0, 10**7), st.floats(0, 1e7), st.just(0)), min_size=1, max_size=12
)
DEPARTMENTS = {"22": "53", "29": "53", "75": "11"}


@given(total=st.integers(0, 10**9), weights=WEIGHTS)
def test_shares_are_whole_fair_and_sum_to_the_total(total, weights):
    """Each is within one of the exact share; without weight there is none."""
    shares = apportion(total, weights)
    weight = np.asarray(weights, dtype=float)
    if weight.sum() > 0:
        exact = total * (weight / weight.sum())
        assert shares.sum() == total
        assert (np.abs(shares - exact) <= 1 + 1e-6).all()
        assert (shares[weight == 0] == 0).all()
    else:
        assert not shares.any()


@given(
    total=st.integers(0, 5000),
    sides=st.lists(st.tuples(st.integers(0, 100), st.integers(0, 900)), min_size=1, max_size=9),
)
def test_shares_fill_the_room_and_no_more(total, sides):
    """All of the total, or all the room that has a weight."""
    weights, room = (np.array(side) for side in zip(*sides, strict=True))
    taken = apportion_within(total, weights, room)
    assert (taken >= 0).all()
    assert (taken <= room).all()
    assert (taken[weights == 0] == 0).all()
    assert taken.sum() == min(total, room[weights > 0].sum())


@st.composite
def campaigns(draw):
    """People due, centres, injections, deliveries and vials of a small campaign with its tail."""
    weeks, products = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    departments = draw(st.lists(st.sampled_from(sorted(DEPARTMENTS)), min_size=1, max_size=5))
    sites = [Site(str(j), str(j), d, DEPARTMENTS[d], 0, 0, opens_on=date(2021, 1, 18))
             for j, d in enumerate(departments)]  # fmt: skip

    def table(rows, high):
        row = st.lists(st.integers(0, high), min_size=weeks, max_size=weeks)
        return np.array(draw(st.lists(row, min_size=rows, max_size=rows)))

    share = draw(st.dictionaries(st.sampled_from(sorted(DEPARTMENTS)), st.floats(0.01, 1),
                                 min_size=1))  # fmt: skip
    vials = draw(st.lists(st.integers(1, 12), min_size=products, max_size=products))
    return table(products, 80), share, sites, table(len(sites), 60), table(products, 150), vials


@given(campaign=campaigns())
@settings(max_examples=200, deadline=None)
def test_nobody_due_is_lost_and_nobody_is_booked_without_room_or_dose(campaign):
    """Whole vials at every centre, out of the deliveries so far; nine tenths of a week at most."""
    due, share, sites, injections, deliveries, vials = campaign
    found = book(due, share, DEPARTMENTS, sites, injections, deliveries, vials)
    assert found.people.sum() + found.not_booked == due.sum()
    assert 0 <= found.late <= found.people.sum()
    assert (found.people >= 0).all()
    assert (found.people.sum(axis=1) <= BOOKABLE_SHARE * injections).all()
    given_so_far = found.people.cumsum(axis=2)
    for p, vial in enumerate(vials):
        shipped = -(-given_so_far[:, p] // vial) * vial
        assert (shipped.sum(axis=0) <= deliveries[p].cumsum()).all()
    assert (given_so_far.sum(axis=0) <= due.cumsum(axis=1)).all()


@given(campaign=campaigns())
@settings(max_examples=100, deadline=None)
def test_booking_leaves_nobody_waiting_where_there_is_plenty(campaign):
    """A centre in every département, room and doses for all: each is booked in the week due."""
    due, _, _, injections, deliveries, vials = campaign
    sites = [Site(d, d, d, region, 0, 0, opens_on=date(2021, 1, 18))
             for d, region in DEPARTMENTS.items()]  # fmt: skip
    share = dict.fromkeys(DEPARTMENTS, 1.0)
    room = np.full((len(sites), injections.shape[1]), 1000)
    found = book(due, share, DEPARTMENTS, sites, room, deliveries + 1000, vials)
    assert (found.late, found.not_booked) == (0, 0)
    assert found.people.sum(axis=0).tolist() == due.tolist()


@given(
    doses=st.lists(st.integers(0, 5_000_000), min_size=4, max_size=4),
    stock=st.integers(0, 5_000_000),
    share=st.floats(0.0001, 1),
)
@settings(max_examples=100, deadline=None)
def test_deliveries_are_whole_vials_and_never_more_than_their_part(doses, stock, share):
    """In every week together with those before; less than one vial is missing."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = tiny(
            Path(folder),
            ("[3_000_000, 3_000_000, 3_000_000, 3_000_000]", str(doses)),
            ("pfizer = 500_000", f"pfizer = {stock}"),
        )
    assert scenario.facts is not None
    arriving = doses_arriving(scenario, scenario.facts, share)[0]
    assert (arriving >= 0).all()
    assert (arriving % 6 == 0).all()
    part = (np.array(doses).cumsum() + stock) * share
    assert (arriving.cumsum() <= part + 1e-6).all()
    assert (arriving.cumsum() > part - 6 - 1e-6).all()


@given(
    before=st.lists(st.integers(0, 10_000), min_size=0, max_size=14),
    after=st.integers(1, 14),
)
@settings(max_examples=100, deadline=None)
def test_a_second_dose_is_due_its_interval_after_the_first(before, after):
    """Those due between the start and the tail's end; the others had theirs, or have time."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = tiny(
            Path(folder),
            ("[900_000, 1_000_000, 1_100_000, 1_200_000, 1_300_000, 1_400_000]", str(before)),
            ("due_after_weeks = 6", f"due_after_weeks = {after}"),
        )
    assert scenario.facts is not None
    expected = [0] * 9
    for weeks_ago, people in enumerate(reversed(before), 1):
        if 0 <= after - weeks_ago < len(expected):
            expected[after - weeks_ago] += people
    assert people_due(scenario, scenario.facts, 1)[0].tolist() == expected


@st.composite
def scenarios(draw):
    """Text of the tiny scenario with anything that may be short."""
    weeks = draw(st.integers(1, 4))
    weekly = st.lists(st.integers(0, 4_000_000), min_size=4, max_size=4)
    text = changed(
        ("weeks = 4", f"weeks = {weeks}"),
        ("every_weeks = 2", f"every_weeks = {draw(st.integers(1, 4))}"),
        ("centres = 4", f"centres = {draw(st.integers(2, 40))}"),
        ("4_000_000", str(draw(st.integers(1, 8_000_000)))),
        ("[3_000_000, 3_000_000, 3_000_000, 3_000_000]", str(draw(weekly))),
        ("[21, 35]", draw(st.sampled_from(["[7, 7]", "[21, 28]", "[39, 42]", "[63, 84]"]))),
        ("due_after_weeks = 6", f"due_after_weeks = {draw(st.integers(1, 12))}"),
        ("doses_per_vial = 6", f"doses_per_vial = {draw(st.sampled_from([1, 5, 6, 10]))}"),
    )
    stopped = draw(st.lists(st.integers(0, weeks - 1), max_size=weeks - 1, unique=True))
    if stopped:
        text += (
            f'\n[[changes]]\nkind = "first doses stopped"\nregions = ["94"]\nweeks = {stopped}\n'
        )
    if weeks > 1:
        late = draw(st.integers(1, weeks - 1))
        text += (f'\n[[changes]]\nkind = "delay"\nproduct = "pfizer"\nweeks = [{late}]\n'
                 f"by_weeks = {draw(st.integers(1, 3))}\n")  # fmt: skip
    return text


@given(text=scenarios())
@settings(max_examples=25, deadline=None)
def test_any_scenario_becomes_an_instance_whose_bookings_fit(text):
    """Read back by the allocator, whatever is short, late or stopped."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = write_library(folder / "library", tiny=text)
        report = build_scenario("tiny", folder / "instance", library=library)
        instance = read_instance(folder / "instance")
    horizon = horizon_of(instance)
    refuse_unfit_bookings(instance, horizon)
    assert report.booked == horizon.booked_doses.sum()
