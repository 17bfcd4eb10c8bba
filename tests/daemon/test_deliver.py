"""Deliveries: signed, posted to a real receiver, judged, and recorded in a real database."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
import starlette.requests
from standardwebhooks.webhooks import Webhook as Verifier
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from daemon.channels import deliver
from daemon.channels.deliver import Deliverer
from daemon.config import Fetch
from daemon.demo.receiver import Receiver
from daemon.demo.serve import serve
from daemon.storage import Storage
from feeds.deciding.retry import MAX_RETRY_AFTER, MISSING, WAITS
from feeds.deciding.rules import Audience
from feeds.model import Attempt, Changes, Delivery, Endpoint, Event
from state.sql import SqlStore
from state.store import DeliveryRow, Due
from tests.conftest import NOW, Clock
from tests.daemon.conftest import LOOPBACK
from tests.daemon.names import needs_name
from tests.daemon.servers import Request, Says, answer, redirect, serving, silence
from tests.feeds.makers import SECRET, state

BODY = '{"type":"article.published","data":{"article":{"title":"Lễ hội “đua thuyền”"}}}'.encode()


class Outbox:
    """One webhook's deliveries: puts events into the store, claims them, and has them delivered."""

    def __init__(self, store: SqlStore, deliverer: Deliverer, clock: Clock) -> None:
        self.store, self.deliverer, self.clock = store, deliverer, clock

    def put(self, *names: str) -> None:
        """Events as a poll commits them."""
        self.store.sync({"src": 600.0}, {"hook": "https://hook.example/"})
        assert self.store.claim_source("test", "src", 60) is not None
        events = tuple(
            Event(
                id=f"evt_{name}",
                type="article.published",
                source_id="src",
                created=self.clock(),
                payload=BODY,
                entry_id=f"urn:{name}",
            )
            for name in names
        )
        deliveries = tuple(Delivery(event_id=event.id, endpoint_id="hook") for event in events)
        self.store.commit(Changes(state=state(), events=events, deliveries=deliveries), "test")

    def due(self) -> list[Due]:
        return self.store.claim_deliveries("test", "hook", 10, 60)

    async def send(self, url: str, name: str = "a") -> tuple[DeliveryRow, list[Attempt]]:
        """Put one event, deliver it to ``url``; how it stands then, and its attempts."""
        self.put(name)
        (due,) = self.due()
        await self.deliverer.deliver(due, Endpoint(id="hook", url=url, secrets=(SECRET,)))
        return self.row(due)

    def row(self, due: Due) -> tuple[DeliveryRow, list[Attempt]]:
        found = self.store.delivery(due.id)
        assert found is not None
        return found[0], found[2]


Open = Callable[..., Outbox]


@pytest.fixture
async def open_outbox(store: SqlStore, clock: Clock) -> AsyncIterator[Open]:
    storage = Storage(store)
    opened: list[Deliverer] = []

    def make(fetch: Fetch = LOOPBACK) -> Outbox:
        opened.append(Deliverer(storage, fetch, clock=clock, luck=lambda: 0.0))
        return Outbox(store, opened[-1], clock)

    yield make
    for deliverer in opened:
        await deliverer.close()
    storage.close()


@pytest.fixture
def outbox(open_outbox: Open) -> Outbox:
    return open_outbox()


async def told(outbox: Outbox, says: Says) -> tuple[DeliveryRow, Attempt, int]:
    """What becomes of a delivery that gets this answer: its row, its only attempt, the number of requests."""
    async with serving(says) as server:
        row, (attempt,) = await outbox.send(server.url("/hook"))
        return row, attempt, len(server.got)


async def test_an_alert_arrives_signed(outbox: Outbox, clock: Clock) -> None:
    """A receiver could not tell bantin's alerts from forged ones."""
    clock.now = deliver.datetime.now(NOW.tzinfo)  # the verifier goes by the real time
    receiver = Receiver(SECRET)
    async with serve(receiver.app) as address:
        row, (attempt,) = await outbox.send(f"{address}hook")
    assert receiver.refused == 0
    assert [(name, body["data"]["article"]["title"]) for name, body in receiver.got] == [
        ("evt_a", "Lễ hội “đua thuyền”")
    ]
    assert (row.state, row.attempts, row.last_status) == ("delivered", 1, 204)
    assert (attempt.status, attempt.error) == (204, None)
    assert outbox.due() == []


