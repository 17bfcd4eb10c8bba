"""Recordings that a feed encloses: RSS and Atom enclosures, Media RSS, iTunes' tags, Podlove's chapters, JSON Feed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import lxml.etree as etree

from feeds.model import Media
from feeds.reading import urls
from feeds.reading.documents.xml import local_name
from feeds.reading.media.addresses import kind_of, type_of
from feeds.reading.media.told import Clip, chapters

MAX_MEDIA = 10  # of one item

Fields = Mapping[str, Sequence[etree._Element]]


def of_xml(found: Fields, base: str, links: Sequence[etree._Element]) -> tuple[Media, ...]:
    """The recordings of an item of RSS or Atom; ``found`` are its elements by name, ``links`` its own links."""
    clips = [_grouped([*_named(group, "content"), group], base) for group in found.get("media:group", ())[:MAX_MEDIA]]
    enclosures = [*found.get("enclosure", ()), *(link for link in links if link.get("rel") == "enclosure")]
    clips += [_single(node, base) for node in (*enclosures, *found.get("media:content", ()))[: 2 * MAX_MEDIA]]
    clips = _joined(clips)
    if clips:  # what the item says as a whole is of its first recording
        told = {name: _text(found, name) for name in ("itunes:duration", "media:title", "media:description")}
        image = next((node.get("href") for node in found.get("itunes:image", ())), None)
        thumb = next((node.get("url") for node in found.get("media:thumbnail", ())), None)
        clips[0].tell(base, title=told["media:title"], duration=told["itunes:duration"], poster=image or thumb)
        clips[0].chapters = chapters(
            (part.get("start"), part.get("title"))
            for node in found.get("psc:chapters", ())
            for part in node.iterchildren(etree.Element)
        )
    return _media(clips)


def of_json(attachments: Sequence[Mapping[str, Any]], base: str) -> tuple[Media, ...]:
    """The recordings among the attachments of an item (https://www.jsonfeed.org/version/1.1/)."""
    clips = []
    for told in attachments[: 2 * MAX_MEDIA]:
        clip = Clip()
        clip.add_file(base, told.get("url"), told.get("mime_type"), bytes=told.get("size_in_bytes"))
        clip.tell(base, title=told.get("title"), duration=told.get("duration_in_seconds"))
        clips.append(clip)
    # "If there are multiple attachments with the exact same title, they are alternate representations".
    alike: dict[str | None, Clip] = {}
    for clip in clips:
        if clip.title is not None and clip.title in alike:
            alike[clip.title].join(clip)
        elif clip.marks:
            alike[clip.title or f"\0{len(alike)}"] = clip
    return _media(_joined(list(alike.values())))


def _single(node: etree._Element, base: str) -> Clip:
    """One file: an enclosure, or a media:content."""
    clip = Clip()
    _add(clip, node, base)
    return clip


def _grouped(nodes: Sequence[etree._Element], base: str) -> Clip:
    """One recording in several qualities: a media:group."""
    clip = Clip()
    for node in nodes:
        _add(clip, node, base)
    return clip


def _add(clip: Clip, node: etree._Element, base: str) -> None:
    address, told = node.get("url") or node.get("href"), node.get("type")
    medium = (node.get("medium") or "").lower()
    url = urls.absolute(base, address)
    if medium not in ("image", "document", "executable") and not (told or "").startswith("image/"):
        kind = told or ({"video": "video/mp4", "audio": "audio/mpeg"}.get(medium) if _is_bare(url) else None)
        length = node.get("length") or node.get("fileSize")
        clip.add_file(base, address, kind, bytes=length, width=node.get("width"), height=node.get("height"))
    for player in _named(node, "player"):
        clip.add_file(base, player.get("url"))
    thumb = next((child.get("url") for child in _named(node, "thumbnail")), None)
    title = next(("".join(map(str, child.itertext())) for child in _named(node, "title")), node.get("title"))
    size = {name: node.get(name) for name in ("width", "height")}
    clip.tell(base, title=title, duration=node.get("duration"), poster=thumb, **size)


def _is_bare(url: str | None) -> bool:
    """Whether an address does not tell what it leads to."""
    return url is not None and type_of(url) is None


def _joined(clips: Sequence[Clip]) -> list[Clip]:
    """Each recording once: items name theirs as enclosure and as media:content."""
    found: list[Clip] = []
    for clip in clips:
        known = next((one for one in found if one.marks & clip.marks), None)
        if known is not None:
            known.join(clip)
        elif clip.marks:
            found.append(clip)
    return found


def _media(clips: Sequence[Clip]) -> tuple[Media, ...]:
    for clip in clips:
        if clip.kind is None and clip.files:
            clip.kind = kind_of(next(iter(clip.files.values())).type)
    found = {media.url: media for clip in clips if (media := clip.media()) is not None}
    return tuple(found.values())[:MAX_MEDIA]


def _named(node: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in node.iterchildren(etree.Element) if local_name(child) == name)


def _text(found: Fields, name: str) -> str | None:
    return next(
        (text for node in found.get(name, ()) if (text := "".join(map(str, node.itertext()))[:1000].strip())), None
    )
