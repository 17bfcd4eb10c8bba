"""Feeds that name a hub: subscribed to, told of, renewed and left; and hubs that mean no good."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl

import httpx
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from structlog.testing import capture_logs

from daemon.channels.deliver import Deliverer
from daemon.demo.serve import serve
from daemon.http.fetch import Fetcher
from daemon.metrics import Metrics
from daemon.polling.poll import Poller
from daemon.polling.push import Push
from daemon.reading.reader import Reader
from daemon.storage import Storage
from daemon.web.server.server import WebServer
from daemon.web.websub import MAX_POST
from daemon.work.engine import Parts
from daemon.work.service import Service
from daemon.work.work import Work
from feeds.model import Changes, Subscription
from state.sql import SqlStore
from tests.conftest import Clock
from tests.daemon.conftest import LOOPBACK, no_sleep
from tests.samples import configured
from tests.whole.live import until

TOML = """
[server]
listen = "127.0.0.1:{port}"
public_url = "{public}"
token = "a-token-of-some-length"
[[source]]
id = "quay"
urls = ["{site}feed"]
kind = "feed"
interval = "1m"
full_text = false
"""

ENTRY = (
    "<entry><id>urn:{n}</id><title>Harbour news {n}</title><link href='{site}story-{n}'/>"
    "<updated>{at}</updated></entry>"
)


class Town:
    """A site with a feed, and the hub that it names: what the feed says, and what the hub was asked."""

    def __init__(self) -> None:
        self.address = ""
        self.stories = 2
        self.links = ""  # instead of the feed's own
        self.headers: dict[str, str] = {}
        self.asked: list[dict[str, str]] = []
        self.says: Callable[[Request], Any] = lambda _: Response(status_code=202)
        self.read = 0
        self.reading: Callable[[], Any] | None = None
        routes = [Route("/feed", self.feed), Route("/{hub}", self.hub, methods=["POST"])]
        self.app = Starlette(routes=routes)

    @property
    def topic(self) -> str:
        return f"{self.address}feed?self"

    async def feed(self, _: Request) -> Response:
        self.read += 1
        entries = "".join(
            ENTRY.format(n=n, site=self.address, at=f"2026-11-21T09:{n % 60:02}:00Z") for n in range(self.stories)
        )
        if self.reading is not None:
            await self.reading()
        own = f"<link rel='hub' href='{self.address}hub'/><link rel='self' href='{self.topic}'/>"
        links = self.links or own
        text = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Quay</title>{links}{entries}</feed>"
        return Response(text, media_type="application/atom+xml", headers=self.headers)

    async def hub(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), strict_parsing=True))
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        self.asked.append(form | {"at": request.url.path})
        said = self.says(request)
        return await said if asyncio.iscoroutine(said) else said


class House:
    """bantin, as far as hubs see it: polls, and the real web server."""

    def __init__(self, town: Town, store: SqlStore, clock: Clock, work: Work, metrics: Metrics, push: Push) -> None:
        self.town, self.store, self.clock, self.work, self.metrics, self.push = town, store, clock, work, metrics, push
        self.client = httpx.AsyncClient(trust_env=False)

    async def poll(self, *, wait: bool = True) -> Changes:
        """Poll the source, due or not; ``wait`` until hubs are asked."""
        claim = self.store.claim_source("test", "quay", 60)
        assert claim is not None
        source = self.work.config.source("quay")
        assert source is not None
        changes = await self.work.poll(source, claim)
        assert isinstance(changes, Changes), changes
        assert changes.state.failure is None, changes.state.failure
        if wait:
            await self.push.done()
        return changes

    def only(self) -> Subscription:
        """The only subscription."""
        (one,) = self.store.subscriptions()
        return one

    async def verify(self, form: dict[str, str] | None = None, **other: str) -> httpx.Response:
        """Ask whether it asked, as the hub does for the last form."""
        form = form or self.town.asked[-1]
        query = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": "chal-lenge",
            "hub.lease_seconds": "864000",
        }
        query |= {name.replace("_", ".", 1): value for name, value in other.items()}
        return await self.client.get(form["hub.callback"], params={k: v for k, v in query.items() if v})

    async def post(self, body: bytes = b"<feed/>", signature: bytes | None = None, method: str = "sha256") -> int:
        """Post as the hub does, by default with the right signature."""
        form = next(form for form in reversed(self.town.asked) if "hub.secret" in form)
        if signature is None:
            signature = f"{method}={hmac.new(form['hub.secret'].encode(), body, method).hexdigest()}".encode()
        headers = {"x-hub-signature": signature} if signature else {}
        return (await self.client.post(form["hub.callback"], content=body, headers=headers)).status_code

    async def subscribed(self) -> None:
        """Poll, have it verified, and post once."""
        await self.poll()
        assert (await self.verify()).status_code == 200
        await self.told()

    async def told(self) -> None:
        """Post, and wait until that is stored."""
        before = self.only().last_push
        self.clock.go_on(seconds=1)
        assert await self.post() == 202
        await until(lambda: self.only().last_push != before)

    def due_in(self) -> float:
        """Seconds until the source is due."""
        (row,) = self.store.sources(["quay"])
        return (row.state.due_at - self.clock()).total_seconds()

    def counted(self, name: str) -> float:
        """A number of the metrics."""
        text = self.metrics.text(self.store.source_counts(), {}, self.clock()).decode()
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return next(sample.value for sample in samples if sample.name == name)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    built = Town()
    async with serve(built.app) as built.address:
        yield built


@pytest.fixture
async def house(town: Town, store: SqlStore, clock: Clock, reader: Reader, tmp_path: Path) -> AsyncIterator[House]:
    async with opened(town, store, clock, reader, tmp_path) as found:
        yield found


@asynccontextmanager
async def opened(
    town: Town, store: SqlStore, clock: Clock, reader: Reader, folder: Path, **fetch: Any
) -> AsyncIterator[House]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    text = TOML.format(port=port, public=f"http://127.0.0.1:{port}/", site=town.address)
    config = msgspec.structs.replace(configured(folder, text), fetch=LOOPBACK)
    store.sync({"quay": 60.0}, {})
    storage, metrics = Storage(store), Metrics()
    fetcher = Fetcher(msgspec.structs.replace(LOOPBACK, **fetch), reader, sleep=no_sleep)
    poller = Poller(storage, fetcher, reader, "test", clock=clock)
    push = Push(storage, fetcher, clock)
    parts = Parts("test", storage, fetcher, reader, poller, cast(Deliverer, None))
    work = Work(parts, config, delivered=lambda *_: None, trouble=lambda error: pytest.fail(str(error)), push=push)
    async with WebServer(config, storage, reader, lambda: False, metrics):
        found = House(town, store, clock, work, metrics, push)
        yield found
        await found.client.aclose()
        await work.close()
    await fetcher.close()
    storage.close()


# -- as it should be


async def test_a_feed_with_a_hub_is_subscribed_to(house: House, clock: Clock) -> None:
    """Stories would come with the next poll, though the site offers to tell of them at once."""
    await house.poll()
    (form,) = house.town.asked
    one = house.only()
    assert form == {
        "at": "/hub",
        "hub.mode": "subscribe",
        "hub.topic": house.town.topic,
        "hub.callback": f"{house.work.config.server.public_url}websub/{one.name}",
        "hub.secret": one.secret,
        "hub.lease_seconds": "864000",
    }
    assert len(one.name) == 32
    assert len(one.secret) == 64
    assert one.verified_until is None
    answer = await house.verify()
    assert (answer.status_code, answer.text) == (200, "chal-lenge")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert house.only().verified_until == clock() + timedelta(days=10)
    assert house.only().tries == 0
    clock.go_on(minutes=2)
    await house.poll()
    assert len(house.town.asked) == 1


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_a_post_has_the_source_polled_at_once_and_rarely_after_that(
    house: House, clock: Clock, method: str
) -> None:
    """The newsroom would wait for a story that its hub has told of."""
    await house.poll()
    await house.verify()
    clock.go_on(seconds=50)
    assert house.due_in() == 10
    house.town.stories += 1
    assert await house.post(b"<feed>anything</feed>", method=method) == 202
    await until(lambda: house.due_in() == 0)
    (claim,) = house.store.claim_polls("test", 5, 60)
    house.store.release("test")
    assert claim.state.id == "quay"
    clock.go_on(seconds=1)
    assert (await house.poll()).tally.new == 1
    assert house.due_in() == 3600
    assert house.counted("bantin_websub_pushes_total") == 1
    clock.go_on(minutes=40)
    await house.told()
    assert house.due_in() == 0


async def test_a_hub_that_does_not_tell_is_not_relied_on(house: House, clock: Clock) -> None:
    """The stories of a site whose hub stopped posting would be an hour late for ever."""
    await house.subscribed()
    clock.go_on(seconds=40)
    await house.poll()
    assert house.due_in() == 3600
    clock.go_on(hours=1)
    await house.poll()
    assert house.due_in() == 3600
    clock.go_on(hours=1)
    house.town.stories += 1
    with capture_logs() as said:
        assert (await house.poll()).tally.new == 1
    assert [line["stories"] for line in said if line["event"] == "hub did not tell"] == [1]
    assert house.only().last_push is None
    clock.go_on(minutes=5)
    await house.poll()
    assert house.due_in() == 60
    await house.told()
    clock.go_on(minutes=5)
    await house.poll()
    assert house.due_in() == 3600


async def test_a_subscription_is_renewed_before_it_ends(house: House, clock: Clock) -> None:
    """After ten days nobody would tell of anything any more."""
    await house.subscribed()
    clock.go_on(days=8)
    await house.poll()
    assert len(house.town.asked) == 1
    clock.go_on(days=1)
    await house.poll()
    first, again = house.town.asked
    assert again == first
    assert house.due_in() == 3600  # the old one holds meanwhile
    await house.verify()
    assert house.only().verified_until == clock() + timedelta(days=10)


async def test_a_hub_that_does_not_verify_is_asked_again_later(house: House, clock: Clock) -> None:
    """A hub that lost a question would never be asked again, or at each poll."""
    await house.poll()
    await house.poll()
    clock.go_on(hours=1)
    await house.poll()
    clock.go_on(hours=1)
    await house.poll()
    assert len(house.town.asked) == 2
    assert house.only().tries == 2
    assert house.due_in() == 60


async def test_a_hub_that_leaves_the_feed_is_left(house: House, clock: Clock) -> None:
    """A hub would go on posting to bantin what nobody there wants."""
    await house.subscribed()
    house.town.links = "<link rel='self' href='x'/>"
    clock.go_on(hours=1)
    await house.poll()
    form = house.town.asked[-1]
    assert (form["hub.mode"], form["hub.topic"]) == ("unsubscribe", house.town.topic)
    assert "hub.secret" not in form
    assert await house.post() == 410
    assert (await house.verify(hub_mode="subscribe")).status_code == 404
    assert (await house.verify()).text == "chal-lenge"
    assert house.store.subscriptions() == []
    clock.go_on(hours=1)
    await house.poll()
    assert house.due_in() == 60
    assert (await house.verify()).status_code == 404


async def test_what_leaves_the_configuration_is_left_and_forgotten(house: House, clock: Clock) -> None:
    """A hub would post for ever for a source that nobody watches."""
    await house.subscribed()
    config = house.work.config
    await house.work.tend_hubs()
    assert len(house.town.asked) == 1
    house.work.config = msgspec.structs.replace(config, sources=(), feeds=())
    await house.work.tend_hubs()
    await house.work.tend_hubs()
    assert [form["hub.mode"] for form in house.town.asked] == ["subscribe", "unsubscribe"]
    clock.go_on(days=1)
    await house.work.tend_hubs()
    assert house.store.subscriptions() == []


async def test_without_a_public_address_nobody_is_asked(house: House) -> None:
    """A hub would be given an address that it cannot reach, and the source be polled rarely for a promise."""
    await house.subscribed()
    config = house.work.config
    server = msgspec.structs.replace(config.server, public_url="")
    house.work.config = config = msgspec.structs.replace(config, server=server)
    await house.work.tend_hubs()
    assert house.store.subscriptions() == []
    await house.poll()
    assert len(house.town.asked) == 1
    assert house.store.subscriptions() == []


async def test_another_public_address_is_told_to_the_hub(house: House, clock: Clock) -> None:
    """The hub would post to where bantin was before, for ten days."""
    await house.subscribed()
    config = house.work.config
    server = msgspec.structs.replace(config.server, public_url="http://elsewhere.example/")
    house.work.config = msgspec.structs.replace(config, server=server)
    clock.go_on(minutes=5)
    await house.poll()
    old, leave, new = house.town.asked
    assert (leave["hub.mode"], leave["hub.callback"]) == ("unsubscribe", old["hub.callback"])
    assert new["hub.callback"].startswith("http://elsewhere.example/websub/")
    assert new["hub.secret"] != old["hub.secret"]


async def test_a_post_during_a_poll_is_not_forgotten(house: House, clock: Clock) -> None:
    """A story of the minute in which another one was read would be found an hour later."""
    await house.subscribed()
    clock.go_on(minutes=5)

    async def meanwhile() -> None:
        house.town.reading = None
        await house.told()

    house.town.reading = meanwhile
    await house.poll()
    assert house.due_in() == 30  # seconds after the poll that may have come too early


async def test_a_running_daemon_hears_its_hubs(town: Town, tmp_path: Path) -> None:
    """All the parts would be right, and the daemon ask nobody, or not poll when it is told to."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        base = f"http://127.0.0.1:{free.getsockname()[1]}/"
    text = TOML.format(port=base.split(":")[2].strip("/"), public=base, site=town.address)
    text = text.replace('"1m"', '"1d"') + f'[state]\nurl = "sqlite:///{tmp_path}/bantin.db"\n'
    service = Service(msgspec.structs.replace(configured(tmp_path, text), fetch=LOOPBACK))
    async with httpx.AsyncClient(trust_env=False) as client:
        with capture_logs() as said:
            running = asyncio.create_task(service.run())
            await until(lambda: town.asked)
            form = town.asked[0]
            query = {
                "hub.mode": "subscribe",
                "hub.topic": town.topic,
                "hub.challenge": "c",
                "hub.lease_seconds": "86400",
            }
            assert (await client.get(form["hub.callback"], params=query)).text == "c"
            read, town.stories = town.read, 3
            signature = f"sha256={hmac.new(form['hub.secret'].encode(), b'', 'sha256').hexdigest()}"
            service._work.storage.store.clock = lambda: datetime.now(UTC) + timedelta(minutes=1)  # it has rested
            assert (await client.post(form["hub.callback"], headers={"x-hub-signature": signature})).status_code == 202
            await until(lambda: town.read > read)
            await until(lambda: any(line.get("new") == 1 for line in said))
            service.stop()
            await running


