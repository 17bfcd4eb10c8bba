"""Archives (RFC 5005) and tombstones (RFC 6721)."""

from __future__ import annotations

import json
from datetime import timedelta

import feedparser
import lxml.etree as etree
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Entry
from feeds.writing.archives import SIZE, archive_place, last_archive, numbers
from feeds.writing.feed import Feed, Place, Withdrawn
from feeds.writing.formats import FORMATS, atom, rss
from feeds.writing.formats import json as jsonfeed
from tests.samples import NOON, make_entry, make_feed

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
GONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
BASE = "https://feeds.example.org/feeds/ttv"


def links(body: bytes) -> dict[str, str]:
    """The feed's own links by relation, as Atom or RSS has them."""
    root = etree.fromstring(body)
    head = root if root.tag == f"{ATOM}feed" else root[0]
    return {link.get("rel", ""): link.get("href", "") for link in head.findall(f"{ATOM}link")}


@given(st.integers(0, 1500), st.integers(1, 400))
def test_nothing_is_missed(total: int, shown: int) -> None:
    """Someone who reads back to the first story would miss some."""
    oldest = max(total - shown, 0) + 1
    last = last_archive(oldest)
    found = set(range(oldest, total + 1))
    number = last or None
    while number is not None:
        place = archive_place(number, last)
        assert place is not None and place.number == number
        assert place.following == (number + 1 if number < last else None)
        found |= set(numbers(number))
        number = place.previous
    assert set(range(1, total + 1)) <= found
    if shown >= SIZE:
        assert last * SIZE <= total, "an archive would change with each new story"


def test_there_is_no_archive_beyond_the_last() -> None:
    """A reader would take an empty or growing document for a whole archive, and never see the rest."""
    assert list(numbers(2)) == list(range(SIZE + 1, 2 * SIZE + 1))
    assert last_archive(1) == 0
    assert archive_place(1, 0) is None
    assert archive_place(0, 5) is None
    assert archive_place(1, 1) == Place(number=1)
    assert archive_place(2, 3) == Place(number=2, previous=1, following=3)


def test_reading_back_over_documents() -> None:
    """A subscriber that follows the links of real documents would not come to the first story."""
    entries = [make_entry(number) for number in range(1, 2 * SIZE + 31)]

    def document(shown: range, place: Place) -> bytes:
        page = tuple(entries[number - 1] for number in reversed(shown))
        return atom.write(Feed(spec=make_feed().spec, entries=page, base=make_feed().base, version="1", place=place))

    newest = range(len(entries) - 29, len(entries) + 1)
    served = {f"{BASE}.atom": document(newest, Place(previous=last_archive(newest[0])))}
    for number in (1, 2):
        place = archive_place(number, 2)
        assert place is not None
        served[f"{BASE}/archive/{number}.atom"] = document(numbers(number), place)
    found: list[str] = []
    address: str | None = f"{BASE}.atom"
    while address:
        parsed = feedparser.parse(served[address])
        assert not parsed.bozo
        assert links(served[address])["self"] == address
        found += [entry.id for entry in parsed.entries]
        address = links(served[address]).get("prev-archive")
    assert found == [entry.story.entry_id for entry in reversed(entries)]


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_links_of_an_archive(name: str) -> None:
    """A reader that came by an old link would not find the feed, or take an archive for the feed itself."""
    place = Place(number=2, previous=1, following=3)
    body = FORMATS[name].write(make_feed(make_entry(1), place=place, hub="https://hub.example/", query="?token=x"))
    found = links(body)
    assert found["self"] == f"{BASE}/archive/2.{name}?token=x"
    assert found["current"] == f"{BASE}.{name}?token=x"
    assert found["prev-archive"] == f"{BASE}/archive/1.{name}?token=x"
    assert found["next-archive"] == f"{BASE}/archive/3.{name}?token=x"
    assert "hub" not in found
    assert len(etree.fromstring(body).findall(f".//{HISTORY}archive")) == 1
    assert b"0.0.0" not in body, "a new version of bantin would change every archive"


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_links_of_the_subscription_document(name: str) -> None:
    """A subscriber would not find the older stories or the hub, or take the feed for an archive and never come back."""
    body = FORMATS[name].write(make_feed(make_entry(1), place=Place(previous=7), hub="https://hub.example/"))
    found = links(body)
    assert found["self"] == f"{BASE}.{name}"
    assert found["prev-archive"] == f"{BASE}/archive/7.{name}"
    assert found["hub"] == "https://hub.example/"
    assert not {"current", "next-archive"} & found.keys()
    assert not etree.fromstring(body).findall(f".//{HISTORY}archive")
    assert not {"prev-archive", "hub"} & links(FORMATS[name].write(make_feed())).keys()


def test_json_feed_goes_on() -> None:
    """A reader of JSON Feed would not come to the older stories, or read the same page for ever."""
    found = json.loads(jsonfeed.write(make_feed(place=Place(previous=7), hub="https://hub.example/")))
    assert found["next_url"] == f"{BASE}/archive/7.json"
    assert found["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]
    first = json.loads(jsonfeed.write(make_feed(place=Place(number=1, following=2))))
    assert first["feed_url"] == f"{BASE}/archive/1.json"
    assert "next_url" not in first


def tombstones(*entries: Entry) -> list[tuple[str | None, str | None]]:
    """What a document says of the first story, which was withdrawn at noon."""
    gone = Withdrawn(ref=make_entry(1).story.entry_id, when=NOON + timedelta(hours=2))
    body = atom.write(make_feed(*entries, withdrawn=(gone,)))
    root = etree.fromstring(body)
    assert root.findtext(f"{ATOM}updated") == ("2026-11-21T07:00:00Z" if root.findall(GONE) else "2026-11-21T06:01:00Z")
    return [(stone.get("ref"), stone.get("when")) for stone in root.findall(GONE)]


def test_a_withdrawn_story() -> None:
    """Readers would keep showing what its writers took back."""
    assert tombstones(make_entry(2)) == [(make_entry(1).story.entry_id, "2026-11-21T07:00:00Z")]


def test_a_story_that_came_back() -> None:
    """Readers would be told to delete a story that the same document shows."""
    assert tombstones(make_entry(1)) == []


def test_only_atom_has_tombstones() -> None:
    """A reader of RSS or JSON Feed would be shown a story without anything in it."""
    gone = Withdrawn(ref="urn:uuid:00000000-0000-5000-8000-000000000001", when=NOON)
    feed = make_feed(make_entry(2), withdrawn=(gone,))
    assert gone.ref.encode() in atom.write(feed)
    assert gone.ref.encode() not in rss.write(feed)
    assert gone.ref.encode() not in jsonfeed.write(feed)
