"""What lists say of a story, and what can be made of that alone."""

from __future__ import annotations

import msgspec

from feeds.deciding.fingerprint import of_teaser
from feeds.model import Article, Image, Look, Story, Teaser

MAX_WORDINGS = 8  # of one story's headline in lists, the newest kept


def from_teaser(teaser: Teaser, language: str | None = None) -> Article:
    """The article as far as its teaser tells it."""
    return Article(
        url=teaser.url,
        title=teaser.title,
        summary=teaser.summary,
        authors=teaser.authors,
        published=teaser.published,
        language=language,
        tags=teaser.tags,
        images=(Image(url=teaser.image),) if teaser.image else (),
        content_html=teaser.content_html or "",
        media=teaser.media,
    )


def wordings(teaser: Teaser | None, before: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The wordings under which a story was listed, with this one."""
    if teaser is None or of_teaser(teaser) in before:
        return before
    return (*before, of_teaser(teaser))[-MAX_WORDINGS:]


def heard(look: Look, story: Story) -> Story:
    """The story with the headline that the list gave it."""
    return msgspec.structs.replace(story, listed_as=wordings(look.teaser, story.listed_as))
