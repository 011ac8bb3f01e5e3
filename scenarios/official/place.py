"""Where the official files lie on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

VARIABLE = "CRENEAU_DATA"


def data_folder() -> Path:
    """Folder of the official files: `CRENEAU_DATA`, else `data` in the user's data directory."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    return user_data_path("creneau") / "data"
