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

import msgspec

from feeds.model import Article, Media
from feeds.reading.media.addresses import is_manifest, mark, picture_mark

FEW_WORDS = 60  # of a text that tells little: a gallery's pictures tell its story
GALLERY = 3  # pictures


def shown(article: Article) -> str:
    """What the story shows, as its fingerprint has it; empty where that is its text's business."""
    found = [mark(one.url) for one in article.media]
    if not found and len(article.images) >= GALLERY and len(article.body_text.split()) < FEW_WORDS:
        found = [picture_mark(image.url) for image in article.images]
    return "\n".join(found)


def other_recordings(one: Article, other: Article) -> bool:
    """Whether both show something, and nothing in common: they are two stories, however alike their words are."""
    a, b = set(shown(one).split("\n")) - {""}, set(shown(other).split("\n")) - {""}
    return bool(a and b) and a.isdisjoint(b)


def with_enclosed(media: Sequence[Media], enclosed: Sequence[Media]) -> tuple[Media, ...]:
    """The page's recordings with what the feed tells of them, and those of the feed where the page shows none."""
    told = {mark(one.url): one for one in enclosed}
    found = [completed(one, told.get(mark(one.url))) for one in media]
    kinds = {one.kind for one in media}
    return (*found, *(one for one in enclosed if one.kind not in kinds and mark(one.url) not in set(map(_mark, media))))


def kept(media: Sequence[Media], before: Sequence[Media]) -> tuple[Media, ...]:
    """The recordings with what was known of them before (lengths, above all); all of those where none is shown."""
    known = {mark(one.url): one for one in before}
    return tuple(completed(one, known.get(mark(one.url))) for one in media) or tuple(before)


def completed(one: Media, other: Media | None) -> Media:
    """The recording with what is known of it elsewhere."""
    if other is None:
        return one
    names = ("type", "title", "duration", "poster", "width", "height", "bytes", "captions", "chapters")
    return msgspec.structs.replace(one, **{name: getattr(one, name) or getattr(other, name) for name in names})


def episode_of(media: Sequence[Media], kind: str) -> Media | None:
    """The recording that is a story's episode in a podcast of that kind: a whole file, which can be kept."""
    return next((one for one in media if one.kind == kind and not is_manifest(one.type)), None)


def unasked(media: Sequence[Media], before: Sequence[Media]) -> list[Media]:
    """Those whose length nobody told, and nobody was asked for yet."""
    known = set(map(_mark, before))
    return [
        one
        for one in media
        if one.kind != "embed" and one.bytes is None and not is_manifest(one.type) and mark(one.url) not in known
    ]


def _mark(media: Media) -> str:
    return mark(media.url)
