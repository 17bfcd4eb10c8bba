"""What nobody else may see: files, tokens, passwords, and what other people's text may do to a terminal or a log."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from httpx import ASGITransport, AsyncClient

from daemon import logs
from daemon.config import ConfigError, parse
from daemon.config.hints import repeats_repeated
from daemon.http.guard import AddressRefusedError
from daemon.logs import Once
from daemon.storage import Storage
from daemon.web.app import make_app
from daemon.web.server.server import listen
from state.sql import SqlStore
from state.transfer.migrate import upgrade
from tests.daemon.commands import HOOK, TOML, Run
from tests.samples import configured

SOURCE = '[[source]]\nid = "ttv"\nurls = ["https://news.example/"]\n'


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("open_umask")
def test_files_are_for_their_user_alone(tmp_path: Path) -> None:
    """Everybody on the machine could read what a newsroom watches, and the events with their texts."""
    folder = tmp_path / "state"
    store = SqlStore(f"sqlite:///{folder / 'bantin.db'}")
    upgrade(store.engine, version="test")
    store.sync({"ttv": 600.0}, {})
    store.backup(tmp_path / "copy.db")
    assert mode(folder) == 0o700
    modes = {file.name: oct(mode(file)) for file in folder.iterdir()}
    assert modes == dict.fromkeys(("bantin.db", "bantin.db-wal", "bantin.db-shm"), "0o600")
    assert mode(tmp_path / "copy.db") == 0o600
    store.close()


@pytest.mark.usefixtures("open_umask")
@pytest.mark.parametrize("wanted", [0o600, 0o660])
def test_a_unix_socket_is_for_those_that_it_is_for(tmp_path: Path, wanted: int) -> None:
    """Every program on the machine could read a bantin without a token; or the web server before it could not."""
    place = Path(os.path.relpath(tmp_path / "s.sock"))
    opened, _ = listen(f"unix:{place}", wanted)
    with opened:
        assert isinstance(opened, socket.socket)
        assert mode(place) == wanted


def test_tokens_and_passwords_come_from_files(tmp_path: Path) -> None:
    """Secrets would have to stand in a file that is shown around and backed up."""
    for name, text in (("t", "from-a-file\n"), ("a", "boss"), ("p", "pa ss/w@rd\n")):
        (tmp_path / name).write_text(text)
    text = (
        '[server]\ntoken_file = "t"\nadmin_token_file = "a"\n'
        '[state]\nurl = "postgresql://bantin@db.example/news?sslmode=require"\npassword_file = "p"\n' + SOURCE
    )
    config = configured(tmp_path, text)
    assert (config.server.token, config.server.admin_token) == ("from-a-file", "boss")
    assert config.database == "postgresql://bantin@db.example/news?sslmode=require&password=pa%20ss%2Fw%40rd"
    for missing in ("token_file", "admin_token_file"):
        with pytest.raises(ConfigError, match="cannot be read"):
            configured(tmp_path, f'[server]\n{missing} = "none"\n{SOURCE}')


@pytest.mark.parametrize(
    "text",
    [
        '[server]\ntoken = "s3cr3t é"',
        "[server]\ntoken = 5318008",
        "[server]\nadmin_token = 5318008.5",
        '[state]\nurl = "mysql://bantin:s3cr3t@db.example/news"',
        '[state]\nurl = "postgresql://bantin:s3cr3t@db.example:99999/news"',
        '[[source]]\nid = "a"\nurls = ["https://me:s3cr3t@news.example/"]',
        '[[webhook]]\nid = "a"\nurl = "https://me:s3cr3t@hook.example/"\nsecret = "s3cr3t"',
        '[websub]\nhub = "https://me:s3cr3t@hub.example/"',
        '[[feed]]\nid = "f"\nsources = ["ttv"]\ntoken = 5318008',
    ],
)
def test_no_fault_repeats_a_secret(run: Run, tmp_path: Path, text: str) -> None:
    """A mistake in the configuration would put the password into a log that many read."""
    file = tmp_path / "bantin.toml"
    file.write_text(f"{text}\n{SOURCE}", "utf-8")
    for said in (run("check", "--config", file), run("check", "--config", file, "--json")):
        assert said.status == 2
        assert "s3cr3t" not in said.out + said.err
        assert "5318008" not in said.out + said.err


def test_an_address_with_a_password_is_told_without_it(run: Run, tmp_path: Path) -> None:
    """A database that cannot be reached would tell its password to whoever reads the log."""
    file = tmp_path / "bantin.toml"
    file.write_text('[state]\nurl = "postgresql://bantin:s3cr3t@127.0.0.1:1/news"\n' + SOURCE)
    said = run("status", "--config", file)
    assert said.status == 1
    assert "s3cr3t" not in said.out + said.err
    assert "127.0.0.1:1/news" in said.err


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.CaptureFixture[str]]:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    yield capsys
    structlog.reset_defaults()
    logs._secrets.clear()


def test_logs_hold_no_secrets(logged: pytest.CaptureFixture[str]) -> None:
    """Whoever may read the log could read the feeds, forge alerts, and open the database."""
    logs.configure()
    logs.hide("tok-en-1234")
    try:
        raise ValueError("cannot open postgresql://me:s3cr3t@db.example/x?token=tok-en-1234")
    except ValueError:
        logs.get().exception("failed", url="https://a:s3cr3t@b.example/", of=["tok-en-1234"])
    line = logged.readouterr().err
    assert json.loads(line)["event"] == "failed"
    assert "s3cr3t" not in line
    assert "tok-en-1234" not in line
    assert "db.example" in line


def test_logs_obey_nobody(logged: pytest.CaptureFixture[str]) -> None:
    """A headline could clear the terminal of whoever reads the log, or write lines of its own into it."""
    logs.configure()
    logs.get().info("read", title="a\x9b2J\x1b[31mb\u2028c\x85d\ne")
    line = logged.readouterr().err
    assert json.loads(line)["title"] == "a\x9b2J\x1b[31mb\u2028c\x85d\ne"
    assert line.count("\n") == 1
    assert line.rstrip("\n").isprintable()


def test_the_journal_knows_what_is_bad(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """``journalctl -p err`` would show nothing."""
    stream = os.fstat(sys.stderr.fileno())
    monkeypatch.setenv("JOURNAL_STREAM", f"{stream.st_dev}:{stream.st_ino}")
    assert logs.as_error("d\ne") == "<3>d\n<3>e"
    logs.configure()
    logs.get().info("a")
    logs.get().warning("b")
    logs.get().error("c")
    said = capfd.readouterr().err.splitlines()
    monkeypatch.setenv("JOURNAL_STREAM", "8:1234")  # of what started the terminal that this runs in
    assert logs.as_error("d") == "d"
    structlog.reset_defaults()
    assert [line[:3] for line in said] == ["<6>", "<4>", "<3>"]
    assert json.loads(said[2][3:])["event"] == "c"


def test_one_trouble_is_told_once(logged: pytest.CaptureFixture[str]) -> None:
    """A machine without free descriptors would write a hundred megabytes of log while it has them not."""
    logs.configure()
    now = [0.0]
    once = Once(lambda: now[0])
    for _ in range(10_000):
        once.of_loop(None, {"message": "socket.accept() out of system resource", "exception": OSError(24, "Too many")})  # type: ignore[arg-type]
    now[0] = 61.0
    once.of_loop(None, {"message": "socket.accept() out of system resource", "exception": OSError(24, "Too many")})  # type: ignore[arg-type]
    lines = [json.loads(line) for line in logged.readouterr().err.splitlines()]
    assert [line["times"] for line in lines] == [1, 10_000]


@pytest.mark.parametrize("odd", ["%7B", "%7B0.__class__%7D", "%7B:%3E99999999%7D", "{}", "%0d%0aSet-Cookie:%20a=b"])
async def test_an_old_address_is_no_format(filled: SqlStore, tmp_path: Path, odd: str) -> None:
    """Anybody could make the server fail, or write gigabytes, at the address of a source that was renamed."""
    filled.rename_source("ttv", "tinh")
    config = configured(tmp_path, TOML.replace('"ttv"', '"tinh"').replace('token = "a&b"', ""))
    app = make_app(lambda: config, Storage(filled), "http://bantin.test/")
    async with AsyncClient(transport=ASGITransport(app), base_url="http://bantin.test") as client:
        for path in (f"/feeds/ttv.{odd}", f"/feeds/ttv/archive/1.{odd}", f"/feeds/ttv{odd}"):
            answer = await client.get(path)
            assert answer.status_code in (308, 404)
            assert len(answer.headers.get("location", "")) < 50
            assert "set-cookie" not in answer.headers


def test_networks_of_pages_and_of_webhooks_are_two_lists(tmp_path: Path) -> None:
    """A receiver on this machine would open the local network to every page."""
    file = tmp_path / "bantin.toml"
    hook = HOOK.replace("https://hooks.example/in", "http://127.0.0.1:9000/")
    old = parse('[fetch]\nallow_networks = ["127.0.0.0/8"]\n' + SOURCE + hook, file, {})
    assert old.deliver_networks == old.fetch.allow_networks != ()
    assert any("[deliver] allow_networks" in hint for hint in old.hints)
    new = parse('[deliver]\nallow_networks = ["127.0.0.0/8"]\n' + SOURCE + hook, file, {})
    assert (new.fetch.allow_networks, len(new.deliver_networks), new.hints) == ((), 1, ())
    refused = parse(SOURCE + hook, file, {})
    assert any("127.0.0.1 is in a network that is refused" in hint for hint in refused.hints)
    assert "[deliver] allow_networks" in str(AddressRefusedError("127.0.0.1", "[deliver] allow_networks"))
    with pytest.raises(ConfigError, match=r"\[deliver\] allow_networks"):
        parse('[deliver]\nallow_networks = ["x"]\n' + SOURCE, file, {})


def test_hints(tmp_path: Path, run: Run) -> None:
    """What is allowed and not meant would come out when it is too late."""
    file = tmp_path / "bantin.toml"
    file.write_text(
        SOURCE.replace("[[source]]", '[[source]]\nlanguage = "english"\ninclude = ["(\\\\w+\\\\s?)+!"]')
        + SOURCE.replace("ttv", "again")
        + '[[feed]]\nid = "f"\nsources = ["ttv"]\ntoken = "x"\n'
    )
    said = run("check", "--config", file)
    assert said.status == 0
    for words in (
        'language is "english"; did you mean "en"?',
        "repeats what is repeated already",
        "sources ttv and again watch one address",
        "feed f: token opens what everybody sees anyway",
    ):
        assert words in said.err
    assert len(run("check", "--config", file, "--json").json["hints"]) == len(said.err.splitlines())


@pytest.mark.parametrize(
    ("pattern", "endless"),
    [
        (r"(\w+\s?)+!", True), ("(a+)+", True), ("(?:ab*)*", True), ("((x+)y?)*", True), ("(?=(a+)+)b", True),
        ("a+b+", False), ("(ab)+c*", False), ("bầu cử", False), (r"\bx{1,3}\b", False), ("(a|b)+", False), ("[", False),
    ],
)  # fmt: skip
def test_expressions_that_may_take_for_ever(pattern: str, endless: bool) -> None:
    """An operator would learn of it from a feed that is empty."""
    assert repeats_repeated(pattern) is endless


def test_clients_that_leave_fill_no_log() -> None:
    """A daemon that ends while a hundred clients wait would write six thousand lines, one that is hung up on more."""
    logs.configure()
    cancelled = (asyncio.CancelledError, asyncio.CancelledError(), None)
    bug = (ValueError, ValueError(), None)
    server, loop = logging.getLogger("uvicorn.error"), logging.getLogger("asyncio")
    for logger, text, error, told in (
        (server, "Exception in ASGI application\n", cancelled, False),
        (server, "Exception in ASGI application\n", bug, True),
        (loop, "socket.send() raised exception.", None, False),
        (loop, "Task was destroyed but it is pending!", None, True),
    ):
        record = logging.LogRecord(logger.name, logging.ERROR, "x.py", 1, text, (), error)
        assert bool(logger.filter(record)) is told, text
