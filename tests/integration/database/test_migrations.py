"""The migrations, one after the other, come to the schema that the tables say."""

from __future__ import annotations

import psycopg
import pytest
from alembic import command

from api.database import migrate
from api.database.engine import open_sync_engine
from api.database.tables import metadata

CATALOGUE = {
    "columns": """SELECT table_name, column_name, ordinal_position, data_type, udt_name,
        is_nullable, column_default FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> 'alembic_version'""",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        AND conrelid <> coalesce(to_regclass('alembic_version'), 0)""",
    "indexes": """SELECT tablename, indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'""",
    "comments": """SELECT relname, obj_description(oid, 'pg_class') FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND relname <> 'alembic_version'""",
}


def catalogue(url):
    """Everything PostgreSQL knows of the tables of a database."""
    with psycopg.connect(url) as connection:
        return {name: set(connection.execute(sql).fetchall()) for name, sql in CATALOGUE.items()}


@pytest.fixture
def created(server):
    """Make a database straight from the tables."""
    name = "created"
    server.execute("CREATE DATABASE {}", name)
    engine = open_sync_engine(server.url_of(name), application="tests")
    with engine.begin() as connection:
        metadata.create_all(connection)
    engine.dispose()
    yield server.url_of(name)
    server.execute("DROP DATABASE {} WITH (FORCE)", name)


def test_the_migrations_come_to_what_the_tables_say(database_url, created):
    """Columns, constraints, indexes, comments: the same, whichever way they came to be."""
    migrated, said = catalogue(database_url), catalogue(created)
    assert all(said.values())
    for name, rows in said.items():
        assert migrated[name] ^ rows == set(), name


@pytest.mark.parametrize("change", [
    "ALTER TABLE slot ALTER taken TYPE bigint", "ALTER TABLE slot DROP CONSTRAINT ck_slot_shares",
    "DROP INDEX ix_offer_open", "COMMENT ON TABLE slot IS 'local'",
])  # fmt: skip
def test_a_difference_is_found(created, change):
    """Whatever part of the schema it is in."""
    before = catalogue(created)
    with psycopg.connect(created) as connection:
        connection.execute(change)
    assert catalogue(created) != before


def test_the_first_migration_makes_no_table_of_a_later_one(server):
    """It is written out: what the code says today is none of its business."""
    server.execute("CREATE DATABASE {}", "first")
    try:
        url = server.url_of("first")
        config = migrate._config()
        engine = open_sync_engine(url, application="tests")
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
            connection.commit()
        engine.dispose()
        with psycopg.connect(url) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname='public'")
            names = {name for (name,) in tables}
        assert "booking" in names
        assert "centre_key" not in names
        assert migrate.current(url) == "0001"
        assert migrate.upgrade(url) == migrate.newest()
    finally:
        server.execute("DROP DATABASE {} WITH (FORCE)", "first")
