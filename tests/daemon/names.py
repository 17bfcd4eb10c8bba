"""Names that tests resolve, and that a machine may not know."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import aiohttp
import pytest


def needs_name(host: str) -> None:
    """Skip the test where the machine has no such name (a bare root without /etc/hosts has no localhost)."""
    if host.isalpha() and host.isascii():
        try:
            socket.getaddrinfo(host, 80)
        except OSError:
            pytest.skip(f"this machine does not know {host} (no /etc/hosts)")


class NameServer(aiohttp.abc.AbstractResolver):
    """A name server that answers each question with the next of its answers."""

    def __init__(self, *answers: str) -> None:
        self.answers: Iterator[str] = iter(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        self.asked += 1
        return [
            {
                "hostname": host,
                "host": found,
                "port": port,
                "family": socket.AF_INET6 if ":" in found else socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
            for found in next(self.answers).split()
        ]

    async def close(self) -> None:
        """Nothing to close."""


Named = Callable[[NameServer], None]
