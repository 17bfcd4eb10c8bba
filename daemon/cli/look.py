"""``bantin teasers``, ``extract``, ``preview`` and ``replay``: what bantin makes of a page; nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import typer

from daemon.cli.common import (
    AsJson,
    ConfigFile,
    configuration,
    local,
    looking,
    note,
    print_json,
    say,
    table,
    usage,
    waiting,
)
from daemon.config import Browser, Config, ConfigError, Fetch, default_user_agent, edit, find, load
from daemon.profiles import FOLDER, load_profiles
from feeds.deciding.changes import decide
from feeds.deciding.identity import key
from feeds.deciding.rules import Audience
from feeds.deciding.wanted import known_by
from feeds.errors import ReadError
from feeds.model import (
    Article,
    Decision,
    Habits,
    Known,
    Look,
    Media,
    Page,
    Source,
    SourceState,
    Teaser,
)
from feeds.reading import urls

if TYPE_CHECKING:
    from daemon.polling.preview import Preview
    from daemon.reading.pages import Pages
    from daemon.reading.reader import Reader
    from state.store import PageRow

T = TypeVar("T")

MAX_BYTES = 8_000_000  # of a saved page, as of one that is fetched

Target = Annotated[str, typer.Argument(metavar="FILE-or-URL", help="A saved page, or an address.")]
Address = Annotated[str, typer.Option("--url", help="The address that a saved page was read from.")]
Site = Annotated[str, typer.Option("--site", help="A site profile by name (default: found by host or markup).")]
Zone = Annotated[str, typer.Option("--timezone", help="The zone of times without one (default: as the page tells).")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(preview)
    app.command()(teasers)
    app.command()(extract)
    app.command()(replay)


def teasers(
    target: Target,
    url: Address = "",
    timezone: Zone = "",
    site: Site = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Print the teaser list of one saved or live page."""
    check_zone(timezone)

    def read(reader: Reader, page: Page) -> Awaitable[list[Teaser]]:
        return reader.teasers(page, "auto", timezone or None, _now(), site)

    found = asyncio.run(_read(target, url, site, config, read))
    if as_json:
        print_json(found)
    else:
        _say_teasers(found)


