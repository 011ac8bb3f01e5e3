"""Running the key service: a process of its own, which ends what it has begun before it stops."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from functools import partial

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from allocator.errors import InputError
from api.keyservice.app import Rules, create_app
from api.keyservice.key_file import CampaignKey

STOP_WITHIN_S = 10


def serve(
    keys: Sequence[CampaignKey], rules: Rules, host: str, port: int, ready: Callable[[], None]
) -> None:
    """Serve until told to stop (SIGINT, SIGTERM); no access is logged.

    One worker: it counts what everybody asks for, and has room for many national peaks.

    Parameters
    ----------
    ready
        Called when the port is taken and callers may connect.

    Raises
    ------
    InputError
        When the port cannot be taken.
    """
    _check_free(host, port)
    server = Granian(
        "creneau keyservice", host, port, interface=Interfaces.ASGI, workers=1, websockets=False,
        log_access=False, log_level=LogLevels.warning, workers_kill_timeout=STOP_WITHIN_S,
    )  # fmt: skip
    server.on_startup(ready)
    server.serve(target_loader=partial(create_app, keys, rules), wrap_loader=False)


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(f"{host}:{port}", f"cannot be listened at: {error.strerror}") from None
