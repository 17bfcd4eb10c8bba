"""Recordings in the running program: their lengths are asked for, pages play them, podcasts have what players ask."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from daemon.config import ConfigError, parse
from daemon.polling import lengths
from daemon.storage import Storage
from daemon.web.app import make_app
from feeds.deciding.recordings import unasked
from feeds.errors import DisallowedError, FetchError
from feeds.model import Captions, Chapter, Known, Media
from state.sql import SqlStore
from state.transfer.migrate import upgrade
from tests.daemon.commands import Run
from tests.daemon.servers import Request, answer, fetching, redirect, serving
from tests.feeds.makers import article, read
from tests.samples import commit, configured, make_entry

PODCAST = """
[server]
listen = "127.0.0.1:8711"
[[source]]
id = "ttv"
title = "Truyền hình"
urls = ["https://news.example/thoi-su.htm"]
language = "vi"
[[feed]]
id = "ban-tin"
title = "Bản tin"
sources = ["ttv"]
include = ["hội đua"]
podcast = "audio"
category = "News > Daily News"
"""
SOUND = Media(
    url="https://cdn.example/1.mp3", kind="audio", type="audio/mpeg", bytes=18272, duration=62.5,
    chapters=(Chapter(0.0, "Mở đầu"),),
)  # fmt: skip
FILM = Media(
    url="https://cdn.example/1.mp4", kind="video", type="video/mp4", duration=155.0, poster="https://cdn.example/1.jpg",
    title="Phim", captions=(Captions(url="https://cdn.example/vi.vtt", language="vi"),),
)  # fmt: skip
EMBED = Media(url="https://vimeo.com/123456", kind="embed")


# -- lengths


async def test_a_length_is_asked_for_once() -> None:
    """Each look would ask the station's server for each of its films once more; or podcasts would have no length."""
    asked: list[Request] = []

    async def says(request: Request, writer: asyncio.StreamWriter) -> None:
        asked.append(request)
        writer.write(answer(length=48213, content_type="video/mp4", connection="close"))

    async with serving(says) as server, fetching() as (fetcher, _):
        film = Media(url=server.url("/film.mp4"), kind="video")
        look = read("a", article("a", media=(film, Media(url="https://vimeo.com/1", kind="embed"))))
        (found,) = await lengths.asked_for(fetcher, [look], Known())
        assert found.article is not None
        assert [(one.bytes, one.type) for one in found.article.media] == [(48213, "video/mp4"), (None, None)]
        assert len(asked) == 1
        story = msgspec.structs.replace(make_entry(1).story, url=look.url)
        known = Known(by_key={}, articles={story.entry_id: found.article})
        again = msgspec.structs.replace(look, story=story)
        assert await lengths.asked_for(fetcher, [again], known) == [again]
        assert len(asked) == 1