# -- hubs and others that mean no good


@pytest.mark.parametrize(
    "signature",
    [b"", b"sha256=", b"sha256=" + b"0" * 64, b"md5=" + b"0" * 32, b"=", b"sha256", "sha256=é".encode(), b"x" * 9000],
)
async def test_a_post_with_a_wrong_signature_is_refused_and_counted(house: House, signature: bytes) -> None:
    """Whoever learns the address could have a site polled without end, in the hub's name."""
    await house.poll()
    await house.verify()
    house.clock.go_on(seconds=10)
    with capture_logs() as said:
        for _ in range(5):
            assert await house.post(signature=signature) == 202  # nobody learns by trying
        await until(lambda: house.only().refused == 5)
    assert [line["times"] for line in said if line["event"] == "hub's post refused"] == [1, 2, 4]
    assert house.only().last_push is None
    assert house.due_in() == 50
    assert house.counted("bantin_websub_refused_total") == 5
    assert house.counted("bantin_websub_pushes_total") == 0


async def test_a_signature_is_of_the_whole_body(house: House) -> None:
    """A post that somebody changed on its way would count as the hub's."""
    await house.poll()
    secret = house.only().secret.encode()
    signed = f"sha256={hmac.new(secret, b'<feed/>', 'sha256').hexdigest()}".encode()
    await house.post(b"<feed/> ", signed)
    await until(lambda: house.only().refused == 1)
    assert house.only().last_push is None


