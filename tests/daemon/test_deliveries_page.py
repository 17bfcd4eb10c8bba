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


async def change(store: SqlStore, config: Config, **form: str) -> httpx.Response:
    storage = Storage(store)
    transport = httpx.ASGITransport(make_app(lambda: config, storage, "http://127.0.0.1:8711/"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8711") as client:
        answers = [
            await client.post("/deliveries", data=form) for _ in range(12 if form.get("token") == "guess" else 1)
        ]
    return answers[-1]


async def test_with_the_admin_token_it_puts_right(filled: SqlStore, config: Config) -> None:
    """An editor on duty would need a shell to send the night's alerts."""
    (due,) = filled.claim_deliveries("tests", "hook", 1, 60)
    filled.record([(due, Attempt(at=NOW, status=500), Verdict(state="dead"))])
    config = msgspec.structs.replace(config, server=Server(admin_token="the-token"))
    assert 'name="do"' in (await page(filled, config)).text
    done = await change(filled, config, token="the-token", do="retry:hook")
    assert (done.status_code, "1 is tried anew" in done.text) == (200, True)
    assert filled.endpoints()["hook"].waiting == 1
    assert "1 dropped" in (await change(filled, config, token="the-token", do="drop:hook")).text
    notice = Event(id="evt_off", type="endpoint.disabled", created=NOW, payload=b"{}")
    filled.disable("hook", "it answered 410 Gone", NOW, notice, [])
    assert "hook is enabled" in (await change(filled, config, token="the-token", do="enable:hook")).text
    tried = await change(filled, config, token="the-token", do="test:hook")
    assert "hook: " in tried.text


async def test_without_it_nothing_changes(filled: SqlStore, config: Config) -> None:
    """Whoever reads the pages could drop a newsroom's alerts, or guess the token all night."""
    form = {"do": "drop:hook"}
    assert 'name="do"' not in (await page(filled, config)).text
    assert (await change(filled, config, **form, token="")).status_code == 403
    config = msgspec.structs.replace(config, server=Server(admin_token="the-token"))
    assert (await change(filled, config, **form, token="wrong")).status_code == 403
    assert (await change(filled, config, **form, token="guess")).status_code == 429
    assert (await change(filled, config, token="the-token", do="burn:hook")).status_code == 400
    assert (await change(filled, config, token="the-token" * 2000, **form)).status_code == 413
    assert filled.endpoints()["hook"].waiting == 1


async def test_it_is_not_for_everybody(filled: SqlStore, config: Config) -> None:
    """The readers of a public feed would see the hosts inside an operator's network."""
    public = msgspec.structs.replace(config, server=Server(public_url="https://feeds.example.org/"))
    answer = await page(filled, public)
    assert answer.status_code == 404
