"""Journeys against a service of a few lines: what they send, what they notice, how they wait."""

from __future__ import annotations

import datetime as dt
import json
from random import Random

import msgspec
import pytest

from loadtests.journeys import booking, readers, staff
from loadtests.journeys.choice import Map, Pair, choose, is_whole
from loadtests.journeys.citizen import Citizen, Habits
from loadtests.journeys.files import (
    CentreCounts,
    CentreFile,
    Counts,
    Department,
    DepartmentFile,
    Index,
    Interval,
    Product,
    Quota,
    Windows,
    centre_path,
    department_path,
    index_path,
    name_of,
)
from loadtests.journeys.visitor import Answer, GaveUpError, Visitor
from loadtests.record import Record

MONDAY = dt.date(2027, 1, 4)
NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
SECOND = MONDAY + dt.timedelta(days=28)
INDEX = Index(NOW, [Department("75", ["paris"])], [
    Product("pfizer", 2, [Interval(dt.date(2021, 1, 4), 21, 49)])
])  # fmt: skip
COUNTS = CentreCounts("paris", [Counts("pfizer", 1, MONDAY, [4], ["a", "b"])])
FIRSTS = Windows("pfizer", 1, [MONDAY], [2], [11, 3], [540, 570], [2, 2])
SECONDS = Windows("pfizer", 2, [SECOND, SECOND + dt.timedelta(days=60)], [1, 1], [30, 1],
                  [540, 540], [4, 4])  # fmt: skip
CENTRE = CentreFile(NOW, "paris", "75", [FIRSTS, SECONDS])
QUIET = Habits(think_s=0.1, gives_up=0.0, comes_back=0.0, cancels=0.0, moves=0.0)


class Hands:
    """A clock that is moved by whoever waits."""

    def __init__(self):
        self.seconds = 1000.0

    def now(self):
        """Seconds."""
        return self.seconds

    def pause(self, seconds):
        """Move on."""
        self.seconds += seconds


class Service:
    """Answers as the application does, unless a test has put an answer before that."""

    def __init__(self, clock):
        self.clock = clock
        self.asked = []
        self.first = []
        self.pairs = {}
        self.gone = 0

    def ask(self, method, path, headers, body):
        """Answer a request."""
        self.clock.seconds += 0.01
        self.asked.append((method, path, dict(headers), body))
        if self.first:
            answer = self.first.pop(0)
            if answer is None:
                raise ConnectionError
            return answer
        if path.startswith("/availability/"):
            return self._file(path)
        return self._booking(method, path, headers, json.loads(body or b"{}"))

    def _file(self, path):
        forms = {
            index_path(): INDEX, department_path("75"): DepartmentFile(NOW, "75", [COUNTS]),
            centre_path("paris"): CENTRE,
        }  # fmt: skip
        return Answer(200, {"etag": '"1"'}, msgspec.json.encode(forms[path]))

    def _booking(self, method, path, headers, body):
        if path in ("/api/holds", "/api/staff/holds"):
            self.gone -= 1
            if self.gone >= 0:
                return refusal("slot-full")
            self.pairs[headers["Idempotency-Key"]] = [d["slot"] for d in body["doses"]]
            return self._receipt(headers["Idempotency-Key"], "held", 201)
        if path == "/api/bookings":
            return self._receipt(headers["Idempotency-Key"], "booked", 201)
        if method == "DELETE":
            return Answer(204, {}, b"")
        booking_id = path.split("/")[3]
        if path.endswith("/move"):
            self.pairs[booking_id] = [d["slot"] for d in body["doses"]]
        if "If-None-Match" in headers:
            return Answer(304, {}, b"")
        return self._receipt(booking_id, "cancelled" if path.endswith("/cancel") else "booked", 200)

    def _receipt(self, booking_id, state, status):
        doses = [{"dose_rank": rank, "centre": "paris", "slot": slot}
                 for rank, slot in enumerate(self.pairs[booking_id], 1)]  # fmt: skip
        body = {"booking": booking_id, "state": state, "doses": doses}
        return Answer(status, {"etag": '"2"'}, json.dumps(body).encode())


@pytest.fixture
def clock():
    """Give a clock that stands."""
    return Hands()


@pytest.fixture
def service(clock):
    """Give a service in which nothing is booked."""
    return Service(clock)


@pytest.fixture
def visitor(service, clock):
    """Give somebody who comes now."""
    return Visitor(service, clock, Record(), Random(4), clock.seconds, lambda _: {})


