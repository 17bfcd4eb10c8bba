"""The page of one story: as it is published, what is known of it, and how it changed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from html import escape, unescape
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from daemon.config import Config
from daemon.web.pages.changes import changed
from daemon.web.pages.context import View
from feeds.model import Article, Captions, Entry, Media, Rendition, Revision, Source, Story
from feeds.reading.media.addresses import is_manifest
from feeds.writing.content import all_pictures, content_html, length, recordings
from feeds.writing.tidy import link

_IMAGE = re.compile(r"<img(?:[^>\"]|\"[^\"]*\")*>")
_ADDRESS = re.compile(r"(?<=\ssrc=\")[^\"]*(?=\")")


Found = Sequence[tuple[Story, Sequence[Revision]]]


def article_page(config: Config, found: Found, showing: Collection[str], view: View) -> str | None:
    """A story as each source tells it, with its last revisions; None where no source of the configuration shows it.

    ``showing`` are the sources whose rules let it through. The address may ask for an older ``version`` in full, or for
    what changed between two (``from`` and ``to``).
    """
    pictures = _pictures(found)
    told = [
        _told(source, story, kept, pictures, view)
        for story, kept in found
        if story.merged_into is None and (source := config.source(story.source_id)) is not None and source.id in showing
    ]
    if not told:
        return None
    mine = {story["source"].id for story in told}
    return view.render("article.html", stories=told, all_feeds=[feed for feed in config.feeds if feed.id in mine])


def _told(
    source: Source, story: Story, kept: Sequence[Revision], pictures: Mapping[str, int], view: View
) -> dict[str, Any]:
    """A source's story as the template wants it, its revisions the newest first."""
    zone = ZoneInfo(source.timezone)
    numbered = {revision.number: revision for revision in kept}
    asked = {name: int(view.here[name]) for name in ("version", "from", "to") if view.here.get(name, "").isdecimal()}
    chosen = numbered.get(asked.get("version", 0)) or (kept[-1] if kept else None)
    article = chosen.article if chosen else None
    one, other = numbered.get(asked.get("from", 0)), numbered.get(asked.get("to", 0))
    return {
        "source": source,
        "story": story,
        "article": article,
        "old": view.time(chosen.seen_at, zone) if chosen and chosen is not kept[-1] else None,
        "number": chosen.number if chosen else 0,
        "content": _content(source, story, article, pictures, view.pictures) if article else "",
        "media": _media(story, article, pictures, view.pictures) if article else [],
        "published": view.time(article.published, zone) if article else None,
        "first_seen": view.time(story.first_seen, zone),
        "updated": view.time(story.updated, zone),
        "removed": view.time(story.removed, zone),
        "zone": zone.key,
        "compared": changed(one, other) if one and other and one is not other else None,
        "pair": (asked.get("from"), asked.get("to")),
        "revisions": _revisions(kept, zone, view),
    }


def _revisions(kept: Sequence[Revision], zone: ZoneInfo, view: View) -> list[dict[str, Any]]:
    """The newest first. Of more than are read, the oldest of these is there to be compared with."""
    first = 0 if kept and kept[0].number == 1 else 1
    return [
        {
            "number": kept[number].number,
            "seen": view.time(kept[number].seen_at, zone),
            "fields": changed(kept[number - 1], kept[number]) if number else None,
        }
        for number in reversed(range(first, len(kept)))
    ]


def _content(source: Source, story: Story, article: Article, pictures: Mapping[str, int], query: str) -> str:
    """The story's text with pictures as bantin serves them; one that it does not is left out: nobody else is asked."""
    name = story.entry_id.removeprefix("urn:uuid:")

    def own(image: re.Match[str]) -> str:
        address = _ADDRESS.search(image[0])
        number = pictures.get(unescape(address[0])) if address else None
        if address is None or number is None:
            return ""
        here = escape(f"../../pictures/{name}/{number}{query}")
        return f"{image[0][: address.start()]}{here}{image[0][address.end() :]}"

    # Recordings have players of their own, and the picture that stands for one is in its player.
    shown = any(media.poster for media in recordings(article))
    bare = msgspec.structs.replace(article, media=(), images=() if shown else article.images)
    return _IMAGE.sub(own, content_html(Entry(story=story, article=bare), language=source.language))


def _media(story: Story, article: Article, pictures: Mapping[str, int], query: str) -> list[dict[str, Any]]:
    """The story's recordings with what their players need; posters as bantin serves them: nobody else is asked."""
    name = story.entry_id.removeprefix("urn:uuid:")
    found = []
    for media in recordings(article):
        number = pictures.get(media.poster or "")
        found.append(
            {
                "media": media,
                "plays": media.kind != "embed" and not is_manifest(media.type),
                "length": length(media.duration) if media.duration else "",
                "poster": f"../../pictures/{name}/{number}{query}" if number is not None else "",
                "files": [file for file in _files(media) if link(file.url) and not is_manifest(file.type)],
                "captions": [(captions, _named(captions)) for captions in media.captions if link(captions.url)],
            }
        )
    return found


def _pictures(found: Sequence[tuple[Story, Sequence[Revision]]]) -> dict[str, int]:
    """The numbers of the pictures that `daemon.web.pages.pictures` serves for this story, by their addresses."""
    images = all_pictures(found[-1][1][-1].article) if found and found[-1][1] else []
    numbers = {link(image.url) or "": number for number, image in enumerate(images)}
    return numbers | {image.url: number for number, image in enumerate(images)}


def _files(media: Media) -> list[Media | Rendition]:
    """The recording's file, and the same in other qualities."""
    return [media, *media.others]


def _named(captions: Captions) -> str:
    """How a file with what is said is told from others."""
    return captions.title or captions.language or urlsplit(captions.url).path.rpartition("/")[2]
