"""Channels: messages that real receivers on loopback get, through apprise, and what keeps them in bounds."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html import unescape
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from daemon.channels import apart, deliver
from daemon.channels.deliver import Sender
from daemon.channels.sample import samples
from daemon.config import Fetch
from feeds.model import Attempt, Endpoint, Event
from tests.daemon.conftest import LOOPBACK
from tests.daemon.servers import Request, Server, answer, serving, silence

HEADLINE = "Đây là tin thử của bantin: “the bridge is open” & more"
URL = "https://news.example/a-test-of-alerts"


def event(kind: str = "article.published") -> Event:
    now = datetime(2026, 11, 28, 10, tzinfo=UTC)
    return next(found for found in samples(Endpoint(id="chat", url=""), now) if found.type == kind)


def hostile() -> Event:
    """A story whose site would like to be markup."""
    body = msgspec.json.decode(event().payload)
    body["data"]["article"]["title"] = "<b>\"]}'); DROP</b> <script>x</script> [y](https://evil.example)"
    return msgspec.structs.replace(event(), payload=msgspec.json.encode(body))


@pytest.fixture(scope="module")
def allowed() -> Fetch:
    return LOOPBACK


@pytest.fixture
async def sender(allowed: Fetch) -> AsyncIterator[Sender]:
    opened = Sender(allowed, clock=lambda: datetime.now(UTC))
    yield opened
    await opened.close()


async def sent(sender: Sender, url: str, of: Event | None = None, **values: Any) -> Attempt:
    endpoint = Endpoint(id="chat", url=url, channel="apprise", **values)
    return await sender.attempt(of or event(), endpoint)


def place(server: Server) -> str:
    return server.url("").removeprefix("http://").rstrip("/")


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("json://{place}/in", lambda body: json.loads(body)["title"] + json.loads(body)["message"]),
        ("xml://{place}/in", lambda body: unescape(body.decode())),
        ("form://{place}/in", lambda body: "".join(value[0] for value in parse_qs(body.decode()).values())),
        ("ntfy://{place}/topic", lambda body: json.loads(body)["title"] + json.loads(body)["message"]),
        ("gotify://{place}/token", lambda body: json.loads(body)["title"] + json.loads(body)["message"]),
        ("mmost://{place}/3ccdd113474722377935511fc85d3dd4", lambda body: json.loads(body)["text"]),
    ],
)
async def test_a_service_gets_headline_lead_source_and_link(
    sender: Sender, address: str, read: Callable[[bytes], str]
) -> None:
    """A chat would get an empty message, or one without its link."""
    async with serving(answer(b'{"ok": true}')) as server:
        attempt = await sent(sender, address.format(place=place(server)))
        assert attempt.is_good, attempt.said
        (request,) = [request for request in server.got if request.body]
    text = read(request.body)
    assert text.count(HEADLINE) == 1
    for part in ("A test by bantin", "A story that bantin has invented", URL):
        assert part in text
    if address.startswith("ntfy"):
        assert json.loads(request.body)["attach"] == "https://news.example/a-test.jpg"


class Mails:
    """What an SMTP server is handed."""

    def __init__(self) -> None:
        self.got: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd calls it so
        self.got.append(bytes(envelope.content or b""))
        return "250 OK"


@pytest.fixture
def mails() -> Iterator[tuple[Mails, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    handler = Mails()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


async def test_a_mail_has_its_headline_as_subject_and_as_link(sender: Sender, mails: tuple[Mails, int]) -> None:
    """A press office would get mails without a subject, or with markup in them."""
    handler, port = mails
    attempt = await sent(sender, f"mailto://127.0.0.1:{port}?from=a@news.example&to=b@news.example")
    assert attempt.is_good, attempt.said
    mail = message_from_bytes(handler.got[0], policy=policy.default)
    assert mail["subject"] == HEADLINE
    html = mail.get_body(("html",)).get_content()
    assert f'<a href="{URL}">' in html
    assert '<img src="https://news.example/a-test.jpg"' in html
    assert "&amp; more" in html


async def test_a_hostile_headline_is_text_in_a_mail(sender: Sender, mails: tuple[Mails, int]) -> None:
    """A site could put a script, or another mail's headers, into a newsroom's mails."""
    handler, port = mails
    await sent(sender, f"mailto://127.0.0.1:{port}?from=a@news.example&to=b@news.example", hostile())
    html = message_from_bytes(handler.got[0], policy=policy.default).get_body(("html",)).get_content()
    assert "<script" not in html
    assert html.count("<a ") == 1


SERVICES = {
    "tgram": ("tgram://123456789:abcdefghijklmnopqrstuvwxyzabcdefghi/12345/", "html"),
    "slack": ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#news", "markdown"),
    "discord": ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "markdown"),
    "matrix": ("matrixs://user:pass@matrix.example/#room", "html"),
    "workflow": ("workflow://prod.example:443/643e69f83c8944/wasdfghjkl", "markdown"),
    "ntfy": ("ntfy://ntfy.example/topic", "text"),
    "mailto": ("mailto://mail.example?from=a@news.example&to=b@news.example", "html"),
}


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize(
    "kind", ["article.published", "article.revised", "article.removed", "source.failing", "digest"]
)
def test_every_kind_of_message_fits_its_service(name: str, kind: str) -> None:
    """A service would refuse the message, or show its markup."""
    url, markup = SERVICES[name]
    service = apart.service_of(apart.instance(url))
    assert service.format == markup
    title, body = apart.texts(event(kind).payload, service, apart.Wording(language="en"))
    assert 10 < len(title + body) <= service.most
    assert bool(title) is (name in ("ntfy", "mailto"))
    if markup == "html":
        assert "**" not in body
    if markup == "text":
        assert "<" not in body


@pytest.mark.parametrize(("name", "attribute"), [("tgram", "notify_url"), ("slack", "webhook_url")])
async def test_what_telegram_and_slack_are_sent(name: str, attribute: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two that newsrooms use most would get messages without a link, or with a headline's markup in force."""
    url, _ = SERVICES[name]
    plugin = type(apart.instance(url))
    async with serving(answer(b'{"ok": true, "result": {"message_id": 1}}' if name == "tgram" else b"ok")) as server:
        monkeypatch.setattr(plugin, attribute, server.url("/bot" if name == "tgram" else "/services"))
        found = await asyncio.to_thread(apart.sent, hostile().payload, url, apart.Wording())
        assert found.accepted, found.error
        said = [json.loads(request.body) for request in server.got if request.body]
    text = json.dumps(said[-1], ensure_ascii=False)
    assert "news.example/a-test-of-alerts" in text
    assert "<script>" not in text
    assert '<b>\\"]}' not in text


