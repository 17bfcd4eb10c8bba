"""``bantin status``, ``articles`` and ``deliveries``: what is stored."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from daemon.cli.common import AsJson, ConfigFile, configuration, local, looking, note, print_json, say, table, usage
from feeds.model import Event, SourceState, Story

MAX_NUMBER = 2**63 - 1  # that a database has
OVERDUE = timedelta(minutes=2)

deliveries = typer.Typer(help="The outbox: events on their way to webhooks.", invoke_without_command=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(status)
    app.command()(articles)
    app.add_typer(deliveries, name="deliveries")


def status(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Show the sources: last poll, next poll, stories, failures and why."""
    from daemon.web.pages.language import ago, until

    found = configuration(config)
    with looking(found) as store:
        states = {row.state.id: row for row in store.sources()}
        pending, disabled = store.pending(), store.disabled()
    now = datetime.now(UTC)
    if as_json:
        print_json(
            {
                "sources": [_source_json(source.id, source.title, states.get(source.id)) for source in found.sources],
                "webhooks": [
                    {"id": hook.id, "pending": pending.get(hook.id, 0), "disabled": disabled.get(hook.id)}
                    for hook in found.webhooks
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
        rows.append([source.id, ago(state.last_poll, now), due, str(row.stories), _health(state)])
        addresses.append(state.failure.url if state.failure else "")
    if not sys.stdout.isatty():
        pairs = zip(rows, addresses, strict=True)
        rows, addresses = [[*row[:-1], f"{row[-1]} – {url}" if url else row[-1]] for row, url in pairs], []
    table(["source", "last poll", "next poll", "stories", "health"], rows, addresses)
    mine = [states[source.id] for source in found.sources if source.id in states]
    if any(row.state.due_at < now - OVERDUE and not row.leased for row in mine):
        note("bantin: some polls are overdue; is bantin run running?")
    for hook in found.webhooks:
        gone = f"; disabled since {local(disabled[hook.id])}: it answered 410 Gone" if hook.id in disabled else ""
        say(f"webhook {hook.id}: {pending.get(hook.id, 0)} waiting{gone}")


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
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many, the newest found first.")] = 50,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Show what is stored."""
    found = configuration(config)
    names = [item.id for item in found.sources]
    if source and source not in names:
        raise usage(f"no source {source!r}; there are: {', '.join(names) or 'none'}")
    with looking(found) as store:
        entries = store.entries([source] if source else names, limit)
        texts = store.texts([number for number, _ in entries], sys.maxsize) if as_json else {}
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
    words = {"from its teaser": story.partial, "noisy": story.noisy}
    marks = [mark for mark, there in words.items() if there]
    return f" ({', '.join(marks)})" if marks else ""


class _Given(msgspec.Struct, frozen=True):
    """The options that stand before the subcommand; they count as if they stood behind it."""

    config: Path | None
    as_json: bool


@deliveries.callback()
def _deliveries(context: typer.Context, config: ConfigFile = None, as_json: AsJson = False) -> None:
    context.obj = _Given(config, as_json)
    if context.invoked_subcommand is None:
        list_deliveries(context)


@deliveries.command("list")
def list_deliveries(
    context: typer.Context,
    state: Annotated[str, typer.Option(help="Only pending, delivered or dead ones.")] = "",
    webhook: Annotated[str, typer.Option(help="Only to this webhook.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 50,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """List deliveries, the newest first."""
    config, as_json = config or context.obj.config, as_json or context.obj.as_json
    if state and state not in ("pending", "delivered", "dead"):
        raise usage(f"--state is {state!r}; there are: pending, delivered, dead")
    with looking(configuration(config)) as store:
        found = store.deliveries(state or None, webhook or None, limit)
    if as_json:
        print_json(found)
        return
    rows = [
        [
            str(d.id),
            d.webhook_id,
            d.type,
            d.state,
            str(d.attempts),
            _last(d.last_status, d.last_error),
            local(d.created),
        ]
        for d in found
    ]
    table(["id", "webhook", "event", "state", "attempts", "last answer", "since"], rows)


@deliveries.command("show")
def show_delivery(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", max=MAX_NUMBER)],
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Show one delivery: every attempt, and what is sent."""
    config, as_json = config or context.obj.config, as_json or context.obj.as_json
    with looking(configuration(config)) as store:
        found = store.delivery(number)
    if found is None:
        note(f"bantin: no delivery {number}; bantin deliveries lists them")
        raise typer.Exit(1)
    row, event, attempts = found
    if as_json:
        print_json({"delivery": row, "attempts": attempts, "event": msgspec.Raw(event.payload)})
        return
    say(f"delivery {row.id}: {row.type} to {row.webhook_id}, {row.state}")
    say(f"event {event.id}, {local(event.created)}")
    for count, attempt in enumerate(attempts, 1):
        answer = _last(attempt.status, attempt.error)
        say(f"  attempt {count} at {local(attempt.at)}: {answer}, {attempt.duration:.2f} s")
    if row.state == "pending":
        say(f"  next attempt {local(row.due_at)}")
    say("\nwhat is sent:\n")
    say(_readable(event))


def _readable(event: Event) -> str:
    """The body of an event: indented, where it is JSON (a hub is sent a form)."""
    try:
        return msgspec.json.format(event.payload, indent=2).decode("utf-8", "replace")
    except msgspec.DecodeError:
        return event.payload.decode("utf-8", "replace")


def _last(status: int | None, error: str | None) -> str:
    return error or (f"HTTP {status}" if status else "–")
