"""``bantin notify``: trying endpoints out, and putting them back."""

from __future__ import annotations

import asyncio
import base64
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
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
from daemon.health import count_of
from feeds.errors import StateError
from feeds.model import Article, Endpoint, Event, Revision, Story

MOST = 2_000  # stories that a preview looks at

notify = typer.Typer(help="Endpoints: try them out, see what they would get, put them back.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="ENDPOINT", help="The id of a [[webhook]] or [[channel]].")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(notify, name="notify")


def _endpoint(config: Config, name: str) -> Endpoint:
    found = config.endpoint(name)
    if found is None:
        names = ", ".join(endpoint.id for endpoint in config.endpoints) or "none"
        raise usage(f"no endpoint {name!r}; there are: {names}")
    return found


@notify.command("test")
def test(name: Name, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Send an invented story to an endpoint, now, and show what it answers; nothing is stored."""
    found = configuration(config)
    endpoint = _endpoint(found, name)
    if endpoint.channel == "websub":
        raise usage("a hub has nothing to be tried out with: it fetches the feeds itself")
    attempt = asyncio.run(_try(found, endpoint))
    if as_json:
        print_json({"endpoint": name, **msgspec.structs.asdict(attempt), "accepted": attempt.is_good})
    elif attempt.is_good:
        say(f"{name}: {attempt.said} in {attempt.duration:.2f} s")
        _waiting(found, name)
    else:
        note(f"bantin: {name} did not take it: {attempt.said} ({attempt.duration:.2f} s)")
        note(f"bantin: see its address and secret in {found.file}; bantin deliveries list --to {name} shows what waits")
    if not attempt.is_good:
        raise typer.Exit(1)


def _waiting(config: Config, name: str) -> None:
    """What to do about alerts that still wait for an endpoint which works."""
    from state.sql import SqlStore
    from state.transfer.migrate import HEAD, version_of

    row = None
    with suppress(StateError), closing(SqlStore(config.database)) as store:
        row = store.endpoints().get(name) if version_of(store.engine) == HEAD else None
    if row is not None and row.waiting and (row.state.failures or row.state.disabled_at):
        waiting = count_of(row.waiting, "alert waits", "alerts wait")
        note(f"bantin: {waiting} for it still; bantin notify enable {name} has them sent now")


async def _try(config: Config, endpoint: Endpoint) -> Any:
    from daemon.channels.deliver import Sender
    from daemon.channels.sample import sample

    now = datetime.now(UTC)
    sender = Sender(config.deliver_fetch, clock=lambda: now)
    try:
        return await sender.attempt(sample(endpoint, now), endpoint)
    finally:
        await sender.close()


def previewed(config: Config, endpoint: Endpoint, event: Event) -> str:
    """What the endpoint is sent of the event, for people. Raises `OSError`, `ValueError` and `TemplateError`."""
    return asyncio.run(_preview(config, endpoint, event))


async def _preview(config: Config, endpoint: Endpoint, event: Event) -> str:
    from daemon.channels import apart
    from daemon.channels.deliver import Sender

    sender = Sender(config.deliver_fetch, clock=lambda: datetime.now(UTC))
    try:
        return str(await sender.hands.apart(endpoint.id, apart.previewed, event.payload, endpoint))
    finally:
        await sender.close()


@notify.command("listen")
def listen(
    port: Annotated[int, typer.Argument(min=0, max=65535, help="On 127.0.0.1 (0: any that is free).")],
    secret: Annotated[str, typer.Option(help="Verify with this secret (default: those of the configuration).")] = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Receive webhooks on this machine, verify them, and print them, until Ctrl-C."""
    secrets = [secret] if secret else _secrets(config)
    if not secrets:
        secrets = ["whsec_" + base64.b64encode(os.urandom(24)).decode()]
    try:
        asyncio.run(_listen(port, secrets, as_json))
    except OSError as error:
        note(f"bantin: 127.0.0.1:{port} cannot be listened on: {error.strerror or error}; choose another port")
        raise typer.Exit(1) from None
    except ValueError:
        raise usage("--secret is none; write whsec_ followed by at least 16 bytes in base64") from None


def _secrets(config: Any) -> list[str]:
    from daemon.config import ConfigError

    try:
        return [secret for endpoint in configuration(config).endpoints for secret in endpoint.secrets]
    except ConfigError:
        if config is not None:
            raise
        return []  # there is none yet: this command gives the first secret


async def _listen(port: int, secrets: list[str], as_json: bool) -> None:
    import socket

    from daemon.demo.receiver import Receiver
    from daemon.demo.serve import serve

    def tell(name: str, body: dict[str, Any]) -> None:
        if as_json:
            print_json({"webhook-id": name, "body": body})
            return
        data = body.get("data", {})
        article = data.get("article") or {}
        said = article.get("title") or (data.get("source") or data.get("endpoint") or {}).get("id") or ""
        if body.get("type") == "digest":
            said = f"{len(data.get('events', []))} events"
        say(f"{body.get('type')}: {said}  {article.get('url', '')}".rstrip())

    def refused(why: str) -> None:
        note(f"bantin: refused: {why}")

    receiver = Receiver(*secrets, tell=tell, refused=refused)
    opened = socket.create_server(("127.0.0.1", port))
    async with serve(receiver.app, opened) as address:
        note(f'bantin: listening; for the configuration:\n\n[[webhook]]\nid = "here"\nurl = "{address}hook"')
        note(f'secret = "{secrets[0]}"\n\n[deliver]\nallow_networks = ["127.0.0.0/8"]\n')
        await asyncio.Event().wait()


@notify.command("enable")
def enable(name: Name, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Send to an endpoint again that was disabled, at once what waits."""
    found = configuration(config)
    endpoint = _endpoint(found, name)
    with looking(found) as store:
        row = store.endpoints().get(name)
        if row is None or not store.enable(endpoint.id):
            note(f"bantin: nothing was ever sent to {name}; it is not disabled")
            raise typer.Exit(1)
    if as_json:
        print_json({"endpoint": name, "was_disabled": row.state.disabled_at is not None, "waiting": row.waiting})
    else:
        was = "enabled" if row.state.disabled_at else "its pause is over" if row.state.resume_at else "was not disabled"
        say(f"{name}: {was}; {count_of(row.waiting, 'waiting alert')} to be sent now, by bantin run")


@notify.command("preview")
def preview(
    name: Name,
    since: Annotated[str, typer.Option(metavar="TIME", help='"7d", or a date.')] = "7d",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """What the stored stories would have sent to an endpoint by its present rules, and why not the others."""
    found = configuration(config)
    endpoint = _endpoint(found, name)
    with looking(found) as store:
        rows = list(_judged(found, endpoint, store, moment(since) or datetime.now(UTC)))
    if as_json:
        print_json(rows)
        return
    shown = [[local(row["at"]), row["event"], row["title"], row["why_not"] or "sent"] for row in rows]
    table(["when", "event", "story", "verdict"], shown)
    counts = Counter(bool(row["why_not"]) for row in rows)
    note(f"bantin: {counts[False]} of {len(rows)} events would be sent to {name}{_when(endpoint)}")


def _when(endpoint: Endpoint) -> str:
    parts = [
        "in digests" if endpoint.digest else "",
        "not in its quiet hours" if endpoint.quiet else "",
        f"at most {endpoint.rate.count} in {endpoint.rate.seconds:g} s" if endpoint.rate else "",
    ]
    said = ", ".join(filter(None, parts))
    return f", {said}" if said else ""


def _judged(config: Config, endpoint: Endpoint, store: Any, since: datetime) -> Iterator[dict[str, Any]]:
    """Each event that the stories made since then, with why the endpoint does not hear of it."""
    entries = [
        (number, entry)
        for number, entry in store.entries([source.id for source in config.sources], MOST)
        if max(entry.story.first_seen, entry.story.updated) >= since
    ]
    twins = store.twins([source.id for source in config.sources], [number for number, _ in entries])
    for number, entry in entries:
        story = entry.story
        first = next((twin for _, twin in twins.get(number, ())), None)
        told_first = first is not None and first.story.first_seen < story.first_seen
        yield from _of_story(config, endpoint, store, story, since, told_first)


def _of_story(
    config: Config, endpoint: Endpoint, store: Any, story: Story, since: datetime, told_first: bool
) -> Iterator[dict[str, Any]]:
    from feeds.deciding.difference import compare

    revisions: list[Revision] = next((r for s, r in store.story(story.entry_id, story.source_id)), [])
    for before, revision in zip([None, *revisions], revisions, strict=False):
        if revision.seen_at < since:
            continue
        changed = compare(before.article, revision.article).fields if before is not None else ()
        kind = "article.revised" if before is not None else "article.published"
        if story.backlog and before is None:
            why: str | None = "it was there before the first poll (announce_backlog)"
        elif endpoint.merge and told_first:
            why = "another source told it first, and merge is on"
        else:
            why = _why_not(config, endpoint, story, revision.article, kind, changed)
        yield {
            "at": revision.seen_at,
            "event": kind,
            "source": story.source_id,
            "title": revision.article.title,
            "url": story.url,
            "why_not": why,
        }


def _why_not(
    config: Config, endpoint: Endpoint, story: Story, article: Article, kind: str, changed: tuple[str, ...]
) -> str | None:
    from feeds.deciding.filters import Judge, rules_of
    from feeds.deciding.rules import Told, refusal

    judge, source = Judge(), config.source(story.source_id)
    if source is None:
        return "its source is not in the configuration"
    feeds = [
        feed.id
        for feed in config.audience.feeds_of(source.id)
        if judge.verdict(rules_of(source, feed), article) is not False
    ]
    if not feeds:
        return "no feed shows it"
    return refusal(endpoint, kind, Told(feeds=feeds, article=article, changed=changed), judge)
