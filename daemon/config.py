"""The configuration: one TOML file, typed, checked as a whole, every fault named with its key and what is allowed.

`load` reads a file and gives a `Config`, or raises `ConfigError` with everything that is wrong with it.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from feeds.deciding.events import Audience
from feeds.errors import BantinError
from feeds.model import FeedSpec, Source, Webhook
from feeds.reading import urls

EVENT_TYPES = ("article.published", "article.revised", "article.removed", "source.failing", "source.recovered")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_ID = re.compile(r"[a-z0-9-]+")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = re.compile(r"(\d+)\s*(B|KB|MB|GB)?", re.IGNORECASE)
_UNITS = {"": 1, "B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3}


class ConfigError(BantinError):
    """The configuration cannot be used; ``problems`` are lines for people, each naming key, fault and remedy."""

    def __init__(self, file: Path | str, problems: Iterable[str]) -> None:
        self.file = file
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{file}: {problem}" for problem in self.problems))


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """``[server]``: where feeds and pages are served, and the address that they carry."""

    listen: str = "127.0.0.1:8711"
    public_url: str = ""
    token: str = ""


class Fetch(msgspec.Struct, frozen=True, kw_only=True):
    """``[fetch]``: how requests are made. Durations in seconds, sizes in bytes."""

    user_agent: str
    timeout: float = 20.0
    max_bytes: int = 8_000_000
    host_interval: float = 1.0
    robots: bool = True
    allow_networks: tuple[Network, ...] = ()


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the configuration says, checked and complete. ``database`` is an absolute URL."""

    file: Path | None
    database: str
    server: Server
    fetch: Fetch
    sources: tuple[Source, ...]
    feeds: tuple[FeedSpec, ...]
    webhooks: tuple[Webhook, ...]
    keep_days: int = 0

    @property
    def audience(self) -> Audience:
        """Who hears of events."""
        return Audience(feeds=self.feeds, webhooks=self.webhooks)

    def source(self, name: str) -> Source | None:
        """The source with that id."""
        return next((source for source in self.sources if source.id == name), None)

    def feed(self, name: str) -> FeedSpec | None:
        """The feed with that id."""
        return next((feed for feed in self.feeds if feed.id == name), None)


# -- the file as it is written: names and types, with the values still in their written form


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Server(_Table, frozen=True):
    listen: str = "127.0.0.1:8711"
    public_url: str = ""
    token: str = ""


class _State(_Table, frozen=True):
    url: str = "sqlite:///bantin.db"
    keep_days: int = 0


class _Fetch(_Table, frozen=True):
    user_agent: str = ""
    timeout: str = "20s"
    max_bytes: str = "8MB"
    host_interval: str = "1s"
    robots: bool = True
    allow_networks: list[str] = []


class _Defaults(_Table, frozen=True):
    interval: str = "10m"
    timezone: str = "UTC"
    language: str = ""
    recheck: tuple[str, ...] = ("15m", "1h", "4h", "1d", "3d", "7d")


class _Source(_Table, frozen=True):
    id: str
    urls: list[str]
    title: str = ""
    kind: Literal["auto", "feed", "sitemap", "listing"] = "auto"
    interval: str | None = None
    timezone: str | None = None
    language: str | None = None
    site: str = ""
    include: list[str] = []
    exclude: list[str] = []
    full_text: bool = True
    announce_backlog: bool = False
    recheck: tuple[str, ...] | None = None


class _Feed(_Table, frozen=True):
    id: str
    sources: list[str]
    title: str = ""
    include: list[str] = []
    exclude: list[str] = []
    language: str = ""
    entries: int = 100


class _Webhook(_Table, frozen=True):
    id: str
    url: str
    secret: str = ""
    secret_file: str = ""
    events: tuple[str, ...] = ("article.published", "article.revised")
    feeds: list[str] = []


class _File(_Table, frozen=True):
    server: _Server = _Server()
    state: _State = _State()
    fetch: _Fetch = _Fetch()
    defaults: _Defaults = _Defaults()
    source: list[_Source] = []
    feed: list[_Feed] = []
    webhook: list[_Webhook] = []


def default_user_agent() -> str:
    """The name under which sites see bantin, with where to learn what it is."""
    from daemon import VERSION

    return f"bantin/{VERSION} (+https://pypi.org/project/bantin/)"


