"""Booking over HTTP: statuses, headers and problems as docs/booking.md and docs/problems.md say."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from tests.booking import tag_of, text
from tests.campaign import CENTRES, MONDAY
from tests.serving import client_of, served


def headers(key=None, secret=b"s" * 32):
    """Make the headers of a request that changes something."""
    return {"Idempotency-Key": str(key or uuid4()), "Manage-Secret": text(secret)}


def hold_body(*places, **more):
    """Body of a hold."""
    doses = [{"centre": CENTRES[centre][0], "slot": slot} for centre, slot in places]
    return {"department": "75", "class": "75", "doses": doses} | more


def confirm_body(name="ana", ranks=(1, 2)):
    """Body of a confirmation."""
    doses = [{"dose_rank": rank, "key_id": "k", "sealed": text(b"secret name")} for rank in ranks]
    return {"tag": tag_of(name), "doses": doses}


def with_client(campaign, run, **settings):
    """Run a coroutine function on a client."""

    async def main():
        async with client_of(campaign, **settings) as client:
            return await run(client)

    return asyncio.run(main())


def test_a_pair_is_booked_read_moved_and_cancelled(campaign, pair):
    """The whole life of a booking, with the status each request answers."""
    other = (1, campaign.add_slot(day=MONDAY + timedelta(1)))
    key = uuid4()

    async def run(client):
        held = await client.post("/api/holds", json=hold_body(*pair), headers=headers(key))
        assert held.status_code == 201
        assert held.json()["booking"] == str(key)
        assert held.json()["expires_at"] == "2021-05-28T08:10:00Z"
        booked = await client.post("/api/bookings", json=confirm_body(), headers=headers(key))
        assert booked.status_code == 201
        at = f"/api/bookings/{key}"
        read = await client.get(at, headers=headers())
        assert (read.status_code, read.json()) == (200, booked.json())
        new = {"doses": hold_body(other, pair[1])["doses"]}
        moved = await client.post(f"{at}/move", json=new, headers=headers())
        assert [dose["slot"] for dose in moved.json()["doses"]] == [3, 2]
        cancelled = await client.post(f"{at}/cancel", headers=headers())
        assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
        for answer in (held, booked, read, moved, cancelled):
            assert text(b"secret name") not in answer.text
            assert "no-" in answer.headers["Cache-Control"]

    with_client(campaign, run)


def test_a_hold_is_released_with_204(campaign, pair):
    """Nothing is said, and it may be said twice."""
    key = uuid4()

    async def run(client):
        await client.post("/api/holds", json=hold_body(*pair), headers=headers(key))
        return [await client.delete(f"/api/holds/{key}", headers=headers()) for _ in range(2)]

    assert [(r.status_code, r.content) for r in with_client(campaign, run)] == [(204, b"")] * 2


def test_an_unchanged_booking_is_not_sent_again(campaign, pair):
    """Its ETag is what the caller asks with; a change has another one."""
    key = uuid4()

    async def run(client):
        await client.post("/api/holds", json=hold_body(*pair), headers=headers(key))
        at = f"/api/bookings/{key}"
        first = await client.get(at, headers=headers())
        known = headers() | {"If-None-Match": f'"other", W/{first.headers["ETag"]}'}
        same = await client.get(at, headers=known)
        await client.post("/api/bookings", json=confirm_body(), headers=headers(key))
        changed = await client.get(at, headers=known)
        return first, same, changed

    first, same, changed = with_client(campaign, run)
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["ETag"] == first.headers["ETag"] != changed.headers["ETag"]
    assert changed.status_code == 200


def test_an_absent_booking_and_somebody_else_s_get_the_same_answer(campaign, pair):
    """Byte for byte, for every request, so that ids cannot be tried out."""
    key = uuid4()
    new = {"doses": hold_body(*pair)["doses"]}

    async def run(client):
        await client.post("/api/holds", json=hold_body(*pair), headers=headers(key))
        answers = []
        for booking in (key, uuid4()):
            stranger = headers(booking, b"x" * 32)
            at = f"/api/bookings/{booking}"
            answers.append([
                await client.get(at, headers=stranger),
                await client.post(f"{at}/move", json=new, headers=stranger),
                await client.post(f"{at}/cancel", headers=stranger),
                await client.delete(f"/api/holds/{booking}", headers=stranger),
                await client.post("/api/bookings", json=confirm_body(), headers=stranger),
            ])  # fmt: skip
        return answers

    forbidden, absent = with_client(campaign, run)
    for one, other in zip(forbidden, absent, strict=True):
        assert one.status_code == other.status_code == 404
        assert one.content == other.content
        assert one.headers == other.headers


def test_a_refusal_is_a_problem_with_its_stable_type(campaign, pair):
    """RFC 9457, never cached; a conflict is 409 and an ended hold 410."""
    key = uuid4()

    async def run(client):
        await client.post("/api/holds", json=hold_body(*pair), headers=headers(key))
        full = await client.post("/api/holds", json=hold_body(*pair), headers=headers())
        await client.delete(f"/api/holds/{key}", headers=headers())
        ended = await client.post("/api/bookings", json=confirm_body(), headers=headers(key))
        return full, ended

    full, ended = with_client(campaign, run)
    assert full.headers["Content-Type"] == "application/problem+json"
    assert full.headers["Cache-Control"] == "no-store"
    assert full.json() == {
        "type": "/problems/slot-full", "title": "Nothing is left in this slot", "status": 409,
        "detail": "dose 1",
    }  # fmt: skip
    assert (ended.status_code, ended.json()["type"]) == (410, "/problems/hold-expired")


MALFORMED = {
    "not JSON": (b"{", "the body is not JSON"),
    "not UTF-8": (b'{"department": "\xff"}', "the body is not JSON"),
    "no class": (b'{"department": "75", "doses": []}', "wrong or missing"),
    "a field too many": (
        b'{"department":"75","class":"75","doses":[{"centre":"a","slot":1,"name":"Ana"}]}',
        "wrong or missing: doses[0]",
    ),
    "no doses": (b'{"department":"75","class":"75","doses":[]}', "wrong or missing: doses"),
    "a slot of text": (
        b'{"department":"75","class":"75","doses":[{"centre":"a","slot":"Ana"}]}',
        "wrong or missing: doses[0].slot",
    ),
}


@pytest.mark.parametrize(("body", "detail"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_body_is_told_where_and_never_what(campaign, body, detail):
    """What somebody typed about themselves comes back in no answer."""

    async def run(client):
        return await client.post("/api/holds", content=body, headers=headers())

    answer = with_client(campaign, run)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/malformed-request"
    assert answer.json()["detail"].startswith(detail)
    assert "Ana" not in answer.text


def test_headers_are_asked_for_before_anything_is_looked_up(campaign, pair):
    """No key: 400. A secret that is none: 422, whatever the id."""
    bad_secrets = ["", "short", text(b"s" * 31), text(b"s" * 32) + "\u00e9", "=" * 43]

    async def run(client):
        body = hold_body(*pair)
        without = headers()
        del without["Idempotency-Key"]
        for keyless in (without, headers() | {"Idempotency-Key": "1234"}):
            refused = await client.post("/api/holds", json=body, headers=keyless)
            assert (refused.status_code, refused.json()["type"]) == (
                400, "/problems/missing-idempotency-key",
            )  # fmt: skip
        for secret in bad_secrets:
            bad = headers() | {"Manage-Secret": secret.encode()}
            refused = await client.post("/api/holds", json=body, headers=bad)
            assert (refused.status_code, refused.json()["type"]) == (
                422, "/problems/malformed-request",
            )  # fmt: skip
        quoted = headers() | {"Idempotency-Key": f'"{uuid4()}"'}
        assert (await client.post("/api/holds", json=body, headers=quoted)).status_code == 201

    with_client(campaign, run)


def test_an_address_that_is_no_id_has_nothing(campaign):
    """Like an id that is not there."""

    async def run(client):
        return await client.get("/api/bookings/1", headers=headers())

    assert with_client(campaign, run).json()["type"] == "/problems/not-found"


def test_a_body_without_end_is_cut_off(campaign):
    """No request keeps a worker's memory."""

    async def run(client):
        return await client.post("/api/holds", content=b" " * 70_000, headers=headers())

    assert with_client(campaign, run).status_code == 422


