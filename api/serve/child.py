"""One process of an installation, started again whenever it ends by itself.

`api.serve.run` runs in it, and says on its standard output when it is ready.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog

READY_S = 120.0
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
STEADY_S = 10.0
"""A process that lived for so long was well: its next start is not delayed."""
TRIES = 3
"""Starts of a process that has never been ready."""
log = structlog.get_logger()


class NeverReadyError(Exception):
    """A process ended several times before it was ready even once."""


@dataclass(slots=True)
class Child:
    """A process and how it is started.

    name
        How logs call it.
    arguments
        Its kind, and the options of that.
    facts
        What it said when it was ready.
    """

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    facts: dict[str, Any] = field(default_factory=dict)
    _process: Process | None = None
    _stopping: bool = False

    async def keep(self) -> None:
        """Run it until `stop`, again and again.

        Raises
        ------
        NeverReadyError
            When it has never been ready, and never will.
        """
        pause, tries = SHORTEST_PAUSE_S, 0
        while not self._stopping:
            lived, status = await self._run_once()
            if self._stopping:
                return
            tries += 1
            if not self.ready.is_set() and tries >= TRIES:
                raise NeverReadyError(self.name)
            log.warning("process-died", name=self.name, status=status, lived_s=round(lived, 1))
            pause = SHORTEST_PAUSE_S if lived >= STEADY_S else min(2 * pause, LONGEST_PAUSE_S)
            await asyncio.sleep(pause)

    async def _run_once(self) -> tuple[float, int]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "api.serve.run", *self.arguments,
            # A group of its own: Ctrl-C is for the parent, which stops its children in order.
            stdin=PIPE, stdout=PIPE, start_new_session=True, env=os.environ | self.environment,
        )  # fmt: skip
        self._process = process
        if self._stopping:
            process.terminate()
        assert process.stdout is not None
        with suppress(TimeoutError, ValueError):
            said = await asyncio.wait_for(process.stdout.readline(), READY_S)
            if said:
                self.facts = json.loads(said)
                self.ready.set()
                log.info("process-ready", name=self.name, pid=process.pid)
        status = await process.wait()
        self._process = None
        return loop.time() - began, status

    async def stop(self, within_s: float) -> None:
        """Tell it to stop, and kill it when it does not within a time."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), within_s)
        except TimeoutError:
            log.warning("process-killed", name=self.name)
            self.kill()
            await process.wait()

    def kill(self) -> None:
        """Kill it."""
        self._stopping = True
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
