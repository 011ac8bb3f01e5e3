"""Whatever people do, in whatever order: the database agrees with the model after every step."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, time, timedelta

import psycopg
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
from psycopg.rows import dict_row

from api.booking.expiry import expire_holds
from api.problems import Problem
from tests.balance import broken_on
from tests.booking import Hands, Visitor, opened
from tests.campaign import CENTRES, MONDAY, NOW, Campaign, fill_campaign
from tests.concurrency.model import Model, Slot

RELEASE = NOW + timedelta(days=1)
"""Shares and quotas bind for a day."""
FIRSTS = [(1, 0, 4, 1), (1, 1, 3, 0), (2, 7, 2, 0)]
"""Centre, days after the Monday, capacity and telephone's share of the first doses."""
SECONDS = [(1, 30, 5, 2), (2, 31, 4, 0), (1, 56, 2, 0)]
"""And of the second: the last one is too late for all but the last first."""
QUOTAS = {(1, MONDAY, "75"): 3, (1, MONDAY, "93"): 1}
ELSEWHERE = MONDAY + timedelta(2)
"""First dose of those who only need a second; it fits the first two."""
IDS = {code: id_ for id_, (code, _) in CENTRES.items()}
TAGS = ("ana", "ana", "ben")
STEPS = [timedelta(minutes=n) for n in (1, 9, 11, 11)] + [timedelta(hours=30)]


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


DEPARTMENTS = st.sampled_from(["75", "75", "75", "93", "2A"])
CHANNELS = st.sampled_from(["web", "web", "phone"])
RARELY = st.sampled_from([False] * 7 + [True])


