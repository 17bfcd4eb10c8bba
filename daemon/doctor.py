"""What ``bantin doctor`` looks at: everything that an operator would look at one by one, at once.

Nothing is changed, and no event is sent. Each check has so many seconds; what does not answer by then is a finding.
"""

from __future__ import annotations

import asyncio
import grp
import os
import shutil
import socket
import ssl
import statistics
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import aiohttp
import httpx
import msgspec
from aiohttp.abc import AbstractResolver
from sqlalchemy.engine import make_url

from daemon import logs
from daemon.browser.browser import GET_PLAYWRIGHT, Browser
from daemon.channels import apart
from daemon.config import SYSTEM, Config, ConfigError, Fetch, find, load, split_listen
from daemon.config.values import Values
from daemon.health import count_of, counted, health
from daemon.http.fetch import Fetcher, open_client
from daemon.http.guard import FOR_PAGES, Guard
from daemon.http.resolve import Resolver
from daemon.reading.reader import Reader
from daemon.running import daemons
from feeds import toml
from feeds.errors import BrowserError, StateError
from state import databases
from state.sql import SqlStore
from state.transfer.migrate import HEAD, version_of

Level = Literal["ok", "hint", "fault"]

WITHIN = 20.0  # seconds for a check: what has not answered by then does not answer
CONNECT = 5.0  # seconds to connect to an endpoint, and to greet it
HOSTS = 500  # names that are looked up; a resolver answers some fifty a second
SHOWN = 10  # names that lead nowhere: where there are more, it is this machine's DNS
CLOCKS = 5  # servers whose clock is asked for: the middle one of five is right when two are wrong
OFF = 60.0  # seconds that a clock may be off: signatures of webhooks are refused after five minutes
SOON = 14 * 86_400  # seconds: a certificate that is renewed by a program is, a month before its end
ROOM = 1_000_000_000  # bytes: the database of some hundred thousand stories
LITTLE = 100_000_000  # bytes: some days of a few dozen sources

GET_BROWSER = f"sudo apt-get install chromium; {GET_PLAYWRIGHT}"


class Finding(msgspec.Struct, frozen=True):
    """What a check found: ``check`` is its name, ``do`` what to do about it where it is no "ok"."""

    check: str
    level: Level
    what: str
    do: str = ""


Findings = Iterable[Finding]


async def examine(file: Path | None, tell: Callable[[int, int], None]) -> list[Finding]:
    """All checks at once; their findings in the order of the checks. ``tell(done, total)`` hears how far it is."""
    try:
        config = load(find(file))
    except ConfigError as error:
        return [Finding("configuration", "fault", line, "bantin check") for line in str(error).split("\n")]
    checks: dict[str, Callable[[Config], Awaitable[Findings]]] = {
        "configuration": partial(_apart, _configuration),
        "secrets": partial(_apart, _secrets),
        "database": partial(_apart, _database),
        "disk": partial(_apart, _disk),
        "clock": _clock,
        "names": _names,
        "endpoints": _endpoints,
        "work": partial(_apart, _work),
        "browser": _browser,
        "daemon": _daemon,
    }
    done = 0

    async def one(name: str, check: Callable[[Config], Awaitable[Findings]]) -> Findings:
        nonlocal done
        try:
            async with asyncio.timeout(WITHIN):
                return list(await check(config))
        except TimeoutError:
            return [Finding(name, "fault", f"not done within {WITHIN:g} s", "try again when less is going on")]
        except StateError as error:
            return [Finding(name, "fault", f"{error.url}: {error.cause}", error.hint)]
        except Exception as bug:  # noqa: BLE001  # the other checks are worth their lines all the same
            logs.get().exception("check crashed", check=name)
            return [Finding(name, "fault", f"could not be checked: {bug!r}"[:300], "see the lines above")]
        finally:
            done += 1
            tell(done, len(checks))

    found = await asyncio.gather(*(one(name, check) for name, check in checks.items()))
    return [finding for some in found for finding in some]


