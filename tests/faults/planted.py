"""A copy of the application with a bug in it, which every process started from here then runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT


def plant(monkeypatch: pytest.MonkeyPatch, folder: Path, *changes: tuple[str, str, str]) -> None:
    """Copy `api`, change some of its lines, and let it be found before the real one.

    Parameters
    ----------
    changes
        A file below `api`, the text in it, once, and what stands there instead.
    """
    copy = folder / "api"
    leave_out = shutil.ignore_patterns("node_modules", "__pycache__")
    shutil.copytree(CHECKOUT / "api", copy, ignore=leave_out)
    for name, right, wrong in changes:
        text = (copy / name).read_text(encoding="utf-8")
        assert text.count(right) == 1, f"{name} has changed: plant the bug anew"
        (copy / name).write_text(text.replace(right, wrong), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.chdir(folder)  # `python -m` looks there first
