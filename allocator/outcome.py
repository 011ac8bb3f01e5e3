"""The outcome of a plan folder, `result.json`: what may be read of a plan without its tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from allocator.errors import InputError

RESULT = "result.json"


def read_result(folder: Path) -> dict[str, Any]:
    """Read `result.json` of a plan folder, or raise InputError."""
    path = folder / RESULT
    if not path.is_file():
        raise InputError(path, "file is missing; is this a plan folder?")
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(path, f"not JSON: {error}", getattr(error, "lineno", None)) from None
    if not isinstance(result, dict):
        raise InputError(path, "not a JSON object")
    return result