async def test_another_secret_does_not_fit(outbox: Outbox, clock: Clock) -> None:
    """A signature that fits any secret would protect nobody."""
    clock.now = deliver.datetime.now(NOW.tzinfo)
    receiver = Receiver("whsec_YW5vdGhlci1zZWNyZXQtb2Ytc29tZW9uZQ==")
    async with serve(receiver.app) as address:
        row, _ = await outbox.send(f"{address}hook")
    assert (receiver.refused, receiver.got) == (1, [])
    assert (row.state, row.last_status) == ("pending", 400)


async def test_the_request_is_what_standard_webhooks_asks_for(outbox: Outbox, clock: Clock) -> None:
    """Receivers built with any Standard Webhooks library would refuse the alerts."""
    heads: list[Request] = []

    async def ok(request: Request, writer: asyncio.StreamWriter) -> None:
        heads.append(request)
        writer.write(answer(status="202 Accepted"))

    async with serving(ok) as server:
        await outbox.send(server.url("/hook?x=1"))
    (request,) = heads
    assert request.path == "/hook?x=1"
    headers = request.headers
    assert headers["content-type"] == "application/json"
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("evt_a", str(int(clock().timestamp())))
    assert headers["webhook-signature"] == Verifier(SECRET).sign("evt_a", clock(), BODY.decode())
    assert int(headers["content-length"]) == len(BODY)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_every_2xx_is_success(outbox: Outbox, status: int) -> None:
    """Receivers that answer 202 would get each alert ten times."""
    row, attempt, _ = await told(outbox, answer(status=f"{status} Fine"))
    assert (row.state, attempt.status) == ("delivered", status)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_failures_and_not_followed(outbox: Outbox, status: int) -> None:
    """An alert with its signature would be sent to an address that the operator never named."""
    says = {"/hook": answer(status=f"{status} Moved", location="/other"), "/other": answer()}
    async with serving(says) as server:
        row, (attempt,) = await outbox.send(server.url("/hook"))
        assert server.paths == ["/hook"]
    assert (row.state, attempt.status) == ("pending", status)


async def test_a_redirect_to_nowhere_is_a_failure(outbox: Outbox) -> None:
    """A receiver's nonsense would end the delivery without a trace, and it would be tried for ever."""
    row, attempt, requests = await told(outbox, redirect("javascript:alert(1)"))
    assert (row.state, row.attempts, requests) == ("pending", 1, 1)
    assert attempt.error is not None


async def test_410_disables_the_endpoint(outbox: Outbox, store: SqlStore) -> None:
    """A receiver that is gone for good would be knocked at for days."""
    row, attempt, _ = await told(outbox, answer(status="410 Gone"))
    assert (row.state, attempt.status) == ("pending", 410)
    assert store.endpoints()["hook"].state.disabled_why == "it answered 410 Gone"
    outbox.put("b")
    outbox.clock.go_on(days=3)
    assert outbox.due() == []


