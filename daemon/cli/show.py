"""``bantin status``, ``articles`` and ``search``: what is stored."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
import typer

from daemon.cli.common import (
    AsJson,
    ConfigFile,
    configuration,
    local,
    looking,
    moment,
    note,
    print_json,
    say,
    table,
    usage,
)
from feeds.model import Article, Endpoint, Entry, SourceState, Story
from state.store import EndpointRow

OVERDUE = timedelta(minutes=2)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(status)
    app.command()(articles)
    app.command()(search)


def status(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Show the sources: last poll, next poll, stories, failures and why."""
    from daemon.web.pages.language import ago, until

    found = configuration(config)
    with looking(found) as store:
        states = {row.state.id: row for row in store.sources()}
        endpoints = store.endpoints()
    now = datetime.now(UTC)
    if as_json:
        print_json(
            {
                "sources": [_source_json(source.id, source.title, states.get(source.id)) for source in found.sources],
                "endpoints": [_endpoint_json(item, endpoints.get(item.id)) for item in found.endpoints],
                "webhooks": [
                    {"id": item.id, "pending": row.waiting if row else 0, "disabled": row and row.state.disabled_at}
                    for item in found.endpoints
                    for row in [endpoints.get(item.id)]
                    if item.channel != "apprise"
                ],
            }
        )
        return
    rows, addresses = [], []
    for source in found.sources:
        row = states.get(source.id)
        if row is None:
            rows.append([source.id, "never", "now", "0", "not polled yet"])
            addresses.append("")
            continue
        state = row.state
        due = "now" if row.leased else until(state.due_at, now)
        fares = _health(state) if source.enabled else "paused"
        due = due if source.enabled else "–"
        rows.append([source.id, ago(state.last_poll, now), due, str(row.stories), fares])
        addresses.append(state.failure.url if state.failure else "")
    if not sys.stdout.isatty():
        pairs = zip(rows, addresses, strict=True)
        rows, addresses = [[*row[:-1], f"{row[-1]} – {url}" if url else row[-1]] for row, url in pairs], []
    table(["source", "last poll", "next poll", "stories", "health"], rows, addresses)
    mine = [states[source.id] for source in found.sources if source.id in states and source.enabled]
    if any(row.state.due_at < now - OVERDUE and not row.leased for row in mine):
        note("bantin: some polls are overdue; is bantin run running?")
    for item in found.endpoints:
        say(f"{item.kind} {item.id}: {how_it_fares(endpoints.get(item.id), now)}")


def how_it_fares(row: EndpointRow | None, now: datetime) -> str:
    """How an endpoint fares, in words; and what to do where something is wrong."""
    if row is None:
        return "nothing sent yet"
    state = row.state
    told = f"{row.waiting} waiting"
    if row.dead:
        told += f", {row.dead} given up (bantin deliveries retry --dead --to {state.id})"
    if state.disabled_at:
        return (
            f"{told}; disabled since {local(state.disabled_at)}: {state.disabled_why}; bantin notify enable {state.id}"
        )
    if state.failures:
        again = f"; tried again {local(state.resume_at)}" if state.resume_at and state.resume_at > now else ""
        return f"{told}; {state.failures} failures in a row: {state.last_error}{again}"
    return told


def _endpoint_json(endpoint: Endpoint, row: EndpointRow | None) -> dict[str, Any]:
    base: dict[str, Any] = {"id": endpoint.id, "kind": endpoint.kind}
    if row is None:
        return base | {"waiting": 0, "dead": 0, "disabled_at": None, "failures": 0, "last_error": None}
    names = ("disabled_at", "disabled_why", "failures", "resume_at", "last_attempt", "last_success", "last_error")
    told = {name: getattr(row.state, name) for name in names}
    return base | {"waiting": row.waiting, "dead": row.dead, "oldest": row.oldest, **told}


def _health(state: SourceState) -> str:
    """How a source fares, in words."""
    if state.failure:
        return f"failing ({state.failures} in a row): {state.failure.cause}"
    if state.warning:
        return f"good, but {state.warning}"
    return "good" if state.last_poll else "not polled yet"


def _source_json(name: str, title: str, row: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"id": name, "title": title, "stories": 0, "partial": 0, "polling": False}
    if row is None:
        return base | {"last_poll": None, "next_poll": None, "failures": 0, "failure": None, "warning": None}
    state = row.state
    return base | {
        "stories": row.stories,
        "partial": row.partial,
        "polling": row.leased,
        "last_poll": state.last_poll,
        "last_success": state.last_success,
        "next_poll": state.due_at,
        "failures": state.failures,
        "failing_since": state.failing_since,
        "failure": state.failure,
        "warning": state.warning,
    }


def articles(
    source: Annotated[str, typer.Option(help="Of this source only.")] = "",
    changed: Annotated[bool, typer.Option("--changed", help="Those that were edited, the last edit first.")] = False,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="Those that their sites took down.")] = False,
    since: Annotated[str, typer.Option(metavar="TIME", help='Since then: "2d", or "2026-11-28 08:00".')] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many, the newest found first.")] = 50,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Show what is stored."""
    found = configuration(config)
    names = [item.id for item in found.sources]
    if source and source not in names:
        raise usage(f"no source {source!r}; there are: {', '.join(names) or 'none'}")
    if changed and withdrawn:
        raise usage("--changed and --withdrawn: give one of them")
    mine = [source] if source else names
    with looking(found) as store:
        if changed or withdrawn or since:
            entries = store.found_since(mine, limit, moment(since), changed=changed, withdrawn=withdrawn)
        else:
            entries = store.entries(mine, limit)
        texts = store.texts([number for number, _ in entries], sys.maxsize) if as_json else {}
    _print(entries, texts, as_json)


def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS…", help="All of them, with or without diacritics.")],
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the newest first.")] = 50,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Show the stored stories that have all these words; withdrawn ones, too."""
    found = configuration(config)
    with looking(found) as store:
        entries = store.search(" ".join(words), limit, [item.id for item in found.sources])
        texts = store.texts([number for number, _ in entries], sys.maxsize) if as_json else {}
    _print(entries, texts, as_json)
    if not entries and not as_json:
        note(f"bantin: no story has all of: {' '.join(words)}")


def _print(entries: Sequence[tuple[int, Entry]], texts: Mapping[int, Article], as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {"number": number, **msgspec.to_builtins(item.story), "article": texts.get(number, item.article)}
                for number, item in entries
            ]
        )
        return
    rows, addresses = [], []
    for number, item in entries:
        told = item.article.published or item.story.first_seen
        title = item.article.title + _marks(item.story)
        rows.append([str(number), item.story.source_id, local(told), str(item.story.revision), title])
        addresses.append(item.story.url)
    table(["number", "source", "published", "revisions", "title"], rows, addresses)
    if any(item.story.revision > 1 for _, item in entries):
        note("bantin: to see how a story changed: bantin diff NUMBER")


def _marks(story: Story) -> str:
    """What is odd about a story, in a few words behind its title."""
    words = {"from its teaser": story.partial, "noisy": story.noisy, "withdrawn": story.removed is not None}
    marks = [mark for mark, there in words.items() if there]
    return f" ({', '.join(marks)})" if marks else ""
