"""What person tags cost their maker: evaluations with proof, in process and over HTTP."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.protocol.encoding import from_base64url
from api.protocol.tag import Question, answer_from_json, tag_key
from api.protocol.voprf import blind, evaluate, finalize
from loadtests.command import CRENEAU, creneau
from loadtests.connection import Connection, connected
from loadtests.processes import cpu_s

CAMPAIGN = "bench"
CALLERS = 16
BATCHES = (1, 64)
"""Points in a question: a citizen's, and a batch of a centre's."""
NO_LIMIT = "1000000000"


@dataclass(frozen=True, slots=True)
class Row:
    """One way of asking.

    points
        Points in one question; one proof is made for all of them.
    per_s
        Points evaluated and proven a second, wall time; over HTTP the callers share the machine.
    per_core_s
        The same by second of processor time of who evaluates.
    """

    where: str
    points: int
    per_s: float
    per_core_s: float


@dataclass(frozen=True, slots=True)
class Service:
    """A key service under measurement."""

    port: int
    pid: int
    public_key: bytes


def measure(seconds: float) -> Iterator[Row]:
    """Measure every way of asking, for so many seconds each."""
    for points in BATCHES:
        yield _in_process(points, seconds)
    with (
        tempfile.TemporaryDirectory(prefix="creneau-bench-") as folder,
        _service(Path(folder)) as (service),
    ):
        for points in BATCHES:
            yield asyncio.run(_over_http(service, points, seconds))


def _in_process(points: int, seconds: float) -> Row:
    key = tag_key(bytes(32), CAMPAIGN)
    sent = [blind(bytes([i])).point for i in range(points)]
    wall, cpu, done = time.monotonic(), time.process_time(), 0
    while time.monotonic() < wall + seconds:
        evaluate(key, sent)
        done += points
    return Row("in process", points, done / (time.monotonic() - wall),
               done / (time.process_time() - cpu))  # fmt: skip


async def _over_http(service: Service, points: int, seconds: float) -> Row:
    blinded = [blind(bytes([i])) for i in range(points)]
    body = Question(CAMPAIGN, tuple(one.point for one in blinded)).to_json()
    request = (f"POST /v1/evaluate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}"
               "\r\n\r\n").encode() + body  # fmt: skip
    async with connected("127.0.0.1", service.port) as caller:
        answer = await caller.exchange(request)
        finalize(blinded, answer_from_json(answer.body), service.public_key)  # it is the real thing
    cpu, wall = cpu_s(service.pid), time.monotonic()
    asked = [_ask_until(service.port, request, wall + seconds) for _ in range(CALLERS)]
    done = points * sum(await asyncio.gather(*asked))
    return Row("over HTTP", points, done / (time.monotonic() - wall),
               done / (cpu_s(service.pid) - cpu))  # fmt: skip


async def _ask_until(port: int, request: bytes, until: float) -> int:
    asked = 0
    async with connected("127.0.0.1", port) as caller:
        while time.monotonic() < until:
            await _ask(caller, request)
            asked += 1
    return asked


async def _ask(caller: Connection, request: bytes) -> None:
    answer = await caller.exchange(request)
    if answer.status != 200:
        message = f"the key service answered {answer.status}"
        raise RuntimeError(message)


@contextmanager
def _service(folder: Path) -> Iterator[Service]:
    """Run a key service on a free port, as its operator would."""
    key_file = folder / "key.json"
    made = creneau("keyservice", "init", "--key-file", key_file, "--campaign", CAMPAIGN)
    port = _free_port()
    command = [str(CRENEAU), "keyservice", "--key-file", str(key_file), "--port", str(port),
               "--per-address", NO_LIMIT, "--json"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            json.loads(process.stdout.readline())  # it says when it is ready
            yield Service(port, process.pid, from_base64url(made.printed["public_key"]))
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
