"""Bookings that do not fit are refused by centre and week, with the least that would do."""

from __future__ import annotations

import re

import numpy as np
import pytest

from allocator.bookings import refuse_unfit_bookings
from allocator.errors import InputError
from allocator.horizon import horizon_of
from allocator.read import read_instance
from allocator.solve import solve
from tests.factories import random_instance, write_instance
from tests.instances import allowed, centre, class_, delivery, one_dose, people, two_doses, zone
from tests.rewritten import rewrite

NO_FLOOR = {"checkpoints": []}
SEEDS = range(30)


def one_centre(folder, booked, *, weekly=(10, 10), deliveries=(50, 0), vial=1, **centres):
    """Write a campaign of one centre with these bookings (week, people)."""
    return write_instance(
        folder,
        settings={"weeks": len(weekly), "fairness": NO_FLOOR},
        zones=[zone("a")],
        classes=[class_("75")],
        demand=[people("a", "75", 1)],
        centres=[{**centre("x"), **centres}],
        capacity=[{"centre": "x", "week": w, "injections": n} for w, n in enumerate(weekly)],
        products=[one_dose(doses_per_vial=vial)],
        eligibility=[allowed("janssen", "75")],
        deliveries=[delivery(w, "janssen", n) for w, n in enumerate(deliveries)],
        booked=[
            {"centre": "x", "week": w, "product": "janssen", "dose_rank": 1, "people": n}
            for w, n in booked
        ],
    )


def refusal(folder):
    """Return the message that refuses an instance's bookings, None when they fit."""
    instance = read_instance(folder)
    try:
        refuse_unfit_bookings(instance, horizon_of(instance))
    except InputError as error:
        return str(error)
    return None


def test_bookings_that_fill_the_last_slot_fit(tmp_path):
    """The control of all below: ten booked for ten injections."""
    assert refusal(one_centre(tmp_path, [(0, 10)])) is None


def test_more_booked_than_injections_is_named_by_centre_and_week(tmp_path):
    """Thirteen for ten: three more injections would do; the other week is not mentioned."""
    assert refusal(one_centre(tmp_path, [(0, 13), (1, 10)])) == (
        "booked.csv: the bookings do not fit:\n"
        "  centre x, week 0: 13 booked for 10 injections; 3 more injections would do"
    )


def test_people_booked_in_a_closed_week_are_told_so(tmp_path):
    """The centre closes on the Sunday of week 0."""
    folder = one_centre(tmp_path, [(1, 2)], closes_on="2021-06-06")
    assert "centre x, week 1: 2 booked for 0 injections (closed); 2 more" in refusal(folder)


def test_people_booked_in_the_tail_are_held_against_its_mean(tmp_path):
    """Mean of ten and five, rounded down: seven slots for eight second doses in week 4."""
    folder = write_instance(
        tmp_path,
        settings={"weeks": 2, "fairness": NO_FLOOR},
        zones=[zone("a")],
        classes=[class_("75")],
        demand=[people("a", "75", 1)],
        centres=[centre("x")],
        capacity=[{"centre": "x", "week": w, "injections": n} for w, n in ((0, 10), (1, 5))],
        products=[two_doses()],
        eligibility=[allowed("pfizer", "75"), allowed("pfizer", "*", rank=2)],
        deliveries=[delivery(0, "pfizer", 90)],
        booked=[{"centre": "x", "week": 4, "product": "pfizer", "dose_rank": 2, "people": 8}],
    )
    assert "centre x, week 4, in the tail: 8 booked for 7 injections; 1 more" in refusal(folder)


def test_doses_come_in_whole_vials_for_booked_people_too(tmp_path):
    """Seven booked need two vials of five, ten doses; nine came."""
    folder = one_centre(tmp_path, [(0, 7)], deliveries=(9, 0), vial=5)
    assert refusal(folder) == (
        "booked.csv: the bookings do not fit:\n"
        "  product janssen, week 0: bookings need 2 vials of the pool by then, delivered are 9 "
        "doses; 1 more doses by week 0 would do (new needs that week: centre x)"
    )


