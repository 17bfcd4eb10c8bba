"""How events reach their receivers. One channel, one module, found by its name, which `feeds.model.Endpoint` gives.

A channel's module says how one event is sent (`Channel`); that it is sent, when, how often, and what becomes of it is
the same for all (`daemon.channels.deliver`).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, cast

import msgspec

from feeds.model import Endpoint, Event


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: a status of HTTP, or the ``error`` instead; ``retry_after`` in seconds.

    ``accepted`` where a service says so in another way.
    """

    status: int | None = None
    retry_after: float | None = None
    error: str | None = None
    accepted: bool | None = None


class Hands(Protocol):
    """What a channel sends with; the guard and the limits are theirs."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post, and follow no redirects: the address is the operator's word. Raises what the client raises."""

    async def apart(self, of: str, function: Callable[..., Any], *args: Any) -> Any:
        """Call the function in a process that may be ended, in the turn of the endpoint ``of``.

        Raises what it raises, and `OSError` where it took too long or too much.
        """


class Channel(Protocol):
    """What a module in this folder defines."""

    async def send(self, event: Event, endpoint: Endpoint, at: datetime, hands: Hands) -> Answer:
        """Send the event, once; ``at`` is the moment of the attempt."""


_OTHERS = ("deliver", "apart", "sample")  # modules here that are no channels


def find() -> dict[str, Channel]:
    """Every channel by its name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in _OTHERS)
    return {name: cast(Channel, importlib.import_module(f"{__name__}.{name}")) for name in names}
