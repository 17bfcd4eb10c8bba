"""The pages for people: plain HTML from templates, no script, readable on a phone, light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from daemon.config import Config
from daemon.web.feeds.assemble import Versions
from daemon.web.pages.actions import ACTIONS
from daemon.web.pages.chart import chart, hours
from daemon.web.pages.context import View
from daemon.web.pages.sources import Glance
from feeds.model import Endpoint, EndpointState, Entry, FeedSpec, Source
from feeds.writing.content import notice
from feeds.writing.phrases import words
from state.store import DeliveryRow, EndpointRow

ENTRIES = 50  # on a feed's page, and on one of what was found
NAMED = 5  # failing sources, at the top of the front page
NEWEST = 13  # on the front page: the first of them large

STYLE, ICON = ((Path(__file__).parent / name).read_bytes() for name in ("style.css", "icon.svg"))


def home(config: Config, glance: Glance, entries: Sequence[Entry], view: View) -> str:
    """The front page: the newest stories, every source with how it fares, and every feed."""
    own = {source.id for source in config.sources}
    cards = [_card(source, glance, view) for source in config.sources]
    failing = [card["source"].title for card in cards if card["state"] and card["state"].failure]
    return view.render(
        "home.html",
        cards=cards,
        failing=failing,
        named=", ".join(failing[:NAMED]) + ("…" if len(failing) > NAMED else ""),
        feeds=[(feed, _titles(config, feed)) for feed in config.feeds if feed.id not in own],
        all_feeds=config.feeds,
        entries=[_shown(config, entry, view) for entry in entries],
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
    return view.render(
        "feed.html",
        feed=feed,
        names=_titles(config, feed) if config.source(feed.id) is None else [],
        entries=[_shown(config, entry, view) for entry in entries],
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
    config: Config, question: str, entries: Sequence[Entry], view: View, *, older: int | None = None, first: bool = True
) -> str:
    """What was found; ``older`` is where the next page begins, and ``first`` says whether this is the first one."""
    shown = [_shown(config, entry, view) for entry in entries]
    return view.render("search.html", question=question, entries=shown, older=older, first=first)


def deliveries_page(
    config: Config,
    stored: Mapping[str, EndpointRow],
    arrived: Mapping[str, Mapping[datetime, tuple[int, int]]],
    waiting: Sequence[DeliveryRow],
    view: View,
    said: str = "",
) -> str:
    """How each endpoint fares, what arrived in the last day, and what waits; ``said`` is what a change came to."""
    return view.render(
        "deliveries.html",
        cards=[_endpoint(item, stored.get(item.id), arrived.get(item.id, {}), view) for item in config.endpoints],
        rows=[_waiting(row, view) for row in waiting],
        said=said,
        can_change=bool(config.server.admin_token),
        actions=[(name, view.language.say(key)) for name, key in ACTIONS.items()],
        all_feeds=config.feeds,
    )


def _endpoint(
    endpoint: Endpoint, row: EndpointRow | None, arrived: Mapping[datetime, tuple[int, int]], view: View
) -> dict[str, Any]:
    state, language = row.state if row else EndpointState(id=endpoint.id), view.language
    resumes = state.resume_at if state.resume_at and state.resume_at > view.now else None
    return {
        "id": endpoint.id,
        "kind": endpoint.kind,
        "disabled": _clock(state.disabled_at, view),
        "why": state.disabled_why,
        "enable": f"bantin notify enable {endpoint.id}",
        "retry": f"bantin deliveries retry --dead --to {endpoint.id}",
        "failures": state.failures,
        "error": state.last_error,
        "resume": _clock(resumes, view),
        "last": language.ago(state.last_success, view.now) if state.last_success else "",
        "waiting": row.waiting if row else 0,
        "dead": row.dead if row else 0,
        "chart": hours(arrived, view.now, language),
    }


def _waiting(row: DeliveryRow, view: View) -> dict[str, Any]:
    name = (row.entry_id or "").removeprefix("urn:uuid:")
    return {
        "about": row.title or row.source_id or row.type,
        "href": f"{view.root}articles/{name}/{view.query}" if name and row.title else "",
        "type": row.type,
        "to": row.endpoint_id,
        "cause": row.last_error or (f"HTTP {row.last_status}" if row.last_status else "–"),
        "next": _clock(row.due_at, view) if row.due_at > view.now else "",
    }


def _clock(moment: datetime | None, view: View) -> str:
    shown = view.time(moment, ZoneInfo("UTC"))
    return shown[1] if shown else ""


def error_page(status: int, detail: str, view: View, to: str = "") -> str:
    """What went wrong, and how to go on; ``to`` is where whoever signs in wanted to go."""
    texts = view.language.texts
    title, hint = (f"{name}{status}" for name in ("error.", "error.hint_"))
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


def _card(source: Source, glance: Glance, view: View) -> dict[str, Any]:
    """A source as the front page shows it; without a state where it was never polled."""
    row, language = glance.rows.get(source.id), view.language
    polled = row is not None and row.state.last_poll is not None
    today = view.now.astimezone(ZoneInfo(source.timezone)).date()
    return {
        "source": source,
        "state": row.state if row and polled else None,
        "stories": row.stories if row else 0,
        "partial": row.partial if row else 0,
        "ago": language.ago(row.state.last_poll, view.now) if row else "",
        "until": language.until(row.state.due_at, view.now) if row else "",
        "chart": chart(glance.days.get(source.id, {}), today, language),
    }


def _shown(config: Config, entry: Entry, view: View) -> dict[str, object]:
    """An entry as the templates want it, its time in its source's zone."""
    source = config.source(entry.story.source_id)
    told = entry.article.published or entry.story.first_seen
    missing = notice(entry)
    name = entry.story.entry_id.removeprefix("urn:uuid:")
    return {
        "article": entry.article,
        "url": entry.story.url,
        "source": source.title if source else entry.story.source_id,
        "image": f"pictures/{name}/0" if entry.article.images and view.access.only is None else None,
        "time": view.time(told, ZoneInfo(source.timezone if source else "UTC")),
        "name": name,
        "revision": entry.story.revision,
        "notice": words(entry.article.language)[missing] if missing else "",
    }
