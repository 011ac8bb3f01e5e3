"""Doses over the windows of a day."""

from __future__ import annotations

from collections import Counter
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from api.capacity.layout import lay_out
from api.capacity.publication import Session, product_of, rank_of
from api.capacity.windows import Opening, date_of, windows_of

MONDAY = date(2021, 5, 31)
OPENING = Opening(time(9), time(18), ZoneInfo("Europe/Paris"))
PFIZER, MODERNA = 1, 2
VIALS = {PFIZER: 6, MODERNA: 10}


def laid_out(*sessions, load=None):
    """Doses by (window of all days, product, rank), and the windows."""
    windows = windows_of(OPENING, sorted({s.day for s in sessions}))
    base = np.zeros(len(windows.day), dtype=np.int64) if load is None else np.array(load)
    cells = zip(*lay_out(sessions, VIALS, windows, base), strict=True)
    return {(w, product_of(s), rank_of(s)): n for w, s, n in cells}, windows


def by_window(doses, windows):
    """Doses in each window."""
    totals = Counter()
    for (window, _, _), n in doses.items():
        totals[window] += n
    return [totals[w] for w in range(len(windows.day))]


def test_every_day_product_and_rank_keeps_its_number():
    """Nothing is lost and nothing comes from one day to another."""
    rng = np.random.default_rng(7)
    wanted = {
        (MONDAY + timedelta(days=int(d)), p, rank): int(rng.integers(0, 200))
        for d in range(5) for p in VIALS for rank in (1, 2)
    }  # fmt: skip
    sessions = [Session(*key, n) for key, n in wanted.items()]
    doses, windows = laid_out(*sessions)
    found = Counter()
    for (window, product, rank), n in doses.items():
        found[date_of(windows.day[window]), product, rank] += n
    assert dict(found) == {key: n for key, n in wanted.items() if n}


def test_the_load_is_even_over_the_day():
    """No window has two doses more than another."""
    doses, windows = laid_out(
        Session(MONDAY, PFIZER, 1, 101), Session(MONDAY, PFIZER, 2, 40),
        Session(MONDAY, MODERNA, 1, 33),
    )  # fmt: skip
    load = by_window(doses, windows)
    assert sum(load) == 174
    assert max(load) - min(load) <= 1


def test_what_stands_there_already_is_part_of_the_load():
    """New doses go where fewer people are booked."""
    booked = [9] * 9 + [0] * 9
    doses, windows = laid_out(Session(MONDAY, PFIZER, 1, 90), load=booked)
    load = [a + b for a, b in zip(by_window(doses, windows), booked, strict=True)]
    assert max(load) - min(load) <= 1


@pytest.mark.parametrize("pfizer", [6, 18, 60, 100, 700])
def test_the_doses_of_a_vial_stand_in_neighbouring_windows(pfizer):
    """In the order of time, the doses of a vial are within as few windows as they fill."""
    doses, windows = laid_out(
        Session(MONDAY, PFIZER, 1, pfizer), Session(MONDAY, PFIZER, 2, pfizer // 3),
        Session(MONDAY, MODERNA, 1, pfizer // 2),
    )  # fmt: skip
    least = max(1, min(by_window(doses, windows)))
    for product, vial in VIALS.items():
        row = [w for w in range(len(windows.day)) for rank in (1, 2)
               for _ in range(doses.get((w, product, rank), 0))]  # fmt: skip
        for begin in range(0, len(row), vial):
            used = row[begin : begin + vial]
            assert used[-1] - used[0] <= -(-len(used) // least), (product, begin)


def test_products_and_ranks_take_turns_through_the_day():
    """Whoever can only come in the evening finds every product and both ranks then, too."""
    doses, windows = laid_out(
        Session(MONDAY, PFIZER, 1, 120), Session(MONDAY, PFIZER, 2, 120),
        Session(MONDAY, MODERNA, 1, 120),
    )  # fmt: skip
    evening = {(product, rank) for (w, product, rank) in doses if w >= len(windows.day) - 4}
    morning = {(product, rank) for (w, product, rank) in doses if w < 4}
    assert evening == morning == {(PFIZER, 1), (PFIZER, 2), (MODERNA, 1)}


def test_nothing_to_lay_out_gives_nothing():
    """A centre without sessions has no slots."""
    doses, windows = laid_out()
    assert doses == {}
    assert len(windows.day) == 0
