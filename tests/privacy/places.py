"""Where a server may keep people: dump, backup, folders, messages, memory; each is searched."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from loadtests.postgres import program
from tests.privacy.memory import chunks_of, standing_still
from tests.privacy.recorder import Message
from tests.privacy.scanner import Hit, Scanner


@dataclass
class Search:
    """A search of many places.

    hits
        By kind of place.
    searched
        Bytes that were looked at, by kind of place and name.
    """

    scanner: Scanner
    hits: dict[str, set[Hit]] = field(default_factory=dict)
    searched: Counter[tuple[str, str]] = field(default_factory=Counter)

    def data(self, kind: str, name: str, data: bytes, *, packing: str = "") -> None:
        """Search bytes."""
        self._add(kind, name, len(data), self.scanner.search(name, data, packing=packing))

    def folder(self, kind: str, folder: Path) -> None:
        """Search every file below a folder."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                name = str(path.relative_to(folder))
                self._add(kind, name, path.stat().st_size, self.scanner.search_file(path, name))

    def messages(self, kind: str, messages: Iterable[Message]) -> None:
        """Search what was sent: first lines and headers, then bodies."""
        for message in messages:
            self.data(f"{kind} {message.what}s", "head", message.head)
            self.data(f"{kind} {message.what}s", "body", message.body, packing=message.packing)

    def memory(self, processes: Sequence[psutil.Process]) -> None:
        """Search the memory of processes, all of them standing still."""
        seen: set[tuple[str, str, str]] = set()
        with standing_still(processes):
            for process in processes:
                name = name_of(process)
                for chunk in chunks_of(process.pid, seen):
                    self._add("memory", name, len(chunk), self.scanner.search(name, chunk))

    def add(self, kind: str, other: Search) -> None:
        """Take over what another search found, as one kind of place."""
        for (_, name), size in other.searched.items():
            self._add(kind, name, size, set())
        self.hits[kind] = set().union(*other.hits.values())

    def _add(self, kind: str, name: str, size: int, hits: set[Hit]) -> None:
        self.searched[kind, name] += size
        self.hits.setdefault(kind, set()).update(hits)


def dump(url: str, *options: str) -> bytes:
    """Dump a database as text."""
    return _run("pg_dump", *options, url)


def backup(url: str, folder: Path) -> None:
    """Copy a running server as its operator would, with the log that makes the copy whole."""
    _run("pg_basebackup", "--dbname", url, "--pgdata", folder, "--checkpoint=fast")


def processes_below(*pids: int) -> list[psutil.Process]:
    """List processes and all that they started, each once, but not this one."""
    found: dict[int, psutil.Process] = {}
    for pid in pids:
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            if each.pid != os.getpid() and each.status() != psutil.STATUS_ZOMBIE:
                found.setdefault(each.pid, each)
    return list(found.values())


def name_of(process: psutil.Process) -> str:
    """Name a process by what it says of itself."""
    words = process.cmdline()
    if "--name" in words:
        return words[words.index("--name") + 1]
    if words and words[0].startswith("postgres:"):
        return " ".join(words)[:40].strip()
    plain = [Path(word).name for word in words[1:] if not word.startswith(("-", "/"))]
    return " ".join(["creneau", *plain[:1]] if words[1].endswith("/creneau") else plain[:1])


def _run(name: str, *words: str | Path) -> bytes:
    done = subprocess.run([program(name), *words], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