async def _apart(check: Callable[[Config], Findings], config: Config) -> Findings:
    """In a thread that nobody waits for at the end: a disk or a database may not answer for ever."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Findings] = loop.create_future()

    def settle(found: Findings, error: Exception | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(found)

    def run() -> None:
        found: list[Finding] = []
        error = None
        try:
            found = list(check(config))
        except Exception as caught:  # noqa: BLE001  # raised again where the answer is waited for
            error = caught
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, found, error)

    threading.Thread(target=run, daemon=True).start()
    return await answer


# -- on this machine


def _configuration(config: Config) -> Iterator[Finding]:
    file = config.file
    assert file is not None, "it was read"
    parts = {"source": config.sources, "feed": config.feeds, "endpoint": config.endpoints}
    counts = ", ".join(count_of(len(found), noun) for noun, found in parts.items())
    yield Finding("configuration", "ok", f"{file}: {counts}")
    for hint in config.hints:
        yield Finding("configuration", "hint", hint)
    if not config.sources:
        yield Finding("configuration", "hint", "there is nothing to watch yet", "add a [[source]]")
    if file.absolute() == SYSTEM and not _service_reads(file):
        closed = f"{file} is closed to the user that the service runs as"
        yield Finding("configuration", "hint", closed, f"chgrp bantin {file}; chmod 640 {file}")


def _service_group() -> int | None:
    """The group that the service of this machine runs as; None where there is none."""
    try:
        return grp.getgrnam("bantin").gr_gid
    except KeyError:
        return None


def _service_reads(file: Path) -> bool:
    found = file.stat()
    return bool(found.st_mode & 0o004 or (found.st_mode & 0o040 and found.st_gid == _service_group()))


def _is_open(file: Path) -> bool:
    """Whether others can read it than its user, and the service's where it is that one's."""
    found = file.stat()
    closed = 0o004 if found.st_gid == _service_group() else 0o044
    return bool(found.st_mode & closed)


def _secrets(config: Config) -> list[Finding]:
    assert config.file is not None, "it was read"
    text = config.file.read_text("utf-8-sig")
    values = Values(config.file, os.environ, toml.Faults())
    files = [values.credential(name) for name in dict.fromkeys(_secret_files(toml.parse(text)))]
    password = make_url(config.database).password
    if any(secret in text for secret in (*config.secrets, *([password] if password else ()))):
        files.append(config.file)
    findings = [
        Finding("secrets", "hint", f"{file} holds a secret, and can be read by others", _closing(file))
        for file in files
        if _is_open(file)
    ]
    told = f"{count_of(len(files), 'file')} with secrets, for their user only" if files else "there are none"
    return findings or [Finding("secrets", "ok", told)]


def _closing(file: Path) -> str:
    """How to close a file to others; that of the service is read by another user."""
    if file.absolute() == SYSTEM:
        return f"chgrp bantin {file}; chmod 640 {file}"
    return f"chmod 600 {file}"


def _secret_files(written: Mapping[str, Any]) -> Iterator[str]:
    for key, value in _leaves(written):
        if key.endswith("_file") and value:
            yield from [value] if isinstance(value, str) else value


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """The keys that hold no tables, with what they hold."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, name)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield key, value


def _database(config: Config) -> Iterator[Finding]:
    with closing(SqlStore(config.database)) as store:
        place = databases.place(store.engine)
        version = version_of(store.engine)
        if version is None:
            yield Finding("database", "hint", f"{place} does not exist yet", "bantin run, or bantin poll, creates it")
            return
        if version != HEAD:
            what = f"{place}: tables {version}, and this bantin writes {HEAD}"
            yield Finding("database", "fault", what, "bantin db upgrade; or install the bantin that wrote it")
        found = databases.of(store.engine).examine(store.engine, WITHIN / 2)
        size = f"{found.size / 1e6:,.1f} MB, {found.encoding}"
        if found.faults:
            for fault, hint in found.faults:
                yield Finding("database", "fault", f"{place}: {fault}", hint)
        elif version == HEAD:
            whole = "whole" if found.whole else "not looked through to the end, for want of time"
            yield Finding("database", "ok", f"{place}: tables {version}, {size}, {whole}")
        off = (store.clock() - datetime.now(UTC)).total_seconds()
        if abs(off) > OFF:
            what = f"the database's clock is {_span(off)} this machine's"
            yield Finding("clock", "fault", what, "set both by NTP: timedatectl set-ntp true")


