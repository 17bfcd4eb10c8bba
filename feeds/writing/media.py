"""Pictures as Media RSS has them (https://www.rssboard.org/media-rss), the same in Atom and RSS.

Never an enclosure: RSS 2.0 wants an enclosure's length, which bantin does not know, and podcast players would offer
pictures as episodes.
"""

from __future__ import annotations

from typing import Any

from feeds.model import Image
from feeds.reading.text import printable
from feeds.writing.content import media_type
from feeds.writing.tidy import link
from feeds.writing.xml import MEDIA, add


def add_media(parent: Any, images: list[Image], *, captions: bool) -> None:
    """Every picture as media:content, with its caption; the first one as the entry's thumbnail, too.

    No ``captions`` where the entry has no summary: feedparser would take the first one for it.
    """
    for image in images:
        kind = media_type(image.url)
        media = add(
            parent, "content", space=MEDIA,
            url=link(image.url), medium="image", type=kind, width=image.width, height=image.height,
        )  # fmt: skip
        if captions and (caption := printable(image.caption or "")):
            add(media, "description", caption, space=MEDIA, type="plain")
    for lead in images[:1]:
        add(parent, "thumbnail", space=MEDIA, url=link(lead.url), width=lead.width, height=lead.height)
