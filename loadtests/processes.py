"""What processes cost: processor time and memory, of one and all below it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import psutil


def tree(pid: int) -> Iterator[psutil.Process]:
    """Give a process and all below it; nothing when it has gone."""
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        yield root
        yield from root.children(recursive=True)


def cpu_s(pid: int) -> float:
    """Seconds of processor time a process and those below it, ended ones included, have used."""
    total = 0.0
    for process in tree(pid):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
            if process.pid == pid:
                total += times.children_user + times.children_system
    return total


def memory_mb(pid: int, name: str) -> float:
    """Memory in use of a process of an installation, or raise LookupError."""
    return float(named(pid, name).memory_info().rss) / 1e6


def named(pid: int, name: str) -> psutil.Process:
    """Find a process of an installation by the name its parent gave it.

    Raises
    ------
    LookupError
        When the installation has no such process.
    """
    for process in tree(pid):
        with suppress(psutil.NoSuchProcess):
            words = process.cmdline()
            if "--name" in words and words[words.index("--name") + 1] == name:
                return process
    raise LookupError(name)
