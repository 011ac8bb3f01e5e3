"""Events: the tables they change, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.errors import InputError
from allocator.read import read_instance
from scenarios.events import Closed, Late, MoreDoses, MoreInjections, happen, name_instance
from tests.factories import write_instance


@pytest.fixture
def folder(tmp_path):
    return write_instance(tmp_path / "instance")


def after(event, folder):
    """Instance after an event."""
    out = folder.with_name("after")
    happen(event, folder, out)
    return read_instance(out)


def pool(instance, product):
    """Doses of the national pool by week."""
    rows = instance.deliveries
    mine = rows.product == instance.products.ids.index(product)
    return np.bincount(rows.week[mine], weights=rows.doses[mine], minlength=instance.weeks).tolist()


def test_a_late_delivery_joins_the_one_of_its_new_week(folder):
    before = pool(read_instance(folder), "pfizer")
    week = next(w for w, doses in enumerate(before) if doses)
    moved = pool(after(Late("pfizer", week, 1), folder), "pfizer")
    assert moved[week] == 0
    assert moved[week + 1] == before[week] + before[week + 1]
    lost = pool(after(Late("pfizer", week, 52), folder), "pfizer")
    assert sum(lost) == sum(before) - before[week]


def test_more_of_something_is_added_to_what_there_is(folder):
    before = read_instance(folder)
    doses = pool(after(MoreDoses("pfizer", 2, 60), folder), "pfizer")
    assert sum(doses) == sum(pool(before, "pfizer")) + 60
    changed = after(MoreInjections("1", 3, 25), folder).injections - before.injections
    assert changed.sum() == changed[before.centres.ids.index("1"), 3] == 25


def test_a_closed_centre_gives_nothing_in_these_weeks(folder):
    capacity = after(Closed("2", 1, 2), folder).injections[1]
    assert capacity.tolist()[1:3] == [0, 0]
    assert capacity[3] > 0


@pytest.mark.parametrize(
    ("event", "rule"),
    [
        (Late("moderna", 0, 1), "product is not in the instance: 'moderna'"),
        (MoreInjections("nowhere", 0, 1), "centre is not in the instance: 'nowhere'"),
        (MoreDoses("pfizer", 4, 1), r"week is outside 0\.\.3: 4"),
    ],
)
def test_an_event_of_nothing_is_refused(folder, event, rule):
    with pytest.raises(InputError, match=rule):
        after(event, folder)
    assert not folder.with_name("after").exists()


def test_a_name_with_quotes_stays_text(folder):
    name_instance(folder, 'a "b" \\ c')
    assert read_instance(folder).name == 'a "b" \\ c'
