"""docs/waiting-list.md and docs/operations.md say the names and numbers of the code."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest
from prometheus_client import REGISTRY

from api.staff.grants import ROLES
from api.waiting.acceptance import (
    EDGES_MIN,
    PRIOR_ACCEPTED,
    PRIOR_MEDIAN_MIN,
    PRIOR_OFFERS,
    PRIOR_REFUSED,
)
from api.waiting.forms import MOST_CENTRES, WaitingStatus
from api.waiting.people import EntryState
from api.waiting.reasons import MOST_COUNTED, ReasonCode
from api.waiting.rules import LONGEST, MOST_STANDBY, NEAR, NOTICE, PAUSE, SHORTEST
from api.worker import beats
from api.worker.tasks import BY_THE_CLOCK
from tests.conftest import CHECKOUT

WAITING = (CHECKOUT / "docs" / "waiting-list.md").read_text(encoding="utf-8")
OPERATIONS = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*get_args(ReasonCode), *get_args(EntryState)])
def test_every_reason_and_state_of_the_waiting_list_has_its_row(name):
    """Whoever shows them knows them all."""
    assert f"| `{name}` |" in WAITING


@pytest.mark.parametrize("member", WaitingStatus.__struct_fields__)
def test_every_member_of_the_status_is_named(member):
    """In the list of what the status says."""
    assert f"`{member}`" in WAITING


def test_the_numbers_of_the_waiting_list_are_those_of_the_code():
    """Windows, pauses, limits and the prior of the curve."""
    shortest, longest = (time.total_seconds() / 60 for time in (SHORTEST, LONGEST))
    steps = ", ".join(f"{edge:g}" for edge in EDGES_MIN[1:-1])
    for said in (
        f"within {NEAR.total_seconds() / 3600:g} hours before it begins",
        f"in less than {NOTICE.total_seconds() / 60:g} minutes is not offered",
        f"{shortest:g} minutes at least and {longest:g} at most",
        f"Never more than {MOST_STANDBY} stand by",
        f"at most {MOST_CENTRES}",
        f"from {MOST_COUNTED} on",
        f"end at {steps} and {EDGES_MIN[-1]:g} minutes",
        f"*m* = {PRIOR_OFFERS:g}",
        f"*A0*(*t*) = {PRIOR_ACCEPTED:g} *t* / (*t* + {PRIOR_MEDIAN_MIN:g} min)",
    ):
        assert said in WAITING, said
    assert PRIOR_REFUSED == PRIOR_ACCEPTED
    assert PAUSE.total_seconds() == 7200
    assert "waits for two hours" in WAITING
    assert all(low < high for low, high in pairwise(EDGES_MIN))


def test_every_metric_of_ours_is_documented():
    """What is counted can be read about, and what can be read about is counted."""
    ours = {metric.name for metric in REGISTRY.collect() if metric.name.startswith("creneau_")}
    assert len(ours) >= 5
    for name in ours:
        assert f"`{name}" in OPERATIONS, name


def test_beats_jobs_and_roles_are_documented():
    """With how often they come."""
    for name, every in [("holds", beats.HOLDS_S), ("offers", beats.OFFERS_S),
                        ("displaced", beats.DISPLACED_S)]:  # fmt: skip
        assert f"| `{name}` | {every:g} s |" in OPERATIONS
    for name, cron in BY_THE_CLOCK:
        minute, hour, *_ = cron.split()
        when = "every minute" if minute == "*" else f"{hour:0>2}:{minute} UTC"
        assert f"| `{name}` | {when} |" in OPERATIONS
    for role in ROLES:
        assert f"| `{role}` |" in OPERATIONS
