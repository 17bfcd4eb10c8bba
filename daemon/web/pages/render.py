"""The pages for people: plain HTML from templates, no script, readable on a phone, light and dark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from daemon.config import Config
from daemon.web.feeds.assemble import Versions
from daemon.web.pages.context import LISTED, Chosen, View
from feeds.model import Article, Elsewhere, Entry, FeedSpec
from feeds.writing.content import length, notice, recordings
from feeds.writing.phrases import words
from state.search import fold
from state.store import SourceRow

ENTRIES = 50  # on a feed's page, and on one of what was found
NAMED = 5  # failing sources, at the top of the front page
NEWEST = 25  # on the front page
LINKED = 20  # feeds that a page's head names for readers to discover; all are in /opml
SNIPPET = 320  # characters of a summary

STYLE, ICON, SCRIPT = ((Path(__file__).parent / name).read_bytes() for name in ("style.css", "icon.svg", "copy.js"))


def stories_page(
    config: Config,
    rows: Sequence[SourceRow],
    entries: Sequence[Entry],
    chosen: Chosen,
    view: View,
    older: int | None = None,
) -> str:
    """The front page: the newest stories of all sources, or of those that were ``chosen``; ``rows`` are what fails."""
    failing = [source for row in rows if (source := config.source(row.state.id)) is not None]
    named = ", ".join(source.title for source in failing[:NAMED]) + ("…" if len(failing) > NAMED else "")
    zone = config.zone
    shown = [_shown(config, entry, view, zone) for entry in entries]
    sections = sorted({entry.article.section for entry in entries if entry.article.section} | {chosen.section} - {""})
    return view.render(
        "stories.html",
        failing=len(failing) if view.access.inside else 0,
        named=named,
        entries=shown,
        chosen=chosen,
        sources=config.sources if len(config.sources) <= LISTED else (),
        many=len(config.sources) > 1,
        sections=sections,
        zone=zone.key,
        today=view.now.astimezone(zone).date().isoformat(),
        older=older,
        all_feeds=config.feeds[:LINKED],
        watched=bool(config.sources),
    )


def feeds_page(config: Config, view: View, first: int) -> str:
    """Every feed, to subscribe to, so many to a page."""
    own = {source.id for source in config.sources}
    feeds = config.feeds[first : first + LISTED]
    return view.render(
        "feeds.html",
        feeds=[(feed, [] if feed.id in own else _titles(config, feed)) for feed in feeds],
        older=first + LISTED if len(config.feeds) > first + LISTED else None,
        all_feeds=feeds[:LINKED],
    )


def feed_page(
    config: Config,
    feed: FeedSpec,
    entries: Sequence[Entry],
    view: View,
    *,
    older: int | None = None,
    address: str = "",
    archive: int | None = None,
    fares: Versions | None = None,
) -> str:
    """A feed as a page; ``older`` is where the next one begins, ``address`` that of the feed where it stands there.

    ``fares`` tells of its sources by id; those that cannot be read are named.
    """
    source = config.source(feed.id)
    zone = ZoneInfo(source.timezone) if source else config.zone
    return view.render(
        "feed.html",
        feed=feed,
        names=_titles(config, feed) if config.source(feed.id) is None else [],
        entries=[_shown(config, entry, view, zone) for entry in entries],
        zone=zone.key,
        all_feeds=[feed],
        failing=_failing(config, fares or {}, view),
        older=older,
        address=address,
        archive=archive,
    )


def _failing(config: Config, fares: Versions, view: View) -> list[dict[str, str]]:
    """Title, time and cause of each source that cannot be read."""
    found = []
    for name, item in fares.items():
        source = config.source(name)
        since = view.time(item.failing_since, ZoneInfo(source.timezone)) if source else None
        if source and since:
            found.append({"title": source.title, "since": since[1], "cause": item.cause or "?"})
    return found


def search_page(
    config: Config,
    question: str,
    entries: Sequence[Entry],
    chosen: Chosen,
    view: View,
    *,
    older: int | None = None,
    first: bool = True,
) -> str:
    """What was found; ``older`` is where the next page begins, and ``first`` says whether this is the first one."""
    zone = config.zone
    shown = [_shown(config, entry, view, zone, marked=True, question=question) for entry in entries]
    return view.render(
        "search.html",
        question=question,
        entries=shown,
        older=older,
        first=first,
        chosen=chosen,
        sources=config.sources if len(config.sources) <= LISTED else (),
        many=len(config.sources) > 1,
        zone=zone.key,
    )


def error_page(status: int, detail: str, view: View, to: str = "", asked_for: bool = False) -> str:
    """What went wrong, and how to go on; ``to`` is where whoever signs in wanted to go.

    ``asked_for``: nothing went wrong, somebody wants to sign in.
    """
    texts = view.language.texts
    title, hint = (f"{name}{'sign_in' if asked_for else status}" for name in ("error.", "error.hint_"))
    return view.render(
        "error.html",
        status=status,
        title=texts.get(title, texts["error.other"]),
        hint=texts.get(hint, texts["error.hint_other"]),
        detail=detail,
        to=to,
    )


def _titles(config: Config, feed: FeedSpec) -> list[str]:
    """The titles of the sources that a feed is put together from."""
    return [source.title for source in config.sources if source.id in feed.sources]


def _shown(
    config: Config, entry: Entry, view: View, zone: ZoneInfo, *, marked: bool = False, question: str = ""
) -> dict[str, object]:
    """An entry as the templates want it; ``marked``: with the words of the ``question`` marked in its summary."""
    source = config.source(entry.story.source_id)
    told = entry.article.published or entry.story.first_seen
    missing = notice(entry)
    name = entry.story.entry_id.removeprefix("urn:uuid:")
    return {
        "article": entry.article,
        "url": entry.story.url,
        "source": source.title if source else entry.story.source_id,
        "image": f"pictures/{name}/0" if entry.article.images and view.access.only is None else None,
        "shows": _shows(entry.article),
        "time": view.time(told, zone),
        "updated": view.time(entry.story.updated, zone) if entry.story.revision > 1 else None,
        "name": name,
        "revision": entry.story.revision,
        "notice": words(entry.article.language)[missing] if missing else "",
        "elsewhere": [_elsewhere(config, other) for other in entry.elsewhere],
        "snippet": snippet(entry.article, question) if marked else (),
    }


def _shows(article: Article) -> list[dict[str, str]]:
    """The first recording of each kind: what there is to see, and to hear."""
    first = {media.kind == "audio": media for media in reversed(recordings(article))}
    return [
        {"kind": media.kind, "length": length(media.duration) if media.duration else ""}
        for _, media in sorted(first.items())
    ]


def _elsewhere(config: Config, other: Elsewhere) -> dict[str, str]:
    source = config.source(other.source_id)
    return {"source": source.title if source else other.source_id, "url": other.url, "title": other.title}


def snippet(article: Article, question: str) -> list[tuple[bool, str]]:
    """The summary, its words that were asked for marked (True), with or without diacritics."""
    asked = set(fold(question).split())
    parts = re.split(r"(\w+)", (article.summary or "")[:SNIPPET])
    return [(bool(asked.intersection(fold(part).split())), part) for part in parts if part]
