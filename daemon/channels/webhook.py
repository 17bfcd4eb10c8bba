"""Signed JSON, as Standard Webhooks has it (https://www.standardwebhooks.com), or a body of the receiver's own form."""

from __future__ import annotations

from datetime import datetime

from standardwebhooks.webhooks import Webhook as Signer

from daemon.channels import Answer, Hands, apart
from feeds.model import Endpoint, Event


async def send(event: Event, endpoint: Endpoint, at: datetime, hands: Hands) -> Answer:
    """Post it with the event's id, the attempt's time, and the signatures over both and the body."""
    body = event.payload
    if endpoint.body:
        body = (await hands.apart(endpoint.id, apart.worded, event.payload, apart.Wording.of(endpoint))).encode()
    return await hands.post(endpoint.url, body, headers(event.id, body, endpoint, at))


def headers(name: str, body: bytes, endpoint: Endpoint, at: datetime) -> dict[str, str]:
    """Those of the request. Each secret signs: while one is changed for another, receivers that know either agree."""
    signatures = [Signer(secret).sign(name, at, body.decode()) for secret in endpoint.secrets]
    return {
        "content-type": endpoint.content_type,
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
        "accept": "*/*",
    }
