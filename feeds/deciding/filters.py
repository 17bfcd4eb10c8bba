"""Which stories a feed wants: regular expressions on title, summary and text; sections and tags."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from feeds.model import Article, FeedSpec, Source

# Expressions are the operator's own, texts are not: a text is cut before it meets an expression. What words are looked
# for in stands well before the cut. (An expression that backtracks without end is slow all the same.)
MAX_TEXT = 100_000


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def matches(article: Article, include: Iterable[str], exclude: Iterable[str]) -> bool:
    """Whether the article matches one of ``include`` (or there is none), and none of ``exclude``."""
    include, exclude = tuple(include), tuple(exclude)
    if not include and not exclude:
        return True
    text = "\n".join((article.title, article.summary or "", article.body_text))[:MAX_TEXT]
    if include and not any(_compiled(pattern).search(text) for pattern in include):
        return False
    return not any(_compiled(pattern).search(text) for pattern in exclude)


def wanted(article: Article, source: Source, feed: FeedSpec) -> bool:
    """Whether ``feed`` shows the article that ``source`` brought: the source's rules, then the feed's."""
    return (
        source.id in feed.sources
        and matches(article, source.include, source.exclude)
        and matches(article, feed.include, feed.exclude)
        and _filed(article, feed)
    )


def _filed(article: Article, feed: FeedSpec) -> bool:
    """Whether the story stands under one of the feed's sections, and under one of its tags, where it names any."""
    return _any(feed.sections, (article.section or "",)) and _any(feed.tags, article.tags)


def _any(wanted_names: Iterable[str], names: Iterable[str]) -> bool:
    asked = {name.casefold() for name in wanted_names}
    return not asked or not asked.isdisjoint(name.casefold() for name in names)
