"""A publication tried and taken back: what it would change, before anybody decides."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from api.capacity import service
from api.capacity.publication import Publication
from api.database.engine import hot_pool
from api.database.hot import HotConnection
from api.planning.folder import PlanToPublish, publications, read_plan_to_publish
from api.planning.orders import Options
from api.planning.publishing import LOCK_TIMEOUT_MS
from api.planning.rehearsed import CentreChange, Rehearsal, WeekChange
from api.planning.store import Ids, read_ids

WeekKey = tuple[date, str, int]
"""Monday, product, dose rank."""


class _TakenBackError(Exception):
    """Ends the transaction of a rehearsal; carries what was found in it."""

    def __init__(self, published: service.Published) -> None:
        super().__init__()
        self.published = published


async def _take_back(_connection: AsyncConnection, published: service.Published) -> None:
    raise _TakenBackError(published)


def rehearse_folders(
    url: str, instance: Path, plan: Path, options: Options, now: datetime
) -> Rehearsal:
    """Publish every centre that is known, each in a transaction that is rolled back.

    What changes in the reference tables alone (names, rules) is not told. A centre is locked for
    the moment its own publication takes, as it is when a plan is published.

    Raises
    ------
    InputError
        When a folder breaks a rule.
    """
    return asyncio.run(_rehearse(url, read_plan_to_publish(instance, plan), options, now))


async def _rehearse(url: str, plan: PlanToPublish, options: Options, now: datetime) -> Rehearsal:
    pool = hot_pool(url, lock_timeout_ms=LOCK_TIMEOUT_MS, application="creneau-rehearse", size=1)
    async with pool, pool.connection() as connection:
        known = await read_ids(connection)
        campaign = await service.Campaign.read(connection)
    ids = _with_new(known, plan)
    vials = {ids.products[p.code]: p.doses_per_vial for p in plan.reference.products}
    campaign = service.Campaign(campaign.centres, {**vials, **campaign.doses_per_vial})
    tally = _Tally(plan, ids)
    pool = hot_pool(url, lock_timeout_ms=LOCK_TIMEOUT_MS, application="creneau-rehearse", size=1)
    async with pool:
        for publication in publications(plan, ids, options):
            if publication.centre_id in campaign.centres:
                tally.add(publication, await _tried(pool, publication, campaign, now))
            else:
                tally.add_new(publication)
    return tally.rehearsal()


async def _tried(
    pool: AsyncConnectionPool[HotConnection], publication: Publication,
    campaign: service.Campaign, now: datetime,
) -> service.Published:  # fmt: skip
    async with pool.connection() as connection:
        try:
            await service.publish(connection, publication, campaign, uuid4(), now, then=_take_back)
        except _TakenBackError as taken_back:
            return taken_back.published
    raise AssertionError("a rehearsal was not taken back")


def _with_new(known: Ids, plan: PlanToPublish) -> Ids:
    """Ids that things of the plan have, and some for those that are new: nobody will see them."""

    def fill(ids: Mapping[str, int], codes: list[str]) -> dict[str, int]:
        free = max(ids.values(), default=0) + 1
        new = [code for code in codes if code not in ids]
        return {**ids, **{code: free + i for i, code in enumerate(new)}}

    instance = plan.instance
    return Ids(
        fill(known.centres, list(instance.centres.ids)),
        fill(known.products, list(instance.products.ids)),
        fill(known.classes, list(instance.classes.ids)),
    )


@dataclass(slots=True)
class _Tally:
    """Changes added up as they are found."""

    plan: PlanToPublish
    ids: Ids
    weeks: dict[WeekKey, list[int]] = field(default_factory=dict)
    centres: list[CentreChange] = field(default_factory=list)
    unchanged: int = 0
    new_centres: int = 0
    new_doses: int = 0
    rebooked: Counter[str] = field(default_factory=Counter)
    beyond: int = 0

    def add(self, publication: Publication, published: service.Published) -> None:
        """Add a centre that was tried."""
        beyond = sum(published.beyond_plan.values())
        self.beyond += beyond
        changes = published.changes
        if changes is None or not (changes.days or changes.rebooked.counts):
            self.unchanged += 1
            return
        products = {id_: code for code, id_ in self.ids.products.items()}
        before = after = 0
        for day, product, rank, old, new in changes.days:
            found = date.fromisoformat(day)
            monday = found - timedelta(days=found.weekday())
            sums = self.weeks.setdefault((monday, products[product], rank), [0, 0])
            sums[0] += old
            sums[1] += new
            before, after = before + old, after + new
        self.rebooked.update(changes.rebooked.counts)
        code = self.ids.centre_codes[publication.centre_id]
        lost = changes.rebooked.counts.get("displaced", 0)
        self.centres.append(CentreChange(code, self._name(code), before, after, lost, beyond))

    def add_new(self, publication: Publication) -> None:
        """Add a centre that the campaign does not have yet."""
        self.new_centres += 1
        products = {id_: code for code, id_ in self.ids.products.items()}
        for session in publication.sessions:
            monday = session.day - timedelta(days=session.day.weekday())
            key = (monday, products[session.product_id], session.dose_rank)
            self.weeks.setdefault(key, [0, 0])[1] += session.slots
            self.new_doses += session.slots

    def _name(self, code: str) -> str:
        centres = self.plan.instance.centres
        return centres.names[centres.ids.index(code)]

    def rehearsal(self) -> Rehearsal:
        """Say it as one object."""
        self.centres.sort(key=lambda c: (-c.displaced, -abs(c.after - c.before), c.centre))
        weeks = tuple(
            WeekChange(*key, before, after)
            for key, (before, after) in sorted(self.weeks.items()) if before != after
        )  # fmt: skip
        return Rehearsal(
            self.plan.source, weeks, tuple(self.centres), self.unchanged, self.new_centres,
            self.new_doses, dict(self.rebooked), self.beyond,
        )  # fmt: skip
