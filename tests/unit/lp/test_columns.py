"""The columns are those the model allows, no more, and are counted without being built."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.ascent.model import model_of
from allocator.lp import count_columns
from allocator.lp.columns import columns_of
from allocator.read import read_instance
from tests.factories import random_instance
from tests.unit.check.plans import campaign
from tests.unit.check.reference import Witness

SEEDS = range(12)


@pytest.fixture(params=SEEDS)
def instance(request, tmp_path):
    return read_instance(random_instance(np.random.default_rng(request.param), tmp_path / "i"))


def test_the_count_is_that_of_the_columns_built(instance):
    """`count_columns` agrees with `columns_of`, and each family stands where it says."""
    model = model_of(instance)
    columns = columns_of(model)
    assert count_columns(model) == columns.count
    families = (columns.flows, columns.first_doses, columns.starts, columns.second_doses,
                columns.vials, columns.drawn, columns.served, columns.everybody,
                columns.missing)  # fmt: skip
    assert np.concatenate([f.numbers for f in families]).tolist() == list(range(columns.count))


def test_every_dose_is_allowed_and_every_allowed_start_has_its_columns(instance):
    """First doses: the witness's rules, a slot, and a second dose in reach; nothing else."""
    it, columns = Witness(instance), columns_of(model_of(instance))
    room = {
        (j, w): it.injections(j, w)
        - sum(it.booked(j, p, w) for p in range(len(instance.products.ids)))
        for j in range(len(instance.centres.ids))
        for w in range(it.W)
    }

    def completes(j, p, t):
        weeks = range(t + it.lo[p], t + it.hi[p] + 1)
        return not it.two[p] or any(it.allowed(p, -1, 2, w) and room[j, w] > 0 for w in weeks)

    asked = instance.demand > 0
    wanted = {
        (int(d), k, j, p, t)
        for k in range(len(instance.classes.ids))
        for d in set(instance.zones.department[asked[:, k]])
        for j, p, t in np.ndindex(len(instance.centres.ids), len(instance.products.ids), it.T)
        if it.allowed(p, k, 1, t) and room[j, t] > 0 and completes(j, p, t)
    }
    y = columns.first_doses
    assert set(zip(*(keys.tolist() for keys in y.keys.values()), strict=True)) == wanted
    s = columns.second_doses
    for j, p, t, w in zip(*(keys.tolist() for keys in s.keys.values()), strict=True):
        assert it.lo[p] <= w - t <= it.hi[p]
        assert it.allowed(p, -1, 2, w)
        assert room[j, w] > 0


def test_flows_reach_every_centre_that_has_something_for_the_class(tmp_path):
    """Both x and y serve both classes: three (zone, class) of people, two centres each."""
    columns = columns_of(model_of(campaign(tmp_path / "i")))
    assert len(columns.flows) == 6
    assert columns.flow_km.tolist() == pytest.approx([0, 10, 0, 10, 25, 0])


def test_the_nearest_centres_alone_may_be_offered(tmp_path):
    """`nearest` 1 leaves each zone its own centre; more than there are changes nothing."""
    model = model_of(campaign(tmp_path / "i"))
    columns = columns_of(model, nearest=1)
    assert columns.flow_km.tolist() == [0, 0, 0]
    assert {tuple(x) for x in zip(columns.first_doses["department"], columns.first_doses["centre"],
                                  strict=True)} == {(0, 0), (1, 1)}  # fmt: skip
    assert columns_of(model, nearest=9).count == columns_of(model).count


def test_only_earmarked_stocks_are_kept_unless_vials_are_whole(tmp_path):
    """Janssen doses are earmarked to y; whole vials give every centre and product a stock."""
    model = model_of(campaign(tmp_path / "i"))
    assert columns_of(model).stock_of.tolist() == [[1, 1]]
    assert len(columns_of(model, whole_vials=True).stock_of) == 4


@pytest.mark.parametrize("free", [{"floor": 0.0}, {"price": 0}, {"checkpoints": []}])
def test_a_floor_that_costs_nothing_has_no_columns(tmp_path, free):
    """Floor 0, price 0 or no checkpoint: no shortfall; with all three there is one each."""
    settings = {"fairness": {"floor": 0.95, "price": 20, "checkpoints": [1]}}
    assert len(columns_of(model_of(campaign(tmp_path / "a", settings=settings))).missing) == 2
    settings = {"fairness": settings["fairness"] | free}
    assert len(columns_of(model_of(campaign(tmp_path / "b", settings=settings))).missing) == 0
