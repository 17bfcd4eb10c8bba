"""A list that is suddenly another page, polled for real: it fails, its page is kept, and a redesign is followed."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from feeds.model import Changes
from tests.conftest import NOW, Clock
from tests.daemon.commands import Run
from tests.daemon.conftest import Polls
from tests.daemon.servers import Server, answer, serving

SENTENCE = "Con đò chở khách qua bến mỗi sáng, và chiều lại quay về chỗ cũ cho kịp phiên chợ. "
LOG_IN = """<html lang=en><head><title>Log in</title></head><body><main>
<h2><a href="/account/register-a-new-account-today">Register a new account today</a></h2>
<form><input type=password></form></main></body></html>"""


def page(html: str) -> bytes:
    return answer(html.encode(), content_type="text/html; charset=utf-8")


def address(number: int) -> str:
    return f"/tin/lang-mo-hoi-dua-thuyen-lan-{number}-2026{number:05}.htm"


def old_list(count: int = 12) -> str:
    """As the site has always shown its stories."""
    items = "".join(
        f"<li><h3><a href='{address(n)}'>Làng mở hội đua thuyền lần thứ {n}</a></h3>"
        f"<time datetime='{NOW - timedelta(hours=n):%Y-%m-%dT%H:%M:%SZ}'></time><p>{SENTENCE}</p></li>"
        for n in range(count)
    )
    return f"<html lang=vi><head><title>Tin làng</title></head><body><ul>{items}</ul></body></html>"


def headline(name: str) -> str:
    return f"Chuyện mới ở {name.replace('-', ' ')}"


def new_list(names: list[str]) -> str:
    """After the redesign: few stories, addresses of another kind, no times."""
    items = "".join(
        f"<section><a href='/2026/11/28/{name}/'><h2>{headline(name)}</h2></a><p>{SENTENCE}</p></section>"
        for name in names
    )
    return f"<html lang=vi><head><title>Tin làng, giao diện mới</title></head><body><main>{items}</main></body></html>"


def story(title: str, at: datetime) -> bytes:
    text = "".join(f"<p>{SENTENCE * 3} Số {n}.</p>" for n in range(4))
    time = f"<meta property='article:published_time' content='{at:%Y-%m-%dT%H:%M:%SZ}'>"
    head = f"<head><title>{title}</title>{time}<meta property=og:type content=article></head>"
    return page(f"<html lang=vi>{head}<body><article><h1>{title}</h1>{text}</article></body></html>")


NAMES = ["bến-đò-cũ", "chợ-phiên-sông-vân", "xóm-trại-ven-đê", "trường-làng-mới-xây", "đình-làng-bên-sông"]


def site() -> dict[str, bytes]:
    stories = {address(n): story(f"Làng mở hội đua thuyền lần thứ {n}", NOW) for n in range(12)}
    return {"/list": page(old_list()), **stories}


async def poll(polls: Polls, server: Server, clock: Clock, minutes: int = 10) -> Changes:
    clock.go_on(minutes=minutes)
    return await polls.poll(urls=(server.url("/list"),))


async def test_a_log_in_page_is_kept_and_replayed(polls: Polls, clock: Clock, run: Run, tmp_path: Path) -> None:
    """An operator would be told that the list is odd, and find another page there by the time of looking."""
    async with serving(site()) as server:
        assert (await poll(polls, server, clock)).tally.new == 12
        server.says["/list"] = page(LOG_IN)
        for _ in range(3):
            changes = await poll(polls, server, clock)
            assert changes.state.failure is not None
            assert "unlike all before" in changes.state.failure.cause
            assert changes.tally.new == 0
        (kept,) = polls.store.kept_pages()
        assert (kept.source_id, kept.url) == ("song-van", server.url("/list"))
    file = tmp_path / "bantin.toml"
    file.write_text(
        f'[state]\nurl = "{polls.store.engine.url.render_as_string(False)}"\n'
        f'[[source]]\nid = "song-van"\nkind = "listing"\nurls = ["{kept.url}"]\n'
    )
    shown = await asyncio.to_thread(run, "replay", "--config", file)
    assert shown.status == 0, shown.err
    assert "names 1 stories unlike all before, where it named 12" in shown.out
    read = await asyncio.to_thread(run, "replay", "song-van", "--save", tmp_path / "kept.html", "--config", file)
    assert "Register a new account today" in read.out
    assert (tmp_path / "kept.html").read_text() == LOG_IN
    told = await asyncio.to_thread(run, "replay", str(kept.number), "--config", file, "--json")
    assert [teaser["title"] for teaser in told.json["teasers"]] == ["Register a new account today"]
    none = await asyncio.to_thread(run, "replay", "99", "--config", file)
    assert (none.status, none.err) == (1, "bantin: no page '99' is kept; bantin replay lists those that are\n")


async def test_a_page_without_stories_is_kept_once_an_hour(polls: Polls, clock: Clock) -> None:
    """A list that fails at every poll would fill the disk, or be kept as it was a month ago."""
    async with serving(site()) as server:
        await poll(polls, server, clock)
        server.says["/list"] = page("<html><body><p>Bảo trì.</p></body></html>")
        changes = await poll(polls, server, clock)
        assert changes.state.failure is not None
        assert "it had 12 before" in changes.state.failure.cause
        (first,) = polls.store.kept_pages()
        await poll(polls, server, clock)
        assert polls.store.kept_pages() == [first]
        await poll(polls, server, clock, minutes=60)
        (later,) = polls.store.kept_pages()
        assert later.at > first.at


async def test_a_redesign_is_followed_at_the_second_poll(polls: Polls, clock: Clock) -> None:
    """The first day of a site's new front page would be missing, or a log-in page's links be news."""
    async with serving(site()) as server:
        await poll(polls, server, clock)
        server.says["/list"] = page(new_list(NAMES[:4]))
        pages = {f"/2026/11/28/{name}/": story(headline(name), clock()) for name in NAMES}
        server.says.update({quote(path): says for path, says in pages.items()})
        first = await poll(polls, server, clock)
        assert first.state.failure is not None
        second = await poll(polls, server, clock)
        assert second.state.failure is None
        assert (second.tally.new, second.tally.partial) == (4, 0)
        assert [event.type for event in second.events] == ["article.published"] * 4
        assert "its list is of another make since" in (second.state.warning or "")
        server.says["/list"] = page(new_list(NAMES))
        assert (await poll(polls, server, clock)).tally.new == 1
        server.says["/list"] = page(new_list(NAMES[1:]))
        assert (await poll(polls, server, clock, minutes=60 * 25)).state.warning is None
