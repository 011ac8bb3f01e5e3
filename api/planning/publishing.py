"""A plan published: every centre in a transaction of its own, several at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import perf_counter
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from api.capacity import service
from api.capacity.publication import Publication
from api.capacity.rebooking.again import place_displaced
from api.capacity.rebooking.report import rebooked
from api.capacity.windows import date_of
from api.capacity.withhold import Missing, Withholding
from api.database.engine import hot_pool
from api.database.hot import HotConnection
from api.planning.folder import publications, read_plan_to_publish
from api.planning.orders import Options
from api.planning.store import write_reference

AT_A_TIME = 2
"""Centres in work at once: while one is written, the next is laid out."""
LOCK_TIMEOUT_MS = 5000
SLOT_KINDS = ("added", "removed", "raised", "lowered", "shares")
QUOTA_KINDS = ("added", "removed", "raised", "lowered", "release")
REBOOKED_KINDS = ("moved", "other_centre", "displaced", "released")
Watcher = Callable[[float], None]
"""Told the share of the centres that is done."""


@dataclass(slots=True)
class Tally:
    """Changes of all centres, added up; keys of `summary` are those of `publish --json`."""

    publication_id: UUID
    source: str
    centres: int = 0
    changed: int = 0
    doses: int = 0
    missing: list[Missing] = field(default_factory=list)
    slots: Counter[str] = field(default_factory=Counter)
    quotas: Counter[str] = field(default_factory=Counter)
    rebooked: Counter[str] = field(default_factory=Counter)
    bookings: list[Mapping[str, object]] = field(default_factory=list)

    def add(self, centre_id: int, published: service.Published) -> None:
        """Add one centre."""
        self.centres += 1
        self.missing += [
            Missing(centre_id, product_id, date_of(monday), doses)
            for (product_id, monday), doses in published.beyond_plan.items()
        ]
        changes = published.changes
        if changes is not None:
            self.changed += 1
            self.doses += changes.doses
            self.slots.update(changes.slots)
            self.quotas.update(changes.quotas)
            self.rebooked.update(changes.rebooked.counts)
            self.bookings += changes.rebooked.bookings

    def summary(self, nowhere: int, seconds: float) -> dict[str, object]:
        """Say it as one object; `nowhere` doses for bookings beyond the plan were not found."""
        beyond = sum(missing.doses for missing in self.missing)
        return {
            "publication": str(self.publication_id),
            "source": self.source,
            "centres": self.centres,
            "changed": self.changed,
            "doses": self.doses - (beyond - nowhere),
            "slots": {kind: self.slots[kind] for kind in SLOT_KINDS},
            "quotas": {kind: self.quotas[kind] for kind in QUOTA_KINDS},
            "beyond_plan": {"booked": beyond, "without_dose": nowhere},
            "rebooked": {kind: self.rebooked[kind] for kind in REBOOKED_KINDS},
            "bookings": self.bookings,
            "seconds": round(seconds, 3),
        }


def publish_folders(
    url: str,
    instance: Path,
    plan: Path,
    options: Options,
    publication_id: UUID,
    now: datetime,
    watch: Watcher = lambda _share: None,
) -> dict[str, object]:
    """Publish a plan folder and say what changed.

    Raises
    ------
    InputError
        When a folder breaks a rule; nothing is published.
    """
    return asyncio.run(_publish(url, instance, plan, options, publication_id, now, watch))


async def _publish(
    url: str,
    instance: Path,
    plan_folder: Path,
    options: Options,
    publication_id: UUID,
    now: datetime,
    watch: Watcher,
) -> dict[str, object]:
    began = perf_counter()
    plan = read_plan_to_publish(instance, plan_folder)
    tally = Tally(publication_id, plan.source)
    pool = hot_pool(
        url, lock_timeout_ms=LOCK_TIMEOUT_MS, application="creneau-publish", size=AT_A_TIME
    )
    async with pool:
        async with pool.connection() as connection:
            ids = await write_reference(connection, plan.reference)
            campaign = await service.Campaign.read(connection)
        work = publications(plan, ids, options)
        each = _Centres(pool, work, campaign, publication_id, now, tally, watch,
                        len(plan.reference.centres))  # fmt: skip
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_A_TIME):
                group.create_task(each.publish_some())
        async with pool.connection() as connection:
            search = Withholding(connection, plan.instance.start, publication_id, plan.source, now)
            nowhere = await search.make_up(tally.missing)
            waited = rebooked(await place_displaced(connection, now), ids.centre_codes)
    summary = tally.summary(nowhere, perf_counter() - began)
    others = len(ids.centres) - tally.centres
    return summary | {"displaced_before": waited.counts, "other_centres": others}


@dataclass(frozen=True, slots=True)
class _Centres:
    """Publications handed out one by one."""

    pool: AsyncConnectionPool[HotConnection]
    work: Iterator[Publication]
    campaign: service.Campaign
    publication_id: UUID
    now: datetime
    tally: Tally
    watch: Watcher
    number: int

    async def publish_some(self) -> None:
        async with self.pool.connection() as connection:
            for publication in self.work:
                published = await self._publish(connection, publication)
                self.tally.add(publication.centre_id, published)
                self.watch(self.tally.centres / self.number)

    async def _publish(
        self, connection: AsyncConnection, publication: Publication
    ) -> service.Published:
        return await service.publish(
            connection, publication, self.campaign, self.publication_id, self.now
        )
