"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from typing import Any

import msgspec

from feeds.model import Media
from feeds.reading.text import printable
from feeds.writing.feed import Feed
from feeds.writing.media import enclosed
from feeds.writing.shown import Shown, language, rfc3339, said, shown
from feeds.writing.tidy import link

CONTENT_TYPE = "application/feed+json; charset=utf-8"
TITLE = "JSON Feed"

VERSION = "https://jsonfeed.org/version/1.1"


def write(feed: Feed) -> bytes:
    """The feed document, entries in the given order. It knows no tombstones: a story that is gone is just absent."""
    links = dict(feed.links("json"))
    title = said(feed.spec.title, feed.spec.id)
    document = {
        "version": VERSION,
        "title": title,
        "home_page_url": feed.page,
        "feed_url": links["self"],
        "next_url": links.get("prev-archive"),  # "the URL of a feed that provides the next n items", which are older
        "language": language(feed.spec.language),
        "authors": [{"name": title}],
        "hubs": [{"type": "WebSub", "url": links["hub"]}] if "hub" in links else None,
        "items": [_item(entry) for entry in shown(feed)],
    }
    return msgspec.json.format(msgspec.json.encode(_told(document)), indent=1) + b"\n"


def _item(entry: Shown) -> dict[str, Any]:
    # "content_html and content_text are each optional strings — but one or both must be present".
    content = {"content_html": entry.content} if entry.content is not None else {}
    return _told(
        {
            "id": entry.id,
            "url": entry.url,
            "title": entry.title,
            **(content or {"content_text": entry.summary or entry.title}),
            "summary": entry.summary,
            "image": link(entry.images[0].url) if entry.images else None,
            "date_published": rfc3339(entry.published) if entry.published else None,
            "date_modified": rfc3339(entry.updated),
            "authors": [{"name": name} for name in entry.authors] or None,
            "tags": entry.categories or None,
            "attachments": [_attachment(file) for media in enclosed(entry.media) for file in _files(media, entry)]
            or None,
            "language": entry.language,
        }
    )


def _files(media: Media, entry: Shown) -> list[Media]:
    """The recording in each of its qualities: "alternate representations of the same thing" share a title."""
    alike = [one for one in entry.media if one.title == media.title]  # two recordings under one title are not one
    title = (media.title if len(alike) == 1 else None) or (entry.title if media.others else None)
    first = msgspec.structs.replace(media, title=title)
    return [
        first,
        *(msgspec.structs.replace(first, url=other.url, type=other.type, bytes=other.bytes) for other in media.others),
    ]


def _attachment(media: Media) -> dict[str, Any]:
    return _told(
        {
            "url": media.url,
            "mime_type": media.type or f"{media.kind}/*",
            "title": printable(media.title or "") or None,
            "size_in_bytes": media.bytes or None,
            "duration_in_seconds": media.duration,
        }
    )


def _told(members: dict[str, Any]) -> dict[str, Any]:
    """Members that say something: what is not known is absent, never null."""
    return {name: value for name, value in members.items() if value is not None}
