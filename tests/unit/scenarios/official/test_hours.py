"""Opening hours are read out of everything that was typed into the list of places."""

from __future__ import annotations

import pytest

from scenarios.official.hours import USUAL_DAY, OpenWeek, day_of, week_of


def spans(*hours: float) -> tuple[tuple[int, int], ...]:
    """Pairs of hours as minutes."""
    minutes = [round(hour * 60) for hour in hours]
    return tuple(zip(minutes[::2], minutes[1::2], strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:00-17:00", spans(9, 17)),
        ("09:00-13:00/14:00-18:00", spans(9, 13, 14, 18)),
        ("9h-17h", spans(9, 17)),
        ("9h00-13h00 / 14h00-18h00", spans(9, 13, 14, 18)),
        ("de 9h à 12h et de 14h à 17h30", spans(9, 12, 14, 17.5)),
        ("09 h 00 - 21 h 00", spans(9, 21)),
        ("8.30/12.45", spans(8.5, 12.75)),
        ("9H 17H30", spans(9, 17.5)),
        ("10H19H", spans(10, 19)),
        ("8h30 12h - 14h 17h30", spans(8.5, 12, 14, 17.5)),
        ("14-18h", spans(14, 18)),
        ("9: 00-12: 30/13: 30-16h 45", spans(9, 12.5, 13.5, 16.75)),
        ("9:00-13:00/13:00-17:00", spans(9, 13, 13, 17)),
        ("14:00-18:oo", spans(14, 18)),
        ("fermé9h/12h-14h/17h", spans(9, 12, 14, 17)),
        ("9:00-17:00 uniquement le 18 janvier", spans(9, 17)),
        ("20h-24h", spans(20, 24)),
    ],
)
def test_hours_are_read_in_every_spelling(text, expected):
    """Colons, h, dots, blanks, one span or two."""
    assert day_of(text) == expected


@pytest.mark.parametrize("text", ["fermé", "Fermé", "ferme", "FERMÉ", "Fermé au public", " fermé"])
def test_closed_is_closed_in_every_spelling(text):
    """Closed days have no span."""
    assert day_of(text) == ()


@pytest.mark.parametrize(
    "text", ["", "non précisé", "à préciser", "En attente de précisions", "N/A", "A CONFIRMER", "é"]
)
def test_a_cell_that_says_nothing_gives_nothing(text):
    """Not said is not closed."""
    assert day_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "ouvert",
        "Ouvert l'après-midi",
        "9h-3h/13h30-17h30",
        "08:00-13-00/14:00-18:00",
        "10h",
        "91h-19h",
        "09:75-12:00",
        "23:00-25:00",
        "17:00-09:00",
    ],
)
def test_open_without_readable_hours_means_the_usual_day(text):
    """It is open, and nothing better is known than nine to six."""
    assert day_of(text) == USUAL_DAY == spans(9, 18)


def test_a_week_adds_up_its_days():
    """Hours are summed, the day starts with the earliest opening and ends with the last closing."""
    week = week_of(["9h-12h", "9h-12h / 14h-18h30", "8h-12h", "fermé", "9h-12h", "fermé", "fermé"])
    assert week == OpenWeek("1,2,3,5", 3 + 7.5 + 4 + 3, "08:00", "18:30")


@pytest.mark.parametrize(
    ("open_on", "digits"), [((0, 1, 2, 3, 4, 5), "1-6"), ((3,), "4"), ((5, 6), "6-7")]
)
def test_unbroken_days_are_written_as_a_span(open_on, digits):
    """As the instance folder has it."""
    cells = ["9h-17h" if day in open_on else "fermé" for day in range(7)]
    assert week_of(cells).open_days == digits


def test_days_not_said_are_closed_beside_days_that_are_open():
    """Somebody filled in the days that matter."""
    assert week_of(["9h-17h"] * 5 + ["", "à préciser"]).open_days == "1-5"


def test_a_week_closed_on_all_days_is_told_from_one_that_says_nothing():
    """The first place never opens; of the second nothing is known."""
    assert week_of(["fermé"] * 7) == OpenWeek("", 0.0, "", "")
    assert week_of([""] * 7) is None
    assert week_of(["fermé"] * 5 + ["", ""]) is None
