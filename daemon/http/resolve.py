"""Looking up names, each in a thread that nobody waits for at the end.

The system's resolver blocks for as long as it likes. In a pool that is shared with other work a few dead name servers
would hold up feeds, and the end of the program.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

AT_ONCE = 64


class Resolver(AbstractResolver):
    """``getaddrinfo``, at most `AT_ONCE` at a time."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Every address of ``host``. Raises `OSError` where it has none."""
        async with self._turns:
            found = await _in_thread(host, port, family)
        return [
            ResolveResult(
                hostname=host,
                host=address[0],
                port=address[1],
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """Nothing is kept open."""


async def _in_thread(host: str, port: int, family: int) -> list[Any]:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Any]] = loop.create_future()

    def settle(found: list[Any] | None, error: OSError | UnicodeError | None) -> None:
        if answer.done():
            return
        if found is None:
            answer.set_exception(error if isinstance(error, OSError) else OSError(f"{host!r} is no host name"))
        else:
            answer.set_result(found)

    def ask() -> None:
        found, error = None, None
        try:
            found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG)
        except (OSError, UnicodeError) as caught:
            error = caught
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, found, error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    return await answer
