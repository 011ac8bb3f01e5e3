"""Refresh the pinned versions in pyproject.toml: the whole resolved set, without addresses.

The lock file names the registry it came from and stays out of git. What is kept of it are the
versions, as constraints: `uv run` then finds the same set on any machine, from any registry.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
RUN_TIME, BUILD_TIME = "constraint-dependencies", "build-constraint-dependencies"
EDITABLE_BUILD = "editables"  # hatchling asks for it when it installs a checkout
UNTOUCHED = ("--no-header", "--no-annotate")


def resolve(pyproject: str) -> dict[str, list[str]]:
    """Newest versions that the ranges of a pyproject.toml allow, by the list they belong in."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "pyproject.toml").write_text(pyproject, encoding="utf-8")
        wanted = tomllib.loads(pyproject)["build-system"]["requires"]
        (folder / "build.in").write_text("\n".join([*wanted, EDITABLE_BUILD]), encoding="utf-8")
        _uv(folder, "lock")
        run_time = _uv(folder, "export", "--all-groups", "--no-hashes", "--no-emit-project",
                       "--frozen", *UNTOUCHED)  # fmt: skip
        build_time = _uv(folder, "pip", "compile", "build.in", "--universal", *UNTOUCHED)
    return {RUN_TIME: pins(run_time), BUILD_TIME: pins(build_time)}


def pins(requirements: str) -> list[str]:
    """`name==version` lines; a marker stays only where it tells versions of one package apart."""
    lines = [line.strip() for line in requirements.splitlines() if "==" in line]
    versions = Counter(line.partition("==")[0] for line in lines)
    return [
        line if versions[line.partition("==")[0]] > 1 else line.partition(";")[0].strip()
        for line in lines
    ]


def with_pins(pyproject: str, pinned: dict[str, list[str]]) -> str:
    """Replace the lists of constraints in the text of a pyproject.toml, and nothing else."""
    for key, lines in pinned.items():
        entries = "".join(f"    {json.dumps(line)},\n" for line in lines)
        block = f"{key} = [\n{entries}]" if entries else f"{key} = []"
        pattern = re.compile(rf"^{key} = \[.*?\]$", re.MULTILINE | re.DOTALL)
        pyproject, count = pattern.subn(lambda _, block=block: block, pyproject)
        if count != 1:
            sys.exit(f"pyproject.toml must hold the list {key} once, not {count} times.")
    return pyproject


def _uv(folder: Path, *arguments: str) -> str:
    """Run uv in a folder and return what it prints, or end with its message."""
    command = [shutil.which("uv") or "uv", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def main() -> None:
    """Write the newest allowed versions, after proving that they resolve to themselves."""
    before = PYPROJECT.read_text(encoding="utf-8")
    pinned = resolve(with_pins(before, {RUN_TIME: [], BUILD_TIME: []}))
    after = with_pins(before, pinned)
    if resolve(after) != pinned:
        sys.exit("The pinned versions do not resolve to themselves; nothing was written.")
    PYPROJECT.write_text(after, encoding="utf-8")
    print(f"{len(pinned[RUN_TIME])} + {len(pinned[BUILD_TIME])} versions pinned in pyproject.toml.")


if __name__ == "__main__":
    main()
