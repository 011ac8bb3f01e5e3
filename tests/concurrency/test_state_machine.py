"""Whatever people do, in whatever order: the database agrees with the model after every step."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, time, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from api.booking.expiry import expire_holds
from api.problems import Problem
from tests.balance import broken_rules
from tests.booking import Hands, Visitor, free_counts, opened
from tests.campaign import CENTRES, MONDAY, NOW, Campaign, fill_campaign
from tests.concurrency.model import Model, Slot

RELEASE = NOW + timedelta(days=1)
"""Shares and quotas bind for a day."""
FIRSTS = [(1, 0, 3, 1), (1, 1, 2, 0), (2, 7, 1, 0)]
"""Centre, days after the Monday, capacity and telephone's share of the first doses."""
SECONDS = [(1, 30, 3, 1), (2, 31, 3, 0), (1, 60, 2, 0)]
"""And of the second: the last one is too late for all but the last first."""
QUOTAS = {(1, MONDAY, "75"): 3, (1, MONDAY, "93"): 1}
IDS = {code: id_ for id_, (code, _) in CENTRES.items()}
TAGS = ("ana", "ben")
STEP = {
    "a minute": timedelta(minutes=1), "nine minutes": timedelta(minutes=9),
    "an hour": timedelta(hours=1), "a day and a half": timedelta(hours=36),
}  # fmt: skip


def publish(campaign: Campaign) -> dict[tuple[int, int], Slot]:
    """Write the slots and quotas, and give the slots as the model sees them."""
    slots = {}
    for rank, rows in ((1, FIRSTS), (2, SECONDS)):
        for centre, days, capacity, phone in rows:
            day = MONDAY + timedelta(days)
            number = campaign.add_slot(
                centre, rank=rank, day=day, capacity=capacity, phone_kept=phone, open_at=RELEASE
            )
            starts_at = datetime.combine(day, time(7), UTC)
            slots[centre, number] = Slot("pfizer", rank, day, starts_at, capacity, phone, RELEASE)
    for (centre, week, department), count in QUOTAS.items():
        campaign.add_quota(department, "75", count, centre=centre, week=week, open_at=RELEASE)
    return slots


async def gathered(*attempts):
    """Run attempts together; give receipts and refusals."""
    return await asyncio.gather(*attempts, return_exceptions=True)


def slug_of(outcome):
    """Give the slug of a refusal, and `None` for what was done."""
    if isinstance(outcome, BaseException) and not isinstance(outcome, Problem):
        raise outcome
    return outcome.slug if isinstance(outcome, Problem) else "None"


