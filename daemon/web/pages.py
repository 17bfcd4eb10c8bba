"""The pages for people: plain HTML from templates, no script, readable on a phone, light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2

from daemon import VERSION
from daemon.config import Config
from feeds.deciding.difference import compare
from feeds.deciding.filters import matches
from feeds.model import Entry, FeedSpec, Revision, Source, Story
from feeds.writing.content import content_html, notice, words
from state.store import SourceRow

ENTRIES = 50  # on a feed's page
NEWEST = 12  # on the front page
COMPARED = 20  # revisions of a story, the newest; a noisy one may have hundreds

_HERE = Path(__file__).parent
STYLE = (_HERE / "style.css").read_bytes()

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def home(config: Config, rows: Sequence[SourceRow], entries: Sequence[Entry], now: datetime, query: str) -> str:
    """The front page: every source with how it fares, every feed, and the newest stories."""
    states = {row.state.id: row for row in rows}
    sources = [(source, states.get(source.id)) for source in config.sources]
    own = {source.id for source in config.sources}
    return _templates.get_template("home.html").render(
        sources=sources,
        feeds=[(feed, _titles(config, feed)) for feed in config.feeds if feed.id not in own],
        all_feeds=config.feeds,
        entries=[_shown(config, entry) for entry in entries],
        ago=lambda moment: ago(moment, now),
        until=lambda moment: until(moment, now),
        root="",
        version=VERSION,
        query=query,
    )


def feed_page(config: Config, feed: FeedSpec, entries: Sequence[Entry], query: str) -> str:
    """A feed as a page."""
    return _templates.get_template("feed.html").render(
        feed=feed,
        names=_titles(config, feed) if config.source(feed.id) is None else [],
        entries=[_shown(config, entry) for entry in entries],
        all_feeds=[feed],
        version=VERSION,
        query=query,
        root="../../",
    )


def article_page(config: Config, found: Sequence[tuple[Story, Sequence[Revision]]], query: str) -> str | None:
    """A story with its revisions, of each source that tells it; None where no source of the configuration shows it."""
    told = [
        _told(source, story, kept)
        for story, kept in found
        if (source := config.source(story.source_id)) is not None and _wanted(source, kept)
    ]
    if not told:
        return None
    return _templates.get_template("article.html").render(
        stories=told,
        all_feeds=[feed for feed in config.feeds if feed.id in {story["source"].id for story in told}],
        version=VERSION,
        query=query,
        root="../../",
    )


def _wanted(source: Source, kept: Sequence[Revision]) -> bool:
    """Whether the source's rules let the story through; without a text nobody can say."""
    if not kept:
        return not source.include and not source.exclude
    return matches(kept[-1].article, source.include, source.exclude)


def _told(source: Source, story: Story, kept: Sequence[Revision]) -> dict[str, Any]:
    """A source's story as the template wants it, its revisions the newest first."""
    zone = ZoneInfo(source.timezone)
    article = kept[-1].article if kept else None
    revisions = []
    for number in reversed(range(len(kept))):
        before = kept[number - 1].article if number and len(kept) - number <= COMPARED else None
        change = _compare(before, kept[number].article) if before else None
        seen = kept[number].seen_at
        revisions.append({"number": kept[number].number, "seen": _time(seen, zone), "change": change})
    return {
        "source": source,
        "story": story,
        "article": article,
        "content": content_html(Entry(story=story, article=article)) if article else "",
        "published": _time(article.published, zone) if article else None,
        "first_seen": _time(story.first_seen, zone),
        "updated": _time(story.updated, zone),
        "removed": _time(story.removed, zone),
        "revisions": revisions,
    }


_compare = lru_cache(maxsize=64)(compare)  # a page that many look at is compared once


def _time(moment: datetime | None, zone: ZoneInfo) -> tuple[str, str] | None:
    """A time for programs and for people."""
    if moment is None:
        return None
    local = moment.astimezone(zone)
    return local.isoformat(timespec="minutes"), local.strftime("%d/%m/%Y %H:%M")


def _titles(config: Config, feed: FeedSpec) -> list[str]:
    """The titles of the sources that a feed is put together from."""
    return [source.title for source in config.sources if source.id in feed.sources]


def ago(moment: datetime | None, now: datetime) -> str:
    """``3 min ago``, ``in 5 min``; ``never`` for None."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    size, unit = abs(seconds), "s"
    for length, name in ((60, "min"), (60, "h"), (24, "d")):
        if round(size) < length:
            break
        size, unit = size / length, name
    text = f"{size:.0f} {unit}"
    return f"{text} ago" if seconds >= 0 else f"in {text}"


def until(moment: datetime, now: datetime) -> str:
    """``in 5 min``; ``now`` for what is due."""
    return ago(moment, now) if moment > now else "now"


def _shown(config: Config, entry: Entry) -> dict[str, object]:
    """An entry as the templates want it, its time in its source's zone."""
    source = config.source(entry.story.source_id)
    told = entry.article.published or entry.story.first_seen
    missing = notice(entry)
    shown = _time(told, ZoneInfo(source.timezone if source else "UTC"))
    assert shown is not None
    return {
        "article": entry.article,
        "url": entry.story.url,
        "source": source.title if source else entry.story.source_id,
        "image": entry.article.images[0] if entry.article.images else None,
        "iso": shown[0],
        "time": shown[1],
        "name": entry.story.entry_id.removeprefix("urn:uuid:"),
        "revision": entry.story.revision,
        "notice": words(entry.article.language)[missing] if missing else "",
    }
