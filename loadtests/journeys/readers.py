"""Those who only read: loopers, bots, aggregators, and whoever watches how old the files are."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec

from loadtests.journeys.files import (
    CentreFile,
    DepartmentFile,
    PublisherFile,
    centre_path,
    department_path,
    read,
)
from loadtests.journeys.visitor import Answer, GaveUpError, Visitor
from loadtests.record import Glimpse

ROUNDS = 8
"""Reads of one looper or bot."""
LOOPER_S, BOT_S, GLIMPSE_S, AGGREGATOR_S = 1.0, 0.2, 0.5, 15.0
"""Mean seconds between two reads."""
COMPRESSED = {"Accept-Encoding": "gzip, br"}
MANIFEST = "/fhir/$bulk-publish"
TABLE = "/opendata/allocations-vs-rdv.csv"


def loop(visitor: Visitor, department: str) -> None:
    """Reload a département until something comes up: what has not changed is not sent again."""
    tag, body = "", b""
    for _ in range(ROUNDS):
        headers = COMPRESSED | ({"If-None-Match": tag} if tag else {})
        answer = visitor.ask("read-department", "GET", department_path(department), headers)
        if answer.status == 200:
            visitor.expect(
                (not tag or answer.body != body) and _is_of(answer, department),
                f"département {department}: the same again, or another one",
            )
            tag, body = answer.headers.get("etag", ""), answer.body
        else:
            visitor.expect(answer.status == 304 and bool(tag), f"département: {answer.status}")
        visitor.think(LOOPER_S)


def poll(visitor: Visitor, centre: str) -> None:
    """Poll one centre as scripts do, hardly pausing, and without a cache."""
    for _ in range(ROUNDS):
        answer = visitor.ask("read-centre", "GET", centre_path(centre), COMPRESSED)
        visitor.expect(
            answer.status == 200 and _form(answer, CentreFile), f"centre {centre}: {answer.status}"
        )
        visitor.think(BOT_S)


def aggregate(visitor: Visitor, department: str, goes_on: Callable[[], bool]) -> None:
    """Take what is published for whoever lists our slots: nobody has to scrape."""
    while goes_on():
        _take_fhir(visitor)
        answer = visitor.ask("feed", "GET", f"/vitemadose/{department}.json", COMPRESSED)
        members = {"last_updated", "centres_disponibles", "centres_indisponibles"}
        is_form = answer.status == 200 and members <= json.loads(answer.body).keys()
        visitor.expect(is_form, f"vitemadose: {answer.status}")
        answer = visitor.ask("feed", "GET", TABLE, COMPRESSED)
        head = answer.body.split(b"\n", 1)[0].decode("utf-8", "replace").strip().split(",")
        visitor.expect(answer.status == 200 and "rdv_pris" in head, f"table: {answer.status}")
        visitor.think(AGGREGATOR_S)


def watch(visitor: Visitor, wall: Callable[[], dt.datetime], goes_on: Callable[[], bool]) -> None:
    """Note twice a second until when all that is shown is known to be true."""
    while goes_on():
        try:
            answer = visitor.ask("read-publisher", "GET", "/availability/publisher.json")
            if answer.status == 200:
                checked = read(answer.body, PublisherFile).checked_at
                age_s = (wall() - checked).total_seconds()
                visitor.record.glimpses.append(Glimpse(visitor.clock.now(), age_s))
        except GaveUpError:
            visitor.record.complain("publisher.json: not answered any more")
        visitor.think(GLIMPSE_S)


def _take_fhir(visitor: Visitor) -> None:
    answer = visitor.ask("feed", "GET", MANIFEST, COMPRESSED)
    visitor.expect(answer.status == 200, f"manifest: {answer.status}")
    outputs = json.loads(answer.body)["output"] if answer.status == 200 else []
    for output in visitor.random.sample(outputs, min(3, len(outputs))):
        path = urlsplit(output["url"]).path
        answer = visitor.ask("feed", "GET", path, COMPRESSED)
        line = answer.body.split(b"\n", 1)[0] or b"{}"
        is_type = answer.status == 200 and json.loads(line).get("resourceType") == output["type"]
        visitor.expect(is_type or not answer.body, f"{path}: {answer.status}")


def _is_of(answer: Answer, department: str) -> bool:
    return (
        _form(answer, DepartmentFile) and read(answer.body, DepartmentFile).department == department
    )


def _form(answer: Answer, form: type) -> bool:
    try:
        read(answer.body, form)
    except msgspec.ValidationError:
        return False
    return True
