"""What reading carries: public files a second, and what the server that gives them uses."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from loadtests.address import Address
from loadtests.booking.campaign import Shape, fill, next_monday
from loadtests.nginx import in_front_of
from loadtests.postgres import Postgres
from loadtests.processes import cpu_s, memory_mb
from loadtests.reading import WRK, Reading, read_by_ourselves, read_by_wrk
from loadtests.stack import served

APPLICATION, NGINX = "application", "nginx"
"""Servers: the application's own, from memory, and nginx with TLS, from the disk."""
WORKER, PUBLISHER = "api-0", "publisher"
"""Names `creneau serve` gives its processes."""
NATION = Shape(windows=14)
"""As many windows as a national campaign shows: a centre's file has 672 of them."""
TINY = Shape(centres=40, departments=4, weeks=1, windows=4)


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured.

    cores
        Processors the server kept busy, its publisher included; `requests_per_s / cores` is what
        one gives.
    slots
        That were published.
    worker_mb, publisher_mb
        Memory of the API's worker, having read every file, and of the publisher.
    """

    server: str
    requests_per_s: float
    cores: float
    p99_ms: float
    driver: str
    slots: int
    worker_mb: float
    publisher_mb: float

    def line(self) -> str:
        """Say it in a few lines."""
        per_core = self.requests_per_s / self.cores
        return (
            f"{self.server}: {self.requests_per_s:,.0f} requests a second on {self.cores:.2f} "
            f"cores, {per_core:,.0f} a second and core, p99 {self.p99_ms:.1f} ms ({self.driver})\n"
            f"memory with {self.slots:,} slots: {self.worker_mb:.0f} MB for the worker, "
            f"{self.publisher_mb:.0f} MB for the publisher"
        )


def bench_reads(
    postgres: Postgres, scratch: Path, shape: Shape, *, seconds: int, server: str = APPLICATION
) -> Report:
    """Let a server give the public files, and read them.

    The application's one worker gives them from memory. nginx, with the configuration that is
    shipped, gives them from the disk, encrypted.

    Every département's file is read as often as the files of sixteen centres: whoever looks around
    opens some centres.

    Raises
    ------
    RuntimeError
        When a file is not there, or the service does not start.
    """
    fill(postgres.url, shape, next_monday())
    with ExitStack() as running:
        home = scratch / APPLICATION
        stack = running.enter_context(served(home, url=postgres.url))
        url, pids = f"http://{stack.address.host}:{stack.address.port}", [stack.pid]
        if server == NGINX:
            front = running.enter_context(
                in_front_of(stack.address, home / "public", scratch / NGINX)
            )
            url, pids = f"https://{front.secure.host}:{front.secure.port}", [stack.pid, front.pid]
        _read(url, scratch, shape, 1)
        before, began = sum(map(cpu_s, pids)), time.monotonic()
        reading = _read(url, scratch, shape, seconds)
        cores = (sum(map(cpu_s, pids)) - before) / (time.monotonic() - began)
        return Report(
            server, reading.requests_per_s, cores, reading.p99_ms, "wrk" if WRK else "own",
            shape.slots, memory_mb(stack.pid, WORKER), memory_mb(stack.pid, PUBLISHER),
        )  # fmt: skip


def _read(url: str, scratch: Path, shape: Shape, seconds: int) -> Reading:
    if WRK:
        return read_by_wrk(url, paths(shape), scratch, seconds=seconds, wrk=WRK)
    parts = urlsplit(url)
    if parts.scheme == "https":
        raise RuntimeError("wrk is needed to read over TLS (Debian: wrk)")
    address = Address(parts.hostname or "", parts.port or 0)
    return read_by_ourselves(address, paths(shape), seconds=seconds)


def paths(shape: Shape) -> list[str]:
    """Give addresses of files: those of all centres, and their département's among them."""
    departments = [f"/availability/departments/{d + 1}.json" for d in range(shape.departments)]
    centres = [f"/availability/centres/c{c + 1}.json" for c in range(shape.centres)]
    every = max(1, shape.centres // shape.departments)
    return [
        path
        for i, centre in enumerate(centres)
        for path in ([departments[i // every % shape.departments]] if i % every == 0 else [])
        + [centre]
    ]
