"""``bantin status``, ``articles`` and ``search``: what is stored."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
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
from daemon.config import Config
from daemon.health import (
    DELAYS_OF,
    Health,
    count_of,
    counted,
    health,
    hubs_told,
    is_overdue,
    is_paused,
    source_told,
    what_to_do,
    why_next,
)
from feeds.model import Article, Delay, Entry, Source, Story, Subscription
from state.store import EndpointRow, SourceRow

FEW = 15  # sources: with endpoints and counts these still fit a screen of 24 lines
ADVISED = 3  # failing sources of which it is said what to do
MOST = 20  # lines about sources that need attention; the rest is counted


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(status)
    app.command()(articles)
    app.command()(search)


def status(
    every: Annotated[bool, typer.Option("--all", help="List every source, however many.")] = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Say whether bantin is well (exit status 0, else 1), and what is not: sources, polls, endpoints."""
    found = configuration(config)
    listed = every or len(found.sources) <= FEW
    with looking(found) as store:
        rows = {row.state.id: row for row in store.sources()}
        endpoints, now = store.endpoints(), store.clock()
        delays = store.delays(None, now - DELAYS_OF) if as_json else {}
        hubs = store.subscriptions() if as_json else []
    fares = health(found, counted(found.sources, rows), endpoints, now)
    if as_json:
        print_json(_status_json(found, fares, rows, delays, hubs, now))
    else:
        say(_in_a_line(found, fares, rows, now))
        if listed:
            _print_sources(found.sources, rows, now)
        else:
            _print_odd_sources(found.sources, rows, now)
        _hint(found, fares, rows, now)
        _print_endpoints(found, fares, endpoints, now, every=listed)
        say(_counts(found, fares, rows))
    if not fares.well:
        raise typer.Exit(1)


def _status_json(
    config: Config, fares: Health, rows: Mapping[str, SourceRow], delays: Mapping[str, Delay],
    hubs: Sequence[Subscription], now: datetime,
) -> dict[str, Any]:  # fmt: skip
    from daemon.web.pages.language import DEFAULT, LANGUAGES

    english = LANGUAGES[DEFAULT]
    return {
        "well": fares.well,
        "troubles": fares.troubles,
        "sources": [
            source_told(source, rows.get(source.id), now, english)
            | {"delay": delays.get(source.id, Delay()), "hubs": hubs_told(source, hubs, now)}
            for source in config.sources
        ],
        "endpoints": fares.endpoints,
        "webhooks": [
            {"id": item["id"], "pending": item["waiting"], "disabled": item["disabled_at"]}
            for item in fares.endpoints
            if item["kind"] != "channel"
        ],
    }


def _in_a_line(config: Config, fares: Health, rows: Mapping[str, SourceRow], now: datetime) -> str:
    from daemon.web.pages.language import ago

    if fares.troubles:
        return f"not well: {', '.join(fares.troubles)}"
    mine = [rows[source.id].state.last_poll for source in config.sources if source.id in rows]
    last = max((polled for polled in mine if polled), default=None)
    polled = f"last poll {ago(last, now)}" if last else "none polled yet"
    return f"well: {count_of(len(config.sources), 'source')}, {polled}, {count_of(fares.waiting, 'alert')} waiting"


def _print_sources(sources: Sequence[Source], rows: Mapping[str, SourceRow], now: datetime) -> None:
    from daemon.web.pages.language import ago, until

    lines = []
    for source in sources:
        row = rows.get(source.id)
        polled, stories, due = ago(row.state.last_poll if row else None, now), row.stories if row else 0, "now"
        if is_paused(source, row):
            due = "–"
        elif row is not None and not row.leased:
            due = until(row.state.due_at, now)
        lines.append([source.id, polled, due, str(stories)])
    _print_health(["source", "last poll", "next poll", "stories"], lines, sources, rows, now)


def _print_odd_sources(sources: Sequence[Source], rows: Mapping[str, SourceRow], now: datetime) -> None:
    """The failing ones, the longest first; then those that can be read, and are odd."""
    watched = [source for source in sources if source.id in rows and not is_paused(source, rows[source.id])]
    states = {source.id: rows[source.id].state for source in watched}
    failing = [source for source in watched if states[source.id].failure]
    failing.sort(key=lambda source: states[source.id].failing_since or states[source.id].due_at)
    odd = failing + [source for source in watched if states[source.id].warning and not states[source.id].failure]
    if odd:
        _print_health(["source"], [[source.id] for source in odd[:MOST]], odd[:MOST], rows, now)
    if len(odd) > MOST:
        say(f"and {len(odd) - MOST:,} more: bantin status --all")