def citizen(visitor, **habits):
    """Give somebody who books."""
    about = {name: getattr(QUIET, name) for name in Habits.__slots__}
    return Citizen(visitor, Map.of(INDEX), lambda *_: ("key", "c2VhbGVk"), Habits(**about | habits))


def refusal(slug, status=409, **headers):
    """Refuse by a problem."""
    return Answer(status, headers, json.dumps({"type": f"/problems/{slug}"}).encode())


def test_a_citizen_looks_holds_confirms_and_reads_the_receipt(visitor, service):
    """Three requests to the booking service; the record says which pair it is."""
    citizen(visitor).visit()
    paths = [path for _, path, _, _ in service.asked]
    [booked] = visitor.record.confirmed.values()
    assert paths == [index_path(), department_path("75"), centre_path("paris"), "/api/holds",
                     "/api/bookings", f"/api/bookings/{booked.booking_id}"]  # fmt: skip
    assert booked.first in (11, 14)
    assert booked.second == 30
    assert visitor.record.complaints == []
    assert [hold.refused for hold in visitor.record.holds] == [False]


def test_pauses_are_no_part_of_a_request(visitor):
    """A request is due when the pause before it is over."""
    citizen(visitor, think_s=50.0).visit()
    assert all(x.due == x.sent for x in visitor.record.exchanges)
    assert all(x.ended - x.due < 0.1 for x in visitor.record.exchanges)


def test_a_pair_that_is_gone_is_noted_and_another_one_tried(visitor, service):
    """With an id of its own: the first booking may not exist."""
    service.gone = 1
    citizen(visitor).visit()
    assert [hold.refused for hold in visitor.record.holds] == [True, False]
    assert list(visitor.record.refused.values()) == ["slot-full"]
    assert len(visitor.record.confirmed) == 1


@pytest.mark.parametrize(
    "answer",
    [None, refusal("try-again"), refusal("service-unavailable", 503), Answer(502, {}, b"<html>")],
)
def test_what_was_not_done_is_asked_again_with_the_same_key(visitor, service, answer):
    """A broken connection, a busy database, a server in front of nobody."""
    service.first.append(answer)
    person = booking.somebody(visitor.random)
    pair = Pair("paris", "75", "a", 11, 30)
    assert booking.hold(visitor, person, pair, {}, staff=False).status == 201
    assert service.asked[0] == service.asked[1]
    assert [x.status for x in visitor.record.exchanges] == [answer.status if answer else 0, 201]


def test_a_wait_that_is_asked_for_is_kept(visitor, service, clock):
    """`Retry-After`, and some chance, so that not everybody comes back at once."""
    service.first.append(refusal("too-many-requests", 429, **{"retry-after": "2"}))
    began = clock.seconds
    visitor.ask("hold", "GET", index_path())
    assert 1 < clock.seconds - began < 3.1


def test_patience_ends(visitor, service):
    """Nobody waits for ever; what became of the booking is then unknown."""
    service.first = [None] * 1000
    with pytest.raises(GaveUpError):
        visitor.ask("hold", "GET", index_path())
    assert visitor.due > 1000 + visitor.patience_s


@pytest.mark.parametrize(
    ("habit", "last", "where"),
    [("cancels", "cancel", "given_back"), ("moves", "move", "confirmed")],
)
def test_some_change_their_mind(visitor, service, habit, last, where):
    """What stands in the end is in the record."""
    citizen(visitor, **{habit: 1.0}).visit()
    assert service.asked[-1][1].endswith(last)
    record = visitor.record
    assert len(getattr(record, where)) == 1
    assert len(record.confirmed) + len(record.given_back) == 1
    assert record.complaints == []
    if where == "confirmed":
        [booked] = record.confirmed.values()
        assert service.pairs[booked.booking_id] == [booked.first, booked.second]


def test_some_come_back_and_some_give_up(visitor, service):
    """The receipt is asked for again with its tag; a hold that is left may not become a booking."""
    citizen(visitor, comes_back=1.0).visit()
    assert service.asked[-1][2]["If-None-Match"] == '"2"'
    for _ in range(6):
        citizen(visitor, gives_up=1.0).visit()
    assert len(visitor.record.given_back) == 6
    methods = [method for method, *_ in service.asked]
    assert 0 < methods.count("DELETE") < 6
    assert visitor.record.complaints == []


@pytest.mark.parametrize(
    "body",
    [b'{"booking":"other","state":"booked","doses":[]}', b"[]", b'{"sealed":"x"}'],
)
def test_a_receipt_that_says_something_else_is_noticed(visitor, service, body):
    """A status is not an answer."""
    person, pair = booking.somebody(visitor.random), Pair("paris", "75", "a", 11, 30)
    service.first.append(Answer(200, {}, body))
    booking.fetch(visitor, person, pair)
    assert visitor.record.complaints


