"""No answer repeats what was sent: whatever is wrong with a request, its refusal names places only.

The framework would repeat the input of whatever does not fit, and somebody's name with it. Every
operation of the OpenAPI document is sent a person in every place it takes something.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from tests.booking import text
from tests.campaign import MONDAY, fill_campaign
from tests.privacy.canaries import careless, secrets_of, traces
from tests.privacy.scanner import Scanner
from tests.serving import client_of
from tests.staff import token_of

DOCUMENT = create_app(Settings(database_url="postgresql://nobody@localhost/nothing")).openapi()
OPERATIONS = sorted(
    (method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item
)
TEXTS = [texts[0] for texts in traces(careless()).values()]
ROLES = [("centre", "paris"), ("agent", "75"), ("planner", "national"), ("auditor", "national")]
CODES = {"centre": "paris", "day": str(MONDAY), "dose_rank": "1"}
"""Of what is there, so that more than the first part of an address is looked at."""


@pytest.fixture(scope="module")
def campaign(module_database_url):
    """Give a campaign with some slots."""
    campaign = fill_campaign(module_database_url)
    campaign.fill_week(centres=(1,))
    return campaign


@pytest.fixture(scope="module")
def scanner():
    """Look for somebody."""
    return Scanner(secrets_of([careless()]))


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference of the document."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return resolved(DOCUMENT["components"]["schemas"][name])
    return schema


def example(schema: dict[str, Any]) -> Any:
    """Make something that fits a schema more or less."""
    schema = resolved(schema)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example(schema[choice][0])
    if schema.get("type") == "object":
        members = schema.get("properties", {})
        return {name: example(member) for name, member in members.items()}
    if schema.get("type") == "array":
        return [example(schema.get("items", {}))]
    return {"integer": 1, "number": 1, "boolean": True}.get(schema.get("type", ""), "A" * 43)


def replaced(value: Any, by: str) -> Iterator[Any]:
    """Put a text in the place of each part of a value, and beside each member, one at a time."""
    yield by
    if isinstance(value, dict):
        yield value | {by: by}
        for name in value:
            for part in replaced(value[name], by):
                yield value | {name: part}
    elif isinstance(value, list):
        for part in replaced(value[0], by):
            yield [part]


def bodies(method: str, path: str) -> list[bytes]:
    """Bodies of an operation with somebody in them, and some that are no JSON."""
    content = DOCUMENT["paths"][path][method.lower()].get("requestBody", {}).get("content", {})
    found = [TEXTS[0].encode(), f'{{"{TEXTS[1]}":'.encode(), TEXTS[2].encode("latin-1", "replace"),
             f"day,{TEXTS[0]}\n{TEXTS[1]},1\n".encode()]  # fmt: skip
    for kind in content.values():
        for by in TEXTS:
            parts = replaced(example(kind.get("schema", {})), by)
            found += [json.dumps(body, ensure_ascii=False).encode() for body in parts]
    return found


def addresses(path: str) -> list[str]:
    """Addresses of an operation with somebody in each of its parts, and in a query."""
    ids = {name: str(uuid4()) for name in ("booking", "entry", "offer", "key_id", "rank")}
    names = [part.partition("}")[0] for part in path.split("{")[1:]]
    known = {name: (CODES | ids).get(name, str(uuid4())) for name in names}
    found = [path.format(**known | {name: quote(text)}) for name in names for text in TEXTS]
    plain = path.format(**known)
    queries = [f"{plain}?{name}={quote(TEXTS[0])}" for name in ("from", "to", "after", "who")]
    return [*found, *queries, f"{plain}?{quote(TEXTS[1])}=1"]


async def sent(
    client: httpx.AsyncClient, method: str, path: str, shown: dict[str, str]
) -> list[httpx.Response]:
    """Send somebody to an operation in every way there is."""
    owned = {"Idempotency-Key": str(uuid4()), "Manage-Secret": text(bytes(32)), "If-Match": '"1"'}
    plain = addresses(path)[-1].partition("?")[0]
    answers = [await client.request(method, address, headers=shown | owned)
               for address in addresses(path)]  # fmt: skip
    for body in bodies(method, path):
        kind = "text/csv" if body.startswith(b"day") else "application/json"
        headers = shown | owned | {"Content-Type": kind, "Idempotency-Key": str(uuid4())}
        answers.append(await client.request(method, plain, headers=headers, content=body))
    for name in ("Idempotency-Key", "Manage-Secret", "If-Match", "Accept", "Authorization"):
        headers = shown | owned | {name: quote(TEXTS[0])}
        answers.append(await client.request(method, plain, headers=headers))
    return answers


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_answer_repeats_what_was_sent(campaign, scanner, capfd, method, path):
    """In no status, body or header, whoever asks; nor on standard output or error."""

    async def ask() -> list[httpx.Response]:
        answers = []
        async with client_of(campaign, answer_step_ms=0) as client:
            for role in ROLES if path.startswith(("/api/centres", "/api/staff")) else ROLES[-2:]:
                answers += await sent(client, method, path, await token_of(campaign, *role))
        return answers

    answers = asyncio.run(ask())
    assert len(answers) >= 20
    for answer in answers:
        assert answer.status_code != 500
        whole = str(answer.headers).encode() + answer.content
        assert scanner.search(f"{answer.status_code}", whole) == set()
    assert scanner.search("output", "".join(capfd.readouterr()).encode()) == set()


def test_an_answer_that_repeats_would_be_found(scanner):
    """The positive control: what the framework says of its own accord."""

    async def ask() -> bytes:
        from fastapi import FastAPI  # noqa: PLC0415 - an application without our refusals

        app = FastAPI()

        @app.post("/count")
        async def count(n: int) -> int:
            return n

        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return (await client.post("/count", params={"n": TEXTS[0]})).content

    assert scanner.search("answer", asyncio.run(ask()))