def test_a_shortage_that_grows_is_named_in_each_week_it_grows(tmp_path):
    """Two doses short in week 0; the four of week 1 come too few as well, five short in all."""
    folder = one_centre(tmp_path, [(0, 4), (1, 4)], deliveries=(2, 1))
    message = refusal(folder)
    assert "week 0: bookings need 4 vials" in message
    assert "2 more doses by week 0 would do" in message
    assert "week 1: bookings need 8 vials" in message
    assert "5 more doses by week 1 would do" in message


def test_a_long_list_of_problems_is_cut(tmp_path):
    """Twenty are shown, and how many more there are is said."""
    weekly = [1] * 23
    folder = one_centre(tmp_path, [(w, 2) for w in range(23)], weekly=weekly, deliveries=[99])
    message = refusal(folder)
    assert message.count("more injections would do") == 20
    assert message.endswith("and 3 more")


@pytest.mark.parametrize("method", ["optimal", "pro-rata", "first-come", "lp"])
def test_no_method_plans_on_bookings_that_do_not_fit(tmp_path, method):
    """The refusal comes before any work."""
    instance = read_instance(one_centre(tmp_path, [(0, 13)]))
    with pytest.raises(InputError, match="3 more injections would do"):
        solve(instance, method=method)


INJECTIONS = re.compile(r"centre (\S+), week (\d+): .*; (\d+) more injections would do")
DOSES = re.compile(r"product (\S+), week (\d+): .*; (\d+) more doses by week (\d+) would do")


def relaxed(folder, message, less=0):
    """Add to the folder what a message asks for, `less` of it at the last place it names."""
    for centre_, week, missing in INJECTIONS.findall(message):
        add(folder, "capacity", "injections", int(missing) - less, centre=centre_, week=week)
    given = {}
    for product, _, missing, week in DOSES.findall(message):
        more = int(missing) - given.get(product, 0)
        given[product] = int(missing)
        add(folder, "deliveries", "doses", more - less, product=product, week=week, centre="")
    return folder


def add(folder, table, column, amount, **key):
    """Add to the count of a row, which is made if it is not there."""

    def change(rows):
        for row in rows:
            if all(row[name] == cell for name, cell in key.items()):
                row[column] = str(int(row[column]) + amount)
                return rows
        return [*rows, {**key, column: str(amount)}]

    rewrite(folder, table, change)


def overbooked(seed, folder):
    """Write a random folder with a few bookings that may not fit."""
    rng = np.random.default_rng(seed)
    random_instance(rng, folder, closures=False, booked=False)
    return overbook(rng, folder)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_would_do_does_and_one_less_does_not(tmp_path, seed):
    """On random folders with too many booked: the least relaxation is the least there is."""
    enough, too_little = (overbooked(seed, tmp_path / name) for name in ("a", "b"))
    message = refusal(enough)
    if message is not None:
        assert refusal(relaxed(enough, message)) is None
        assert refusal(relaxed(too_little, message, less=1)) is not None


def test_the_random_bookings_break_both_kinds_of_rows(tmp_path):
    """The control of the test above: slots are missing in some, doses in others."""
    messages = [refusal(overbooked(seed, tmp_path / str(seed))) for seed in SEEDS]
    assert sum(bool(message and INJECTIONS.search(message)) for message in messages) > 5
    assert sum(bool(message and DOSES.search(message)) for message in messages) > 5
    assert None in messages


def overbook(rng, folder):
    """Book some people, without asking for slots or doses."""
    instance = read_instance(folder)
    rows = []
    for _ in range(3):
        row = {
            "centre": rng.choice(instance.centres.ids),
            "week": int(rng.integers(instance.weeks)),
            "dose_rank": 1,
            "product": rng.choice(instance.products.ids),
        }
        if row not in rows:
            rows.append(row)
    booked = [{**row, "people": int(rng.integers(1, 60))} for row in rows]
    settings = (folder / "instance.toml").read_text("utf-8")
    tables = {p.stem: p.read_text("utf-8") for p in folder.glob("*.csv")}
    return write_instance(folder, settings=settings, **tables | {"booked": booked})
