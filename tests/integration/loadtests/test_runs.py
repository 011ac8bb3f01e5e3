"""Closed and open runs, against a service of a few lines that can be made to stall or to refuse."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from random import Random

from loadtests.address import Address
from loadtests.booking.campaign import Shape
from loadtests.booking.closed import run_closed
from loadtests.booking.hotspots import tenth_takes_sixty
from loadtests.booking.ledger import Ledger
from loadtests.booking.open_model import run_open
from loadtests.booking.persistent import Persistent
from loadtests.booking.wishes import Wishes
from loadtests.quantile import quantile

SHAPE = Shape(centres=10, departments=2)
FULL = (409, b'{"type":"/problems/slot-full"}')
AGAIN = (503, b'{"type":"/problems/service-unavailable"}')
DONE = (201, b"{}")


@dataclass
class Small:
    """A service that answers every request alike, or as a test says."""

    answer: tuple[int, bytes] = DONE
    asked: list[bytes] = field(default_factory=list)
    before: Callable[[Small], Awaitable[None]] | None = None

    async def talk(self, reader, writer):
        """Answer one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                self.asked.append(head + await reader.readexactly(length))
                if self.before is not None:
                    await self.before(self)
                status, body = self.answer
                writer.write(b"HTTP/1.1 %d x\r\ncontent-length: %d\r\n\r\n" % (status, len(body)))
                writer.write(body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def running(small):
    """Give the address of a service."""
    server = await asyncio.start_server(small.talk, "127.0.0.1", 0)
    async with server:
        yield Address(*server.sockets[0].getsockname())


def wishes():
    """Give endless wishes."""
    return iter(Wishes(SHAPE, tenth_takes_sixty(10), Random(1)))


def test_a_stall_is_felt_by_everybody_who_comes_in_it():
    """Coordinated omission: for half a second nothing is answered, and nobody is left out."""

    async def stall(small):
        if len(small.asked) == 200:
            small.until = asyncio.get_running_loop().time() + 0.5
        await asyncio.sleep(getattr(small, "until", 0) - asyncio.get_running_loop().time())

    async def go():
        async with running(Small(before=stall)) as address:
            return await run_open(address, wishes(), rate=200, seconds=2, random=Random(3))

    run = asyncio.run(go())
    assert len(run.seconds) == len(run.ledger.confirmed) > 300
    slow = [s for s in run.seconds if s > 0.1]
    assert len(slow) > 0.6 * 200 * 0.5
    assert quantile(run.seconds, 0.99) > 0.35


def test_visitors_come_at_the_rate_however_slow_the_service_is():
    """Each takes a fifth of a second; those who come meanwhile are not kept waiting."""

    async def slowly(_small):
        await asyncio.sleep(0.1)

    async def go():
        async with running(Small(before=slowly)) as address:
            return await run_open(address, wishes(), rate=100, seconds=1, random=Random(3))

    run = asyncio.run(go())
    assert 70 < len(run.seconds) < 130
    assert min(run.seconds) > 0.19


def test_a_closed_run_counts_what_is_confirmed_in_its_time():
    """Two requests a pair; the warm-up books, too, but is not counted."""
    small = Small()

    async def go():
        async with running(small) as address:
            return await run_closed(address, wishes(), visitors=4, warm_up_s=0.3, seconds=0.5)

    run = asyncio.run(go())
    confirmed = len(run.ledger.confirmed)
    assert len(small.asked) == 2 * confirmed
    assert 0 < run.pairs_per_s * 0.5 < confirmed
    assert run.ledger.asked == confirmed


def test_refusals_are_counted_by_reason():
    """A refused hold is not confirmed."""
    small = Small(FULL)

    async def go():
        async with running(small) as address:
            return await run_closed(address, wishes(), visitors=2, warm_up_s=0, seconds=0.1)

    ledger = asyncio.run(go()).ledger
    assert ledger.confirmed == []
    assert ledger.reasons == {"slot-full": len(small.asked)}
    assert len(ledger.refused) == len(small.asked)


def test_persistent_visitors_ask_again_with_the_same_request():
    """Not reachable at first, then there: booked once, under one key."""

    async def recover(small):
        small.answer = AGAIN if len(small.asked) < 5 else DONE

    small = Small(before=recover)
    crowd = Persistent(Address("127.0.0.1", 1), wishes(), patience_s=20)

    async def go():
        async with running(small) as address:
            crowd.address = address
            await crowd.book(1, visitors=1)

    asyncio.run(go())
    [wish] = crowd.ledger.confirmed
    assert [wish.booking_id.encode() in asked for asked in small.asked] == [True] * 6
    assert small.asked[0] == small.asked[4]


def test_whoever_gets_no_answer_in_time_knows_nothing():
    """Neither booked nor refused: nobody listens there."""
    crowd = Persistent(Address("127.0.0.1", 1), wishes(), patience_s=0.3)
    asyncio.run(crowd.book(2, visitors=2))
    assert len(crowd.ledger.unknown) == crowd.ledger.asked == 2


def test_ledgers_add_up():
    """Nothing is noted twice."""
    one, other = Ledger(), Ledger()
    one.confirmed, other.refused = list(islice(wishes(), 2)), list(islice(wishes(), 3))
    other.reasons["slot-full"] = 3
    one.add(other)
    assert (len(one.confirmed), len(one.refused), one.reasons["slot-full"]) == (2, 3, 3)
    assert one.asked == 5
