"""The configuration file as it is written: its tables and keys, their types and defaults, and how values are spelled.

What the keys mean, and whether they fit together, is the business of `daemon.config`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

T = TypeVar("T", bound=msgspec.Struct)

Texts = tuple[str, ...]
Kind = Literal["auto", "feed", "sitemap", "listing"]

_DURATION = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = 366 * 86400
_SECRET = re.compile("token|secret|password")  # keys whose values no message repeats
_PASSWORD = re.compile(r"(://[^/@\s:]*:)[^/\s]*@")  # in an address
_BYTES = re.compile(r"([0-9]{1,12})\s*(B|KB|MB|GB)?", re.IGNORECASE)
_UNITS = {"": 1, "B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3}


MOST_FAULTS = 100  # nobody reads more at a time, and each may be compared with thousands of names


MOST_COMPARED = 1_000  # time zones are 600; a hundred faults by a thousand names are a second


class TooManyFaultsError(Exception):
    """There is more wrong with a file than is worth finding at once."""


class Faults:
    """Everything that is wrong with a file, up to `MOST_FAULTS`; ``lines`` are for people."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._unread: set[str] = set()

    def add(self, key: str, text: str) -> None:
        """``key`` names the place; a key whose value was of a wrong type has said all that there is to say."""
        if key not in self._unread:
            self.tell(f"{key} {text}")

    def tell(self, line: str) -> None:
        """A fault in a whole line. Raises `TooManyFaultsError`."""
        self.lines.append(line)
        if len(self.lines) >= MOST_FAULTS:
            raise TooManyFaultsError

    def unread(self, key: str, text: str) -> None:
        """The key's value is of a wrong type: its default goes on in its place."""
        self.add(key, text)
        self._unread.add(key)


# -- tables and keys


class ServerTable(msgspec.Struct, frozen=True):
    """``[server]``."""

    listen: str = "127.0.0.1:8711"
    public_url: str = ""
    hosts: Texts = ()
    token: str = ""
    token_file: str = ""
    admin_token: str = ""
    admin_token_file: str = ""
    socket_mode: str = "0600"


class StateTable(msgspec.Struct, frozen=True):
    """``[state]``."""

    url: str = "sqlite:///bantin.db"
    password_file: str = ""
    keep_days: int = 0


class FetchTable(msgspec.Struct, frozen=True):
    """``[fetch]``."""

    user_agent: str = ""
    timeout: str = "20s"
    max_bytes: str = "8MB"
    host_interval: str = "1s"
    robots: bool = True
    allow_networks: Texts = ()


class DeliverTable(msgspec.Struct, frozen=True):
    """``[deliver]``; None: the networks of ``[fetch]``, as before there were two lists."""

    allow_networks: Texts | None = None


class DefaultsTable(msgspec.Struct, frozen=True):
    """``[defaults]``: what holds for each source that says nothing else."""

    interval: str = "10m"
    timezone: str = "UTC"
    language: str = ""
    recheck: Texts = ("15m", "1h", "4h", "1d", "3d", "7d")


class SourceTable(msgspec.Struct, frozen=True):
    """``[[source]]``; None: as the defaults say."""

    id: str = ""
    urls: Texts = ()
    title: str = ""
    kind: Kind = "auto"
    interval: str | None = None
    timezone: str | None = None
    language: str | None = None
    site: str = ""
    include: Texts = ()
    exclude: Texts = ()
    full_text: bool = True
    announce_backlog: bool = False
    tell_failing: bool = True
    recheck: Texts | None = None


class FeedTable(msgspec.Struct, frozen=True):
    """``[[feed]]``."""

    id: str = ""
    sources: Texts = ()
    title: str = ""
    token: str = ""
    include: Texts = ()
    exclude: Texts = ()
    language: str = ""
    entries: int = 100
    merge: bool = False
    sections: Texts = ()
    tags: Texts = ()
    full_text: bool = True
    show_changes: bool = False


class WebhookTable(msgspec.Struct, frozen=True):
    """``[[webhook]]``."""

    id: str = ""
    url: str = ""
    secret: str = ""
    secret_file: str = ""
    events: Texts = ("article.published", "article.revised")
    feeds: Texts = ()


class WebsubTable(msgspec.Struct, frozen=True):
    """``[websub]``."""

    hub: str = ""


class PublishTable(msgspec.Struct, frozen=True):
    """``[publish]``."""

    directory: str = ""


class File(msgspec.Struct, frozen=True):
    """The whole file."""

    server: ServerTable = ServerTable()
    state: StateTable = StateTable()
    fetch: FetchTable = FetchTable()
    deliver: DeliverTable = DeliverTable()
    defaults: DefaultsTable = DefaultsTable()
    source: tuple[SourceTable, ...] = ()
    feed: tuple[FeedTable, ...] = ()
    webhook: tuple[WebhookTable, ...] = ()
    websub: WebsubTable = WebsubTable()
    publish: PublishTable = PublishTable()


