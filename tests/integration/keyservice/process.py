"""A key service in a process of its own, on a free port, stopped by who started it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.keyservice.key_file import CampaignKey, write_key
from api.protocol.authority import ServiceAddress
from api.protocol.tag import KeyService, Question, answer_from_json
from loadtests.command import CRENEAU
from tests.sealed import CAMPAIGN, pair

PATIENCE_S = 60.0
AUTHORITY = pair("authority")


@dataclass
class Running:
    """A key service that answers.

    said
        What it printed when it was ready.
    """

    process: subprocess.Popen
    url: str
    key: CampaignKey
    said: dict
    log: Path

    @property
    def address(self):
        """Address and key, as a signed campaign has them."""
        return ServiceAddress(self.url, self.key.pair.public)

    @property
    def client(self):
        """The service as `person_tags` asks it."""
        return KeyService(self.key.pair.public, self.ask)

    def ask(self, points, **headers):
        """Send points, and give the evaluation."""
        body = Question(CAMPAIGN, tuple(points)).to_json()
        request = urllib.request.Request(f"{self.url}/v1/evaluate", body, headers, method="POST")
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer_from_json(answer.read())

    def stop(self, number=signal.SIGTERM):
        """Tell it to stop, and give its exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


@contextmanager
def key_service(folder, *options, seed=b"k" * 32):
    """Run a key service on a free port."""
    path, port = folder / f"{seed[:4].hex()}.json", free_port()
    key = CampaignKey(CAMPAIGN, seed, AUTHORITY.public)
    write_key(path, key)
    log = folder / f"{port}.log"
    command = [CRENEAU, "keyservice", "--key-file", str(path), "--port", str(port), "--json"]
    with log.open("wb") as errors, subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=errors
    ) as process:  # fmt: skip
        try:
            said = json.loads(process.stdout.readline() or b"{}")
            assert said, log.read_text()
            yield Running(process, said["url"], key, said, log)
        finally:
            if process.poll() is None:
                process.terminate()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """Run one key service for a module."""
    with key_service(tmp_path_factory.mktemp("keyservice")) as service:
        yield service


def free_port():
    """Find a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
