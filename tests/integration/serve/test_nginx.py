"""The shipped configuration of nginx, in front of an installation: what it gives, and what not."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import subprocess
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection

import pytest

from loadtests.address import Address
from loadtests.nginx import configuration, filled_in, in_front_of
from loadtests.shown_over_http import PublicFiles
from tests.installed import installed, wait_for

pytestmark = pytest.mark.server
INDEX = "/availability/index.json"


@dataclass(frozen=True)
class Answer:
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self):
        """Slug of a refusal."""
        assert self.headers["content-type"].startswith("application/problem+json")
        return json.loads(self.body)["type"].rpartition("/")[2]


class Asker:
    """Asks over TLS, trusting the certificate of this nginx and no other."""

    def __init__(self, front):
        self.front = front
        self.trust = ssl.create_default_context(cafile=front.certificate)

    def ask(self, path, method="GET", body=None, **headers):
        """Send a request on a connection of its own."""
        connection = HTTPSConnection(*self.front.secure, timeout=30, context=self.trust)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, names)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """Run an installation."""
    with installed() as running:
        wait_for(lambda: running.ask("GET", INDEX).status == 200)
        yield running


@pytest.fixture(scope="module")
def nginx(service, tmp_path_factory):
    """Run nginx in front of it."""
    host, port = service.said["address"].removeprefix("http://").split(":")
    public, scratch = service.home / "public", tmp_path_factory.mktemp("nginx")
    with in_front_of(Address(host, int(port)), public, scratch) as front:
        yield Asker(front)


@pytest.fixture
def alone(tmp_path):
    """Run nginx in front of nobody, with one public file."""
    public = tmp_path / "public"
    (public / "availability").mkdir(parents=True)
    (public / "availability" / "index.json").write_text("{}", encoding="utf-8")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = Address(*nobody.getsockname())
        with in_front_of(address, public, tmp_path / "nginx") as front:
            yield Asker(front)


def test_availability_comes_from_the_disk_as_the_application_gives_it(nginx, service):
    """The same content, the same age; compressed for whoever takes that."""
    answer = nginx.ask(INDEX)
    assert answer.status == 200
    assert json.loads(answer.body)["departments"] == service.ask("GET", INDEX).json["departments"]
    assert answer.headers["cache-control"] == "max-age=1"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"].startswith("application/json")
    packed = nginx.ask(INDEX, Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.body)).keys() == json.loads(answer.body).keys()


def test_what_changes_is_seen_at_once(alone, tmp_path):
    """No open file, no tag, no date stands between a reader and a file that was exchanged."""
    file = tmp_path / "public" / "availability" / "index.json"
    for n in range(5):
        fresh = file.with_name(".new")
        fresh.write_text(json.dumps({"n": n}), encoding="utf-8")
        fresh.replace(file)
        answer = alone.ask(INDEX, If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT")
        assert (answer.status, json.loads(answer.body)) == (200, {"n": n})
        assert "etag" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/availability/.index.json.spare", f"{INDEX}.gz", f"{INDEX}.br", "/availability/none.json",
     "/availability/../postgres/PG_VERSION", "/keys/none.json"],
)  # fmt: skip
def test_what_is_no_public_file_is_not_found(nginx, path):
    """Spares, compressed forms by themselves, and what lies beside the folder."""
    answer = nginx.ask(path)
    assert answer.status == 404
    assert answer.problem == "not-found"


def test_other_methods_on_files_are_refused(nginx):
    """As the application does."""
    answer = nginx.ask(INDEX, "POST", "{}")
    assert (answer.status, answer.problem) == (405, "method-not-allowed")
    assert nginx.ask(INDEX, "HEAD").body == b""


def test_bookings_reach_the_application_and_are_not_kept(nginx):
    """Twice the same question is twice asked; what is refused is refused by the application."""
    for _ in range(2):
        answer = nginx.ask("/api/holds", "POST", "{}", Content_Type="application/json")
        assert answer.problem == "missing-idempotency-key"
        assert answer.headers["cache-control"] == "no-store"
        assert "x-cache-status" not in answer.headers
    assert nginx.ask("/ready").status == 200


def test_pages_keep_their_headers(nginx, service):
    """What a browser lets a page do is for the application to say, behind nginx, too."""
    direct = HTTPConnection(*service.said["address"].removeprefix("http://").split(":"))
    direct.request("GET", "/")
    said = direct.getresponse()
    for _ in range(2):
        answer = nginx.ask("/")
        assert answer.status == said.status == 200
        for name in ("content-security-policy", "referrer-policy", "cache-control"):
            assert answer.headers[name] == said.headers[name]
    direct.close()


def test_browsers_get_http_2_over_tls_only(nginx):
    """Old versions of TLS are refused; without TLS there is nothing but the way to it."""
    trust = ssl.create_default_context(cafile=nginx.front.certificate)
    trust.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(nginx.front.secure) as wire,
        trust.wrap_socket(wire, server_hostname="127.0.0.1") as secure,
    ):
        assert secure.selected_alpn_protocol() == "h2"
        assert secure.version() == "TLSv1.3"
    plain = HTTPConnection(*nginx.front.plain)
    plain.request("GET", "/rendez-vous?x=1")
    answer = plain.getresponse()
    host, port = nginx.front.secure
    assert answer.status == 301
    assert answer.headers["location"] == f"https://{host}:{port}/rendez-vous?x=1"
    plain.close()


def test_an_application_that_is_away_is_told_as_a_problem(alone):
    """Readers notice nothing; whoever books is told to send it again."""
    assert alone.ask(INDEX).status == 200
    answer = alone.ask("/api/holds", "POST", "{}")
    assert (answer.status, answer.problem) == (503, "service-unavailable")
    assert answer.headers["retry-after"] == "1"


def test_what_is_too_large_is_refused(nginx):
    """Before it reaches anybody."""
    assert nginx.ask("/api/holds", "POST", b"x" * 2_000_000).status == 413


def test_no_address_and_no_request_is_written(nginx, service):
    """Not in a log of nginx, and not for the application."""
    nginx.ask("/api/bookings/6f9619ff-8b86-4011-b42d-00c04fc964ff", Manage_Secret="A" * 43)
    folder = nginx.front.certificate.parent
    said = b"".join(path.read_bytes() for path in folder.glob("*.log"))
    assert b"6f9619ff" not in said
    assert b"127.0.0.1" not in said
    assert 'X-Forwarded-For ""' in configuration()


def test_values_that_are_not_there_are_noticed():
    """So that a changed configuration is not tested with somebody else's values."""
    with pytest.raises(LookupError, match="no such line"):
        filled_in("listen 80;", {"no such line": "x"})


def test_the_configuration_is_taken_as_it_is(nginx):
    """By nginx's own check, without a warning."""
    folder = nginx.front.certificate.parent
    done = subprocess.run(
        ["/usr/sbin/nginx", "-t", "-q", "-c", folder / "nginx.conf", "-e", folder / "check.log"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_the_files_are_those_the_verdict_reads(nginx, service):
    """The publisher's beat, seen through nginx, is fresh."""
    files = PublicFiles(service.said["address"])
    before = files.checked_at()
    files.close()
    wait_for(
        lambda: (
            json.loads(nginx.ask("/availability/publisher.json").body)["checked_at"]
            > before.isoformat()[:19]
        )
    )