async def test_a_post_of_ten_megabytes_is_refused(house: House) -> None:
    """Memory would go to what is thrown away."""
    await house.poll()
    await house.verify()
    house.clock.go_on(seconds=10)
    with contextlib.suppress(httpx.WriteError):  # the server had enough before all was sent
        assert await house.post(b"x" * 10_000_000) == 413
    await until(lambda: house.only().refused == 1)
    assert house.due_in() == 50
    assert await house.post(b"x" * MAX_POST) == 202
    await until(lambda: house.due_in() == 20)


async def test_a_flood_of_posts_is_one_poll_in_half_a_minute(house: House) -> None:
    """A hub that posts without end would have the site asked without end."""
    await house.subscribed()
    house.clock.go_on(minutes=5)
    await house.poll()
    polled = house.clock()
    stored = 0
    heard = house.store.heard

    def counted(*args: Any) -> None:
        nonlocal stored
        stored += 1
        time.sleep(0.05)
        heard(*args)

    house.work.storage.store.heard = counted  # type: ignore[method-assign]
    house.clock.go_on(seconds=2)
    for _ in range(5):
        assert set(await asyncio.gather(*(house.post() for _ in range(40)))) == {202}
    await until(lambda: house.only().last_push == house.clock())
    assert stored < 60
    assert house.due_in() == 28
    assert house.store.claim_polls("test", 5, 60) == []
    (row,) = house.store.sources(["quay"])
    assert row.state.due_at == polled + timedelta(seconds=30)


