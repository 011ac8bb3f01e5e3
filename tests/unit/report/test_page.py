"""Pieces of a page escape what they are given, once."""

from __future__ import annotations

import pytest

from scenarios.report import page

EVIL = '<img src=x onerror="f()">&'
SAFE = "&lt;img src=x onerror=&quot;f()&quot;&gt;&amp;"


@pytest.mark.parametrize(
    "html",
    [
        page.paragraph(EVIL),
        page.bullets([EVIL]),
        page.cards([(EVIL, EVIL, EVIL)]),
        page.table(EVIL, (EVIL, EVIL), [(EVIL, EVIL)]),
        page.details(EVIL, ""),
        page.figure(EVIL, ""),
        page.legend(EVIL, [("#fff", EVIL)]),
        page.document(title=EVIL, header_html="", sections=[("a", EVIL, "")]),
    ],
    ids=["paragraph", "bullets", "cards", "table", "details", "figure", "legend", "document"],
)
def test_text_is_escaped_everywhere_and_once(html):
    """No tag gets in, and no entity is escaped twice."""
    assert "<img" not in html
    assert SAFE in html
    assert "&amp;lt;" not in html


def test_a_page_forbids_itself_to_call_anyone():
    """The policy in its head allows inline styles and pictures inside the page only."""
    html = page.document(title="t", header_html="", sections=[])
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in html


def test_every_section_is_linked_from_the_top():
    """The table of contents has one link a section, to its anchor."""
    html = page.document(
        title="t", header_html="", sections=[("un", "Un", "<p>1</p>"), ("deux", "Deux", "")]
    )
    assert '<a href="#un">Un</a>' in html
    assert '<section id="deux" aria-labelledby="deux-titre">' in html


def test_only_long_tables_scroll_in_a_window_of_their_own():
    """A short table is shown whole, even on a phone."""
    rows = [("a", "1")] * page.LONG_TABLE
    assert 'class="scroll"' in page.table("c", ("x", "y"), rows)
    assert 'class="scroll long"' in page.table("c", ("x", "y"), [*rows, ("a", "1")])


def test_a_table_without_headers_has_no_empty_row_on_top():
    """Names and values need none."""
    assert "<thead>" not in page.table("c", ("", ""), [("a", "1")])
