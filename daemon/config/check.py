"""The check of the configuration: from what is written to what is meant, every fault told with what is allowed."""

from __future__ import annotations

import base64
import ipaddress
import re
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo, available_timezones

import msgspec
import regex

from daemon.config import file as written_form
from daemon.config.config import Config, Fetch, Network, Server, default_user_agent
from daemon.config.file import split_listen
from daemon.config.hints import hints, size_of
from daemon.profiles import FOLDER, load_profiles
from feeds.errors import ProfileError
from feeds.model import EVENT_TYPES, FEED_CHANGED, FeedSpec, Source, Webhook
from feeds.reading import urls
from feeds.reading.sites.profiles import Profile
from feeds.toml import ID, Faults, nearest, place, quoted

NAMED = 20  # names in one message
# Of an expression: a list of 1,600 words takes .05 s to prepare, as many pieces .05 s and 30 MB.
MAX_PATTERN, MAX_PIECES = 10_000, 100_000
MAX_KEEP_DAYS = 36_500  # a hundred years; 0 is for ever
HUB = "websub"  # under which deliveries to the hub are listed
T = TypeVar("T")

_HOST = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,20}\.?")


class Checker:
    """Turns what is written into what is meant, and gathers every fault on the way."""

    def __init__(self, written: written_form.File, file: Path, env: Mapping[str, str], faults: Faults) -> None:
        self.written, self.file, self.env = written, file, env
        self.faults = faults

    def config(self) -> Config:
        """The configuration; of use only where there are no faults."""
        self._defaults()
        self.profiles = self._profiles()
        sources = tuple(self._source(n, item) for n, item in enumerate(self.written.source, 1))
        feeds = self._feeds(sources)
        named = {feed.id for feed in feeds if feed.id}
        webhooks = tuple(self._webhook(n, item, named) for n, item in enumerate(self.written.webhook, 1))
        hub = self._hub()
        config = Config(
            file=self.file,
            database=self._database(),
            server=self._server(),
            fetch=(fetch := self._fetch()),
            sources=sources,
            feeds=feeds,
            webhooks=webhooks + ((_hub(hub),) if hub else ()),
            deliver_networks=self._deliver_networks(fetch),
            keep_days=min(self._at_least(0, "[state] keep_days", self.written.state.keep_days), MAX_KEEP_DAYS),
            profiles=self.profiles or (),
            hub=hub,
            publish=self._publish(),
        )
        self._distinct("[[source]]", (s.id for s in sources))
        self._distinct("[[webhook]]", (w.id for w in config.webhooks))
        if self.faults.lines:
            return config
        one_list = self.written.deliver.allow_networks is None
        return msgspec.structs.replace(config, hints=hints(config, one_list=one_list))

    def _deliver_networks(self, fetch: Fetch) -> tuple[Network, ...]:
        """Before there were two lists, that of pages was for webhooks, too."""
        networks = self.written.deliver.allow_networks
        return fetch.allow_networks if networks is None else self._networks("[deliver] allow_networks", networks)

    def _profiles(self) -> tuple[Profile, ...] | None:
        """The site profiles; None where one has a fault."""
        try:
            return load_profiles(self.file.absolute().parent / FOLDER)
        except ProfileError as error:
            self.faults.tell(str(error))
            return None

    # -- tables

    def _defaults(self) -> None:
        where, item = place("defaults"), self.written.defaults
        self.interval = self._interval(where, item.interval, 0.0)
        self.timezone = self._zone(where, item.timezone, "UTC")
        self.recheck = self._steps(where, item.recheck, ())
        self.language = item.language or None

    def _source(self, number: int, item: written_form.SourceTable) -> Source:
        where = place("source", number, item.id)
        if not item.urls:
            self.faults.add(f"{where}urls", 'is empty; give at least one address, such as ["https://example.org/news"]')
        return Source(
            id=self._id(where, item.id),
            title=item.title or item.id,
            urls=tuple(dict.fromkeys(self._url(f"{where}urls", url) for url in item.urls)),
            kind=item.kind,
            interval=self._interval(where, item.interval, self.interval),
            timezone=self._zone(where, item.timezone, self.timezone),
            language=self.language if item.language is None else item.language or None,
            site=self._site(where, item.site),
            include=self._patterns(f"{where}include", item.include),
            exclude=self._patterns(f"{where}exclude", item.exclude),
            full_text=item.full_text,
            announce_backlog=item.announce_backlog,
            tell_failing=item.tell_failing,
            recheck=self._steps(where, item.recheck, self.recheck),
        )

    def _site(self, where: str, name: str) -> str:
        if name and self.profiles is not None:
            known = [profile.name for profile in self.profiles]
            if name not in known:
                there = f"there are: {', '.join(known)}"
                self.faults.add(f"{where}site", f"names {quoted(name)}, and there is no such site profile; {there}")
        return name

    def _hub(self) -> str | None:
        hub = self.written.websub.hub
        if not hub:
            return None
        if not self.written.server.public_url:
            self.faults.add("[websub] hub", "needs [server] public_url: a hub has to reach the feeds from outside")
        return self._url("[websub] hub", hub)

    def _publish(self) -> Path | None:
        folder = self.written.publish.directory
        if not folder:
            return None
        if not self.written.server.public_url:
            self.faults.add("[publish] directory", "needs [server] public_url: the files name themselves by it")
        if not folder.isprintable():
            self.faults.add("[publish] directory", f"is {quoted(folder)}; choose a name without control characters")
        return self.file.absolute().parent / folder

    def _feeds(self, sources: tuple[Source, ...]) -> tuple[FeedSpec, ...]:
        """The feed that each source has, then the configured ones; a name stands for one feed only."""
        own = tuple(FeedSpec(id=s.id, title=s.title, sources=(s.id,), language=s.language) for s in sources)
        named = {s.id: s for s in sources if s.id}
        more = tuple(self._feed(n, item, named) for n, item in enumerate(self.written.feed, 1))
        self._distinct("[[feed]]", (f.id for f in more))
        for number, feed in enumerate(more, 1):
            if feed.id in named:
                self.faults.add(f"{place('feed', number, feed.id)}id", "names a source's own feed; choose another")
        return own + more

    def _feed(self, number: int, item: written_form.FeedTable, sources: dict[str, Source]) -> FeedSpec:
        where = place("feed", number, item.id)
        if not item.sources:
            self.faults.add(f"{where}sources", "is empty; name at least one source")
        for name in item.sources:
            self._known(f"{where}sources", name, sources, "source")
        languages = {sources[name].language for name in item.sources if name in sources}
        return FeedSpec(
            id=self._id(where, item.id),
            title=item.title or item.id,
            sources=tuple(dict.fromkeys(item.sources)),
            token=self._token(f"{where}token", item.token),
            include=self._patterns(f"{where}include", item.include),
            exclude=self._patterns(f"{where}exclude", item.exclude),
            language=item.language or (languages.pop() if len(languages) == 1 else None),
            entries=min(self._at_least(1, f"{where}entries", item.entries), 10_000),
            merge=item.merge,
            sections=item.sections,
            tags=item.tags,
            full_text=item.full_text,
            show_changes=item.show_changes,
        )

    def _webhook(self, number: int, item: written_form.WebhookTable, feeds: set[str]) -> Webhook:
        where = place("webhook", number, item.id)
        for name in item.events:
            self._known(f"{where}events", name, EVENT_TYPES, "event")
        for name in item.feeds:
            self._known(f"{where}feeds", name, feeds, "feed")
        if item.id == HUB:
            self.faults.add(f"{where}id", f"is {quoted(HUB)}, which is the hub's; choose another")
        return Webhook(
            id=self._id(where, item.id),
            url=self._url(f"{where}url", item.url),
            secret=self._secret(where, item),
            events=item.events,
            feeds=item.feeds,
        )

    def _secret(self, where: str, item: written_form.WebhookTable) -> str:
        if bool(item.secret) == bool(item.secret_file):
            found = "both are there" if item.secret else "neither is there"
            self.faults.add(f"{where}secret", f"or secret_file is needed, and {found}; give one of them")
            return ""
        key, secret = f"{where}secret", item.secret
        if item.secret_file:
            key = f"{where}secret_file"
            secret = self._read(key, item.secret_file, "put a secret there (whsec_ and base64)")
            if not secret:
                return ""
        try:
            good = secret.startswith("whsec_") and len(base64.b64decode(secret[6:], validate=True)) >= 16
        except ValueError:
            good = False
        if not good:  # the secret itself is not told: this line may end up in a log
            self.faults.add(key, "is no secret; write whsec_ followed by at least 16 bytes in base64")
        return secret

    def _read(self, key: str, name: str, hint: str) -> str:
        """The text of a file that holds a secret; empty with a fault where there is none."""
        file = self._credential(name)
        try:
            found = file.read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not a text"
            self.faults.add(key, f"{file} cannot be read: {reason}; {hint}")
            return ""
        if not found:
            self.faults.add(key, f"{file} is empty; {hint}")
        return found

    def _token(self, where: str, token: str, file: str = "") -> str:
        """A token, or that of a file; not repeated in a fault, which may end up in a log."""
        key = where
        if file:
            key = f"{where}_file"
            if token:
                self.faults.add(key, f"and {where.rpartition(' ')[2]} are both there; give one of them")
            token = self._read(key, file, "put a token there")
        if not re.fullmatch("[!-~]*", token):
            self.faults.add(key, "has a character that no header can carry; use ASCII without spaces")
        return token

    def _credential(self, name: str) -> Path:
        """systemd hands secrets over in a folder of its own; without it they lie beside the configuration."""
        folder = self.env.get("CREDENTIALS_DIRECTORY")
        return (Path(folder) if folder else self.file.absolute().parent) / name

    def _server(self) -> Server:
        item = self.written.server
        unix = item.listen.startswith("unix:/") and item.listen.isprintable()
        if not unix and split_listen(item.listen) is None:
            self.faults.add(
                "[server] listen",
                f'is {quoted(item.listen)}; write "127.0.0.1:8711", "[::1]:8711" or "unix:/run/bantin/http.sock"',
            )
        public = self._url("[server] public_url", item.public_url) if item.public_url else ""
        if "?" in public or "#" in public:
            self.faults.add("[server] public_url", f"is {quoted(public)}; write an address without ? and #")
        return Server(
            listen=item.listen,
            public_url=public.rstrip("/") + "/" if public else "",
            hosts=tuple(self._host(name) for name in item.hosts),
            token=self._token("[server] token", item.token, item.token_file),
            admin_token=self._token("[server] admin_token", item.admin_token, item.admin_token_file),
            socket_mode=self._mode(item.socket_mode),
        )

    def _host(self, name: str) -> str:
        if name != "*" and not _HOST.fullmatch(name):
            self.faults.add("[server] hosts", f'names {quoted(name)}; write host names without ports, or "*" for all')
        return name.lower()

    def _mode(self, text: str) -> int:
        if not re.fullmatch("0?[0-7]{3}", text):
            self.faults.add("[server] socket_mode", f'is {quoted(text)}; write it as chmod does, such as "0660"')
            return 0o600
        return int(text, 8)

    def _fetch(self) -> Fetch:
        item = self.written.fetch
        agent = item.user_agent or default_user_agent()
        if not agent.isprintable() or not agent.isascii():
            self.faults.add("[fetch] user_agent", f"is {quoted(agent)}; only printable ASCII can be sent")
        return Fetch(
            user_agent=agent,
            timeout=self._duration("[fetch] timeout", item.timeout, least=1),
            max_bytes=self._value("[fetch] max_bytes", item.max_bytes, written_form.size, 0),
            host_interval=self._duration("[fetch] host_interval", item.host_interval),
            robots=item.robots,
            allow_networks=self._networks("[fetch] allow_networks", item.allow_networks),
        )

    def _database(self) -> str:
        """The database's URL with an absolute path, relative to systemd's state directory or to the file."""
        url = self.written.state.url
        if url.startswith(("postgresql://", "postgres://")):
            return self._database_server(url)
        if not url.startswith("sqlite:///") or url == "sqlite:///":
            self.faults.add(
                "[state] url",
                f"is {quoted(url)}; write sqlite:///NAME, such as sqlite:///bantin.db, or postgresql://USER@HOST/NAME",
            )
            return url
        folder = self.env.get("STATE_DIRECTORY", "").split(":")[0] or self.file.absolute().parent
        path = str(Path(folder) / url.removeprefix("sqlite:///"))
        if "?" in path or not path.isprintable():
            self.faults.add(
                "[state] url", f"means the file {quoted(path)}; choose a name without ? and control characters"
            )
        return f"sqlite:///{path}"

    def _database_server(self, url: str) -> str:
        try:
            parts = urlsplit(url)
            named = bool(parts.path.strip("/")) and (parts.port or 1) > 0
        except ValueError:
            named = False
        if not named:
            self.faults.add("[state] url", "is not understood; write postgresql://USER@HOST:PORT/NAME")
            return url
        file = self.written.state.password_file
        if not file:
            return url
        if parts.password or "password=" in parts.query:
            self.faults.add("[state] password_file", "and a password in url are both there; give one of them")
        password = self._read("[state] password_file", file, "put the password there")
        query = f"{parts.query}&" if parts.query else ""
        return urlunsplit(parts._replace(query=f"{query}password={quote(password, safe='')}"))

    # -- values

    def _value(self, key: str, text: str, read: Callable[[str], T], otherwise: T) -> T:
        """What ``read`` makes of a value; where it refuses, a fault, and ``otherwise`` to go on with."""
        try:
            return read(text)
        except ValueError as error:
            self.faults.add(key, f"is {quoted(text)}; {error}")
            return otherwise

    def _id(self, where: str, value: str) -> str:
        if not ID.fullmatch(value):
            self.faults.add(f"{where}id", f"is {quoted(value)}; use a-z, 0-9 and -, at most 64 characters")
        return value

    def _url(self, key: str, value: str) -> str:
        found = urls.absolute("", value)
        if found is None:
            self.faults.add(key, f"{quoted(value)} is no web address; write https://… or http://… without a password")
            return value
        return found

    def _interval(self, where: str, value: str | None, default: float) -> float:
        return default if value is None else self._duration(f"{where}interval", value, least=1)

    def _zone(self, where: str, value: str | None, default: str) -> str:
        try:
            ZoneInfo(default if value is None else value)
        except (KeyError, ValueError, OSError):
            hint = nearest(str(value), _zones()) or "write one such as Asia/Ho_Chi_Minh"
            self.faults.add(f"{where}timezone", f"is {quoted(value)}, an unknown time zone; {hint}")
            return default
        return default if value is None else value

    def _steps(self, where: str, values: tuple[str, ...] | None, default: tuple[float, ...]) -> tuple[float, ...]:
        if values is None:
            return default
        return tuple(sorted(self._duration(f"{where}recheck", value, least=1) for value in values))

    def _duration(self, key: str, value: str, least: float = 0) -> float:
        return self._value(key, value, lambda text: written_form.duration(text, least), 0.0)

    def _networks(self, key: str, values: tuple[str, ...]) -> tuple[Network, ...]:
        found = []
        for value in values:
            try:
                found.append(ipaddress.ip_network(value))
            except ValueError as error:
                self.faults.add(key, f'{quoted(value)} is no network: {error}; write one such as "192.168.1.0/24"')
        return tuple(found)

    def _patterns(self, key: str, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if len(value) > MAX_PATTERN or size_of(value) > MAX_PIECES:
                most = f"at most {MAX_PATTERN:,} characters, and {MAX_PIECES:,} with its {{…}} written out"
                self.faults.add(key, f"{quoted(value)} is too large; an expression has {most}: write several")
                continue
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of what a later Python may read differently: it is read as now
                    regex.compile(value, regex.IGNORECASE)
            except (regex.error, OverflowError, RecursionError, MemoryError) as error:
                self.faults.add(key, f"{quoted(value)} is no regular expression: {error}")
        return values

    def _at_least(self, least: int, key: str, value: int) -> int:
        if value < least:
            self.faults.add(key, f"is {quoted(value)}; write at least {least}")
        return value

    def _known(self, key: str, value: str, allowed: Collection[str], noun: str) -> None:
        if value not in allowed:
            hint = nearest(value, allowed) or _these(allowed)
            self.faults.add(key, f"names {quoted(value)}, and there is no such {noun}; {hint}")

    def _distinct(self, where: str, ids: Iterable[str]) -> None:
        seen: set[str] = set()
        for name in filter(None, ids):
            if name in seen:
                self.faults.add(where, f"id {quoted(name)} is there twice; give each its own")
            seen.add(name)


@cache
def _zones() -> set[str]:
    return available_timezones()  # reads a folder tree: some hundredths of a second


def _these(names: Collection[str]) -> str:
    more = f", and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"there are: {', '.join(list(names)[:NAMED]) or 'none'}{more}"


def _hub(url: str) -> Webhook:
    """The hub among the webhooks: its deliveries are kept and retried like any other."""
    return Webhook(id=HUB, url=url, secret="", events=(FEED_CHANGED,), channel="websub")