async def test_a_refusal_is_heard(house: House, clock: Clock) -> None:
    """A hub that does not want bantin would be asked day after day, and the source be polled rarely all the same."""
    await house.subscribed()
    with capture_logs() as said:
        assert (
            await house.verify(hub_mode="denied", hub_reason="too\x1b[31m many", hub_challenge="")
        ).status_code == 200
    assert [line["reason"] for line in said if line["event"] == "hub refused"] == ["too[31m many"]
    assert house.only().verified_until is None
    clock.go_on(days=1)
    await house.poll()
    assert house.due_in() == 60
    assert len(house.town.asked) == 1
    clock.go_on(days=9)
    await house.poll()
    assert len(house.town.asked) == 2
    await house.verify()
    assert house.only().denied_at is None


async def test_a_hub_that_makes_sure_again_and_again_changes_nothing(house: House, clock: Clock) -> None:
    """A hub could have the database written without end, or make what it granted last for ever."""
    await house.poll()
    await house.verify()
    before = house.only()
    clock.go_on(days=5)
    for _ in range(3):
        assert (await house.verify(hub_lease_seconds="9" * 300)).text == "chal-lenge"
    assert house.only() == before
    await house.verify(hub_mode="denied")
    before = house.only()
    clock.go_on(hours=1)
    assert (await house.verify(hub_mode="denied")).status_code == 200
    assert (await house.verify()).status_code == 404
    assert house.only() == before


