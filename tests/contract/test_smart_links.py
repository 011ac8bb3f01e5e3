"""The rules of the public SMART Scheduling Links test kit, held over HTTP.

All of them but one: it wants a number that only American sites have. FHIR's own rules are held a
second time by `fhir.resources` (R4B) on every line of the sample.
"""

from __future__ import annotations

import asyncio
import json
import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.location import Location
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.schedule import Schedule
from fhir.resources.R4B.slot import Slot

from api.feeds.passes import Feeds
from api.feeds.publisher import Publisher
from api.feeds.serving import PublicFiles
from api.feeds.shelf import Shelf
from tests.campaign import MONDAY, NOW, fill_campaign

PUBLIC = "https://example.org"
SMART = "http://fhir-registry.smarthealthit.org/StructureDefinition"
INSTANT = re.compile(
    r"([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
    r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
)
ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
MODELS = {"Location": Location, "Schedule": Schedule, "Slot": Slot}


class Site:
    """The feed as a client sees it: addresses, nothing else."""

    def __init__(self, app) -> None:
        self.app = app

    def get(self, address: str, **headers: str) -> httpx.Response:
        """Ask for an address of this installation."""

        async def one() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
                return await client.get(address, headers=headers)

        return asyncio.run(one())

    def manifest(self) -> dict:
        """Read the manifest."""
        return self.get("/fhir/$bulk-publish", Accept="application/json").json()

    def resources(self, type_: str) -> list[dict]:
        """Read every line of every file of one type."""
        files = [o["url"] for o in self.manifest()["output"] if o["type"] == type_]
        texts = [self.get(url, Accept="application/fhir+ndjson").text for url in files]
        return [json.loads(line) for text in texts for line in text.splitlines()]


@pytest.fixture(scope="module")
def publisher(module_database_url, tmp_path_factory):
    """Publish the campaign: two weeks of slots, and a first dose that has no second one."""
    campaign = fill_campaign(module_database_url)
    campaign.fill_week()
    campaign.add_slot(3, "moderna", 1, MONDAY + timedelta(days=200), capacity=7)
    campaign.rows("UPDATE slot SET taken = capacity WHERE slot_id = 1")
    with psycopg.connect(module_database_url, autocommit=True) as connection:
        folder = tmp_path_factory.mktemp("public")
        publisher = Publisher(connection, Shelf(folder), lambda: NOW)
        publisher.start()
        feeds = Feeds(publisher, PUBLIC, tmp_path_factory.mktemp("records"))
        steps = feeds.steps()
        while next(steps):
            pass
        yield publisher


@pytest.fixture(scope="module")
def site(publisher):
    """Serve what was published."""
    return Site(PublicFiles(None, publisher.shelf.root, PUBLIC))


@pytest.mark.parametrize("address", ["/fhir/$bulk-publish", "/fhir/%24bulk-publish"])
def test_the_manifest_is_had_at_its_address_however_it_is_written(site, address):
    """JSON for a client that asks for JSON, and for one that asks for nothing."""
    for headers in ({"Accept": "application/json"}, {}):
        answer = site.get(address, **headers)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "max-age=60"
        assert answer.json()["request"].endswith("$bulk-publish")


def test_the_manifest_has_the_right_structure(site):
    """Types, full addresses, an instant, and the states of each file as a list of texts."""
    manifest = site.manifest()
    assert INSTANT.fullmatch(manifest["transactionTime"])
    assert is_address(manifest["request"])
    assert manifest["error"] == []
    assert isinstance(manifest["output"], list)
    for output in manifest["output"]:
        assert output["type"] in MODELS
        assert is_address(output["url"])
        assert output["extension"]["state"]
        assert all(isinstance(state, str) for state in output["extension"]["state"])
    types = [output["type"] for output in manifest["output"]]
    assert {type_: types.count(type_) for type_ in MODELS} == dict.fromkeys(MODELS, 3)


