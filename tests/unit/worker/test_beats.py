"""What the worker does every few seconds."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import REGISTRY

from api.problems import TryAgain
from api.worker.beats import Beat


def run(work, *, times):
    """Keep a quick beat until its work was asked for so many times."""

    async def keep():
        stop = asyncio.Event()
        left = iter(range(times - 1))

        async def counted():
            if next(left, None) is None:
                stop.set()
            return await work()

        await asyncio.wait_for(Beat("test", 0.001, counted).keep(stop), 5)

    asyncio.run(keep())


def sample(name):
    """Read a counter of the test's beat."""
    return REGISTRY.get_sample_value(name, {"beat": "test"}) or 0


def test_a_beat_goes_on_until_it_is_told_to_stop_and_counts_what_it_did():
    """Three times two things."""
    before = sample("creneau_beat_things_total")

    async def two():
        return 2

    run(two, times=3)
    assert sample("creneau_beat_things_total") == before + 6


def test_a_beat_that_fails_is_tried_again_at_the_next():
    """A database that is away for a while does not end the worker."""
    before = sample("creneau_beats_failed_total")

    async def busy():
        raise TryAgain

    run(busy, times=4)
    assert sample("creneau_beats_failed_total") == before + 4


def test_a_mistake_in_our_own_code_is_not_tried_again():
    """It ends the worker, where somebody sees it."""

    async def wrong():
        raise KeyError

    with pytest.raises(KeyError):
        run(wrong, times=2)


def test_being_told_to_stop_is_not_waited_for():
    """A long pause ends at once."""

    async def keep():
        stop = asyncio.Event()

        async def work():
            asyncio.get_running_loop().call_later(0.01, stop.set)
            return 0

        await asyncio.wait_for(Beat("test", 3600, work).keep(stop), 5)

    asyncio.run(keep())