def _disk(config: Config) -> Iterator[Finding]:
    url = make_url(config.database)
    folders = [Path(url.database).parent] if url.get_backend_name() == "sqlite" and url.database else []
    folders += [config.publish] if config.publish else []
    for folder in dict.fromkeys(folders):
        if not folder.is_dir():
            yield Finding("disk", "hint", f"{folder} does not exist yet")
            continue
        free = shutil.disk_usage(folder).free
        what = f"{folder}: {free / 1e9:,.1f} GB free"
        file = Path(url.database or "")
        needed = file.stat().st_size if folder == file.parent and file.is_file() else 0
        if not os.access(folder, os.W_OK):
            yield Finding("disk", "fault", f"{folder}: this user cannot write there", "make it the owner of the folder")
        if free < LITTLE:
            yield Finding("disk", "fault", what, "free some space: nothing can be stored soon")
        elif free < max(ROOM, needed):
            yield Finding("disk", "hint", what, "free some space: an upgrade copies the database beside it")
        else:
            yield Finding("disk", "ok", what)


# -- in the network


async def _clock(config: Config) -> list[Finding]:
    """This machine's clock, by those of the servers that bantin asks anyway."""
    origins = dict.fromkeys(
        [(_origin(url), True) for source in config.sources if source.enabled for url in source.urls]
        + [(_origin(item.url), False) for item in config.endpoints if item.channel != "apprise"]
    )
    asked = list(origins)[:CLOCKS]
    clients = {True: open_client(config.fetch), False: open_client(config.deliver_fetch)}
    try:
        found = await asyncio.gather(*(_off(clients[of_pages], origin) for origin, of_pages in asked))
    finally:
        for client in clients.values():
            await client.aclose()
    offs = [off for off in found if off is not None]
    if not offs:
        return [Finding("clock", "hint", "no server answered with the time", "see names, and bantin status")]
    off = statistics.median(offs)
    if abs(off) > OFF:
        what = f"this machine's clock is {_span(off)} that of {count_of(len(offs), 'server')}"
        return [Finding("clock", "fault", what, "set it by NTP: timedatectl set-ntp true")]
    return [Finding("clock", "ok", f"within {max(1.0, abs(off)):.0f} s of {count_of(len(offs), 'server')}")]


async def _off(client: Any, origin: str) -> float | None:
    """How many seconds this machine is ahead of a server; None where it does not tell."""
    try:
        async with asyncio.timeout(WITHIN / 2):
            answer = await client.head(f"{origin}/robots.txt")
        said = parsedate_to_datetime(answer.headers["date"])
        age = float(answer.headers.get("age", "0"))  # of a copy that a cache gave: its date is of when it was made
    except (httpx.HTTPError, aiohttp.ClientError, OSError, TimeoutError, KeyError, ValueError, TypeError):
        return None
    said = said if said.tzinfo else said.replace(tzinfo=UTC)
    return time.time() - said.timestamp() - age


