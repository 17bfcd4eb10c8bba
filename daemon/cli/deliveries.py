"""``bantin deliveries``: the outbox."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, get_args

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
from daemon.health import count_of
from feeds.model import Event
from state.store import DeliveryRow, DeliveryState

MAX_NUMBER = 2**63 - 1  # that a database has
STATES = get_args(DeliveryState)

deliveries = typer.Typer(help="The outbox: events on their way to endpoints.", invoke_without_command=True)

Ids = Annotated[list[int] | None, typer.Argument(metavar="[ID]…", max=MAX_NUMBER, min=1, help="Ids of deliveries.")]
Dead = Annotated[bool, typer.Option("--dead", help="All that were given up.")]
To = Annotated[str, typer.Option("--to", metavar="ENDPOINT", help="To this endpoint.")]
Since = Annotated[str, typer.Option(metavar="TIME", help='Made since then: "2d", or "2026-11-28 08:00".')]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(deliveries, name="deliveries")


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
    state: Annotated[str, typer.Option(help=f"Only those that are {', '.join(STATES)}.")] = "",
    to: Annotated[str, typer.Option("--to", "--webhook", metavar="ENDPOINT", help="Only to this endpoint.")] = "",
    since: Since = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 50,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """List deliveries, the newest first: of what, to whom, how they stand and why, and when they are tried next."""
    found = configuration(config or context.obj.config)
    if state and state not in STATES:
        raise usage(f"--state is {state!r}; there are: {', '.join(STATES)}")
    with looking(found) as store:
        _known(found, to, store.endpoints())
        rows = store.deliveries(state or None, to or None, limit, moment(since))
    if as_json or context.obj.as_json:
        print_json(rows)
        return
    table(["id", "to", "event", "story", "state", "cause", "next try", "since"], [_row(row) for row in rows])


def _row(row: DeliveryRow) -> list[str]:
    about = row.title or row.source_id or "–"
    state = f"in digest {row.digest_id}" if row.digest_id and row.state == "pending" else row.state
    again = local(row.due_at) if row.state == "pending" and not row.digest_id else "–"
    return [str(row.id), row.endpoint_id, row.type, about, state, _cause(row), again, local(row.created)]


def _cause(row: DeliveryRow) -> str:
    """Why it is where it is: what came of the last attempt, and of how many."""
    if row.reason:
        return row.reason
    if not row.attempts:
        return "–"
    said = row.last_error or (f"HTTP {row.last_status}" if row.last_status else "accepted")
    return said if row.attempts == 1 else f"{said} ({row.attempts} attempts)"


@deliveries.command("show")
def show_delivery(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", max=MAX_NUMBER)],
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Show one delivery: every attempt, and what is sent."""
    config, as_json = config or context.obj.config, as_json or context.obj.as_json
    loaded = configuration(config)
    with looking(loaded) as store:
        found = store.delivery(number)
    if found is None:
        note(f"bantin: no delivery {number}; bantin deliveries lists them")
        raise typer.Exit(1)
    row, event, attempts = found
    if as_json:
        print_json({"delivery": row, "attempts": attempts, "event": msgspec.Raw(event.payload)})
        return
    about = f", {row.title!r}" if row.title else ""
    say(f"delivery {row.id}: {row.type}{about} to {row.endpoint_id}, {row.state}")
    say(f"event {event.id}, {local(event.created)}")
    for count, attempt in enumerate(attempts, 1):
        say(f"  attempt {count} at {local(attempt.at)}: {attempt.said}, {attempt.duration:.2f} s")
    if row.reason:
        say(f"  {row.reason}")
    if row.digest_id:
        say(f"  carried by the digest {row.digest_id}")
    elif row.state == "pending":
        say(f"  next attempt {local(row.due_at)}")
    say("\nwhat is sent:\n")
    say(_sent(loaded, row, event))


def _sent(config: Config, row: DeliveryRow, event: Event) -> str:
    """What the endpoint is sent: a channel's message, a webhook's body, a hub's form."""
    endpoint = config.endpoint(row.endpoint_id)
    if endpoint is not None and (endpoint.channel == "apprise" or endpoint.body):
        from daemon.cli.notify import previewed

        return previewed(config, endpoint, event)
    try:
        return msgspec.json.format(event.payload, indent=2).decode("utf-8", "replace")
    except msgspec.DecodeError:
        return event.payload.decode("utf-8", "replace")


@deliveries.command("retry")
def retry(
    context: typer.Context,
    ids: Ids = None,
    dead: Dead = False,
    to: To = "",
    since: Since = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Try deliveries anew, at once: these, or all that were given up, to this endpoint, since then."""
    _change(context, "retry", ids, dead, to, since, config, as_json)


@deliveries.command("replay", hidden=True)
def replay(context: typer.Context, ids: Ids = None, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """What `retry` was called."""
    _change(context, "retry", ids, False, "", "", config, as_json)


@deliveries.command("drop")
def drop(
    context: typer.Context,
    ids: Ids = None,
    dead: Dead = False,
    to: To = "",
    since: Since = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Give deliveries up: they are not tried again, and can still be looked at, and retried."""
    _change(context, "drop", ids, dead, to, since, config, as_json)


def _change(
    context: typer.Context,
    what: str,
    ids: list[int] | None,
    dead: bool,
    to: str,
    since: str,
    config: Path | None,
    as_json: bool,
) -> None:
    if not (ids or dead or to or since):
        raise usage(f"which ones? bantin deliveries {what} ID…, --dead, --to ENDPOINT or --since TIME")
    if ids and (dead or to or since):
        raise usage("give ids, or options that choose, not both")
    found = configuration(config or context.obj.config)
    with looking(found) as store:
        if ids:
            rows_of = {number: found_row[0] for number in ids if (found_row := store.delivery(number)) is not None}
            there = set(rows_of)
            for number in sorted(set(ids) - there):
                note(f"bantin: no delivery {number}; bantin deliveries lists them")
            for number, row in rows_of.items():
                if row.digest_id is not None:
                    carrier = row.digest_id
                    note(f"bantin: {number} is carried by the digest {carrier}: bantin deliveries {what} {carrier}")
        else:
            _known(found, to, store.endpoints())
            states = ("dead",) if dead or what == "retry" else ("pending", "dead")
            rows = [row for state in states for row in store.deliveries(state, to or None, None, moment(since))]
            there = {row.id for row in rows if row.digest_id is None}
        count = (store.retry if what == "retry" else store.drop)(sorted(there))
        disabled = {name: row.state.disabled_why for name, row in store.endpoints().items() if row.state.disabled_at}
    if as_json or context.obj.as_json:
        print_json({"changed": count})
    else:
        done = "to be tried anew at once" if what == "retry" else "dropped"
        say(f"{count_of(count, 'delivery', 'deliveries')} {done}")
        if ids and count < len(there):
            note(f"bantin: {len(there) - count} of them arrived already, or are being sent just now")
        if what == "retry" and (off := disabled.get(to)):
            note(f"bantin: {to} is disabled ({off}); bantin notify enable {to}")
    if ids and count == 0:
        raise typer.Exit(1)


def _known(config: Config, name: str, stored: dict[str, Any]) -> None:
    """Refuse an endpoint that neither the configuration nor the database knows."""
    names = [endpoint.id for endpoint in config.endpoints]
    if name and name not in names and name not in stored:
        raise usage(f"no endpoint {name!r}; there are: {', '.join(names) or 'none'}")
