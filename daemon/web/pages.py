"""The pages for people: plain HTML from templates, no script, readable on a phone, light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2

from daemon import VERSION
from daemon.config import Config
from feeds.model import Entry, FeedSpec
from feeds.writing.content import notice
from feeds.writing.formats import FORMATS, media_type_of
from feeds.writing.words import words
from state.store import SourceRow

ENTRIES = 50  # on a feed's page
NEWEST = 12  # on the front page

_HERE = Path(__file__).parent
STYLE = (_HERE / "style.css").read_bytes()

templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.globals["formats"] = [(name, media_type_of(form), form.TITLE) for name, form in FORMATS.items()]


def home(config: Config, rows: Sequence[SourceRow], entries: Sequence[Entry], now: datetime, query: str) -> str:
    """The front page: every source with how it fares, every feed, and the newest stories."""
    states = {row.state.id: row for row in rows}
    sources = [(source, states.get(source.id)) for source in config.sources]
    own = {source.id for source in config.sources}
    return templates.get_template("home.html").render(
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
    return templates.get_template("feed.html").render(
        feed=feed,
        names=_titles(config, feed) if config.source(feed.id) is None else [],
        entries=[_shown(config, entry) for entry in entries],
        all_feeds=[feed],
        version=VERSION,
        query=query,
        root="../../",
    )


def time_of(moment: datetime | None, zone: ZoneInfo) -> tuple[str, str] | None:
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
    shown = time_of(told, ZoneInfo(source.timezone if source else "UTC"))
    assert shown is not None
    return {
        "article": entry.article,
        "url": entry.story.url,
        "source": source.title if source else entry.story.source_id,
        "image": f"pictures/{entry.story.entry_id.removeprefix('urn:uuid:')}/0" if entry.article.images else None,
        "iso": shown[0],
        "time": shown[1],
        "name": entry.story.entry_id.removeprefix("urn:uuid:"),
        "revision": entry.story.revision,
        "notice": words(entry.article.language)[missing] if missing else "",
    }