async def _names(config: Config) -> list[Finding]:
    """Whether the names of sources and endpoints lead somewhere, and not into networks that are refused."""
    wanted: dict[tuple[str, bool], str] = {}
    for source in config.sources:
        for url in source.urls if source.enabled else ():
            wanted.setdefault((_host(url), True), f"source {source.id}")
    for item in config.endpoints:
        if item.channel != "apprise":
            wanted.setdefault((_host(item.url), False), f"{item.kind} {item.id}")
    asked, resolver = list(wanted.items())[:HOSTS], Resolver()

    async def one(host: str, of_pages: bool, who: str) -> Finding | None:
        fetch, listed = (config.fetch, FOR_PAGES) if of_pages else (config.deliver_fetch, apart.LISTED)
        found = await _addresses(host, fetch, resolver)
        if isinstance(found, str):
            return Finding("names", "fault", f"{who}: {host} {found}", "check the name, and this machine's DNS")
        good, refused = found
        if refused and not good:
            what = f"{who}: {host} leads to {refused[0]}, in a network that is refused"
            return Finding("names", "fault", what, f"list that network in {listed}, if it is yours")
        if refused:
            return Finding("names", "hint", f"{who}: {host} also leads to {refused[0]}, which is refused")
        return None

    found = await asyncio.gather(*(one(host, of_pages, who) for (host, of_pages), who in asked))
    findings = [finding for finding in found if finding is not None]
    good = len(asked) - len(findings)
    if len(findings) > SHOWN:
        what = f"{len(findings) - SHOWN} more names are like that"
        findings = [*findings[:SHOWN], Finding("names", "fault", what, "check this machine's DNS")]
    more = f"; {len(wanted) - HOSTS} more were not looked up" if len(wanted) > HOSTS else ""
    return [*findings, Finding("names", "ok", f"{good} of {len(asked)} names lead somewhere{more}")]


async def _addresses(host: str, fetch: Fetch, resolver: AbstractResolver) -> tuple[list[str], list[str]] | str:
    """The addresses of a host that may be connected to, and those that are refused; or why there are none."""
    try:
        async with asyncio.timeout(WITHIN * 0.75):
            found = await resolver.resolve(host, 0, socket.AF_UNSPEC)
    except TimeoutError:
        return "is not answered for by the name servers"
    except OSError as error:
        return f"has no address ({error.strerror or error})"
    guard, addresses = Guard(fetch.allow_networks), dict.fromkeys(item["host"] for item in found)
    good = [address for address in addresses if guard.permits(address)]
    return good, [address for address in addresses if address not in good]


async def _endpoints(config: Config) -> list[Finding]:
    """Whether each endpoint can be connected to, and shows a certificate that is good. No event is sent."""
    mine = [item for item in config.endpoints if item.channel != "apprise"]
    found = await asyncio.gather(*(_greet(f"{item.kind} {item.id}", item.url, config.deliver_fetch) for item in mine))
    findings = [finding for finding in found if finding is not None]
    findings += [
        Finding("endpoints", "ok", f"{item.kind} {item.id}: a service; bantin notify test {item.id} sends it a sample")
        for item in config.endpoints
        if item.channel == "apprise"
    ]
    if not findings and config.endpoints:
        return [Finding("endpoints", "hint", "none can be connected to", "see names")]
    return findings or [Finding("endpoints", "ok", "there are none")]


async def _greet(who: str, url: str, fetch: Fetch) -> Finding | None:
    parts = urlsplit(url)
    host, secure = _host(url), parts.scheme == "https"
    addresses = await _addresses(host, fetch, Resolver())
    if isinstance(addresses, str) or not addresses[0]:
        return None  # told with the names
    tls = ssl.create_default_context() if secure else None
    place = f"{host}:{parts.port or (443 if secure else 80)}"
    try:
        async with asyncio.timeout(CONNECT):
            _, writer = await asyncio.open_connection(
                addresses[0][0],
                parts.port or (443 if secure else 80),
                ssl=tls,
                server_hostname=host if secure else None,
            )
    except TimeoutError:
        return Finding("endpoints", "fault", f"{who}: {place} does not answer", "check that the receiver runs")
    except ssl.SSLCertVerificationError as error:
        what = f"{who}: {place}: its certificate is refused: {error.verify_message}"
        return Finding("endpoints", "fault", what, "have the receiver renew it, with its whole chain")
    except OSError as error:
        why = error.strerror or str(error)
        return Finding("endpoints", "fault", f"{who}: {place}: {why}", "check that the receiver runs")
    shown = writer.get_extra_info("peercert") if secure else None
    writer.close()
    left = ssl.cert_time_to_seconds(shown["notAfter"]) - time.time() if shown else SOON
    if left < SOON:
        what = f"{who}: {place}: its certificate ends in {left / 86_400:.0f} days"
        return Finding("endpoints", "hint", what, "see that the receiver renews it")
    return Finding("endpoints", "ok", f"{who}: {place} can be connected to")


