"""The waiting room on a database: several machines, one order; restarts; the gate."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta

import psycopg
import pytest

from api.queue.announcing import NotNowError, announce
from api.queue.clerk import MOST_HOLDS
from api.queue.lot import Lot, digest_of_list
from api.queue.problems import NotYourTurn, TicketSpent, WaitingRoomOpen, WrongProof
from tests.booking import Hands
from tests.campaign import NOW, fill_campaign
from tests.integration.queue.hall import RATE, hall_of, proof_of
from tests.serving import client_of


@pytest.fixture
def campaign(database_url):
    """Give a campaign without slots."""
    return fill_campaign(database_url)


async def announced(campaign, opens_at):
    """Announce an opening, as the command does."""
    async with await psycopg.AsyncConnection.connect(campaign.url, autocommit=True) as connection:
        return await announce(connection, opens_at, NOW)


def test_without_a_crowd_nobody_needs_a_ticket(campaign):
    """The notice says so, and requests go through."""

    async def scene():
        async with hall_of(campaign) as hall:
            for _ in range(3):
                await hall.clerks[0].admit("", "")
                await hall.second()
            assert hall.notice["open"] is False

    asyncio.run(scene())
    assert campaign.rows("SELECT * FROM queue_visit") == []


def test_a_crowd_opens_the_room_and_people_go_in_by_arrival(campaign):
    """On all machines at once; later people wait longer, whichever machine gave their ticket."""

    async def scene():
        async with hall_of(campaign, machines=3) as hall:
            await hall.open_by_demand()
            with pytest.raises(WaitingRoomOpen):
                await hall.clerks[1].admit("", "")
            tickets = []
            for number in range(60):
                hall.clock.go_on(seconds=0.01)
                tickets.append(await hall.clerks[number % 3].ticket())
            turns, people = {}, dict(enumerate(tickets))
            for second in range(1, 40):
                await hall.second()
                rights = [
                    {n for n, (ticket, _) in people.items() if clerk.has_turn(ticket)}
                    for clerk in hall.clerks
                ]
                assert rights[0] == rights[1] == rights[2]
                for number in rights[0]:
                    turns.setdefault(number, second)
            assert [turns[n] for n in range(60)] == sorted(turns.values())
            assert len(set(turns.values())) >= 60 / (2 * RATE)

    asyncio.run(scene())


def test_the_pace_shown_is_that_of_people_who_wait(campaign):
    """Not that of the quiet minute before: the wait is told right from the first second on."""

    async def scene():
        async with hall_of(campaign) as hall:
            for _ in range(60):
                await hall.second()
            await hall.open_by_demand()
            for _ in range(400):
                await hall.clerks[0].ticket()
            shown, waiting = [], []
            for _ in range(12):
                await hall.second()
                shown.append(hall.notice["rate_per_s"])
                waiting.append(hall.notice["marks"][-1][1])
            lived = (waiting[0] - waiting[-1]) / (len(waiting) - 1)
            assert lived > RATE / 2
            assert all(lived / 2 < rate < 2 * lived for rate in shown), (lived, shown)

    asyncio.run(scene())


def test_a_ticket_needs_its_turn_and_its_work_and_lets_in_once(campaign):
    """For one visit of a quarter of an hour, from whichever machine."""

    async def scene():
        async with hall_of(campaign, machines=2) as hall:
            one, other = hall.clerks
            await hall.open_by_demand()
            ticket, signed = await one.ticket()
            number = proof_of(ticket)
            with pytest.raises(NotYourTurn):
                await one.admit(signed, number)
            for wrong in ("", "x", "-1", "٣", "9" * 30, str(int(number) + 1)):
                with pytest.raises(WrongProof):
                    await other.admit(signed, wrong)
            with pytest.raises(WaitingRoomOpen):
                await other.admit(signed[:-3] + "AAA", number)
            while not other.has_turn(ticket):
                await hall.second()
                await other.ticket()
            assert other.crowd.is_open
            for use in range(MOST_HOLDS):
                await hall.clerks[use % 2].admit(signed, number)
            for clerk in hall.clerks:
                with pytest.raises(TicketSpent):
                    await clerk.admit(signed, number)

    asyncio.run(scene())
    [visit] = campaign.rows("SELECT * FROM queue_visit")
    assert visit["holds"] == MOST_HOLDS + 2


def test_a_visit_ends_after_a_quarter_of_an_hour(campaign):
    """A ticket kept for later lets in no second time."""

    async def scene():
        async with hall_of(campaign) as hall:
            [clerk] = hall.clerks
            await hall.open_by_demand()
            ticket, signed = await clerk.ticket()
            while not clerk.has_turn(ticket):
                await hall.second()
            number = proof_of(ticket)
            await clerk.admit(signed, number)
            hall.clock.go_on(minutes=14)
            await clerk.admit(signed, number)
            hall.clock.go_on(minutes=2)
            with pytest.raises(TicketSpent):
                await clerk.admit(signed, number)

    asyncio.run(scene())


def test_many_at_once_with_one_ticket_are_one_visit(campaign):
    """Forty requests in flight: as many go in as one visit has, from all machines together."""

    async def scene():
        async with hall_of(campaign, machines=2) as hall:
            await hall.open_by_demand()
            ticket, signed = await hall.clerks[0].ticket()
            while not hall.clerks[0].has_turn(ticket):
                await hall.second()
            number = proof_of(ticket)
            asked = [hall.clerks[n % 2].admit(signed, number) for n in range(2 * MOST_HOLDS)]
            return await asyncio.gather(*asked, return_exceptions=True)

    outcomes = asyncio.run(scene())
    assert [kind for kind in map(type, outcomes) if kind is not TicketSpent] == (
        [type(None)] * MOST_HOLDS
    )


def test_the_room_and_its_tickets_survive_a_restart(campaign):
    """Other processes, the same room: open, as far as it was, with the places people had."""
    hands = Hands()

    async def before():
        async with hall_of(campaign, clock=hands) as hall:
            await hall.open_by_demand()
            tickets = [await hall.clerks[0].ticket() for _ in range(40)]
            await hall.second()
            await hall.second()
            return tickets, hall.clerks[0].crowd

    async def after(tickets, crowd):
        async with hall_of(campaign, clock=hands, rate=99) as hall:
            [clerk] = hall.clerks
            assert clerk.crowd == crowd
            assert crowd.is_open
            ticket, signed = tickets[0]
            for _ in range(20):
                if clerk.has_turn(ticket):
                    break
                await hall.second()
            await clerk.admit(signed, proof_of(ticket))

    asyncio.run(after(*asyncio.run(before())))


def test_those_before_an_opening_go_in_by_a_lot_anybody_can_check(campaign):
    """The secret was committed to, the list is what was given out, the order is the hash's."""
    opens_at = NOW + timedelta(minutes=10)

    async def scene():
        _, committed = await announced(campaign, opens_at)
        async with hall_of(campaign, machines=2) as hall:
            await hall.second()
            assert hall.notice["opening"]["commitment"] == committed
            assert hall.notice["opening"]["secret"] is None
            asked = [clerk.ticket() for clerk in hall.clerks for _ in range(50)]
            waiting = asyncio.gather(*asked)
            await asyncio.sleep(0)
            for clerk in hall.clerks:
                await clerk.enter_early()
            early = await waiting
            hall.clock.now = opens_at
            late = await hall.clerks[0].ticket()
            await hall.second()
            notice, turns = hall.notice, []
            for _ in range(30):
                turns.append({one.ticket_id for one, _ in early if hall.clerks[1].has_turn(one)})
                if len(turns[-1]) < len(early):
                    assert not hall.clerks[0].has_turn(late[0])
                await hall.second()
                await hall.clerks[0].ticket()
            assert hall.clerks[0].has_turn(late[0])
            return committed, [ticket.ticket_id for ticket, _ in early], notice, turns

    committed, ids, notice, turns = asyncio.run(scene())
    secret = bytes.fromhex(notice["opening"]["secret"])
    assert hashlib.sha256(b"creneau/queue/secret" + secret).hexdigest() == committed
    digest = digest_of_list(ids)
    assert digest.hex() == notice["opening"]["list_digest"]
    assert notice["opening"]["tickets"] == notice["early"] == len(ids) == 100
    by_lot = sorted(ids, key=Lot(secret, digest).place)
    counts = [len(those) for those in turns]
    assert turns == [set(by_lot[:count]) for count in counts]
    assert counts == sorted(counts)
    assert len(set(counts)) > 3
    assert counts[-1] == 100


