"""The schema and the statements of booking can be distributed without being designed anew."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import MetaData

from api.booking.expiry import expire_holds
from api.booking.store import locks, overdue, reference, writing
from api.database.engine import open_sync_engine
from api.database.hot import HotConnection, Statement
from api.database.tables import metadata
from api.problems import Problem
from tests.balance import broken_rules
from tests.booking import Hands, Visitor, opened
from tests.campaign import MONDAY, fill_campaign
from tests.contract.schema_rules import RULES, offenders

FAULTS = {
    "every table says how it is distributed": "COMMENT ON TABLE slot IS NULL",
    "the key of a distributed table is its first column and never null": (
        "CREATE TABLE late (note text, centre_id int, PRIMARY KEY (centre_id, note));"
        "COMMENT ON TABLE late IS 'dist:centre_id'"
    ),
    "keys of one name are of one type, those of centres int4": (
        "CREATE TABLE wide (centre_id bigint PRIMARY KEY);COMMENT ON TABLE wide IS 'dist:centre_id'"
    ),
    "the key leads every primary key and every unique index": (
        "CREATE UNIQUE INDEX one_a_tag ON booking (tag) WHERE state = 'booked'"
    ),
    "every distributed table has a primary key": ("ALTER TABLE outbox DROP CONSTRAINT pk_outbox"),
    "foreign keys stay inside a group, the key at the same place, or lead to a copied table": (
        "ALTER TABLE person_guard ADD FOREIGN KEY (booking_id) REFERENCES booking_home"
    ),
    "nothing copied everywhere refers to what is not": (
        "ALTER TABLE product ADD home uuid REFERENCES booking_home"
    ),
    "no foreign key empties a key": (
        "ALTER TABLE appointment ADD FOREIGN KEY (centre_id, slot_id) REFERENCES slot"
        " ON DELETE SET NULL"
    ),
    "no triggers, no rules": "CREATE RULE quiet AS ON DELETE TO slot DO INSTEAD NOTHING",
    "ids and clocks come from the application: no defaults, no identity": (
        "ALTER TABLE outbox ALTER changed_at SET DEFAULT now()"
    ),
}


def test_the_schema_keeps_every_rule(database_url):
    """No table, key or constraint stands in the way."""
    assert offenders(database_url) == {}


@pytest.mark.parametrize("rule", RULES)
def test_a_planted_fault_is_found(database_url, rule):
    """Each rule finds what breaks it."""
    with psycopg.connect(database_url) as connection:
        connection.execute(FAULTS[rule])
    assert rule in offenders(database_url)


async def every_operation(campaign):
    """Do everything a booking can go through, with refusals and duplicates."""
    day = timedelta(days=1)
    firsts = [(c, campaign.add_slot(c, capacity=9)) for c in (1, 2)]
    seconds = [(c, campaign.add_slot(c, rank=2, day=MONDAY + 30 * day, capacity=9)) for c in (1, 2)]
    campaign.add_quota("75", "75", 5)
    hands = Hands()
    async with opened(campaign, clock=hands, duplicate_policy="neutral") as (context, desk):
        people = [Visitor(desk) for _ in range(3)]
        for visitor in people:
            await visitor.book(firsts[0], seconds[1])
            await visitor.confirm()
        moved = await people[0].move(firsts[1], seconds[0], seal=True)
        await people[1].move(firsts[0], seconds[1], seal=True)
        assert await people[0].fetch() == moved
        with suppress(Problem):
            await Visitor(desk).hold(firsts[0], (1, 99))
        released, expired = Visitor(desk), Visitor(desk)
        await released.hold(firsts[0], seconds[0])
        await released.hold(firsts[0], seconds[0])
        await released.release()
        await expired.hold(firsts[0], seconds[0])
        hands.go_on(minutes=10)
        assert await expire_holds(context) == 1
        await people[0].seal_again()
        await people[0].erase()
        for visitor in people[1:]:
            await visitor.cancel()


@pytest.fixture
def sent(database_url, monkeypatch):
    """Give the statements that a booking sends in its life."""
    statements: dict[str, Statement] = {}
    trip = HotConnection.trip

    async def noted(self, calls):
        statements.update({statement.name: statement for statement, _ in calls})
        return await trip(self, calls)

    monkeypatch.setattr(HotConnection, "trip", noted)
    asyncio.run(every_operation(fill_campaign(database_url)))
    return statements


def known_statements():
    """Name every statement of the store."""
    modules = (locks, writing, overdue, reference)
    return {v.name for m in modules for v in vars(m).values() if isinstance(v, Statement)}


USED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)")
BOUND = (
    r"\b{key} = (?:\$|ANY\(\$|d\.{key}|slot\.{key})",  # a parameter, or rows made of parameters
    r"INTO {table} \((?:[^)]*, )?{key}\b",
)
EVERYWHERE = {"overdue"}
"""What the worker asks all centres; no request waits for it."""


def unbound(statement):
    """Distributed tables of a statement whose key it does not bind, against the table comments."""
    keys = {
        table.name: table.comment.partition(":")[2]
        for table in metadata.tables.values()
        if table.comment.startswith("dist:")
    }
    return [
        name
        for name in sorted(set(USED.findall(statement.sql)) & set(keys))
        if not any(re.search(b.format(key=keys[name], table=name), statement.sql) for b in BOUND)
    ]


def test_every_statement_of_the_store_is_sent_and_binds_the_key_of_its_tables(sent):
    """A constant centre, tag, booking or request key, so that one node can be asked."""
    prepared = {re.sub(r"_\d+$", "", name) for name in sent} - {"new_homes", "new_guards"}
    assert prepared == known_statements()
    assert {n: t for n, s in sent.items() if n not in EVERYWHERE and (t := unbound(s))} == {}
    assert unbound(Statement("x", "SELECT FROM slot WHERE slot_id = $1")) == ["slot"]
    assert unbound(overdue.OVERDUE) == ["booking"]


def test_a_statement_that_locks_names_one_centre(sent):
    """Rows of two centres are locked by two statements."""
    locking = {name: s.sql for name, s in sent.items() if "FOR NO KEY UPDATE" in s.sql}
    assert set(locking) == {"lock_bookings", "lock_slots", "lock_quotas"}
    assert all(re.search(r"WHERE centre_id = \$1\b", sql) for sql in locking.values())


def volatile(connection, sql):
    """Functions of a statement that may give another value each time."""
    names = [name.lower() for name in re.findall(r"\b([a-z_]\w*)\s*\(", sql, re.IGNORECASE)]
    rows = connection.execute(
        "SELECT DISTINCT proname FROM pg_proc WHERE proname = ANY(%s) AND provolatile = 'v'",
        (names,),
    )
    return {name for (name,) in rows}


def test_no_statement_calls_a_volatile_function(sent, database_url):
    """Ids and clocks are parameters."""
    with psycopg.connect(database_url) as connection:
        assert volatile(connection, "UPDATE slot SET taken = random()") == {"random"}
        assert {n: f for n, s in sent.items() if (f := volatile(connection, s.sql))} == {}


@pytest.fixture
def partitioned_url(server):
    """Make a database whose distributed tables are cut by the hash of their key."""
    name = "partitioned"
    server.execute("CREATE DATABASE {}", name)
    parted = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        copy = table.to_metadata(parted)
        kind, _, key = table.comment.partition(":")
        if kind == "dist":
            copy.dialect_options["postgresql"]["partition_by"] = f"HASH ({key})"
    engine = open_sync_engine(server.url_of(name), application="tests")
    with engine.begin() as connection:
        parted.create_all(connection)
        for table in parted.tables.values():
            for rest in (0, 1) if table.comment.startswith("dist:") else ():
                connection.exec_driver_sql(
                    f"CREATE TABLE {table.name}_{rest} PARTITION OF {table.name}"
                    f" FOR VALUES WITH (MODULUS 2, REMAINDER {rest})"
                )
    engine.dispose()
    yield server.url_of(name)
    server.execute("DROP DATABASE {} WITH (FORCE)", name)


def test_a_booking_lives_on_tables_cut_by_the_hash_of_their_key(partitioned_url):
    """PostgreSQL itself refuses there what a distributed table could not have."""
    campaign = fill_campaign(partitioned_url)
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="must include all partition"):
        campaign.rows("CREATE UNIQUE INDEX ON booking (tag)")
    asyncio.run(every_operation(campaign))
    assert broken_rules(campaign) == {}
    assert campaign.rows("SELECT DISTINCT tableoid::regclass::text AS part FROM appointment")
