"""Runs `creneau` the way its users do: a process of its own, one JSON object on standard output."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CRENEAU = Path(sysconfig.get_path("scripts")) / "creneau"


@dataclass(frozen=True, slots=True)
class Run:
    """A finished command.

    exit_status
        0 on success.
    seconds
        Wall time from its start to its end, the interpreter's own start included.
    printed
        What it printed with `--json`; empty when it printed nothing.
    """

    exit_status: int
    seconds: float
    printed: Mapping[str, Any]


def creneau(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end; its progress and its complaints go to our standard error."""
    started = time.monotonic()
    done = subprocess.run(
        [CRENEAU, *arguments, "--json"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
        env={**os.environ, **(environment or {})}, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - started
    return Run(done.returncode, seconds, json.loads(done.stdout) if done.stdout.strip() else {})
