"""The site over HTTP: its headers, its forms, and whether a watcher finds what was changed."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.protocol.encoding import to_base64url
from api.web.site import PAGES, make_site
from tests.sealed import pair
from tests.stack import Stack, stack

Change = Callable[[str, dict[str, str], bytes], tuple[dict[str, str], bytes]]


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    """Run everything, once."""
    with stack() as made:
        yield made


@contextmanager
def passed_on(url: str, change: Change) -> Iterator[str]:
    """Stand between a site and whoever looks at it, and change what passes."""
    client = httpx.Client(base_url=url, headers={"Accept-Encoding": "identity"})

    class Between(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = client.get(self.path)
            headers, body = change(self.path, dict(answer.headers), answer.content)
            self.send_response(answer.status_code)
            for name, value in headers.items():
                if name not in ("content-length", "date", "server", "transfer-encoding"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Between)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        client.close()


def verify(url: str, authority: str, *words: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["verify-site", url, "--authority", authority, *words])


def unchanged(_path: str, headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    """Change nothing."""
    return headers, body


def test_every_page_has_its_headers_and_no_inline_code(running: Stack) -> None:
    """Strict policy with Trusted Types; scripts and styles by address and checksum alone."""
    for path in PAGES:
        answer = httpx.get(running.url + path)
        policy = dict(
            part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; ")
        )
        assert policy["default-src"] == policy["trusted-types"] == policy["base-uri"] == "'none'"
        assert policy["form-action"] == policy["frame-ancestors"] == "'none'"
        assert policy["require-trusted-types-for"] == "'script'"
        assert policy["connect-src"] == f"'self' {running.service.url}"
        wasm = " 'wasm-unsafe-eval'" if path == "/centre" else ""
        assert policy["script-src"] == f"'self'{wasm}"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        scripts = re.findall(r"<script[^>]*>(.*?)</script>", answer.text, re.DOTALL)
        assert scripts == [""]
        assert not re.search(r"<style|\son\w+=|\sstyle=", answer.text)
        loaded = re.findall(r'(?:src|href)="(/[^"]+)"([^>]*)>', answer.text)
        assert len(loaded) == 3
        assert all('integrity="sha384-' in rest for _, rest in loaded)
        assert running.authority in answer.text


def test_files_are_compressed_and_known_again(running: Stack) -> None:
    """Brotli where it is taken, 304 for what is there already, HEAD without a body, no POST."""
    url = running.url + "/rendez-vous"
    plain = httpx.get(url, headers={"Accept-Encoding": "identity"})
    with httpx.stream("GET", url, headers={"Accept-Encoding": "br"}) as packed:
        assert packed.headers["content-encoding"] == "br"
        assert brotli.decompress(b"".join(packed.iter_raw())) == plain.content
    again = httpx.get(url, headers={"If-None-Match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert httpx.head(url).content == b""
    assert httpx.post(url).status_code == 405
    assert httpx.get(running.url + "/assets/nothing.js").status_code == 404


def test_the_list_of_files_is_the_site(running: Stack) -> None:
    """`/site.json` names every file with its hash, and the authority."""
    listed = httpx.get(running.url + "/site.json").json()
    assert listed["authority"] == running.authority
    made = make_site(from_running(running), (running.service.url,))
    assert {one["path"] for one in listed["files"]} == set(made) - {"/site.json"}
    assert all(made[one["path"]].sha256 == one["sha256"] for one in listed["files"])


def from_running(running: Stack) -> bytes:
    """Public key of the authority, as bytes."""
    from tests.integration.keyservice.process import AUTHORITY  # noqa: PLC0415

    assert to_base64url(AUTHORITY.public) == running.authority
    return AUTHORITY.public


def test_the_site_of_the_release_is_found_the_same(running: Stack) -> None:
    """By itself, and through somebody who only passes it on; both names of the command."""
    assert verify(running.url, running.authority).exit_code == 0
    with passed_on(running.url, unchanged) as url:
        done = verify(url, running.authority, "--json")
    assert json.loads(done.stdout)["same"] is True
    words = ["privacy", "verify-site", running.url, "--authority", running.authority]
    assert CliRunner().invoke(app, words).exit_code == 0


def _script(path: str, headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    return headers, body + (b" " if path.startswith("/assets/rendez-vous") else b"")


def _authority(path: str, headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    other = to_base64url(pair("authority").public).encode()
    return headers, re.sub(rb'(creneau-authority" content=")[^"]+', rb"\g<1>" + other, body)


def _policy(path: str, headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    policy = headers.get("content-security-policy")
    return headers | ({"content-security-policy": policy + " *"} if policy else {}), body


def _cookie(path: str, headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    return headers | ({"set-cookie": "who=1"} if path == "/" else {}), body


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_script, "/assets/rendez-vous-"),
        (_authority, "/rendez-vous: other bytes"),
        (_policy, "/centre: header content-security-policy"),
        (_cookie, "/: headers that a page never has: set-cookie"),
    ],
)
def test_whatever_was_changed_is_named(running: Stack, change: Change, named: str) -> None:
    """One byte of a script, the authority's key, a word of the policy, a cookie: exit 1."""
    with passed_on(running.url, change) as url:
        done = verify(url, running.authority)
    assert done.exit_code == 1
    assert named in done.stdout


def test_another_authority_s_site_is_another_site(running: Stack) -> None:
    """Whoever names another authority sees that the campaign is not signed by it."""
    done = verify(running.url, to_base64url(pair("authority").public))
    assert done.exit_code == 1
    assert "/keys/campaign.json" in done.stdout


@pytest.mark.parametrize(
    ("url", "authority", "rule"),
    [
        ("ftp://example.org", "", "address"),
        ("http://127.0.0.1:9", "A" * 43, "does not answer"),
        ("http://127.0.0.1:9", "short", "base64url|bytes"),
    ],
)
def test_a_mistake_in_the_words_is_one_message(url: str, authority: str, rule: str) -> None:
    """An address that is none, nobody there, a key that is none."""
    done = verify(url, authority)
    assert done.exception is not None
    assert re.search(rule, str(done.exception))