@pytest.mark.parametrize("lease", ["1" + "0" * 300, "-1", "NaN", ""])
async def test_what_a_hub_grants_is_bounded(house: House, clock: Clock, lease: str) -> None:
    """A number that no clock can hold would stop the daemon, or the subscription never be asked for again."""
    await house.poll()
    assert (await house.verify(hub_lease_seconds=lease)).status_code == 200
    wanted = timedelta(days=30) if lease.startswith("1") else timedelta(hours=1)
    assert house.only().verified_until == clock() + wanted


@pytest.mark.parametrize(
    "other",
    [
        {"hub_topic": "http://other.example/feed"},
        {"hub_topic": ""},
        {"hub_mode": "unsubscribe"},
        {"hub_mode": ""},
        {"hub_mode": "denied", "hub_topic": "http://other.example/feed"},
        {"hub_challenge": ""},
        {"hub_challenge": "x" * 1025},
        {"hub_challenge": "\x00\x01"},
        {"hub_challenge": "<é>"},
    ],
)
async def test_what_was_not_asked_for_is_not_confirmed(house: House, other: dict[str, str]) -> None:
    """A hub could have bantin agree to topics that it never heard of, or repeat to a browser what it is told."""
    await house.poll()
    before = house.only()
    answer = await house.verify(**other)
    assert (answer.status_code, answer.text) == (404, "Not Found\n")
    assert house.only() == before


@pytest.mark.parametrize("name", ["0" * 32, "x", "%00", "a" * 500, "%D0%B0" * 32, "' OR 1=1"])
async def test_a_name_that_nobody_was_told_is_not_there(house: House, name: str) -> None:
    """Anybody could have sites polled."""
    await house.poll()
    form = house.town.asked[-1] | {"hub.callback": f"{house.work.config.server.public_url}websub/{name}"}
    assert (await house.verify(form)).status_code == 404
    assert (await house.client.post(form["hub.callback"], content=b"x")).status_code == 410


async def test_the_hubs_addresses_need_no_token_and_open_nothing_else(house: House) -> None:
    """A hub would be asked for a token that it does not have, or bring others in with it."""
    base = house.work.config.server.public_url
    for path, status in {
        "websub/x": 404,
        "websub/": 404,
        "websub": 401,
        "sources": 401,
        "websub/../sources": 401,
    }.items():
        assert (await house.client.get(base + path)).status_code == status, path
    answer = await house.client.delete(f"{base}websub/x", headers={"accept": "text/html"})
    assert answer.status_code == 405


