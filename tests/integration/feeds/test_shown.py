"""Two recounts of what can be shown agree: one in SQL, and one in words, slot by slot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loadtests.shown import counts_in_tables
from tests.integration.feeds import recount
from tests.integration.feeds.test_random_changes import Chance


@pytest.mark.parametrize("seed", range(20, 26))
def test_the_recount_in_sql_says_what_the_one_in_words_says(bench, seed):
    """On random slots, quotas and rules, at moments before and after their releases."""
    chance = Chance(bench, seed)
    for _ in range(60):
        chance.new_slot()
    for _ in range(8):
        chance.new_quota()
    seen = 0
    for hours in (0, 7, 30, 40):
        for _ in range(5):
            chance.change()
        bench.now += timedelta(hours=hours)
        in_words = recount.counts(recount.read_tables(bench.campaign), bench.now)
        in_sql = counts_in_tables(bench.campaign.url, bench.now)
        by_centre = {c: cells for centres in in_sql.values() for c, cells in centres.items()}
        assert by_centre == {centre: cells for centre, cells in in_words.items() if +cells}
        seen += len(by_centre)
    assert seen
