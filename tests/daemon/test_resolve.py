"""Looking up names: what hangs there hangs alone."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from daemon.http.resolve import Resolver


async def test_name_that_hangs_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """One dead name server would stop the polls of all other sites, and the end of the daemon."""
    gate = threading.Event()

    def lookup(host: str, port: int, *_: object) -> list[object]:
        if host == "slow.example":
            gate.wait(10)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", port))]

    monkeypatch.setattr("daemon.http.resolve.socket.getaddrinfo", lookup)
    resolver = Resolver()
    slow = asyncio.create_task(resolver.resolve("slow.example", 80))
    (found,) = await resolver.resolve("quick.example", 443)
    assert (found["host"], found["port"], found["hostname"]) == ("192.0.2.1", 443, "quick.example")
    assert not slow.done()
    waiting = [thread for thread in threading.enumerate() if thread.name == "resolve"]
    assert waiting
    assert all(thread.daemon for thread in waiting)  # nobody waits for them at the end
    slow.cancel()
    gate.set()


@pytest.mark.parametrize("error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")])
async def test_name_that_is_none_is_an_error(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped address would end a poll with an internal error."""

    def lookup(*_: object) -> None:
        raise error

    monkeypatch.setattr("daemon.http.resolve.socket.getaddrinfo", lookup)
    with pytest.raises(OSError, match=r"not known|no host name"):
        await Resolver().resolve("nowhere.example", 80)
