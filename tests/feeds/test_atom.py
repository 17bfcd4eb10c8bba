"""Atom documents: judged by the RFC's rules, and by what two feed readers make of them."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import fastfeedparser
import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from feeds.deciding.identity import entry_id
from feeds.model import Entry, FeedSpec, Image
from feeds.reading.text import printable
from feeds.writing.feed import Feed, feed_id
from feeds.writing.formats.atom import CONTENT_TYPE, write
from tests.samples import NOON, make_entry

BASE = "https://feeds.example.org/"
SITE = "https://news.example/thoi-su.htm"
FEED = FeedSpec(id="ttv", title="Truyền hình Thanh Hóa", sources=("ttv",), language="vi")

ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
XML = "{http://www.w3.org/XML/1998/namespace}"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def document(*entries: Entry, feed: FeedSpec = FEED, site: str | None = SITE) -> bytes:
    """The bytes of a feed."""
    return write(Feed(spec=feed, entries=entries, base=BASE, site=site, version="0.0.0"))


def checked(body: bytes) -> Element:
    """The feed element of a document that keeps every rule of RFC 4287 that applies to it (sections in brackets)."""
    assert body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    root = ElementTree.fromstring(body)
    assert root.tag == f"{ATOM}feed"
    once(root, "id", "title", "updated")  # [4.1.1]
    at_most_once(root, "generator", "icon", "logo", "rights", "subtitle")
    entries = root.findall(f"{ATOM}entry")
    assert root.findall(f"{ATOM}author") or all(entry.findall(f"{ATOM}author") for entry in entries)
    assert [link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    for entry in entries:
        once(entry, "id", "title", "updated")  # [4.1.2]
        at_most_once(entry, "content", "published", "rights", "source", "summary")
        assert entry.findall(f"{ATOM}content") or links(entry, "alternate")
    for element in (root, *entries):
        pairs = [(link.get("type"), link.get("hreflang")) for link in links(element, "alternate")]
        assert len(set(pairs)) == len(pairs)
        assert urlsplit(element.findtext(f"{ATOM}id") or "").scheme  # [4.2.6] an IRI
        for name in ("updated", "published"):  # [3.3]
            for date in element.findall(f"{ATOM}{name}"):
                assert RFC3339.fullmatch(date.text or ""), date.text
        for person in element.findall(f"{ATOM}author"):  # [3.2]
            once(person, "name")
            assert person.findtext(f"{ATOM}name")
        for category in element.findall(f"{ATOM}category"):  # [4.2.2.1]
            assert category.get("term")
        for link in element.findall(f"{ATOM}link"):  # [4.2.7]
            assert link.get("href")
            assert link.get("type") is None or "/" in str(link.get("type"))
        for text in (*element.findall(f"{ATOM}title"), *element.findall(f"{ATOM}summary")):  # [3.1.1]
            assert text.get("type", "text") in ("text", "html")
            assert len(text) == 0
        for content in element.findall(f"{ATOM}content"):  # [4.1.3.3]
            assert content.get("type") == "html"
            assert len(content) == 0
        language = element.get(f"{XML}lang")  # [2]
        assert language is None or re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", language)
    for element in root.iter():  # what is not Atom's is in a namespace of its own [6.1]
        assert element.tag.startswith((ATOM, MEDIA))
    return root


def once(element: Element, *names: str) -> None:
    """Each of these children is there exactly once."""
    for name in names:
        assert len(element.findall(f"{ATOM}{name}")) == 1, name


def at_most_once(element: Element, *names: str) -> None:
    """None of these children is there twice."""
    for name in names:
        assert len(element.findall(f"{ATOM}{name}")) <= 1, name


def links(element: Element, rel: str) -> list[Element]:
    """The links of a relation; without one it is alternate (section 4.2.7.2)."""
    return [link for link in element.findall(f"{ATOM}link") if link.get("rel", "alternate") == rel]


def test_the_feed_element() -> None:
    """Readers could not tell what the feed is of, where it lives, or which language it speaks."""
    root = checked(document(make_entry(1), make_entry(2)))
    assert root.findtext(f"{ATOM}title") == FEED.title
    assert root.findtext(f"{ATOM}author/{ATOM}name") == FEED.title
    assert root.get(f"{XML}base") == SITE
    assert root.get(f"{XML}lang") == "vi"
    assert root.findtext(f"{ATOM}updated") == "2026-11-21T06:02:00Z"
    found = {link.get("rel"): (link.get("href"), link.get("type")) for link in root.findall(f"{ATOM}link")}
    assert found == {
        "self": (f"{BASE}feeds/ttv.atom", "application/atom+xml"),
        "alternate": (f"{BASE}feeds/ttv/", "text/html"),
        "via": (SITE, "text/html"),
    }
    assert CONTENT_TYPE.startswith("application/atom+xml")


def test_a_composed_feed() -> None:
    """A feed of several sites would claim to be of one, or its page to be the document itself."""
    both = FeedSpec(id="both", title="Hai nguồn", sources=("a", "b"))
    root = checked(document(make_entry(1), feed=both, site=None))
    assert root.get(f"{XML}base") is None
    assert root.get(f"{XML}lang") is None
    assert not links(root, "via")
    [entry] = root.findall(f"{ATOM}entry")
    assert entry.get(f"{XML}lang") == "vi"


def test_an_entry() -> None:
    """A subscriber would get a story without its text, authors, dates, pictures or link."""
    sample = make_entry(
        1,
        images=(
            Image(url="https://news.example/1.jpg", caption="Hai đội về đích", width=800, height=450),
            Image(url="https://news.example/2"),
        ),
    )
    root = checked(document(sample))
    [entry] = root.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == sample.story.entry_id
    assert entry.findtext(f"{ATOM}title") == sample.article.title
    assert entry.findtext(f"{ATOM}summary") == sample.article.summary
    assert entry.findtext(f"{ATOM}published") == "2026-11-21T05:01:00Z"
    assert entry.findtext(f"{ATOM}updated") == "2026-11-21T06:01:00Z"
    assert [name.text for name in entry.findall(f"{ATOM}author/{ATOM}name")] == list(sample.article.authors)
    assert [tag.get("term") for tag in entry.findall(f"{ATOM}category")] == ["Văn hóa", "đua thuyền", "lễ hội"]
    [link] = entry.findall(f"{ATOM}link")
    assert dict(link.attrib) == {"href": sample.story.url, "rel": "alternate", "type": "text/html"}
    assert "hai mươi đội" in (entry.findtext(f"{ATOM}content") or "")
    assert entry.get(f"{XML}lang") is None
    first, second = entry.findall(f"{MEDIA}content")
    assert dict(first.attrib) == {
        "url": "https://news.example/1.jpg", "medium": "image", "type": "image/jpeg", "width": "800", "height": "450",
    }  # fmt: skip
    assert first.findtext(f"{MEDIA}description") == "Hai đội về đích"
    assert dict(second.attrib) == {"url": "https://news.example/2", "medium": "image"}
    assert len(second) == 0
    assert [thumb.get("url") for thumb in entry.findall(f"{MEDIA}thumbnail")] == ["https://news.example/1.jpg"]


def test_what_is_not_known_is_absent() -> None:
    """A date, an author or a lead that no page told would be made up."""
    bare = make_entry(
        1, summary=None, authors=(), published=None, section=None, tags=(), images=(), credit=None, language=None
    )
    [entry] = checked(document(bare)).findall(f"{ATOM}entry")
    names = {child.tag.removeprefix(ATOM) for child in entry}
    assert names == {"id", "title", "updated", "content", "link"}


@pytest.mark.parametrize("hours", [-11, 0, 7, 14])
def test_times_are_in_utc(hours: int) -> None:
    """A story would be sorted hours away from when it appeared."""
    zone = timezone(timedelta(hours=hours))
    moment = NOON.astimezone(zone)
    body = document(make_entry(1, published=moment, story={"updated": moment + timedelta(microseconds=123_456)}))
    [entry] = checked(body).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}published") == entry.findtext(f"{ATOM}updated") == "2026-11-21T05:00:00Z"


def test_an_empty_feed() -> None:
    """The feed of a source that was never polled would be broken, and change its bytes each second."""
    root = checked(document())
    assert root.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"
    assert document() == document()


def test_the_order_is_kept() -> None:
    """Readers that show a feed as it comes would show old stories first."""
    entries = [make_entry(number) for number in (3, 1, 2)]
    found = [entry.findtext(f"{ATOM}id") for entry in checked(document(*entries)).findall(f"{ATOM}entry")]
    assert found == [entry.story.entry_id for entry in entries]


def test_ids() -> None:
    """A new title, a moved server or a lost database would show every story as unread again."""
    url = "http://www.news.example/bai-1.htm/?utm_source=x#top"
    name = uuid.uuid5(uuid.NAMESPACE_URL, "https://news.example/bai-1.htm")
    assert entry_id(url) == f"urn:uuid:{name}"
    one = feed_id(FEED, SITE)
    assert uuid.UUID(one.removeprefix("urn:uuid:")).version == 5
    renamed = FeedSpec(id="ttv", title="Một tên khác", sources=("ttv",))
    assert feed_id(renamed, "http://www.news.example/kinh-te.htm") == one
    assert feed_id(FeedSpec(id="b", title=FEED.title, sources=("ttv",)), SITE) != one
    body = document(make_entry(1))
    entry = make_entry(1, title="Mới")
    moved = write(Feed(spec=FEED, entries=(entry,), base="http://127.0.0.1:8711/", site=SITE, version="9"))
    assert ElementTree.fromstring(body).findtext(f"{ATOM}id") == ElementTree.fromstring(moved).findtext(f"{ATOM}id")


def test_the_same_entries_give_the_same_bytes() -> None:
    """Every poll of every reader would fetch the whole feed again."""
    entries = [make_entry(number) for number in range(20)]
    assert document(*entries) == document(*entries)
    assert document(*entries) != document(*entries[1:])


def test_readers_agree() -> None:
    """A reader would find a fault in the feed, or understand it differently from the next."""
    entries = [make_entry(number) for number in (1, 2)]
    body = document(*entries)
    strict = feedparser.parse(body)
    assert not strict.bozo, strict.get("bozo_exception")
    assert strict.version == "atom10"
    fast = fastfeedparser.parse(body.decode())
    assert len(strict.entries) == len(fast.entries) == 2
    for sample, one, other in zip(entries, strict.entries, fast.entries, strict=True):
        assert one.id == other.id == sample.story.entry_id
        assert one.title == other.title == sample.article.title
        assert one.link == other.link == sample.story.url
        assert one.summary == sample.article.summary
        assert [author.name for author in one.authors] == list(sample.article.authors)
        assert one.published_parsed[:6] == (sample.article.published or NOON).timetuple()[:6]
        assert datetime.fromisoformat(other.published) == sample.article.published
        assert one.content[0].type == "text/html"
        assert "hai mươi đội" in one.content[0].value
        assert one.media_content[0]["url"] == sample.article.images[0].url
        assert one.content[0].language == "vi"


def test_partial_entries_say_so() -> None:
    """Subscribers would take a teaser for the whole story."""
    partial = make_entry(1, content_html="", body_text="", story={"partial": True, "reason": "failed"})
    whole = make_entry(2)
    for entry, told in zip(feedparser.parse(document(partial, whole)).entries, (True, False), strict=True):
        assert ("Chưa đọc được toàn văn" in entry.content[0].value) is told


def as_read(text: str) -> str:
    """The text as an HTML parser gives it back: line ends are line feeds."""
    return printable(text).replace("\r\n", "\n").replace("\r", "\n")


HOSTILE = st.text(
    st.characters()
    | st.sampled_from("\x00\x08\x0b\x1b\x7f\x85\ud800\udfff\ufffe\uffff\u202e\u200f\u2028<>&\"']🚣\U0001fffe")
)


@given(HOSTILE, HOSTILE, st.lists(HOSTILE, max_size=3), HOSTILE)
def test_any_text_comes_back_equal(title: str, text: str, names: list[str], caption: str) -> None:
    """One story with an odd character would take the whole feed away from every subscriber."""
    sample: dict[str, Any] = {
        "title": title,
        "summary": text,
        "authors": tuple(names),
        "tags": tuple(names),
        "section": None,
        "credit": text,
        "content_html": f"<p>{escape(text, quote=False)}</p>",
        "body_text": text,
        "language": title,
        "images": (Image(url="https://news.example/a.jpg", caption=caption, alt=caption),),
    }
    feed = FeedSpec(id="ttv", title=title, sources=("ttv",), language=text)
    body = document(make_entry(1, **sample), feed=feed)
    root = checked(body)
    [entry] = root.findall(f"{ATOM}entry")
    assert root.findtext(f"{ATOM}title") == (printable(title) or "ttv")
    assert entry.findtext(f"{ATOM}title") == (printable(title) or "https://news.example/bai-1.htm")
    assert (entry.findtext(f"{ATOM}summary") or "") == printable(text)
    assert as_read(text) in LexborHTMLParser(entry.findtext(f"{ATOM}content") or "").text()
    said = list(dict.fromkeys(filter(None, map(printable, names))))
    assert [name.text for name in entry.findall(f"{ATOM}author/{ATOM}name")] == said
    assert [tag.get("term") for tag in entry.findall(f"{ATOM}category")] == said
    assert (entry.findtext(f"{MEDIA}content/{MEDIA}description") or "") == (printable(text) and printable(caption))
    assert document(make_entry(1, **sample), feed=feed) == body


@pytest.mark.parametrize(
    "title",
    ["]]>", "<![CDATA[x]]>", "<b>Đậm</b> &amp; nghiêng", "مرحبا بالعالم", "\u202eđảo ngược", "🚣‍♀️ & 🌊", "a\r\nb\tc"],
)
def test_hostile_titles_reach_readers(title: str) -> None:
    """A title that looks like markup would be swallowed, or run, by a feed reader."""
    [entry] = checked(document(make_entry(1, title=title, summary=title))).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == title
    assert not feedparser.parse(document(make_entry(1, title=title))).bozo


def test_hostile_addresses() -> None:
    """An address with characters that XML cannot hold would take the whole feed away."""
    odd = 'https://news.example/a\x00b?c="<d>&e='
    entry = make_entry(1, url=odd, images=(Image(url=odd),))
    [found] = checked(document(entry)).findall(f"{ATOM}entry")
    assert links(found, "alternate")[0].get("href") == printable(odd)
