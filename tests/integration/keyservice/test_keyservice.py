"""`creneau keyservice` as its operator runs it, and as both languages ask it."""

from __future__ import annotations

import datetime as dt
import http.client
import signal
import subprocess
import time

import pytest

from api.clock import now
from api.protocol.authority import Validity
from api.protocol.grant import opened_grant
from api.protocol.person import matricule
from api.protocol.tag import Question, answer_from_json, person_tags
from api.protocol.voprf import blind
from loadtests.command import CRENEAU
from tests.integration.keyservice.process import AUTHORITY, free_port, key_service
from tests.sealed import CAMPAIGN, nir, pair, signed

POINT = blind(b"someone").point
NUMBERS = [nir(), nir("1850578006084"), nir("2690549588157")]


def creneau(*arguments):
    """Run the command to its end."""
    return subprocess.run([CRENEAU, *map(str, arguments)], capture_output=True, text=True,
                          check=False)  # fmt: skip


def test_both_languages_get_the_same_tags_over_http(running, twin):
    """The page and Python, asking the same service, know the same people."""
    here = person_tags([matricule("nir", n) for n in NUMBERS], CAMPAIGN, [running.client])
    people = [{"kind": "nir", "number": number} for number in NUMBERS]
    address = {"url": running.url, "public_key": running.key.pair.public}
    assert twin("twin", "tagsOver", people, CAMPAIGN, [address]) == here


def test_two_services_of_two_operators_in_series(running, twin, tmp_path):
    """Each answers in turn, each with its own key, and both languages agree."""
    with key_service(tmp_path, seed=b"2" * 32) as second:
        clients, addresses = [running.client, second.client], [running.address, second.address]
        here = person_tags([matricule("nir", NUMBERS[0])], CAMPAIGN, clients)
        people = [{"kind": "nir", "number": NUMBERS[0]}]
        services = [{"url": a.url, "public_key": a.public_key} for a in addresses]
        assert twin("twin", "tagsOver", people, CAMPAIGN, services) == here
        assert here != person_tags([matricule("nir", NUMBERS[0])], CAMPAIGN, clients[:1])


def test_a_centre_asks_for_a_day_s_tags_with_its_grant(twin, tmp_path):
    """More than an address may ask for, in one request, from the page of the centre."""
    centre, today = pair(), now().date()
    document = signed(centre, AUTHORITY, Validity(today, today + dt.timedelta(days=1)))
    token = opened_grant(document.grant, document.key, centre.secret)
    people = [{"kind": "nir", "number": number} for number in NUMBERS]
    with key_service(tmp_path, "--per-address", "2") as service:
        address = {"url": service.url, "public_key": service.key.pair.public}
        assert len(set(twin("twin", "tagsOver", people, CAMPAIGN, [address], token))) == 3
        with pytest.raises(AssertionError, match="asked enough for today"):
            twin("twin", "tagsOver", people, CAMPAIGN, [address])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_finishes_what_it_has_begun_and_stops(tmp_path, number):
    """A question that was half sent when the signal came is answered; the exit status is 0."""
    body = Question(CAMPAIGN, (POINT,)).to_json()
    with key_service(tmp_path) as service:
        caller = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=30)
        caller.putrequest("POST", "/v1/evaluate")
        caller.putheader("Content-Length", str(len(body)))
        caller.endheaders(body[:20])
        time.sleep(0.5)  # for the service to take it up
        service.process.send_signal(number)
        time.sleep(0.5)  # for the signal to be heard
        caller.send(body[20:])
        answer = caller.getresponse()
        assert (answer.status, len(answer_from_json(answer.read()).points)) == (200, 1)
        caller.close()
        assert service.process.wait(30) == 0


def test_nothing_of_what_it_was_asked_is_written_anywhere(tmp_path):
    """Neither points nor addresses, answered or refused; its own folder holds its key alone."""
    with key_service(tmp_path, "--per-address", "3") as service:
        before = {path.name for path in tmp_path.iterdir()}
        for _ in range(3):
            service.ask([POINT])
        with pytest.raises(OSError, match="429"):
            service.ask([POINT])
        with pytest.raises(OSError, match="422"):
            service.ask([])
        service.stop()
        written = service.log.read_text() + service.process.stdout.read().decode()
    assert "127.0.0.1" not in written
    assert POINT.hex() not in written
    assert "evaluate" not in written
    assert {path.name for path in tmp_path.iterdir()} == before


def test_what_it_says_when_ready(running):
    """One line of JSON: where it is, for which campaigns."""
    assert running.said == {"url": running.url, "campaigns": [CAMPAIGN]}


def test_the_operator_s_mistakes_are_one_line(running, tmp_path):
    """A missing key, a key twice, a port that is taken: exit status 2 and the reason."""
    path = tmp_path / "key.json"
    made = creneau("keyservice", "init", "--key-file", path, "--campaign", CAMPAIGN, "--json")
    assert made.returncode == 0, made.stderr
    taken = running.url.rpartition(":")[2]
    for arguments, said in (
        (["--key-file", tmp_path / "none", "--port", free_port()], "cannot be read"),
        (["--key-file", path, "--key-file", path], "second key of a campaign"),
        (["--key-file", path, "--port", taken], "cannot be listened at"),
    ):
        done = creneau("keyservice", *arguments)
        assert done.returncode == 2
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert creneau("keyservice").returncode == 2
