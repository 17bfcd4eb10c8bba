"""What of a page is believed: dates that have come, and canonical links that name a story."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from feeds.deciding.identity import key
from feeds.model import Article, Look, Source, Teaser

MAX_AHEAD = timedelta(days=1)  # a date further in the future than this is treated as absent


def credible(article: Article, source: Source, now: datetime, address: str | None = None) -> Article:
    """The article, without a date that has not come yet, and without a canonical link that names a list or front page.

    ``address`` is the one that answered, None for an article made of its teaser.
    """
    if article.published is not None and article.published > now + MAX_AHEAD:
        article = msgspec.structs.replace(article, published=None)
    if article.language is None and source.language:
        article = msgspec.structs.replace(article, language=source.language)
    if address is not None:
        lists = {key(url) for url in source.urls}
        if key(article.url) in lists or urlsplit(article.url).path in ("", "/"):
            article = msgspec.structs.replace(article, url=address)
    return article


def warning(look: Look, now: datetime) -> str | None:
    """What is odd about what the look found."""
    told = (look.article or look.teaser or Teaser(url="", title="")).published
    return f"date in the future, ignored: {told.isoformat()}" if told and told > now + MAX_AHEAD else None


def dated(article: Article, old: Article | None) -> Article:
    """A page that moves its date with every edit keeps its first date; a corrected date is corrected."""
    if old is None:
        return article
    corrected = old.published is None or (
        article.published is not None and abs(article.published - old.published) >= MAX_AHEAD
    )
    return article if corrected else msgspec.structs.replace(article, published=old.published)
