"""Publishing on order: the job a worker runs, minutes long and with a processor to itself."""

from __future__ import annotations

from uuid import UUID

import msgspec
import psycopg

from allocator.errors import InputError
from api.clock import Clock
from api.planning import jobs_store
from api.planning.jobs_store import PUBLICATIONS
from api.planning.orders import PlanFolders, PublicationOrder, PublicationState
from api.planning.publishing import publish_folders
from api.problems import NotFound
from api.settings import Settings


def run_publication(settings: Settings, publication_id: UUID, clock: Clock) -> PublicationState:
    """Publish what was ordered under an id, and keep the end of it; a second run starts anew.

    Parameters
    ----------
    settings
        With `database_url` set.

    Raises
    ------
    LookupError
        When nothing was ordered under this id (or it was too long ago).
    """
    url = settings.database_url
    assert url is not None, "whoever starts a worker tells it where the database is"
    with psycopg.connect(url, autocommit=True) as connection:
        found = jobs_store.find(connection, PUBLICATIONS, publication_id)
        if found is None:
            raise LookupError(publication_id)
        order = msgspec.convert(found.order, PublicationOrder)
        state = PublicationState(publication_id, order.plan, "running")
        jobs_store.keep(connection, PUBLICATIONS, publication_id, msgspec.to_builtins(state))
        try:
            folders = PlanFolders.named(settings, order.plan)
            summary = publish_folders(
                url, folders.instance, folders.plan, order.options(), publication_id, clock()
            )
            state = msgspec.structs.replace(state, status="done", summary=summary)
        except (InputError, NotFound) as error:
            state = msgspec.structs.replace(state, status="failed", message=str(error))
        jobs_store.keep(connection, PUBLICATIONS, publication_id, msgspec.to_builtins(state))
        return state