def extract(
    target: Target,
    url: Address = "",
    timezone: Zone = "",
    site: Site = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Print the article of one saved or live page."""
    check_zone(timezone)

    def read(reader: Reader, page: Page) -> Awaitable[Article]:
        return reader.article(page, timezone or None, _now(), site)

    found = asyncio.run(_read(target, url, site, config, read))
    if as_json:
        print_json(found)
    else:
        _say_article(found)


async def _read(
    target: str, url: str, site: str, config: Path | None, read: Callable[[Reader, Page], Awaitable[T]]
) -> T:
    """What ``read`` makes of the page of a file or an address."""
    reader = _reader(config, site)
    try:
        return await read(reader, await _page(target, url, config, reader))
    finally:
        reader.close()


def preview(
    url: Annotated[str, typer.Argument(metavar="URL-or-SOURCE", help="A site, a section, a feed; or a source's id.")],
    timezone: Zone = "",
    site: Site = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Fetch a page and say how it would be watched: its teasers, and the first article as it would be published.

    For a source of the configuration that is what bantin has learned of it left out as well.
    """
    check_zone(timezone)
    source, habits = _watched(url, config)
    if source is not None:
        url = source.urls[0] if url == source.id else urls.whole(url)
        site, timezone = site or source.site, timezone or source.timezone
    shown, look = previewed(urls.whole(url), timezone, site, config, habits)
    if look is not None:
        shown = msgspec.structs.replace(shown, decision=_decision(look, source, config))
    if as_json:
        print_json(shown)
        return
    why = f": {shown.why}" if shown.why else ""
    say(f"{shown.watched} would be watched as a {shown.kind}{why}.\nIt announces {len(shown.teasers)} stories:\n")
    _say_teasers(shown.teasers)
    say("\nThe first of them, as it would be published:\n")
    if shown.article is not None:
        _say_article(shown.article)
    elif shown.teasers:
        say(f"from its teaser, because its page cannot be read: {shown.fault}")
    if shown.decision is not None:
        say(f"\nA poll would have it {shown.decision.what}: {shown.decision.why}.")
    used = [f"{name} (the {part})" for part, name in shown.profiles.items() if name]
    say(f"\nRead with the site profile {', '.join(used)}." if used else "\nRead without a site profile.")
    if shown.is_story:
        note(f"bantin: {shown.url} is a story, not a list of stories{_its_list(shown)}")
    elif source is None:
        found = _configured(config)
        written = source_table(shown, {feed.id for feed in found.feeds} if found is not None else set())
        say(f"\nTo watch it: bantin source add {shown.url}\nor, in the configuration:\n")
        say(edit.written("source", written))


def _its_list(shown: Preview) -> str:
    return f"; its list is {shown.listed_at}" if shown.listed_at else ""


def previewed(
    url: str, timezone: str, site: str, config: Path | None, habits: Habits | None = None
) -> tuple[Preview, Look | None]:
    """What is at an address, with what is done just now on a terminal. Raises `ReadError`."""
    return asyncio.run(_preview(url, timezone or None, site, config, habits))


async def _preview(
    url: str, timezone: str | None, site: str, config: Path | None, habits: Habits | None
) -> tuple[Preview, Look | None]:
    from daemon.polling.preview import preview

    reader = _reader(config, site)
    source = Source(id="preview", title=url, urls=(url,), timezone=timezone or "UTC", site=site)
    try:
        with waiting(f"asking {urls.host(url) or url}") as step:
            async with _pages(config, reader) as pages:
                return await preview(pages, reader, source, _now(), timezone=timezone, habits=habits, step=step)
    finally:
        reader.close()


def source_table(
    shown: Preview, taken: set[str], *, name: str = "", title: str = "", more: Sequence[str] = (),
    tags: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """The ``[[source]]`` that watches what was found, under an id that is not ``taken``; only what is known is said."""
    from feeds.reading.documents.opml import free_id

    table: dict[str, Any] = {"id": name or free_id(urls.host(shown.url).removeprefix("www."), taken)}
    if title or shown.title:
        table["title"] = title or shown.title
    table["urls"] = [shown.url, *more]
    if shown.own_kind != "listing":  # of a page stays "auto": the site's own feed is found, and found again
        table["kind"] = shown.own_kind
    facts = {"timezone": shown.timezone, "language": shown.language, "tags": list(tags)}
    return table | {key: value for key, value in facts.items() if value}


def _decision(look: Look, source: Source | None, config: Path | None) -> Decision | None:
    """What a poll would make of the story now, by what is known; nothing is stored."""
    found, known = _configured(config), Known()
    keys, marks = known_by([look])
    if source is not None and found is not None:
        with suppress(typer.Exit), looking(found) as store:  # there may be no database yet
            known = store.known(source.id, keys, marks)
    source = source or Source(id="preview", title="", urls=(look.url,))
    state = SourceState(id=source.id, due_at=_now())
    decided = decide(source, state, (), (look,), known, Audience(), _now()).decisions
    return decided[-1] if decided else None


def replay(
    page: Annotated[str, typer.Argument(metavar="[PAGE]", help="Its number, or a source: its newest one.")] = "",
    save: Annotated[Path | None, typer.Option("--save", help="Write the page itself into this file.")] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Read a list's page again that was not believed, as it was kept; without PAGE: list those that there are."""
    found = configuration(config)
    with looking(found) as store:
        rows = store.kept_pages()
        row = next((row for row in rows if page in (str(row.number), row.source_id)), None)
        kept = store.kept_page(row.number) if row is not None else None
    if not page:
        _say_kept(rows, as_json)
        return
    if row is None or kept is None:
        note(f"bantin: no page {page!r} is kept; bantin replay lists those that are")
        raise typer.Exit(1)
    if save is not None:
        _save(save, kept[1].page.body)
    source = found.source(row.source_id) or Source(id=row.source_id, title="", urls=(row.url,))
    teasers, fault = asyncio.run(_replay(kept[1].page, source, config))
    if as_json:
        print_json({"page": row, "teasers": teasers, "fault": fault})
        return
    say(f"{row.url}\n  read {local(row.at)}: {row.cause}\n")
    _say_teasers(teasers)
    if fault is not None:
        say(fault)


async def _replay(page: Page, source: Source, config: Path | None) -> tuple[list[Teaser], str | None]:
    """The stories of a kept page as it is read today, or why there are none."""
    reader = _reader(config, source.site)
    try:
        kind = await reader.kind(page) if source.kind == "auto" else source.kind
        return await reader.teasers(page, kind, source.timezone, _now(), source.site), None
    except ReadError as error:
        return [], error.cause
    finally:
        reader.close()


def _save(file: Path, body: bytes) -> None:
    try:
        with file.open("xb") as opened:
            opened.write(body)
    except OSError as error:
        raise usage(f"--save: {file}: {error.strerror}; name a new file") from None


def _say_kept(rows: Sequence[PageRow], as_json: bool) -> None:
    if as_json:
        print_json(rows)
    elif rows:
        told = [[str(row.number), row.source_id, local(row.at), row.cause] for row in rows]
        table(["page", "source", "read", "why it was not believed"], told, [row.url for row in rows])
    else:
        say("No page is kept: each list that was read was believed.")


def _watched(name: str, config: Path | None) -> tuple[Source | None, Habits]:
    """The source of that id, or with that address, in the configuration, and what was learned of it."""
    found = _configured(config)
    if found is None:
        return None, Habits()
    source = found.source(name) or watching(found, urls.whole(name))
    if source is None:
        return None, Habits()
    try:
        with looking(found) as store:
            return source, store.known(source.id, (), texts=False).habits
    except typer.Exit:  # there is no database yet, and nothing learned
        return source, Habits()


def watching(found: Config, url: str) -> Source | None:
    """The source that watches this address already, however it is spelled."""
    try:
        wanted = key(url)
    except ValueError:
        return None
    return next((source for source in found.sources if wanted in map(key, source.urls)), None)


def _configured(file: Path | None) -> Config | None:
    """The configuration, where there is one without a fault; a fault is told where it matters."""
    try:
        return load(found) if (found := find(file)).is_file() else None
    except ConfigError:
        return None


def _now() -> datetime:
    return datetime.now(UTC)


def check_zone(name: str) -> None:
    """Raises `typer.Exit` for a name of no time zone."""
    try:
        ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        raise usage(f"--timezone: unknown time zone {name!r}; write one such as Asia/Ho_Chi_Minh") from None


async def _page(target: str, url: str, config: Path | None, reader: Reader) -> Page:
    """The page of a file or an address."""
    if urls.absolute("", target) is not None and "://" in target:
        async with _pages(config, reader) as pages:
            page = await pages.fetcher.fetch(target)
            assert page is not None, "nothing was known before"
            return page
    body = _bytes(Path(target))
    if url and urls.absolute("", url) is None:
        raise usage(f"--url: {url!r} is no web address")
    return Page(url=url or await _own_address(Path(target), body, reader), body=body)


def _bytes(file: Path) -> bytes:
    """A saved page, as much of it as a page may have."""
    try:
        with file.open("rb") as opened:
            body = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise usage(f"{file}: {error.strerror}; give a file or an address that begins with https://") from None
    if len(body) > MAX_BYTES:
        raise usage(f"{file} is larger than {MAX_BYTES:,} bytes, the limit of a page")
    return body


async def _own_address(file: Path, body: bytes, reader: Reader) -> str:
    """Where a saved page says that it is from: links in it are relative to that."""
    found = await reader.address_of(body)
    if found is None:
        raise usage(f"{file} does not say which address it was read from; give it with --url")
    address, by_name = found
    if by_name:
        note(f"bantin: links are taken relative to {address} (og:site_name); give --url where that is wrong")
    return address


def _reader(config: Path | None, site: str) -> Reader:
    """Reads with our site profiles and those beside the configuration, where there is one."""
    from daemon.reading.reader import Reader

    try:
        folder = find(config).absolute().parent / FOLDER
    except ConfigError:
        folder = None
    profiles = load_profiles(folder)
    if site and site not in (names := [profile.name for profile in profiles]):
        raise usage(f"--site: no site profile {site!r}; there are: {', '.join(names)}")
    return Reader(workers=1, profiles=profiles)


def _pages(config: Path | None, reader: Reader) -> AbstractAsyncContextManager[Pages]:
    """Pages as the configuration has them, where there is one; else by the defaults."""
    from daemon.reading.pages import open_pages

    try:
        file = find(config)
    except ConfigError:  # there is none, and none is needed
        return open_pages(Fetch(user_agent=default_user_agent()), Browser(), reader)
    found = load(file)
    return open_pages(found.fetch, found.browser, reader)


def _say_teasers(found: Sequence[Teaser]) -> None:
    for teaser in found:
        say(f"{teaser.title}\n  {teaser.url}")
        if teaser.published:
            say(f"  {local(teaser.published)}")
        if teaser.summary:
            say(f"  {teaser.summary[:160]}{'…' if len(teaser.summary) > 160 else ''}")


def _recording(media: Media) -> str:
    """What a story shows, in words: "video 2:35, 14.2 MB, https://…"."""
    from feeds.writing.content import length

    told = f"{media.kind} {length(media.duration)}" if media.duration else media.kind
    size = f"{media.bytes / 1e6:.1f} MB" if media.bytes else ""
    return ", ".join(filter(None, (told, size, media.url)))


def _say_article(article: Article) -> None:
    facts = {
        "address": article.url,
        "authors": ", ".join(article.authors),
        "published": local(article.published) if article.published else "",
        "modified": local(article.modified) if article.modified else "",
        "language": article.language,
        "section": article.section,
        "tags": ", ".join(article.tags),
        "credit": article.credit,
        "pictures": str(len(article.images)) if article.images else "",
        "recordings": "; ".join(map(_recording, article.media)),
    }
    say(article.title)
    for name, value in facts.items():
        if value:
            say(f"  {name}: {value}")
    say(f"\n{article.summary or ''}\n\n{article.body_text}".rstrip())
    if article.left_out:
        say("\nLeft out, because the site's pages repeat it:")
    for left in article.left_out:
        say(f"  {left.text}")
