"""What planners order to be published, and where that stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from api.capacity.publication import Shares
from api.problems import MalformedRequest, NotFound
from api.settings import Settings

INSTANCE, PLAN, SCENARIO = "instance", "plan", "scenario.toml"
"""What lies in the folder of a plan; of the scenario the instance is built, where there is one."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DEFAULT = Shares()

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class Options:
    """How a plan is published.

    weeks
        First doses of the first weeks only, with the second doses these can need; None for all.
    rebook
        Move the bookings for which the plan has no dose.
    """

    shares: Shares = field(default_factory=Shares)
    weeks: int | None = None
    rebook: bool = False


class PublicationOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Publish the plan of this name; see `creneau publish`."""

    plan: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    phone_share: Share = _DEFAULT.phone
    standby_share: Share = _DEFAULT.standby
    release_days: Annotated[int, msgspec.Meta(ge=0, le=60)] = _DEFAULT.release_days
    weeks: Annotated[int, msgspec.Meta(ge=1, le=520)] | None = None
    rebook: bool = False

    def options(self) -> Options:
        """Read them as options of publishing.

        Raises
        ------
        MalformedRequest
            When the shares are over 1 together.
        """
        try:
            shares = Shares(self.phone_share, self.standby_share, self.release_days)
        except ValueError:
            raise MalformedRequest("phone_share and standby_share are over 1 together") from None
        return Options(shares, self.weeks, self.rebook)


class PublicationState(msgspec.Struct, frozen=True):
    """Where a publication stands.

    summary
        What changed, as `creneau publish --json` prints it, once it is done.
    message
        What was wrong, when it failed; nothing of the plan is published then.
    """

    publication: UUID
    plan: str
    status: Literal["queued", "running", "done", "failed"]
    summary: dict[str, Any] | None = None
    message: str | None = None


class SolutionOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Solve the instance of this name; see `creneau plan`, and `creneau replan` with `earlier`.

    earlier
        Another plan, of the instance as it was: the new one keeps to it as far as that is good.
    """

    plan: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    method: Literal["optimal", "pro-rata", "first-come"] = "optimal"
    gap: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.001
    time_limit_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)] | None = None
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] | None = None
    earlier: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None = None


class Milestone(msgspec.Struct, frozen=True, array_like=True):
    """Seconds since the start, and the best bound and the best plan's cost by then."""

    seconds: float
    bound: float | None
    cost: float | None


class SolutionProgress(msgspec.Struct, frozen=True):
    """How far a solution is.

    phase
        What is being done, as `creneau plan` says it.
    share
        Share of the phase done, 0 to 1.
    milestones
        One for each time bound or cost became better; of many, every so manieth.
    """

    phase: str
    share: float
    milestones: tuple[Milestone, ...] = ()


class SolutionState(msgspec.Struct, frozen=True):
    """Where a solution stands.

    summary
        What `result.json` of the plan says, once it is done.
    message
        What was wrong, when it failed; an older plan is left as it was.
    progress
        How far it is, once it runs, at most a second old.
    """

    solution: UUID
    plan: str
    status: Literal["queued", "running", "done", "failed"]
    summary: dict[str, Any] | None = None
    message: str | None = None
    progress: SolutionProgress | None = None


@dataclass(frozen=True, slots=True)
class PlanFolders:
    """The two folders of a plan that may be published."""

    instance: Path
    plan: Path

    @property
    def name(self) -> str:
        """Name of the plan."""
        return self.plan.parent.name

    @property
    def scenario(self) -> Path:
        """File of the scenario that the instance is built of; there need not be one."""
        return self.plan.with_name(SCENARIO)

    @classmethod
    def named(cls, settings: Settings, name: str) -> PlanFolders:
        """Find a plan by its name.

        Raises
        ------
        NotFound
            When there is none; a name never leads out of the folder of plans.
        """
        found = cls.to_solve(settings, name)
        if not found.plan.is_dir():
            raise NotFound
        return found

    @classmethod
    def to_solve(cls, settings: Settings, name: str) -> PlanFolders:
        """Find an instance by its name, or the scenario to build it of; there need be no plan.

        Raises
        ------
        NotFound
            When there is neither.
        """
        found = cls.called(settings, name)
        if not (found.instance.is_dir() or found.scenario.is_file()):
            raise NotFound
        return found

    @classmethod
    def called(cls, settings: Settings, name: str) -> PlanFolders:
        """Give the folders a plan of this name would have, whether they are there or not.

        Raises
        ------
        NotFound
            When it is no name.
        """
        if _NAME.fullmatch(name) is None:
            raise NotFound
        folder = settings.plans_folder / name
        return cls(folder / INSTANCE, folder / PLAN)
