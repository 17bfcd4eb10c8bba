"""Between the model's values and the tables' rows. Times become milliseconds here, and only here."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import RowMapping

from feeds.model import (
    Article,
    Failure,
    Habits,
    KeptPage,
    ListingState,
    Page,
    SourceState,
    Story,
    Subscription,
    Tally,
    Validators,
    Watch,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_article = msgspec.json.Decoder(Article)
_habits = msgspec.json.Decoder(Habits)
_TEXTS = ("content_html", "body_text", "left_out")
_Brief = msgspec.defstruct(
    "_Brief",
    [
        (field.name, field.type) if field.required else (field.name, field.type, field.default)
        for field in msgspec.structs.fields(Article)
        if field.name not in _TEXTS
    ],
)
_brief = msgspec.json.Decoder(_Brief)
_failure = msgspec.json.Decoder(Failure)
_watch = msgspec.json.Decoder(Watch)
_tally = msgspec.json.Decoder(Tally)
_names = msgspec.json.Decoder(tuple[str, ...])
_parts = msgspec.json.Decoder(dict[str, str])

MAX_BODY = 64_000_000  # bytes of a kept page: more than any page may have
MAX_KEY = 600  # characters: 2,400 bytes at most

_STORY_TIMES = ("first_seen", "updated", "next_look", "missing_since", "removed", "stated")
_STORY_PLAIN = (
    "source_id", "entry_id", "url", "revision", "fingerprint", "partial", "reason", "backlog", "looks",
    "merged_into", "occupant", "warning", "reading", "restless", "noisy",
)  # fmt: skip


def millis(moment: datetime) -> int:
    """Milliseconds since the epoch; ``moment`` must be aware."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def moment(value: int) -> datetime:
    """The aware UTC time of a stored number."""
    return _EPOCH + timedelta(milliseconds=value)


def maybe_millis(value: datetime | None) -> int | None:
    """`millis`, of nothing nothing."""
    return None if value is None else millis(value)


def maybe_moment(value: int | None) -> datetime | None:
    """`moment`, of nothing nothing."""
    return None if value is None else moment(value)


def story_row(story: Story) -> dict[str, Any]:
    """The columns of `stories`, without the id."""
    row = {name: getattr(story, name) for name in _STORY_PLAIN}
    row |= {name: maybe_millis(getattr(story, name)) for name in _STORY_TIMES}
    row |= validators_row(story.validators)
    for name in ("reason", "warning", "etag", "last_modified"):  # words of other servers: PostgreSQL stores no NUL
        row[name] = row[name] and row[name].replace("\0", "")
    row["listed_as"] = msgspec.json.encode(story.listed_as).decode()
    return row


def story(row: RowMapping) -> Story:
    """The story of a row of `stories` (which may hold further columns)."""
    values: dict[str, Any] = {name: row[name] for name in _STORY_PLAIN}
    values |= {name: maybe_moment(row[name]) for name in _STORY_TIMES}
    return Story(validators=validators(row), listed_as=_names.decode(row["listed_as"]), **values)


def address(key: str) -> str:
    """An address key as it is stored: PostgreSQL's indexes hold no long ones, so their end becomes its hash."""
    if len(key) <= MAX_KEY:
        return key
    return f"{key[:MAX_KEY]}#{blake2b(key.encode(errors='replace'), digest_size=16).hexdigest()}"


def validators(row: RowMapping) -> Validators:
    """The validators of a row of `stories` or `listings`."""
    parts = None if row["parts"] is None else _parts.decode(row["parts"])
    return Validators(etag=row["etag"], last_modified=row["last_modified"], body_hash=row["body_hash"], parts=parts)


def validators_row(value: Validators) -> dict[str, Any]:
    """The columns that `validators` reads."""
    parts = None if value.parts is None else msgspec.json.encode(value.parts).decode()
    return msgspec.structs.asdict(value) | {"parts": parts}


def listing(row: RowMapping) -> ListingState:
    """What a row of `listings` tells."""
    return ListingState(
        validators=validators(row),
        teasers=row["teasers"],
        via=row["via"],
        via_kind=row["via_kind"],
        why=row["why"],
        chosen=maybe_moment(row["chosen"]),
        second=row["second"],
        second_kind=row["second_kind"],
        checked=maybe_moment(row["checked"]),
    )


def listing_row(state: ListingState) -> dict[str, Any]:
    """The columns of `listings`, without whose they are."""
    plain = {name: getattr(state, name) for name in ("teasers", "via", "via_kind", "why", "second", "second_kind")}
    times = {name: maybe_millis(getattr(state, name)) for name in ("chosen", "checked")}
    return plain | validators_row(state.validators) | times