async def _browser(config: Config) -> list[Finding]:
    """Whether the browser starts that pages of scripts are shown in; and whether a source would need one."""
    if not config.browser.configured:
        always = [source.id for source in config.sources if source.render == "always" and source.enabled]
        if always:
            what = f"source {always[0]} is to be shown in a browser always, and none is configured"
            return [Finding("browser", "fault", what, f'[browser] command = "chromium"; {GET_BROWSER}')]
        return [Finding("browser", "ok", "none is configured, and no source asks for one")]
    reader = Reader(workers=1)
    fetcher = Fetcher(config.fetch, reader)
    browser = Browser(config.browser, fetcher)
    try:
        found = await browser.version()
    except BrowserError as error:
        return [Finding("browser", "fault", f"the browser does not start: {error.cause}", GET_BROWSER)]
    finally:
        await browser.close()
        await fetcher.close()
        reader.close()
    if not config.browser.sandbox:
        what = f"Chromium {found} runs without its sandbox: a page that breaks out of it is on this machine"
        return [Finding("browser", "hint", what, "run bantin as a user of its own, and leave [browser] sandbox out")]
    return [Finding("browser", "ok", f"Chromium {found} starts")]


def _work(config: Config) -> Iterator[Finding]:
    """What the daemon could not do of late: sources that fail, alerts that do not arrive."""
    with closing(SqlStore(config.database)) as store:
        if version_of(store.engine) != HEAD:
            return  # told with the database
        rows = {row.state.id: row for row in store.sources(source.id for source in config.sources)}
        fares = health(config, counted(config.sources, rows), store.endpoints(), store.clock())
    if not fares.troubles:
        yield Finding("work", "ok", "all sources are read, and all alerts arrive")
    for trouble in fares.troubles:
        yield Finding("work", "hint", trouble, "bantin status says why, bantin deliveries which alerts wait")


async def _daemon(config: Config) -> list[Finding]:
    """The daemon that runs with the configuration, by its own word."""
    runs = daemons(config.file) if config.file else []
    who = f"process {', '.join(map(str, runs))}" if runs else "a daemon"
    listen = config.server.listen
    way = listen.removeprefix("unix:") if listen.startswith("unix:") else None
    host, port = split_listen(listen) or ("localhost", 80)
    base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    try:
        async with httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=way), timeout=CONNECT, trust_env=False
        ) as client:
            answer = await client.get(f"{'http://localhost' if way else base}/readyz")
    except (httpx.HTTPError, OSError):
        if runs:
            what = f"{who} runs, and does not answer on {listen}"
            return [Finding("daemon", "fault", what, "see its log; a socket of systemd's wins over [server] listen")]
        return [Finding("daemon", "hint", f"none answers on {listen}", "bantin run, or: systemctl start bantin")]
    said = answer.text.strip()[:200]
    if (answer.status_code, said) == (200, "ready"):
        return [Finding("daemon", "ok", f"{who} answers on {listen}, and is ready")]
    if answer.status_code == 503:
        return [Finding("daemon", "fault", f"{who} on {listen} is not ready: {said}", "see its log")]
    what = f"another program answers on {listen} (HTTP {answer.status_code})"
    return [Finding("daemon", "fault", what, "choose another [server] listen")]


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _span(seconds: float) -> str:
    size = f"{abs(seconds):.0f} s" if abs(seconds) < 120 else f"{abs(seconds) / 60:.0f} min"
    return f"{size} {'ahead of' if seconds > 0 else 'behind'}"
