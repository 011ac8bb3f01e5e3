"""The scanner finds what is there, however it is written, and nothing else."""

from __future__ import annotations

import base64
import gzip
import json
import os
import unicodedata
import zlib
from urllib.parse import quote, quote_plus, urlencode

import brotli
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.privacy.canaries import canaries, planted, secrets_of
from tests.privacy.scanner import Hit, Scanner

NAME = "Lefèvre-Dœufquillon"
NOISE = b'{"a": 1, "who": "'

WRITTEN = {
    "UTF-8": NAME.encode(),
    "lower": NAME.lower().encode(),
    "upper": NAME.upper().encode(),
    "NFD": unicodedata.normalize("NFD", NAME).encode(),
    "without accents": b"Lefevre-Dufquillon",
    "UTF-16LE": NAME.encode("utf-16-le"),
    "UTF-16BE": NAME.upper().encode("utf-16-be"),
    "Latin-1": "Éloïse-Gaëlle".encode("latin-1"),
    "hex": NAME.encode().hex().encode(),
    "HEX": NAME.encode("utf-16-le").hex().upper().encode(),
    "percent": quote(NAME).encode(),
    "percent, small": quote(NAME, safe="").replace("%C3%A8", "%c3%a8").replace("%C5%93", "%c5%93")
    .encode(),
    "percent of Latin-1": quote("Éloïse-Gaëlle", safe="", encoding="latin-1").encode(),
    "query": urlencode({"q": "Éloïse-Gaëlle"}).encode(),
    "query with plus": quote_plus("greffée du rein").encode(),
    "percent twice": quote(quote(NAME, safe=""), safe="").encode(),
    "JSON": json.dumps({"name": NAME}).encode(),
    "JSON in JSON": json.dumps(json.dumps({"name": NAME})).encode(),
    "JSON, capitals": json.dumps(NAME).replace("00e8", "00E8").encode(),
    "repr of bytes": repr(NAME.encode()).encode(),
    "ascii": ascii(NAME).encode(),
    "reversed": NAME[::-1].encode(),
    "reversed, UTF-16": NAME[::-1].encode("utf-16-le"),
}  # fmt: skip
PACKED = {
    "gzip": gzip.compress,
    "gzip, stored": lambda data: gzip.compress(data, 0),
    "zlib": zlib.compress,
    "zlib, best": lambda data: zlib.compress(data, 9),
    "zstd": lambda data: pa.compress(data, codec="zstd", asbytes=True),
}


@pytest.fixture(scope="module")
def scanner():
    """Look for a name, a first name and an answer."""
    return Scanner({"name": [NAME], "first name": ["Éloïse-Gaëlle"], "health": ["greffée du rein"]})


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_a_text_is_found_however_it_is_written(scanner, written):
    """In the middle of something else."""
    assert scanner.search("here", os.urandom(99) + NOISE + written + b'"}' + os.urandom(99))


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize("charset", ["utf-8", "utf-16-le", "latin-1"])
def test_a_text_is_found_in_base64_wherever_it_stands_there(scanner, encode, before, charset):
    """At every alignment, whatever stands around it."""
    text = "Éloïse-Gaëlle".encode(charset)
    for after in range(4):
        assert scanner.search("here", encode(os.urandom(before) + text + os.urandom(after)))


def letters(n):
    """Noise that can be packed a little, so that no packer leaves it as it is."""
    return base64.b32encode(os.urandom(n))


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)
def test_a_text_is_found_in_packed_parts(scanner, pack):
    """Between other bytes, and where the end of the packed part is missing."""
    packed = pack(letters(20_000) + NAME.encode() + letters(250_000))
    assert NAME.encode() not in packed or pack is PACKED["gzip, stored"]
    assert scanner.search("here", b"before" + packed + b"after")
    assert scanner.search("here", packed[: len(packed) * 2 // 3])


def test_brotli_is_unpacked_where_it_is_told(scanner, tmp_path):
    """It has no mark of its own: a header or a suffix must say what it is."""
    packed = brotli.compress(b"x" * 5_000 + NAME.encode())
    assert not scanner.search("here", packed)
    assert scanner.search("here", packed, packing="br")
    (tmp_path / "file.br").write_bytes(packed)
    assert scanner.search_file(tmp_path / "file.br", "file")
    assert not scanner.search("here", b"not brotli", packing="br")


def test_files_are_searched_with_their_names(scanner, tmp_path):
    """Empty ones as well."""
    (tmp_path / "plain").write_bytes(b"nothing" * 9_000)
    (tmp_path / NAME).touch()
    (tmp_path / "full").write_bytes(os.urandom(70_000) + NAME.encode())
    found = {p.name: scanner.search_file(p, p.name) for p in tmp_path.iterdir()}
    assert {name for name, hits in found.items() if hits} == {NAME, "full"}


def test_a_hit_says_whose_in_which_form_and_where(scanner):
    """Which is what one needs to find the leak."""
    assert scanner.search("a log", b"GET /?q=" + quote(NAME).encode()) == {
        Hit("name", "as is utf-8 percent", "a log"),
    }
    packed = b"1234" + gzip.compress(NAME.encode())
    assert {hit.place for hit in scanner.search("a file", packed)} == {"a file unpacked at 4"}


def test_nothing_is_found_where_nothing_is(scanner):
    """Noise, texts alike, and what is too short to be anybody's."""
    alike = ["Lefèvre", "Dœufquillo", "Eloise-Gaell", "greffe du rein", "Éloïse"]
    data = os.urandom(1 << 20) + "\n".join(alike).encode() + gzip.compress(b"nobody" * 100)
    assert scanner.search("here", data) == set()
    with pytest.raises(AssertionError, match="too short"):
        Scanner({"code": ["75"]})


def test_bytes_are_found_raw_and_wrapped():
    """Keys, for instance."""
    key = os.urandom(32)
    scanner = Scanner({"key": [key]})
    for wrapped in (key, key.hex().encode(), base64.b64encode(b"12" + key + b"3")):
        assert scanner.search("here", b"..." + wrapped + b"...")
    assert not scanner.search("here", os.urandom(4096))


def test_every_canary_is_told_from_every_other():
    """What is found of one person is of that person alone."""
    people = canaries() + planted()
    secrets = secrets_of(people)
    scanner = Scanner(secrets)
    assert len(secrets) == 6 * len(people)
    for whose, texts in secrets.items():
        for text in texts:
            family = whose.partition(":")[0]
            hits = scanner.search("here", b"--" + text.encode() + b"--")
            assert {hit.whose.partition(":")[0] for hit in hits} == {family}, text
            assert whose in {hit.whose for hit in hits}


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", min_codepoint=33), min_size=8, max_size=40),
    st.binary(max_size=9),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
)
def test_any_text_is_found(text, around, charset):
    """Raw, in hexadecimal digits, in base64 and percent-encoded, whatever stands around it."""
    raw = text.encode(charset)
    scanner = Scanner({"text": [text]})
    for written in (raw, raw.hex().encode(), quote(raw, safe="").encode(),
                    base64.b64encode(around + raw + around)):  # fmt: skip
        assert scanner.search("here", around + written + around)
