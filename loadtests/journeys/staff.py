"""The staff of that day: a telephone agent, a centre at its list, a planner who publishes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec

from loadtests.journeys import booking
from loadtests.journeys.booking import Seal
from loadtests.journeys.choice import Pair
from loadtests.journeys.files import CentreFile, DepartmentFile, centre_path, department_path, read
from loadtests.journeys.visitor import GaveUpError, Headers, Visitor
from loadtests.record import Booked

REFRESH_S, SHOWN_EVERY_S = 5.0, 0.1
NEW_DOSES = 400
"""Doses of each rank that the planner opens in the middle of the run."""
SEALED_MEMBERS = {"sealed", "key_id", "state", "booking", "dose_rank"}


def bearer(token: str) -> Headers:
    """Say who asks."""
    return {"Authorization": f"Bearer {token}"}


def telephone(visitor: Visitor, token: str, pair: Pair, seal: Seal) -> None:
    """Book for somebody on the telephone, at a centre of the agent's département."""
    caller = booking.somebody(visitor.random)
    agent = booking.Person(caller.tag, caller.booking_id, caller.secret, bearer(token))
    record = visitor.record
    try:
        answer = booking.hold(visitor, agent, pair, {}, staff=True)
        if answer.status == 201:
            answer = booking.confirm(visitor, agent, pair, {}, seal)
    except GaveUpError:
        record.unknown.append(agent.booking_id)
        return
    if answer.status == 201:
        booked = Booked(agent.booking_id, pair.centre, pair.first, pair.second)
        record.confirmed[agent.booking_id] = booked
        record.confirmed_at.append(visitor.due)
    else:
        record.refused[agent.booking_id] = answer.problem


def refresh_list(
    visitor: Visitor, token: str, centre: str, day: dt.date, goes_on: Callable[[], bool]
) -> None:
    """Reload a day's list: everybody sealed, nobody twice."""
    path = f"/api/centres/{centre}/days/{day}"
    while goes_on():
        answer = visitor.ask("day-list", "GET", path, bearer(token))
        visitor.expect(answer.status == 200, f"day list of {centre}: {answer.problem}")
        if answer.status == 200:
            doses: list[dict[str, Any]] = msgspec.json.decode(answer.body)["doses"]
            keys = {(dose["booking"], dose["dose_rank"]) for dose in doses}
            sealed = all(d.keys() >= SEALED_MEMBERS for d in doses) and all(
                d["sealed"] for d in doses if d["state"] == "booked"
            )
            whole = len(keys) == len(doses) and sealed
            visitor.expect(whole, f"day list of {centre}: somebody twice, or not sealed")
        visitor.think(REFRESH_S)


def publish(visitor: Visitor, token: str, department: str, centre: str, day: dt.date) -> None:
    """Open a day at a centre, and see how long it takes until everybody is shown it.

    It is a day on which the centre was closed, with its second doses four weeks on: nobody who is
    booked is touched.
    """
    path, second = f"/api/centres/{centre}/capacity", day + dt.timedelta(days=28)
    found = visitor.ask("publish", "GET", path, bearer(token))
    product = _product(visitor, centre)
    for opened, rank in ((second, 2), (day, 1)):
        session = {"day": opened.isoformat(), "product": product, "dose_rank": rank}
        headers = {**bearer(token), "If-Match": found.headers.get("etag", "")}
        body = {"days": [session | {"slots": NEW_DOSES}]}
        found = visitor.ask("publish", "PUT", path, headers, body)
        visitor.expect(found.status == 200, f"publish {centre}: {found.problem}")
    _until_shown(visitor, department, centre, day)


def _product(visitor: Visitor, centre: str) -> str:
    answer = visitor.ask("read-centre", "GET", centre_path(centre))
    return read(answer.body, CentreFile).windows[0].product


def _until_shown(visitor: Visitor, department: str, centre: str, day: dt.date) -> None:
    began = visitor.due
    while visitor.due < began + visitor.patience_s:
        answer = visitor.ask("read-department", "GET", department_path(department))
        file = read(answer.body, DepartmentFile)
        for counts in (row for c in file.centres if c.centre == centre for row in c.counts):
            offset = (day - counts.first_day).days
            is_there = counts.dose_rank == 1 and 0 <= offset < len(counts.free)
            if is_there and counts.free[offset] > 0:
                visitor.record.published_s.append(visitor.due - began)
                return
        visitor.think(SHOWN_EVERY_S)
    visitor.record.complain(f"publish {centre}: {day} is not shown")
