"""Telling systemd how the service is (sd_notify(3)); does nothing where systemd did not ask."""

from __future__ import annotations

import os
import socket


def notifies() -> bool:
    """Whether systemd wants to hear how the service is."""
    return os.environ.get("NOTIFY_SOCKET", "").startswith(("/", "@"))


def notify(state: str) -> bool:
    """Send ``READY=1``, ``WATCHDOG=1``, ``STATUS=…`` and the like; returns whether somebody was told."""
    if not notifies():
        return False
    address = os.environ["NOTIFY_SOCKET"]
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
        sock.connect(address)
        sock.sendall(state.encode())
    return True


def watchdog_interval() -> float | None:
    """Seconds within which systemd wants to hear ``WATCHDOG=1``; None where it does not watch this process."""
    usec, pid = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not usec.isdigit() or (pid and pid != str(os.getpid())):
        return None
    return int(usec) / 1_000_000


def passed_socket() -> socket.socket | None:
    """The socket that systemd's socket activation hands over (sd_listen_fds(3)), if it did."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or os.environ.get("LISTEN_FDS", "0") == "0":
        return None
    os.set_inheritable(3, False)  # of no use to reading workers
    return socket.socket(fileno=3)
