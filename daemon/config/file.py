"""The configuration file as it is written: its tables and keys, their types and defaults, and how values are spelled.

What the keys mean, and whether they fit together, is the business of `daemon.config`.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from feeds.model import EVENT_TYPES, Every, Quiet, Rate
from feeds.toml import Texts

Kind = Literal["auto", "feed", "sitemap", "listing"]
Render = Literal["no", "auto", "always"]
Podcast = Literal["", "audio", "video"]

_DURATION = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(ms|s|m|h|d)")
_WORDS = re.compile(
    r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(sec(?:ond)?s?|min(?:ute)?s?|hours?|hrs?|days?|giây|phút|giờ|ngày)\.?"
)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_RATE = re.compile(r"([0-9]{1,6})/([smhd])")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = 366 * 86400
_BYTES = re.compile(r"([0-9]{1,12})\s*(B|KB|MB|GB)?", re.IGNORECASE)
_UNITS = {"": 1, "B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3}


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
    catch_up: int = 10
    budget: int = 0
    allow_networks: Texts = ()


class BrowserTable(msgspec.Struct, frozen=True):
    """``[browser]``."""

    command: str = ""
    url: str = ""
    at_once: int = 2
    timeout: str = "30s"
    max_bytes: str = "30MB"
    sandbox: bool = True


class DeliverTable(msgspec.Struct, frozen=True):
    """``[deliver]``; None: the networks of ``[fetch]``, as before there were two lists."""

    allow_networks: Texts | None = None


class DefaultsTable(msgspec.Struct, frozen=True):
    """``[defaults]``: what holds for each source that says nothing else."""

    interval: str = "10m"
    min_interval: str = "1m"
    max_interval: str = "1h"
    cross_check: str = "6h"
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
    min_interval: str | None = None
    max_interval: str | None = None
    cross_check: str | None = None
    timezone: str | None = None
    language: str | None = None
    render: Render = "auto"
    site: str = ""
    include: Texts = ()
    exclude: Texts = ()
    full_text: bool = True
    announce_backlog: bool = False
    tell_failing: bool = True
    enabled: bool = True
    tags: Texts = ()
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
    podcast: Podcast = ""
    description: str = ""
    category: str = ""
    image: str = ""
    owner: str = ""
    email: str = ""
    explicit: bool = False


class EndpointTable(msgspec.Struct, frozen=True):
    """What ``[[webhook]]`` and ``[[channel]]`` have in common."""

    id: str = ""
    url: str = ""
    events: Texts = EVENT_TYPES[:2]
    feeds: Texts = ()
    include: Texts = ()
    exclude: Texts = ()
    changes: Texts = ()
    authors: Texts = ()
    sections: Texts = ()
    tags: Texts = ()
    merge: bool = False
    rate: str = ""
    digest: str = ""
    quiet: str = ""
    timezone: str = ""
    body: str = ""


class WebhookTable(EndpointTable, frozen=True):
    """``[[webhook]]``."""

    secret: str = ""
    secret_file: str | Texts = ""
    content_type: str = ""


class ChannelTable(EndpointTable, frozen=True):
    """``[[channel]]``."""

    url_file: str = ""
    title: str = ""
    language: str = ""


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
    browser: BrowserTable = BrowserTable()
    deliver: DeliverTable = DeliverTable()
    defaults: DefaultsTable = DefaultsTable()
    source: tuple[SourceTable, ...] = ()
    feed: tuple[FeedTable, ...] = ()
    webhook: tuple[WebhookTable, ...] = ()
    channel: tuple[ChannelTable, ...] = ()
    websub: WebsubTable = WebsubTable()
    publish: PublishTable = PublishTable()


def _homes() -> dict[str, list[str]]:
    """The tables that have a key, as they are written; those of which there may be many first."""
    tables = {
        "[[source]]": SourceTable, "[[webhook]]": WebhookTable, "[[channel]]": ChannelTable, "[[feed]]": FeedTable,
        "[server]": ServerTable, "[state]": StateTable, "[fetch]": FetchTable,
        "[browser]": BrowserTable, "[deliver]": DeliverTable,
        "[defaults]": DefaultsTable, "[websub]": WebsubTable, "[publish]": PublishTable,
    }  # fmt: skip
    found: dict[str, list[str]] = {}
    for name, table in tables.items():
        for key in table.__struct_fields__:
            found.setdefault(key, []).append(name)
    return found


HOMES = _homes()


# -- how values are spelled; a ValueError says what is allowed


def duration(text: str, least: float = 0.0) -> float:
    """Seconds of ``90s``, ``10m``, ``1.5h``. Raises `ValueError`."""
    found = _DURATION.fullmatch(text.strip())
    seconds = float(found[1]) * _SECONDS[found[2]] if found else -1.0
    if not least <= seconds <= _LONGEST:
        if meant := _in_words(text):
            raise ValueError(f'did you mean "{meant}"?')
        bound = f"at least {least:g}s, at most 366d" if least else "at most 366d"
        raise ValueError(f'write "90s", "10m", "4h" or "1d" ({bound})')
    return seconds


def _in_words(text: str) -> str:
    """How "5 minutes" is written: "5m"; empty for what is no duration in words."""
    found = _WORDS.fullmatch(text.strip().lower())
    if not found:
        return ""
    unit = {"g": "s", "p": "m", "n": "d"}.get(found[2][0], found[2][0])
    return f"{found[1]}{'h' if found[2] == 'giờ' else unit}"


def size(text: str) -> int:
    """Bytes of ``500KB``, ``8MB``. Raises `ValueError`."""
    found = _BYTES.fullmatch(text.strip())
    count = int(found[1]) * _UNITS[(found[2] or "").upper()] if found else 0
    if not 1000 <= count <= 1_000_000_000:
        raise ValueError('write "500KB" or "8MB" (1KB to 1GB)')
    return count


def is_address(listen: str) -> bool:
    """Whether it is an address to listen on: host and port, or the path of a Unix socket."""
    return split_listen(listen) is not None or (listen.startswith("unix:/") and listen.isprintable())


def split_listen(listen: str) -> tuple[str, int] | None:
    """Host and port of ``127.0.0.1:8711`` or ``[::1]:8711``; None for anything else."""
    host, colon, port = listen.rpartition(":")
    if not colon or not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65535 or not host.isprintable() or " " in host:
        return None
    if host.startswith("[") and host.endswith("]"):
        return (host[1:-1], int(port)) if host[1:-1] else None
    return (host, int(port)) if host and not set(":[]/") & set(host) else None


def clock(text: str) -> int:
    """The minute of the day of ``07:30``. Raises `ValueError`."""
    found = _CLOCK.fullmatch(text.strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError('write "07:30"')
    return int(found[1]) * 60 + int(found[2])


def quiet(text: str) -> Quiet:
    """The hours of ``22:00-06:30``. Raises `ValueError`."""
    start, dash, end = text.partition("-")
    try:
        found = Quiet(clock(start), clock(end)) if dash else None
    except ValueError:
        found = None
    if found is None or found.start == found.end:
        raise ValueError('write "22:00-06:30", with two different times')
    return found


def digest(text: str) -> Every:
    """The times of ``1h`` or ``daily 07:30``. Raises `ValueError`."""
    word, _, rest = text.strip().partition(" ")
    try:
        if word == "daily":
            return Every(at=clock(rest))
        seconds = duration(text, 60)
    except ValueError:
        seconds = 0.0
    if not 60 <= seconds <= 86_400:
        raise ValueError('write "15m", "1h" (at least 1m, at most 24h) or "daily 07:30"')
    return Every(seconds)


def rate(text: str) -> Rate:
    """The limit of ``30/h``. Raises `ValueError`."""
    found = _RATE.fullmatch(text.strip())
    if not found or not 1 <= int(found[1]) <= 100_000:
        raise ValueError('write "10/m", "30/h" or "200/d"')
    return Rate(int(found[1]), _SECONDS[found[2]])
