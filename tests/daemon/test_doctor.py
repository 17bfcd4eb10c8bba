"""``bantin doctor``, before real faults."""

from __future__ import annotations

import asyncio
import email.utils
import shutil
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from daemon.doctor import Finding, examine
from state import databases
from state.sql import SqlStore
from tests.daemon.commands import SECRET, Run
from tests.daemon.servers import answer, serving
from tests.postgres import Server as Postgres

SOURCE = '[[source]]\nid = "ttv"\nurls = ["{url}"]\n'
HOOK = f'[[webhook]]\nid = "hook"\nurl = "{{url}}"\nsecret = "{SECRET}"\n'
FEED = '[[feed]]\nid = "f"\ntitle = "F"\nsources = ["ttv"]\ntoken = "opens-feed-f"\n'
LOOPBACK = '[fetch]\nallow_networks = ["127.0.0.0/8"]\n[deliver]\nallow_networks = ["127.0.0.0/8"]\n'


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        port: int = opened.getsockname()[1]
    return port


def written(folder: Path, *parts: str, port: int | None = None) -> Path:
    """A configuration of these parts, for its user only."""
    file = folder / "bantin.toml"
    listen = f'[server]\nlisten = "127.0.0.1:{port or free_port()}"\n'
    file.write_text(listen + "".join(parts), "utf-8")
    file.chmod(0o600)
    return file


def at(seconds: float) -> bytes:
    """An answer of a server whose clock is that far ahead."""
    return answer(status="404 Not Found", date=email.utils.formatdate(time.time() + seconds, usegmt=True))


async def found(file: Path, check: str, level: str | None = None) -> list[Finding]:
    """What the doctor finds in one check, of one level."""
    findings = await examine(file, lambda done, total: None)
    return [finding for finding in findings if finding.check == check and level in (None, finding.level)]


async def test_nothing_is_wrong(store: SqlStore, tmp_path: Path) -> None:
    """Faults that are none would send an operator looking for them, and be believed no longer."""
    async with serving(at(0)) as server, serving({"/readyz": answer(b"ready\n")}) as daemon:
        parts = LOOPBACK, SOURCE.format(url=server.url("/news")), HOOK.format(url=server.url("/hook"))
        findings = await examine(written(tmp_path, *parts, port=daemon.port), lambda done, total: None)
    assert [finding for finding in findings if finding.level != "ok"] == []
    checks = [
        "configuration",
        "secrets",
        "database",
        "disk",
        "clock",
        "names",
        "endpoints",
        "work",
        "browser",
        "daemon",
    ]
    assert [finding.check for finding in findings] == checks
    assert {request.path for request in server.got} == {"/robots.txt"}  # nothing was sent to the webhook


def test_the_command(run: Run, tmp_path: Path) -> None:
    """A script could not tell a machine with a fault from a good one; or the operator would get no list."""
    file = written(tmp_path, SOURCE.format(url="http://10.1.2.3/"))
    shown = run("doctor", "--config", file)
    assert shown.status == 1
    assert "fault  names          source ttv: 10.1.2.3 leads to 10.1.2.3, in a network that is refused" in shown.out
    assert "→ list that network in [fetch] allow_networks" in shown.out
    assert shown.out.endswith("1 fault\n")
    told = run("doctor", "--config", file, "--json").json
    assert told["well"] is False
    assert {"check", "level", "what", "do"} == told["findings"][0].keys()
    (tmp_path / "broken.toml").write_text("nonsense = true\n")
    broken = run("doctor", "--config", tmp_path / "broken.toml")
    assert (broken.status, "nonsense" in broken.out) == (1, True)


