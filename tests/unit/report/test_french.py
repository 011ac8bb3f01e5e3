"""Figures, dates and spaces as French typography sets them."""

from __future__ import annotations

from datetime import date

import pytest

from scenarios.report import french

NNBSP, NBSP = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234567, 0, f"1{NNBSP}234{NNBSP}567"),
        (12345.67, 1, f"12{NNBSP}345,7"),
        (-3.25, 1, "−3,2"),
        (-0.04, 1, "0,0"),
        (None, 0, "–"),
        (float("nan"), 1, "–"),
    ],
)
def test_numbers_have_narrow_spaces_a_comma_and_a_true_minus(value, decimals, text):
    """Thousands, decimals, signs; a dash where there is no value."""
    assert french.number(value, decimals) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (1, f"100{NNBSP}%"),
        (0, f"0{NNBSP}%"),
        (0.99999, f"99,9{NNBSP}%"),
        (0.8125, f"81,2{NNBSP}%"),
        (1.5, f"150,0{NNBSP}%"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_only_what_is_whole_is_called_a_hundred_per_cent(share, text):
    """Almost all people is not all people."""
    assert french.percent(share) == text


def test_a_small_share_keeps_two_digits_that_tell_something():
    """A gap of 0.0000931 is not 0.0 %."""
    assert french.small_percent(0.0000931) == f"0,0093{NNBSP}%"


@pytest.mark.parametrize(("value", "text"), [(0.2, "0,2"), (100.0, "100"), (1250, f"1{NNBSP}250")])
def test_a_price_is_written_with_the_digits_it_was_given_with(value, text):
    """No zeros are added behind the comma."""
    assert french.plain(value) == text


@pytest.mark.parametrize(
    ("way_km", "text"), [(0.0212, f"21{NBSP}m"), (1.04, f"1,0{NBSP}km"), (3.46, f"3,5{NBSP}km")]
)
def test_a_short_way_is_told_in_metres(way_km, text):
    """Below a kilometre, metres."""
    assert french.short_way(way_km) == text


@pytest.mark.parametrize(
    ("text", "spaced"),
    [
        ("trois : un", f"trois{NBSP}: un"),
        ("oui ; non ?", f"oui{NNBSP}; non{NNBSP}?"),
        ("« là »", f"«{NBSP}là{NBSP}»"),
        ("5 %", f"5{NNBSP}%"),
        ("http://x", "http://x"),
    ],
)
def test_no_line_breaks_before_double_punctuation(text, spaced):
    """Spaces before : ; ? ! % and inside guillemets do not break; others stay."""
    assert french.spaced(text) == spaced


@pytest.mark.parametrize(("n", "text"), [(0, "0 dose"), (1, "1 dose"), (2, "2 doses")])
def test_the_plural_begins_with_two(n, text):
    """French has the singular for none and one."""
    assert french.count(n, "dose", "doses") == text.replace(" ", NBSP)


def test_the_first_of_a_month_is_written_as_french_does():
    """1er, and no zero before a day."""
    assert french.day(date(2021, 6, 1)) == f"1er{NBSP}juin{NBSP}2021"
    assert french.day_of_year(date(2021, 8, 9)) == f"9{NBSP}août"


@pytest.mark.parametrize(
    ("value", "text"), [(2.04, "+2,0"), (-1.0, "−1,0"), (0.04, "="), (-0.04, "=")]
)
def test_a_difference_shows_its_sign_and_none_as_equal(value, text):
    """What rounds to nothing is said to be equal."""
    assert french.signed(value, 1) == text
