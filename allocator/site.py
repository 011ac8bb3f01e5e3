"""Where to open the next lines: by prices first, then each by solving again, then certified."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from allocator.ascent.evaluate import Evaluator
from allocator.ascent.model import model_of
from allocator.ascent.relax import Relaxer
from allocator.ascent.rows import ascent_prices
from allocator.ascent.scan import Scanner
from allocator.carry import Earlier, carry_decisions, carry_prices
from allocator.certificate import from_table
from allocator.check.verdict import judge
from allocator.errors import InputError
from allocator.horizon import horizon_of
from allocator.instance import Floats, Instance
from allocator.lp import count_columns, solve_relaxation
from allocator.places import Place, km_to, places_of_centres, places_of_zones, with_line
from allocator.replan import replan
from allocator.result import Result
from allocator.watch import Progress

SHORTLIST = 6
"""Places, best by prices, whose first line is solved for."""
COMMUNES = 200
"""Communes looked at, when nobody says where a centre could be."""


LEAST_GAIN = 1e-9
"""Part of the cost that a line must gain to be worth naming."""
EXACT_COLUMNS = 100_000
"""Up to here the relaxation is solved again by HiGHS; above, climbed again from the prices."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line proposed.

    worth
        What its slots are worth at the plan's prices: an estimate, and the reason to look here.
    gain
        By how much the relaxation costs less with it, those proposed before it in place.
    """

    place: Place
    worth: float
    gain: float


@dataclass(frozen=True, slots=True)
class Siting:
    """Lines in the order to open them, and what all of them together bring.

    gain
        Cost of the plan less that of the plan with the lines, kilometres counted from the centre
        that was nearest before (a new centre may be nearer).
    least, most
        Between these the gain of the best plans lies, proven by the bounds of both.
    people, km
        People served more, and kilometres travelled less.
    """

    lines: tuple[Line, ...]
    gain: float
    least: float
    most: float
    people: int
    km: float
    instance: Instance
    result: Result


def site(
    earlier: Earlier,
    *,
    lines: int,
    injections: int,
    places: Sequence[Place] | None = None,
    gap: float = 1e-3,
    progress: Callable[[Progress], None] = lambda _: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> Siting:
    """Propose where to open lines, and plan with them.

    Parameters
    ----------
    earlier
        The plan so far and its instance.
    lines, injections
        How many, and the injections of each in a week.
    places
        Where they may be; every centre and the most promising communes when None.
    gap
        Certified gap of the plan with the lines.
    progress, interrupted
        As for `solve`; interrupted, the lines found so far are planned with.

    Raises
    ------
    InputError
        When the plan has no certificate, and so no prices.
    """
    search = _Search(earlier, injections, progress)
    found = search.choose(lines, search.screen(places), interrupted)
    done = replan(search.instance, earlier, gap=gap, progress=progress, interrupted=interrupted)
    return _certified(earlier, found, search.instance, done.result)


class _Search:
    """Chooses line after line on the relaxation of the instance with those before it."""

    def __init__(
        self, earlier: Earlier, injections: int, progress: Callable[[Progress], None]
    ) -> None:
        rows = from_table(earlier.instance, earlier.plan["certificate"])
        if rows is None:
            raise InputError("certificate", "is empty, so there are no prices to go by")
        self._earlier = earlier
        self._capacity = rows.capacity
        self._injections = injections
        self._progress = progress
        self._near = model_of(earlier.instance).near
        self.instance = earlier.instance

    def screen(self, places: Sequence[Place] | None) -> list[tuple[float, Place]]:
        """Worth of one line at each place by the plan's prices, dearest first."""
        self._progress(Progress("prices of places", 0.0, None, None))
        paid = self._paid_per_person()
        if places is None:
            places = [*places_of_centres(self.instance), *self._communes(paid)]
        worth = [(self._worth(place, paid), place) for place in places]
        return sorted(worth, key=lambda pair: (-pair[0], pair[1].id))

    def choose(
        self, lines: int, screened: list[tuple[float, Place]], interrupted: Callable[[], bool]
    ) -> list[Line]:
        """Solve again for the dearest, take the best; those left behind gain no more than before.

        A gain found with fewer lines in place is an upper estimate of what it is with more, so a
        place is solved again only while its old gain is above the best new one.
        """
        chosen: list[Line] = []
        gains = [(float("inf"), worth, place) for worth, place in screened[:SHORTLIST]]
        base = self._relaxed(self.instance)
        while len(chosen) < lines and not interrupted():
            best: tuple[float, float, Place] | None = None
            fresh = []
            for known, worth, place in sorted(gains, key=lambda one: (-one[0], -one[1])):
                self._progress(Progress(f"line {len(chosen) + 1}, {place.name}", 0.0, base, None))
                gain = known
                if best is None or known > best[0]:
                    gain = base - self._relaxed(with_line(self.instance, place, self._injections))
                fresh.append((gain, worth, place))
                best = max(best or fresh[-1], fresh[-1], key=lambda one: one[0])
            if best is None or best[0] <= LEAST_GAIN * abs(base):
                break
            gains, base = fresh, base - best[0]
            self.instance = with_line(self.instance, best[2], self._injections)
            chosen.append(Line(best[2], best[1], best[0]))
        return chosen

    def _relaxed(self, instance: Instance) -> float:
        """Value of the relaxation, or a bound near it; kilometres from what was nearest before."""
        model = replace(model_of(instance), near=self._near)
        if count_columns(model) <= EXACT_COLUMNS:
            return solve_relaxation(model).objective
        with Evaluator(model) as evaluator:
            relaxer = Relaxer(model, evaluator, lambda: False, carry_prices(self._earlier, model))
            relaxer.list_zones()
            for _ in relaxer.climb(relaxer.nearby_schedule(), "prices"):
                pass
            for _ in relaxer.sharpen():
                pass
            return relaxer.bound

    def _paid_per_person(self) -> Floats:
        """Price the slots of one person, both doses, at each centre of the plan."""
        horizon, J = horizon_of(self.instance), len(self.instance.centres.ids)
        decisions = carry_decisions(self._earlier, self.instance)
        paid, people = np.zeros(J), np.zeros(J)
        j, t, n = (decisions.first_doses[:, c] for c in (2, 4, 5))
        np.add.at(paid, j, n * self._capacity[j, t])
        np.add.at(people, j, n)
        j, t, n = (decisions.second_doses[:, c] for c in (0, 3, 4))
        np.add.at(paid, j, n * self._capacity[j, t])
        self._doses = float(people.sum() + n.sum()) / max(float(people.sum()), 1.0)
        self._weeks = horizon.W
        self._flows = decisions.flows
        zone, _, centre, _ = decisions.flows.T
        self._km_now = model_of(self.instance).distances.pairs(zone, centre)
        each: Floats = np.divide(paid, people, out=np.zeros(J), where=people > 0)
        return each

    def _communes(self, paid: Floats) -> list[Place]:
        """Communes whose own people would gain most by a centre next door."""
        zone, _, centre, people = self._flows.T
        worth = np.zeros(len(self.instance.zones.ids))
        each = self.instance.objective.km * self._km_now + paid[centre]
        np.add.at(worth, zone, people * each)
        dearest = np.argsort(-worth, kind="stable")[:COMMUNES]
        return places_of_zones(self.instance, dearest[worth[dearest] > 0])

    def _worth(self, place: Place, paid: Floats) -> float:
        """Slots at the place's prices; of a new one, what those who gain most by it would gain."""
        if place.centre is not None:
            return float(self._injections * self._capacity[place.centre].sum())
        zone, _, centre, people = self._flows.T
        km = self._km_now - km_to(self.instance, place)[zone]
        each = self.instance.objective.km * km + paid[centre]
        order = np.argsort(-each, kind="stable")
        order = order[each[order] > 0]
        room = self._injections * self._weeks / self._doses
        before = np.cumsum(people[order]) - people[order]
        taken = np.clip(room - before, 0, people[order])
        return float((taken * each[order]).sum())