async def test_secrets_that_others_can_read(tmp_path: Path) -> None:
    """Whoever has an account on the machine could sign alerts in bantin's name."""
    hook = HOOK.format(url="http://127.0.0.1:9/").replace(f'secret = "{SECRET}"', 'secret_file = ["new", "old"]')
    for name in ("new", "old"):
        (tmp_path / name).write_text(SECRET)
        (tmp_path / name).chmod(0o600)
    file = written(tmp_path, hook)
    file.chmod(0o644)  # nothing secret in it
    assert [finding.level for finding in await found(file, "secrets")] == ["ok"]
    (tmp_path / "old").chmod(0o640)
    (hint,) = await found(file, "secrets")
    assert (hint.level, hint.do) == ("hint", f"chmod 600 {tmp_path / 'old'}")
    (tmp_path / "old").chmod(0o600)
    before = file.read_text()
    channel = '[[channel]]\nid = "chat"\nurl = "tgram://123456789:abcdefg_hijklmnop/12345"\n'
    for more in (SOURCE.format(url="http://127.0.0.1:9/") + FEED, channel):
        file.write_text(before + more)
        (hint,) = await found(file, "secrets")
        assert hint.do == f"chmod 600 {file}"


async def test_databases_that_cannot_be_used(tmp_path: Path) -> None:
    """An operator would be told that all is well until the first story is to be stored."""
    file = written(tmp_path, SOURCE.format(url="http://127.0.0.1:9/"))
    (missing,) = await found(file, "database")
    assert (missing.level, "does not exist yet" in missing.what) == ("hint", True)
    (tmp_path / "bantin.db").write_bytes(b"a letter to my aunt" * 100)
    (fault,) = await found(file, "database")
    assert (fault.level, "is not an SQLite database" in fault.what) == ("fault", True)


async def test_a_damaged_database(store: SqlStore, tmp_path: Path) -> None:
    """Damage would be found at night by the upkeep, or when a story cannot be read any more."""
    file = written(tmp_path, SOURCE.format(url="http://127.0.0.1:9/"))
    (good,) = await found(file, "database")
    assert (good.level, "UTF-8, whole" in good.what) == ("ok", True)
    with store.engine.connect() as connection:
        root = connection.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'attempts'").scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    store.close()
    with (tmp_path / "bantin.db").open("r+b") as database:
        database.seek((root - 1) * size)
        database.write(b"\xff" * size)
    (fault,) = await found(file, "database")
    assert (fault.level, "is damaged" in fault.what) == ("fault", True)
    assert "bantin restore" in fault.do


def test_a_large_database_is_not_waited_for(store: SqlStore) -> None:
    """A million stories would keep the operator waiting for minutes, or be called good unseen."""
    with store.engine.begin() as connection:
        fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
        connection.exec_driver_sql(f"{fill} INSERT INTO meta SELECT 'k' || i, hex(randomblob(50)) FROM n")
    examined = databases.of(store.engine).examine(store.engine, 0.0)
    assert (examined.whole, examined.faults) == (False, ())
    assert databases.of(store.engine).examine(store.engine, 60.0).whole


def test_what_a_server_knows_of_damage(postgres: Postgres) -> None:
    """An index that a crash left half made would slow everything down, or let doubles in."""
    store = SqlStore(postgres.new_url("ready"))
    try:
        examined = databases.of(store.engine).examine(store.engine, 20.0)
        assert (examined.encoding, examined.faults) == ("UTF8", ())
        assert examined.size > 1_000_000
        first = "SELECT min(indexrelid::bigint)::oid FROM pg_index WHERE indrelid = 'stories'::regclass"
        broken = f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = ({first}) RETURNING indexrelid::regclass"
        name = postgres.sql(broken, store.engine.url.database or "")
        ((fault, hint),) = databases.of(store.engine).examine(store.engine, 20.0).faults
    finally:
        store.close()
    assert fault == f"its index {name} is not valid"
    assert name in hint


@pytest.mark.parametrize(("seconds", "level"), [(0, "ok"), (40, "ok"), (300, "fault"), (-7200, "fault")])
async def test_a_clock_that_is_off(tmp_path: Path, seconds: int, level: str) -> None:
    """Receivers would refuse each alert for the age of its signature, and nobody would think of the clock."""
    async with serving(at(seconds)) as server:
        (clock,) = await found(written(tmp_path, LOOPBACK, SOURCE.format(url=server.url("/"))), "clock")
    assert clock.level == level
    if level == "fault":
        assert ("behind" if seconds > 0 else "ahead of") in clock.what
        assert "timedatectl" in clock.do