class Bookings(RuleBasedStateMachine):
    """People at two workers of one database; `campaign` and `slots` are set by the test."""

    campaign: Campaign
    slots: dict[tuple[int, int], Slot]

    @initialize(policy=st.sampled_from(["reject", "neutral"]))
    def open(self, policy):
        """Open two workers on an empty database."""
        self.campaign.rows("TRUNCATE booking, appointment, booking_home, person_guard, outbox")
        self.campaign.rows("UPDATE quota SET taken = 0")
        for (centre, number), slot in self.slots.items():
            self.campaign.rows(
                "UPDATE slot SET taken = 0, phone_kept = %s WHERE centre_id = %s AND slot_id = %s",
                slot.phone_kept, centre, number,
            )  # fmt: skip
        self.hands = Hands()
        self.model = Model(policy, self.slots, QUOTAS, RELEASE, NOW)
        self.visitors: list[Visitor] = []
        self.runner = asyncio.Runner()
        self.open_desks = AsyncExitStack()
        self.workers = [
            self.run(self.open_desks.enter_async_context(
                opened(self.campaign, clock=self.hands, duplicate_policy=policy)
            ))
            for _ in range(2)
        ]  # fmt: skip

    def run(self, coroutine):
        """Run on the loop of the workers."""
        return self.runner.run(coroutine)

    def teardown(self):
        """Close them."""
        if hasattr(self, "runner"):
            self.run(self.open_desks.aclose())
            self.runner.close()

    def agree(self, attempt, expected):
        """Make an attempt and compare its outcome with the model's; give the receipt."""
        [outcome] = self.run(gathered(attempt))
        assert slug_of(outcome) == str(expected)
        return None if isinstance(outcome, Problem) else outcome

    def desk(self, data):
        """Choose a worker."""
        return data.draw(st.sampled_from(self.workers))[1]

    def somebody(self, data):
        """Choose a booking, and have its owner come to any worker."""
        key = data.draw(st.sampled_from(sorted(self.model.bookings)))
        owner = self.visitors[key]
        return key, Visitor(self.desk(data), owner.name, owner.key, owner.secret)

    def places(self, data):
        """Choose a first and a second place."""
        firsts, seconds = ([p for p, s in self.slots.items() if s.rank == r] for r in (1, 2))
        return [data.draw(st.sampled_from(firsts)), data.draw(st.sampled_from(seconds))]

    @rule(
        data=st.data(),
        department=st.sampled_from(["75", "75", "93", "2A"]),
        channel=st.sampled_from(["web", "web", "phone"]),
        crossed=st.sampled_from([False] * 7 + [True]),
    )
    def hold(self, data, department, channel, crossed):
        """Somebody new asks for a pair; now and then with its doses crossed."""
        places = self.places(data)[:: -1 if crossed else 1]
        key = len(self.visitors)
        self.visitors.append(Visitor(self.desk(data)))
        expected = self.model.hold(key, places, department, channel)
        attempt = self.visitors[key].hold(*places, department=department, channel=channel)
        self.agree(attempt, expected)

    @precondition(lambda self: self.model.bookings)
    @rule(data=st.data(), tag=st.sampled_from(TAGS))
    def confirm(self, data, tag):
        """Confirm, for either of two people, and once more as if the answer was lost."""
        key, visitor = self.somebody(data)
        visitor = Visitor(visitor.desk, tag, visitor.key, visitor.secret)
        expected = self.model.confirm(key, tag)
        receipt = self.agree(visitor.confirm(), expected)
        if receipt is not None:
            assert self.run(visitor.confirm()) == receipt

    @precondition(lambda self: self.model.bookings)
    @rule(data=st.data())
    def move(self, data):
        """Move both doses anywhere."""
        key, visitor = self.somebody(data)
        places = self.places(data)
        self.agree(visitor.move(*places, seal=True), self.model.move(key, places))

    @precondition(lambda self: self.model.bookings)
    @rule(data=st.data())
    def cancel(self, data):
        """Cancel a booking, or what never was one."""
        key, visitor = self.somebody(data)
        self.agree(visitor.cancel(), self.model.cancel(key))

    @precondition(lambda self: self.model.bookings)
    @rule(data=st.data())
    def release(self, data):
        """End a hold, or what is none any more."""
        key, visitor = self.somebody(data)
        self.agree(visitor.release(), self.model.release(key))

    @rule(data=st.data())
    def expire(self, data):
        """Let a worker end what is over."""
        context, _ = data.draw(st.sampled_from(self.workers))
        assert self.run(expire_holds(context)) == self.model.expire()

    @rule(how_long=st.sampled_from(sorted(STEP)))
    def let_time_pass(self, how_long):
        """Past the end of holds, releases, the first slots."""
        self.hands.now += STEP[how_long]
        self.model.now = self.hands.now

    @rule()
    def lose_every_connection(self):
        """Break what the workers have open, as a restart would."""
        self.campaign.rows(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'creneau-hot' AND datname = current_database()"
        )

    @rule(data=st.data(), people=st.integers(2, 6))
    def rush(self, data, people):
        """Several ask for one pair at the same moment, at both workers: as many as fit get it."""
        places = self.places(data)
        keys = range(len(self.visitors), len(self.visitors) + people)
        expected = sorted(str(self.model.hold(key, places, "75", "web")) for key in keys)
        self.visitors += [Visitor(self.workers[key % 2][1]) for key in keys]

        outcomes = self.run(gathered(*(self.visitors[key].hold(*places) for key in keys)))
        assert sorted(slug_of(one) for one in outcomes) == expected
        held = [key for key in keys if key in self.model.bookings]
        won = [key for key, one in zip(keys, outcomes, strict=True) if not isinstance(one, Problem)]
        # The model let in the first ones; those who really were have their place in it.
        swapped = {key: self.model.bookings.pop(key) for key in held}
        self.model.bookings |= dict(zip(won, swapped.values(), strict=True))

    @invariant()
    def books_balance(self):
        """Never oversold, never half a pair; quotas and guards are what is live."""
        if hasattr(self, "runner"):
            assert broken_rules(self.campaign) == {}

    @invariant()
    def nothing_acknowledged_is_lost(self):
        """Every booking is as its owner was last told, and nothing else takes a place."""
        if not hasattr(self, "runner"):
            return
        assert free_counts(self.campaign) == {place: self.model.left(place) for place in self.slots}
        receipts = self.run(gathered(*(self.visitors[key].fetch() for key in self.model.bookings)))
        for receipt, booking in zip(receipts, self.model.bookings.values(), strict=True):
            places = {dose.dose_rank: (IDS[dose.centre], dose.slot) for dose in receipt.doses}
            assert (receipt.state, places, receipt.version) == (
                booking.state, booking.places, booking.version,
            )  # fmt: skip


def test_the_database_agrees_with_the_model_after_every_step(database_url):
    """Holds, confirmations, moves, ends, time, duplicates, crowds and broken connections."""
    Bookings.campaign = fill_campaign(database_url)
    Bookings.slots = publish(Bookings.campaign)
    run_state_machine_as_test(
        Bookings,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
