"""Requests are counted and logged by their route, and errors kept inside."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
import warnings

import httpx
import pytest
import structlog
from fastapi import FastAPI, Request
from prometheus_client import REGISTRY, generate_latest

from api.logs import configure_logs
from api.observed import Observed
from api.problem_handlers import install_problems

CANARY = "Jeanne-Martin-0612345678"


@pytest.fixture
def app():
    """Give an application whose routes answer, fail before, and fail in the middle."""
    app = FastAPI()
    install_problems(app)

    @app.get("/people/{name}")
    async def people(name: str) -> str:
        return name

    @app.post("/broken/{name}")
    async def broken(request: Request, name: str) -> str:
        raise ValueError(name, await request.body())

    return app


@pytest.fixture
def logged(capsys):
    """Configure logs, and give the lines written."""
    root = logging.getLogger()
    before, shown = (root.handlers[:], root.level), warnings.showwarning
    configure_logs("info", "test")
    logging.getLogger("httpx").setLevel("WARNING")
    yield lambda: capsys.readouterr().err
    root.handlers[:], root.level = before
    warnings.showwarning = shown
    sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
    structlog.reset_defaults()


def ask(app, method, path, **about):
    """Send a request to the observed application."""

    async def send():
        transport = httpx.ASGITransport(app=Observed(app))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **about)

    return asyncio.run(send())


def count(method, route, status):
    """Count the requests so far."""
    labels = {"method": method, "route": route, "status": str(status)}
    return REGISTRY.get_sample_value("creneau_requests_total", labels) or 0


def test_a_request_is_counted_and_logged_by_its_route(app, logged):
    """Neither path, nor query, nor header, nor body leaves a trace anywhere."""
    before = count("GET", "/people/{name}", 200)
    answer = ask(
        app, "GET", f"/people/{CANARY}?q={CANARY}",
        headers={"Manage-Secret": CANARY, "Authorization": f"Bearer {CANARY}"},
    )  # fmt: skip
    assert answer.json() == CANARY
    text = logged()
    [line] = map(json.loads, text.splitlines())
    assert (line["event"], line["route"], line["status"]) == ("request", "/people/{name}", 200)
    assert line["ms"] >= 0
    assert CANARY not in text
    assert count("GET", "/people/{name}", 200) == before + 1
    assert CANARY.encode() not in generate_latest(REGISTRY)


def test_an_error_is_a_problem_for_the_caller_and_a_line_for_the_operator(app, logged):
    """Its message, here the body that was sent, is nowhere."""
    answer = ask(app, "POST", f"/broken/{CANARY}", content=CANARY)
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")
    text = logged()
    failed, request = map(json.loads, text.splitlines())
    assert (failed["event"], failed["error"]) == ("request-failed", "ValueError")
    assert failed["route"] == request["route"] == "/broken/{name}"
    assert request["status"] == 500
    assert CANARY not in text + answer.text


def test_an_error_outside_every_handler_is_a_problem_too(logged):
    """Whatever stands between the server and the application may break."""

    async def broken(_scope, _receive, _send):
        raise RuntimeError(CANARY)

    answer = ask(broken, "GET", "/")
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")
    assert CANARY not in logged()


def test_an_error_in_the_middle_of_an_answer_ends_there(logged):
    """What was begun cannot be answered otherwise; the line says so."""

    async def broken(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError(CANARY)

    sent = []

    async def send(message):
        sent.append(message["type"])

    scope = {"type": "http", "method": "GET", "path": "/"}
    asyncio.run(Observed(broken)(scope, None, send))
    assert sent == ["http.response.start", "http.response.body"]
    assert json.loads(logged().splitlines()[0])["event"] == "request-failed"


def test_made_up_addresses_and_methods_are_one_label(app, logged):
    """Nobody fills the metrics with names of their own."""
    before = count("GET", "(none)", 404), count("other", "(none)", 404)
    for _ in range(3):
        ask(app, "GET", f"/nothing/{CANARY}")
        ask(app, CANARY, f"/nothing/{CANARY}")
    assert count("GET", "(none)", 404) == before[0] + 3
    assert count("other", "(none)", 404) == before[1] + 3
    assert CANARY not in logged()


def test_public_files_are_counted_by_their_place_and_not_logged(logged):
    """Thousands a second would be nothing but their own noise."""

    async def files(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    before = count("GET", "/availability", 200)
    ask(files, "GET", f"/availability/departments/{CANARY}.json")
    assert count("GET", "/availability", 200) == before + 1
    assert logged() == ""


def test_other_scopes_pass_by():
    """The lifespan of an application is its own."""
    seen = []

    async def inner(scope, _receive, _send):
        seen.append(scope["type"])

    asyncio.run(Observed(inner)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]
