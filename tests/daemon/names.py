"""Names that tests resolve, and that a machine may not know."""

from __future__ import annotations

import socket

import pytest


def needs_name(host: str) -> None:
    """Skip the test where the machine has no such name (a bare root without /etc/hosts has no localhost)."""
    if host.isalpha() and host.isascii():
        try:
            socket.getaddrinfo(host, 80)
        except OSError:
            pytest.skip(f"this machine does not know {host} (no /etc/hosts)")