@pytest.mark.parametrize("status", [410, 404])
async def test_others_hear_of_a_disabled_endpoint(outbox: Outbox, store: SqlStore, status: int) -> None:
    """A desk would get nothing any more, and nobody know."""
    times = 1 if status == 410 else MISSING
    outbox.put(*(f"n{n}" for n in range(times)))
    store.sync({"src": 600.0}, {"hook": "https://hook.example/", "ops": "https://ops.example/"})
    async with serving(answer(status=f"{status} Oops")) as server:
        hook = Endpoint(id="hook", url=server.url("/hook"), secrets=(SECRET,), events=("endpoint.disabled",))
        ops = Endpoint(id="ops", url="https://ops.example/", secrets=(SECRET,), events=("endpoint.disabled",))
        audience = Audience(endpoints=(hook, ops))
        for due in outbox.due():
            assert store.endpoints()["hook"].state.disabled_at is None
            await outbox.deliverer.deliver(due, hook, audience)
    state = store.endpoints()["hook"].state
    assert str(status) in (state.disabled_why or "")
    told = store.deliveries("pending", "ops", 9)
    assert [row.type for row in told] == ["endpoint.disabled"]
    assert [row.endpoint_id for row in store.deliveries(None, None, 50) if row.type == "endpoint.disabled"] == ["ops"]
    found = store.delivery(told[0].id)
    assert found is not None
    data = json.loads(found[1].payload)["data"]
    assert data["endpoint"] == {"id": "hook", "kind": "webhook"}
    assert (data["waiting"], "notify enable hook" in data["hint"]) == (times, True)


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 502, 503])
async def test_other_statuses_are_tried_again_later(outbox: Outbox, clock: Clock, status: int) -> None:
    """An alert would be lost because a receiver was restarted just then."""
    row, attempt, requests = await told(outbox, answer(status=f"{status} Oops"))
    assert (row.state, row.attempts, attempt.status, requests) == ("pending", 1, status, 1)
    assert row.due_at == clock() + timedelta(seconds=WAITS[0])
    assert outbox.due() == []
    clock.go_on(seconds=WAITS[0])
    (due,) = outbox.due()
    assert (due.event.id, due.event.payload, due.attempts) == ("evt_a", BODY, 1)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "wait"), [("120", 120), ("1", WAITS[0]), ("99999999", MAX_RETRY_AFTER), ("²", WAITS[0])]
)
async def test_retry_after_is_honoured(outbox: Outbox, clock: Clock, status: int, asked: str, wait: float) -> None:
    """A receiver that asks for patience would be pressed all the same."""
    row, attempt, _ = await told(outbox, answer(status=f"{status} Busy", retry_after=asked))
    assert attempt.status == status
    assert row.due_at == clock() + timedelta(seconds=wait)


async def test_retry_after_of_other_statuses_is_none(outbox: Outbox, clock: Clock) -> None:
    """A broken receiver could put its alerts off for a day."""
    row, _, _ = await told(outbox, answer(status="500 Oops", retry_after="5000"))
    assert row.due_at == clock() + timedelta(seconds=WAITS[0])


