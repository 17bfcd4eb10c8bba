"""What three feed readers make of every format: feedparser, fastfeedparser, and lemon24's reader."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import fastfeedparser
import feedparser
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reader import make_reader
from selectolax.lexbor import LexborHTMLParser

from feeds.model import Entry
from feeds.writing.content import content_html
from feeds.writing.feed import Feed
from feeds.writing.formats import FORMATS
from tests.samples import NOON, make_entry, make_feed, make_full_feed

XML = pytest.mark.parametrize("name", ["atom", "rss"])
EACH = pytest.mark.parametrize("name", sorted(FORMATS))

# Words that a page has read cleanly: no space at their ends or doubled, and letters of several scripts.
WORDS = st.text(
    st.sampled_from("aăâđêôơưẫốộ ĐXYZmn.,;!?\"'’“”&<>#%()🚣中文مرحباабв0123\u200f"), min_size=1, max_size=40
).map(lambda text: " ".join(text.split()) or "x")
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
NAMES = st.lists(st.text("ABCĐÊabcđê ", min_size=1).map(str.strip).filter(bool), unique=True, max_size=3).map(tuple)
PARAGRAPHS = st.lists(WORDS, min_size=1, max_size=4)


@st.composite
def stories(draw: st.DrawFn) -> Entry:
    """A story of any words and times."""
    paragraphs = draw(PARAGRAPHS)
    title = draw(WORDS.filter(lambda text: "<" not in text and "&" not in text))  # feedparser takes such for HTML
    return make_entry(
        draw(st.integers(1, 999)), title=title, summary=title, authors=draw(NAMES), tags=draw(NAMES), section=None,
        published=draw(st.none() | MOMENTS), story={"updated": draw(MOMENTS)},
        content_html="".join(f"<p>{escape(text, quote=False)}</p>\n" for text in paragraphs),
        body_text="\n\n".join(paragraphs),
    )  # fmt: skip


SEVERAL = st.lists(stories(), min_size=1, max_size=4, unique_by=lambda entry: entry.story.entry_id)
QUIET = settings(max_examples=40)


def text_of(html: str) -> str:
    """What people read of some HTML."""
    return " ".join((LexborHTMLParser(html).text() or "").split())


def same_content(html: str, entry: Entry) -> None:
    """The reader has the whole text."""
    assert text_of(html) == text_of(content_html(entry))
    assert text_of(entry.article.content_html) in text_of(html)


def seconds(moment: datetime | None) -> int | None:
    """A moment as a number."""
    return None if moment is None else int(moment.timestamp())


@XML
@QUIET
@given(SEVERAL)
def test_feedparser(name: str, entries: list[Entry]) -> None:
    """Most readers in Python would show something else than the site told."""
    parsed = feedparser.parse(FORMATS[name].write(make_feed(*entries)))
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert [found.id for found in parsed.entries] == [entry.story.entry_id for entry in entries]
    for found, entry in zip(parsed.entries, entries, strict=True):
        article = entry.article
        assert found.title == article.title
        assert text_of(found.summary) == text_of(escape(article.summary or ""))
        assert found.link == entry.story.url
        published = found.get("published_parsed") if "published" in found else None
        assert (published and calendar.timegm(published)) == seconds(article.published)
        assert calendar.timegm(found.updated_parsed) == seconds(entry.story.updated)
        assert [author.name for author in found.get("authors", []) if author] == list(article.authors)
        assert [tag.term for tag in found.get("tags", [])] == list(article.tags)
        same_content(found.content[0].value, entry)
        assert found.media_thumbnail[0]["url"] == article.images[0].url
        assert not found.get("enclosures")


@EACH
@QUIET
@given(SEVERAL)
def test_fastfeedparser(name: str, entries: list[Entry]) -> None:
    """A reader that does without feedparser, bantin itself for one, would understand a feed differently."""
    parsed = fastfeedparser.parse(FORMATS[name].write(make_feed(*entries)))
    assert [found.id for found in parsed.entries] == [entry.story.entry_id for entry in entries]
    for found, entry in zip(parsed.entries, entries, strict=True):
        article = entry.article
        assert found.title == article.title
        assert found.link == entry.story.url
        if article.published:  # where there is none, fastfeedparser gives `updated`
            assert datetime.fromisoformat(found.published) == article.published
        assert datetime.fromisoformat(found.updated) == entry.story.updated
        assert found.get("author") == (article.authors[0] if article.authors else None)  # it knows one
        assert [tag["term"] for tag in found.get("tags", [])] == list(article.tags)
        same_content(found.content[0]["value"], entry)


def read_all(folder: Path, feed: Feed) -> dict[str, list[Any]]:
    """The entries that `reader` has stored, by format."""
    with make_reader(":memory:", feed_root=str(folder)) as reader:
        for name, form in FORMATS.items():
            (folder / f"feed.{name}").write_bytes(form.write(feed))
            reader.add_feed(f"feed.{name}")
        reader.update_feeds()
        assert not [one.last_exception for one in reader.get_feeds() if one.last_exception]
        return {
            name: sorted(reader.get_entries(feed=f"feed.{name}"), key=lambda found: str(found.id)) for name in FORMATS
        }


def test_reader(tmp_path: Path) -> None:
    """People who read with lemon24's reader would see other stories by Atom than by RSS or JSON Feed."""
    entries = sorted((make_entry(number) for number in (1, 2, 3)), key=lambda entry: entry.story.entry_id)
    for name, found in read_all(tmp_path, make_feed(*entries)).items():
        assert len(found) == 3
        for one, entry in zip(found, entries, strict=True):
            article = entry.article
            assert one.id == entry.story.entry_id
            assert (one.title, one.link, one.summary) == (article.title, entry.story.url, article.summary)
            assert one.published == article.published
            assert one.updated == entry.story.updated
            names = [author.name for author in one.authors]
            assert names == list(article.authors if name == "json" else article.authors[-1:])  # it knows one
            same_content(one.content[0].value, entry)
            assert one.content[0].is_html
            assert not one.enclosures