def _print_health(
    headings: list[str],
    lines: list[list[str]],
    sources: Sequence[Source],
    rows: Mapping[str, SourceRow],
    now: datetime,
) -> None:
    """The lines, each with how its source fares; on a terminal, whose 80 columns do not do for it, under the line."""
    short, whole, below = [], [], []
    for source, line in zip(sources, lines, strict=True):
        told, details, url = _health(source, rows.get(source.id), now)
        short.append([*line, told])
        whole.append([*line, " – ".join(filter(None, [" ".join(filter(None, [told, details])), url]))])
        below.append("\n".join(filter(None, [details, url])))
    if sys.stdout.isatty():
        table([*headings, "health"], short, below)
    else:
        table([*headings, "health"], whole)


def _hint(config: Config, fares: Health, rows: Mapping[str, SourceRow], now: datetime) -> None:
    """What to do about sources that fail, and about polls that nobody makes."""
    from daemon.web.pages.language import DEFAULT, LANGUAGES

    if is_overdue(fares.sources.longest_due, now):
        from daemon.running import daemons

        late = local(fares.sources.longest_due)
        runs = daemons(config.file) if config.file else []
        why = f"process {runs[0]} runs; see its log" if runs else "is bantin run running?"
        note(f"bantin: some polls are overdue, the first since {late}; {why}")
    if fares.sources.failing:
        failing = [row for source in config.sources if (row := rows.get(source.id)) and row.state.failure]
        for state in [row.state for row in failing if not row.paused][:ADVISED]:
            assert state.failure is not None
            note(f"bantin: {state.id}: {what_to_do(state.failure, state.id, LANGUAGES[DEFAULT])}")
        note(
            "bantin: bantin preview SOURCE shows what is read of a source now, bantin replay SOURCE a list that was "
            "not believed; bantin source pause SOURCE polls it no longer"
        )


def _print_endpoints(
    config: Config, fares: Health, rows: Mapping[str, EndpointRow], now: datetime, *, every: bool
) -> None:
    for item, told in zip(config.endpoints, fares.endpoints, strict=True):
        if every or told["failures"] or told["disabled_at"] or told["dead"]:
            say(f"{item.kind} {item.id}: {how_it_fares(rows.get(item.id), now)}")


def _counts(config: Config, fares: Health, rows: Mapping[str, SourceRow]) -> str:
    both = [(source, rows.get(source.id)) for source in config.sources]
    paused = sum(is_paused(source, row) for source, row in both)
    odd = sum(row is not None and row.state.warning is not None and not is_paused(source, row) for source, row in both)
    sources = fares.sources
    told = {"good": sources.good, "failing": sources.failing, "odd": odd, "not polled yet": sources.waiting}
    parts = [f"{count:,} {name}" for name, count in (told | {"paused": paused}).items() if count or name == "good"]
    line = f"sources: {', '.join(parts)}"
    if config.endpoints:
        line += f"; alerts: {fares.waiting:,} waiting, {fares.dead:,} given up"
    return line


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
        again = f"; next try {local(state.resume_at)}" if state.resume_at and state.resume_at > now else ""
        return f"{told}; {state.failures} failures in a row: {state.last_error}{again}"
    return told


def _health(source: Source, row: SourceRow | None, now: datetime) -> tuple[str, str, str]:
    """How a source fares, in a few words; the cause, and the address, where there are such."""
    from daemon.web.pages.language import DEFAULT, LANGUAGES

    if is_paused(source, row):
        return "paused", "", ""
    if row is None or not row.state.last_poll:
        return "not polled yet", "", ""
    state = row.state
    if state.failure:
        since = f"since {local(state.failing_since)}: " if state.failing_since else ""
        return f"failing, {state.failures} in a row", f"{since}{state.failure.cause}", state.failure.url
    if state.warning:
        return "good, but", state.warning, ""
    if state.watch.gaps and now - state.watch.gaps[-1].at < DELAYS_OF:
        gap = state.watch.gaps[-1]
        until = local(gap.until) if gap.until else "then"
        return "good, but", f"may have missed stories between {local(gap.since)} and {until}: {gap.why}", gap.url
    return "good", why_next(source, state, LANGUAGES[DEFAULT]), ""


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
