"""The plan of the official scenario, published: in minutes, and every département's file right."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
import pytest

from api.database.embedded import embedded
from api.database.migrate import upgrade
from api.feeds.publisher import Publisher
from api.feeds.shelf import Shelf
from api.planning.publishing import Options, publish_folders
from loadtests.shown import counts_in_tables
from scenarios.build import build_scenario
from scenarios.official.place import data_folder
from scenarios.planning import Order, run_plan
from tests.integration.feeds import public

FRIDAY = datetime(2021, 5, 28, 8, tzinfo=UTC)
MOST_S = 300


@pytest.mark.data
@pytest.mark.national
def test_the_official_plan_is_published_in_time_and_shown_as_the_tables_say(tmp_path):
    """France, eight weeks: published in under five minutes, 101 files equal to a recount in SQL."""
    instance, plan = tmp_path / "instance", tmp_path / "plan"
    build_scenario("france-2021-05-31", instance, data_folder())
    run_plan(Order(instance, plan, gap=0.003, data=data_folder()))
    with (
        TemporaryDirectory(prefix="creneau-tests-") as home,
        embedded(Path(home) / "postgres") as url,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        upgrade(url)
        began = time.monotonic()
        summary = publish_folders(url, instance, plan, Options(), uuid4(), FRIDAY)
        seconds = time.monotonic() - began
        Publisher(connection, Shelf(tmp_path / "public"), lambda: FRIDAY).start()
        files_s = time.monotonic() - began - seconds
        rows = connection.execute("SELECT department FROM department").fetchall()
        expected = counts_in_tables(url, FRIDAY)
        print(f"{summary['slots']}: published in {seconds:.0f} s, files in {files_s:.0f} s")
        different = [
            code
            for (code,) in rows
            if public.counts(tmp_path / "public", code) != expected.get(code, {})
        ]
    assert seconds < MOST_S
    assert len(rows) == len(expected) == 101
    assert different == []
