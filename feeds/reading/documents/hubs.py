"""The hub that a document names, and the topic to ask it for (WebSub section 4, Discovery)."""

from __future__ import annotations

from collections.abc import Sequence


def hub_of(body: bytes, link_headers: Sequence[str], url: str) -> tuple[str, str] | None:
    """The hub and the topic of the document that ``url`` answered with; None where it names no hub."""
    raise NotImplementedError
