"""Pictures and recordings as Media RSS has them (https://www.rssboard.org/media-rss), the same in Atom and RSS.

Pictures are never enclosures: podcast players would offer them as episodes. A recording is one where its format allows:
RSS 2.0 wants the length of the file, and an untrue one breaks downloads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feeds.model import Image, Media, Rendition
from feeds.reading.media.addresses import is_manifest, kind_of
from feeds.reading.text import printable
from feeds.writing.content import media_type
from feeds.writing.tidy import link
from feeds.writing.xml import MEDIA, add


def add_media(parent: Any, images: list[Image], recordings: Sequence[Media], *, captions: bool) -> None:
    """Every picture as media:content, with its caption, and every recording; the first picture as the thumbnail, too.

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
    for recording in recordings:
        _add_recording(parent, recording)
    for lead in images[:1]:
        add(parent, "thumbnail", space=MEDIA, url=link(lead.url), width=lead.width, height=lead.height)


def _add_recording(parent: Any, media: Media) -> None:
    """One recording: its qualities as a group, "to allow grouping of media:content elements that are effectively the
    same content"; of another site's player, its page.
    """
    if media.kind == "embed":
        content = add(parent, "content", space=MEDIA, medium="video", duration=_seconds(media))
        _describe(content, media)
        add(content, "player", space=MEDIA, url=media.url)
        return
    first = Rendition(url=media.url, type=media.type, width=media.width, height=media.height, bytes=media.bytes)
    around = add(parent, "group", space=MEDIA) if media.others else parent
    for number, file in enumerate((first, *media.others)):
        content = add(
            around, "content", space=MEDIA, url=file.url, type=file.type, medium=kind_of(file.type, _medium(media)),
            fileSize=file.bytes, duration=_seconds(media), width=file.width, height=file.height,
            isDefault="true" if media.others and number == 0 else None,
        )  # fmt: skip
        if number == 0:
            _describe(content, media)


def _describe(content: Any, media: Media) -> None:
    if title := printable(media.title or ""):
        add(content, "title", title, space=MEDIA, type="plain")
    if poster := link(media.poster):
        add(content, "thumbnail", space=MEDIA, url=poster)
    for captions in media.captions:
        if url := link(captions.url):
            kind = "text/vtt" if url.partition("?")[0].endswith(".vtt") else "text/plain"
            add(content, "subTitle", space=MEDIA, href=url, type=kind, lang=captions.language)


def _medium(media: Media) -> Any:
    return "audio" if media.kind == "audio" else "video"


def _seconds(media: Media) -> int | None:
    return round(media.duration) if media.duration and media.duration >= 0.5 else None


def enclosed(recordings: Sequence[Media]) -> list[Media]:
    """Those that are files, which readers may fetch."""
    return [media for media in recordings if media.kind != "embed"]


def with_length(recordings: Sequence[Media]) -> Media | None:
    """The first file whose length and type are known: "RSS 2.0 … length says how big it is in bytes", and it has to."""
    files = (media for media in enclosed(recordings) if not is_manifest(media.type))
    return next((media for media in files if media.bytes and media.type), None)
