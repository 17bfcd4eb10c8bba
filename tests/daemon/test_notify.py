"""What systemd is told, on a real socket."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.notify import notify, passed_socket, watchdog_interval


def test_readiness_reaches_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """systemd would wait for a daemon that is long ready, and then kill it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        assert notify("READY=1")
        assert systemd.recv(100) == b"READY=1"


def test_abstract_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """In containers systemd listens on an abstract socket, and would never hear of readiness."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0bantin-test-{os.getpid()}")
        monkeypatch.setenv("NOTIFY_SOCKET", f"@bantin-test-{os.getpid()}")
        assert notify("WATCHDOG=1")
        assert systemd.recv(100) == b"WATCHDOG=1"


def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    """bantin would not start outside systemd."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert notify("READY=1") is False


def test_watchdog_is_for_this_process_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child of the service would answer for a daemon that hangs."""
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    assert watchdog_interval() == 30.0
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert watchdog_interval() is None


def test_socket_of_another_process_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that happens to be open as number 3 would be served on."""
    monkeypatch.setenv("LISTEN_PID", "1")
    monkeypatch.setenv("LISTEN_FDS", "1")
    assert passed_socket() is None


def test_socket_of_systemd_wins(tmp_path: Path) -> None:
    """With bantin.socket the service would listen a second time, and fail; or listen where nobody expects it."""
    code = (
        "import os, socket; os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1');"
        "from daemon.web.server.server import listen;"
        "opened, address = listen('127.0.0.1:1'); print(address, opened.get_inheritable())"
    )
    with socket.create_server(("127.0.0.1", 0)) as opened:
        done = subprocess.run(
            [sys.executable, "-c", f"import os; os.dup2({opened.fileno()}, 3); exec({code!r})"],
            pass_fds=[opened.fileno()], capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2],
        )  # fmt: skip
    assert done.stderr == ""
    *_, last = done.stdout.splitlines()
    assert last == f"http://127.0.0.1:{opened_port(done.stdout)}/ False"
    assert "systemd says where to listen" in done.stdout


def opened_port(said: str) -> str:
    """The port that is named last."""
    return re.findall(r"127\.0\.0\.1:(\d+)/", said)[-1]
