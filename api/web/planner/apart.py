"""Asking for what takes seconds, once: prepared in a process, kept beside the plan."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import defaultdict
from pathlib import Path

from allocator.errors import InputError
from allocator.outcome import RESULT
from api.planning.orders import PlanFolders
from api.problems import Unavailable
from api.processes import environment_of
from api.settings import Settings

MODULE = "api.web.planner.prepare"
BROKEN = 3
"""Its exit status when what was asked for breaks a rule; the rule is on standard error."""
DERIVED = "derived"
"""Folder beside instance and plan; whatever is in it can be made again."""
_AT_ONCE = asyncio.Semaphore(1)
_turns: defaultdict[Path, asyncio.Lock] = defaultdict(asyncio.Lock)


async def prepared(settings: Settings, kind: str, *arguments: str) -> bytes:
    """Prepare something now.

    Raises
    ------
    InputError
        With the rule that the plan or its instance breaks.
    Unavailable
        When the process ended otherwise.
    """
    async with _AT_ONCE:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", MODULE, kind, *arguments,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, env=os.environ | environment_of(settings),
        )  # fmt: skip
        try:
            out, said = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
    if process.returncode == BROKEN:
        raise InputError(kind, said.decode(errors="replace"))
    if process.returncode != 0:
        raise Unavailable("this could not be prepared; the log of the server says why")
    return out


async def kept(settings: Settings, folders: PlanFolders, kind: str, *more: str) -> bytes:
    """Give what was prepared of a plan before, as long as it is still that plan."""
    path = folders.plan.with_name(DERIVED) / "-".join((kind, *more))
    async with _turns[path]:
        if not _is_fresh(path, folders.plan / RESULT):
            content = await prepared(settings, kind, folders.name, *more)
            path.parent.mkdir(exist_ok=True)
            draft = path.with_name(f".{path.name}.{os.getpid()}")
            draft.write_bytes(content)
            draft.replace(path)
        return path.read_bytes()


def _is_fresh(path: Path, result: Path) -> bool:
    return path.exists() and path.stat().st_mtime_ns >= result.stat().st_mtime_ns
