"""Nobody learns from the service whether somebody is booked already.

In May 2021 a booking service told anybody who knew a name, a birth date and a postcode how many
doses that person had had. With the policy `neutral` a second booking of one person is answered as
a first one: the same bytes but for ids, at the same times.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import count
from uuid import uuid4

import httpx
import pytest

from tests.booking import text
from tests.campaign import MONDAY, fill_campaign
from tests.privacy.timing import CALLS, ROUNDS, told_apart
from tests.serving import served

UUID_TEXT = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FIRST, SECOND, LATER_FIRST, LATER_SECOND = 1, 2, 3, 4
"""Slots."""


class Counter:
    """Books for people known by their tags, over one connection that stays open."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._names = count()

    def confirm_for(self, name: str) -> tuple[dict[str, str], httpx.Response]:
        """Hold a pair, and confirm it for a person."""
        headers = self.hold()
        return headers, self.confirm(headers, name)

    def hold(self) -> dict[str, str]:
        """Hold a pair; give the headers that own it."""
        headers = {"Idempotency-Key": str(uuid4()), "Manage-Secret": text(uuid4().bytes * 2)}
        body = {"department": "75", "class": "75", "doses": doses(FIRST, SECOND)}
        self._client.post("/api/holds", json=body, headers=headers).raise_for_status()
        return headers

    def confirm(self, headers: dict[str, str], name: str) -> httpx.Response:
        """Confirm what is held for a person."""
        sealed = [{"dose_rank": r, "key_id": "k", "sealed": "A" * 1430} for r in (1, 2)]
        body = {"tag": text(sha256(name.encode()).digest()), "doses": sealed}
        return self._client.post("/api/bookings", json=body, headers=headers)

    def someone_new(self) -> str:
        """Give a person of whom nobody has heard."""
        return f"new {next(self._names)}"

    def later(self, headers: dict[str, str]) -> list[httpx.Response]:
        """Read, move and cancel a booking, each twice."""
        address = f"/api/bookings/{headers['Idempotency-Key']}"
        owned = headers | {"Idempotency-Key": str(uuid4())}
        read = lambda: self._client.get(address, headers=headers)  # noqa: E731 - done four times
        body = {"doses": doses(LATER_FIRST, LATER_SECOND)}
        moves = [self._client.post(f"{address}/move", json=body, headers=owned) for _ in "12"]
        owned = headers | {"Idempotency-Key": str(uuid4())}
        ends = [self._client.post(f"{address}/cancel", headers=owned) for _ in "12"]
        return [*moves, read(), *ends, read()]


def doses(*slots: int) -> list[dict[str, object]]:
    """Name slots as requests do."""
    return [{"centre": "paris", "slot": slot} for slot in slots]


def bytes_of(response: httpx.Response) -> bytes:
    """Everything of an answer but ids and the date."""
    headers = sorted((k, v) for k, v in response.headers.items() if k not in ("date", "etag"))
    whole = json.dumps([response.status_code, headers]).encode() + response.content
    return UUID_TEXT.sub(b"ID", whole)


@pytest.fixture(params=["20"])
def counter(request, database_url, monkeypatch) -> Iterator[Counter]:
    """Serve a campaign with room for everybody; the parameter is the step of answers."""
    campaign = fill_campaign(database_url)
    for offset in (0, 1):
        day = MONDAY + timedelta(days=offset)
        campaign.add_slot(day=day, capacity=100_000)
        campaign.add_slot(rank=2, day=day + timedelta(days=30), capacity=100_000)
    monkeypatch.setenv("CRENEAU_DUPLICATE_POLICY", "neutral")
    monkeypatch.setenv("CRENEAU_ANSWER_STEP_MS", request.param)
    with served(campaign) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield Counter(client)


def test_a_second_and_a_third_booking_are_answered_with_the_same_bytes(counter):
    """500 calls, two for each person; then everything that is asked about them later."""
    people = [counter.someone_new() for _ in range(CALLS)]
    answers = [bytes_of(counter.confirm_for(name)[1]) for name in people * 2]
    assert len(answers) == 2 * CALLS
    assert set(answers) == {answers[0]}
    assert answers[0].startswith(b"[201, ")


def test_everything_asked_later_is_answered_with_the_same_bytes(counter):
    """First, flagged, and those that take no place."""
    name = counter.someone_new()
    owned = [counter.confirm_for(name)[0] for _ in range(4)]
    told = [[bytes_of(answer) for answer in counter.later(headers)] for headers in owned]
    assert told == [told[0]] * 4
    assert all(b"200" in answer for answer in told[0])


def sayings(counter: Counter):
    """Confirm for somebody new, and for somebody who is booked; holds are made before."""
    booked = counter.someone_new()
    counter.confirm_for(booked)
    holds = [counter.hold() for _ in range(2 * ROUNDS * CALLS)]
    return (
        lambda: counter.confirm(holds.pop(), counter.someone_new()).raise_for_status(),
        lambda: counter.confirm(holds.pop(), booked).raise_for_status(),
    )


def test_times_do_not_tell_who_is_booked(counter):
    """Answers leave on the same steps."""
    assert not told_apart(*sayings(counter))


@pytest.mark.parametrize("counter", ["0"], indirect=True)
def test_times_would_tell_without_the_steps(counter):
    """The positive control: the same calls, answered as soon as they can be, are told apart."""
    assert told_apart(*sayings(counter))
