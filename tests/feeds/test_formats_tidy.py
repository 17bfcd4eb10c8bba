"""The last gate: what leaves is whole, harmless, of bounded size, and takes no time."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from feeds.reading.article.html_out import sanitised
from feeds.writing.formats import FORMATS
from feeds.writing.tidy import MAX_HTML, is_counter, link, tidy
from tests.samples import make_entry, make_feed

REL = 'rel="noopener noreferrer"'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>x<b>y", "<p>x<b>y</b></p>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<b><i>x</b>y</i>", "<b><i>x</i></b>y"),
        ("</p></div>x", "x"),
        ("a < b & c &lt;b&gt; &amp;lt;", "a &lt; b &amp; c &lt;b&gt; &amp;lt;"),
        ("<script>alert(1)</script>ok<style>p{}</style>", "ok"),
        ("<scr<script>ipt>x", "ipt&gt;x"),
        ("<svg onload=alert(1)>x</svg>", "x"),
        ("<p onclick='x' style='y' class=z>a</p>", "<p>a</p>"),
        ("<!-- <p> -->x<!--", "x"),
        ("<?xml x?><!doctype html></ >x", "x"),
        ("x<a href='y", "x"),
        ("]]> <![CDATA[x]]>", "]]&gt; "),
        ("a\x00b\ud800c\ufdd1script\ufdd2&#1;&#0;", "abcscript\ufffd"),
        ("<p title='&#" + "9" * 5000 + ";'>&#" + "9" * 5000 + ";x</p>", "<p>x</p>"),
        ("<div dir=RTL lang=ar>x</div><p dir=up lang='<'>y</p>", '<div dir="rtl" lang="ar">x</div><p>y</p>'),
        ("<img alt='a > b' src='https://a.example/b.jpg'>", '<img alt="a &gt; b" src="https://a.example/b.jpg">'),
        (
            "<figure><img src='https://a.example/b.jpg' width=9 height=8><figcaption>c</figcaption></figure>",
            '<figure><img src="https://a.example/b.jpg" width="9" height="8"><figcaption>c</figcaption></figure>',
        ),
        ("<table>x<br>y<tr><td>a", "<table><tbody><tr><td>x<br>y</td></tr><tr><td>a</td></tr></tbody></table>"),
        (
            "<table><tr><td>a<td>b<tr><td>c</table>d",
            "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>d",
        ),
        ("<tr><td>a</td></tr>", "a"),
    ],
)
def test_what_leaves_is_whole(html: str, expected: str) -> None:
    """One story's markup would swallow the next, run in readers, or be shown as signs."""
    assert tidy(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<a href='javascript:alert(1)'>k</a>", f"<a {REL}>k</a>"),
        ("<a href='java\nscript:alert(1)'>k</a>", f"<a {REL}>k</a>"),
        ("<a href='&#106;avascript:alert(1)'>k</a>", f"<a {REL}>k</a>"),
        ("<a href='data:text/html,x'>k</a>", f"<a {REL}>k</a>"),
        (
            "<a href='https://a.example/?utm_source=1&amp;b=2&fbclid=3#f'>k</a>",
            f'<a href="https://a.example/?b=2#f" {REL}>k</a>',
        ),
        ("<a href=http://a.example/ href=http://b.example/>k</a>", f'<a href="http://a.example/" {REL}>k</a>'),
    ],
)
def test_links(html: str, expected: str) -> None:
    """Whoever follows a link would be tracked, or would run what a site wrote."""
    assert tidy(html) == expected


@pytest.mark.parametrize(
    "image",
    [
        "<img src='https://a.example/x.gif' width=1 height=1>",
        "<img src='https://a.example/x.gif' height='0'>",
        "<img src='https://a.example/1x1.gif'>",
        "<img src='https://pixel.a.example/7?u=https://a.example/b.jpg'>",
        "<img src='data:image/gif;base64,R0lGOD'>",
        "<img src='/relative.jpg'>",
        "<img alt=x>",
    ],
)
def test_pictures_that_count_readers(image: str) -> None:
    """Everyone who opens a story would be counted, or shown a broken picture."""
    assert tidy(f"a{image}b") == "ab"
    for url in ("https://a.example/encounters/pixelart.jpg", "https://a.example/counter/google-pixel-9.jpg"):
        assert not is_counter(url, 800, None)


