"""The application on a loopback port, under granian, as it runs for real; and in this process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import httpx
from fastapi import FastAPI

from api.app import create_app
from api.clock import Clock
from api.settings import Settings
from tests.booking import Hands
from tests.campaign import Campaign
from tests.conftest import CHECKOUT

READY_S = 120.0
"""On a machine that may be busy."""


def application() -> FastAPI:
    """Make the application of one granian worker, with the settings of the environment."""
    return create_app(Settings(), clock=Hands())


@contextmanager
def served(campaign: Campaign, *, workers: int = 1, port: int | None = None) -> Iterator[str]:
    """Serve a campaign with some workers and give the address; the clock stands still."""
    port = port or free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--workers",
        str(workers), "--host", "127.0.0.1", "--port", str(port), "--no-ws", "--log-level",
        "warning", "tests.serving:application",
    ]  # fmt: skip
    environment = os.environ | {"CRENEAU_DATABASE_URL": campaign.url}
    # A group of its own, to be ended as a whole where its first process was not even ready.
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, start_new_session=True)
    try:
        _wait_until_ready(port, process)
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        assert process.wait(READY_S) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    """Find a loopback port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/api/openapi.json", timeout=5).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start")


@asynccontextmanager
async def client_of(
    campaign: Campaign, *, clock: Clock | None = None, **settings: object
) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of the application, which runs in this process and loop."""
    app = create_app(Settings(database_url=campaign.url, **settings), clock=clock or Hands())
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://creneau.test") as client,
    ):
        yield client
