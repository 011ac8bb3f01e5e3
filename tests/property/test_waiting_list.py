"""The waiting list under anything people, centres and the clock may do."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
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
from tests.booking import Hands, Visitor
from tests.campaign import LATER, MONDAY, fill_campaign
from tests.postgres import fresh_database
from tests.waiting import open_room

SECOND_DAY = MONDAY + timedelta(days=30)
WHERE = st.sampled_from([["paris"], ["bobigny"], ["paris", "bobigny"]])
OPEN = "SELECT centre_id, offer_id, entry_id, slot_id, kind FROM offer WHERE state = 'open'"
IN_ORDER = "SELECT entry_id, state FROM waiting ORDER BY offers_made, joined_at, entry_id"


class WaitingList(RuleBasedStateMachine):
    """Two centres, one product; the worker's steps come when the machine says so."""

    server = None

    def __init__(self):
        super().__init__()
        self.stack = ExitStack()
        self.loop = asyncio.new_event_loop()
        self.people = []

    @initialize(people=st.lists(WHERE, min_size=2, max_size=5))
    def open(self, people):
        """Open a campaign with a place at each centre, and many second doses; some wait already."""
        self.campaign = fill_campaign(self.stack.enter_context(fresh_database(self.server)))
        for centre in (1, 2):
            self.campaign.add_slot(centre, standby_kept=1, open_at=LATER)
            self.campaign.add_slot(centre, rank=2, day=SECOND_DAY, capacity=9)
        self.opening = open_room(self.campaign, clock=Hands())
        self.room = self.loop.run_until_complete(self.opening.__aenter__())
        for centres in people:
            self.join_at(centres)

    def teardown(self):
        """Close what was opened."""
        if hasattr(self, "room"):
            self.loop.run_until_complete(self.opening.__aexit__(None, None, None))
        self.loop.close()
        self.stack.close()

    def do(self, deed):
        """Do something that may be refused."""
        with suppress(Problem):
            return self.loop.run_until_complete(deed)

    @rule(centres=WHERE)
    def join(self, centres):
        """Join, a second after whoever came before."""
        self.join_at(centres)

    def join_at(self, centres):
        """Join at some centres."""
        [one] = self.loop.run_until_complete(
            self.room.joined(f"p{len(self.people)}", centres=centres)
        )
        self.people.append(one)

    @rule(minutes=st.sampled_from([1, 9, 31, 61, 130]))
    def time_passes(self, minutes):
        """Let time pass; the worker has not noticed yet."""
        self.room.clock.go_on(minutes=minutes)

    @rule()
    def expire(self):
        """Have the worker end the holds that are over, and no more."""
        self.loop.run_until_complete(expire_holds(self.room.maker._context))

    @rule(minutes=st.sampled_from([0, 0, 0, 61]))
    def turn(self, minutes):
        """Have the worker make offers: places go in order, and none that could go is left."""
        self.room.clock.go_on(minutes=minutes)
        self.loop.run_until_complete(expire_holds(self.room.maker._context))
        before = {one.key: self.status(one) for one in self.people}
        self.loop.run_until_complete(self.room.maker.turn())
        self.check_order(before)

    @precondition(lambda self: self.people)
    @rule(
        who=st.integers(0, 99),
        deed=st.sampled_from(["confirm", "refuse", "claim", "leave", "cancel"]),
    )
    def somebody(self, who, deed):
        """Let somebody answer their offer, leave, or cancel what they booked."""
        one = self.people[who % len(self.people)]
        status = self.status(one)
        if deed == "cancel" and status.booking:
            self.do(self.room.desk.cancel(status.booking, one.secret_hash, one.key))
        if deed == "cancel":
            return
        holds = status.offer is not None and status.offer.booking is not None
        if deed == "leave" or (holds if deed == "confirm" else status.offer):
            self.do(getattr(one, deed)())

    @rule(centre=st.sampled_from([1, 2]), capacity=st.integers(1, 3))
    def centre_changes(self, centre, capacity):
        """Have a centre open or close places that nobody has."""
        self.campaign.rows(
            "UPDATE slot SET capacity = greatest(taken, %s), standby_kept ="
            " greatest(taken, %s) - taken WHERE centre_id = %s AND dose_rank = 1",
            capacity, capacity, centre,
        )  # fmt: skip

    @rule(centre=st.sampled_from([1, 2]))
    def visitor(self, centre):
        """Let somebody at the centre's own desk take a place."""
        visitor = Visitor(self.room.desk, f"v{self.room.clock.now}")
        self.do(visitor.hold((centre, 1), (centre, 2), channel="centre"))

    def status(self, one):
        """Ask how somebody stands."""
        return self.loop.run_until_complete(one.status())

    def check_order(self, before):
        """Nobody got a place ahead of somebody who could have had it, and no place is left."""
        rows = self.campaign.rows
        order = [row["entry_id"] for row in rows(IN_ORDER)]
        joined = {
            (row["entry_id"], row["centre_id"]): row for row in rows("SELECT * FROM waiting_centre")
        }
        now = self.room.clock.now
        for centre in (1, 2):
            ready = [
                key for key in order
                if (row := joined.get((key, centre)))
                and row["state"] != "offered" and row["ready_at"] <= now
            ]  # fmt: skip
            [slot] = rows("SELECT * FROM slot WHERE centre_id = %s AND dose_rank = 1", centre)
            if slot["starts_at"] - now < timedelta(minutes=20):
                continue
            assert not (ready and slot["capacity"] > slot["taken"]), "a place was left"
            news = [
                row["entry_id"] for row in rows(OPEN)
                if row["kind"] == "reserved" and row["centre_id"] == centre
                and before[row["entry_id"]].state != "offered"
            ]  # fmt: skip
            for key in news:
                was = before[key]
                if was.offer is not None and was.offer.wanted:
                    continue
                passed = [
                    other for other in ready
                    if before[other].state in {"waiting", "standby"}
                    and (before[other].offers_made, before[other].joined_at)
                    < (was.offers_made, was.joined_at)
                    and before[other].reasons[-2].reason != "after-an-offer"
                ]  # fmt: skip
                assert passed == [], "somebody was passed over"

    @invariant()
    def reserved_offers_are_held(self):
        """Every open offer that says a place is held has a hold that takes one, or had it."""
        if not hasattr(self, "campaign"):
            return
        for row in self.campaign.rows(
            "SELECT slot.centre_id, slot.taken, slot.capacity, (SELECT count(*) FROM appointment a"
            " WHERE a.centre_id = slot.centre_id AND a.slot_id = slot.slot_id"
            " AND a.state <> 'cancelled' AND a.takes_capacity) AS given,"
            " (SELECT count(*) FROM offer JOIN booking b ON b.centre_id = offer.centre_id"
            " AND b.booking_id = offer.booking_id WHERE offer.centre_id = slot.centre_id"
            " AND offer.slot_id = slot.slot_id AND offer.state = 'open' AND b.state <> 'cancelled')"
            " AS promised FROM slot WHERE dose_rank = 1"
        ):
            assert row["promised"] <= row["given"] == row["taken"] <= row["capacity"]

    @invariant()
    def everybody_has_one_offer_at_most(self):
        """And stands at their centres as they stand in the list."""
        if not hasattr(self, "campaign"):
            return
        opens = [row["entry_id"] for row in self.campaign.rows(OPEN)]
        assert len(opens) == len(set(opens))
        entries = {row["entry_id"]: row for row in self.campaign.rows("SELECT * FROM waiting")}
        places = self.campaign.rows("SELECT * FROM waiting_centre")
        for row in places:
            entry = entries[row["entry_id"]]
            assert all(row[name] == entry[name] for name in ("state", "offers_made", "ready_at"))
        listed = {
            (key, centre) for key, entry in entries.items() for centre in entry["centres"]
            if entry["state"] in {"waiting", "standby", "offered"}
        }  # fmt: skip
        assert {(row["entry_id"], row["centre_id"]) for row in places} == listed
        offered = {
            key for key, entry in entries.items() if entry["state"] in {"standby", "offered"}
        }
        assert offered == set(opens)

    @invariant()
    def everything_is_explained(self):
        """Whoever waits has an offer that holds a place, or at least one reason."""
        for one in self.people:
            status = self.status(one)
            if status.state == "offered":
                assert status.offer.kind == "reserved"
                assert status.offer.ends_at > self.room.clock.now
                assert len(status.offer.doses) == 2
            elif status.state in {"waiting", "standby"}:
                assert status.reasons
                assert all(reason.sentence for reason in status.reasons)
            elif status.state == "served":
                assert status.booking is not None


