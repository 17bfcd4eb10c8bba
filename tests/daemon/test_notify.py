"""What systemd is told, on a real socket."""

from __future__ import annotations

import os
import socket
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
