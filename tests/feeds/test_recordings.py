"""What another recording means for a story: nothing, a revision, or another story."""

from __future__ import annotations

import json
from datetime import timedelta

from feeds.deciding.recordings import episode_of
from feeds.model import Article, Image, Media, Rendition
from tests.conftest import NOW
from tests.feeds.makers import History, article, outcome, read, teaser

FILM = Media(url="https://a.example/2026/11/28/film.mp4?token=1", kind="video", type="video/mp4", duration=155.0)
WORDS = "Mời quý vị theo dõi những tin chính trong ngày."


def bulletin(name: str, *media: Media, text: str = WORDS, **fields: object) -> Article:
    told = {"title": "Bản tin Thời sự tối", "text": text, "media": media, **fields}
    return article(name, **told)  # type: ignore[arg-type]


def test_a_token_or_another_server_is_no_change() -> None:
    """A newsroom would be alerted at every look, for each address is signed anew."""
    history = History()
    history.poll(read("a", bulletin("a", FILM)))
    for number, url in enumerate(
        ("https://a.example/2026/11/28/film.mp4?token=2", "https://b.example/2026/11/28/film.mp4")
    ):
        media = Media(url=url, kind="video", type="video/mp4", duration=155.0)
        history.poll(read("a", bulletin("a", media)), now=NOW + timedelta(hours=number + 1))
    assert history.events == ["article.published"]


def test_another_file_is_a_revision() -> None:
    """Subscribers would not hear that the film of a story was replaced."""
    history = History()
    history.poll(read("a", bulletin("a", FILM)))
    other = Media(url="https://a.example/2026/11/28/corrected.mp4", kind="video")
    changes = history.poll(read("a", bulletin("a", other)), now=NOW + timedelta(hours=1))
    assert history.events == ["article.published", "article.revised"]
    told = json.loads(changes.events[0].payload)["data"]
    assert told["changes"]["fields"] == ["media"]
    assert [media["url"] for media in told["article"]["media"]] == [other.url]


def test_a_film_that_comes_later_completes_the_story() -> None:
    """The film of the evening would be told as a second story, or not at all."""
    history = History()
    text = "Two hundred people waited on the quay, among them the oldest skipper of the whole valley. " * 4
    history.poll(read("a", bulletin("a", text=text)))
    changes = history.poll(read("a", bulletin("a", FILM, text=text)), now=NOW + timedelta(hours=1))
    assert history.events == ["article.published", "article.revised"]
    assert json.loads(changes.events[0].payload)["data"]["changes"]["fields"] == ["media"]
    assert len(history.shown) == 1


def test_a_player_that_is_gone_says_nothing() -> None:
    """Players come and go with scripts and countries: each time readers would lose the film, and be told of an edit."""
    history = History()
    history.poll(read("a", bulletin("a", FILM)))
    history.poll(read("a", bulletin("a")), now=NOW + timedelta(hours=1))
    assert history.events == ["article.published"]
    (kept,) = history.known.articles.values()
    assert kept.media == (FILM,)


def test_bulletins_of_the_same_words_are_stories_of_their_own() -> None:
    """The second evening's bulletin would vanish into the first one's."""
    history = History()
    for number, name in enumerate(("monday-20261130", "tuesday-20261201", "wednesday-20261202")):
        film = Media(url=f"https://a.example/2026/12/{number}/bulletin.mp4", kind="video")
        history.poll(read(name, bulletin(name, film)), now=NOW + timedelta(days=number))
    assert history.events == ["article.published"] * 3
    assert len(history.shown) == 3


def test_galleries_of_the_same_words_are_stories_of_their_own() -> None:
    """The pictures of this week would vanish into those of the last."""
    history = History()
    for name in ("one", "two"):
        pictures = tuple(Image(url=f"https://a.example/{name}-{n}.jpg") for n in range(4))
        told = article(name, "Pictures of the week.", title="Pictures of the week", images=pictures)
        history.poll(read(name, told))
    assert history.events == ["article.published"] * 2


def test_what_is_on_air_is_no_storys() -> None:
    """Each story of a station would have its programme as it is on air, and be an episode of its podcast."""
    history = History()
    live = Media(url="https://live.example/one.m3u8", kind="video")
    text = "Story {0} tells of {0} and what became of it afterwards, in some more words of {0} than of others."
    for name in ("ferry", "tunnel", "library", "orchard"):
        own = Media(url=f"https://a.example/{name}.mp4", kind="video")
        history.poll(read(name, article(name, text.format(name), media=(live, own))))
    later = [read(name, article(name, text.format(name), media=(live,))) for name in ("mill", "fair", "school")]
    history.poll(*later)
    told = {article.title: [one.url for one in article.media] for article in history.known.articles.values()}
    assert [told[f"Headline {name} of the day"] for name in ("mill", "fair", "school")] == [[], [], []]


def test_what_the_feed_encloses_is_the_story() -> None:
    """A podcast's episodes would come without their files, where the page has its player in a script."""
    enclosed = Media(url="https://a.example/e/1.mp3", kind="audio", type="audio/mpeg", bytes=1000, duration=60.0)
    history = History()
    history.poll(read("a", bulletin("a"), teaser=teaser("a", title="Bản tin Thời sự tối", media=(enclosed,))))
    history.poll(outcome("failed", "b", teaser=teaser("b", media=(enclosed,))))
    assert [told.media for told in history.known.articles.values()] == [(enclosed,), (enclosed,)]


def test_the_page_and_the_feed_tell_of_one_file() -> None:
    """One episode would be enclosed twice; or its length would be asked for though the feed tells it."""
    enclosed = Media(url="https://a.example/e/1.mp3", kind="audio", type="audio/mpeg", bytes=1000, duration=60.0)
    shown = Media(url="https://cdn.example/e/1.mp3?s=1", kind="audio", title="The first")
    history = History()
    history.poll(read("a", bulletin("a", shown), teaser=teaser("a", title="Bản tin Thời sự tối", media=(enclosed,))))
    (told,) = history.known.articles.values()
    assert [(one.url, one.bytes, one.duration, one.title) for one in told.media] == [
        ("https://cdn.example/e/1.mp3?s=1", 1000, 60.0, "The first")
    ]


def test_an_episode_is_a_whole_file() -> None:
    """A podcast would offer what no player can download."""
    playlist = Media(url="https://a.example/i.m3u8", kind="video", type="application/vnd.apple.mpegurl")
    embed = Media(url="https://www.youtube.com/watch?v=1", kind="embed")
    film = Media(url="https://a.example/1.mp4", kind="video", others=(Rendition(url="https://a.example/2.mp4"),))
    assert episode_of((playlist, embed, film), "video") is film
    assert episode_of((playlist, embed, film), "audio") is None
