"""``/deliveries``: how each endpoint fares, for the operator."""

from __future__ import annotations

from pathlib import Path

import httpx
import msgspec
import pytest
from selectolax.lexbor import LexborHTMLParser

from daemon.config import Config, Server
from daemon.storage import Storage
from daemon.web.app import make_app
from feeds.model import Attempt, Endpoint, Event, Verdict
from state.sql import SqlStore
from tests.conftest import NOW
from tests.daemon.commands import SECRET
from tests.daemon.signing import signed_in


async def page(store: SqlStore, config: Config, **headers: str) -> httpx.Response:
    storage = Storage(store)
    transport = httpx.ASGITransport(make_app(lambda: config, storage, "http://127.0.0.1:8711/"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8711") as client:
        return await client.get("/deliveries", headers=headers)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    from daemon.config import Fetch

    hook = Endpoint(id="hook", url="https://hook.example/secret-path", secrets=(SECRET,))
    chat = Endpoint(id="chat", url="tgram://a-token/1", channel="apprise")
    return Config(
        file=tmp_path / "bantin.toml",
        database="",
        server=Server(),
        fetch=Fetch(user_agent="x"),
        sources=(),
        feeds=(),
        endpoints=(hook, chat),
    )


async def test_each_endpoint_says_how_it_fares(filled: SqlStore, config: Config) -> None:
    """An operator would learn from a missed story that a desk gets nothing any more."""
    (due,) = filled.claim_deliveries("tests", "hook", 1, 60)
    failed = Attempt(at=NOW, status=500)
    filled.record([(due, failed, Verdict(state="pending", due_at=NOW))])
    tree = LexborHTMLParser((await page(filled, config)).text)
    hook, chat = (card.text() for card in tree.css("li.card"))
    assert "HTTP 500" in hook
    assert "1 waiting" in hook
    assert "Nothing sent yet" in chat
    assert "a-token" not in tree.html  # type: ignore[operator]
    assert "secret-path" not in tree.html  # type: ignore[operator]
    notice = Event(id="evt_off", type="endpoint.disabled", created=NOW, payload=b"{}")
    filled.disable("hook", "it answered 410 Gone", NOW, notice, [])
    assert "bantin notify enable hook" in (await page(filled, config)).text
    vietnamese = (await page(filled, config, **{"accept-language": "vi"})).text
    assert "Đã tắt từ" in vietnamese


async def test_signed_in_it_puts_right(filled: SqlStore, config: Config) -> None:
    """An editor on duty would need a shell to send the night's alerts."""
    (due,) = filled.claim_deliveries("tests", "hook", 1, 60)
    filled.record([(due, Attempt(at=NOW, status=500), Verdict(state="dead"))])
    config = msgspec.structs.replace(config, server=Server(admin_token="the-token"))
    async with signed_in(filled, config) as (client, change):
        assert "Given up" in (await client.get("/deliveries")).text
        done = await change("/deliveries", "retry:hook")
        assert (done.status_code, "1 is tried anew" in done.text) == (200, True)
        assert filled.endpoints()["hook"].waiting == 1
        assert "1 dropped" in (await change("/deliveries", "drop:hook")).text
        notice = Event(id="evt_off", type="endpoint.disabled", created=NOW, payload=b"{}")
        filled.disable("hook", "it answered 410 Gone", NOW, notice, [])
        assert "hook is enabled" in (await change("/deliveries", "enable:hook")).text
        assert "hook: " in (await change("/deliveries", "test:hook")).text
        assert (await change("/deliveries", "burn:hook")).status_code == 400
        assert (await client.post("/deliveries", data={"form": "x" * 9000, "do": "drop:hook"})).status_code == 413


async def test_nobody_else_changes_anything(filled: SqlStore, config: Config) -> None:
    """Whoever reads the pages, or has an editor open a page of his, could drop a newsroom's alerts."""
    assert 'name="do"' not in (await page(filled, config)).text
    config = msgspec.structs.replace(config, server=Server(admin_token="the-token"))
    async with signed_in(filled, config) as (client, _):
        session = client.cookies["bantin-admin"]
        for form in ({"do": "drop:hook"}, {"do": "drop:hook", "form": "guessed"}):
            answer = await client.post("/deliveries", data=form)
            assert (answer.status_code, "nothing was changed" in answer.text) == (403, True)
        client.cookies.clear()
        assert 'name="do"' not in (await client.get("/deliveries")).text
        for forged in ("", "1-2-3", session[:-1] + "0", f"9{session}", "²-2-3"):
            answer = await client.post(
                "/deliveries", data={"do": "drop:hook"}, headers={"cookie": f"bantin-admin={forged}".encode()}
            )
            assert answer.status_code == 403
    assert filled.endpoints()["hook"].waiting == 1


async def test_it_is_not_for_everybody(filled: SqlStore, config: Config) -> None:
    """The readers of a public feed would see the hosts inside an operator's network."""
    public = msgspec.structs.replace(config, server=Server(public_url="https://feeds.example.org/"))
    answer = await page(filled, public)
    assert answer.status_code == 404