@pytest.mark.parametrize(("status", "told"), [("401 Unauthorized", 401), ("404 Not Found", 404), ("500 Oops", 500)])
async def test_what_a_service_refuses_is_told(sender: Sender, status: str, told: int) -> None:
    """An operator would not learn that a token has run out."""
    async with serving(answer(status=status)) as server:
        attempt = await sent(sender, f"json://{place(server)}/")
    assert (attempt.is_good, attempt.status) == (False, told)
    assert "JSON" in attempt.said


async def test_what_is_told_holds_no_token(sender: Sender) -> None:
    """The pages would show the password of a newsroom's chat to whoever may see that it fails."""
    async with serving(answer(status="404 Not Found")) as server:
        attempt = await sent(sender, f"json://user:pa55w0rdpa55@{place(server)}/to-ken-1234567")
    assert not attempt.is_good
    assert "pa55w0rd" not in attempt.said
    assert "to-ken" not in attempt.said


async def test_addresses_inside_are_refused_unless_they_are_listed() -> None:
    """An address in a channel that leads inside would carry alerts into the operator's own network."""
    sender = Sender(Fetch(user_agent="bantin-test"), clock=lambda: datetime.now(UTC))
    try:
        async with serving(answer()) as server:
            attempt = await sent(sender, f"json://{place(server)}/")
            assert server.got == []
    finally:
        await sender.close()
    assert not attempt.is_good
    assert "[deliver] allow_networks" in attempt.said


