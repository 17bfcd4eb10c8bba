"""Recordings in documents of every format, and what a podcast has besides."""

from __future__ import annotations

import json
from typing import Any

import lxml.etree as etree
import msgspec
import pytest

from feeds.model import Captions, Chapter, Entry, FeedSpec, Media, Rendition, Show
from feeds.writing.directories import faults, known_category
from feeds.writing.formats import FORMATS
from feeds.writing.podcast import ITUNES, PODCAST
from tests.feeds.test_formats_valid import JUDGES
from tests.samples import make_entry, make_feed

MEDIA, ATOM = "{http://search.yahoo.com/mrss/}", "{http://www.w3.org/2005/Atom}"
SOUND = Media(
    url="https://cdn.example/1.mp3", kind="audio", type="audio/mpeg", bytes=18272, duration=6.4, title="Bản tin",
    poster="https://cdn.example/1.jpg", chapters=(Chapter(0.0, "Mở đầu"), Chapter(62.5, "Sông")),
)  # fmt: skip
FILM = Media(
    url="https://cdn.example/1.mp4", kind="video", type="video/mp4", duration=6.0, width=1280, height=720,
    others=(Rendition(url="https://cdn.example/1.m3u8", type="application/vnd.apple.mpegurl"),),
    captions=(Captions(url="https://cdn.example/1.vi.vtt", language="vi"),),
)  # fmt: skip
EMBED = Media(url="https://vimeo.com/1", kind="embed", poster="https://cdn.example/v.jpg")
SHOW = Show(
    description="Tin tối", category="News > Daily News", image="https://cdn.example/show.jpg", owner="Sông Vân",
    email="desk@song-van.example",
)  # fmt: skip
PODCAST_SPEC = FeedSpec(id="ban-tin", title="Bản tin", sources=("ttv",), language="vi", podcast="audio", show=SHOW)


def write(name: str, *media: Media, **of_feed: Any) -> Any:
    """A document with one story, judged; as its format's readers see it."""
    body = FORMATS[name].write(make_feed(make_entry(1, media=media), **of_feed))
    JUDGES[name](body)
    return json.loads(body) if name == "json" else etree.fromstring(body)


def test_atom() -> None:
    """Readers of Atom would have nothing to play."""
    entry = write("atom", SOUND, FILM, EMBED).find(f"{ATOM}entry")
    links = [dict(link.attrib) for link in entry.findall(f"{ATOM}link") if link.get("rel") == "enclosure"]
    assert links == [
        {"href": SOUND.url, "rel": "enclosure", "type": "audio/mpeg", "length": "18272", "title": "Bản tin"},
        {"href": FILM.url, "rel": "enclosure", "type": "video/mp4"},
    ]
    told = {media.get("url"): media for media in entry.iter(f"{MEDIA}content") if media.get("medium") != "image"}
    assert told[SOUND.url].attrib == {
        "url": SOUND.url, "type": "audio/mpeg", "medium": "audio", "fileSize": "18272", "duration": "6",
    }  # fmt: skip
    group = told[FILM.url].getparent()
    assert group.tag == f"{MEDIA}group"
    assert [content.get("isDefault") for content in group] == ["true", None]
    assert told[FILM.url].find(f"{MEDIA}subTitle").get("lang") == "vi"
    assert told[None].find(f"{MEDIA}player").get("url") == EMBED.url


@pytest.mark.parametrize(
    ("media", "enclosed"),
    [((SOUND,), SOUND), ((FILM, SOUND), SOUND), ((FILM,), None), ((EMBED,), None), ((), None)],
)
def test_rss_encloses_what_has_a_length(media: tuple[Media, ...], enclosed: Media | None) -> None:
    """A player would believe a length that nobody told, and cut the download there."""
    item = write("rss", *media).find("channel/item")
    found = item.find("enclosure")
    told = None if found is None else dict(found.attrib)
    right = enclosed and {"url": enclosed.url, "length": str(enclosed.bytes), "type": enclosed.type}
    assert told == right


def test_json_feed() -> None:
    """Readers of JSON Feed would have nothing to play."""
    (item,) = write("json", SOUND, FILM, EMBED)["items"]
    assert item["attachments"] == [
        {
            "url": SOUND.url, "mime_type": "audio/mpeg", "title": "Bản tin", "size_in_bytes": 18272,
            "duration_in_seconds": 6.4,
        },
        {"url": FILM.url, "mime_type": "video/mp4", "title": item["title"], "duration_in_seconds": 6.0},
        {
            "url": FILM.others[0].url, "mime_type": "application/vnd.apple.mpegurl", "title": item["title"],
            "duration_in_seconds": 6.0,
        },
    ]  # fmt: skip


def test_the_text_names_what_there_is_to_play() -> None:
    """Who reads in a program without players would not know that there is a film."""
    (item,) = write("json", FILM, SOUND)["items"]
    assert f'<a href="{FILM.url}"' in item["content_html"]
    assert "Xem · 0:06" in item["content_html"]
    assert "Nghe · Bản tin · 0:06" in item["content_html"]


