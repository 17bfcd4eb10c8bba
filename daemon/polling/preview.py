"""What a source would be, before it is one: what is at an address, how it would be watched, and its first story."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import msgspec

from daemon.polling.listings import Lists
from daemon.reading.pages import Pages
from daemon.reading.reader import Reader
from feeds.deciding.boilerplate import without_boilerplate
from feeds.errors import ReadError
from feeds.model import About, Article, Decision, Habits, ListingState, Look, Page, Source, Teaser
from feeds.reading import urls
from feeds.reading.dates.zones import UTC, told_zone

Step = Callable[[str], None]


class StoryPageError(ReadError):
    """The page tells one story, and lists none to watch; ``listed_at`` is the list that it is from, where it shows."""

    def __init__(self, url: str, listed_at: str | None) -> None:
        super().__init__(url, "is a story, not a list of stories" + (f"; its list is {listed_at}" if listed_at else ""))
        self.listed_at = listed_at


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """How the page would be watched, and why; what it announces; the first story as it would be published.

    ``own_kind`` is that of the document at ``url`` itself, ``kind`` that of what would be ``watched``. ``title`` is the
    site's, "" where it does not say; ``timezone`` and ``language`` are None where nothing tells them, else
    ``timezone_from`` and ``language_from`` say in words what does. ``newest`` is the latest time of a teaser, in UTC
    or with the page's offset.
    ``decision`` is what a poll would make of the first story now, by what is known of the source. ``profiles`` names
    the site profile that each page was read by, None without one; ``profile`` is the first of them.
    """

    url: str
    kind: str
    watched: str
    why: str | None
    teasers: tuple[Teaser, ...]
    article: Article | None
    fault: str | None
    profile: str | None
    profiles: dict[str, str | None]
    own_kind: Literal["feed", "sitemap", "listing"]
    title: str = ""
    timezone: str | None = None
    timezone_from: str = ""
    language: str | None = None
    language_from: str = ""
    newest: datetime | None = None
    is_story: bool = False
    listed_at: str | None = None
    decision: Decision | None = None


async def preview(
    pages: Pages,
    reader: Reader,
    source: Source,
    now: datetime,
    *,
    timezone: str | None = None,
    habits: Habits | None = None,
    step: Step = lambda what: None,
) -> tuple[Preview, Look | None]:
    """Look at the first address of ``source``; and the look at its first story, None where that cannot be read.

    ``timezone`` is the zone of times without one, None: as the pages tell. ``habits`` are left out of the story.
    ``step`` is told what is done next, in a few words. Raises `ReadError`; `StoryPageError` for a page that only tells
    a story.
    """
    url = source.urls[0]
    step(f"asking {urls.host(url)}")
    page = await pages.fetch(source, url)
    assert page is not None, "nothing was known before"
    about, own_kind = await reader.about(page), await reader.kind(page)
    zone, zone_from = told_zone(urls.host(url), about.language)
    source = msgspec.structs.replace(source, timezone=timezone or zone.key)
    step("reading its list, and looking for its feeds")
    listing = await Lists(pages, reader, source, now).read(url, None)
    if listing.failure is not None:
        if about.is_story:
            raise StoryPageError(url, about.listed_at)
        raise ReadError(listing.failure.url, listing.failure.cause)
    state, found = listing.state or ListingState(), listing.teasers or ()
    kind, watched = state.via_kind or own_kind, state.via or url
    used = {"list": await reader.profile(page, source.site)} if kind == "listing" else {}
    step("reading its first story")
    article, look, fault, story = await _first(pages, reader, source, found, timezone, now)
    if story is not None:
        used["story"] = await reader.profile(story, source.site)
    language, language_from = _language(about, article, own_kind)
    if timezone is None and zone == UTC and language != about.language:
        zone, zone_from = told_zone(urls.host(url), language)
    shown = Preview(
        url=url,
        kind=kind,
        own_kind=own_kind,
        watched=watched,
        why=state.why,
        teasers=found,
        article=without_boilerplate(article, habits or Habits()) if article is not None else None,
        fault=fault,
        profile=next(filter(None, used.values()), None),
        profiles=used,
        title=about.title,
        timezone=timezone or (zone.key if zone != UTC else None),
        timezone_from="you say so" if timezone else zone_from,
        language=language,
        language_from=language_from,
        newest=max((teaser.published for teaser in found if teaser.published), default=None),
        is_story=about.is_story,
        listed_at=about.listed_at,
    )
    return shown, look


async def _first(
    pages: Pages, reader: Reader, source: Source, found: tuple[Teaser, ...], timezone: str | None, now: datetime
) -> tuple[Article | None, Look | None, str | None, Page | None]:
    """The first story, the look that a poll would have of it, why there is none, and its page."""
    try:
        page = await pages.fetch(source, found[0].url) if found else None
        if page is None:
            return None, None, None, None
        page, read = await pages.read(
            page, source, lambda page: reader.article(page, timezone, now, source.site), story=True
        )
    except ReadError as error:
        return None, None, str(error), None
    look = Look(url=found[0].url, outcome="read", teaser=found[0], article=read, final_url=page.url)
    return read, look, None, page


def _language(about: About, article: Article | None, kind: str) -> tuple[str | None, str]:
    """A code, and in words what tells it; what names no language that there is counts as nothing."""
    if about.language:
        return about.language, "the feed says so" if kind == "feed" else "the page says so"
    if article is not None and article.language:
        return article.language, "its first story's page says so"
    return None, ""