def test_reader_takes_everything(tmp_path: Path) -> None:
    """A feed with tombstones, sources and archives would be refused by a reader that knows none of these."""
    for name, found in read_all(tmp_path, make_full_feed()).items():
        assert len(found) == 4, name
        sources = {one.source.title for one in found if one.source}
        assert sources == (set() if name == "json" else {"Truyền hình", "Báo B & C"})


@XML
def test_no_caption_is_taken_for_a_summary(name: str) -> None:
    """feedparser would show a picture's caption as the summary of a story that has none."""
    body = FORMATS[name].write(make_feed(make_entry(1, summary=None)))
    assert "Hai đội về đích" in body.decode()
    [found] = feedparser.parse(body).entries
    assert found.summary == found.content[0].value  # what it shows where there is no summary


@EACH
@pytest.mark.parametrize("title", ["<b>Đậm</b> & nghiêng", "5 < 6 &amp; 7", "مرحبا بالعالم", "🚣‍♀️ & 🌊", "]]>"])
def test_titles_are_text(name: str, title: str) -> None:
    """A headline that speaks of markup would lose it, or a site could put markup into readers' lists."""
    body = FORMATS[name].write(make_feed(make_entry(1, title=title)))
    if name == "json":
        assert msgspec.json.decode(body)["items"][0]["title"] == title
    else:
        assert fastfeedparser.parse(body).entries[0].title == title


@EACH
def test_right_to_left(name: str) -> None:
    """Arabic and Hebrew would be shown with its full stops on the wrong side."""
    html = '<p dir="rtl" lang="ar">مرحبا بالعالم.</p>'
    body = FORMATS[name].write(make_feed(make_entry(1, content_html=html, published=NOON)))
    assert html in fastfeedparser.parse(body).entries[0].content[0]["value"]
