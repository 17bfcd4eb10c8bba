"""A story's recordings as they count for what it is: which file, wherever it is served from.

1. Another server, a token, an expiry is no change (`feeds.reading.media.addresses.mark`); another file is a revision,
   and so is a recording of a story that had none.
2. A page that shows no recording any more says nothing: players come and go with scripts and countries. What was known
   stays.
3. What the feed encloses is the story's as well, and knows what a page does not: its length, its duration.
4. Stories of few words are told apart by what they show: a bulletin by its film, a gallery by its pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from feeds.model import Article, Media, Rendition
from feeds.reading.media.addresses import is_manifest, mark, picture_mark

FEW_WORDS = 60  # of a text that tells little: a gallery's pictures tell its story
GALLERY = 3  # pictures
LATER = timedelta(hours=6)  # between two editions of one bulletin, at least


def shown(article: Article) -> str:
    """What the story shows, as its fingerprint has it; empty where that is its text's business."""
    return "\n".join(sorted(_shown(article)))


def _shown(article: Article) -> set[str]:
    if article.media:
        return {one.name or mark(one.url) for one in article.media}
    if len(article.images) >= GALLERY and _is_short(article):
        return {picture_mark(image.url) for image in article.images}
    return set()


def _is_short(article: Article) -> bool:
    return len(article.body_text.split()) < FEW_WORDS


def told_apart(one: Article, other: Article) -> bool:
    """Whether two texts of few words are of two stories, however alike they are.

    That is so where both show something, and nothing in common; or where one was published hours after the other: the
    bulletin of the next evening, whose film is not there yet.
    """
    if not (_is_short(one) and _is_short(other)):
        return False
    a, b = _shown(one), _shown(other)
    if a and b:
        return a.isdisjoint(b)
    if one.published is None or other.published is None or "clock" not in (one.stated, other.stated):
        return False
    return abs(one.published - other.published) >= LATER


def with_enclosed(media: Sequence[Media], enclosed: Sequence[Media]) -> tuple[Media, ...]:
    """The page's recordings with what the feed tells of them, and those of the feed that the page does not show."""
    left = list(enclosed)
    found: list[Media] = []
    for one in media:
        other = next((other for other in left if _same_recording(one, other)), None)
        other = other or _only(one, media, enclosed)
        if other in left:
            left.remove(other)
        found.append(_joined(one, other) if other is not None else one)
    kinds = {one.kind for one in media}
    return (*found, *(one for one in left if one.kind not in kinds))


def _only(one: Media, media: Sequence[Media], others: Sequence[Media]) -> Media | None:
    """The one recording of its kind in the feed, where the page has one, too: under another name, it is the same."""
    mine = [item for item in media if item.kind == one.kind]
    theirs = [item for item in others if item.kind == one.kind]
    return theirs[0] if one.kind != "embed" and len(mine) == len(theirs) == 1 else None


def _same_recording(one: Media, other: Media) -> bool:
    """Whether two tell of one recording: they share a file, in whatever quality and wherever it is served from."""
    return one.kind == other.kind and not _marks(one).isdisjoint(_marks(other))


def _marks(one: Media) -> set[str]:
    return {mark(url) for url in (one.url, *(file.url for file in one.others))}


def _joined(one: Media, other: Media) -> Media:
    """The recording with what is known of it elsewhere; with the other's file as another quality, or as the better."""
    if mark(one.url) == mark(other.url):
        return completed(one, other)
    first, second = (other, one) if is_manifest(one.type) and not is_manifest(other.type) else (one, other)
    known = _marks(first)
    more = [file for file in (_file(second), *second.others) if mark(file.url) not in known]
    names = ("title", "duration", "poster", "captions", "chapters")
    told = {name: getattr(first, name) or getattr(second, name) for name in names}
    return msgspec.structs.replace(first, others=(*first.others, *more), **told)


def _file(one: Media) -> Rendition:
    return Rendition(url=one.url, type=one.type, width=one.width, height=one.height, bytes=one.bytes)


def kept(media: Sequence[Media], before: Sequence[Media]) -> tuple[Media, ...]:
    """The recordings with what was known of them before (lengths, names), and those that are shown no more.

    Players come and go; so do qualities: a film is there in pieces first, and whole an hour later.
    """
    left = list(before)
    found: list[Media] = []
    for one in media:
        other = next((other for other in left if _same_recording(one, other) or _as_long(one, other)), None)
        if other is not None:
            left.remove(other)
            one = completed(one, other) if mark(one.url) == mark(other.url) else one
            name = other.name or mark(other.url)
            one = msgspec.structs.replace(one, name=name if name != mark(one.url) else "")
        found.append(one)
    lost = left if len(found) < len(before) and len(left) == len(before) - len(found) else []
    return (*found, *lost)


def _as_long(one: Media, other: Media) -> bool:
    """Whether two are of one length, to the second, under one title: the same, encoded anew."""
    if one.kind != other.kind or one.title != other.title or not one.duration or not other.duration:
        return False
    return abs(one.duration - other.duration) < 1 and is_manifest(one.type) != is_manifest(other.type)


def completed(one: Media, other: Media) -> Media:
    """The recording with what is known of the same file elsewhere."""
    names = ("type", "title", "duration", "poster", "width", "height", "bytes", "captions", "chapters")
    told = {name: getattr(one, name) or getattr(other, name) for name in names}
    asked = one.bytes is not None or other.bytes is not None
    told["bytes"] = told["bytes"] or (0 if asked else None)
    return msgspec.structs.replace(one, **told)


def episode_of(media: Sequence[Media], kind: str) -> Media | None:
    """The recording that is a story's episode in a podcast of that kind: a whole file, which can be kept."""
    return next((one for one in media if one.kind == kind and not is_manifest(one.type)), None)


def unasked(media: Sequence[Media], before: Sequence[Media]) -> list[Media]:
    """Those whose length nobody told, and nobody was asked for yet: of an answer that did not come is asked again."""
    known = {mark(one.url) for one in before if one.bytes is not None}
    return [
        one
        for one in media
        if one.kind != "embed" and one.bytes is None and not is_manifest(one.type) and mark(one.url) not in known
    ]