def read(raw: Mapping[str, Any], faults: Faults) -> File:
    """The file of what TOML gave; unknown keys and wrong types are told to ``faults`` and left out."""
    known = {field.name: field.type for field in msgspec.structs.fields(File)}
    _unknown("", raw, known, faults)
    tables: dict[str, Any] = {}
    for name, kind in known.items():
        if name not in raw:
            continue
        many = get_origin(kind) is tuple
        items = raw[name] if many else [raw[name]]
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            faults.add(
                name, f"is {_shown(raw[name])}; write {f'[[{name}]]' if many else f'[{name}]'} on a line of its own"
            )
        elif many:
            table = get_args(kind)[0]
            tables[name] = tuple(
                _read(table, item, place(name, n, item.get("id")), faults) for n, item in enumerate(items, 1)
            )
        else:
            tables[name] = _read(kind, items[0], place(name), faults)
    return File(**tables)


def place(table: str, number: int = 0, name: object = "") -> str:
    """How a table is named in faults, up to the key: ``[server] ``, ``[[source]] number 2 (ttv): ``."""
    if not number:
        return f"[{table}] "
    return f"[[{table}]] number {number}{f' ({name[:64]})' if name and isinstance(name, str) else ''}: "


@cache
def _kinds(table: type[msgspec.Struct]) -> dict[str, Any]:
    """The types of its keys; to find them takes a third of a millisecond, and there may be thousands of tables."""
    return {field.name: field.type for field in msgspec.structs.fields(table)}


def _read(table: type[T], raw: Mapping[str, Any], where: str, faults: Faults) -> T:
    """One table, key by key, so that all its faults are found."""
    kinds = _kinds(table)
    _unknown(where, raw, kinds, faults)
    values = {}
    for key, kind in kinds.items():
        if key in raw:
            try:
                values[key] = msgspec.convert(raw[key], kind)
            except msgspec.ValidationError:
                example = getattr(table(), key)
                number = isinstance(raw[key], int | float) and not isinstance(raw[key], bool)  # a token all the same
                found = "a number" if number and _SECRET.search(key) else _shown(raw[key])
                faults.unread(f"{where}{key}", f"is {found}; {_allowed(kind, raw[key], example)}")
    return table(**values)


def _allowed(kind: object, found: object, example: object) -> str:
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        near = nearest(found, choices) if isinstance(found, str) else ""
        return near or f"write {', '.join(choices)}"
    words = {bool: "true or false", int: "a whole number", Texts: 'a list of texts, such as ["…"]'}
    optional = next((part for part in get_args(kind) if get_origin(part) is tuple), kind)
    text = f"a text such as {quoted(example)}" if example and isinstance(example, str) else "a text in quotes"
    return f"write {words.get(optional, text)}"  # type: ignore[call-overload]


def _shown(value: object) -> str:
    """A value as the file has it, cut where it is long."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        wrong = next((item for item in value if not isinstance(item, str)), None)
        return "a list" if wrong is None else f"a list with {_shown(wrong)} in it"
    return quoted(value)


def quoted(value: object) -> str:
    """A single value as the file has it, on one line, cut where it is long."""
    text = _PASSWORD.sub(r"\1***@", json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= 120 else f"{text[:120]}…"


def _unknown(where: str, found: Iterable[str], allowed: Iterable[str], faults: Faults) -> None:
    allowed = list(allowed)
    for key in found:
        if key not in allowed:
            hint = nearest(key, allowed) or f"allowed: {', '.join(allowed)}"
            faults.tell(f"{where}unknown key {quoted(key)}; {hint}")


def nearest(name: str, known: Iterable[str]) -> str:
    """``did you mean "…"?``, or nothing where no known name is like it, or too many are known to look at each."""
    known = list(known)
    if len(known) > MOST_COMPARED:
        return ""
    near = get_close_matches(name[:100], known, 1, 0.5)
    return f"did you mean {quoted(near[0])}?" if near else ""


# -- how values are spelled; a ValueError says what is allowed


def duration(text: str, least: float = 0.0) -> float:
    """Seconds of ``90s``, ``10m``, ``1.5h``. Raises `ValueError`."""
    found = _DURATION.fullmatch(text.strip())
    seconds = float(found[1]) * _SECONDS[found[2]] if found else -1.0
    if not least <= seconds <= _LONGEST:
        bound = f"at least {least:g}s, at most 366d" if least else "at most 366d"
        raise ValueError(f'write "90s", "10m", "4h" or "1d" ({bound})')
    return seconds


def size(text: str) -> int:
    """Bytes of ``500KB``, ``8MB``. Raises `ValueError`."""
    found = _BYTES.fullmatch(text.strip())
    count = int(found[1]) * _UNITS[(found[2] or "").upper()] if found else 0
    if not 1000 <= count <= 1_000_000_000:
        raise ValueError('write "500KB" or "8MB" (1KB to 1GB)')
    return count


def split_listen(listen: str) -> tuple[str, int] | None:
    """Host and port of ``127.0.0.1:8711`` or ``[::1]:8711``; None for anything else."""
    host, colon, port = listen.rpartition(":")
    if not colon or not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65535 or not host.isprintable() or " " in host:
        return None
    if host.startswith("[") and host.endswith("]"):
        return (host[1:-1], int(port)) if host[1:-1] else None
    return (host, int(port)) if host and not set(":[]/") & set(host) else None
