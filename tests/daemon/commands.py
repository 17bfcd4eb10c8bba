"""Commands, run in this process as the installed program runs them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog

from daemon.cli import main
from feeds.model import Attempt, Changes, Delivery, Event, SourceState, Verdict
from state.sql import SqlStore
from tests.conftest import NOW
from tests.samples import commit, make_entry

TOML = """
[server]
token = "a&b"
[fetch]
host_interval = "0s"
allow_networks = ["127.0.0.0/8"]
[deliver]
allow_networks = ["127.0.0.0/8"]
[[source]]
id = "ttv"
title = "Truyền hình"
urls = ["https://news.example/thoi-su.htm"]
timezone = "Asia/Ho_Chi_Minh"
language = "vi"
[[source]]
id = "other"
urls = ["https://other.example/"]
"""
SECRET = "whsec_dGhlIHNlY3JldCBvZiBhIHRlc3Q="
HOOK = f"""
[[webhook]]
id = "hook"
url = "https://hooks.example/in"
secret = "{SECRET}"
"""


class Result(msgspec.Struct, frozen=True):
    """What a command gave."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.out)


Run = Callable[..., Result]


def command(*words: object, **env: str) -> dict[str, Any]:
    """How ``subprocess`` is to start ``bantin``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG", "XDG"))}
    root = str(Path(__file__).parents[2])
    return {"args": [sys.executable, "-m", "daemon", *map(str, words)], "env": kept | {"PYTHONPATH": root} | env}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs ``bantin`` with these words in this process, in an empty folder, as the installed command does."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    for name in ("XDG_CONFIG_HOME", "STATE_DIRECTORY", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))

    def bantin(*words: object) -> Result:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["bantin", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        assert isinstance(end.value.code, int)
        return Result(end.value.code, said.out, said.err)

    yield bantin
    structlog.reset_defaults()  # commands log to the standard error of their time


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A configuration beside the database of the ``store`` fixture."""
    file = tmp_path / "bantin.toml"
    file.write_text(TOML + HOOK, "utf-8")
    return file


@pytest.fixture
def filled(store: SqlStore) -> SqlStore:
    """Three stories, one of them from its teaser; one event delivered at the second attempt, one that waits."""
    store.sync({"ttv": 600.0, "other": 600.0}, {"hook": "https://hooks.example/in"})
    commit(store, [make_entry(1), make_entry(2, title="Tin [đỏ] :smile: \x1b[31m", story={"partial": True})])
    commit(store, [make_entry(3, source="other")], source="other")
    store.claim_source("tests", "ttv", 60)
    sent = [
        Event(id=f"evt_{n}", type=kind, source_id="ttv", created=NOW, payload=b'{"type": "%d"}' % n)
        for n, kind in ((1, "article.published"), (2, "article.revised"))
    ]
    store.commit(
        Changes(
            state=SourceState(id="ttv", due_at=NOW, last_poll=NOW, last_success=NOW),
            events=tuple(sent),
            deliveries=tuple(Delivery(event_id=event.id, endpoint_id="hook") for event in sent),
        ),
        "tests",
    )
    [due] = store.claim_deliveries("tests", "hook", 1, 60)
    store.record([(due, Attempt(at=NOW, error="connection refused"), Verdict(state="pending", due_at=NOW))])
    due = msgspec.structs.replace(due, attempts=1)
    store.record([(due, Attempt(at=NOW, status=204, duration=0.25), Verdict(state="delivered"))])
    return store