async def test_it_is_asked_without_the_file() -> None:
    """A film of a gigabyte would be fetched whole, to learn how long it is."""
    lines: list[str] = []

    async def listening(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(listening, "127.0.0.1", 0)
    async with fetching() as (fetcher, _):
        port = server.sockets[0].getsockname()[1]
        assert await fetcher.about_file(f"http://127.0.0.1:{port}/film.mp4") == (7, None)
    assert lines[0].startswith("HEAD /film.mp4 ")
    assert "accept-encoding: identity" in lines[0].lower()
    server.close()


@pytest.mark.parametrize(
    "says",
    [
        answer(status="405 Method Not Allowed"),
        answer(status="404 Not Found"),
        answer(b"", length=99, content_type="text/html"),
        answer(b"", content_encoding="gzip", length=5),
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
        redirect("http://127.0.0.3:9/"),
    ],
)
async def test_servers_that_tell_nothing(says: bytes) -> None:
    """A wrong length would be announced; or one odd server would end the poll."""
    async with serving(says) as server, fetching() as (fetcher, _):
        look = read("a", article("a", media=(Media(url=server.url("/film.mp4"), kind="video"),)))
        (found,) = await lengths.asked_for(fetcher, [look], Known())
        assert found.article is not None
        assert not found.article.media[0].bytes


async def test_who_does_not_answer_is_asked_again() -> None:
    """A server that was down for a minute would cost the podcast an episode for good."""
    async with serving(answer(status="503 Service Unavailable")) as server, fetching() as (fetcher, _):
        look = read("a", article("a", media=(Media(url=server.url("/film.mp4"), kind="video"),)))
        (found,) = await lengths.asked_for(fetcher, [look], Known())
        assert found.article is not None
        assert unasked(look.article.media if look.article else (), found.article.media) == [look.article.media[0]]  # type: ignore[union-attr]


async def test_the_guard_and_robots_are_asked() -> None:
    """A page could have bantin ask a machine of the operator's own network, or what its site forbids to programs."""
    async with serving(answer(length=9)) as server:
        async with fetching(allow_networks=()) as (fetcher, _):
            with pytest.raises(FetchError, match="allow_networks"):
                await fetcher.about_file(server.url("/film.mp4"))
        assert server.got == []


# -- pages and podcasts


@pytest.fixture
async def client(store: SqlStore, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Two stories: one with a sound, a film and a player of another site, one with nothing."""
    config = configured(tmp_path, PODCAST)
    store.sync({"ttv": 600.0}, {})
    commit(store, [make_entry(1, media=(SOUND, FILM, EMBED)), make_entry(2)])
    storage = Storage(store)
    app = make_app(lambda: config, storage, "http://bantin.test/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bantin.test/") as opened:
        yield opened
    storage.close()


def name(number: int) -> str:
    return make_entry(number).story.entry_id.removeprefix("urn:uuid:")


async def test_a_page_plays_and_asks_nobody_before(client: httpx.AsyncClient) -> None:
    """Whoever looks at a story would be told to its site's servers, and to those of its players."""
    page = await client.get(f"/articles/{name(1)}/")
    players = re.findall(r"<(video|audio)([^>]*)>", page.text)
    assert [player for player, _ in players] == ["audio", "video"]
    assert all('preload="none"' in told and "autoplay" not in told for _, told in players)
    assert f'poster="../../pictures/{name(1)}/1"' in page.text
    assert "<img" not in page.text.partition('class="content"')[2], "the picture stands in the player"
    asked = re.findall(r'<(?:img|link|script|iframe|track)[^>]*(?:src|href)="(https?://[^"]*)"', page.text)
    assert asked == []
    assert "1:02" in page.text
    assert "2:35" in page.text
    assert 'href="https://cdn.example/vi.vtt"' in page.text
    assert f'<a href="{EMBED.url}"' in page.text
    assert "media-src http: https:" in page.headers["content-security-policy"]


async def test_lists_say_what_there_is_to_see(client: httpx.AsyncClient) -> None:
    """A newsroom would open each story to find the one with the film."""
    page = await client.get("/", headers={"accept-language": "en"})
    assert "Watch 2:35" in page.text
    assert "Listen 1:02" in page.text


async def test_a_podcast_shows_stories_with_a_file(client: httpx.AsyncClient) -> None:
    """Apps would list episodes that cannot be played."""
    feed = (await client.get("/feeds/ban-tin.rss")).text
    assert feed.count("<item>") == 1
    assert feed.count("<enclosure ") == 1
    assert SOUND.url in feed


async def test_an_episode_has_its_text_and_chapters(client: httpx.AsyncClient) -> None:
    """A player would show neither, though the feed names both."""
    text = await client.get(f"/feeds/ban-tin/episodes/{name(1)}.txt")
    assert (text.status_code, text.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert text.text == "Hội làng 1 có hai mươi đội."
    chapters = await client.get(f"/feeds/ban-tin/episodes/{name(1)}.json")
    assert chapters.headers["content-type"] == "application/json+chapters"
    assert chapters.json() == {"version": "1.2.0", "chapters": [{"startTime": 0.0, "title": "Mở đầu"}]}


@pytest.mark.parametrize(
    "path",
    ["ban-tin/episodes/{two}.txt", "ttv/episodes/{one}.txt", "ban-tin/episodes/x.txt", "ban-tin/episodes/{one}.exe"],
)
async def test_what_is_no_episode(client: httpx.AsyncClient, path: str) -> None:
    """Stories that a feed does not show would be read through it."""
    found = await client.get(f"/feeds/{path.format(one=name(1), two=name(2))}")
    assert found.status_code == 404


# -- configuration


def test_check_says_what_directories_refuse(run: Run, tmp_path: Path) -> None:
    """An operator would learn it by mail from a directory, days later."""
    file = tmp_path / "bantin.toml"
    file.write_text(PODCAST)
    said = run("check", "--config", file, "--json")
    assert said.status == 0
    told = "\n".join(said.json["hints"])
    assert "cannot be reached from outside" in told
    assert "email is not there" in told
    store = SqlStore(f"sqlite:///{tmp_path / 'bantin.db'}")
    upgrade(store.engine, version="test")
    store.sync({"ttv": 600.0}, {})
    commit(store, [make_entry(1, media=(SOUND,)), make_entry(2, media=(msgspec.structs.replace(SOUND, bytes=None),))])
    store.close()
    told = "\n".join(run("check", "--config", file, "--json").json["hints"])
    assert "1 of its 2 episodes: their servers do not tell the files' lengths" in told


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('category = "Newz"', "write one of Apple's"),
        ('email = "nobody"', 'write an address such as "desk@example.org"'),
        ('image = "show.jpg"', "image"),
        ('podcast = "tv"', "podcast"),
    ],
)
def test_faults_of_podcasts(line: str, fault: str, tmp_path: Path) -> None:
    """A mistake would go into the podcast, where nobody sees it but a directory."""
    key = line.partition(" ")[0]
    text = "\n".join(item for item in PODCAST.splitlines() if not item.startswith(f"{key} "))
    with pytest.raises(ConfigError, match=re.escape(fault)):
        parse(f"{text}\n{line}\n", tmp_path / "bantin.toml", {})


def test_a_feed_that_is_no_podcast_needs_none_of_it(tmp_path: Path) -> None:
    """Whoever forgets the one line that matters would wonder why no app takes the feed."""
    text = PODCAST.replace('podcast = "audio"\n', "")
    with pytest.raises(ConfigError, match='write podcast = "audio" or "video" as well'):
        parse(text, tmp_path / "bantin.toml", {})


async def test_disallowed_files_are_not_asked_for() -> None:
    """What a site forbids to programs would be asked for all the same."""
    async with serving({"/robots.txt": answer(b"User-agent: *\nDisallow: /"), "*": answer(length=5)}) as server:
        async with fetching(robots=True) as (fetcher, _):
            with pytest.raises((DisallowedError, FetchError)):
                await fetcher.about_file(server.url("/film.mp4"))
        assert all(request.path == "/robots.txt" for request in server.got)
