"""Killing a part of an installation in the middle of an evening, and waiting until all is well."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime

import psutil

from loadtests.evening import Site, postgres_pid
from loadtests.processes import named
from loadtests.shown_over_http import PublicFiles
from loadtests.verdict import Outage

RECOVERY_S = 60.0


def kill(site: Site, name: str) -> Outage:
    """Kill `api-0`, `publisher` or `postgres`, and wait until it is back and files are fresh."""
    began, moment = time.monotonic(), datetime.now(UTC)
    killed = _kill_postgres(site) if name == "postgres" else _kill_named(site, name)
    while not _is_back(site, name, killed, moment):
        assert time.monotonic() < began + RECOVERY_S, f"{name} does not come back"
        time.sleep(0.1)
    return Outage(began, time.monotonic())


def _kill_named(site: Site, name: str) -> int:
    process = named(site.stack.pid, name)
    process.kill()
    return process.pid


def _kill_postgres(site: Site) -> int:
    """Kill every process of the database at once, as a machine that loses power does."""
    first = psutil.Process(postgres_pid(site.home))
    for process in [first, *first.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return first.pid


def _is_back(site: Site, name: str, killed: int, since: datetime) -> bool:
    files = PublicFiles(site.url)
    try:
        now = postgres_pid(site.home) if name == "postgres" else named(site.stack.pid, name).pid
        return now != killed and site.stack.is_ready() and files.checked_at() > since
    except (OSError, LookupError, IndexError):
        return False
    finally:
        files.close()
