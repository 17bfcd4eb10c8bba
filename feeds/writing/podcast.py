"""What a podcast has besides a feed: the tags that directories ask for.

Apple's (https://podcasters.apple.com/support/823-podcast-requirements), which all directories read, those of
podcast-2.0 (https://podcasting2.org/docs/podcast-namespace/1.0), and Podlove's chapters.
"""

from __future__ import annotations

import uuid
from typing import Any

import msgspec

from feeds.deciding.recordings import episode_of
from feeds.model import Chapter
from feeds.reading.text import printable
from feeds.writing.feed import Feed
from feeds.writing.shown import Shown
from feeds.writing.tidy import link
from feeds.writing.xml import add

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
CHAPTERS = "http://podlove.org/simple-chapters"
SPACES = {"itunes": ITUNES, "podcast": PODCAST, "psc": CHAPTERS}

_GUIDS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")  # of the namespace: that of a feed's guid


def add_channel(channel: Any, feed: Feed) -> None:
    """What the podcast says of itself."""
    spec, show = feed.spec, feed.spec.show
    owner = show.owner or spec.title or spec.id
    add(channel, "author", owner, space=ITUNES)
    if show.email:
        told = add(channel, "owner", space=ITUNES)
        add(told, "name", owner, space=ITUNES)
        add(told, "email", show.email, space=ITUNES)
    if image := link(show.image):
        add(channel, "image", space=ITUNES, href=image)
        picture = add(channel, "image")
        for name, text in (("url", image), ("title", spec.title or spec.id), ("link", feed.page)):
            add(picture, name, text)
    category, _, part = (name.strip() for name in show.category.partition(">"))
    if category:
        told = add(channel, "category", space=ITUNES)
        told.set("text", printable(category))
        if part:
            add(told, "category", space=ITUNES).set("text", printable(part))
    add(channel, "explicit", _truth(show.explicit), space=ITUNES)
    add(channel, "type", "episodic", space=ITUNES)
    # "UUIDv5 … of the feed url, with the protocol scheme and trailing slashes stripped off".
    address = feed.address("rss").partition("?")[0].partition("://")[2].rstrip("/")
    add(channel, "guid", str(uuid.uuid5(_GUIDS, address)), space=PODCAST)
    add(channel, "medium", "video" if spec.podcast == "video" else "podcast", space=PODCAST)


def add_episode(item: Any, feed: Feed, entry: Shown) -> None:
    """What the podcast says of an episode."""
    media = episode_of(entry.media, feed.spec.podcast)
    if media is None:  # a notice of bantin's own
        return
    add(item, "title", entry.title, space=ITUNES)
    add(item, "episodeType", "full", space=ITUNES)
    add(item, "explicit", _truth(feed.spec.show.explicit), space=ITUNES)
    if media.duration and media.duration >= 0.5:
        add(item, "duration", str(round(media.duration)), space=ITUNES)  # "Apple recommends … seconds"
    picture = link(media.poster) or next((url for image in entry.images if (url := link(image.url))), None)
    if picture:
        add(item, "image", space=ITUNES, href=picture)
    if entry.text and entry.content is not None:
        add(item, "transcript", space=PODCAST, url=episode_address(feed, entry.id, "txt"), type="text/plain")
    if media.chapters:
        address = episode_address(feed, entry.id, "json")
        add(item, "chapters", space=PODCAST, url=address, type="application/json+chapters")
        told = add(item, "chapters", space=CHAPTERS, version="1.2")
        for chapter in media.chapters:
            add(told, "chapter", space=CHAPTERS, start=clock(chapter.start), title=printable(chapter.title))


# What is told of an episode besides its feed, by the extension of its address, with the media type.
EPISODES = {"txt": "text/plain; charset=utf-8", "json": "application/json+chapters"}


def episode_address(feed: Feed, entry_id: str, extension: str) -> str:
    """Where an episode's text and chapters are."""
    return f"{feed.base}feeds/{feed.spec.id}/episodes/{entry_id.removeprefix('urn:uuid:')}.{extension}{feed.query}"


def chapters_json(chapters: tuple[Chapter, ...]) -> bytes:
    """JSON Chapters 1.2 (https://github.com/Podcastindex-org/podcast-namespace/blob/main/chapters/jsonChapters.md)."""
    told = [{"startTime": chapter.start, "title": printable(chapter.title)} for chapter in chapters]
    return msgspec.json.encode({"version": "1.2.0", "chapters": told})


def clock(seconds: float) -> str:
    """``1:02:35``, as people and Podlove's chapters (RFC 2326's normal play time) write a moment of a recording."""
    whole, part = divmod(round(seconds * 1000), 1000)
    told = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{told}.{part:03}" if part else told


def _truth(value: bool) -> str:
    return "true" if value else "false"
