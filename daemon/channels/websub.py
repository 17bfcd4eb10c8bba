"""A hub is told which feeds changed (WebSub section 7): a form, unsigned. The hub fetches them itself."""

from __future__ import annotations

from datetime import datetime

from feeds.model import Event, Webhook


def headers(event: Event, webhook: Webhook, at: datetime) -> dict[str, str]:
    """Those of a form."""
    return {"content-type": "application/x-www-form-urlencoded", "accept": "*/*"}