@pytest.mark.parametrize("body", [b"{}", b"[1", b'{"generated_at":"2027-01-01T00:00:00Z"}'])
def test_a_file_of_another_form_is_noticed(visitor, service, body):
    """And ends the visit."""
    service.first.append(Answer(200, {}, body))
    with pytest.raises((GaveUpError, msgspec.DecodeError)):
        citizen(visitor).visit()


def test_a_looper_takes_what_is_new_and_nothing_twice(visitor, service):
    """The same again, though a tag was sent, is noticed."""
    service.first.append(service.ask("GET", department_path("75"), {}, None))
    readers.loop(visitor, "75")
    assert len(visitor.record.complaints) == readers.ROUNDS - 1
    assert service.asked[-1][2]["If-None-Match"] == '"1"'


def test_a_bot_polls_one_centre(visitor, service):
    """As often as it may."""
    readers.poll(visitor, "paris")
    assert [path for _, path, _, _ in service.asked] == [centre_path("paris")] * readers.ROUNDS
    assert visitor.record.complaints == []


def test_the_telephone_books_with_its_token(visitor, service):
    """The hold is the staff's, the confirmation is everybody's."""
    staff.telephone(visitor, "secret", Pair("paris", "75", "a", 11, 30), lambda *_: ("k", "s"))
    (_, hold, headers, _), (_, confirm, _, _) = service.asked
    assert (hold, confirm) == ("/api/staff/holds", "/api/bookings")
    assert headers["Authorization"] == "Bearer secret"
    assert len(visitor.record.confirmed) == 1


def test_a_day_list_with_somebody_twice_or_unsealed_is_noticed(visitor, service):
    """Three lists: one right, one with the same dose twice, one without what is sealed."""
    dose = {"booking": "x", "dose_rank": 1, "state": "booked", "key_id": "k", "sealed": "s"}
    lists = [[dose], [dose, dose], [dose | {"sealed": None}]]
    service.first = [Answer(200, {}, json.dumps({"doses": doses}).encode()) for doses in lists]
    goes_on = iter([True, True, True, False])
    staff.refresh_list(visitor, "secret", "paris", MONDAY, lambda: next(goes_on))
    assert len(visitor.record.complaints) == 2


def test_a_pair_fits_interval_class_and_quota():
    """The second dose is in the interval; the class has room for the person's département."""
    known = Map.of(INDEX)
    open_at = NOW + dt.timedelta(days=2)
    kept = Quota("pfizer", MONDAY, open_at, [("75", "a", 0), ("75", "b", None), ("93", "a", 5)])
    counts = CentreCounts("paris", COUNTS.counts, [kept])
    for seed in range(20):
        pair = choose(known, counts, CENTRE, "75", Random(seed))
        assert pair.second == 30
        assert pair.first in (11, 14)
        assert pair.class_ == "b"
    nobody = CentreCounts("paris", COUNTS.counts, [Quota("pfizer", MONDAY, open_at, [])])
    assert choose(known, nobody, CENTRE, "75", Random(1)) is None
    late = CentreFile(NOW, "paris", "75", [FIRSTS])
    assert choose(known, COUNTS, late, "75", Random(1)) is None


def test_hot_places_are_the_same_ones_and_take_their_part():
    """A tenth of them 60 %, spread over the country."""
    index = Index(NOW, [Department(str(d), [f"{d}-{c}" for c in range(10)]) for d in range(10)], [])
    known, random = Map.of(index), Random(2)
    assert known.hot == Map.of(index).hot
    assert len(known.hot) == 10
    assert len({centre.split("-")[0] for centre in known.hot}) > 3
    wishes = [known.wish(random)[1] in known.hot for _ in range(5000)]
    assert sum(wishes) / 5000 == pytest.approx(0.6, abs=0.03)


def test_a_file_with_uneven_columns_or_empty_windows_is_not_whole():
    """Such a file would name slots that are not meant."""
    assert is_whole(CENTRE)
    uneven = msgspec.structs.replace(FIRSTS, free=[1])
    empty = msgspec.structs.replace(FIRSTS, free=[1, 0])
    for windows in (uneven, empty):
        assert not is_whole(msgspec.structs.replace(CENTRE, windows=[windows]))


def test_codes_are_names_of_files():
    """As docs/feeds.md says."""
    assert name_of("2A-é.x") == "2A-~c3~a9.x"
    assert name_of(".x") == "~2ex"
