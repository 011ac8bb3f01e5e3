"""The memory of running processes, read while they stand still."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

CHUNK, OVERLAP = 4 << 20, 4096
_REGION = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) (\S+) (\S+) (\d+) *(.*)")
_KERNEL = ("[vvar", "[vdso", "[vsyscall")


@dataclass(frozen=True)
class Region:
    """A part of the memory of a process; `shared` names what several processes see."""

    start: int
    end: int
    shared: tuple[str, str, str] | None


@contextmanager
def standing_still(processes: Sequence[psutil.Process]) -> Iterator[None]:
    """Stop processes for a while."""
    stopped = []
    try:
        for process in processes:
            process.send_signal(signal.SIGSTOP)
            stopped.append(process)
        yield
    finally:
        for process in reversed(stopped):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


def regions_of(pid: int) -> list[Region]:
    """Parts that a process can have written to: not what lies unchanged in a file."""
    found = []
    with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as maps:  # noqa: PTH123
        for line in maps:
            match = _REGION.match(line)
            assert match, line
            start, end, rights, offset, device, inode, path = match.groups()
            if rights[0] != "r" or path.startswith(_KERNEL) or (rights[1] != "w" and inode != "0"):
                continue
            shared = (device, inode, offset) if rights[3] == "s" else None
            found.append(Region(int(start, 16), int(end, 16), shared))
    return found


def chunks_of(pid: int, seen: set[tuple[str, str, str]]) -> Iterator[bytes]:
    """Give the memory of a process in parts that overlap a little.

    Parameters
    ----------
    seen
        What several processes see and was given already; added to.
    """
    memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    try:
        for region in regions_of(pid):
            if region.shared is not None:
                if region.shared in seen:
                    continue
                seen.add(region.shared)
            for start in range(region.start, region.end, CHUNK):
                try:
                    chunk = os.pread(memory, min(CHUNK + OVERLAP, region.end - start), start)
                except OSError:
                    continue  # pages that are there by name only
                if chunk.strip(b"\0"):
                    yield chunk
    finally:
        os.close(memory)
