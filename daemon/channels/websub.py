"""A hub is told which feeds changed (WebSub section 7): a form, unsigned. The hub fetches them itself."""

from __future__ import annotations

from datetime import datetime

from daemon.channels import Answer, Hands
from feeds.model import Endpoint, Event


async def send(event: Event, endpoint: Endpoint, at: datetime, hands: Hands) -> Answer:
    """Post the form."""
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "*/*"}
    return await hands.post(endpoint.url, event.payload, headers)
