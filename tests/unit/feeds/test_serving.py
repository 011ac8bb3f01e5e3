"""Public files over HTTP: negotiation, conditional requests, freshness, and what is refused."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime

import brotli
import httpx
import pytest

from api.feeds.cellar import CHECK_S, Cellar, accepted
from api.feeds.serving import PublicFiles
from api.feeds.shelf import Effort, Shelf

AT = datetime(2021, 5, 28, 8, 0, 0, tzinfo=UTC)
NAME = "availability/departments/75.json"
URL = f"/{NAME}"


async def behind(scope, receive, send):
    """Answer everything with 418: the application behind the files."""
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def shelf(tmp_path):
    shelf = Shelf(tmp_path)
    put(shelf, b'{"department":"75"}')
    return shelf


def put(shelf, content, name=NAME):
    shelf.put(name, content, AT, now=AT, effort=Effort.GOOD)


@pytest.fixture
def files(tmp_path):
    return PublicFiles(behind, tmp_path, "https://example.org")


def ask(files, url=URL, method="GET", **headers):
    """Send one request; `If_None_Match` stands for `If-None-Match`."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}

    async def one():
        transport = httpx.ASGITransport(files)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            client.headers.clear()
            return await client.request(method, url, headers=names)

    return asyncio.run(one())


def raw(files, url=URL, accept=None):
    """Status, headers and body, as they are sent, still compressed."""
    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"accept-encoding", accept)] if accept else []
    scope = {"type": "http", "method": "GET", "path": url, "query_string": b"", "headers": headers}
    asyncio.run(files(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def test_a_file_is_sent_plain_with_its_tag_its_age_and_its_limit(files, shelf):
    """Strong tag, a second of life, and the time of the change."""
    answer = ask(files)
    assert answer.status_code == 200
    assert answer.json()["department"] == "75"
    assert answer.headers["cache-control"] == "max-age=1"
    assert answer.headers["last-modified"] == "Fri, 28 May 2021 08:00:00 GMT"
    assert answer.headers["etag"].startswith('"')
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("accept", "encoding", "unpack"),
    [
        (b"gzip, deflate, br", b"br", brotli.decompress),
        (b"gzip", b"gzip", gzip.decompress),
        (b"br;q=0, gzip", b"gzip", gzip.decompress),
        (b"*", b"br", brotli.decompress),
        (b"identity", None, bytes),
        (b"br;q=nonsense", None, bytes),
    ],
)
def test_the_best_form_that_the_reader_takes_is_sent(files, shelf, accept, encoding, unpack):
    """Brotli before gzip before plain; a weight of nought refuses; the content is the same."""
    plain = raw(files)[2]
    status, headers, body = raw(files, accept=accept)
    assert (status, headers.get(b"content-encoding")) == (200, encoding)
    assert unpack(body) == plain
    assert int(headers[b"content-length"]) == len(body)


def test_each_form_has_its_own_tag(files, shelf):
    """A strong tag stands for exact bytes."""
    tags = {raw(files, accept=accept)[1][b"etag"] for accept in (b"br", b"gzip", b"identity")}
    assert len(tags) == 3


def test_a_known_file_is_not_sent_again(files, shelf):
    """304 without a body for the tag, also among others or weakened by a proxy; 200 for another."""
    tag = ask(files).headers["etag"]
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        answer = ask(files, If_None_Match=known)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
    assert ask(files, If_None_Match='"other"').status_code == 200


def test_head_has_the_length_but_not_the_content(files, shelf):
    """As RFC 9110 asks."""
    answer = ask(files, method="HEAD")
    assert answer.content == b""
    assert int(answer.headers["content-length"]) == len(ask(files).content)


def test_only_reading_is_allowed(files, shelf):
    """405 as a problem; as an OperationOutcome under the FHIR addresses."""
    answer = ask(files, method="POST")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    answer = ask(files, "/fhir/Slot", method="DELETE")
    assert answer.status_code == 405
    assert answer.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    "url",
    [
        "/availability/departments/76.json", "/availability/", "/availability/departments/75",
        f"{URL}.gz", f"{URL}.br", "/availability/departments/.75.json",
        "/availability/../availability/departments/75.json", "/availability//departments/75.json",
        "/opendata/passwd",
    ],
)  # fmt: skip
def test_what_is_no_public_file_is_not_found(files, shelf, url):
    """Nothing hidden, compressed or outside can be had by its name."""
    status, headers, _ = raw(files, url)
    assert (status, headers[b"content-type"]) == (404, b"application/problem+json")


def test_a_file_outside_the_folder_cannot_be_reached(tmp_path):
    """The positive control: the same file is served when it lies inside."""
    inside = tmp_path / "inside"
    (tmp_path / "secret.json").write_text("{}")
    (inside / "availability").mkdir(parents=True)
    files = PublicFiles(behind, inside, "")
    assert raw(files, "/availability/../../secret.json")[0] == 404
    (inside / "availability" / "secret.json").write_text("{}")
    assert raw(files, "/availability/secret.json")[0] == 200


def test_every_other_address_goes_to_the_application_behind(files):
    """The files stand in front and take only what is theirs."""
    assert ask(files, "/api/bookings/1").status_code == 418
    assert ask(files, "/availabilitys").status_code == 418


def test_a_new_content_is_served_after_a_tenth_of_a_second(files, shelf):
    """Never older than the interval of the checks; the tag changes with it."""
    before = ask(files)
    put(shelf, b'{"department":"75","more":1}')
    asyncio.run(asyncio.sleep(CHECK_S * 1.5))
    after = ask(files, If_None_Match=before.headers["etag"])
    assert after.json()["more"] == 1


def test_a_file_that_goes_away_is_not_found(files, shelf, tmp_path):
    """Memory does not outlive the disk."""
    assert ask(files).status_code == 200
    for path in (tmp_path / "availability" / "departments").iterdir():
        path.unlink()
    asyncio.run(asyncio.sleep(CHECK_S * 1.5))
    assert ask(files).status_code == 404


def test_memory_is_bounded(tmp_path):
    """The file that was not asked for longest leaves; it can be had again."""
    shelf = Shelf(tmp_path)
    names = [f"availability/{i}.json" for i in range(4)]
    for name in names:
        put(shelf, b'{"x":"%b"}' % (b"x" * 1000), name)
    cellar = Cellar(tmp_path, most_bytes=3000)
    for name in names:
        assert cellar.find(name, ("",)) is not None
    assert cellar._bytes <= 3000
    assert len(cellar._entries) == 2
    assert cellar.find(names[0], ("",)) is not None


def test_plain_is_always_the_last_resort():
    """Whatever a reader says, there is a form it gets."""
    for header in (b"", b"zstd", b"br", b"gzip;q=0.5, br;q=0.1"):
        assert accepted(header)[-1] == ""


def test_availability_lives_a_second_and_feeds_a_minute(files, shelf):
    """What a cache may keep follows how often it is written."""
    shelf.put_plain("opendata/x.csv", b"a,b\n", AT, effort=Effort.GOOD)
    answer = ask(files, "/opendata/x.csv")
    assert answer.headers["cache-control"] == "max-age=60"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
