"""Which stories a feed wants: regular expressions on title, summary and text."""

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
    )
