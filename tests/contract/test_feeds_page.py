"""docs/feeds.md and the schema say what the publisher writes."""

from __future__ import annotations

import json
import re

import psycopg
import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from api.feeds.datagouv import ALLOCATION_COLUMNS, APPOINTMENT_COLUMNS
from api.feeds.publisher import Publisher
from api.feeds.record import COLUMNS
from api.feeds.schemas import encoded, schema
from api.feeds.shelf import Shelf
from tests.campaign import LATER, NOW, fill_campaign
from tests.conftest import CHECKOUT

PAGE = (CHECKOUT / "docs" / "feeds.md").read_text(encoding="utf-8")
COMMITTED = CHECKOUT / "docs" / "schemas" / "availability.json"
TYPES = {
    "availability/index.json": "IndexFile",
    "availability/centres.json": "CentresFile",
    "availability/publisher.json": "PublisherFile",
    "availability/departments/{code}.json": "DepartmentFile",
    "availability/centres/{code}.json": "CentreFile",
}


def validate(document: object, type_: str) -> None:
    """Hold a document against its type."""
    rules = schema()
    Draft202012Validator({**rules, "$ref": f"#/$defs/{type_}"}).validate(document)


def test_the_committed_schema_is_that_of_the_types():
    """`python -c "from api.feeds.schemas import encoded; print(encoded().decode(), end='')"`."""
    Draft202012Validator.check_schema(schema())
    assert COMMITTED.read_bytes() == encoded()


@pytest.mark.parametrize("name", TYPES)
def test_every_example_of_the_page_is_a_file_of_its_type(name):
    """The first block below each file's heading."""
    [example] = re.findall(rf"### `{re.escape(name)}`\n+```json\n(.*?)```", PAGE, re.DOTALL)
    validate(json.loads(example), TYPES[name])


def test_every_published_file_is_of_its_type(database_url, tmp_path):
    """With quotas, kept shares and single doses; and a file of another type is refused."""
    campaign = fill_campaign(database_url)
    campaign.fill_week()
    campaign.add_quota("75", "75", 4)
    campaign.add_slot(2, capacity=5, phone_kept=2, open_at=LATER, day=NOW.date())
    with psycopg.connect(database_url, autocommit=True) as connection:
        Publisher(connection, Shelf(tmp_path), lambda: NOW).start()
    files = [path for path in tmp_path.rglob("*.json") if path.name != "schema.json"]
    assert len(files) == 3 + 3 + 4
    for path in files:
        name = str(path.relative_to(tmp_path))
        name = re.sub(r"(departments|centres)/.*\.json", r"\1/{code}.json", name)
        validate(json.loads(path.read_text()), TYPES[name])
        with pytest.raises(ValidationError):
            validate({"generated_at": "", "changed_at": "", "other": 1}, TYPES[name])
    assert (tmp_path / "availability" / "schema.json").read_bytes() == encoded()


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("`allocations-vs-rdv.csv`", ALLOCATION_COLUMNS),
        ("`prise-rdv-par-centre.csv`", APPOINTMENT_COLUMNS),
        ("column", COLUMNS),
    ],
)
def test_the_columns_of_the_page_are_those_of_the_files(heading, columns):
    """Each table lists its file's columns in their order."""
    [table] = re.findall(rf"\| {re.escape(heading)} \|.*?\n((?:\|.*\n)+)", PAGE)
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == columns