@pytest.mark.parametrize(
    "hub", ["http://10.1.2.3/hub", "http://169.254.169.254/latest", "http://[::1]:9/", "http://localhost.invalid/"]
)
async def test_a_hub_in_a_private_network_is_not_asked(house: House, hub: str) -> None:
    """A feed could have bantin post into its operator's own network."""
    house.town.links = f"<link rel='hub' href='{hub}'/>"
    with capture_logs() as said:
        await house.poll()
    (told,) = (line for line in said if line["event"] == "hub not asked")
    assert told["hub"] == hub
    assert "allow_networks" in told["cause"] or "invalid" in hub
    assert house.only().secret not in str(said)
    await house.poll()
    assert house.only().tries == 1


async def test_a_hub_may_send_on_with_307_and_308_only(house: House, clock: Clock) -> None:
    """A hub that moved would not be found; or the secret go where it was never meant to."""
    answers = {"/hub": (307, "/two"), "/two": (308, "/three"), "/three": (202, "")}

    def moved(request: Request) -> Response:
        status, to = answers[request.url.path]
        return RedirectResponse(to, status) if to else Response(status_code=status)

    house.town.says = moved
    await house.poll()
    assert [form["at"] for form in house.town.asked] == ["/hub", "/two", "/three"]
    assert len({form["hub.callback"] for form in house.town.asked}) == 1
    for hop in ((302, "/two"), (307, "http://10.1.2.3/"), (307, "file:///etc/passwd"), (307, "/hub")):
        answers["/hub"] = hop
        house.town.asked.clear()
        clock.go_on(days=2)
        with capture_logs() as said:
            await house.poll()
        assert len(house.town.asked) == (4 if hop[1] == "/hub" else 1)
        assert [line["event"] for line in said].count("hub not asked") == 1, hop


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
async def test_a_hub_that_refuses_the_form_costs_nothing(house: House, status: int) -> None:
    """A hub that fails would make its source fail."""
    house.town.says = lambda _: PlainTextResponse("no\x1b[31m" * 100_000, status)
    with capture_logs() as said:
        await house.poll()
    (told,) = (line for line in said if line["event"] == "hub not asked")
    assert told["cause"].startswith(f"HTTP {status}")
    assert house.due_in() == 60


async def test_a_slow_hub_holds_nobody_up(
    town: Town, store: SqlStore, clock: Clock, reader: Reader, tmp_path: Path
) -> None:
    """A hub that never answers would stop the polls of its source, or for ever hold a connection."""

    async def silent(_: Request) -> Response:
        await asyncio.sleep(30)
        raise AssertionError("it was waited for")

    town.says = silent
    async with opened(town, store, clock, reader, tmp_path, timeout=0.5) as house:
        await house.poll(wait=False)
        clock.go_on(hours=2)
        await house.poll(wait=False)
        with capture_logs() as said:
            await house.push.done()
        (told,) = (line for line in said if line["event"] == "hub not asked")
        assert "0.5 s" in told["cause"] or "does not answer" in told["cause"]
        assert len(town.asked) == 1


async def test_a_feed_that_names_a_thousand_hubs_has_one_asked(house: House) -> None:
    """A feed could have bantin post to a thousand servers."""
    house.town.links = "".join(f"<link rel='hub' href='{house.town.address}hub-{n}'/>" for n in range(1000))
    await house.poll()
    assert [form["at"] for form in house.town.asked] == ["/hub-0"]


async def test_a_feed_that_names_another_hub_each_time_has_one_asked_in_an_hour(house: House, clock: Clock) -> None:
    """A feed could have bantin post to another server each minute, and the database grow."""
    for n in range(0, 130, 10):
        house.town.links = f"<link rel='hub' href='{house.town.address}hub-{n}'/>"
        house.town.stories = n + 1
        await house.poll()
        clock.go_on(minutes=10)
    assert [form["at"] for form in house.town.asked] == ["/hub-0", "/hub-60", "/hub-120"]
    assert house.only().hub.endswith("hub-120")


async def test_link_headers_count_as_well(house: House) -> None:
    """A publisher who says it in the header, as the standard wishes it, would not be heard."""
    house.town.links = "<subtitle>x</subtitle>"
    house.town.headers = {"link": f'<{house.town.address}other>; rel="hub", <{house.town.topic}>; rel="self"'}
    await house.poll()
    assert [(form["at"], form["hub.topic"]) for form in house.town.asked] == [("/other", house.town.topic)]