async def test_a_receiver_that_never_answers_is_left(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """One hanging receiver would hold up all alerts to it for ever."""
    monkeypatch.setattr(deliver, "TIMEOUT", 0.05)
    row, attempt, requests = await told(outbox, silence)
    assert (row.state, attempt.status, attempt.error) == ("pending", None, "no answer within 0.05 s")
    assert requests == 1
    assert attempt.duration >= 0.05


async def test_an_endless_answer_is_not_read(outbox: Outbox) -> None:
    """A receiver could fill the daemon's memory with its answer."""

    async def endless(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(length=10**12))
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    row, attempt, _ = await told(outbox, endless)
    assert (row.state, attempt.status) == ("delivered", 200)


@pytest.mark.parametrize(("said", "error"), [(b"", "closed the connection"), (b"SSH-2.0-x\r\n\r\n", "no HTTP")])
async def test_what_is_no_answer_is_told(outbox: Outbox, said: bytes, error: str) -> None:
    """The operator would not learn why alerts do not arrive."""
    row, attempt, requests = await told(outbox, said)
    assert row.state == "pending"
    assert error in (attempt.error or "")
    assert row.last_error == attempt.error
    assert requests == 1  # whether it was received is not known: the next attempt comes later


async def test_nobody_there_is_told(outbox: Outbox) -> None:
    """The operator would not learn that nothing listens at the webhook's address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    row, (attempt,) = await outbox.send(f"http://127.0.0.1:{port}/hook")
    assert row.state == "pending"
    assert f"no connection to 127.0.0.1:{port}" in (attempt.error or "")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"])
async def test_private_addresses_are_refused(open_outbox: Open, host: str) -> None:
    """A webhook's name that is turned to the inside would carry alerts to the operator's own network."""
    needs_name(host)
    outbox = open_outbox(Fetch(user_agent="bantin-test"))
    async with serving(answer()) as server:
        row, (attempt,) = await outbox.send(server.url("/hook", host=host))
        assert server.got == []
    assert row.state == "pending"
    assert "allow_networks" in (attempt.error or "")


async def test_every_attempt_is_recorded_until_the_last(outbox: Outbox, clock: Clock) -> None:
    """The operator could not see what became of an alert, or it would be tried for ever."""
    hook = Endpoint(id="hook", url="", secrets=(SECRET,))
    outbox.put("a")
    began, verdicts = clock(), []
    async with serving(answer(status="500 Oops")) as server:
        for number in range(len(WAITS) + 1):
            (due,) = outbox.due()
            assert due.attempts == number
            _, verdict = await outbox.deliverer.deliver(due, Endpoint(id=hook.id, url=server.url(), secrets=(SECRET,)))
            verdicts.append(verdict.state)
            clock.now = verdict.due_at or clock()
        assert {request.headers["webhook-id"] for request in server.got} == {"evt_a"}
        stamps = [request.headers["webhook-timestamp"] for request in server.got]
    assert stamps == sorted(set(stamps))
    row, attempts = outbox.row(due)
    assert verdicts == ["pending"] * len(WAITS) + ["dead"]
    assert (row.state, row.attempts, row.last_status) == ("dead", len(WAITS) + 1, 500)
    assert [attempt.status for attempt in attempts] == [500] * (len(WAITS) + 1)
    assert clock() - began == timedelta(seconds=sum(WAITS)) > timedelta(days=2)
    clock.go_on(days=30)
    assert outbox.due() == []


async def test_many_alerts_reach_the_receiver_each_once(outbox: Outbox, clock: Clock) -> None:
    """Alerts of one poll would be lost or doubled when they go out at the same time."""
    clock.now = deliver.datetime.now(NOW.tzinfo)
    receiver = Receiver(SECRET)
    outbox.put(*"abcdefgh")
    async with serve(receiver.app) as address:
        hook = Endpoint(id="hook", url=f"{address}hook", secrets=(SECRET,))
        await asyncio.gather(*(outbox.deliverer.deliver(due, hook) for due in outbox.due()))
    assert sorted(name for name, _ in receiver.got) == [f"evt_{name}" for name in "abcdefgh"]
    assert outbox.store.endpoints()["hook"].waiting == 0


async def test_hub_is_sent_the_feeds_that_changed(outbox: Outbox, store: SqlStore) -> None:
    """Subscribers who wait for the hub would hear of nothing, or the hub be sent what it cannot read."""
    got: list[tuple[str, str, dict[str, str]]] = []

    async def hub(request: starlette.requests.Request) -> Response:
        body = (await request.body()).decode()
        got.append((request.headers["content-type"], body, dict(request.headers)))
        return Response(status_code=202)

    async with serve(Starlette(routes=[Route("/", hub, methods=["POST"])])) as address:
        payload = b"hub.mode=publish&hub.url=https%3A%2F%2Ff.example%2Ffeeds%2Fa.atom"
        store.sync({"src": 600.0}, {"hook": address})
        assert store.claim_source("test", "src", 60) is not None
        event = Event(id="evt_h", type="feed.changed", source_id="src", created=NOW, payload=payload)
        changes = Changes(state=state(), events=(event,), deliveries=(Delivery(event_id="evt_h", endpoint_id="hook"),))
        store.commit(changes, "test")
        (due,) = outbox.due()
        await outbox.deliverer.deliver(due, Endpoint(id="hook", url=address, secrets=("",), channel="websub"))
    ((kind, body, headers),) = got
    assert kind == "application/x-www-form-urlencoded"
    assert parse_qs(body) == {"hub.mode": ["publish"], "hub.url": ["https://f.example/feeds/a.atom"]}
    assert "webhook-signature" not in headers
    assert outbox.row(due)[0].state == "delivered"
