"""What of a page is believed: dates that have come, and canonical links that name a story."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from feeds.deciding.identity import key
from feeds.model import Article, Look, Source, Teaser

MAX_AHEAD = timedelta(days=1)  # a date further in the future than this is treated as absent


MISLABELS = 3  # stories in a row whose printed clock contradicts their label, until the clock is believed


def credible(
    article: Article, source: Source, now: datetime, address: str | None = None, *, mislabels: int = 0
) -> Article:
    """The article, without a date that has not come yet, and without a canonical link that names a list or front page.

    ``address`` is the one that answered, None for an article made of its teaser. ``mislabels`` counts the stories of
    the source that contradict their times' label (see `counted`): then the printed clock is the site's own.
    """
    if mislabels >= MISLABELS and article.utc_label == "contradicted":
        article = _on_local_clock(article, source, now)
    if article.published is not None and article.published > now + MAX_AHEAD:
        article = msgspec.structs.replace(article, published=None)
    if article.language is None and source.language:
        article = msgspec.structs.replace(article, language=source.language)
    if address is not None:
        lists = {key(url) for url in source.urls}
        if key(article.url) in lists or urlsplit(article.url).path in ("", "/"):
            article = msgspec.structs.replace(article, url=address)
    return article


def counted(looks: Iterable[Look], before: int) -> int:
    """How many stories in a row contradict that their time is in UTC, with those of these looks; one confirms: none."""
    labels = [look.article.utc_label for look in looks if look.article is not None]
    if "confirmed" in labels:
        return 0
    return min(before + labels.count("contradicted"), MISLABELS)


def _on_local_clock(article: Article, source: Source, now: datetime) -> Article:
    """A site that writes its local time as if it were UTC; never into the future."""
    assert article.published is not None, "it has a label"
    local = article.published.astimezone(UTC).replace(tzinfo=ZoneInfo(source.timezone))
    return msgspec.structs.replace(article, published=local) if local <= now else article


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
