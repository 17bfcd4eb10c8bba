"""How events reach their receivers. One channel, one module, found by its name, which `feeds.model.Webhook` gives.

A channel's module says what is sent (`Channel`); that it is sent, when, how often, and what becomes of it is the same
for all (`daemon.channels.deliver`).
"""

from __future__ import annotations

import importlib
import pkgutil
from datetime import datetime
from typing import Protocol, cast

from feeds.model import Event, Webhook


class Channel(Protocol):
    """What a module in this folder defines."""

    def headers(self, event: Event, webhook: Webhook, at: datetime) -> dict[str, str]:
        """The headers of the request whose body is the event's payload; ``at`` is the moment of the attempt."""
        ...


def find() -> dict[str, Channel]:
    """Every channel by its name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name != "deliver")
    return {name: cast(Channel, importlib.import_module(f"{__name__}.{name}")) for name in names}
