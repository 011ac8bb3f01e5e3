"""Processes of one installation: what children are told, and that none outlives its parent."""

from __future__ import annotations

import os
import signal
import threading

from api.settings import Settings

STANDARD_INPUT = 0


def environment_of(settings: Settings) -> dict[str, str]:
    """Say settings as environment variables, so that a child has the same.

    Identity providers stay where they are, in the environment that children inherit: a dump shows
    no secrets.
    """
    said = settings.model_dump(mode="json", exclude_none=True, exclude={"identity_providers"})
    return {f"CRENEAU_{name.upper()}": str(value) for name, value in said.items()}


def die_with_parent() -> None:
    """End this process, as if told to stop, when whoever holds its standard input is gone.

    A parent that is killed closes its end of the pipe; nothing is ever written to it.
    """

    def watch() -> None:
        # The file itself: a buffer that a thread waits in cannot be closed when the process ends.
        while os.read(STANDARD_INPUT, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
