"""How long the files of new recordings are: asked once, by HEAD, of whoever serves them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TypeVar

import msgspec

from daemon.http.fetch import Fetcher
from feeds.deciding.identity import key
from feeds.deciding.recordings import unasked
from feeds.errors import FetchError, ReadError
from feeds.model import Article, Known, Look, Media, Teaser
from feeds.reading.media.addresses import type_of

AT_ONCE = 4
MAX_ASKED = 200  # files of one poll; a first look at a station's list has a few dozen
MAX_OF_STORY = 3  # the first ones: players take one of a story
TIME_LIMIT = 120.0  # seconds for all of them: stories do not wait for servers that say nothing

Told = TypeVar("Told", Article, Teaser)


async def asked_for(fetcher: Fetcher, looks: list[Look], known: Known) -> list[Look]:
    """The looks, their stories' new recordings with the lengths that servers tell; without where they tell none."""
    wanted: dict[str, Media] = {}
    for look in looks:
        before = _before(look, known)
        for told in (look.article, look.teaser if before is None else None):
            media = told.media if told is not None else ()
            wanted |= {one.url: one for one in unasked(media, before.media if before else ())[:MAX_OF_STORY]}
    if not wanted:
        return looks
    found = await _ask(fetcher, list(wanted)[:MAX_ASKED])
    return [
        msgspec.structs.replace(
            look,
            article=_told(look.article, found) if look.article is not None else None,
            teaser=_told(look.teaser, found) if look.teaser is not None else None,
        )
        for look in looks
    ]


def _before(look: Look, known: Known) -> Article | None:
    """What was known of the look's story."""
    story = look.story or known.by_key.get(key(look.url))
    return known.articles.get(story.entry_id) if story is not None else None


Answer = tuple[int | None, str | None]


async def _ask(fetcher: Fetcher, urls: Sequence[str]) -> dict[str, Answer]:
    """Length and type by address; a length of 0 where none is told. Nothing of those who may answer another time."""
    found: dict[str, Answer] = {}
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(url: str) -> None:
        async with turn:
            try:
                length, kind = await fetcher.about_file(url)
                found[url] = length or 0, kind
            except FetchError as error:
                if not error.transient:
                    found[url] = 0, None
            except ReadError:
                found[url] = 0, None  # its robots.txt forbids it

    with suppress(TimeoutError):
        async with asyncio.timeout(TIME_LIMIT), asyncio.TaskGroup() as group:
            for url in urls:
                group.create_task(one(url))
    return found


def _told(told: Told, found: dict[str, Answer]) -> Told:
    return msgspec.structs.replace(
        told, media=tuple(_with(one, *found.get(one.url, (None, None))) for one in told.media)
    )


def _with(media: Media, length: int | None, kind: str | None) -> Media:
    """The recording with what its server tells; of something else than a recording it tells nothing."""
    told = type_of("", kind)
    if kind is not None and told is None and not kind.startswith("application/octet-stream"):
        length = 0  # a page that says that the file is not there
    return msgspec.structs.replace(media, bytes=media.bytes or length, type=media.type or told)
