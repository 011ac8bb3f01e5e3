"""Group commit: who shares a transaction, who waits, who is sent away, and what stops it."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from api.booking.problems import SlotFull, Unavailable
from api.booking.queue import MOST_TOGETHER, GroupCommit
from api.booking.wants import Operation
from api.problems import TooManyRequests


def operation(number, tag=None):
    """Make an operation on the booking of this number."""
    return Operation(UUID(int=number), lambda world: None, tag)


class Trier:
    """Notes the groups it runs; each waits until the gate opens."""

    def __init__(self, *, fails=False, outcome=None):
        self.groups = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.fails = fails
        self.outcome = outcome or (lambda number: number)

    async def together(self, operations):
        """Run a group."""
        numbers = [operation.booking_id.int for operation in operations]
        self.groups.append(numbers)
        await self.gate.wait()
        return None if self.fails else [self.outcome(number) for number in numbers]

    async def alone(self, operation):
        """Run one."""
        self.groups.append([operation.booking_id.int])
        return self.outcome(operation.booking_id.int)


def run(scenario, *, limit=1000, **trier):
    """Run a scenario on a group and its trier, and close the group."""

    async def main():
        one = Trier(**trier)
        group = GroupCommit(one, limit=limit)
        result = await scenario(group, one)
        one.gate.set()
        await group.close()
        return result

    return asyncio.run(main())


def ask(group, *operations):
    """Ask for operations as requests do, in tasks of their own."""
    return [asyncio.create_task(group.ask(one)) for one in operations]


async def occupied(group, trier):
    """Keep the group busy with operation 0 until the gate opens."""
    trier.gate.clear()
    [task] = ask(group, operation(0))
    await asyncio.sleep(0.01)
    return task


def test_what_arrives_while_a_transaction_runs_shares_the_next():
    """One, then all the others together, in the order they came."""

    async def scenario(group, trier):
        first = await occupied(group, trier)
        others = ask(group, *map(operation, range(1, 6)))
        await asyncio.sleep(0.01)
        trier.gate.set()
        return await asyncio.gather(first, *others), trier.groups

    answers, groups = run(scenario)
    assert answers == [0, 1, 2, 3, 4, 5]
    assert groups == [[0], [1, 2, 3, 4, 5]]


def test_no_transaction_holds_more_than_its_most():
    """The rest come in the next one."""

    async def scenario(group, trier):
        await occupied(group, trier)
        others = ask(group, *map(operation, range(1, MOST_TOGETHER + 3)))
        await asyncio.sleep(0.01)
        trier.gate.set()
        await asyncio.gather(*others)
        return [len(numbers) for numbers in trier.groups]

    assert run(scenario) == [1, MOST_TOGETHER, 2]


def test_operations_of_one_booking_or_one_person_never_share_a_transaction():
    """The later ones wait, each behind its like, and the others do not wait with them."""

    async def scenario(group, trier):
        await occupied(group, trier)
        asked = ask(
            group,
            operation(1, b"ana"), operation(2, b"ana"), operation(1), operation(3, b"ben"),
            operation(2, b"eve"),
        )  # fmt: skip
        await asyncio.sleep(0.01)
        trier.gate.set()
        await asyncio.gather(*asked)
        return trier.groups

    assert run(scenario) == [[0], [1, 3], [2, 1], [2]]


def test_too_many_are_sent_away_at_once_with_the_time_to_come_back():
    """Those who wait and those under way count together."""

    async def scenario(group, trier):
        first = await occupied(group, trier)
        second = ask(group, operation(1))
        await asyncio.sleep(0.01)
        assert group.places_left == 0
        with pytest.raises(TooManyRequests) as refused:
            await group.ask(operation(2))
        trier.gate.set()
        await asyncio.gather(first, *second)
        return refused.value.retry_after_s, group.places_left

    assert run(scenario, limit=2) == (1, 2)


def test_each_gets_its_own_answer_or_problem():
    """One that is refused takes nobody with it."""

    async def scenario(group, trier):
        asked = ask(group, *map(operation, range(3)))
        return await asyncio.gather(*asked, return_exceptions=True)

    refused = SlotFull()
    answers = run(scenario, outcome=lambda number: refused if number == 1 else number)
    assert answers == [0, refused, 2]


def test_a_transaction_that_fails_is_tried_one_by_one():
    """All get their answers, each by itself, and the next ones do not wait for them."""

    async def scenario(group, trier):
        await occupied(group, trier)
        asked = ask(group, *map(operation, range(1, 4)))
        await asyncio.sleep(0.01)
        trier.gate.set()
        return await asyncio.gather(*asked), trier.groups

    answers, groups = run(scenario, fails=True)
    assert answers == [1, 2, 3]
    assert sorted(groups) == [[0], [0], [1], [1, 2, 3], [2], [3]]


def test_a_fault_in_one_operation_is_told_to_it_alone():
    """Also when it shows only in company."""

    def outcome(number):
        if number == 1:
            raise ZeroDivisionError
        return number

    async def scenario(group, trier):
        await occupied(group, trier)
        asked = ask(group, *map(operation, range(1, 4)))
        await asyncio.sleep(0.01)
        trier.gate.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    one, *others = run(scenario, outcome=outcome)
    assert isinstance(one, ZeroDivisionError)
    assert others == [2, 3]


def test_whoever_has_gone_is_not_served():
    """A request given up while it waited takes no place."""

    async def scenario(group, trier):
        await occupied(group, trier)
        gone, stays = ask(group, operation(1), operation(2))
        await asyncio.sleep(0.01)
        gone.cancel()
        await asyncio.sleep(0.01)
        trier.gate.set()
        await stays
        return trier.groups

    assert run(scenario) == [[0], [2]]


def test_closing_answers_what_was_taken_and_takes_no_more():
    """Nobody accepted is left without an answer."""

    async def scenario(group, trier):
        await occupied(group, trier)
        asked = ask(group, *map(operation, range(1, 4)))
        await asyncio.sleep(0.01)
        closing = asyncio.create_task(group.close())
        await asyncio.sleep(0.01)
        with pytest.raises(Unavailable):
            await group.ask(operation(9))
        assert not closing.done()
        trier.gate.set()
        await closing
        return [task.result() for task in asked if task.done()] or await asyncio.gather(*asked)

    assert run(scenario) == [1, 2, 3]