def find(explicit: Path | None = None, env: Mapping[str, str] = os.environ) -> Path:
    """The configuration file: the one given, else ``./bantin.toml``, the user's, the system's.

    Raises `ConfigError` where there is none, saying where was looked.
    """
    if explicit is not None:
        return explicit
    home = Path(env.get("XDG_CONFIG_HOME") or Path(env.get("HOME", "/")) / ".config")
    places = [Path("bantin.toml"), home / "bantin" / "bantin.toml", Path("/etc/bantin/bantin.toml")]
    for place in places:
        if place.is_file():
            return place
    looked = ", ".join(str(place) for place in places)
    raise ConfigError("bantin.toml", [f"not found (looked for {looked}); make one with: bantin init"])


def load(file: Path, env: Mapping[str, str] = os.environ) -> Config:
    """Read and check a configuration file. Raises `ConfigError` with all that is wrong with it."""
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        raise ConfigError(file, [f"cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError(file, [f"is not UTF-8 (byte {error.start}); save it as UTF-8"]) from error
    return parse(text, file, env)


def parse(text: str, file: Path, env: Mapping[str, str] = os.environ) -> Config:
    """Check the text of a configuration; ``file`` is what relative names are relative to. Raises `ConfigError`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file, [f"is not valid TOML: {error}"]) from error
    unknown = list(_unknown_keys(raw))
    if unknown:
        raise ConfigError(file, unknown)
    try:
        written = msgspec.convert(raw, _File)
    except msgspec.ValidationError as error:
        raise ConfigError(file, [_type_problem(str(error))]) from error
    return _Checker(written, file, env).config()


def _unknown_keys(raw: Mapping[str, Any]) -> Iterable[str]:
    """A line for every key that means nothing, with the nearest one that does."""
    tables = {
        "server": _Server, "state": _State, "fetch": _Fetch, "defaults": _Defaults,
        "source": _Source, "feed": _Feed, "webhook": _Webhook,
    }  # fmt: skip
    yield from _unknown("", raw, tables)
    for name, table in tables.items():
        found = raw.get(name, [])
        for number, item in enumerate(found if isinstance(found, list) else [found]):
            where = f"[[{name}]] number {number + 1}: " if isinstance(found, list) else f"[{name}] "
            if isinstance(item, dict):
                yield from _unknown(where, item, table.__struct_fields__)


def _unknown(where: str, found: Iterable[str], allowed: Iterable[str]) -> Iterable[str]:
    allowed = list(allowed)
    for key in found:
        if key not in allowed:
            near = get_close_matches(key, allowed, 1, 0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"allowed: {', '.join(allowed)}"
            yield f"{where}unknown key {key!r}; {hint}"


def _type_problem(message: str) -> str:
    """Say msgspec's ``Expected `bool`, got `str` - at `$.source[0].full_text``` with the names of the file."""
    said, _, place = message.partition(" - at ")
    place = place.strip("`").removeprefix("$").removeprefix(".")
    place = re.sub(r"^(\w+)\[(\d+)\]\.?", lambda m: f"[[{m[1]}]] number {int(m[2]) + 1}: ", place)
    place = re.sub(r"^(\w+)\.(\w+)", r"[\1] \2", place)
    words = {"`str`": "a text", "`int`": "a whole number", "`bool`": "true or false", "`array`": "a list"}
    for name, word in words.items():
        said = said.replace(name, word)
    return f"{place}: {said[:1].lower()}{said[1:]}" if place else said


class _Checker:
    """Turns what is written into what is meant, and gathers every problem on the way."""

    def __init__(self, written: _File, file: Path, env: Mapping[str, str]) -> None:
        self.written, self.file, self.env = written, file, env
        self.problems: list[str] = []

    def config(self) -> Config:
        """The checked configuration. Raises `ConfigError`."""
        sources = tuple(self._source(n, item) for n, item in enumerate(self.written.source, 1))
        feeds = self._feeds(sources)
        config = Config(
            file=self.file,
            database=self._database(),
            server=self._server(),
            fetch=self._fetch(),
            sources=sources,
            feeds=feeds,
            webhooks=tuple(self._webhook(n, item, feeds) for n, item in enumerate(self.written.webhook, 1)),
            keep_days=self._at_least(0, "[state] keep_days", self.written.state.keep_days),
        )
        self._distinct("[[source]]", (s.id for s in sources))
        self._distinct("[[webhook]]", (w.id for w in config.webhooks))
        if self.problems:
            raise ConfigError(self.file, self.problems)
        return config

    def _source(self, number: int, item: _Source) -> Source:
        where = f"[[source]] number {number} ({item.id}): "
        defaults = self.written.defaults
        if not item.urls:
            self._problem(f"{where}urls is empty; give at least one address")
        steps = defaults.recheck if item.recheck is None else item.recheck
        return Source(
            id=self._id(where, item.id),
            title=item.title or item.id,
            urls=tuple(self._url(f"{where}urls", url) for url in item.urls),
            kind=item.kind,
            interval=self._duration(f"{where}interval", item.interval or defaults.interval, least=1),
            timezone=self._zone(f"{where}timezone", item.timezone or defaults.timezone),
            language=item.language or defaults.language or None,
            site=item.site,
            include=self._patterns(f"{where}include", item.include),
            exclude=self._patterns(f"{where}exclude", item.exclude),
            full_text=item.full_text,
            announce_backlog=item.announce_backlog,
            recheck=tuple(sorted(self._duration(f"{where}recheck", step, least=1) for step in steps)),
        )

    def _feeds(self, sources: tuple[Source, ...]) -> tuple[FeedSpec, ...]:
        """The feed that each source has, then the configured ones; a name stands for one feed only."""
        own = tuple(FeedSpec(id=s.id, title=s.title, sources=(s.id,), language=s.language) for s in sources)
        more = tuple(self._feed(n, item, sources) for n, item in enumerate(self.written.feed, 1))
        self._distinct("[[feed]]", (f.id for f in more))
        for feed in more:
            if feed.id in {s.id for s in sources}:
                self._problem(f"[[feed]] {feed.id}: this id names a source's own feed; choose another")
        return own + more

    def _feed(self, number: int, item: _Feed, sources: tuple[Source, ...]) -> FeedSpec:
        where = f"[[feed]] number {number} ({item.id}): "
        for name in item.sources:
            self._known(f"{where}sources", name, [s.id for s in sources], "source")
        languages = {s.language for s in sources if s.id in item.sources}
        return FeedSpec(
            id=self._id(where, item.id),
            title=item.title or item.id,
            sources=tuple(item.sources),
            include=self._patterns(f"{where}include", item.include),
            exclude=self._patterns(f"{where}exclude", item.exclude),
            language=item.language or (languages.pop() if len(languages) == 1 else None),
            entries=min(self._at_least(1, f"{where}entries", item.entries), 10_000),
        )

    def _webhook(self, number: int, item: _Webhook, feeds: tuple[FeedSpec, ...]) -> Webhook:
        where = f"[[webhook]] number {number} ({item.id}): "
        for name in item.events:
            self._known(f"{where}events", name, EVENT_TYPES, "event")
        for name in item.feeds:
            self._known(f"{where}feeds", name, [f.id for f in feeds], "feed")
        return Webhook(
            id=self._id(where, item.id),
            url=self._url(f"{where}url", item.url),
            secret=self._secret(where, item),
            events=item.events,
            feeds=tuple(item.feeds),
        )

    def _secret(self, where: str, item: _Webhook) -> str:
        if bool(item.secret) == bool(item.secret_file):
            self._problem(f"{where}give either secret or secret_file")
            return ""
        secret = item.secret
        if item.secret_file:
            file = self._credential(item.secret_file)
            try:
                secret = file.read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "is not text"
                self._problem(f"{where}secret_file {file}: {reason}; put a secret there (whsec_ and base64)")
                return ""
        try:
            if not secret.startswith("whsec_") or len(base64.b64decode(secret[6:], validate=True)) < 16:
                raise ValueError
        except (ValueError, binascii.Error):
            self._problem(f"{where}the secret must be whsec_ followed by at least 16 bytes in base64")
        return secret

    def _credential(self, name: str) -> Path:
        """systemd hands secrets over in a folder of its own; without it they lie beside the configuration."""
        folder = self.env.get("CREDENTIALS_DIRECTORY")
        return (Path(folder) if folder else self.file.absolute().parent) / name

    def _server(self) -> Server:
        item = self.written.server
        if not item.listen.startswith("unix:/") and split_listen(item.listen) is None:
            self._problem(f'[server] listen is {item.listen!r}; write "127.0.0.1:8711", "[::1]:8711" or "unix:/path"')
        public = self._url("[server] public_url", item.public_url) if item.public_url else ""
        if public and not public.endswith("/"):
            public += "/"
        return Server(listen=item.listen, public_url=public, token=item.token)

    def _fetch(self) -> Fetch:
        item = self.written.fetch
        networks = []
        for text in item.allow_networks:
            try:
                networks.append(ipaddress.ip_network(text))
            except ValueError as error:
                self._problem(f'[fetch] allow_networks: {error}; write a network such as "192.168.1.0/24"')
        agent = item.user_agent or default_user_agent()
        if not agent.isprintable() or not agent.isascii():
            self._problem("[fetch] user_agent: only printable ASCII can be sent")
        return Fetch(
            user_agent=agent,
            timeout=self._duration("[fetch] timeout", item.timeout, least=1),
            max_bytes=self._size("[fetch] max_bytes", item.max_bytes),
            host_interval=self._duration("[fetch] host_interval", item.host_interval),
            robots=item.robots,
            allow_networks=tuple(networks),
        )

    def _database(self) -> str:
        """The database's URL with an absolute path, relative to systemd's state directory or to the file."""
        url = self.written.state.url
        if url.startswith(("postgresql://", "postgresql+")):
            self._problem("[state] url: this version keeps its state in SQLite only; write sqlite:///bantin.db")
            return url
        if not url.startswith("sqlite:///") or url == "sqlite:///":
            self._problem(f"[state] url is {url!r}; write sqlite:///NAME, such as sqlite:///bantin.db")
            return url
        folder = self.env.get("STATE_DIRECTORY", "").split(":")[0] or self.file.absolute().parent
        return f"sqlite:///{Path(folder) / url.removeprefix('sqlite:///')}"

    # -- values

    def _problem(self, text: str) -> None:
        self.problems.append(text)

    def _id(self, where: str, value: str) -> str:
        if not _ID.fullmatch(value) or len(value) > 64:
            self._problem(f"{where}id is {value!r}; use a-z, 0-9 and -, at most 64 characters")
        return value

    def _url(self, where: str, value: str) -> str:
        found = urls.absolute("", value)
        if found is None:
            self._problem(f"{where}: {value!r} is no web address; write https://… or http://… without a password")
            return value
        return found

    def _zone(self, where: str, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            self._problem(f"{where}: unknown time zone {value!r}; write one such as Asia/Ho_Chi_Minh")
        return value

    def _duration(self, where: str, value: str, least: float = 0) -> float:
        found = _DURATION.fullmatch(value.strip())
        seconds = float(found[1]) * _SECONDS[found[2]] if found else -1.0
        if seconds < least or seconds > 366 * 86400:
            bound = f", at least {least:g}s" if least else ""
            self._problem(f'{where}: {value!r} is no duration; write "90s", "10m", "4h" or "1d"{bound}')
        return seconds

    def _size(self, where: str, value: str) -> int:
        found = _BYTES.fullmatch(value.strip())
        size = int(found[1]) * _UNITS[(found[2] or "").upper()] if found else 0
        if not 1000 <= size <= 1_000_000_000:
            self._problem(f'{where}: {value!r} is no size; write "500KB" or "8MB" (1KB to 1GB)')
        return size

    def _patterns(self, where: str, values: list[str]) -> tuple[str, ...]:
        for value in values:
            try:
                re.compile(value, re.IGNORECASE)
            except re.error as error:
                self._problem(f"{where}: {value!r} is no regular expression: {error}")
        return tuple(values)

    def _at_least(self, least: int, where: str, value: int) -> int:
        if value < least:
            self._problem(f"{where} is {value}; at least {least}")
        return value

    def _known(self, where: str, value: str, allowed: Iterable[str], noun: str) -> None:
        allowed = list(allowed)
        if value not in allowed:
            near = get_close_matches(value, allowed, 1, 0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(allowed) or 'none'}"
            self._problem(f"{where}: no {noun} {value!r}; {hint}")

    def _distinct(self, where: str, ids: Iterable[str]) -> None:
        seen: set[str] = set()
        for name in ids:
            if name in seen:
                self._problem(f"{where} id {name!r} is there twice; give each its own")
            seen.add(name)


def split_listen(listen: str) -> tuple[str, int] | None:
    """Host and port of ``127.0.0.1:8711`` or ``[::1]:8711``; None for anything else."""
    host, colon, port = listen.rpartition(":")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        return None
    if host.startswith("[") and host.endswith("]"):
        return host[1:-1], int(port)
    return (host, int(port)) if ":" not in host else None
