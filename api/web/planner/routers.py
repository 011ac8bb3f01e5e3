"""All pages of the planner, for the application to mount."""

from __future__ import annotations

from fastapi import FastAPI

from api.web.planner import campaign, plans, publication, runs, scenarios, signing_in


def install_planner(app: FastAPI) -> None:
    """Mount the pages."""
    for room in (signing_in, scenarios, runs, plans, publication, campaign):
        app.include_router(room.router)