@pytest.mark.parametrize("url", ["nope://here", "tgram://", "json://", "slack://x", "dbus://", "macosx://", "://"])
async def test_an_address_that_nobody_can_use_is_told(sender: Sender, url: str) -> None:
    """A typing mistake in a channel's address would be a traceback, or silence."""
    attempt = await sent(sender, url)
    assert not attempt.is_good
    assert attempt.said


async def test_a_service_that_hangs_or_floods_costs_one_message(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One service that never answers, or answers without end, would hold up the others, or fill the memory."""
    monkeypatch.setattr(deliver, "TIMEOUT", 4.0)

    async def endless(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(length=10**12))
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    async with serving({"/a": silence, "/b": endless, "/c": answer()}) as server:
        attempts = await asyncio.gather(*(sent(sender, f"json://{place(server)}/{name}?rto=60") for name in "abc"))
    assert [attempt.is_good for attempt in attempts] == [False, False, True], [attempt.said for attempt in attempts]
    assert all("was ended" in attempt.said for attempt in attempts[:2])


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "was ended"),
        ("{{ 'x' * 1000000000 }}", ""),
        ("{{ lipsum.__globals__ }}", ""),
    ],
)
async def test_a_template_that_fails_costs_its_message(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, template: str, told: str
) -> None:
    """A mistake in a template would stop the daemon, or show its memory in a chat."""
    monkeypatch.setattr(deliver, "TIMEOUT", 1.0)
    async with serving(answer()) as server:
        endpoint = Endpoint(id="hook", url=server.url(), body=template, secrets=("whsec_" + "A" * 32,))
        attempt = await sender.attempt(event(), endpoint)
        assert server.got == []
    assert not attempt.is_good
    assert told in attempt.said


async def test_a_webhook_may_have_a_body_of_its_own(sender: Sender) -> None:
    """A receiver that wants its own form would need a program in between."""
    template = '{"text": {{ (headline ~ " " ~ url) | tojson }}}'
    async with serving(answer()) as server:
        endpoint = Endpoint(
            id="hook", url=server.url(), body=template, content_type="application/vnd.x+json", secrets=("whsec_AAAA",)
        )
        attempt = await sender.attempt(event(), endpoint)
        (request,) = server.got
    assert attempt.is_good, attempt.said
    assert json.loads(request.body) == {"text": f"{HEADLINE} {URL}"}
    assert request.headers["content-type"] == "application/vnd.x+json"
    assert request.headers["webhook-signature"].startswith("v1,")


def test_what_fits_in_no_way_is_a_headline_and_no_markup() -> None:
    """A page with an address of four thousand characters could put its own link into a newsroom's chat."""
    body = msgspec.json.decode(event().payload)
    hostile = {"title": '<a href="https://evil.example">Bank</a> @everyone', "url": "https://a.example/" + "x" * 5000}
    body["data"]["article"] |= hostile
    for name in ("tgram", "discord", "mailto"):
        service = apart.service_of(apart.instance(SERVICES[name][0]))
        service = msgspec.structs.replace(service, most=min(service.most, 4000))
        _, text = apart.texts(msgspec.json.encode(body), service, apart.Wording(language="en"))
        assert "Bank" in text
        assert '<a href="https://evil' not in text
        assert "@everyone" not in text.replace("\\@", "") or service.format == "html"
    titled = apart.Wording(title="{{ headline }}")
    title, _ = apart.texts(msgspec.json.encode(body), apart.service_of(apart.instance(SERVICES["tgram"][0])), titled)
    assert "<a" not in title


async def test_no_datagram_and_no_proxy_walks_round_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """A channel's address would reach into the operator's network although nothing of it is listed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.setblocking(False)
        port = listening.getsockname()[1]
        async with serving(answer()) as proxy:
            monkeypatch.setenv("http_proxy", proxy.url())
            sender = Sender(Fetch(user_agent="bantin-test"), clock=lambda: datetime.now(UTC))
            try:
                attempt = await sent(sender, f"rsyslog://127.0.0.1:{port}/")
                inside = await sent(sender, "json://10.0.0.5/")
            finally:
                await sender.close()
            assert proxy.got == []
        assert not attempt.is_good
        assert "[deliver] allow_networks" in inside.said
        with pytest.raises(BlockingIOError):
            listening.recv(100)
