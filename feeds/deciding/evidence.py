"""What the list and the page say of one story, weighed: nothing that one of them knows is thrown away.

Which time: one that the page states with its clock; else an exact one of the feed, sitemap or list; else a day that the
page states; else a day of the list; never a day that stands somewhere in the page's text, where a list has one. A day
that the address alone tells dates an older story; of a fresh one it says less than when it was first seen. Author,
lead, picture and tags are the page's where it has them, else the list's: that the page prints none is no news.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from feeds.deciding.recordings import kept, with_enclosed
from feeds.model import Article, Image, Source, Teaser

FRESH = timedelta(days=2)  # a day in an address may be yesterday's in UTC, and of the site's zone tomorrow's


def weighed(article: Article, teaser: Teaser | None, source: Source, first_seen: datetime) -> Article:
    """The article with what its teaser knows besides, or better. ``first_seen`` is when the story was found (UTC)."""
    if article.stated == "address" and article.published is not None and first_seen - article.published < FRESH:
        article = msgspec.structs.replace(article, published=None, stated=None)
    if teaser is None:
        return article
    return msgspec.structs.replace(
        article,
        published=_published(article, teaser, source),
        summary=article.summary or teaser.summary,
        authors=article.authors or teaser.authors,
        images=article.images or ((Image(url=teaser.image),) if teaser.image else ()),
        tags=article.tags or teaser.tags,
        media=with_enclosed(article.media, teaser.media) if teaser.media else article.media,
    )


def carried(article: Article, old: Article | None) -> Article:
    """The article with what was known of the story before, from its list, and its page never said."""
    if old is None:
        return article
    found = article.stated in (None, "ago", "found", "address") and old.published is not None
    return msgspec.structs.replace(
        article,
        published=old.published if found else article.published,
        summary=article.summary or old.summary,
        authors=article.authors or old.authors,
        images=article.images or old.images,
        tags=article.tags or old.tags,
        media=kept(article.media, old.media) if old.media else article.media,
    )


def is_exact(article: Article, teaser: Teaser | None, source: Source) -> bool:
    """Whether the time of publication has a clock, and somebody states it as that: the page, or the list."""
    if article.published is None:
        return False
    if article.stated == "clock":
        return True
    told = teaser is not None and teaser.published == article.published and not teaser.reckoned
    return told and not _is_a_day(article.published, source)


def _published(article: Article, teaser: Teaser, source: Source) -> datetime | None:
    told = teaser.published
    if told is None or (article.published is not None and article.stated == "clock"):
        return article.published
    exact = not _is_a_day(told, source) and not teaser.reckoned
    if article.published is None or article.stated in ("found", "address") or exact:
        return told
    return article.published


def _is_a_day(moment: datetime, source: Source) -> bool:
    """Whether a list names the day alone: midnight, on its own clock or in UTC."""
    zones = (ZoneInfo("UTC"), ZoneInfo(source.timezone))
    return any(moment.astimezone(zone).strftime("%H%M%S") == "000000" for zone in zones)
