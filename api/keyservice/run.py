"""Running the key service: a process of its own, which ends what it has begun before it stops."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from starlette.applications import Starlette

from allocator.errors import InputError
from api.keyservice.app import Rules, create_app
from api.keyservice.key_file import CampaignKey

STOP_WITHIN_S = 10
_LOOK_EVERY_S = 0.02


def serve(keys: Sequence[CampaignKey], rules: Rules, host: str, port: int, greeting: str) -> None:
    """Serve until told to stop (SIGINT, SIGTERM); no access is logged.

    One worker: it counts what everybody asks for, and has room for many national peaks.

    Parameters
    ----------
    greeting
        Printed when the service takes calls.

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
    load = partial(_greeting_app, keys, rules, host, port, greeting)
    server.serve(target_loader=load, wrap_loader=False)


def _greeting_app(
    keys: Sequence[CampaignKey], rules: Rules, host: str, port: int, greeting: str
) -> Starlette:
    """Application that says when it can be reached; built in the worker."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        greet = asyncio.create_task(_greet(host, port, greeting))
        yield
        greet.cancel()

    return create_app(keys, rules, lifespan=lifespan)


async def _greet(host: str, port: int, greeting: str) -> None:
    """Print the greeting once the port answers: the worker listens only after it has started."""
    while True:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(_LOOK_EVERY_S)
        else:
            writer.close()
            print(greeting, flush=True)
            return


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(f"{host}:{port}", f"cannot be listened at: {error.strerror}") from None
