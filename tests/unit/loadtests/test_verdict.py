"""Every promise the verdict watches, broken once."""

from __future__ import annotations

import pytest

from loadtests.record import Exchange, Glimpse, Hold, Record, Wait
from loadtests.recount import Recount
from loadtests.verdict import Evidence, Outage, best_minute, judge, out_of_order, wait_error

CLEAN = Recount(0, 0, (), (), ())
KEYS = {
    "verdict", "broken", "pairs", "pairs_per_s", "p50_ms", "p99_ms", "errors_5xx", "oversold",
    "lost", "shown_but_refused", "queue_wait_error",
}  # fmt: skip


def record(**changes):
    """Give the record of a run in which all went well, but for what is changed."""
    times = [float(t) for t in range(100)]
    about = {
        "began": 0.0, "ended": 100.0, "arrivals": times, "lags": [0.001] * 100,
        "exchanges": [Exchange("hold", t, t, t + 0.01, 201) for t in times],
        "holds": [Hold(t, False, False) for t in times],
        "glimpses": [Glimpse(t, 0.3) for t in times], "confirmed_at": times,
    }  # fmt: skip
    return Record(**{**about, **changes})


def broken(rec, **evidence):
    """Judge, and give what was broken."""
    return judge(rec, Evidence(**{"recount": CLEAN, **evidence})).broken


def test_a_run_in_which_all_went_well_passes():
    """Nothing is broken, and the figures are those of the run."""
    verdict = judge(record(), Evidence(CLEAN))
    assert (verdict.verdict, verdict.broken, verdict.warnings) == ("pass", [], [])
    assert verdict.pairs == 100
    assert verdict.p99_ms == pytest.approx(10)
    assert verdict.queue_wait_error is None
    assert verdict.as_json().keys() >= KEYS
    assert next(verdict.lines()) == "verdict: pass"


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        (Recount(3, 0, (), (), ()), "3 doses oversold"),
        (Recount(0, 2, (), (), ()), "2 slots do not count"),
        (Recount(0, 0, ("x",), (), ()), "half a pair: 1"),
        (Recount(0, 0, (), ("x",), ()), "lost: 1"),
        (Recount(0, 0, (), (), ("x",)), "refused, but booked: 1"),
    ],
)
def test_what_the_database_says_counts(counted, said):
    """Each of the recount's findings."""
    [only] = broken(record(), recount=counted)
    assert only.startswith(said)


def test_a_database_out_of_reach_is_told():
    """It is no reason to fail, and none to be silent."""
    verdict = judge(record(), Evidence())
    assert verdict.verdict == "pass"
    assert any("was not counted" in what for what in verdict.warnings)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"exchanges": [Exchange("hold", 1, 1, 2, 500)]}, "1 answers were 5xx: 1 hold 500"),
        ({"exchanges": [Exchange("hold", 1, 1, 2, 0)]}, "1 requests were not answered: 1 hold 0"),
        ({"complaints": ["receipt 7: other slots"]}, "1 answers did not say what they should"),
        ({"confirmed_at": []}, "nobody booked"),
        ({"holds": [Hold(1, False, True), Hold(2, False, False)]}, "50.0% of the pairs shown"),
        ({"exchanges": [Exchange("publish", 1, 1, 2, 200)]}, "what the planner published was"),
        ({"glimpses": []}, "nobody saw how old"),
        ({"glimpses": [Glimpse(1, 7.0)]}, "what was shown was up to 7.0 s old"),
        ({"waits": [Wait(1, 100.0, 10.0, 1.0, 0.5)]}, "waits were 900% off"),
        (
            {"waits": [Wait(2, 5.0, 5.0, 5.0, 4.0), Wait(1, 9.0, 9.0, 9.0, 8.0)]},
            "1 were kept waiting after",
        ),
    ],
)
def test_what_people_lived_counts(changes, said):
    """Each promise about answers, files and waits."""
    [only] = broken(record(**changes))
    assert only.startswith(said)


def test_files_and_seals_count():
    """What was found after the run."""
    assert broken(record(), differences=["centre a: 1"]) == [
        "files and tables differ at 1 centres: centre a: 1"
    ]
    assert broken(record(), unopened=2)[0].startswith("2 sealed identities")


def test_pairs_gone_in_hot_spots_are_told_apart():
    """Everybody wants them, and sees them go."""
    verdict = judge(record(holds=[Hold(1, True, True), Hold(2, False, False)]), Evidence(CLEAN))
    assert verdict.verdict == "pass"
    assert verdict.figures["shown_but_refused_hot"] == 1


def test_an_outage_excuses_answers_and_nothing_else():
    """5xx, broken connections, old files and slow answers in it; not what is lost."""
    lived = [(10, 11, 503), (12, 13, 0), (13, 20, 201), (50, 50.1, 201)]
    exchanges = [Exchange("hold", due, due, ended, status) for due, ended, status in lived]
    rec = record(exchanges=exchanges, glimpses=[Glimpse(12, 9.0), Glimpse(50, 0.2)])
    outage = [Outage(9, 15)]
    verdict = judge(rec, Evidence(CLEAN, outages=outage))
    assert (verdict.broken, verdict.errors_5xx) == ([], 0)
    assert verdict.p99_ms == pytest.approx(100)
    assert len(broken(rec)) == 3
    assert broken(rec, recount=Recount(0, 0, (), ("x",), ()), outages=outage)[0].startswith("lost")


def test_times_count_from_when_a_request_was_wanted():
    """A generator or a connection that kept it waiting is part of the wait."""
    verdict = judge(record(exchanges=[Exchange("hold", 1.0, 3.0, 3.1, 201)]), Evidence(CLEAN))
    assert verdict.p50_ms == pytest.approx(2100)


def test_a_late_generator_is_told():
    """The load was not the one it should be."""
    verdict = judge(record(lags=[0.5] * 100), Evidence(CLEAN))
    assert verdict.verdict == "pass"
    assert any("late: 500 ms" in what for what in verdict.warnings)


def test_the_best_minute_is_any_minute():
    """Not one that begins with the clock's; in a shorter run, all of it."""
    times = [30 + i / 10 for i in range(600)]
    assert best_minute([*times, 200.0], 300) == pytest.approx(10, rel=0.01)
    assert best_minute([1.0, 2.0, 3.0], 30) == pytest.approx(0.1)
    assert best_minute([], 300) == 0


def test_waits_are_compared_on_average():
    """A tenth more or less is a tenth off."""
    waits = [Wait(1, 110, 100, 1, 0), Wait(2, 90, 100, 2, 1)]
    assert wait_error(waits) == pytest.approx(0.1)
    assert wait_error([]) is None


def test_who_looks_late_was_not_overtaken():
    """Order is by what people were told, not by when they looked; within a turn there is none."""
    behind = Wait(2, 1, 1, admitted=5.0, told_to_wait=4.0)
    assert out_of_order([behind, Wait(1, 1, 1, admitted=30.0, told_to_wait=4.5)]) == 0
    assert out_of_order([behind, Wait(1, 1, 1, admitted=9.0, told_to_wait=6.5)]) == 0
    assert out_of_order([behind, Wait(1, 1, 1, admitted=9.0, told_to_wait=7.5)]) == 1
    assert out_of_order([behind, Wait(3, 1, 1, admitted=9.0, told_to_wait=7.5)]) == 0
