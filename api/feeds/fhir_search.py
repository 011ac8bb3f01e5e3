"""Reading and searching the FHIR resources, in the lines of the feed's own files.

A search names a location, a schedule or an id, each of which tells the département; nothing is
ever asked of the database, and an answer is one file's worth of lines at most.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec

from api.feeds.links import feed_link
from api.feeds.smart import TYPES, file_name
from api.problems import Problem

Resource: TypeAlias = dict[str, Any]
Lines: TypeAlias = Callable[[str], bytes]
"""Content of a public file by its name, empty when there is none."""
Test: TypeAlias = Callable[[Resource], bool]

_ADDRESS = re.compile(rf"/fhir/({'|'.join(TYPES)})(?:/([A-Za-z0-9.-]{{1,64}}))?")
_START = re.compile(r"(eq|ge|gt|le|lt|)(\d{4}-\d\d-\d\d(?:T\S+)?)")
_ZONE = ZoneInfo("Europe/Paris")
"""Of dates and times that name none."""
PLACES = {
    "Location": {"_id": "", "address-state": ""},
    "Schedule": {"_id": "", "actor": "Location", "location": "Location"},
    "Slot": {"_id": "", "schedule": "Schedule", "location": "Location"},
}
"""Parameters one of which says where to look, and the type of what they refer to.

`location` is the Location of a Schedule, or of a Slot's Schedule."""
FILTERS = {"Location": (), "Schedule": (), "Slot": ("start", "status")}
"""Parameters that leave some of it out."""


class Refusal(Exception):  # noqa: N818 - FHIR calls it an outcome
    """An answer that is an OperationOutcome: HTTP status, FHIR's issue code, and a sentence."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.sentence = sentence

    @classmethod
    def of(cls, problem: Problem) -> Refusal:
        """Turn a problem of the application into FHIR's words."""
        codes = {404: "not-found", 405: "not-supported"}
        return cls(problem.status, codes[problem.status], problem.title)

    def resource(self) -> Resource:
        """Give the OperationOutcome."""
        issue = {"severity": "error", "code": self.code, "diagnostics": self.sentence}
        return {"resourceType": "OperationOutcome", "issue": [issue]}


def is_search(path: str) -> bool:
    """Tell whether an address reads or searches resources."""
    return _ADDRESS.fullmatch(path) is not None


@dataclass(frozen=True, slots=True)
class Search:
    """Reads and searches.

    public_url
        Address that links begin with.
    lines
        The files of the feed.
    """

    public_url: str
    lines: Lines

    def answer(self, path: str, asked: Sequence[tuple[str, str]]) -> bytes:
        """Answer `/fhir/Type/id` with the resource, `/fhir/Type` with a Bundle.

        Parameters
        ----------
        asked
            Parameters of the search, possibly repeated.

        Raises
        ------
        Refusal
            When there is no such resource, or the search is none that is offered.
        """
        match = _ADDRESS.fullmatch(path)
        assert match is not None
        type_, id_ = match[1], match[2]
        if not id_:
            return self._bundle(type_, asked, list(self._found(type_, asked)))
        for line in self._block(type_, id_, '"'):
            return line
        raise Refusal(404, "not-found", f"there is no {type_} with this id")

    def _found(self, type_: str, asked: Sequence[tuple[str, str]]) -> Iterator[bytes]:
        places = [(name, value) for name, value in asked if name in PLACES[type_]]
        tests = [_test(type_, *one) for one in asked if one not in places]
        if len(places) != 1:
            raise Refusal(400, "too-costly", f"search {type_} by one of {', '.join(PLACES[type_])}")
        name, values = places[0]
        for value in values.split(","):
            for line in self._at(type_, name, value):
                if not tests or all(test(msgspec.json.decode(line)) for test in tests):
                    yield line

    def _at(self, type_: str, name: str, value: str) -> Iterator[bytes]:
        if name == "address-state":
            yield from self.lines(file_name(type_, value)).splitlines()
            return
        id_ = value.rpartition("/")[2]
        yield from self._block(type_, id_, '"' if name == "_id" else "-")

    def _block(self, type_: str, id_: str, after: str) -> Iterator[bytes]:
        """Give the lines, which follow each other, whose ids begin so."""
        department, dot, _ = id_.partition(".")
        content = self.lines(file_name(type_, department)) if dot else b""
        head = f'{{"resourceType":"{type_}","id":"{id_}{after}'.encode()
        begin = content.find(head)
        while begin >= 0 and content.startswith(head, begin):
            end = content.index(b"\n", begin)
            yield content[begin:end]
            begin = end + 1

    def _bundle(
        self, type_: str, asked: Sequence[tuple[str, str]], found: Sequence[bytes]
    ) -> bytes:
        base = feed_link(self.public_url, f"fhir/{type_}")
        link = {"relation": "self", "url": f"{base}?{urlencode(asked)}"}
        entries = [
            {
                "fullUrl": f"{base}/{_id_of(line)}",
                "resource": msgspec.Raw(line),
                "search": {"mode": "match"},
            }
            for line in found
        ]
        bundle = {
            "resourceType": "Bundle", "type": "searchset", "total": len(found), "link": [link],
        }  # fmt: skip
        # FHIR has no empty lists.
        return msgspec.json.encode(bundle | ({"entry": entries} if entries else {}))


def _id_of(line: bytes) -> str:
    return line.split(b'"', 8)[7].decode()


def _test(type_: str, name: str, value: str) -> Test:
    if name not in FILTERS[type_]:
        raise Refusal(400, "not-supported", f"{type_} cannot be searched by this parameter")
    if name == "status":
        return lambda resource: resource["status"] in value.split(",")
    return _start_test(value)


def _start_test(value: str) -> Test:
    match = _START.fullmatch(value)
    try:
        moment = datetime.fromisoformat(match[2]) if match else None
    except ValueError:
        moment = None
    if match is None or moment is None:
        raise Refusal(400, "value", "start takes a date or time, after eq, ge, gt, le or lt")
    begin = moment if moment.tzinfo else moment.replace(tzinfo=_ZONE)
    # A date stands for its whole day, a time for its second.
    end = begin + (timedelta(seconds=1) if "T" in match[2] else timedelta(days=1))
    bounds: dict[str, Callable[[datetime], bool]] = {
        "": lambda start: begin <= start < end,
        "eq": lambda start: begin <= start < end,
        "ge": lambda start: start >= begin,
        "gt": lambda start: start >= end,
        "le": lambda start: start < end,
        "lt": lambda start: start < begin,
    }
    holds = bounds[match[1]]
    return lambda resource: holds(datetime.fromisoformat(resource["start"]))
