"""How commands end: interrupted at any moment, with nowhere to write, on a narrow terminal; never with a traceback."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from feeds.model import Changes, SourceState
from state.sql import SqlStore
from tests.conftest import NOW
from tests.daemon.commands import Run, command
from tests.samples import commit

COMMANDS = (["status"], ["articles"], ["deliveries", "list"], ["check"], ["opml", "export"], ["--help"], ["--version"])


def words(name: list[str], file: Path) -> list[object]:
    return name if name[0].startswith("-") else [*name, "--config", file]


@pytest.mark.parametrize("name", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("stream", ["stdout", "stderr", "both"])
def test_nowhere_to_write(filled: SqlStore, file: Path, name: list[str], stream: str) -> None:
    """A full disk behind ``bantin status > file`` would print sixty lines of Python instead of the cause."""
    with Path("/dev/full").open("w") as full:
        places = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        places |= {"stdout": full, "stderr": full} if stream == "both" else {stream: full}  # type: ignore[dict-item]
        done = subprocess.run(**command(*words(name, file)), **places, timeout=60, check=False)  # type: ignore[call-overload]
    said = (done.stdout or b"") + (done.stderr or b"")
    assert b"Traceback" not in said
    assert b"Exception ignored" not in said
    if stream == "stdout":
        assert done.returncode == 1
        assert b"No space left" in said


INTERRUPTED = [*COMMANDS, ["poll"], ["run"], ["demo", "--port", "0"], ["preview", "http://127.0.0.1:9/"]]
INTERRUPTED += [["source", "add", "http://127.0.0.1:9/", "--yes"], ["channel", "add", "json://127.0.0.1:9/", "--yes"]]
# The program says when its own first line runs: before it Python begins, with tracebacks that nobody can help.
BEGIN = "import signal, os, runpy; signal.signal(2, signal.SIG_DFL); os.write(2, b'begun'); runpy.run_module('daemon', "


@pytest.mark.parametrize("name", INTERRUPTED, ids=" ".join)
@pytest.mark.parametrize("after", [0.0, 0.12, 0.4, 1.0])
def test_ctrl_c_at_any_moment(filled: SqlStore, file: Path, name: list[str], after: float) -> None:
    """Somebody who changes their mind would be shown where in the program it was."""
    given = command(*(name if name[0] in ("demo", "preview") else words(name, file)))
    args = [sys.executable, "-c", f"{BEGIN}run_name='__main__')", *given["args"][3:]]
    process = subprocess.Popen(
        args, env=given["env"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert process.stderr is not None
    try:
        assert process.stderr.read(5) == b"begun"
        time.sleep(after)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert b"Traceback" not in out + err, err.decode()
    assert b"KeyboardInterrupt" not in out + err


LOST = """
import signal, sys, time
from daemon.cli import _not_lost
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.unraisablehook = _not_lost
class Odd:
    def __del__(self):
        raise KeyboardInterrupt
Odd()
try:
    time.sleep(20)
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_a_ctrl_c_that_comes_where_nothing_can_be_raised_comes_again() -> None:
    """Whoever presses it while some object is cleared up would press in vain, and see where in the program it was."""
    done = subprocess.run([sys.executable, "-c", LOST], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (130, b"")


@pytest.mark.parametrize("name", [["-h"], ["status", "-h"], ["deliveries", "show", "-h"], ["db", "reindex", "-h"]])
def test_short_help(run: Run, name: list[str]) -> None:
    """Whoever asks as everywhere else would be told that there is no such option."""
    shown = run(*name)
    assert shown.status == 0
    assert "Usage:" in shown.out


def on_a_terminal(*given: object, columns: int = 80) -> str:
    """What a command prints on a terminal so many columns wide."""
    reader, writer = pty.openpty()
    settings = {"COLUMNS": str(columns), "TERM": "dumb"}
    process = subprocess.Popen(**command(*given, **settings), stdin=subprocess.DEVNULL, stdout=writer, stderr=writer)
    os.close(writer)
    said = b""
    while True:
        try:
            piece = os.read(reader, 65_536)
        except OSError:
            break
        if not piece:
            break
        said += piece
    process.wait(30)
    os.close(reader)
    return said.decode().replace("\r\n", "\n")


def test_addresses_stay_whole(filled: SqlStore, file: Path) -> None:
    """An address that is copied from a narrow terminal would be two halves."""
    for number in (1, 2):
        assert f"    https://news.example/bai-{number}.htm\n" in on_a_terminal("articles", "--config", file)


def test_a_source_that_fails_fits_eighty_columns(filled: SqlStore, file: Path) -> None:
    """On a narrow terminal the cause of a failure would be cut in pieces, and its address could not be copied."""
    url = f"https://other.example/{'a' * 100}"
    failure = {"url": url, "cause": "HTTP 503 Service Unavailable", "at": NOW}
    now = datetime.now(UTC)
    state = {"id": "other", "due_at": now, "last_poll": now, "failures": 2, "failing_since": NOW, "failure": failure}
    filled.claim_source("tests", "other", 60)
    filled.commit(Changes(state=msgspec.convert(state, SourceState)), "tests")
    lines = on_a_terminal("status", "--config", file).split("\n")
    assert f"    {url}" in lines
    assert [line for line in lines if len(line) > 80 and not line.startswith(("    http", "bantin: "))] == []


def test_a_source_that_left_is_not_overdue(run: Run, filled: SqlStore, file: Path) -> None:
    """After ``source remove`` the operator would be told for ever that bantin does not run."""
    filled.sync({"ttv": 600.0}, {})
    text = file.read_text("utf-8")
    before, _, rest = text.partition('[[source]]\nid = "other"')
    file.write_text(before + rest.partition("[[webhook]]")[1] + rest.partition("[[webhook]]")[2], "utf-8")
    commit(filled, [], due_at=datetime.now(UTC) + timedelta(hours=1))
    shown = run("status", "--config", file, "--json")
    assert [source["id"] for source in shown.json["sources"]] == ["ttv"]
    assert "overdue" not in run("status", "--config", file).err


def test_what_is_sent_is_shown(run: Run, filled: SqlStore, file: Path) -> None:
    """An operator who asks why a receiver refuses an alert would not see the alert."""
    shown = run("deliveries", "show", "1", "--config", file)
    assert '"type": "1"' in shown.out


def test_reindex(run: Run, filled: SqlStore, file: Path) -> None:
    """There would be no way to make stories findable again."""
    assert run("db", "reindex", "--config", file).out == "the index of words is whole\n"
    assert run("db", "reindex", "--config", file, "--json").json["last"] == 3


def test_one_python_runs_it() -> None:
    """A test that starts another Python than its own would prove nothing."""
    assert command("--version")["args"][0] == sys.executable
