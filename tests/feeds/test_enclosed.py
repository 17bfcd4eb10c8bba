"""Recordings that feeds enclose, as people and systems write them."""

from __future__ import annotations

import json

import pytest

from feeds.model import Chapter, Media
from feeds.reading.documents.feed import read_feed

URL = "https://station.example/feed"
SPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:psc="http://podlove.org/simple-chapters" xmlns:atom="http://www.w3.org/2005/Atom"'
)


def rss(inside: str) -> tuple[Media, ...]:
    item = f"<item><title>The evening bulletin</title><link>https://station.example/1</link>{inside}</item>"
    (teaser,) = read_feed(f'<rss version="2.0" {SPACES}><channel><title>x</title>{item}</channel></rss>', URL)
    return teaser.media


def test_a_podcasts_episode() -> None:
    """A podcast that is read and published anew would lose its files, lengths, pictures or chapters."""
    (episode,) = rss(
        '<enclosure url="/e/1.mp3?t=1" length="48213" type="audio/mpeg"/><itunes:duration>1:02:03</itunes:duration>'
        '<itunes:image href="/e/1.jpg"/><psc:chapters version="1.2"><psc:chapter start="00:00:00" title="Opening"/>'
        '<psc:chapter start="00:10:30.5" title="The river"/><psc:chapter start="never" title="x"/></psc:chapters>'
    )
    assert (episode.url, episode.kind, episode.type) == ("https://station.example/e/1.mp3?t=1", "audio", "audio/mpeg")
    assert (episode.bytes, episode.duration, episode.poster) == (48213, 3723.0, "https://station.example/e/1.jpg")
    assert episode.chapters == (Chapter(0.0, "Opening"), Chapter(630.5, "The river"))


def test_a_group_is_one_recording() -> None:
    """One film in four qualities would be four films; or the worst of them would be played."""
    (film,) = rss(
        '<media:group><media:title>A film</media:title><media:content url="/f/film.m3u8" type="application/x-mpegURL"/>'
        '<media:content url="/f/film-360.mp4" type="video/mp4" height="360" fileSize="100" duration="90"/>'
        '<media:content url="/f/film-720.mp4" type="video/mp4" height="720" fileSize="200" duration="90"/>'
        '<media:thumbnail url="/f/film.jpg"/></media:group>'
        '<enclosure url="/f/film-720.mp4" type="video/mp4" length="0"/>'
    )
    assert film.url == "https://station.example/f/film-720.mp4"
    assert [other.url.rpartition("/")[2] for other in film.others] == ["film-360.mp4", "film.m3u8"]
    assert (film.title, film.duration, film.bytes, film.poster) == (
        "A film",
        90.0,
        200,
        "https://station.example/f/film.jpg",
    )


def test_players_and_pictures() -> None:
    """A video of YouTube's feed would be no video, and a picture would be offered as a recording."""
    (video,) = rss(
        '<media:group><media:content url="https://www.youtube.com/v/aaaaBBBBcc1?version=3" '
        'type="application/x-shockwave-flash"/><media:thumbnail url="https://i.ytimg.com/vi/aaaaBBBBcc1/hqdefault.jpg"/>'
        "</media:group>"
    )
    assert (video.kind, video.url) == ("embed", "https://www.youtube.com/watch?v=aaaaBBBBcc1")
    assert (
        rss('<enclosure url="/a.jpg" type="image/jpeg" length="1"/><media:content url="/b.png" medium="image"/>') == ()
    )


def test_atom_and_json() -> None:
    """The same episode would be there or not by the format that its site chose."""
    entry = (
        "<entry><id>urn:1</id><title>x</title><link href='/1'/><link rel='enclosure' type='audio/mpeg' length='7' "
        "href='/e/1.mp3'/></entry>"
    )
    (teaser,) = read_feed(f"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>{entry}</feed>", URL)
    attachments = [
        {"url": "/e/1.mp3", "mime_type": "audio/mpeg", "title": "x", "size_in_bytes": 7, "duration_in_seconds": 5},
        {"url": "/e/1.ogg", "mime_type": "audio/ogg", "title": "x"},
        {"url": "data:audio/mpeg;base64,AA", "mime_type": "audio/mpeg", "size_in_bytes": 1e300},
    ]
    item = {"id": "1", "url": "/1", "title": "x", "attachments": attachments}
    told = {"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [item]}
    (other,) = read_feed(json.dumps(told), URL)
    assert [(one.url, one.bytes) for one in teaser.media] == [("https://station.example/e/1.mp3", 7)]
    assert [(one.url, one.bytes, one.duration, len(one.others)) for one in other.media] == [
        ("https://station.example/e/1.mp3", 7, 5.0, 1)
    ]


@pytest.mark.parametrize("length", ["-1", "1e300", "9" * 300, "many", ""])
def test_lengths_that_are_none(length: str) -> None:
    """A wrong length would go on into every podcast that is made of it, where it breaks downloads."""
    (media,) = rss(f'<enclosure url="/e/1.mp3" length="{length}" type="audio/mpeg"/>')
    assert media.bytes is None


def test_thousands_of_enclosures() -> None:
    """One item could fill the memory of whoever reads it."""
    many = "".join(f'<enclosure url="/e/{n}.mp3" type="audio/mpeg"/>' for n in range(5000))
    assert len(rss(many)) == 10