def _certified(
    earlier: Earlier, lines: Sequence[Line], instance: Instance, result: Result
) -> Siting:  # fmt: skip
    """Measure what the lines bring between the two plans, and prove it between the two bounds."""
    before, after = judge(earlier.instance, earlier.plan), result.verdict
    assert before.bound is not None
    assert after is not None
    assert result.plan is not None
    assert result.prices is not None
    near = model_of(earlier.instance).near
    own = model_of(instance)
    model = replace(own, near=near)
    flows = carry_decisions(Earlier(instance, result.plan), instance).flows
    nearer_km = float((flows[:, 3] * (near - own.near)[flows[:, 0]]).sum())
    cost = after.cost - model.km_price * nearer_km
    with Evaluator(model) as evaluator:
        bound = Scanner(model).bound(ascent_prices(model, result.prices), evaluator)
    served = [int(verdict.kpis["first_doses"] or 0) for verdict in (before, after)]
    return Siting(
        lines=tuple(lines), gain=before.cost - cost, least=before.bound - cost,
        most=before.cost - bound, people=served[1] - served[0],
        km=_km(earlier.instance, earlier) - _km(instance, Earlier(instance, result.plan)),
        instance=instance, result=result,
    )  # fmt: skip


def _km(instance: Instance, earlier: Earlier) -> float:
    """Kilometres that everybody in a plan travels to the centre."""
    zone, _, centre, people = carry_decisions(earlier, instance).flows.T
    return float((people * model_of(instance).distances.pairs(zone, centre)).sum())