def test_a_podcast() -> None:
    """A directory would refuse the podcast, or show episodes without picture, length or chapters."""
    root = write("rss", FILM, SOUND, spec=PODCAST_SPEC, query="?token=a")
    channel, item = root.find("channel"), root.find("channel/item")

    def told(parent: Any, name: str, space: str = ITUNES) -> Any:
        return parent.findtext(f"{{{space}}}{name}")

    assert channel.findtext("description") == "Tin tối"
    assert (told(channel, "author"), told(channel, "explicit"), told(channel, "type")) == (
        "Sông Vân",
        "false",
        "episodic",
    )
    assert channel.find(f"{{{ITUNES}}}owner/{{{ITUNES}}}email").text == SHOW.email
    assert channel.find(f"{{{ITUNES}}}image").get("href") == SHOW.image
    category = channel.find(f"{{{ITUNES}}}category")
    assert (category.get("text"), category[0].get("text")) == ("News", "Daily News")
    assert len(told(channel, "guid", PODCAST)) == 36
    assert told(channel, "medium", PODCAST) == "podcast"
    assert item.find("enclosure").get("url") == SOUND.url
    assert (told(item, "duration"), told(item, "episodeType"), told(item, "explicit")) == ("6", "full", "false")
    assert item.find(f"{{{ITUNES}}}image").get("href") == SOUND.poster
    name = make_entry(1).story.entry_id.removeprefix("urn:uuid:")
    address = f"https://feeds.example.org/feeds/ban-tin/episodes/{name}"
    assert item.find(f"{{{PODCAST}}}transcript").get("url") == f"{address}.txt?token=a"
    assert item.find(f"{{{PODCAST}}}chapters").get("url") == f"{address}.json?token=a"
    parts = [dict(part.attrib) for part in item.iter("{http://podlove.org/simple-chapters}chapter")]
    assert parts == [{"start": "00:00:00", "title": "Mở đầu"}, {"start": "00:01:02.500", "title": "Sông"}]


def test_a_film_podcast_encloses_the_film() -> None:
    """A video podcast would offer the sound."""
    film = msgspec.structs.replace(FILM, bytes=50_759)
    item = write("rss", SOUND, film, spec=msgspec.structs.replace(PODCAST_SPEC, podcast="video")).find("channel/item")
    assert item.find("enclosure").attrib == {"url": film.url, "length": "50759", "type": "video/mp4"}


def test_a_podcast_without_anything_told() -> None:
    """A feed that was made a podcast by one line would be no document at all."""
    spec = FeedSpec(id="p", title="", sources=("ttv",), podcast="audio")
    channel = write("rss", SOUND, spec=spec).find("channel")
    assert channel.find(f"{{{ITUNES}}}image") is None
    assert channel.find(f"{{{ITUNES}}}category") is None


def test_what_directories_refuse() -> None:
    """An operator would learn it by mail from a directory, days later."""
    bare = FeedSpec(id="p", title="", sources=("ttv",), podcast="audio")
    said = "\n".join(faults(bare, "http://127.0.0.1:8711/feeds/p.rss", is_public=False))
    for name in ("public_url", "email", "image", "language", "category", "description"):
        assert name in said
    assert list(faults(PODCAST_SPEC, "https://feeds.example/feeds/p.rss", is_public=True)) == []
    webp = msgspec.structs.replace(PODCAST_SPEC, show=msgspec.structs.replace(SHOW, image="https://cdn.example/a.webp"))
    assert "JPEG and PNG" in "".join(faults(webp, "", is_public=True))


@pytest.mark.parametrize(
    ("category", "known"),
    [
        ("News", True),
        ("News > Daily News", True),
        ("News>Politics", True),
        ("News > Soccer", False),
        ("Daily News", False),
    ],
)
def test_categories(category: str, known: bool) -> None:
    """A directory would refuse a category that it does not have, without saying where it was written."""
    assert known_category(category) is known


def test_hostile_recordings_in_documents() -> None:
    """One story with something odd in it would take the whole feed away from every subscriber."""
    odd = "\x00<b>&\ud800]]>\u202e"
    media = Media(
        url="https://cdn.example/1.mp4", kind="video", type="video/mp4", title=odd, duration=0.1, bytes=1,
        poster="javascript:x", captions=(Captions(url="javascript:y", language=odd, title=odd),),
        chapters=(Chapter(0.0, odd),), others=(Rendition(url="https://cdn.example/2.mp4"),),
    )  # fmt: skip
    spec = msgspec.structs.replace(PODCAST_SPEC, podcast="video")
    for name in FORMATS:
        write(name, media, spec=spec)


def test_entries_without_media_are_as_before() -> None:
    """Every subscriber's reader would fetch all stories anew after an upgrade."""
    entry: Entry = make_entry(1)
    for name in ("atom", "rss", "json"):
        body = FORMATS[name].write(make_feed(entry))
        assert b"enclosure" not in body
        assert b"attachments" not in body
