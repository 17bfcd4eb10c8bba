"""The list of all feeds, for a reader to subscribe to."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from feeds.model import FeedSpec
from feeds.reading.documents.opml import read_opml
from feeds.reading.text import printable
from feeds.writing.opml import render

BASE = "https://feeds.example.org/"


def outlines(*feeds: FeedSpec, query: str = "") -> list[dict[str, str]]:
    """What a reader finds in the document."""
    root = ElementTree.fromstring(render(feeds, base=BASE, query=query))
    assert root.tag == "opml"
    assert root.get("version") == "2.0"
    assert root.findtext("head/title") == "bantin"
    return [dict(outline.attrib) for outline in root.findall("body/outline")]


def test_every_feed_is_there() -> None:
    """A reader that imports the list would miss a feed, or subscribe to a wrong address."""
    feeds = [FeedSpec(id=name, title=f"Tin {name}", sources=(name,)) for name in ("ttv", "b-2")]
    assert outlines(*feeds) == [
        {
            "type": "rss",
            "text": f"Tin {name}",
            "title": f"Tin {name}",
            "xmlUrl": f"{BASE}feeds/{name}.atom",
            "htmlUrl": f"{BASE}feeds/{name}/",
        }
        for name in ("ttv", "b-2")
    ]


def test_no_feeds() -> None:
    """The address would fail on a bantin that watches nothing yet."""
    assert outlines() == []


def test_the_token_goes_along() -> None:
    """A reader would import addresses that answer 401."""
    [found] = outlines(FeedSpec(id="a", title="A", sources=("a",)), query="?token=a%26b")
    assert found["xmlUrl"] == f"{BASE}feeds/a.atom?token=a%26b"


@given(st.text())
def test_any_title(title: str) -> None:
    """A title with a character that XML cannot hold would take the whole list away."""
    [found] = outlines(FeedSpec(id="a", title=title, sources=("a",)))
    assert found["text"] == printable(title)


def test_folders_come_back() -> None:
    """Whoever sorted his sources into folders would find them in one heap in his reader, or after a move."""
    feeds = [
        FeedSpec(id="a", title="A", sources=("a",), folders=("Tin/Địa phương", "Khác")),
        FeedSpec(id="b", title="B", sources=("b",), folders=("Tin",)),
        FeedSpec(id="c", title="C", sources=("c",)),
    ]
    found = [(one.title, one.folders) for one in read_opml(render(feeds, base=BASE), "x")]
    assert found == [("A", ("Tin/Địa phương",)), ("B", ("Tin",)), ("A", ("Khác",)), ("C", ())]


def test_folders_by_category() -> None:
    """Lists of programs that write folders as categories (OPML 2.0) would lose them."""
    text = '<opml><body><outline text="A" xmlUrl="https://a.example/" category="/Tin/Nhà,Khác, "/></body></opml>'
    assert read_opml(text.encode(), "x")[0].folders == ("Tin/Nhà", "Khác")