def test_the_list_keeps_its_promises(server):
    """Never more promised than held, in order, nobody passed over, everything explained."""

    class OnThisServer(WaitingList):
        pass

    OnThisServer.server = server
    run_state_machine_as_test(
        OnThisServer,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            # Every step is a round trip to a database: what fails is told as it was found.
            phases=[Phase.generate],
        ),
    )


@pytest.fixture
def evening(server):
    """Play one evening twice, in two databases: who was offered what, and in which order."""

    def play():
        with fresh_database(server) as url:
            campaign = fill_campaign(url)
            campaign.add_slot(1, standby_kept=1, open_at=LATER)
            campaign.add_slot(1, rank=2, day=SECOND_DAY, capacity=30)
            return asyncio.run(_rounds(campaign))

    return play


async def _rounds(campaign, people=8, rounds=30):
    """Offer one place again and again to people who never answer."""
    offered = []
    async with open_room(campaign) as room:
        names = [f"p{n}" for n in range(people)]
        waiters = await room.joined(*names)
        keys = {one.key: one.name for one in waiters}
        for _ in range(rounds):
            await room.maker.turn()
            opens = campaign.rows(OPEN)
            offered += [keys[row["entry_id"]] for row in opens if row["kind"] == "reserved"]
            room.clock.go_on(minutes=61)
            await expire_holds(room.maker._context)
    return offered


def test_nobody_is_skipped_for_ever_and_the_same_evening_has_the_same_order(evening):
    """Thirty rounds for eight silent people: all have had three offers or more, in their order."""
    offered = evening()
    assert offered[:8] == [f"p{n}" for n in range(8)]
    counts = [offered.count(f"p{n}") for n in range(8)]
    assert min(counts) >= 3
    assert max(counts) - min(counts) <= 1
    assert evening() == offered
