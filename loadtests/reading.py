"""Readers of public files: each asks for one after the other, as fast as it is answered."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from loadtests.address import Address
from loadtests.connection import connected
from loadtests.quantile import quantile

OK = 200
READERS = 32
WRK = shutil.which("wrk")
SCRIPT = Path(__file__).with_name("reads.lua")


@dataclass(frozen=True, slots=True)
class Reading:
    """What some seconds of reading came to."""

    requests_per_s: float
    p99_ms: float


def read_by_wrk(
    url: str, paths: Sequence[str], scratch: Path, *, seconds: int, wrk: str
) -> Reading:
    """Let wrk read, which costs next to nothing.

    Raises
    ------
    RuntimeError
        When wrk or a request failed.
    """
    listed = scratch / "paths"
    listed.write_text("\n".join(paths), encoding="utf-8")
    done = subprocess.run(
        [
            wrk, "--threads=1", f"--connections={READERS}", f"--duration={seconds}s",
            f"--script={SCRIPT}", "--header=Accept-Encoding: gzip, br",
            url, "--", listed,
        ],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    last = done.stdout.splitlines()[-1].split() if done.stdout else []
    if done.returncode != 0 or last[:1] != ["done"] or last[4] != "0":
        raise RuntimeError(f"wrk: {done.stdout[-300:]}{done.stderr[-300:]}")
    return Reading(int(last[1]) / float(last[2]), float(last[3]))


def read_by_ourselves(address: Address, paths: Sequence[str], *, seconds: float) -> Reading:
    """Read without wrk, at some tens of microseconds a request.

    Raises
    ------
    RuntimeError
        When a file is not there.
    LostError
        When the service breaks a connection.
    """
    times = uvloop.run(_read(address, paths, seconds))
    return Reading(len(times) / seconds, 1000 * quantile(times, 0.99))


async def _read(address: Address, paths: Sequence[str], seconds: float) -> list[float]:
    requests = [read_request(path) for path in paths]
    times: list[float] = []
    end = time.monotonic() + seconds

    async def read(number: int) -> None:
        async with connected(*address) as connection:
            while (sent := time.monotonic()) < end:
                number = (number + 1) % len(paths)
                answer = await connection.exchange(requests[number])
                if answer.status != OK:
                    raise RuntimeError(f"{paths[number]}: {answer.status}")
                times.append(time.monotonic() - sent)

    async with asyncio.TaskGroup() as group:
        for number in range(READERS):
            group.create_task(read(number * len(paths) // READERS))
    return times


def read_request(path: str) -> bytes:
    """Ask for a file as browsers do: compressed, over a connection that stays."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip, br\r\n\r\n".encode()
