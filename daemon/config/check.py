"""The check of the configuration: from what is written to what is meant, every fault told with what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec

from daemon.config import file as written_form
from daemon.config.config import SYSTEM, SYSTEM_STATE, Browser, Config, Fetch, Network, Server, default_user_agent
from daemon.config.endpoints import Endpoints
from daemon.config.file import is_address
from daemon.config.hints import hints
from daemon.config.values import Values
from daemon.profiles import FOLDER, load_profiles
from feeds.errors import ProfileError
from feeds.model import FeedSpec, Show, Source
from feeds.reading.documents.opml import MAX_DEPTH, MAX_FOLDER
from feeds.reading.sites.profiles import Profile
from feeds.toml import Faults, place, quoted
from feeds.writing.directories import CATEGORIES, known_category

MAX_KEEP_DAYS = 36_500  # a hundred years; 0 is for ever
MAX_CATCH_UP = 100  # pages: what one poll can read in its quarter of an hour

MAX_BROWSER_PAGES = 20  # at once; each may need a quarter of a gigabyte

_EMAIL = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,190}")
_HOST = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,20}\.?")


class Pace(NamedTuple):
    """How often a source is polled, in seconds."""

    interval: float = 600.0
    auto: bool = False
    shortest: float = 60.0
    longest: float = 3600.0
    cross_check: float = 21_600.0


class Checker(Values):
    """Turns what is written into what is meant, and gathers every fault on the way."""

    def __init__(self, written: written_form.File, file: Path, env: Mapping[str, str], faults: Faults) -> None:
        super().__init__(file, env, faults)
        self.written = written

    def config(self) -> Config:
        """The configuration; of use only where there are no faults."""
        self._defaults()
        self.profiles = self._profiles()
        sources = tuple(self._source(n, item) for n, item in enumerate(self.written.source, 1))
        feeds = self._feeds(sources)
        named = {feed.id for feed in feeds if feed.id}
        hub = self._hub()
        config = Config(
            file=self.file,
            database=self._database(),
            server=self._server(),
            fetch=(fetch := self._fetch()),
            sources=sources,
            feeds=feeds,
            endpoints=Endpoints(self, self.written, named).all(hub),
            deliver_networks=self._deliver_networks(fetch),
            keep_days=min(self.at_least(0, "[state] keep_days", self.written.state.keep_days), MAX_KEEP_DAYS),
            profiles=self.profiles or (),
            browser=self._browser(),
            hub=hub,
            publish=self._publish(),
        )
        self.distinct("[[source]]", (s.id for s in sources))
        self.distinct("[[webhook]] or [[channel]]", (endpoint.id for endpoint in config.endpoints))
        if self.faults.lines:
            return config
        one_list = self.written.deliver.allow_networks is None
        return msgspec.structs.replace(config, hints=hints(config, one_list=one_list))

    def _deliver_networks(self, fetch: Fetch) -> tuple[Network, ...]:
        """Before there were two lists, that of pages was for webhooks, too."""
        networks = self.written.deliver.allow_networks
        return fetch.allow_networks if networks is None else self.networks("[deliver] allow_networks", networks)

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
        self.pace = self._pace(where, item, Pace())
        self.timezone = self.zone(where, item.timezone, "UTC")
        self.recheck = self.steps(where, item.recheck, ())
        self.language = item.language or None

    def _source(self, number: int, item: written_form.SourceTable) -> Source:
        where = place("source", number, item.id)
        if not item.urls:
            self.faults.add(f"{where}urls", 'is empty; give at least one address, such as ["https://example.org/news"]')
        return Source(
            id=self.id(where, item.id),
            title=item.title or item.id,
            urls=tuple(dict.fromkeys(self.url(f"{where}urls", url) for url in item.urls)),
            kind=item.kind,
            interval=(pace := self._pace(where, item, self.pace)).interval,
            auto=pace.auto,
            min_interval=pace.shortest,
            max_interval=pace.longest,
            cross_check=pace.cross_check,
            timezone=self.zone(where, item.timezone, self.timezone),
            language=self.language if item.language is None else item.language or None,
            render=item.render,
            site=self._site(where, item.site),
            include=self.patterns(f"{where}include", item.include),
            exclude=self.patterns(f"{where}exclude", item.exclude),
            full_text=item.full_text,
            announce_backlog=item.announce_backlog,
            tell_failing=item.tell_failing,
            enabled=item.enabled,
            tags=self._folders(f"{where}tags", item.tags),
            recheck=self.steps(where, item.recheck, self.recheck),
        )

    def _pace(self, where: str, item: written_form.DefaultsTable | written_form.SourceTable, default: Pace) -> Pace:
        """How often is polled, as far as it is said there."""

        def seconds(name: str, otherwise: float, least: float = 1) -> float:
            value = getattr(item, name)
            return otherwise if value is None else self.duration(f"{where}{name}", value, least=least)

        shortest, longest = seconds("min_interval", default.shortest), seconds("max_interval", default.longest)
        if shortest > longest:
            span = f"{item.min_interval or 'its default'} and {item.max_interval or 'its default'}"
            self.faults.add(f"{where}min_interval", f"is longer than max_interval ({span})")
        auto = default.auto if item.interval is None else item.interval.strip().lower() == "auto"
        interval = default.interval if item.interval is None or auto else seconds("interval", 0.0)
        if auto:  # what failures are retried after
            interval = min(max(Pace().interval, shortest), longest)
        return Pace(interval, auto, shortest, longest, seconds("cross_check", default.cross_check, least=0))

    def _folders(self, key: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """Folders in readers, each part of a name without spaces around it."""
        found = []
        for name in names:
            parts = [part.strip() for part in name.split("/")]
            if not all(parts) or not name.isprintable() or len(name) > MAX_FOLDER or len(parts) > MAX_DEPTH:
                rule = f"at most {MAX_FOLDER} characters and {MAX_DEPTH} folders inside one another"
                self.faults.add(key, f'names {quoted(name)}; write a folder such as "Local" or "Local/Sports", {rule}')
            found.append("/".join(parts))
        return tuple(dict.fromkeys(found))

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
        return self.url("[websub] hub", hub)

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
        own = tuple(
            FeedSpec(id=s.id, title=s.title, sources=(s.id,), language=s.language, folders=s.tags) for s in sources
        )
        named = {s.id: s for s in sources if s.id}
        more = tuple(self._feed(n, item, named) for n, item in enumerate(self.written.feed, 1))
        self.distinct("[[feed]]", (f.id for f in more))
        for number, feed in enumerate(more, 1):
            if feed.id in named:
                self.faults.add(f"{place('feed', number, feed.id)}id", "names a source's own feed; choose another")
        return own + more

    def _feed(self, number: int, item: written_form.FeedTable, sources: dict[str, Source]) -> FeedSpec:
        where = place("feed", number, item.id)
        if not item.sources:
            self.faults.add(f"{where}sources", "is empty; name at least one source")
        for name in item.sources:
            self.known(f"{where}sources", name, sources, "source")
        languages = {sources[name].language for name in item.sources if name in sources}
        return FeedSpec(
            id=self.id(where, item.id),
            title=item.title or item.id,
            sources=tuple(dict.fromkeys(item.sources)),
            token=self._token(f"{where}token", item.token),
            include=self.patterns(f"{where}include", item.include),
            exclude=self.patterns(f"{where}exclude", item.exclude),
            language=item.language or (languages.pop() if len(languages) == 1 else None),
            entries=min(self.at_least(1, f"{where}entries", item.entries), 10_000),
            merge=item.merge,
            sections=item.sections,
            tags=item.tags,
            full_text=item.full_text,
            show_changes=item.show_changes,
            podcast=item.podcast,
            show=self._show(where, item),
        )

    def _show(self, where: str, item: written_form.FeedTable) -> Show:
        """What a podcast says of itself; of a feed that is none, its description only."""
        for name in ("category", "image", "owner", "email"):
            if getattr(item, name) and not item.podcast:
                self.faults.add(f"{where}{name}", 'is of a podcast; write podcast = "audio" or "video" as well')
        if item.category and not known_category(item.category):
            names = ", ".join(CATEGORIES)
            self.faults.add(
                f"{where}category",
                f"is {quoted(item.category)}; write one of Apple's: {names}; or a part of one, such as "
                '"News > Daily News"',
            )
        if item.email and not _EMAIL.fullmatch(item.email):
            self.faults.add(f"{where}email", f'is {quoted(item.email)}; write an address such as "desk@example.org"')
        return Show(
            description=item.description,
            category=item.category,
            image=self.url(f"{where}image", item.image) if item.image else "",
            owner=item.owner,
            email=item.email,
            explicit=item.explicit,
        )

    def _token(self, where: str, token: str, file: str = "") -> str:
        """A token, or that of a file; not repeated in a fault, which may end up in a log."""
        key = where
        if file:
            key = f"{where}_file"
            if token:
                self.faults.add(key, f"and {where.rpartition(' ')[2]} are both there; give one of them")
            token = self.read(key, file, "put a token there")
        if not re.fullmatch("[!-~]*", token):
            self.faults.add(key, "has a character that no header can carry; use ASCII without spaces")
        return token

    def _server(self) -> Server:
        item = self.written.server
        if not is_address(item.listen):
            self.faults.add(
                "[server] listen",
                f'is {quoted(item.listen)}; write "127.0.0.1:8711", "[::1]:8711" or "unix:/run/bantin/http.sock"',
            )
        public = self.url("[server] public_url", item.public_url) if item.public_url else ""
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
            timeout=self.duration("[fetch] timeout", item.timeout, least=1),
            max_bytes=self.value("[fetch] max_bytes", item.max_bytes, written_form.size, 0),
            host_interval=self.duration("[fetch] host_interval", item.host_interval),
            robots=item.robots,
            catch_up=min(self.at_least(0, "[fetch] catch_up", item.catch_up), MAX_CATCH_UP),
            budget=self.at_least(0, "[fetch] budget", item.budget),
            allow_networks=self.networks("[fetch] allow_networks", item.allow_networks),
        )

    def _browser(self) -> Browser:
        item = self.written.browser
        if item.command and item.url:
            self.faults.add("[browser] command", "and url are both there; give one of them")
        if item.url and not re.fullmatch(r"(?:wss?|https?)://[^\s?#]{1,500}", item.url):
            self.faults.add("[browser] url", f'is {quoted(item.url)}; write "ws://127.0.0.1:9222"')
        if not item.command.isprintable():
            self.faults.add("[browser] command", f'is {quoted(item.command)}; write "chromium", or a path')
        return Browser(
            command=item.command,
            url=item.url,
            at_once=min(self.at_least(1, "[browser] at_once", item.at_once), MAX_BROWSER_PAGES),
            timeout=self.duration("[browser] timeout", item.timeout, least=1),
            max_bytes=self.value("[browser] max_bytes", item.max_bytes, written_form.size, 0),
            sandbox=item.sandbox,
        )

    def _database(self) -> str:
        """The database's URL with an absolute path, relative to systemd's state directory or to the file.

        Commands that are given by hand find the service's database without systemd's help.
        """
        url = self.written.state.url
        if url.startswith(("postgresql://", "postgres://")):
            return self._database_server(url)
        if not url.startswith("sqlite:///") or url == "sqlite:///":
            self.faults.add(
                "[state] url",
                f"is {quoted(url)}; write sqlite:///NAME, such as sqlite:///bantin.db, or postgresql://USER@HOST/NAME",
            )
            return url
        beside = SYSTEM_STATE if self.file.absolute() == SYSTEM else self.file.absolute().parent
        folder = self.env.get("STATE_DIRECTORY", "").split(":")[0] or beside
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
        password = self.read("[state] password_file", file, "put the password there")
        query = f"{parts.query}&" if parts.query else ""
        return urlunsplit(parts._replace(query=f"{query}password={quote(password, safe='')}"))
