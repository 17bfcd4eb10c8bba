"""Signed JSON, as Standard Webhooks has it (https://www.standardwebhooks.com)."""

from __future__ import annotations

from datetime import datetime

from standardwebhooks.webhooks import Webhook as Signer

from feeds.model import Event, Webhook


def headers(event: Event, webhook: Webhook, at: datetime) -> dict[str, str]:
    """The event's id, the attempt's time, and the signature over both and the body."""
    return {
        "content-type": "application/json",
        "webhook-id": event.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Signer(webhook.secret).sign(event.id, at, event.payload.decode()),
        "accept": "*/*",
    }