_SUBSCRIPTION_TIMES = ("asked_at", "verified_until", "denied_at", "last_push")


def subscription(row: Mapping[str, Any] | RowMapping) -> Subscription:
    """The subscription of a row of `subscriptions`."""
    times = {name: maybe_moment(row[name]) for name in _SUBSCRIPTION_TIMES}
    return Subscription(**{name: row[name] for name in _SUBSCRIPTION} | times)


def subscription_row(value: Subscription) -> dict[str, Any]:
    """The columns of `subscriptions`."""
    row = {name: getattr(value, name) for name in _SUBSCRIPTION}
    return row | {name: maybe_millis(row[name]) for name in _SUBSCRIPTION_TIMES}


_SUBSCRIPTION = [field.name for field in msgspec.structs.fields(Subscription)]


def state_row(state: SourceState) -> dict[str, Any]:
    """The columns of `sources` that a poll's outcome sets."""
    return {
        "due_at": millis(state.due_at),
        "last_poll": maybe_millis(state.last_poll),
        "last_success": maybe_millis(state.last_success),
        "failures": state.failures,
        "failing_since": maybe_millis(state.failing_since),
        "alarmed": state.alarmed,
        "failure": msgspec.json.encode(state.failure).decode() if state.failure else None,
        "mislabels": state.mislabels,
        "warning": state.warning and state.warning.replace("\0", ""),
    }


def state(row: RowMapping) -> SourceState:
    """The state of a row of `sources`."""
    return SourceState(
        id=row["id"],
        due_at=moment(row["due_at"]),
        last_poll=maybe_moment(row["last_poll"]),
        last_success=maybe_moment(row["last_success"]),
        failures=row["failures"],
        failing_since=maybe_moment(row["failing_since"]),
        alarmed=row["alarmed"],
        failure=_failure.decode(row["failure"]) if row["failure"] else None,
        warning=row["warning"],
        mislabels=row["mislabels"],
        watch=watch(row["watch"]),
    )


def poll_row(state: SourceState, tally: Tally) -> dict[str, Any]:
    """What is remembered of a poll; ``of`` is its source."""
    row = state_row(state)
    told = {"failures": row["failures"], "failure": row["failure"], "tally": msgspec.json.encode(tally).decode()}
    return {"of": state.id, "at": row["last_poll"], **told}


def poll(row: RowMapping) -> tuple[datetime, int, Failure | None, Tally]:
    """When a remembered poll was, how many had failed in a row with it, why, and what it found."""
    failure = _failure.decode(row["failure"]) if row["failure"] else None
    return moment(row["at"]), row["failures"], failure, _tally.decode(row["tally"])


def page_row(kept: KeptPage) -> dict[str, Any]:
    """The columns of `pages`, without whose they are."""
    told = {"url": kept.url, "final_url": kept.page.url, "cause": kept.cause, "content_type": kept.page.content_type}
    clean = {name: value.replace("\0", "") for name, value in told.items()}  # PostgreSQL keeps none
    return clean | {"at": millis(kept.at), "body": zlib.compress(kept.page.body)}


def kept_page(row: RowMapping) -> KeptPage:
    """The page of a row of `pages`."""
    page = Page(
        url=row["final_url"],
        body=zlib.decompressobj().decompress(row["body"], MAX_BODY),
        content_type=row["content_type"],
    )
    return KeptPage(url=row["url"], page=page, cause=row["cause"], at=moment(row["at"]))


def watch(value: str | None) -> Watch:
    """What `sources` tells of how a source is watched; nothing where another version wrote it."""
    if value is None:
        return Watch()
    try:
        return _watch.decode(value)
    except msgspec.MsgspecError:
        return Watch()


def habits(value: str) -> Habits:
    """What a row of `habits` tells; nothing where another version wrote it."""
    try:
        return _habits.decode(value)
    except msgspec.MsgspecError:
        return Habits()


def as_json(value: Article | Habits | Watch) -> str:
    """As it is stored."""
    return msgspec.json.encode(value).decode()


def article(value: str) -> Article:
    """The article of a row of `revisions`."""
    return _article.decode(value)


def brief(value: str) -> Article:
    """The article of a row of `revisions` without its texts, and with its first picture only."""
    found = msgspec.structs.asdict(_brief.decode(value))
    return Article(**found | {"images": found["images"][:1]})