@pytest.mark.parametrize("tag", ["iframe", "embed", "video", "audio"])
def test_embeds_are_links(tag: str) -> None:
    """Readers, which show nothing that is embedded, would not know that there is a film."""
    html = f"a<{tag} src='https://film.example/?v=1&amp;b=2' title='Phim &lt;1&gt;'><p>old</p></{tag}>z"
    found = LexborHTMLParser(tidy(html)).css_first("p a")
    assert found.attributes["href"] == "https://film.example/?v=1&b=2"
    assert found.text() == "Phim <1>"
    assert tidy(f"<{tag} src='javascript:x'></{tag}>z") == "z"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/b c?d\t\n", "https://a.example/b%20c?d"),
        ("HTTPS://a.example/?utm_source=x", "HTTPS://a.example/"),
        ("javascript:x", None),
        ("", None),
        (None, None),
        ("//a.example/", None),
        ("https://a.example/\x00b", "https://a.example/b"),
    ],
)
def test_link(url: str | None, expected: str | None) -> None:
    """An address that a document carries would not be one, or would say where its reader came from."""
    assert link(url) == expected


MARKUP = st.lists(
    st.text(max_size=5)
    | st.sampled_from(
        ["<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</ul>", "<table>", "<td>", "</table>", "<a href='http://a.b/?c=1'>",
         "</a>", "<h2>", "<pre>", "<blockquote>", "<img src='http://a.b/c'>", "&amp;", "&nbsp;", "&lt;", "<br>", "<hr>"]
    )
).map("".join)  # fmt: skip


@given(MARKUP)
def test_what_was_read_stays(html: str) -> None:
    """Stories would lose text or markup on their way out, or change each time they pass."""
    read = sanitised(html)
    once = tidy(read)
    assert tidy(once) == once
    assert LexborHTMLParser(once).text() == LexborHTMLParser(read).text()


HOSTILE = {
    "ten megabytes": "<p>xin chào</p>" * 700_000,
    "nested": "<ul><li>" * 120_000,
    "misnested": "".join(f"<b title={number}>" for number in range(1000)) + "<p>x" * 100_000,
    "signs": "<" * 1_000_000,
    "references": "&" * 1_000_000,
    "quotes": '<a "' * 250_000,
    "comments": "<!--" * 250_000,
    "attributes": "<img " + " ".join(f"a{number}=1" for number in range(100_000)) + ">",
    "one attribute": "<img " + "a" * 900_000 + ">",
    "scripts": "<script>" * 120_000,
    "tables": "<table><tr><td>" * 60_000,
    "outside of cells": "<table>" + "<br>" * 200_000,
    "a table that is too deep": "<ol>" * 59 + "<table><tr><td>" + "<br>" * 200_000,
    "a table without cells": "<table>" + "a<b>c</b>" * 100_000,
    "links": "<a href=https://a.example/?" + "utm_source=1&" * 70_000 + ">x",
    "digits": "&#" + "9" * 900_000 + ";",
    "spaces that do not break": "\u00a0" * 400_000,
    "closing": "</p>" * 250_000,
}


@pytest.mark.skipif("coverage" in sys.modules, reason="measures time; counting lines takes most of it")
@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_story_takes_long(html: str) -> None:
    """One page that was made for it would keep everyone's feeds from being written."""
    start = time.process_time()
    found = tidy(html)
    assert time.process_time() - start < 5  # a second, on a machine that has nothing else to do
    assert len(found) <= 5 * MAX_HTML


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_feed_of_long_stories(name: str) -> None:
    """A feed with an endless page in it would not be served, or be too large for any reader."""
    long = "<p>" + "chữ &amp; nghĩa " * 1_000_000 + "</p>"
    body = FORMATS[name].write(make_feed(make_entry(1, content_html=long), make_entry(2)))
    assert len(body) < 3 * MAX_HTML
    assert make_entry(2).story.entry_id.encode() in body