def test_hot_answers_tell_how_much_more_the_worker_takes(campaign, pair):
    """Advice only, the same for everybody."""

    async def run(client):
        return await client.post("/api/holds", json=hold_body(*pair), headers=headers())

    held = with_client(campaign, run)
    assert held.headers["RateLimit-Policy"] == '"holds";q=512;qu="concurrent-requests"'
    assert held.headers["RateLimit"].startswith('"holds";r=')


def test_more_than_a_worker_takes_is_sent_away_and_never_an_error(campaign, monkeypatch):
    """429 with the time to come back; whoever got 201 has a hold, and nobody else."""
    monkeypatch.setattr("api.booking.service.WAITING", 8)
    first = (1, campaign.add_slot(capacity=200))
    second = (1, campaign.add_slot(rank=2, day=MONDAY + timedelta(30), capacity=200))

    async def run(client):
        keys = [uuid4() for _ in range(100)]
        answers = await asyncio.gather(
            *(client.post("/api/holds", json=hold_body(first, second), headers=headers(key))
              for key in keys)
        )  # fmt: skip
        return dict(zip(keys, answers, strict=True))

    answers = with_client(campaign, run)
    statuses = {answer.status_code for answer in answers.values()}
    assert statuses == {201, 429}
    assert all(a.headers["Retry-After"] == "1" for a in answers.values() if a.status_code == 429)
    held = {row["booking_id"] for row in campaign.rows("SELECT booking_id FROM booking")}
    assert held == {key for key, answer in answers.items() if answer.status_code == 201}


def test_two_granian_workers_share_the_bookings(campaign):
    """Whichever worker answers, the same booking is there; stopping loses none."""
    first = (1, campaign.add_slot(capacity=40))
    second = (1, campaign.add_slot(rank=2, day=MONDAY + timedelta(30), capacity=40))
    keys = [uuid4() for _ in range(40)]

    def request(base, method, path, key, body=None):
        # A connection of its own each time, so that both workers get some.
        return httpx.request(method, base + path, json=body, headers=headers(key), timeout=20)

    with served(campaign, workers=2) as base:
        for key in keys:
            held = request(base, "POST", "/api/holds", key, hold_body(first, second))
            booked = request(base, "POST", "/api/bookings", key, confirm_body(str(key)))
            read = request(base, "GET", f"/api/bookings/{key}", key)
            assert (held.status_code, booked.status_code, read.status_code) == (201, 201, 200)
    booked = campaign.rows("SELECT booking_id FROM booking WHERE state = 'booked'")
    assert {row["booking_id"] for row in booked} == set(keys)
