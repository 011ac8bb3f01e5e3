"""One worker of the API: granian around the application, stopped without losing an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from prometheus_client import REGISTRY

from api.app import create_app
from api.booking.service import BookingDesk
from api.clock import now
from api.metrics import Now
from api.observed import Observed
from api.settings import Settings

BACKLOG = 1024
"""Connections that wait to be accepted, and requests that are answered at once."""
PATIENCE_S = 30.0
LOOK_S = 0.02


async def serve_api(
    settings: Settings, host: str, port: int, stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    """Serve until `stop` is set; then finish what was accepted.

    First no connection is accepted any more and every request that is under way is answered,
    then the booking queues are emptied and the database is left.

    Parameters
    ----------
    port
        Shared with the other workers.
    ready
        Called when connections are accepted.
    """
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        desk: BookingDesk = app.state.booking
        REGISTRY.register(Now(lambda: places_left(desk), settings.public_folder, now))
        server: Any = Server(
            Observed(app), address=host, port=port, interface=Interfaces.ASGINL,
            http=HTTPModes.http1, websockets=False, backlog=BACKLOG, backpressure=BACKLOG,
            log_enabled=False,
        )  # fmt: skip
        serving = asyncio.create_task(server.serve())
        await _accepting(host, port, serving)
        ready()
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        server.stop()
        await serving


async def _accepting(host: str, port: int, serving: asyncio.Task[None]) -> None:
    """Wait until connections are accepted."""
    async with asyncio.timeout(PATIENCE_S):
        while not serving.done():
            with suppress(OSError):
                _, writer = await asyncio.open_connection(host, port)
                writer.close()
                await writer.wait_closed()
                return
            await asyncio.sleep(LOOK_S)
    await serving


def places_left(desk: BookingDesk) -> dict[str, int]:
    """Operations each booking queue takes now."""
    groups = {
        "holds": desk.holds,
        "confirmations": desk.confirmations,
        "changes": desk.changes,
        "reads": desk.reads,
    }
    return {name: group.places_left for name, group in groups.items()}