def test_nobody_enters_a_list_that_is_closed(campaign):
    """A ticket that was asked for just before and entered just after is one of arrival."""
    opens_at = NOW + timedelta(seconds=5)

    async def scene():
        await announced(campaign, opens_at)
        async with hall_of(campaign) as hall:
            [clerk] = hall.clerks
            waiting = asyncio.ensure_future(clerk.ticket())
            await asyncio.sleep(0)
            hall.clock.now = opens_at
            assert hall.conductor.turn()
            await clerk.enter_early()
            ticket, _ = await waiting
            assert not ticket.early

    asyncio.run(scene())
    [opening] = campaign.rows("SELECT tickets FROM queue_opening")
    assert opening["tickets"] == 0


def test_one_opening_after_the_other(campaign):
    """A second one, or one in the past, is refused."""
    asyncio.run(announced(campaign, NOW + timedelta(minutes=5)))
    for wrong in (NOW + timedelta(minutes=9), NOW):
        with pytest.raises(NotNowError):
            asyncio.run(announced(campaign, wrong))


def test_old_traces_are_forgotten(campaign):
    """After a day nothing is left of who asked when."""
    hands = Hands()

    async def scene():
        async with hall_of(campaign, clock=hands) as hall:
            await hall.open_by_demand()
            ticket, signed = await hall.clerks[0].ticket()
            while not hall.clerks[0].has_turn(ticket):
                await hall.second()
            await hall.clerks[0].admit(signed, proof_of(ticket))
            assert campaign.rows("SELECT * FROM queue_visit")
            hands.go_on(hours=26)
            hall.clerks[0]._told.clear()
            assert hall.conductor.turn()

    asyncio.run(scene())
    assert campaign.rows("SELECT * FROM queue_visit") == []
    assert campaign.rows("SELECT * FROM queue_told") == []


def test_over_http_a_hold_needs_a_ticket_only_while_the_room_is_open(campaign):
    """A ticket is given as JSON; the refusal says what to do, and when to come back."""

    async def scene():
        async with hall_of(campaign) as hall:
            await hall.second()
            async with client_of(campaign, clock=hall.clock) as client:
                given = (await client.post("/api/queue/tickets")).json()
                assert (len(given["id"]), given["early"], given["difficulty"]) == (32, False, 12)
                headers = {"Idempotency-Key": given["id"], "Manage-Secret": "A" * 43}
                answer = await client.post("/api/holds", json={}, headers=headers)
                assert answer.status_code == 422
                campaign.rows("UPDATE queue_room SET is_open = true")
                await client._transport.app.state.queue.exchange()
                answer = await client.post("/api/holds", json={}, headers=headers)
                assert answer.status_code == 429
                assert answer.json()["type"] == "/problems/waiting-room"
                assert answer.headers["Retry-After"] == "1"

    asyncio.run(scene())