class Bookings(RuleBasedStateMachine):
    """People at two workers of one database; `campaign` and `slots` are set by the test."""

    campaign: Campaign
    slots: dict[tuple[int, int], Slot]

    @initialize(policy=st.sampled_from(["reject", "neutral"]))
    def open(self, policy):
        """Open two workers on an empty database."""
        self.connection = psycopg.connect(self.campaign.url, row_factory=dict_row, autocommit=True)
        for table in ("appointment", "booking", "booking_home", "person_guard", "outbox"):
            self.connection.execute(f"DELETE FROM {table}")
        self.connection.execute("UPDATE quota SET taken = 0")
        self.connection.cursor().executemany(
            "UPDATE slot SET taken = 0, phone_kept = %s WHERE centre_id = %s AND slot_id = %s",
            [(slot.phone_kept, *place) for place, slot in self.slots.items()],
        )
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
            self.connection.close()

    def agree(self, attempt, expected):
        """Make an attempt and compare its outcome with the model's; give the receipt."""
        [outcome] = self.run(gathered(attempt))
        assert slug_of(outcome) == str(expected)
        return None if isinstance(outcome, Problem) else outcome

    def desk(self, data):
        """Choose a worker."""
        return data.draw(st.sampled_from(self.workers))[1]

    def has(self, state):
        """Tell whether some booking is in a state."""
        return any(booking.state == state for booking in self.model.bookings.values())

    def somebody(self, data, state):
        """Choose a booking, mostly one in this state, and have its owner come to any worker."""
        every = sorted(self.model.bookings)
        likely = [key for key in every if self.model.bookings[key].state == state]
        key = data.draw(st.sampled_from(likely * 4 + every))
        owner = self.visitors[key]
        return key, Visitor(self.desk(data), owner.name, owner.key, owner.secret)

    def places(self, data, ranks=(1, 2)):
        """Choose a place for each rank; those that fit each other more often."""
        by_rank = {r: [p for p, s in self.slots.items() if s.rank == r] for r in ranks}
        return [data.draw(st.sampled_from(by_rank[r][:2] * 3 + by_rank[r])) for r in ranks]

    def new_visitor(self, data):
        """Have somebody new come to a worker; give their number."""
        self.visitors.append(Visitor(self.desk(data)))
        return len(self.visitors) - 1

    @rule(data=st.data(), department=DEPARTMENTS, channel=CHANNELS, crossed=RARELY)
    def hold(self, data, department, channel, crossed):
        """Somebody new asks for a pair; now and then with its doses crossed."""
        places = self.places(data)[:: -1 if crossed else 1]
        key = self.new_visitor(data)
        expected = self.model.hold(key, places, department, channel)
        attempt = self.visitors[key].hold(*places, department=department, channel=channel)
        self.agree(attempt, expected)

    @rule(data=st.data(), department=DEPARTMENTS, channel=CHANNELS, tag=st.sampled_from(TAGS))
    def book(self, data, department, channel, tag):
        """Somebody books a pair without losing time."""
        places = self.places(data)
        key = self.new_visitor(data)
        expected = self.model.hold(key, places, department, channel)
        attempt = self.visitors[key].hold(*places, department=department, channel=channel)
        if self.agree(attempt, expected):
            self.confirm_as(self.visitors[key], key, tag)

    @rule(data=st.data(), tag=st.sampled_from(TAGS))
    def book_second_alone(self, data, tag):
        """Somebody had the first dose elsewhere."""
        places = self.places(data, ranks=(2,))
        key = self.new_visitor(data)
        expected = self.model.hold(key, places, "75", "web", ELSEWHERE)
        if self.agree(self.visitors[key].hold(*places, first=("pfizer", ELSEWHERE)), expected):
            self.confirm_as(self.visitors[key], key, tag)

    def confirm_as(self, visitor, key, tag):
        """Confirm for a person, and once more as if the answer was lost."""
        visitor = Visitor(visitor.desk, tag, visitor.key, visitor.secret)
        ranks = sorted(self.model.bookings[key].places)
        receipt = self.agree(visitor.confirm(ranks), self.model.confirm(key, tag))
        if receipt is not None:
            assert self.run(visitor.confirm(ranks)) == receipt

    @precondition(lambda self: self.has("held"))
    @rule(data=st.data(), tag=st.sampled_from(TAGS))
    def confirm(self, data, tag):
        """Confirm what was held some time ago, or what never can be."""
        key, visitor = self.somebody(data, "held")
        self.confirm_as(visitor, key, tag)

    @precondition(lambda self: self.has("booked"))
    @rule(data=st.data())
    def move(self, data):
        """Move every dose anywhere."""
        key, visitor = self.somebody(data, "booked")
        places = self.places(data, ranks=sorted(self.model.bookings[key].places))
        self.agree(visitor.move(*places, seal=True), self.model.move(key, places))

    @precondition(lambda self: self.has("booked"))
    @rule(data=st.data())
    def cancel(self, data):
        """Cancel a booking, or what never was one."""
        key, visitor = self.somebody(data, "booked")
        self.agree(visitor.cancel(), self.model.cancel(key))

    @precondition(lambda self: self.has("booked"))
    @rule(data=st.data())
    def erase(self, data):
        """Erase a booking; afterwards its owner is a stranger."""
        key, visitor = self.somebody(data, "booked")
        refused = self.model.erase(key)
        self.agree(visitor.erase(), refused)
        if refused is None:
            self.agree(visitor.fetch(), "not-found")

    @precondition(lambda self: self.has("held"))
    @rule(data=st.data())
    def release(self, data):
        """End a hold, or what is none any more."""
        key, visitor = self.somebody(data, "held")
        self.agree(visitor.release(), self.model.release(key))

    @rule(data=st.data())
    def expire(self, data):
        """Let a worker end what is over."""
        context, _ = data.draw(st.sampled_from(self.workers))
        assert self.run(expire_holds(context)) == self.model.expire()

    @rule(how_long=st.sampled_from(STEPS))
    def let_time_pass(self, how_long):
        """Past the end of holds, releases, the first slots."""
        self.hands.now += how_long
        self.model.now = self.hands.now

    @rule()
    def lose_every_connection(self):
        """Break what the workers have open, as a restart would."""
        self.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'creneau-hot' AND datname = current_database()"
        )

    @rule(data=st.data(), people=st.integers(2, 3))
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
            assert broken_on(self.connection) == {}

    @invariant()
    def nothing_acknowledged_is_lost(self):
        """Every booking is as its owner was last told, and nothing else takes a place."""
        if not hasattr(self, "runner"):
            return
        slots = self.connection.execute(
            "SELECT centre_id, slot_id, capacity - taken AS free, phone_kept FROM slot"
        )
        assert {tuple(row.values()) for row in slots} == {
            (*place, self.model.left(place), self.model.kept(place)) for place in self.slots
        }
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
            max_examples=25,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
