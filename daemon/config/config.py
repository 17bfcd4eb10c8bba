"""What the configuration says, as values: checked, complete, in seconds and bytes."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from feeds.deciding.rules import Audience, Topics
from feeds.errors import BantinError
from feeds.model import Endpoint, FeedSpec, Source
from feeds.reading.sites.profiles import Profile

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# The service's own: its configuration, and where systemd has it keep what it stores (StateDirectory=bantin).
SYSTEM, SYSTEM_STATE = Path("/etc/bantin/bantin.toml"), Path("/var/lib/bantin")

NOWHERE = "none"  # in place of an address to listen on: a worker without a web server


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
    hosts: tuple[str, ...] = ()
    token: str = ""
    admin_token: str = ""
    socket_mode: int = 0o600

    @property
    def is_public(self) -> bool:
        """Whether everybody may read what is served: an address for the world, and no token."""
        return bool(self.public_url) and not self.token

    @property
    def query(self) -> str:
        """What an address carries behind it so that it opens: the token, where there is one."""
        return query_of(self.token)

    def __repr__(self) -> str:
        """Without the tokens: this may end up in a log."""
        return f"Server(listen={self.listen!r}, public_url={self.public_url!r})"


class Fetch(msgspec.Struct, frozen=True, kw_only=True):
    """``[fetch]``: how requests are made. Durations in seconds, sizes in bytes.

    ``catch_up`` are the pages that are followed to close a gap; ``budget`` the requests an hour, 0 for no limit.
    """

    user_agent: str
    timeout: float = 20.0
    max_bytes: int = 8_000_000
    host_interval: float = 1.0
    robots: bool = True
    catch_up: int = 10
    budget: int = 0
    allow_networks: tuple[Network, ...] = ()


class Browser(msgspec.Struct, frozen=True, kw_only=True):
    """``[browser]``: the browser that runs the scripts of pages which are nothing without them; none by default.

    ``command`` is started; ``url`` is where one listens to the DevTools protocol. ``timeout`` are the seconds and
    ``max_bytes`` the bytes of all answers that one page may take. Without its ``sandbox`` a page that breaks out of
    Chromium's own walls is on this machine.
    """

    command: str = ""
    url: str = ""
    at_once: int = 2
    timeout: float = 30.0
    max_bytes: int = 30_000_000
    sandbox: bool = True

    @property
    def configured(self) -> bool:
        """Whether there is one."""
        return bool(self.command or self.url)


def query_of(token: str) -> str:
    """The end of an address that opens with this token; nothing without one."""
    return f"?token={quote(token, safe='')}" if token else ""


class Config(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Everything the configuration says, checked and complete. ``database`` is an absolute URL.

    ``deliver_networks`` may be connected to for endpoints, ``fetch.allow_networks`` for pages. ``hints`` are
    lines for people: what is allowed, and probably not meant. ``profiles`` are the site profiles, ours and those beside
    the file. ``hub`` is told of every change (WebSub);
    ``publish`` is a folder that all feeds are written to.
    """

    file: Path | None
    database: str
    server: Server
    fetch: Fetch
    sources: tuple[Source, ...]
    feeds: tuple[FeedSpec, ...]
    endpoints: tuple[Endpoint, ...]
    deliver_networks: tuple[Network, ...] = ()
    hints: tuple[str, ...] = ()
    keep_days: int = 0
    profiles: tuple[Profile, ...] = ()
    browser: Browser = Browser()
    hub: str | None = None
    publish: Path | None = None

    @cached_property
    def audience(self) -> Audience:
        """Who hears of events."""
        topics = None
        if self.hub:
            from feeds.writing.formats import FORMATS  # here: the writers take a while to import

            topics = Topics(base=self.server.public_url, formats=tuple(FORMATS))
        return Audience(feeds=self.feeds, endpoints=self.endpoints, topics=topics)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of times on pages that show several sources': that of most of them."""
        zones = Counter(source.timezone for source in self.sources)
        return ZoneInfo(zones.most_common(1)[0][0] if zones else "UTC")

    @property
    def secrets(self) -> list[str]:
        """What no log may repeat."""
        tokens = [self.server.token, self.server.admin_token, *(feed.token for feed in self.feeds)]
        signing = [secret for endpoint in self.endpoints for secret in endpoint.secrets]
        addresses = [endpoint.url for endpoint in self.endpoints if endpoint.channel == "apprise"]
        return [secret for secret in (*tokens, *signing, *addresses) if secret]

    @property
    def deliver_fetch(self) -> Fetch:
        """How requests to endpoints are made: as those for pages, but for the networks."""
        return msgspec.structs.replace(self.fetch, allow_networks=self.deliver_networks)

    def source(self, name: str) -> Source | None:
        """The source with that id."""
        return self._sources.get(name)

    def feed(self, name: str) -> FeedSpec | None:
        """The feed with that id."""
        return self._feeds.get(name)

    def endpoint(self, name: str) -> Endpoint | None:
        """The endpoint with that id."""
        return self._endpoints.get(name)

    @cached_property
    def _endpoints(self) -> dict[str, Endpoint]:
        return {endpoint.id: endpoint for endpoint in self.endpoints}

    @cached_property
    def _sources(self) -> dict[str, Source]:
        return {source.id: source for source in self.sources}

    @cached_property
    def _feeds(self) -> dict[str, FeedSpec]:
        return {feed.id: feed for feed in self.feeds}


def default_user_agent() -> str:
    """The name under which sites see bantin, with where to learn what it is."""
    from daemon import VERSION

    return f"bantin/{VERSION} (+https://pypi.org/project/bantin/)"
