"""Bytes without doubt: frames that cannot be confused, texts with one form."""

from __future__ import annotations

import pytest

from api.protocol import encoding
from api.protocol.refusal import Refused


def test_a_frame_is_lengths_and_fields():
    """Two bytes of length before each, the label first."""
    assert encoding.frame("ab", b"\0", "é") == b"\0\2ab\0\1\0\0\2\xc3\xa9"


def test_no_two_lists_of_fields_share_a_frame():
    """Fields that flow together as text stay apart as frames."""
    frames = [("l", "ab", "c"), ("l", "a", "bc"), ("l", "abc"), ("la", "b", "c"), ("l", "abc", "")]
    assert len({encoding.frame(*fields) for fields in frames}) == len(frames)
    with pytest.raises(Refused):
        encoding.frame("l", b"x" * 65536)


@pytest.mark.parametrize("text", ["AA==", "A", "AB", "A+", "A/", "A A", "\u00e9A", "AA\n"])
def test_base64url_has_one_form(text):
    """Padding, other alphabets, blanks and spare bits are refused."""
    with pytest.raises(Refused):
        encoding.from_base64url(text)


def test_base64url_knows_its_length():
    """A value of another length is refused."""
    assert encoding.from_base64url("_-8", 2) == b"\xff\xef"
    with pytest.raises(Refused, match="2 bytes, not 3"):
        encoding.from_base64url("_-8", 3)


@pytest.mark.parametrize("text", ["2021-5-31", "20210531", "2021-02-30", "2021-W01-1", "", "x"])
def test_a_day_has_one_form(text):
    """Only YYYY-MM-DD, and only days that exist."""
    assert encoding.day_of("2020-02-29").isoformat() == "2020-02-29"
    with pytest.raises(Refused):
        encoding.day_of(text)


def test_a_text_with_half_a_character_is_refused():
    """A lone surrogate has no UTF-8."""
    with pytest.raises(Refused):
        encoding.text_bytes("a\ud800")
