"""The application: rooms mounted on one FastAPI app, resources opened and closed with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from api import health
from api.booking import endpoints as booking
from api.booking.service import open_desk
from api.capacity import endpoints as capacity
from api.clock import Clock, now
from api.context import Context, open_context
from api.feeds.serving import PublicFiles
from api.keyring import endpoints as keyring
from api.openapi import install_openapi
from api.planning import endpoints as planning
from api.problem_handlers import install_problems
from api.queue import endpoints as queue
from api.queue.clerk import open_clerk
from api.settings import Settings
from api.staff import bookings as staff_bookings
from api.staff import custody
from api.staff import endpoints as staff
from api.staff.access import BEARER, actor_of, bearer_token
from api.staff.signon import endpoints as sign_on
from api.staff.signon import passkey_endpoints
from api.staff.signon.desk import SignOnDesk, session_cookie
from api.waiting import endpoints as waiting
from api.waiting.service import WaitingList
from api.web.planner.routers import install_planner
from api.web.serving import Pages
from api.web.vouched import vouched_for
from api.worker.queue import JobQueue

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""Addresses of requests go nowhere, whatever the environment asks of the framework: `api.metrics`
and `api.observed` say what may be said. Asking the environment at each request would cost, too."""


def create_app(settings: Settings, *, clock: Clock = now) -> FastAPI:
    """Build the application of one worker process.

    Parameters
    ----------
    settings
        With `database_url` set: an embedded database is started by whoever starts the workers.
    clock
        Gives the time, aware; tests set it.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        url = settings.database_url
        assert url is not None, "whoever starts a worker tells it where the database is"
        queue = JobQueue(url)
        async with open_context(settings, clock) as context, open_desk(context) as desk:
            app.state.context = context
            app.state.enqueue_publication = queue.publish
            app.state.enqueue_solution = queue.solve
            app.state.booking = desk
            app.state.waiting = WaitingList(context, desk)
            async with open_clerk(context, lambda: desk.pressure) as clerk:
                app.state.queue = clerk
                yield

    app = FastAPI(title="Créneau", version="1", lifespan=lifespan, openapi_url="/api/openapi.json",
                  docs_url=None, redoc_url=None, telemetry=NO_TELEMETRY)  # fmt: skip
    install_problems(app)
    app.state.sign_ons = (bearer_token, session_cookie)
    app.state.sign_on = SignOnDesk(settings)
    app.state.actor_of = actor_of
    app.include_router(booking.router)
    app.include_router(capacity.router, dependencies=[BEARER])
    app.include_router(staff.router)
    app.include_router(staff_bookings.router)
    app.include_router(passkey_endpoints.router)
    app.include_router(sign_on.router)
    app.include_router(custody.router)
    app.include_router(keyring.router)
    app.include_router(planning.router, dependencies=[BEARER])
    app.include_router(waiting.router)
    app.include_router(waiting.staff_router)
    app.include_router(queue.router)
    app.include_router(health.router)
    install_planner(app)
    rooms = (booking, capacity, staff, sign_on, custody, keyring, planning, waiting, queue, health)
    install_openapi(app, [struct for room in rooms for struct in room.STRUCTS])
    # Last, so that it stands before everything else and a read costs nothing else.
    app.add_middleware(PublicFiles, folder=settings.public_folder, public_url=settings.public_url)
    app.add_middleware(Pages, ask=lambda: vouched_for(context_of(app).hot))
    return app


def context_of(app: FastAPI) -> Context:
    """Resources of a running application."""
    context = app.state.context
    assert isinstance(context, Context)
    return context