async def test_names(tmp_path: Path) -> None:
    """A mistyped host, or one that leads into the operator's own network, would only be seen in the log."""
    file = written(tmp_path, SOURCE.format(url="http://nowhere.invalid/"), HOOK.format(url="http://localhost:9/"))
    nowhere, refused = await found(file, "names", "fault")
    assert "source ttv: nowhere.invalid" in nowhere.what
    assert "webhook hook: localhost leads to" in refused.what
    assert "[deliver] allow_networks" in refused.do


@asynccontextmanager
async def secured(folder: Path, days: int) -> AsyncIterator[int]:
    """A server with a certificate of its own that is good for so many days from now; its port."""
    own = trustme.CA()
    made = own.issue_cert("127.0.0.1", not_after=datetime.now(UTC) + timedelta(days=days))
    own.cert_pem.write_to_path(folder / "made.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.configure_cert(context)

    def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    opened = await asyncio.start_server(leave, "127.0.0.1", 0, ssl=context)
    try:
        yield opened.sockets[0].getsockname()[1]
    finally:
        opened.close()
        await opened.wait_closed()


@pytest.mark.parametrize(
    ("days", "level", "told"),
    [(-1, "fault", "certificate has expired"), (3, "hint", "ends in 3 days"), (90, "ok", "can be connected to")],
)
async def test_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, level: str, told: str) -> None:
    """Alerts would fail from one day to the next, with the receiver's certificate the last thing to be looked at."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "made.pem"))
    async with secured(tmp_path, days) as port:
        file = written(tmp_path, LOOPBACK, HOOK.format(url=f"https://127.0.0.1:{port}/hook"))
        (endpoint,) = await found(file, "endpoints")
    assert (endpoint.level, told in endpoint.what) == (level, True), endpoint


async def test_an_endpoint_where_nobody_listens(tmp_path: Path) -> None:
    """A receiver that is down would be told by the first alert that does not arrive."""
    (fault,) = await found(
        written(tmp_path, LOOPBACK, HOOK.format(url=f"http://127.0.0.1:{free_port()}/")), "endpoints"
    )
    assert (fault.level, "check that the receiver runs" in fault.do) == ("fault", True)


async def test_the_daemon(tmp_path: Path) -> None:
    """An operator would take another program on the port for bantin, or a daemon without database for a good one."""
    says = {"/readyz": answer(b"the schedule stands still\n", status="503 Service Unavailable")}
    async with serving(says) as daemon:
        file = written(tmp_path, port=daemon.port)
        (fault,) = await found(file, "daemon")
        assert "is not ready: the schedule stands still" in fault.what
        daemon.says = {}
        (fault,) = await found(file, "daemon")
        assert "another program answers" in fault.what
    (hint,) = await found(file, "daemon")
    assert (hint.level, "bantin run" in hint.do) == ("hint", True)


async def test_no_room(store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk would be full before anybody looks."""
    file = written(tmp_path, SOURCE.format(url="http://127.0.0.1:9/"))
    usage = shutil.disk_usage(tmp_path)
    for free, level in ((500_000_000, "hint"), (5_000_000, "fault")):
        monkeypatch.setattr(shutil, "disk_usage", lambda path, left=free: usage._replace(free=left))
        assert [finding.level for finding in await found(file, "disk")] == [level]


async def test_a_browser_that_is_not_there(tmp_path: Path) -> None:
    """An operator would learn that the browser is missing from a source that fails at night."""
    page = 'render = "always"\n'
    always = await found(written(tmp_path, SOURCE.format(url="http://127.0.0.1:9/") + page), "browser", "fault")
    assert "none is configured" in always[0].what
    missing = written(tmp_path, '[browser]\ncommand = "no-such-browser"\n', SOURCE.format(url="http://127.0.0.1:9/"))
    (fault,) = await found(missing, "browser", "fault")
    assert "no-such-browser" in fault.what
    assert "apt-get install chromium" in fault.do