def is_address(url: str) -> bool:
    """Tell whether it is a full HTTP address."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def test_the_instant_that_the_kit_asks_for_is_told_from_another():
    """The control of the rule: two forms that must not pass."""
    assert INSTANT.fullmatch("2021-05-28T10:00:00.000Z")
    assert not INSTANT.fullmatch("2021-03-10T15:00:00-05")
    assert not INSTANT.fullmatch("2021-03-10")


def test_time_and_tag_stay_as_long_as_nothing_changes(site, publisher):
    """They come from the data, not from the clock: another pass an hour later changes neither."""
    before = [site.get(a) for a in addresses(site)]
    again = Publisher(publisher.connection, Shelf(publisher.shelf.root), lambda: NOW + HOUR)
    again.start()
    steps = Feeds(again, PUBLIC, publisher.shelf.root / "records").steps()
    while next(steps):
        pass
    fresh = Site(PublicFiles(None, publisher.shelf.root, PUBLIC))
    for old, address in zip(before, addresses(site), strict=True):
        new = fresh.get(address)
        for header in ("etag", "last-modified"):
            assert new.headers[header] == old.headers[header], address
        assert fresh.get(address, **{"If-None-Match": old.headers["etag"]}).status_code == 304


HOUR = timedelta(hours=1)


def addresses(site: Site) -> list[str]:
    """Give the manifest and every file it lists."""
    return ["/fhir/$bulk-publish", *(output["url"] for output in site.manifest()["output"])]


@pytest.mark.parametrize("type_", MODELS)
def test_every_line_is_a_resource_of_its_type(site, type_):
    """As FHIR R4 has it: every line is read and written again by a library of others."""
    resources = site.resources(type_)
    assert len(resources) >= 4
    assert len({r["id"] for r in resources}) == len(resources)
    for resource in resources:
        assert resource["resourceType"] == type_
        assert ID.fullmatch(resource["id"])
        MODELS[type_].model_validate(resource)


def test_files_are_sent_as_lines_of_fhir(site):
    """The media type of a file of resources."""
    for output in site.manifest()["output"]:
        assert site.get(output["url"]).headers["content-type"] == "application/fhir+ndjson"


def test_a_location_can_be_found_and_called(site):
    """Name, address with all its parts, a telephone and an address on the web, an identifier."""
    for location in site.resources("Location"):
        assert location["name"]
        address = location["address"]
        assert all(address["line"])
        assert address["line"]
        assert "text" not in address
        assert all(address[part] for part in ("city", "state", "postalCode"))
        values = {t["system"]: t["value"] for t in location["telecom"]}
        assert set(values) == {"phone", "url"}
        assert "@" not in values["phone"]
        assert " " not in values["url"]
        assert all(i["system"] and i["value"] for i in location["identifier"])


def test_a_schedule_is_one_product_and_dose_at_one_location(site):
    """Two codings of the service, the product by its CVX code, the rank of the dose."""
    locations = {f"Location/{location['id']}" for location in site.resources("Location")}
    for schedule in site.resources("Schedule"):
        assert len(schedule["actor"]) == 1
        assert schedule["actor"][0]["reference"] in locations
        codings = {(c["system"], c["code"]) for c in schedule["serviceType"][0]["coding"]}
        assert codings == {
            ("http://terminology.hl7.org/CodeSystem/service-type", "57"),
            ("http://fhir-registry.smarthealthit.org/CodeSystem/service-type",
             "covid19-immunization"),
        }  # fmt: skip
        extensions = {e["url"]: e for e in schedule["extension"]}
        assert extensions[f"{SMART}/vaccine-dose"]["valueInteger"] in (1, 2)
        product = extensions[f"{SMART}/vaccine-product"]["valueCoding"]
        assert product["system"] == "http://hl7.org/fhir/sid/cvx"
        assert product["code"] in ("207", "208", "212")


def test_a_slot_has_its_times_its_places_and_how_to_book_it(site):
    """Free or busy; instants; capacity, because it is longer than an hour; link and telephone."""
    schedules = {f"Schedule/{schedule['id']}" for schedule in site.resources("Schedule")}
    statuses = set()
    for slot in site.resources("Slot"):
        assert slot["schedule"]["reference"] in schedules
        assert slot["status"] in ("free", "busy")
        statuses.add(slot["status"])
        assert INSTANT.fullmatch(slot["start"])
        assert INSTANT.fullmatch(slot["end"])
        assert datetime.fromisoformat(slot["start"]) < datetime.fromisoformat(slot["end"])
        extensions = {e["url"]: e for e in slot["extension"]}
        assert extensions[f"{SMART}/slot-capacity"]["valueInteger"] > 0
        assert is_address(extensions[f"{SMART}/booking-deep-link"]["valueUrl"])
        assert extensions[f"{SMART}/booking-phone"]["valueString"]
    assert statuses == {"free", "busy"}


def test_a_first_dose_without_a_second_one_is_not_offered(site):
    """What the specification asks of publishers: it is busy, not free."""
    days = {slot["start"][:10]: slot["status"] for slot in site.resources("Slot")}
    assert days[(MONDAY + timedelta(days=200)).isoformat()] == "busy"


def test_the_capacity_is_what_can_be_booked(site):
    """Three places a slot; the first slot of each centre is full."""
    slots = {slot["id"]: slot for slot in site.resources("Slot")}
    full, free = slots["75.1-1.1-20210531"], slots["75.1-1.1-20210601"]
    assert [full["status"], free["status"]] == ["busy", "free"]
    assert free["extension"][0] == {"url": f"{SMART}/slot-capacity", "valueInteger": 3}


def test_resources_are_read_one_by_one(site):
    """The same resource as in the feed."""
    for type_, model in MODELS.items():
        resource = site.resources(type_)[-1]
        answer = site.get(f"/fhir/{type_}/{resource['id']}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/fhir+json"
        assert answer.json() == resource
        model.model_validate(answer.json())


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("Location?address-state=75", 2),
        ("Location?_id=75.1", 1),
        ("Location?_id=75.1,2A.3", 2),
        ("Location?_id=75.9", 0),
        ("Schedule?actor=Location/75.1", 5),
        ("Schedule?location=75.1", 5),
        ("Schedule?_id=75.1-1.1", 1),
        ("Slot?schedule=Schedule/75.1-1.1", 3),
        ("Slot?schedule=75.1-1.1&status=free", 2),
        ("Slot?schedule=75.1-1.1&status=free,busy", 3),
        ("Slot?location=Location/75.1", 13),
        (f"Slot?location={PUBLIC}/fhir/Location/75.1&start=2021-06-01", 3),
        ("Slot?location=75.1&start=ge2021-06-01&start=lt2021-06-02", 3),
        ("Slot?schedule=75.1-1.1&start=ge2021-06-01", 2),
        ("Slot?schedule=75.1-1.1&start=gt2021-06-01", 1),
        ("Slot?schedule=75.1-1.1&start=le2021-06-01", 2),
        ("Slot?schedule=75.1-1.1&start=ge2021-06-01T07:00:00Z", 2),
        ("Slot?schedule=75.1-1.1&start=gt2021-06-01T07:00:00Z", 1),
        ("Slot?schedule=75.1-1.1&start=eq2021-06-01T09:00:00", 1),
        ("Slot?_id=75.1-1.1-20210601", 1),
        ("Slot?schedule=75.1-1", 0),
        ("Slot?schedule=nowhere", 0),
    ],
)
def test_resources_are_found(site, query, number):
    """Bundles that FHIR accepts, with the number of entries that a look at the campaign gives."""
    answer = site.get(f"/fhir/{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/fhir+json"
    bundle = Bundle.model_validate(answer.json())
    assert bundle.total == number == len(bundle.entry or [])
    for entry in answer.json().get("entry", []):
        assert entry["fullUrl"].startswith(f"{PUBLIC}/fhir/{entry['resource']['resourceType']}/")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/fhir/Slot", 400),
        ("/fhir/Slot?status=free", 400),
        ("/fhir/Slot?schedule=75.1-1.1&patient=1", 400),
        ("/fhir/Slot?schedule=75.1-1.1&start=soon", 400),
        ("/fhir/Slot?schedule=75.1-1.1&start=ge2021-13-45", 400),
        ("/fhir/Slot/nothing", 404),
        ("/fhir/Slot/75.1-1.1-20300101", 404),
        ("/fhir/Patient", 404),
        ("/fhir/Slot/75.1/x", 404),
        ("/fhir/75/Slot.ndjson.gz", 404),
    ],
)
def test_refusals_are_outcomes(site, address, status):
    """FHIR's own form of an error, and only under its addresses."""
    answer = site.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/fhir+json"
    OperationOutcome.model_validate(answer.json())


def test_what_can_be_searched_is_declared(site):
    """The CapabilityStatement lists the parameters that are understood, no others."""
    answer = site.get("/fhir/metadata")
    assert answer.headers["content-type"] == "application/fhir+json"
    CapabilityStatement.model_validate(answer.json())
    for resource in answer.json()["rest"][0]["resource"]:
        for parameter in resource["searchParam"]:
            query = f"{parameter['name']}=75.1-1.1"
            if parameter["name"] in ("start", "status"):
                query = f"schedule=75.1-1.1&{parameter['name']}=2021-06-01"
            assert site.get(f"/fhir/{resource['type']}?{query}").status_code == 200
